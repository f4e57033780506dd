package cli

import (
	"crypto/rand"
	"fmt"
	"os"

	"github.com/romel/govctl/internal/github"
	"github.com/romel/govctl/internal/render"
)

// summaryVariable names the file that becomes the summary of a workflow step.
const summaryVariable = "GITHUB_STEP_SUMMARY"

// actions reports whether a step of GitHub Actions runs us and wants to be told.
func (a *app) actions() bool {
	return a.github != "off" && a.Getenv("GITHUB_ACTIONS") == "true"
}

// annotate writes findings as annotations. They go to stderr, which the runner reads too: stdout stays the product.
func (a *app) annotate(r *render.Report) error {
	if !a.actions() {
		return nil
	}
	return render.Write(a.Stderr, "github", r, a.look())
}

// annotateUnless annotates where the product is not made of annotations already.
func (a *app) annotateUnless(format string, r *render.Report) error {
	if format == "github" {
		return nil
	}
	return a.annotate(r)
}

// summarise adds Markdown to the summary of the workflow step, and reports whether there was one to add to.
func (a *app) summarise(text string) (bool, error) {
	name := a.Getenv(summaryVariable)
	if !a.actions() || name == "" {
		return false, nil
	}
	var present int64
	if info, err := os.Stat(name); err == nil { //nolint:forbidigo // a file of the runner, to which steps add
		present = info.Size()
	}
	fitting := github.StepSummary(text, present)
	if fitting == "" {
		a.warn("the summary of this step is full")
		return false, nil
	}
	return true, a.appendTo(summaryVariable, fitting)
}

// setOutputs writes outputs for the runner, under a delimiter that no document can foresee.
func (a *app) setOutputs(list []github.Output) error {
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
