package cli

import (
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/github"
)

// facts are what a command knows for the outputs of its workflow step. What it does not know is nil, and no output.
type facts struct {
	breaking        *int
	semver, next    *string
	ratio           *float64
	reasons         *[]string
	passed, checked *bool
}

// output is a row of the table of outputs.
type output struct {
	name, about string
	by          string // the commands that set it
	value       func(*facts) (string, bool)
}

// allOutputs are the commands that set an output which each of them knows.
const allOutputs = "run, openapi diff, semver check, semver next"

// outputTable has a row for every output of a workflow step, in the order in which they are written.
var outputTable = []output{
	{"breaking", "unwaived breaking changes, a number", "run, openapi diff", func(f *facts) (string, bool) { return valueOf(f.breaking, strconv.Itoa) }},
	{"semver_status", "verdict of the version policy: ok, warn, fail or unknown", "run, semver check", func(f *facts) (string, bool) { return valueOf(f.semver, same) }},
	{"next_version", "the version to publish next, as `semver next` prints it; among several contracts `NAME=VERSION`, with commas between them", allOutputs,
		func(f *facts) (string, bool) { return valueOf(f.next, same) }},
	{"stability_ratio", "stable share of the window, from 0 to 1", "run", func(f *facts) (string, bool) {
		return valueOf(f.ratio, func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) })
	}},
	{"passed", "true where everything was checked and passed: exit code 0", allOutputs, func(f *facts) (string, bool) { return valueOf(f.passed, strconv.FormatBool) }},
	{"checked", "false where something that the verdict depends on could not be checked", allOutputs, func(f *facts) (string, bool) { return valueOf(f.checked, strconv.FormatBool) }},
	{"reasons", "reasons of the notice of this run, with commas between them; empty where there is nothing to report", "run",
		func(f *facts) (string, bool) {
			return valueOf(f.reasons, func(v []string) string { return strings.Join(v, ",") })
		}},
}

func valueOf[T any](v *T, text func(T) string) (string, bool) {
	if v == nil {
		return "", false
	}
	return text(*v), true
}

func same(s string) string { return s }

// outputs sets the outputs of the workflow step, where GitHub Actions runs one.
func (a *app) outputs(f facts) error {
	if !a.actions() {
		return nil
	}
	var list []github.Output
	for _, o := range outputTable {
		if value, known := o.value(&f); known {
			list = append(list, github.Output{Name: o.name, Value: oneLine(value)})
		}
	}
	return a.setOutputs(list)
}

// outputsOf sets the outputs of a command that ends with err, and returns err. Without an answer the step learns that nothing was checked.
func (a *app) outputsOf(f facts, err error) error {
	code := codeOf(err)
	passed, checked := code == Passed, code == Passed || code == Findings
	f.passed, f.checked = &passed, &checked
	if werr := a.outputs(f); werr != nil {
		a.warn("the outputs of this step could not be set: " + werr.Error())
	}
	return err
}
