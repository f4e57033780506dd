package promrules

import (
	"bytes"
	"context"
	"errors"

	"github.com/romel/govctl/pkg/contract"
)

// document is one YAML document of a file.
type document struct {
	root  contract.Node
	src   []byte
	above int // lines of the file above it
}

// documents are the YAML documents of a file that are not empty.
func (r *reader) documents(data []byte) ([]document, error) {
	var docs []document
	for _, d := range split(data) {
		root, err := contract.ParseValue(context.Background(), r.file.Name, d.src, contract.Options{MaxBytes: maxBytes})
		if err != nil {
			var bad *contract.Error
			if errors.As(err, &bad) {
				bad.Place.Line += d.above
			}
			return nil, err
		}
		if d.root = root; root.Kind() != contract.Null {
			docs = append(docs, d)
		}
	}
	return docs, nil
}

// split cuts a file before each line that begins a YAML document. Such a line begins one wherever it stands, even within a
// block of text (YAML 1.2, 9.1.2), so that nothing needs to be understood for it.
func split(data []byte) []document {
	var out []document
	start, line, above := 0, 0, 0
	directives := true // so far only directives and comments: they belong to the document that follows
	for at := 0; at < len(data); line++ {
		text, _, _ := bytes.Cut(data[at:], []byte("\n"))
		switch {
		case marker(text, "---") && !directives, marker(text, "..."):
			out = append(out, document{src: data[start:at], above: above})
			start, above = at, line
			if text[0] == '.' {
				start, above = min(at+len(text)+1, len(data)), line+1
				directives = true
				break
			}
			directives = false
		case marker(text, "---"):
			directives = false
		case len(bytes.TrimSpace(text)) > 0 && text[0] != '#' && text[0] != '%':
			directives = false
		}
		at += len(text) + 1
	}
	return append(out, document{src: data[start:], above: above})
}

func marker(line []byte, mark string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(mark))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r')
}
