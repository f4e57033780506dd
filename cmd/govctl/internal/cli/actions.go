package cli

import (
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/github"
	"github.com/romel/govctl/pkg/render"
	"github.com/romel/govctl/pkg/report"
)

// actions reports whether a step of GitHub Actions runs us and wants to be told.
func (a *app) actions() bool {
	return a.github != "off" && a.Getenv("GITHUB_ACTIONS") == "true"
}

// annotate writes findings as annotations. They go to stderr, which the runner reads too: stdout stays the product.
func (a *app) annotate(r *render.Report) error {
	if !a.actions() {
		return nil
	}
	return render.Write(a.Stderr, "github", r, render.Look{})
}

// annotateUnless annotates where the product is not made of annotations already.
func (a *app) annotateUnless(format string, r *render.Report) error {
	if format == "github" {
		return nil
	}
	return a.annotate(r)
}

// summarise adds Markdown to the summary of the workflow step.
func (a *app) summarise(text string) error {
	if !a.actions() {
		return nil
	}
	return a.appendTo("GITHUB_STEP_SUMMARY", github.StepSummary(text))
}

// outputs sets outputs of the workflow step.
func (a *app) outputs(list []github.Output) error {
	if !a.actions() {
		return nil
	}
	text, err := github.Outputs(list, "ghadelimiter_"+rand.Text())
	if err != nil {
		return err
	}
	return a.appendTo("GITHUB_OUTPUT", text)
}

// appendTo adds to a file that the runner named in a variable; without the variable there is nobody to tell.
func (a *app) appendTo(variable, text string) error {
	name := a.Getenv(variable)
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) //nolint:forbidigo // a file of the runner, to which steps add
	if err != nil {
		return fmt.Errorf("%s: %w", variable, cause(err))
	}
	_, err = f.WriteString(text)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// runOutputs are the outputs of `govctl run`.
func runOutputs(s *report.Summary, reasons []string) []github.Output {
	return []github.Output{
		{Name: "breaking", Value: strconv.Itoa(s.BreakingChangesCount)},
		{Name: "semver_status", Value: s.SemverPolicyStatus},
		{Name: "stability_ratio", Value: strconv.FormatFloat(s.StabilityRatio.Rounded(), 'f', -1, 64)},
		{Name: "reasons", Value: strings.Join(reasons, ",")},
	}
}
