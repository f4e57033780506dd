package ruletest

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// seed adds the texts of the test data to a corpus.
func seed(f *testing.F, pattern string) {
	f.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzSpans: a line has the values that the parser makes of it, and is refused where the parser refuses it.
func FuzzSpans(f *testing.F) {
	for _, line := range []string{
		"up 1 2 3", `up{a="b c x9"} 0+1x5 _x3 stale NaN`, "up 0x10 1e3x2 -1-2x3", "{} {{schema:1 count:2 buckets:[1 2]}}+{{count:1}}x3",
		"upx100 1", "up 1x5x6", `up{"x9"} 1x2`, "up 1\t2", "{a='x} 1", "up\v1x3", "up#x\n1", "up 0.1+0.1x300", "up 1e308+1e308x3 -0x3 0-0x3",
		"up _x0 1x0 1+1x0 _x1 1x1 1+1x1", "up 010-010x9", "up stale stalex3", "up {{count:1}}x3 {{count:1}}x3 1 1 1x2 1+0x2 1", "up +1x3", "up Inf-1x3", "up\r0x9 1\r1x9",
		"up 1_x3", "up 1 + 1x3", "up .5-.25x3", "up 0x1_x3", "up 1x", "up x3", "up 0x08 0x0009",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		_, items, bytes, err := shorten(line)
		n := 0
		for _, it := range items {
			n += it.values + it.more
		}
		if err != nil || line != strings.TrimSpace(line) || n > 10_000 || len(line) > 1000 || bytes > 1<<23 {
			return
		}
		wantLabels, want, wantErr := notation.ParseSeriesDesc(line)
		if len(want) > n {
			t.Fatalf("%q: %d samples, %d counted", line, len(want), n)
		}
		lset, spans, _, err := readSeries(line, maxInputBytes)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, the parser says %v", line, err, wantErr)
		}
		if err != nil {
			return
		}
		c := cursor{spans: spans}
		for i, w := range want {
			v, ok := c.value()
			if !ok || v.Omitted != w.Omitted || math.Float64bits(v.Value) != math.Float64bits(w.Value) || (v.Histogram == nil) != (w.Histogram == nil) {
				t.Fatalf("%q: value %d is %v, the parser says %v", line, i, v, w)
			}
			c.next()
		}
		if v, more := c.value(); more || !labels.Equal(lset, wantLabels) {
			t.Errorf("%q: %v follows the last value; labels %v, the parser says %v", line, v, lset, wantLabels)
		}
	})
}

// FuzzTestFile runs whatever a test file says.
func FuzzTestFile(f *testing.F) {
	seed(f, "testdata/*/*/test.yml")
	f.Fuzz(func(t *testing.T, data []byte) {
		o := inMemory(map[string]string{"t.yml": string(data), "rules.yml": covered})
		o.Workers = 1
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		files, err := Run(ctx, []string{"t.yml"}, o)
		if err != nil {
			return // it takes too long, which the context ends
		}
		Report(files)
		Cover(files, Wanted{})
	})
}

// FuzzRules reads whatever a rule file says and evaluates it.
func FuzzRules(f *testing.F) {
	seed(f, "testdata/*/*/rules.yml")
	f.Fuzz(func(t *testing.T, data []byte) {
		o := inMemory(map[string]string{"rules.yml": string(data), "t.yml": `
rule_files: [rules.yml]
tests:
- interval: 1m
  input_series: [{series: up, values: '0 1 2'}, {series: 'm{job="a"}', values: '1+1x3'}, {series: h, values: '{{count:1 buckets:[1]}}x3'}]
  promql_expr_test: [{expr: up, eval_time: 3m}]
`})
		o.Workers = 1
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if files, err := Run(ctx, []string{"t.yml"}, o); err == nil {
			Cover(files, Wanted{})
		}
	})
}
