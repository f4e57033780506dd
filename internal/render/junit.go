package render

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

type junitSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Suite    junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	File    string   `xml:"file,attr,omitempty"`
	Line    int      `xml:"line,attr,omitempty"`
	Failure *failure `xml:"failure"`
	Skipped *skipped `xml:"skipped"`
	Output  string   `xml:"system-out,omitempty"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type skipped struct {
	Message string `xml:"message,attr"`
}

// writeJUnit makes a failed test of each error, a skipped one of each waived finding and a passed one, with output, of the others.
// A clean report is one passed test, since an empty suite looks like a broken one.
func writeJUnit(w io.Writer, r *Report, _ Look) error {
	suite := junitSuite{Name: sanitize.Line(r.Title)}
	for _, f := range ranked(r.Findings) {
		suite.Cases = append(suite.Cases, junitOf(f, &suite))
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Class: suite.Name, Name: "no findings"}}
	}
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(junitSuites{Name: sanitize.Line(r.Headline), Tests: suite.Tests, Failures: suite.Failures, Suite: suite}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitOf(f *report.Finding, suite *junitSuite) junitCase {
	v := viewOf(f)
	c := junitCase{Class: strings.Trim(sanitize.Line(f.Category)+"."+v.Rule, "."), Name: v.Rule + ": " + sanitize.Cut(sanitize.Line(f.Subject), maxMessage)}
	if p := f.At(); p != nil {
		c.File, c.Line = sanitize.Line(p.File), p.Line
	}
	switch text := sentence(v); {
	case f.Waived():
		suite.Skipped++
		c.Skipped = &skipped{Message: v.State}
	case f.Level == report.Error:
		suite.Failures++
		c.Failure = &failure{Message: v.Message, Type: v.Rule, Text: text}
	default:
		c.Output = v.Level + ": " + text
	}
	return c
}
