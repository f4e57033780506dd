package docblocks

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/romel/govctl/internal/sorting"
)

// Entry is a block of a document that grows at its top, such as a release in a changelog. An entry without a text is to be deleted.
type Entry struct{ Name, Text string }

// Growth is what became of the entries, by their names.
type Growth struct{ Added, Updated, Deleted, Edited []string }

// digestOf is what the begin comment of an entry keeps of its text, so that an edit by hand is noticed.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:digestDigits]
}

const digestDigits = 12

// edited reports whether somebody changed a block after it was written.
func (b *Block) edited() bool { return b.Digest != digestOf(b.Text) }

// An edit replaces the bytes of a document from a place to another.
type edit struct {
	from, to int
	text     string
}

// Grow is the document with the entries, which are newest first. A block that was edited by hand stays as it is, another one gets the text of
// its entry, and an entry without a block is inserted in its place among the others: the newest one below the title. All other bytes stay.
func (d *Document) Grow(entries []Entry) ([]byte, Growth) {
	var g Growth
	var edits []edit
	newline := d.newline()
	at, before := d.first(entries)
	for _, e := range entries {
		b := d.block(e.Name)
		switch {
		case b == nil && e.Text == "":
			continue
		case b == nil:
			g.Added = append(g.Added, e.Name)
			text := d.inserted(at, before, framed(e, newline), newline)
			if at == 0 && len(d.data) == 0 && len(edits) > 0 {
				text = newline + text
			}
			edits = append(edits, edit{at, at, text})
			continue
		case b.edited():
			g.Edited = append(g.Edited, e.Name)
		case e.Text == "":
			g.Deleted = append(g.Deleted, e.Name)
			edits = append(edits, edit{b.from, d.skipBlank(b.to), ""})
		case b.Text != e.Text:
			g.Updated = append(g.Updated, e.Name)
			edits = append(edits, edit{b.from, b.to, framed(e, b.newline)})
		}
		at, before = b.to, false
	}
	return d.applied(edits), g
}

// framed is an entry between its comments.
func framed(e Entry, newline string) string {
	text := "<!-- govctl:begin " + e.Name + " sha256=" + digestOf(e.Text) + " -->\n" + e.Text + End(e.Name) + "\n"
	return strings.ReplaceAll(text, "\n", newline)
}

// inserted is the text of a new block with the empty lines around it.
func (d *Document) inserted(at int, before bool, text, newline string) string {
	switch {
	case before, at == 0 && len(d.data) > 0:
		return text + newline
	case at > 0 && d.data[at-1] != '\n':
		return newline + newline + text
	case at == 0:
		return text
	case at < len(d.data) && d.skipBlank(at) == at:
		return newline + text + newline
	}
	return newline + text
}

// applied is the document with edits.
func (d *Document) applied(edits []edit) []byte {
	sorting.Stable(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		if e.from > at {
			out.Write(d.data[at:e.from])
			at = e.from
		}
		out.WriteString(e.text)
		at = max(at, e.to)
	}
	out.Write(d.data[at:])
	return out.Bytes()
}

// first is where the newest entry belongs that has no block before it: before the first of the others, else below the title.
func (d *Document) first(entries []Entry) (at int, before bool) {
	for _, b := range d.Blocks {
		for _, e := range entries {
			if e.Name == b.Name {
				return b.from, true
			}
		}
	}
	return d.belowTitle(), false
}

// belowTitle is the end of the line of the title; 0 where the document begins with something else.
func (d *Document) belowTitle() int {
	lines := bytes.SplitAfter(d.data, []byte("\n"))
	at, i := 0, 0
	if len(lines) > 0 && string(bytes.TrimSpace(lines[0])) == "---" { // front matter
		for at, i = len(lines[0]), 1; i < len(lines); i++ {
			at += len(lines[i])
			if string(bytes.TrimSpace(lines[i])) == "---" {
				i++
				break
			}
		}
	}
	front := at
	for ; i < len(lines); i++ {
		text := strings.TrimPrefix(strings.TrimSpace(string(lines[i])), "\ufeff")
		at += len(lines[i])
		switch {
		case text == "":
			continue
		case strings.HasPrefix(text, "# "):
			return at
		case i+1 < len(lines) && strings.Trim(strings.TrimSpace(string(lines[i+1])), "=") == "" && len(bytes.TrimSpace(lines[i+1])) > 0:
			return at + len(lines[i+1])
		}
		break
	}
	return front
}

// skipBlank is the place behind one empty line.
func (d *Document) skipBlank(at int) int {
	for _, empty := range []string{"\r\n", "\n"} {
		if bytes.HasPrefix(d.data[at:], []byte(empty)) {
			return at + len(empty)
		}
	}
	return at
}

func (d *Document) block(name string) *Block {
	for i := range d.Blocks {
		if d.Blocks[i].Name == name {
			return &d.Blocks[i]
		}
	}
	return nil
}

// newline is that of the first line.
func (d *Document) newline() string {
	if i := bytes.IndexByte(d.data, '\n'); i > 0 && d.data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
