package promrules

import (
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// conventionRows are what a profile asks of alerts.
func conventionRows() []Row {
	guided := []string{"mixin", "openshift"}
	return []Row{
		{
			ID: "severity-label-missing", Level: report.Warning, Want: "carry a severity label",
			Why:  "alerts are routed by severity: one without it goes to the default receiver",
			Hint: "add a severity label",
			Check: func(_ *checker, g *Group, r *Rule) []problem {
				if r.Alert == "" || g.AllLabels(r)["severity"] != "" {
					return nil
				}
				return []problem{{}}
			},
		},
		{
			ID: "severity-label-unknown", Level: report.Warning, Want: "carry a known severity label",
			Why:  "alerts are routed by severity: one with an unknown severity goes to the default receiver",
			Hint: "use a severity of taxonomy.severities in govctl.yaml, or add this one there",
			Check: func(c *checker, g *Group, r *Rule) []problem {
				s := g.AllLabels(r)["severity"]
				if _, ok := c.Severities[s]; ok || s == "" || r.Alert == "" || c.Severities == nil || strings.Contains(s, "{{") {
					return nil
				}
				return []problem{{got: "it says \"" + s + "\""}}
			},
		},
		annotationRow("summary", "a short line for the list of alerts", guided),
		annotationRow("description", "the sentence for the person who is woken", guided),
		{
			ID: "runbook-url-missing", Level: report.Info, Want: "link its runbook in the annotation runbook_url", Profiles: guided,
			Why:  "an alert without instructions cannot be acted on",
			Hint: "add the annotation runbook_url",
			Check: func(c *checker, g *Group, r *Rule) []problem {
				// OpenShift's guidelines ask it of critical alerts only.
				if r.Alert == "" || r.Annotations["runbook_url"] != "" || c.Profile == "openshift" && g.AllLabels(r)["severity"] != "critical" {
					return nil
				}
				return []problem{{}}
			},
		},
	}
}

func annotationRow(name, what string, profiles []string) Row {
	return Row{
		ID: name + "-missing", Level: report.Warning, Want: "have the annotation " + name, Profiles: profiles,
		Why:  "it is " + what,
		Hint: "add the annotation " + name,
		Check: func(_ *checker, _ *Group, r *Rule) []problem {
			if r.Alert == "" || strings.TrimSpace(r.Annotations[name]) != "" {
				return nil
			}
			return []problem{{}}
		},
	}
}
