package ruletest

import (
	"strings"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// The outcomes of a test and of a file.
const (
	passed  = "passed"
	failed  = "failed"
	invalid = "invalid"
)

// Invalid reports whether a file or one of its tests could not run.
func (f *File) Invalid() bool {
	for i := range f.Tests {
		if len(f.Tests[i].Problems) > 0 {
			return true
		}
	}
	return len(f.Problems) > 0
}

// Failed reports whether a case of the file failed.
func (f *File) Failed() bool {
	for i := range f.Tests {
		if len(f.Tests[i].Failures) > 0 {
			return true
		}
	}
	return false
}

// Report is the outcome without its time. AddCoverage adds the coverage.
func Report(files []File) report.RuleTests {
	out := report.RuleTests{Schema: "govctl/rule-tests/v1", Passed: true, Files: make([]report.RuleTestFile, 0, len(files))}
	for i := range files {
		f := &files[i]
		one := report.RuleTestFile{File: f.Name, Status: passed, Tests: make([]report.RuleTest, 0, len(f.Tests)), Invalid: said(f.Problems)}
		if len(f.Problems) > 0 {
			out.Invalid++
		}
		for j := range f.Tests {
			t := f.Tests[j].report()
			one.Tests = append(one.Tests, t)
			out.Tests++
			out.Assertions += t.Assertions
			switch t.Status {
			case failed:
				out.Failed++
			case invalid:
				out.Invalid++
			}
		}
		switch {
		case f.Invalid():
			one.Status = invalid
		case f.Failed():
			one.Status = failed
		}
		out.Passed = out.Passed && one.Status == passed
		out.Files = append(out.Files, one)
		out.Findings = append(out.Findings, f.findings()...)
	}
	return out
}

func (t *Test) report() report.RuleTest {
	out := report.RuleTest{Name: t.Name, At: t.Place, Status: passed, Assertions: t.Assertions, Invalid: said(t.Problems),
		Failures: make([]report.RuleFailure, 0, len(t.Failures))}
	for _, f := range t.Failures {
		out.Failures = append(out.Failures, report.RuleFailure{At: f.Place, Subject: f.Subject, EvalTime: f.At.Seconds(),
			Message: f.Message, Expected: f.Expected, Got: f.Got, Hint: f.Hint})
	}
	switch {
	case len(t.Problems) > 0:
		out.Status = invalid
	case len(t.Failures) > 0:
		out.Status = failed
	}
	return out
}

func said(problems []*contract.Error) []string {
	out := make([]string, 0, len(problems))
	for _, p := range problems {
		out = append(out, p.Error())
	}
	return out
}

// findings are the failures and warnings of a file, and what is wrong with it.
func (f *File) findings() []report.Finding {
	var out []report.Finding
	add := func(problems []*contract.Error) {
		for _, p := range problems {
			one := finding(ruleInvalid, p.Place, p.Place.File, p.Msg)
			if p.Hint != "" {
				one.Hint = p.Hint
			}
			out = append(out, one)
		}
	}
	add(f.Problems)
	for _, t := range f.Tests {
		add(t.Problems)
		for _, failure := range t.Failures {
			one := finding(ruleFailed, failure.Place, t.Name+": "+failure.Subject, failure.Message)
			one.Hint = hintOf(failure)
			out = append(out, one)
		}
	}
	return append(out, f.Warnings...)
}

// hintOf is what explains a failure, and what was expected and came where the message has no room for it.
func hintOf(f Failure) string {
	long := comparison(f)
	if f.Hint == "" || long == "" {
		return f.Hint + long
	}
	return f.Hint + "; " + long
}

// comparison is what was expected and what came, for the eye.
func comparison(f Failure) string {
	if len(f.Expected) <= 1 && len(f.Got) <= 1 {
		return "" // the message has both
	}
	return "expected " + listed(f.Expected) + "; got " + listed(f.Got)
}

func listed(items []string) string {
	if len(items) == 0 {
		return "nothing"
	}
	return strings.Join(items, ", ")
}

// AddCoverage adds what the tests cover to a report, with its findings. An error among them fails it.
func AddCoverage(r *report.RuleTests, files []File, want Wanted) {
	sum, findings := Cover(files, want)
	r.Coverage = &sum
	r.Findings = append(r.Findings, findings...)
	for _, f := range findings {
		r.Passed = r.Passed && f.Level != report.Error
	}
}
