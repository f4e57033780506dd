package render

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	nouns "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// maxQuality bounds the findings of a Code Quality report, of which GitLab shows a few hundred; maxDescription their text, in bytes.
const (
	maxQuality     = 10_000
	maxDescription = 1000
)

// qualityIssue is an entry of GitLab's Code Quality report. These fields are all that GitLab reads, and each of them is required:
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type qualityIssue struct {
	Description string          `json:"description"`
	CheckName   string          `json:"check_name"`
	Fingerprint string          `json:"fingerprint"`
	Severity    string          `json:"severity"`
	Location    qualityLocation `json:"location"`
}

type qualityLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// qualitySeverities are GitLab's words; an error that breaks clients is one step above other errors.
var qualitySeverities = map[report.Level]string{report.Error: "major", report.Warning: "minor", report.Info: "info"}

// writeGitLab is the Code Quality report of a merge request. It has no word for an accepted finding, so waived ones are left out. GitLab keeps
// one entry of those with one fingerprint: repeated ones are numbered.
func writeGitLab(w io.Writer, r *Report, _ Look) error {
	e := encoder(w)
	e.token(jsontext.BeginArray)
	seen := map[string]int{}
	shown, left := 0, 0
	for _, f := range ranked(r.Findings) {
		switch {
		case f.Waived():
		case shown == maxQuality:
			left += f.Count()
		default:
			shown++
			e.value(quality(r, f, seen))
		}
	}
	if left > 0 {
		rest := qualityIssue{Description: fmt.Sprintf("left out: %s; this report has %d", nouns.Of(left, "finding"), maxQuality), CheckName: "govctl", Fingerprint: "left-out", Severity: "info"}
		rest.Location = qualityAt(nil, r.Subject)
		e.value(rest)
	}
	e.token(jsontext.EndArray)
	return e.err
}

func quality(r *Report, f *report.Finding, seen map[string]int) qualityIssue {
	v := viewOf(f)
	text := v.Message
	for _, part := range []string{v.Operations, v.State} {
		if part != "" {
			text += "; " + part
		}
	}
	severity := qualitySeverities[f.Level]
	switch {
	case severity == "":
		severity = "info"
	case f.Level == report.Error && f.Breaking:
		severity = "critical"
	}
	mark := fingerprint(f)
	if seen[mark]++; seen[mark] > 1 {
		mark = fmt.Sprintf("%s:%d", mark, seen[mark])
	}
	// GitLab shows the files of the merge request's own side.
	return qualityIssue{Description: sanitize.Cut(text, maxDescription), CheckName: v.Rule, Fingerprint: mark, Severity: severity, Location: qualityAt(f.AtNew(), r.Subject)}
}

// qualityAt is a place of the repository; what is outside of the work tree is shown at the top of the file that stands for
// it.
func qualityAt(p *report.Place, subject string) (l qualityLocation) {
	file := subject
	l.Lines.Begin = 1
	if p != nil && inTree(p.File) {
		file = p.File
		l.Lines.Begin = max(1, p.Line)
	}
	l.Path = strings.TrimLeft(path.Clean(sanitize.Line(strings.ReplaceAll(file, `\`, "/"))), "/")
	return l
}
