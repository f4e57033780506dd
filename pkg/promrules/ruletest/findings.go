package ruletest

import (
	"errors"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Rule ids of the findings.
const (
	ruleFailed       = "rule-test-failed"
	ruleInvalid      = "rule-test-invalid"
	ruleNoFile       = "rule-file-pattern-matches-nothing"
	ruleCutOff       = "input-series-cut-off"
	ruleReplaced     = "input-series-replaced"
	ruleNeverTested  = "alert-never-asserted"
	ruleOnlyFiring   = "alert-only-asserted-firing"
	ruleOnlySilent   = "alert-only-asserted-silent"
	ruleCritical     = "critical-alert-untested"
	ruleUnrecorded   = "recording-rule-untested"
	ruleBelowMinimum = "rule-coverage-below-minimum"
)

// Check is one row of the table of findings.
type Check struct {
	ID    string
	Level report.Level
	About string // one sentence
	Why   string
	Hint  string
}

// Checks is the table.
var Checks = []Check{
	{ruleFailed, report.Error, "A case of a unit test fails, or a rule cannot be evaluated.",
		"The rule does not do what its test expects.", ""},
	{ruleInvalid, report.Error, "A test file, or a rule file that it names, is malformed.", "A test that cannot run verifies nothing.", ""},
	{ruleNoFile, report.Warning, "A pattern of rule_files matches no file.",
		"promtool continues without the rules, and tests that expect silence pass for the wrong reason.", "fix the path, which is relative to the test file"},
	{ruleCutOff, report.Warning, "An empty line or a comment in values hides the input series after it.",
		"promtool stops reading input series there without a word.", "write the values on one line, or fold them with >-"},
	{ruleReplaced, report.Warning, "An input series is given twice in one test.",
		"promtool silently takes the last one.", "remove one, or give it a label that distinguishes them"},
	{ruleNeverTested, report.Warning, "No unit test asserts anything about an alert.",
		"A rule without a test can stop firing, or never have fired, without notice.", "add an alert_rule_test in which it fires, and one in which it does not"},
	{ruleOnlyFiring, report.Warning, "Unit tests show an alert firing and never show it silent.",
		"An expression that is always true passes such a test.", "add an alert_rule_test without exp_alerts at a time when all is well"},
	{ruleOnlySilent, report.Warning, "Unit tests show an alert silent and never show it firing.",
		"A mistyped metric name passes such a test.", "add an alert_rule_test with exp_alerts at a time when it must fire"},
	{ruleCritical, report.Error, "No unit test shows a critical alert of the taxonomy firing.",
		"The alerts that wake people are the ones whose rules must be proved.", "add an alert_rule_test with exp_alerts at a time when it must fire"},
	{ruleUnrecorded, report.Warning, "No unit test checks what a recording rule records.",
		"A recording rule that yields nothing silences every alert on top of it.", "add a promql_expr_test for it, or assert an alert that reads it over input in which it yields samples"},
	{ruleBelowMinimum, report.Error, "Unit tests cover less of the rules than the minimum.", "The minimum is the team's own.", "cover the rules that are listed, or lower the minimum"},
}

// finding fills in what the table says of a rule.
func finding(id string, place report.Place, subject, message string) report.Finding {
	for _, c := range Checks {
		if c.ID == id {
			return report.Finding{Rule: id, Level: c.Level, Subject: subject, Message: message, Hint: c.Hint, Why: c.Why, New: &place}
		}
	}
	panic("no row for " + id) // a test makes one finding of each
}

// exprError is an error of the expression parser, with the place within the expression where that can be told.
func exprError(place report.Place, expr pattern, err error) *contract.Error {
	e := &contract.Error{Place: place, Msg: "expression " + quoted(expr.text) + ": " + err.Error(), Err: err}
	var list parser.ParseErrors
	if errors.As(err, &list) && len(list) > 0 {
		e.Msg = "expression " + quoted(expr.text) + ": " + list[0].Err.Error()
		e.Place.Column += shown(expr.node, int(list[0].PositionRange.Start), false)
	}
	return e
}
