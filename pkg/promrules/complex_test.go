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
