package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// GitHub shows this many annotations of each kind from one step and drops the others without a word.
const maxAnnotations = 10

// maxAnnotation bounds the text of one annotation, in bytes; GitHub cuts at 64 KiB.
const maxAnnotation = 4000

var annotationKinds = map[report.Level]string{report.Error: "error", report.Warning: "warning", report.Info: "notice"}

// writeGitHub is one workflow command per finding, ten of each kind; a last notice counts the rest. Waived findings are not annotated.
func writeGitHub(w io.Writer, r *Report, _ Look) error {
	if _, err := fmt.Fprintln(w, sanitize.Log(r.Headline)); err != nil {
		return err
	}
	shown, left := map[report.Level]int{}, map[report.Level]int{}
	for _, f := range ranked(r.Findings) {
		if f.Waived() || annotationKinds[f.Level] == "" {
			continue
		}
		if shown[f.Level] == maxAnnotations || f.Level == report.Info && shown[f.Level] == maxAnnotations-1 {
			left[f.Level] += f.Count() // the last notice is kept for the count
			continue
		}
		shown[f.Level]++
		if _, err := io.WriteString(w, annotation(r, f)); err != nil {
			return err
		}
	}
	var rest []string
	for _, level := range []report.Level{report.Error, report.Warning, report.Info} {
		if n := left[level]; n > 0 {
			rest = append(rest, fmt.Sprintf("%d more of level %s", n, level))
		}
	}
	if len(rest) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "::notice title=%s::%s\n", property(sanitize.Line(r.Title)), data("not annotated: "+strings.Join(rest, ", ")))
	return err
}

func annotation(r *Report, f *report.Finding) string {
	v := viewOf(f)
	var at []string
	switch p := f.AtNew(); { // GitHub shows the files of the new side
	case p != nil && inTree(p.File):
		at = append(at, "file="+property(sanitize.Line(p.File)))
		if p.Line > 0 {
			at = append(at, fmt.Sprintf("line=%d", p.Line))
		}
		if p.Line > 0 && p.Column > 0 {
			at = append(at, fmt.Sprintf("col=%d", p.Column))
		}
	case r.Subject != "" && inTree(r.Subject):
		at = append(at, "file="+property(sanitize.Line(r.Subject)), "line=1")
	}
	at = append(at, "title="+property(v.Rule))
	return fmt.Sprintf("::%s %s::%s\n", annotationKinds[f.Level], strings.Join(at, ","), data(sanitize.Cut(sentence(v), maxAnnotation)))
}

// data and property escape as @actions/core does, and spell the older commands of the runner too, although it reads those
// behind "::" as text.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", "##[", `##\[`).Replace(s)
}

func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C", "##[", `##\[`).Replace(s)
}

// Warning is the workflow command for one warning outside of any file.
func Warning(title, text string) string {
	return fmt.Sprintf("::warning title=%s::%s\n", property(sanitize.Line(title)), data(sanitize.Line(text)))
}
