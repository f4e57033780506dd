package cli

import (
	"errors"

	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// notChecked is the rule of what could not be checked, in every format that shows findings.
const notChecked = "not-checked"

var notCheckedRule = render.RuleInfo{ID: notChecked, Level: report.Error, Category: "run", Summary: "something that the verdict depends on could not be checked",
	Why: "Nothing may be concluded from a run that could not check: it does not count as passed, and the next run does not compare with it."}

// withNotChecked adds what a run could not check to a report.
func withNotChecked(r *render.Report, s *report.Summary) {
	if len(s.NotChecked) == 0 {
		return
	}
	r.Rules = append(r.Rules, notCheckedRule)
	for _, n := range s.NotChecked {
		subject := n.Step
		if n.Contract != "" {
			subject += " " + n.Contract
		}
		r.Findings = append(r.Findings, report.Finding{Rule: notChecked, Level: report.Error, Category: notCheckedRule.Category, Subject: subject,
			Message: "not checked: " + n.Reason, Why: notCheckedRule.Why})
	}
}

// printNotChecked writes a report that says why a comparison was not made, in the formats that other programs read; the error itself follows
// on standard error. It returns the error.
func (a *app) printNotChecked(err error, format string) error {
	var input *contract.Error
	if err == nil || format == "text" || format == "json" {
		return err
	}
	r := diffRules()
	r.Headline, r.Tool = "The contracts were not compared.", a.tool()
	r.Rules = append(r.Rules, notCheckedRule)
	f := report.Finding{Rule: notChecked, Level: report.Error, Category: notCheckedRule.Category, Subject: "openapi diff", Message: "not checked: " + err.Error(), Why: notCheckedRule.Why}
	if errors.As(err, &input) {
		f.New, f.Hint = &input.Place, input.Hint
	}
	r.Findings = []report.Finding{f}
	return errors.Join(err, render.Write(a.Stdout, format, r, a.look()))
}
