package metricscontract_test

import (
	"strings"
	"testing"

	"github.com/romel/govctl/internal/metricscontract"
)

func parseContract(t *testing.T, text string) metricscontract.Contract {
	t.Helper()
	c, err := metricscontract.ParseContract("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A removed metric names the new one that it was probably renamed to, and none where that is a guess.
func TestSuccessor(t *testing.T) {
	const old = "# TYPE shop_order_count_total counter\nshop_order_count_total{result=\"ok\"} 1\n"
	for _, c := range []struct{ name, after, want string }{
		{"another form of the words", "# TYPE shop_orders_total counter\nshop_orders_total 1\n", "shop_orders_total"},
		{"a word more", "# TYPE shop_placed_orders_total counter\nshop_placed_orders_total 1\n", "shop_placed_orders_total"},
		{"another type", "# TYPE shop_orders gauge\nshop_orders 1\n", ""},
		{"another service", "# TYPE bakery_orders_total counter\nbakery_orders_total 1\n", ""},
		{"other words", "# TYPE shop_refunds_total counter\nshop_refunds_total 1\n", ""},
		{"two alike", "# TYPE shop_new_orders_total counter\nshop_new_orders_total 1\n# TYPE shop_all_orders_total counter\nshop_all_orders_total 1\n", ""},
		{"two alike, one with the labels", "# TYPE shop_new_orders_total counter\nshop_new_orders_total{result=\"ok\"} 1\n# TYPE shop_all_orders_total counter\nshop_all_orders_total 1\n",
			"shop_new_orders_total"},
		{"one that was there before", "", ""},
	} {
		const kept = "# TYPE shop_orders_open_total counter\nshop_orders_open_total 1\n"
		found := metricscontract.Diff(metricscontract.DiffInput{Before: parseContract(t, old+kept), After: parseContract(t, kept+c.after)})
		if len(found) != 1 {
			t.Fatalf("%s: %+v", c.name, found)
		}
		want := "is no longer there; no alert"
		if c.want != "" {
			want = "is no longer there (is it now " + c.want + "?); no alert"
		}
		if !strings.Contains(found[0].Message, want) {
			t.Errorf("%s: %s", c.name, found[0].Message)
		}
	}
}

// A pattern over names goes silent with the last of them. One that lists names goes silent with each.
func TestPatternsOverNames(t *testing.T) {
	before, after := parseContract(t, "shop_a 1\nshop_b 1\nbakery_a 1\n"), parseContract(t, "shop_a 1\n")
	for _, c := range []struct{ expr, metric, want string }{
		{`count({__name__=~"shop_.*"})`, "shop_b", "selected, among others, by a pattern in alert A"},
		{`count({__name__=~"shop_(a|b)"})`, "shop_b", "read by alert A"},
		{`count({__name__=~"shop_b.*"})`, "shop_b", "read by alert A"},
		{`count({__name__=~"shop_.*",__name__!="shop_b"})`, "shop_b", "no alert or recording rule reads it"},
		{`count({__name__=~".+",__name__!~"shop_.*"})`, "bakery_a", "read by alert A"},
		{`count({job="x"})`, "shop_b", "no alert or recording rule reads it"},
	} {
		rules := []metricscontract.Rule{{Alert: "A", Expr: c.expr}}
		message := ""
		for _, f := range metricscontract.Diff(metricscontract.DiffInput{Before: before, After: after, Rules: rules}) {
			if f.Subject == c.metric {
				message = f.Message
			}
		}
		if !strings.HasSuffix(message, c.want) {
			t.Errorf("%s: %q", c.expr, message)
		}
	}
}
