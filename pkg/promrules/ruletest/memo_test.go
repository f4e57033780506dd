package ruletest

import (
	"reflect"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

var expressions = []string{
	`up`, `up{a="b",c=~"d|e"} offset 5m`, `up @ 10`, `up @ end()`, `-up`, `(up)`, `1`, `"text"`, `vector(1)`, `time()`,
	`rate(up[5m])`, `max_over_time(rate(up[5m])[1h:1m] offset 1m)`, `sum by (b, a) (up)`, `topk(3, up)`, `count_values("v", up)`,
	`a + on (x) group_left (y, z) b`, `a and ignoring (q, p) b`, `a == bool 1`, `histogram_quantile(0.9, sum(rate(h[5m])) by (le))`,
	`label_replace(up, "a", "$1", "b", "(.*)")`, `quantile(0.5, up) without (a)`, `absent_over_time(up[5m] @ start())`,
}

func TestCopiesAreEqualAndApart(t *testing.T) {
	p := parser.NewParser(parser.Options{})
	for _, text := range expressions {
		expr, err := p.ParseExpr(text)
		if err != nil {
			t.Fatal(text, err)
		}
		c, ok := copyOf(expr)
		if !ok {
			t.Errorf("%s is not copied", text)
			continue
		}
		if !reflect.DeepEqual(expr, c) {
			t.Errorf("%s: the copy is %s", text, c)
		}
		if shared := shares(reflect.ValueOf(expr), reflect.ValueOf(c)); shared != "" {
			t.Errorf("%s: the copy shares %s", text, shared)
		}
	}
}

// shares names a type of which both values hold the same instance, other than those that do not change.
func shares(a, b reflect.Value) string {
	switch a.Kind() {
	case reflect.Interface:
		if !a.IsNil() {
			return shares(a.Elem(), b.Elem())
		}
	case reflect.Pointer:
		if a.IsNil() || a.Type() == reflect.TypeFor[*labels.Matcher]() || a.Type() == reflect.TypeFor[*parser.Function]() {
			return ""
		}
		if a.Pointer() == b.Pointer() {
			return a.Type().String()
		}
		return shares(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() > 0 && a.Pointer() == b.Pointer() {
			return a.Type().String()
		}
		for i := range a.Len() {
			if s := shares(a.Index(i), b.Index(i)); s != "" {
				return s
			}
		}
	case reflect.Struct:
		for i := range a.NumField() {
			if s := shares(a.Field(i), b.Field(i)); s != "" {
				return s
			}
		}
	}
	return ""
}

// TestUnknownNodesAreParsedAgain: what cannot be copied for sure is not copied.
func TestUnknownNodesAreParsedAgain(t *testing.T) {
	m := &memo{Parser: parser.NewParser(parser.Options{})}
	for _, text := range []string{`rate(up[5m + 1m])`, `up offset (1m * 2)`, `max_over_time(up[1h:1m+30s])`} {
		m.learn(text)
		a, err := m.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		b, err := m.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, copied := copyOf(a); copied || a == b {
			t.Errorf("%s: copied %v", text, copied)
		}
	}
}
