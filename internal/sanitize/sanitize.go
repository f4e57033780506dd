// Package sanitize makes text from documents harmless where it is shown: on a terminal, in Markdown, in the log of a workflow run.
package sanitize

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/romel/govctl/internal/late"
)

// Line is s as one line that can do nothing to the reader's screen: control characters, the marks that turn the direction of
// text, and characters that nobody sees become visible escapes, broken UTF-8 becomes U+FFFD. What is already harmless is returned as it is.
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
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// harmful are C0, DEL and C1, line and paragraph separators, the bidirectional controls (Unicode TR 9), and what has no width: a text
// with it reads as another one, and the tag characters carry whole texts that only machines read.
func harmful(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r > 0x7f && unicode.Is(invisible, r)
}

// invisible has no glyph and is no space. The selectors U+FE00 to U+FE0F are left out: they are in ordinary emoji.
var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00ad, Hi: 0x00ad, Stride: 1}, {Lo: 0x034f, Hi: 0x034f, Stride: 1}, // soft hyphen, grapheme joiner
		{Lo: 0x061c, Hi: 0x061c, Stride: 1}, {Lo: 0x115f, Hi: 0x1160, Stride: 1}, {Lo: 0x17b4, Hi: 0x17b5, Stride: 1},
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, {Lo: 0x200b, Hi: 0x200f, Stride: 1}, {Lo: 0x2028, Hi: 0x202e, Stride: 1},
		{Lo: 0x2060, Hi: 0x206f, Stride: 1}, {Lo: 0x3164, Hi: 0x3164, Stride: 1}, {Lo: 0xfeff, Hi: 0xfeff, Stride: 1},
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, {Lo: 0xfff0, Hi: 0xfffb, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1bca0, Hi: 0x1bca3, Stride: 1}, {Lo: 0x1d173, Hi: 0x1d17a, Stride: 1}, {Lo: 0xe0000, Hi: 0xe0fff, Stride: 1}, // the last: tags
	},
	LatinOffset: 1,
}

// Log is Line for text that goes into the log of a workflow run on a line of its own.
func Log(s string) string {
	var b strings.Builder
	g := Text.Guard(&b)
	_, _ = io.WriteString(g, Line(s)) // a strings.Builder does not fail
	_ = g.Flush()
	return b.String()
}

// Spelling is how a format spells what a workflow runner would obey: the bracket of "##[" and the first colon of "::".
type Spelling struct{ Bracket, Colon string }

// The spellings of plain text, of JSON and of HTML, XML and Markdown.
var (
	Text = Spelling{Bracket: `\[`, Colon: `\:`}
	JSON = Spelling{Bracket: `\u005b`, Colon: ":"}
	HTML = Spelling{Bracket: "&#91;", Colon: "&#58;"}
)

// Guard returns a writer to w that leaves the runner nothing to obey. Flush ends it.
func (s Spelling) Guard(w Writer) *Guard { return &Guard{spelling: s, to: w, start: true} }

// Guard passes text on, but never a command of the GitHub Actions runner. The runner obeys "::name" at the beginning of a line,
// behind any white space, and the older "##[name]" anywhere in it (actions/runner, ActionCommand.cs).
type Guard struct {
	spelling Spelling

	to     Writer
	start  bool // only white space so far on this line
	colons int  // colons held back: 0 or 1
	hashes int  // consecutive number signs
}

// Writer is what a bufio.Writer, a bytes.Buffer and a strings.Builder are.
type Writer interface {
	io.Writer
	io.ByteWriter
	io.StringWriter
}

// Write implements io.Writer.
func (g *Guard) Write(p []byte) (int, error) {
	for i, c := range p {
		if err := g.next(c); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

func (g *Guard) next(c byte) error {
	if g.colons == 1 {
		g.colons, g.start = 0, false
		held := ":"
		if c == ':' {
			held = g.spelling.Colon
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
		_, err := g.to.WriteString(g.spelling.Bracket)
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

// Flush writes what is held back at the end.
func (g *Guard) Flush() error {
	if g.colons == 0 {
		return nil
	}
	g.colons = 0
	return g.to.WriteByte(':')
}

// Cut is s shortened to at most limit bytes at a rune border, with the number of bytes that are missing.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	unit := "bytes"
	if len(s)-end == 1 {
		unit = "byte"
	}
	return fmt.Sprintf("%s... (%d %s more)", s[:end], len(s)-end, unit)
}

// Quoted divides a text at its backquotes: text and code in turn. A backquote without a partner stays in the text.
func Quoted(s string) []string {
	parts := strings.Split(s, "`")
	if n := len(parts); n%2 == 0 {
		parts = append(parts[:n-2], parts[n-2]+"`"+parts[n-1])
	}
	return parts
}

// Span is a part of a text with marks.
type Span struct {
	Text           string
	Code, Emphasis bool
}

// emphasised is a part of a text between asterisks that are at the borders of words.
var emphasised = late.Pattern(`(?:^|[\s(“])(\*[^*\s][^*]*\*)(?:$|[\s).,;:”])`)

// Marked divides a text at its marks: code is between backquotes, emphasis between asterisks.
func Marked(s string) []Span {
	var out []Span
	for i, part := range Quoted(s) {
		if i%2 == 1 {
			out = append(out, Span{Text: part, Code: true})
			continue
		}
		for m := emphasised().FindStringSubmatchIndex(part); m != nil; m = emphasised().FindStringSubmatchIndex(part) {
			out = append(out, Span{Text: part[:m[2]]}, Span{Text: part[m[2]+1 : m[3]-1], Emphasis: true})
			part = part[m[3]:]
		}
		out = append(out, Span{Text: part})
	}
	return slices.DeleteFunc(out, func(p Span) bool { return p.Text == "" })
}
