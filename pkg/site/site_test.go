package site

import (
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

func TestHostileTextStaysText(t *testing.T) {
	evil := `<script>alert(1)</script>"'` + "`"
	half := report.Percent(50)
	p := Page{Title: evil, Summary: report.Summary{Headline: evil, SHA: evil, Version: evil, MilestonePercent: &half,
		Steps: []report.Step{{Name: evil, Status: evil, Reason: evil}}},
		Contracts: []Contract{{Name: evil, Semver: &report.Semver{Messages: []string{evil}}, Diff: &report.Diff{Headline: evil,
			Changes: []report.Finding{{Rule: evil, Level: report.Level(evil), Message: evil, New: &report.Place{File: evil, Line: 1, Column: 2},
				Operations: []report.Operation{{Method: evil, Path: evil}}, Witness: &report.Witness{Value: report.Raw(`"</script>"`)}}}}}}}
	b, err := Index(p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "<script") || strings.Contains(string(b), `alert(1)</script>`) {
		t.Errorf("markup came through:\n%s", b)
	}
	if !strings.Contains(string(b), "&lt;script&gt;") || !strings.Contains(string(b), "50.0 %") {
		t.Error("the text is gone")
	}
}

func TestAPageWithoutAnyPartSaysSo(t *testing.T) {
	b, err := Index(Page{Title: "x", Summary: report.Summary{Placeholder: true, Headline: "h"}, Contracts: []Contract{{Name: "openapi"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"not measured", "was not compared"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %q", want)
		}
	}
}
