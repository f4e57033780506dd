package ruletest

import (
	"fmt"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/xmltext"
	"github.com/romel/govctl/pkg/report"
)

type junitSuite struct {
	Name     string
	Tests    int
	Failures int
	Errors   int
	Cases    []junitCase
}

type junitCase struct {
	Class   string
	Name    string
	File    string
	Line    int
	Failure *junitProblem
	Error   *junitProblem
}

type junitProblem struct {
	Message string
	Type    string
	Text    string
}

// JUnit is a report as JUnit XML: a suite for each test file and a case for each test group, as
// promtool writes it, and a last suite for missing coverage.
func JUnit(r report.RuleTests) []byte {
	var suites []junitSuite
	for _, f := range r.Files {
		suites = append(suites, suiteOf(f))
	}
	if r.Coverage != nil {
		suites = append(suites, coverageSuite(r))
	}
	tests, failures, errors := 0, 0, 0
	all := &xmltext.Element{Name: "testsuites"}
	for _, s := range suites {
		tests, failures, errors = tests+s.Tests, failures+s.Failures, errors+s.Errors
		all.Add(s.element())
	}
	return xmltext.Document(counts(all, tests, failures, errors))
}

func counts(e *xmltext.Element, tests, failures, errors int) *xmltext.Element {
	return e.Count("tests", tests).Count("failures", failures).Count("errors", errors)
}

func (s *junitSuite) element() *xmltext.Element {
	e := counts((&xmltext.Element{Name: "testsuite"}).Set("name", s.Name), s.Tests, s.Failures, s.Errors)
	for _, c := range s.Cases {
		one := (&xmltext.Element{Name: "testcase"}).Set("classname", c.Class).Set("name", c.Name)
		if c.File != "" {
			one.Set("file", c.File)
		}
		if c.Line != 0 {
			one.Count("line", c.Line)
		}
		e.Add(one.Add(c.Failure.element("failure"), c.Error.element("error")))
	}
	return e
}

func (p *junitProblem) element(name string) *xmltext.Element {
	if p == nil {
		return nil
	}
	return xmltext.Text(name, p.Text).Set("message", p.Message).Set("type", p.Type)
}

func suiteOf(f report.RuleTestFile) junitSuite {
	s := junitSuite{Name: sanitize.Line(f.File)}
	if len(f.Invalid) > 0 {
		s.add(junitCase{Class: s.Name, Name: "file", File: s.Name, Error: together(problems(f.Invalid))})
	}
	for _, t := range f.Tests {
		c := junitCase{Class: s.Name, Name: sanitize.Line(t.Name), File: s.Name, Line: t.At.Line, Error: together(problems(t.Invalid))}
		var failures []junitProblem
		for _, one := range t.Failures {
			text := fmt.Sprintf("%s:%d: expected %s; got %s", one.At.File, one.At.Line, listed(one.Expected), listed(one.Got))
			if one.Hint != "" {
				text += "; " + one.Hint
			}
			failures = append(failures, junitProblem{Message: sanitize.Line(one.Message), Type: ruleFailed, Text: sanitize.Line(text)})
		}
		c.Failure = together(failures)
		s.add(c)
	}
	return s
}

func coverageSuite(r report.RuleTests) junitSuite {
	s := junitSuite{Name: "coverage"}
	for _, f := range r.Findings {
		if f.Rule == ruleFailed || f.Rule == ruleInvalid || f.Level != report.Error {
			continue
		}
		c := junitCase{Class: s.Name, Name: sanitize.Line(f.Rule + ": " + f.Subject), Failure: &junitProblem{Message: sanitize.Line(f.Message), Type: f.Rule}}
		if f.New != nil {
			c.File, c.Line = sanitize.Line(f.New.File), f.New.Line
		}
		s.add(c)
	}
	if len(s.Cases) == 0 {
		s.add(junitCase{Class: s.Name, Name: fmt.Sprintf("%g %% of the branches", r.Coverage.Percent.Rounded())})
	}
	return s
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Error != nil {
		s.Errors++
	} else if c.Failure != nil {
		s.Failures++
	}
}

func problems(list []string) []junitProblem {
	var out []junitProblem
	for _, text := range list {
		out = append(out, junitProblem{Message: sanitize.Line(text), Type: ruleInvalid})
	}
	return out
}

// together is one problem for all of a case, a line of text for each: readers of JUnit XML expect at most one failure, and show no other.
func together(list []junitProblem) *junitProblem {
	if len(list) < 2 {
		for i := range list {
			return &list[i]
		}
		return nil
	}
	out := junitProblem{Message: fmt.Sprintf("%d problems, first: %s", len(list), list[0].Message), Type: list[0].Type}
	for _, p := range list {
		out.Text += p.Message + "\n"
		if p.Text != "" {
			out.Text += "    " + p.Text + "\n"
		}
	}
	return &out
}
