package live

import "github.com/romel/govctl/pkg/report"

// Rule ids of the findings.
const (
	ruleMissing     = "live-rule-missing"
	ruleDiffers     = "live-rule-differs"
	ruleUnhealthy   = "live-rule-unhealthy"
	ruleUnevaluated = "live-rule-not-evaluated"
	ruleNoSeries    = "live-series-missing"
)

// Finding is one row of the table of findings; all are errors.
type Finding struct{ ID, About, Why, Hint string }

// Findings is the table.
var Findings = []Finding{
	{ruleMissing, "The server has not loaded a rule of the files.", "A rule that is not loaded neither records nor alerts.", "reload Prometheus, and see that rule_files of its configuration names the file"},
	{ruleDiffers, "The server has loaded a rule in another version.", "What was reviewed and tested is not what runs.", "reload Prometheus, or deploy the rule file"},
	{ruleUnhealthy, "A rule does not evaluate on the server.", "A rule that fails neither records nor alerts.", "run the expression on the server"},
	{ruleUnevaluated, "A rule was not evaluated within the timeout.", "It is unknown whether it works.", "wait at least one interval of its group: --timeout"},
	{ruleNoSeries, "A recording rule evaluates, and none of its series is there.", "Alerts and dashboards on the recorded series stay silent.", "see that the metrics which the expression reads are scraped"},
}

// finding fills in what the table says of an id.
func finding(id string, place report.Place, subject, message string) report.Finding {
	for _, f := range Findings {
		if f.ID == id {
			return report.Finding{Rule: id, Level: report.Error, Subject: subject, Message: message, Hint: f.Hint, Why: f.Why, New: &place}
		}
	}
	panic("no row for " + id) // the tests make one of each
}
