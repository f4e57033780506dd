// Package docblocks reads and rewrites the generated blocks of a Markdown document. A block stands between the comments
// `<!-- govctl:begin NAME -->` and `<!-- govctl:end NAME -->`, each on a separate line; everything outside of them is the author's.
// The begin comment of a block that may be edited by hand holds the digest of what was written: `govctl:begin NAME sha256=DIGITS`.
package docblocks

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// MaxBytes bounds a document.
const MaxBytes = 16 << 20

// Document is a document with its blocks, in their order.
type Document struct {
	Name   string
	Blocks []Block
	data   []byte
}

// Block is one generated block.
type Block struct {
	Name       string
	Line       int    // of the begin comment
	Text       string // between the comments, with lines that end in \n
	Digest     string // of the text as it was written; empty where the comment has none
	start, end int    // of the text in the document
	from, to   int    // of the block with its comments
	newline    string // of the document there
}

var marker = late.Pattern(`^ {0,3}<!--\s*govctl:(begin|end)(?:\s+(\S+))?(?:\s+sha256=([0-9a-f]+))?\s*-->\s*$`)

// Begin and End are the comments around a block.
func Begin(name string) string { return "<!-- govctl:begin " + name + " -->" }

// End is the comment after a block.
func End(name string) string { return "<!-- govctl:end " + name + " -->" }

// Parse finds the blocks of a document. Comments in fenced code are examples. The error is a *contract.Error with the line.
func Parse(name string, data []byte) (*Document, error) {
	d := &Document{Name: name, data: data}
	p := parser{Document: d}
	if len(data) > MaxBytes {
		return nil, p.fail(0, fmt.Sprintf("is larger than %d bytes", MaxBytes), "")
	}
	line, at := 0, 0
	for text := range bytes.Lines(data) {
		line++
		if err := p.line(line, at, string(text)); err != nil {
			return nil, err
		}
		at += len(text)
	}
	if p.open != nil {
		return nil, p.fail(p.open.Line, fmt.Sprintf("the block %s has no end", p.open.Name), "write "+End(p.open.Name)+" after it")
	}
	return d, nil
}

type parser struct {
	*Document
	open  *Block
	fence string // that ends the code which the line stands in; empty outside of code
}

func (p *parser) fail(line int, msg, hint string) error {
	return &contract.Error{Place: report.Place{File: p.Name, Line: line}, Msg: msg, Hint: hint}
}

// line looks at one line, which starts at a byte of the document.
func (p *parser) line(n, at int, text string) error {
	bare := strings.TrimRight(text, "\r\n")
	found := marker().FindStringSubmatch(bare)
	switch {
	case p.open != nil && found != nil && found[1] == "end":
		return p.close(n, at, at+len(text), found[2])
	case p.open != nil && found != nil:
		return p.fail(n, fmt.Sprintf("a block begins within the block %s of line %d", p.open.Name, p.open.Line), "write "+End(p.open.Name)+" before it")
	case p.open != nil || p.inCode(bare) || found == nil:
		return nil
	case found[1] == "end":
		return p.fail(n, "the end of a block that has no begin", "write "+Begin(found[2])+" before it, or delete the line")
	case found[2] == "":
		return p.fail(n, "the block has no name", "write it like "+Begin("metrics"))
	}
	for _, b := range p.Blocks {
		if b.Name == found[2] {
			return p.fail(n, fmt.Sprintf("the block %s is already in line %d", b.Name, b.Line), "delete one of them")
		}
	}
	p.open = &Block{Name: found[2], Digest: found[3], Line: n, from: at, start: at + len(text), newline: "\n"}
	if strings.HasSuffix(text, "\r\n") {
		p.open.newline = "\r\n"
	}
	return nil
}

func (p *parser) close(n, at, to int, name string) error {
	if name != "" && name != p.open.Name {
		return p.fail(n, fmt.Sprintf("the block %s of line %d ends as %s", p.open.Name, p.open.Line, name), "write "+End(p.open.Name))
	}
	p.open.end, p.open.to = at, to
	p.open.Text = strings.ReplaceAll(string(p.data[p.open.start:at]), "\r\n", "\n")
	p.Blocks = append(p.Blocks, *p.open)
	p.open = nil
	return nil
}

// inCode reports whether a line stands in fenced code, or begins or ends it.
func (p *parser) inCode(line string) bool {
	text := strings.TrimLeft(line, " ")
	mark := text[:len(text)-len(strings.TrimLeft(text, "`"))]
	if mark == "" {
		mark = text[:len(text)-len(strings.TrimLeft(text, "~"))]
	}
	switch {
	case p.fence != "":
		if strings.HasPrefix(mark, p.fence) && strings.TrimSpace(text) == mark {
			p.fence = ""
		}
		return true
	case len(mark) >= 3 && len(line)-len(text) < 4:
		p.fence = mark
		return true
	}
	return false
}

// Rewrite is the document with other texts in its blocks, by their name; a block without one stays. The bytes outside of the blocks are the
// same, and line ends within them are those of their begin comment.
func (d *Document) Rewrite(texts map[string]string) []byte {
	var out bytes.Buffer
	at := 0
	for _, b := range d.Blocks {
		text, ok := texts[b.Name]
		if !ok {
			continue
		}
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		out.Write(d.data[at:b.start])
		out.WriteString(strings.ReplaceAll(text, "\n", b.newline))
		at = b.end
	}
	out.Write(d.data[at:])
	return out.Bytes()
}
