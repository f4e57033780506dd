package render

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"iter"
	"sync"

	"github.com/romel/govctl/pkg/inert"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

// page is parsed at its first use: commands that print no HTML do not pay for it.
var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Parse(pageSource)
})

// writeHTML is one page without scripts and without any request to elsewhere. Its policy allows the one style sheet in it, by digest.
func writeHTML(w io.Writer, r *Report, _ Look) error {
	t, err := page()
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(pageStyle))
	return t.Execute(w, struct {
		Title, Headline, Tool, Version, Policy string
		Style                                  template.CSS
		Findings                               iter.Seq[view]
		Total                                  int
	}{
		inert.Line(r.Title), inert.Line(r.Headline), inert.Line(r.Tool.Name), inert.Line(r.Tool.Version),
		"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'",
		template.CSS(pageStyle),
		func(yield func(view) bool) {
			for _, f := range ranked(r.Findings) {
				if !yield(viewOf(f)) {
					return
				}
			}
		},
		len(r.Findings),
	})
}
