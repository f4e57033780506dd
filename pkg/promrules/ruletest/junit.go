package ruletest

import (
	"encoding/xml"
	"fmt"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit is a report as JUnit XML: a suite for each test file and a case for each test group, as promtool writes it, and a last
// suite for what the coverage lacks.
func JUnit(r report.RuleTests) ([]byte, error) {
	var out junitSuites
	for _, f := range r.Files {
		out.Suites = append(out.Suites, suiteOf(f))
	}
	if r.Coverage != nil {
		out.Suites = append(out.Suites, coverageSuite(r))
	}
	for _, s := range out.Suites {
		out.Tests, out.Failures, out.Errors = out.Tests+s.Tests, out.Failures+s.Failures, out.Errors+s.Errors
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	return append(append([]byte(xml.Header), text...), '\n'), err
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
