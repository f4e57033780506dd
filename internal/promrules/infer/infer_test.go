package infer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

func trace(t testing.TB, text string) Tree {
	t.Helper()
	expr, err := parser.NewParser(parser.Options{EnableExperimentalFunctions: true, EnableBinopFillModifiers: true}).ParseExpr(text)
	if err != nil {
		t.Fatal(text, err)
	}
	return Trace(expr)
}

// describe writes a set as a list: label= is always there, label="v" with that value, !label never, label perhaps; * stands for others.
func describe(s Set) string {
	var out []string
	word := func(name string, l Label) {
		switch l.Presence {
		case Never:
			out = append(out, "!"+name)
		case Always:
			out = append(out, name+"="+l.Value)
		default:
			out = append(out, name)
		}
	}
	for _, n := range s.Names() {
		word(n, s.Of(n))
	}
	word("*", s.Others())
	return strings.Join(out, " ")
}

func TestLabels(t *testing.T) {
	for text, want := range map[string]string{
		`x`: "*",
		`x{a="1", b!="", c=~".+", d="", e=~".*"}`:               "a=1 b= c= !d *",
		`x{a="1", a="2"}`:                                       "a=1 *",
		`sum(x)`:                                                "!*",
		`sum by (a, b) (x{a="1"})`:                              "a=1 b !*",
		`sum by (a, b) (sum by (a) (x))`:                        "a !b !*",
		`sum without (a) (x{a="1", b="2"})`:                     "!a b=2 *",
		`topk(1, x{a="1"})`:                                     "a=1 *",
		`count_values("v", x)`:                                  "v= !*",
		`absent(x{a="1", b=~"2", c="3", c="4"})`:                "a=1 !*",
		`absent_over_time((x{a="1"})[5m:])`:                     "!*",
		`absent(sum by (a) (x))`:                                "!*",
		`vector(1)`:                                             "!*",
		`time()`:                                                "!*",
		`label_replace(sum(x), "a", "1", "", "")`:               "a !*",
		`label_replace(x, "a", "v", "b", ".*")`:                 "a=v *",
		`label_replace(x, "a", "$1", "b", "(.*)")`:              "a *",
		`label_join(sum by (a) (x), "c", "-", "a")`:             "a c !*",
		`histogram_quantile(0.9, sum by (le, a) (rate(x[5m])))`: "a !le !*",
		`rate(x{a="1"}[5m])`:                                    "a=1 *",
		`max_over_time(sum by (a) (x)[5m:])`:                    "a !*",
		`-(sum by (a) (x)) > time() - 5`:                        "a !*",
		`2 * sum by (a) (x)`:                                    "a !*",
		`scalar(x) * sum by (a) (y)`:                            "a !*",
		`x{a="1"} / on (a, b) y`:                                "a=1 b !*",
		`x{a="1"} / ignoring (a) y{b="2"}`:                      "!a b=2 *",
		`x{a="1"} / y{b="2"}`:                                   "a=1 b=2 *",
		`x / sum by (a) (y)`:                                    "a !*",
		`x{a="1"} * on (b) group_left (c) y{c="3"}`:             "a=1 c=3 *",
		`x * on (b) group_left (c) sum by (b) (y)`:              "!c *",
		`y{c="3"} * on (b) group_right (c) x`:                   "c=3 *",
		`x{a="1"} and on (b) sum by (b) (y)`:                    "a=1 *",
		`x{a="1"} unless y{b="2"}`:                              "a=1 *",
		`x{a="1", b="2"} or y{a="1", b="3"}`:                    "a=1 b= *",
		`sum by (a) (x) or sum(y)`:                              "a !*",
		`x{a="1"} or sum(y)`:                                    "a *",
		`info(x)`:                                               "*",
		"sum by (a) (x)" + strings.Repeat("+1", 400):            "a !*",
		strings.Repeat("1+", 400) + "sum by (a) (x)":            "a !*",
	} {
		if got := describe(trace(t, text).Root().Labels); got != want {
			t.Errorf("%.70s: %s, want %s", text, got, want)
		}
	}
}

func TestClashes(t *testing.T) {
	for text, want := range map[string]string{
		`x{a="1"} and y{a="2"}`:                         "a",
		`x{a="1"} and y{a="1"}`:                         "",
		`x{a="1"} and y{a=~"1|2"}`:                      "",
		`x{a="1"} and ignoring (a) y{a="2"}`:            "",
		`x{a="1"} and on (b) y{a="2"}`:                  "",
		`x{a="1"} unless sum(x)`:                        "a",
		`x unless sum(x)`:                               "",
		`x{a="1"} or y{a="2"}`:                          "",
		`x{a="1"} + fill(0) y{a="2"}`:                   "",
		`sum by (a) (x{a="1"}) / sum by (b) (x{b!=""})`: "a",
		`sum by (a) (x) / sum by (b) (x)`:               "",
		`x{a="1"} * on (a) group_left () sum(y)`:        "a",
		`vector(1) * on (a) y{a="1"}`:                   "a",
		`x{a="1"} * 2`:                                  "",
	} {
		got := ""
		if c := trace(t, text).Root().Clash; c != nil {
			got = c.Name
		}
		if got != want {
			t.Errorf("%s: a clash on %q, want %q", text, got, want)
		}
	}
}

// What decided about a label is the part of the expression that removed it.
func TestDecider(t *testing.T) {
	root := trace(t, `(sum by (a) (sum by (b) (x))) * 2`).Root()
	for name, want := range map[string]string{"a": "sum by (b) (x)", "b": "sum by (a) (sum by (b) (x))"} {
		if got := root.Labels.Of(name); got.Presence != Never || got.By.String() != want {
			t.Errorf("%s: %d by %v, want %s", name, got.Presence, got.By, want)
		}
	}
}

func TestValues(t *testing.T) {
	for text, want := range map[string]string{
		`x`:                           "[-Inf, +Inf]",
		`x > 5`:                       "(5, +Inf]",
		`5 > x`:                       "[-Inf, 5)",
		`x >= 5 <= 7`:                 "[5, 7]",
		`x == 3`:                      "[3, 3]",
		`x > 5 < 5`:                   "empty",
		`x > bool 5`:                  "[0, 1]",
		`count(x)`:                    "[1, +Inf]",
		`count(x) == 0`:               "empty",
		`absent(x) * 2`:               "[2, 2]",
		`absent(x) > 1`:               "empty",
		`rate(x[5m]) < 0`:             "empty",
		`sum(up == 0)`:                "[0, 0]",
		`sum(x > 5)`:                  "(5, +Inf]",
		`sum(x > -5)`:                 "[-Inf, +Inf]",
		`avg(x > 5)`:                  "(5, +Inf]",
		`-(x > 5)`:                    "[-Inf, -5)",
		`1 - 0.75`:                    "[0.25, 0.25]",
		`10 - (x > 5)`:                "[-Inf, 5)",
		`x * 0`:                       "[-Inf, +Inf]",
		`rate(x[5m]) / rate(y[5m])`:   "[0, +Inf]",
		`1 / 4`:                       "[0.25, 0.25]",
		`clamp_min(x, 1)`:             "[1, +Inf]",
		`clamp_max(x, -1)`:            "[-Inf, -1]",
		`clamp(x, 1, 10)`:             "[1, 10]",
		`hour() > 23`:                 "empty",
		`x > 5 and x < 3`:             "empty",
		`x > 5 and y < 3`:             "(5, +Inf]",
		`x > 5 and on (a) x < 3`:      "(5, +Inf]",
		`x > 5 or x < 3`:              "[-Inf, +Inf]",
		`x > 5 or x == 7`:             "(5, +Inf]",
		`max_over_time((x > 5)[5m:])`: "(5, +Inf]",
		`x > y`:                       "(-Inf, +Inf]",
		`(x < 1) > (y > 2)`:           "empty",
		`round((x > 5), 0.5)`:         "[-Inf, +Inf]",
		`quantile(2, x > 5)`:          "[-Inf, +Inf]",
		`label_replace(x > 5, "a", "b", "c", "d")`: "(5, +Inf]",
	} {
		r := trace(t, text).Root().Values
		open, end := "[", "]"
		if r.LoOpen {
			open = "("
		}
		if r.HiOpen {
			end = ")"
		}
		got := fmt.Sprintf("%s%v, %v%s", open, r.Lo, r.Hi, end)
		if r.Empty() {
			got = "empty"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestZero(t *testing.T) {
	for text, want := range map[string]bool{
		`x`: true, `x > 0`: false, `x >= 0`: true, `x != 0`: false, `0 != x`: false, `x > 1`: false, `x < 0`: false, `sum(x != 0)`: true, `sum(x > 0)`: false, `max(x != 0)`: false,
		`avg(x != 0)`: true, `clamp_min(x, 1)`: false, `count(x)`: false, `(x > 0) + 1`: false, `(x > 0) or y`: true, `(x > 0) * (y > 0)`: false,
	} {
		if got := trace(t, text).Root().Values.HasZero(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// Each part is looked at once, and what is known of it does not grow with the expression: twice the expression, twice the memory.
func TestWorkIsLinear(t *testing.T) {
	many := make([]string, 2*maxNamed)
	for i := range many {
		many[i] = fmt.Sprintf("l%d", i)
	}
	for name, term := range map[string]string{
		"plain": "x", "labels": `sum by (a, b, c) (x{a="1", b!=""})`, "and": "(x > 1) and (x < 5)", "many labels": "sum by (" + strings.Join(many, ", ") + ") (x)",
		"matches": `x{a="1"} * on (a) group_left (b) y`,
	} {
		for _, op := range []string{"+", " and ", " or "} {
			trees := map[int]parser.Expr{}
			for _, n := range []int{100, 200, 800} {
				expr, err := parser.NewParser(parser.Options{}).ParseExpr(strings.Repeat("("+term+")"+op, n) + "x")
				if err != nil {
					t.Fatal(err)
				}
				trees[n] = expr
			}
			if parts := len(Trace(trees[200])); parts >= 2*len(Trace(trees[100])) {
				t.Errorf("%s%s: %d parts", name, op, parts)
			}
			allocs := func(n int) float64 { return testing.AllocsPerRun(1, func() { Trace(trees[n]) }) }
			if small, large := allocs(100), allocs(800); large > 9*small {
				t.Errorf("%s%s: %.0f allocations for 100 terms, %.0f for 800", name, op, small, large)
			}
		}
	}
}
