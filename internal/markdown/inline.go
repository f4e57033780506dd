package markdown

import (
	"bytes"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/romel/govctl/internal/late"
)

// inline renders the text within a block.
type inline struct {
	link      func(string) bool
	addresses map[string]string // by label
}

var (
	address = late.Pattern(`^<([a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>]*)>`)
	target  = late.Pattern(`^\( *(?:<([^<>\n]*)>|((?:[^\s()<>]|\([^\s()<>]*\))*))(?:\s+(?:"[^"]*"|'[^']*'))? *\)`)
	named   = late.Pattern(`^\[([^\[\]]*)\]`)
)

// maxTarget bounds where a link leads, in bytes.
const maxTarget = 4000

// mark is emphasis or a link that may be closed later.
type mark struct {
	text string // as it was written
	at   int    // its place in the parts
	from int    // for a link: where its text begins in the source
}

// render turns the text of a block into HTML. Marks that nothing closes are text.
func (in inline) render(s string) string {
	var parts []string // of the result
	var open []mark
	var plain []byte // text that no part has yet
	flush := func() {
		if len(plain) > 0 {
			parts = append(parts, html.EscapeString(html.UnescapeString(string(plain))))
			plain = plain[:0]
		}
	}
	put := func(part string) { flush(); parts = append(parts, part) }
	last := lastRuns(s)
	for i := 0; i < len(s); {
		rest := s[i:]
		switch c := s[i]; {
		case c == '\\' && len(rest) > 1 && rest[1] == '\n':
			put("<br>\n")
			i += 2
		case c == '\\' && len(rest) > 1 && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", rest[1]) >= 0:
			put(html.EscapeString(rest[1:2]))
			i += 2
		case c == '\n':
			text := bytes.TrimRight(plain, " ")
			hard := len(plain)-len(text) > 1
			if plain = text; hard {
				put("<br>")
			}
			plain = append(plain, c)
			i++
		case c == '`':
			n := run(rest, '`')
			if last[n] <= i {
				plain = append(plain, rest[:n]...)
				i += n
				break
			}
			end := closing(rest, n)
			put("<code>" + html.EscapeString(codeText(rest[n:end])) + "</code>")
			i += end + n
		case c == '<':
			m := address().FindStringSubmatch(rest[:min(len(rest), maxTarget)])
			if m == nil {
				plain = append(plain, c)
				i++
				break
			}
			put(in.anchor(m[1]) + html.EscapeString(m[1]) + "</a>")
			i += len(m[0])
		case c == '[' || c == '!' && strings.HasPrefix(rest, "!["):
			n := strings.IndexByte(rest, '[') + 1
			put(html.EscapeString(rest[:n]))
			open = push(open, mark{rest[:n], len(parts) - 1, i + n})
			i += n
		case c == ']':
			flush()
			i += in.bracket(s, i, &parts, &open)
		case c == '*' || c == '_' || c == '~':
			n := run(rest, c)
			flush()
			parts, open = emphasis(parts, open, s, i, n)
			i += n
		default:
			_, size := utf8.DecodeRuneInString(rest)
			plain = append(plain, rest[:size]...)
			i += size
		}
	}
	flush()
	return strings.Join(parts, "")
}

// bracket closes a link or a picture, and gives the length of what it read.
func (in inline) bracket(s string, i int, parts *[]string, open *[]mark) int {
	k := len(*open) - 1
	for k >= 0 && !strings.HasSuffix((*open)[k].text, "[") {
		k--
	}
	if k < 0 {
		*parts = append(*parts, "]")
		return 1
	}
	m := (*open)[k]
	*open = (*open)[:k]
	to, n, ok := in.target(s[i+1:], s[m.from:i])
	switch {
	case !ok:
		*parts = append(*parts, "]")
	case m.text == "![":
		*parts = append((*parts)[:m.at], "[picture]")
	default:
		(*parts)[m.at] = in.anchor(to)
		*parts = append(*parts, "</a>")
		for j := range *open { // no link within a link
			if (*open)[j].text == "[" {
				(*open)[j].text = ""
			}
		}
	}
	return 1 + n
}

// target is where a link leads, by what follows it or by its own text, and the length of what follows.
func (in inline) target(rest, text string) (to string, length int, ok bool) {
	rest = rest[:min(len(rest), maxTarget)]
	if m := target().FindStringSubmatch(rest); m != nil {
		return m[1] + m[2], len(m[0]), true
	}
	if m := named().FindStringSubmatch(rest); m != nil {
		if m[1] != "" {
			text = m[1]
		}
		length = len(m[0])
	}
	if len(text) > 200 {
		return "", 0, false
	}
	to, ok = in.addresses[label(text)]
	if !ok {
		length = 0
	}
	return to, length, ok
}

func (in inline) anchor(to string) string {
	if in.link != nil && !in.link(to) {
		return "<a>"
	}
	return `<a href="` + html.EscapeString(to) + `">`
}

// elements are what the marks of emphasis make of a text.
var elements = map[string]string{"*": "em", "_": "em", "**": "strong", "__": "strong", "~": "del", "~~": "del"}

// emphasis opens or closes emphasis with a run of marks.
func emphasis(parts []string, open []mark, s string, i, n int) ([]string, []mark) {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+n:])
	opens, closes := i+n < len(s) && !unicode.IsSpace(after), i > 0 && !unicode.IsSpace(before)
	if s[i] == '_' { // in the middle of a word it is text
		opens, closes = opens && (i == 0 || !word(before)), closes && (i+n == len(s) || !word(after))
	}
	if opens && closes { // both sides are text: punctuation decides
		opens, closes = word(after) || !word(before), word(before) || !word(after)
	}
	text := s[i : i+n]
	for closes && text != "" {
		k := len(open) - 1
		for k >= 0 && (open[k].text == "" || open[k].text[0] != text[0]) && !strings.HasSuffix(open[k].text, "[") {
			k--
		}
		if k < 0 || strings.HasSuffix(open[k].text, "[") {
			break
		}
		length := min(len(text), len(open[k].text), 2)
		tag := elements[text[:length]]
		at, rest := open[k].at, open[k].text[length:] // of "***a** b*" a mark stays open
		parts[at] = rest + "<" + tag + ">" + parts[at][len(open[k].text):]
		parts = append(parts, "</"+tag+">")
		text, open = text[length:], open[:k]
		if rest != "" {
			open = append(open, mark{text: rest, at: at})
		}
	}
	if text == "" {
		return parts, open
	}
	parts = append(parts, text)
	if opens && (text[0] != '~' || len(text) <= 2) {
		open = push(open, mark{text: text, at: len(parts) - 1})
	}
	return parts, open
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// push bounds how many marks are open: the oldest become text.
func push(open []mark, m mark) []mark {
	if len(open) == 32 {
		open = open[1:]
	}
	return append(open, m)
}

// run counts the bytes c at the beginning.
func run(s string, c byte) int { return len(s) - len(strings.TrimLeft(s, string(c))) }

// lastRuns is where the last run of backticks of each length begins.
func lastRuns(s string) map[int]int {
	last := map[int]int{}
	for i := strings.IndexByte(s, '`'); i >= 0 && i < len(s); {
		n := run(s[i:], '`')
		last[n] = i
		next := strings.IndexByte(s[i+n:], '`')
		if next < 0 {
			break
		}
		i += n + next
	}
	return last
}

// closing is where the next run of n backticks after the first begins. There is one.
func closing(s string, n int) int {
	for i := n; ; {
		i += strings.IndexByte(s[i:], '`')
		if length := run(s[i:], '`'); length != n {
			i += length
			continue
		}
		return i
	}
}

// codeText takes off the space on both sides that keeps backticks apart.
func codeText(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	if len(s) > 1 && s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "" {
		s = s[1 : len(s)-1]
	}
	return s
}
