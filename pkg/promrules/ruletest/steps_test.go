package ruletest

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

func TestStepLimit(t *testing.T) {
	for text, refused := range map[string]bool{
		`up`:                                  false,
		`rate(up[10y])`:                       false, // samples that are there, and no steps
		`max_over_time(up[1100000s:1s])`:      true,
		`max_over_time(up[1099999s:1s])`:      false,
		`max_over_time(up[1099999m:])`:        false, // the interval of the test
		`max_over_time(up[1100000m:])`:        true,
		`1 + sum(max_over_time(up[10y:1ms]))`: true,
		`max_over_time(max_over_time(up[1000000s:1s])[30m:1m])`:   false,
		`max_over_time(max_over_time(up[1000000s:1s])[100000s:])`: true, // 1000000 + 100000 seconds in all
		`max_over_time(rate(up[290y:290y])[290y:1ms])`:            true,
	} {
		l := stepLimit{Parser: &memo{Parser: parser.NewParser(parser.Options{})}, interval: time.Minute, evaluated: map[string]error{}}
		for range 2 {
			if _, err := l.ParseExpr(text); (err != nil) != refused {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}
