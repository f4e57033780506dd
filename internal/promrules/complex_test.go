package promrules

import (
	"strings"
	"testing"
)

// The parser's work grows with the square of the depth, so that a deep expression is refused before it is parsed.
func TestDeepExpressionsAreRefused(t *testing.T) {
	p := newExpressions()
	for name, text := range map[string]string{
		"sum":        "x" + strings.Repeat("+x", MaxNesting+1),
		"brackets":   strings.Repeat("(", MaxNesting+1) + "x" + strings.Repeat(")", MaxNesting+1),
		"signs":      strings.Repeat("-", MaxNesting+1) + "x",
		"subqueries": "x" + strings.Repeat("[5m:1m]", MaxNesting+1),
	} {
		if _, err := p.ParseExpr(text); err == nil || !strings.Contains(err.Error(), "operators and brackets") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"sum":    "x" + strings.Repeat("+x", MaxNesting-1),
		"or":     "x" + strings.Repeat(" or x", MaxNesting-1),
		"a text": `x{l="` + strings.Repeat("+", 10*MaxNesting) + `"}`,
	} {
		if _, err := p.ParseExpr(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPatternSize(t *testing.T) {
	for text, want := range map[string]int{`x{l=~"a+"}`: 0, `x{l="a{9}"}`: 0, `x{l=~"(a{1,30}){1,30}"}`: 1, `x{l!~"b", m=~'a{500}'}`: 1} {
		if n := PatternSize(text); (n > 100) != (want > 0) {
			t.Errorf("%s: %d instructions", text, n)
		}
	}
	if _, err := newExpressions().ParseExpr(`x{l=~"(` + strings.Repeat("ab", 200) + `){900}"}`); err == nil || !strings.Contains(err.Error(), "instructions") {
		t.Errorf("a pattern of a hundred thousand instructions is read: %v", err)
	}
	text := "groups:\n- name: g\n  rules:\n" + strings.Repeat("  - {record: a, expr: 'x{l=~\"(a{1,30}){1,30}\"}'}\n", 1000)
	if _, err := Parse("r.yml", []byte(text)); err == nil || !strings.Contains(err.Error(), "instructions") {
		t.Errorf("a thousand such patterns are read: %v", err)
	}
}
