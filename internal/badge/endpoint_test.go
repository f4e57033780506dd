package badge

import (
	"math"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
)

// Every badge of every state holds to the rules of Shields' endpoint, checked on the JSON and by Shields' own words: a message, no key
// that it does not know, a colour that it draws as asked for, and a time to keep it that it accepts.
func TestEndpointRules(t *testing.T) {
	nothing, far := 0, 40_000
	figures := []float64{0, 0.5, 0.94999, 1, 100, -1, 1e9, math.NaN(), math.Inf(1), math.Inf(-1)}
	list := []report.Badge{Breaking(nil), Stability(nil), New("", "", Blue)}
	for _, v := range figures {
		n := int(math.Max(-1e9, math.Min(v, 1e9)))
		list = append(list, Breaking(&report.Breaking{Breaking: n > 0, Total: n}), PlaceholderStreak(n), PayloadVersion(n),
			Stability(&report.Stability{Score: report.Percent(v), WindowStableCount: n, WindowTotalCount: n + 1, CurrentStableStreak: n}),
			Milestones(&report.Milestones{Totals: report.MilestoneTotals{Percent: report.Percent(v)}}))
		for _, status := range []string{"", "ok", "warn", "fail", "unknown"} {
			for _, placeholder := range []bool{false, true} {
				s := &report.Summary{StabilityRatio: report.Ratio(v), Placeholder: placeholder, SemverPolicyStatus: status}
				list = append(list, Summary(s), Combined(s))
			}
		}
		for _, days := range []*int{nil, &nothing, &far} {
			m := &report.TaxonomyMetrics{AgeDays: days, TotalAlerts: n, DeprecatedAlerts: n, DeprecatedPercent: report.Percent(v), Churn30d: n, RiskChurn30d: n,
				StabilityScore: report.Ratio(v), RiskStabilityScore: report.Ratio(v), RunbookCompletenessPercent: report.Percent(v)}
			for _, b := range Taxonomy(m) {
				list = append(list, b.Badge)
			}
		}
	}
	colors := []string{"brightgreen", "green", "yellowgreen", "yellow", "orange", "red", "blue", "grey", "lightgrey"}
	for _, b := range list {
		data, err := json.Marshal(b)
		if err != nil {
			t.Fatalf("%+v: %v", b, err)
		}
		var keys map[string]jsontext.Value
		if err := json.Unmarshal(data, &keys); err != nil {
			t.Fatal(err)
		}
		for k := range keys {
			if !slices.Contains([]string{"schemaVersion", "label", "message", "color", "cacheSeconds"}, k) {
				t.Errorf("%s has the key %s", data, k)
			}
		}
		var message, color string
		if json.Unmarshal(keys["message"], &message) != nil || message == "" || json.Unmarshal(keys["color"], &color) != nil || !slices.Contains(colors, color) ||
			string(keys["schemaVersion"]) != "1" || keys["label"].Kind() != '"' || string(keys["cacheSeconds"]) != "300" {
			t.Errorf("%s is no answer for Shields", data)
		}
	}
}
