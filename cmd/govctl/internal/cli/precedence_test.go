package cli

import (
	"testing"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
)

// TestOrderOfPrecedence lays flag, environment and configuration over each other for every limit of the alerts.
func TestOrderOfPrecedence(t *testing.T) {
	for _, l := range limits {
		values := []string{"3", "4", "5"} // of the configuration, the environment and the flag
		if l.flag == "spike-fail" || l.flag == "deprecation-strict" {
			values = []string{"1", "0", "1"}
		}
		var want [3]config.Taxonomy
		for i, v := range values {
			if err := l.set(&want[i], v); err != nil {
				t.Fatal(err)
			}
		}
		for given, expected := range map[string]config.Taxonomy{"": want[0], "environment": want[1], "environment and flag": want[2], "flag": want[2]} {
			if l.env == "" && given == "environment" {
				continue
			}
			var f alertFlags
			c := &cobra.Command{}
			f.add(c, l.flag)
			env := map[string]string{}
			if given == "environment" || given == "environment and flag" {
				env[l.env] = values[1]
			}
			if given == "flag" || given == "environment and flag" {
				if err := c.Flags().Set(l.flag, values[2]); err != nil {
					t.Fatal(err)
				}
			}
			a := &app{Env: &Env{Getenv: func(name string) string { return env[name] }}}
			got := want[0]
			if err := a.limit(&got, &f); err != nil {
				t.Fatal(err)
			}
			if same, other := limited(got), limited(expected); same != other {
				t.Errorf("--%s with %q: %v, want %v", l.flag, given, same, other)
			}
		}
	}
}

// limited are the figures that the limits set.
func limited(c config.Taxonomy) [9]any {
	return [9]any{c.RunbookMinPercent, c.MaxChurnDelta, c.MaxRiskChurnDelta, c.RiskChurnSpikeThreshold, c.RiskChurnSpikeFail, c.DeprecationMaxDays, c.DeprecationStrict, c.RunbookSLADays, c.WindowDays}
}
