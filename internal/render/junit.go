package render

import (
	"io"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/xmltext"
	"github.com/romel/govctl/pkg/report"
)

// writeJUnit makes a failed test of each error, a skipped one of each waived finding and a passed one, with output, of the others.
// A clean report is one passed test, since an empty suite looks like a broken one.
func writeJUnit(w io.Writer, r *Report, _ Look) error {
	title := sanitize.Line(r.Title)
	suite := &xmltext.Element{Name: "testsuite"}
	failures, ignored := 0, 0
	for _, f := range ranked(r.Findings) {
		c, failed, waived := junitOf(f)
		failures, ignored = failures+failed, ignored+waived
		suite.Add(c)
	}
	if len(suite.Children) == 0 {
		suite.Add((&xmltext.Element{Name: "testcase"}).Set("classname", title).Set("name", "no findings"))
	}
	suite.Set("name", title).Count("tests", len(suite.Children)).Count("failures", failures).Count("errors", 0).Count("skipped", ignored)
	all := (&xmltext.Element{Name: "testsuites"}).Set("name", sanitize.Line(r.Headline)).Count("tests", len(suite.Children)).Count("failures", failures)
	_, err := w.Write(xmltext.Document(all.Add(suite)))
	return err
}

// junitOf is the test case of a finding, and whether it counts as failed or as skipped.
func junitOf(f *report.Finding) (c *xmltext.Element, failed, skipped int) {
	v := viewOf(f)
	c = &xmltext.Element{Name: "testcase"}
	c.Set("classname", strings.Trim(sanitize.Line(f.Category)+"."+v.Rule, ".")).Set("name", v.Rule+": "+sanitize.Cut(sanitize.Line(f.Subject), maxMessage))
	if p := f.At(); p != nil {
		if p.File != "" {
			c.Set("file", sanitize.Line(p.File))
		}
		if p.Line != 0 {
			c.Count("line", p.Line)
		}
	}
	switch text := sentence(v); {
	case f.Waived():
		return c.Add((&xmltext.Element{Name: "skipped"}).Set("message", v.State)), 0, 1
	case f.Level == report.Error:
		return c.Add(xmltext.Text("failure", text).Set("message", v.Message).Set("type", v.Rule)), 1, 0
	default:
		return c.Add(xmltext.Text("system-out", v.Level+": "+text)), 0, 0
	}
}
