package render_test

import (
	"strings"
	"testing"

	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
)

// TestFilesFromTheTop: in a folder of a repository, the formats that a hosting service reads name files from the top of the repository,
// where it looks for them; the others name them as the reader of the folder knows them.
func TestFilesFromTheTop(t *testing.T) {
	r := &render.Report{Subject: "openapi.yaml", Findings: []report.Finding{
		{Rule: "x", Level: report.Error, Message: "m", New: &report.Place{File: "openapi.yaml", Line: 3, Column: 1}, Old: &report.Place{File: "../old.yaml", Line: 2, Column: 1}},
	}}
	look := render.Look{Prefix: func() string { return "svc/" }}
	for format, want := range map[string]string{"gitlab": `"svc/openapi.yaml"`, "sarif": `"uri":"svc/openapi.yaml"`, "github": "file=svc/openapi.yaml,line=3", "text": "openapi.yaml:3:1: "} {
		got := written(t, format, r, look)
		if flat := strings.NewReplacer(" ", "", "\n", "").Replace(got); !strings.Contains(flat, strings.ReplaceAll(want, " ", "")) || format == "text" && strings.Contains(got, "svc/") {
			t.Errorf("%s: no %q in\n%s", format, want, got)
		}
	}
	if file := r.Findings[0].New.File; file != "openapi.yaml" {
		t.Errorf("the report itself was changed: %s", file)
	}
}
