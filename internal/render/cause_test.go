package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
)

// large is a break of n operations: all of them have the same edit, and each has one of its own.
func large(n int) *render.Report {
	r := &render.Report{Headline: "many", Causes: map[string]string{"c0ffee": "request body became required"}, Rules: []render.RuleInfo{{ID: "promise-kept", Quiet: true}}}
	for i := range n {
		op := []report.Operation{{Method: "POST", Path: fmt.Sprintf("/things/%d", i)}}
		at := &report.Place{File: "openapi.yaml", Line: i + 1, Column: 1}
		r.Findings = append(r.Findings,
			report.Finding{Rule: "promise-kept", Level: report.Info, Message: "response property `a` became required", New: at, Operations: op},
			report.Finding{Rule: "odd", Level: report.Warning, Message: fmt.Sprintf("parameter `p%d` went", i), New: at, Operations: op},
			report.Finding{Rule: "own", Level: report.Error, Breaking: true, Fingerprint: "0123456789abcdef", Cause: fmt.Sprintf("own%d", i),
				Message: fmt.Sprintf("request property `p%d` became required", i), New: at, Operations: op},
			report.Finding{Rule: "body-required", Level: report.Error, Breaking: true, Fingerprint: "fedcba9876543210", Cause: "c0ffee", Subject: fmt.Sprintf("POST /things/%d request", i),
				Message: "the request body of POST " + op[0].Path + " became required", New: at, Operations: op})
	}
	return r
}

func TestOneEditIsShownOnce(t *testing.T) {
	for _, format := range []string{"text", "markdown"} {
		got := written(t, format, large(109), render.Look{Lines: 200})
		if n := strings.Count(got, "request body became required"); n != 1 {
			t.Errorf("%s: said %d times", format, n)
		}
		for _, want := range []string{"request body became required, in 109 places", "openapi.yaml:1:1: POST /things/0 ", "openapi.yaml:101:1: POST /things/100 ", "and 104 more (--all)"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing:\n%.2000s", format, want, got)
			}
		}
		all := written(t, format, large(109), render.Look{Lines: 200, All: true})
		if n := strings.Count(all, "became required"); n != 3*109+1 {
			t.Errorf("%s: with all, %d findings are shown", format, n)
		}
		if strings.Contains(all, "not shown") {
			t.Errorf("%s: with all, something is not shown", format)
		}
	}
}

func TestLargeBreaksFitTheLimit(t *testing.T) {
	for _, format := range []string{"text", "markdown"} {
		for _, n := range []int{1, 3, 30, 5000} {
			got := written(t, format, large(n), render.Look{Lines: 200})
			if lines := strings.Count(got, "\n"); lines > 200 {
				t.Errorf("%s: %d lines for %d operations", format, lines, n)
			}
			if !strings.Contains(got, fmt.Sprintf("%d harmless change", n)) {
				t.Errorf("%s: the harmless changes of %d operations are not counted", format, n)
			}
			if _, after, found := strings.Cut(got, " went"); !found || strings.Contains(after, "became required") {
				t.Errorf("%s: a breaking change stands behind a warning", format)
			}
			if strings.Contains(got, "`a` became required") {
				t.Errorf("%s: a harmless change is shown", format)
			}
		}
		got := written(t, format, large(5000), render.Look{Lines: 200})
		if want := "4995 errors, 4995 warnings, 5000 harmless changes not shown; "; !strings.Contains(got, want) {
			t.Errorf("%s: %q is missing:\n%s", format, want, got[len(got)-500:])
		}
	}
}
