package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Line is s as one line that can do nothing to the reader's screen: control characters and the marks that turn the
// direction of text become visible escapes, broken UTF-8 becomes U+FFFD. What is already harmless is returned as it is.
func Line(s string) string {
	harmless := true
	for _, r := range s {
		if harmful(r) {
			harmless = false
			break
		}
	}
	if harmless && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteByte(' ')
		case !harmful(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// harmful are C0, DEL and C1, line and paragraph separators, and the bidirectional controls (Unicode TR 9).
func harmful(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x61c, r == 0x200e, r == 0x200f, r == 0xfeff:
		return true
	case r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// Inert is Line for text that goes into the log of a workflow run on a line of its own.
func Inert(s string) string {
	var b strings.Builder
	g := plain
	g.to, g.start = &b, true
	io.WriteString(&g, Line(s)) //nolint:errcheck // a strings.Builder does not fail
	g.flush()                   //nolint:errcheck // a strings.Builder does not fail
	return b.String()
}

// guard passes text on, but never a command of the GitHub Actions runner. The runner obeys "::name" at the beginning of a line,
// behind any white space, and the older "##[name]" anywhere in it (actions/runner, ActionCommand.cs).
type guard struct {
	bracket, colon string // what stands for the bracket and for the first colon

	to     writerTo
	start  bool // only white space so far on this line
	colons int  // colons held back: 0 or 1
	hashes int  // consecutive number signs
}

type writerTo interface {
	io.Writer
	io.ByteWriter
	io.StringWriter
}

// Write implements io.Writer.
func (g *guard) Write(p []byte) (int, error) {
	for i, c := range p {
		if err := g.next(c); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

func (g *guard) next(c byte) error {
	if g.colons == 1 {
		g.colons, g.start = 0, false
		held := ":"
		if c == ':' {
			held = g.colon
		}
		if _, err := g.to.WriteString(held); err != nil {
			return err
		}
	}
	switch {
	case c == ':' && g.start:
		g.colons = 1
		return nil
	case c == '[' && g.hashes >= 2:
		g.hashes = 0
		_, err := g.to.WriteString(g.bracket)
		return err
	case c == '\n' || c == '\r':
		g.start = true
	case c > ' ' && c < utf8.RuneSelf: // a byte above may be part of a Unicode space
		g.start = false
	}
	if c == '#' {
		g.hashes++
	} else {
		g.hashes = 0
	}
	return g.to.WriteByte(c)
}

// flush writes what is held back at the end.
func (g *guard) flush() error {
	if g.colons == 0 {
		return nil
	}
	g.colons = 0
	return g.to.WriteByte(':')
}

// cut is s shortened to at most limit bytes at a rune border, with the number of bytes that are missing.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%s... (%d bytes more)", s[:end], len(s)-end)
}
