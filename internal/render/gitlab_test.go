package render_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
)

// entry is an entry of a Code Quality report as GitLab documents it; its reader ignores what it does not know.
type entry struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// entries reads a report, and refuses one that GitLab would not show whole.
func entries(t *testing.T, text string) (list []entry) {
	t.Helper()
	if strings.HasPrefix(text, "\ufeff") {
		t.Error("GitLab takes no byte order mark")
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range list {
		switch {
		case e.Description == "", e.CheckName == "", e.Fingerprint == "", e.Location.Path == "", e.Location.Lines.Begin < 1:
			t.Errorf("a field is missing: %+v", e)
		case !slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, e.Severity):
			t.Errorf("severity %q", e.Severity)
		case strings.HasPrefix(e.Location.Path, "./"), strings.HasPrefix(e.Location.Path, "/"):
			t.Errorf("GitLab finds no file %q", e.Location.Path)
		case seen[e.Fingerprint]:
			t.Errorf("of the entries with the fingerprint %s GitLab shows one", e.Fingerprint)
		}
		seen[e.Fingerprint] = true
	}
	return list
}

func TestGitLabPlacesAndSeverities(t *testing.T) {
	at := func(file string, line int) *report.Place { return &report.Place{File: file, Line: line} }
	for _, c := range []struct {
		name, prefix string
		f            report.Finding
		want         string // severity path:line
	}{
		{"a break", "", report.Finding{Level: report.Error, Breaking: true, New: at("api/a.yaml", 3)}, "critical api/a.yaml:3"},
		{"another error", "", report.Finding{Level: report.Error, New: at("./a.yaml", 0)}, "major a.yaml:1"},
		{"a warning", "", report.Finding{Level: report.Warning, New: at("a.yaml", 2)}, "minor a.yaml:2"},
		{"a note", "", report.Finding{Level: report.Info, New: at("a.yaml", 2)}, "info a.yaml:2"},
		{"a removal of the published contract", "", report.Finding{Level: report.Error, Breaking: true, Old: at("git:origin/schemas:schemas/openapi.json", 9)}, "critical subject.yaml:1"},
		{"a removal within the document", "", report.Finding{Level: report.Error, Kind: "removed", Old: at("git:main:a.yaml", 9), New: at("a.yaml", 4)}, "major a.yaml:4"},
		{"no place", "", report.Finding{Level: report.Error}, "major subject.yaml:1"},
		{"a folder of the repository", "svc/orders/", report.Finding{Level: report.Error, New: at("api/a.yaml", 3)}, "major svc/orders/api/a.yaml:3"},
		{"beside that folder", "svc/orders/", report.Finding{Level: report.Error, New: at("../shared.yaml", 3)}, "major svc/shared.yaml:3"},
		{"outside of the repository", "svc/", report.Finding{Level: report.Error, New: at("../../etc/passwd", 3)}, "major svc/subject.yaml:1"},
		{"an absolute path", "svc/", report.Finding{Level: report.Error, New: at("/etc/passwd", 3)}, "major svc/subject.yaml:1"},
		{"an address", "svc/", report.Finding{Level: report.Error, New: at("https://example.com/a.yaml", 3)}, "major svc/subject.yaml:1"},
	} {
		c.f.Rule, c.f.Message = "rule", c.name
		r := &render.Report{Subject: "subject.yaml", Findings: []report.Finding{c.f}}
		list := entries(t, written(t, "gitlab", r, render.Look{Prefix: func() string { return c.prefix }}))
		if len(list) != 1 {
			t.Fatalf("%s: %d entries", c.name, len(list))
		}
		if got := fmt.Sprintf("%s %s:%d", list[0].Severity, list[0].Location.Path, list[0].Location.Lines.Begin); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestGitLabFingerprints: GitLab says what is new and what is fixed by them, so they do not change when a line moves, and no two are equal.
func TestGitLabFingerprints(t *testing.T) {
	prints := func(line int) (out []string) {
		f := report.Finding{Rule: "r", Level: report.Error, Message: "m", Fingerprint: "aaaa", New: &report.Place{File: "a.yaml", Line: line}}
		without := f
		without.Fingerprint = ""
		waived := f
		waived.Waiver = &report.Waiver{Reason: "known"}
		r := &render.Report{Findings: []report.Finding{f, f, without, waived}}
		for _, e := range entries(t, written(t, "gitlab", r, render.Look{})) {
			out = append(out, e.Fingerprint)
		}
		slices.Sort(out)
		return out
	}
	before, after := prints(3), prints(30)
	if len(before) != 3 || !slices.Contains(before, "aaaa") || !slices.Equal(before, after) {
		t.Errorf("%q, then %q", before, after)
	}
}

func TestGitLabIsBounded(t *testing.T) {
	r := &render.Report{Subject: "a.yaml", Findings: make([]report.Finding, 10_007)}
	for i := range r.Findings {
		r.Findings[i] = report.Finding{Rule: "r", Level: report.Error, Message: strings.Repeat("long ", 1000), Subject: fmt.Sprint(i)}
	}
	text := written(t, "gitlab", r, render.Look{})
	list := entries(t, text)
	last := list[len(list)-1]
	if len(list) != 10_001 || !strings.Contains(last.Description, "left out: 7 findings") || len(text) > 20<<20 {
		t.Errorf("%d entries in %d bytes, the last %+v", len(list), len(text), last)
	}
}
