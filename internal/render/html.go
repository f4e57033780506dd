package render

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"iter"
	"strings"
	"sync"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

// page is parsed at its first use: commands that print no HTML do not pay for it.
var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{"quoted": sanitize.Quoted, "odd": func(i int) bool { return i%2 == 1 }}).Parse(pageSource)
})

// writeHTML is one page without scripts and without any request to elsewhere. Its policy allows the one style sheet in it, by digest.
func writeHTML(w io.Writer, r *Report, _ Look) error {
	t, err := page()
	if err != nil {
		return err
	}
	list := ranked(r.Findings)
	open, folded := min(opened(list), len(list)), ""
	if open == openFindings {
		open = len(list) // a page has room; what needs no action is folded only beside what does
	}
	if open < len(list) {
		folded = counted(list[open:])
	}
	digest := sha256.Sum256([]byte(pageStyle))
	return t.Execute(w, struct {
		Title, Headline, Tool, Version, Policy string
		Style                                  template.CSS
		Notes                                  []Note
		Findings, Rest                         iter.Seq[view]
		Folded                                 string
		Total                                  int
	}{
		sanitize.Line(r.Title), sanitize.Line(r.Headline), sanitize.Line(r.Tool.Name), sanitize.Line(r.Tool.Version),
		"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'",
		template.CSS(pageStyle),
		inertNotes(r.Notes), views(list[:open]), views(list[open:]), folded,
		count(list),
	})
}

// inertNotes are the notes without anything that could act; their line ends stay.
func inertNotes(notes []Note) []Note {
	out := make([]Note, len(notes))
	for i, n := range notes {
		lines := strings.Split(n.Text, "\n")
		for k := range lines {
			lines[k] = sanitize.Line(lines[k])
		}
		out[i] = Note{sanitize.Line(n.Label), strings.Join(lines, "\n")}
	}
	return out
}

func views(list []*report.Finding) iter.Seq[view] {
	return func(yield func(view) bool) {
		for _, f := range list {
			if !yield(viewOf(f)) {
				return
			}
		}
	}
}
