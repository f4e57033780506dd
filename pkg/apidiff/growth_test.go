package apidiff

import (
	"fmt"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/report"
)

// A response that gains a value or a property is one policy, however the contract spells it.
func TestResponseGrowthIsOnePolicy(t *testing.T) {
	const text = `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"d","content":{"application/json":{"schema":%s}}}}}}}}`
	for name, c := range map[string]struct{ old, new, rule string }{
		"enum value": {`{"type":"string","enum":["a","b"]}`, `{"type":"string","enum":["a","b","c"]}`, "response-property-enum-value-added"},
		"alternative of one value": {
			`{"oneOf":[{"type":"object","required":["x"]},{"type":"string","enum":["a"]}]}`,
			`{"oneOf":[{"type":"object","required":["x"]},{"type":"string","enum":["a"]},{"type":"string","enum":["b"]}]}`, "response-property-union-branch-added"},
		"property of a closed object": {
			`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}}}`,
			`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"},"b":{"type":"string"}}}`, "response-property-added-to-closed"},
	} {
		old, new := parse(t, "old.json", fmt.Appendf(nil, text, c.old)), parse(t, "new.json", fmt.Appendf(nil, text, c.new))
		for _, p := range []struct {
			opt      Options
			level    report.Level
			breaking bool
		}{
			{Options{}, report.Warning, false},
			{Options{Gate: rules.SDK}, report.Error, true},
			{Options{GrowthBreaks: true}, report.Error, true},
			{Options{GrowthBreaks: true, Gate: rules.Wire}, report.Error, true},
			{Options{GrowthBreaks: true, Levels: map[string]report.Level{c.rule: report.Info}}, report.Info, false},
		} {
			p.opt.Now = testNow
			d := Compare(t.Context(), old, new, p.opt).Diff
			if len(d.Changes) != 1 || d.Changes[0].Rule != c.rule || d.Changes[0].Level != p.level || d.Changes[0].Breaking != p.breaking || d.Changes[0].Category != "sdk" {
				t.Errorf("%s: %+v with %+v", name, d.Changes, p.opt)
			}
		}
	}
	// an alternative that is an object is no value: what a client reads of it is another shape
	old := parse(t, "old.json", fmt.Appendf(nil, text, `{"oneOf":[{"type":"object","required":["x"]},{"type":"string"}]}`))
	new := parse(t, "new.json", fmt.Appendf(nil, text, `{"oneOf":[{"type":"object","required":["x"]},{"type":"string"},{"type":"array"}]}`))
	if d := Compare(t.Context(), old, new, Options{Now: testNow}).Diff; d.Totals.Breaking != 1 {
		t.Errorf("an alternative of another shape: %+v", d.Changes)
	}
}
