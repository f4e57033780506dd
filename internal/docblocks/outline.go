package docblocks

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/romel/govctl/internal/late"
)

// heading is a heading of a document with what its section says first.
type heading struct {
	level        int
	title, first string
}

var (
	atx      = late.Pattern(`^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$`)
	notProse = late.Pattern(`^ {0,3}([-*+>|<!]|\d+[.)] |#|={3,}|\[[^]]+\]:)|^ {4}|^\t`)
	sentence = late.Pattern(`^.*?[.!?](\s|$)`)
	link     = late.Pattern(`!?\[([^]]*)\]\([^)]*\)`)
)

// maxSentence bounds what one section contributes, in characters.
const maxSentence = 300

// Summary lists the headings below the title of the document, each with the first sentence of its section: nested as the headings are, with
// links to them as GitHub and GitLab name their anchors. Generated blocks contribute nothing.
func (d *Document) Summary() string {
	var b strings.Builder
	anchors := map[string]int{}
	for _, h := range d.headings() {
		name := Anchor(h.title)
		if n := anchors[name]; n > 0 {
			anchors[name]++
			name = fmt.Sprintf("%s-%d", name, n)
		} else {
			anchors[name] = 1
		}
		if h.level == 1 {
			continue
		}
		fmt.Fprintf(&b, "%s- [%s](#%s)", strings.Repeat("  ", h.level-2), link().ReplaceAllString(h.title, "$1"), name)
		if h.first != "" {
			b.WriteString(": " + h.first)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (d *Document) headings() (all []heading) {
	p := parser{Document: d}
	paragraph, ended := "", true
	finish := func() {
		if len(all) > 0 && all[len(all)-1].first == "" {
			all[len(all)-1].first = firstSentence(paragraph)
		}
		paragraph, ended = "", true
	}
	for line := range strings.Lines(d.outside()) {
		line = strings.TrimRight(line, "\r\n")
		found := atx().FindStringSubmatch(line)
		switch code := p.inCode(line); {
		case code || strings.TrimSpace(line) == "":
			finish()
		case found != nil:
			finish()
			all = append(all, heading{level: len(found[1]), title: found[2]})
		case paragraph == "" && ended && notProse().MatchString(line):
		default:
			paragraph, ended = paragraph+" "+strings.TrimSpace(line), false
		}
	}
	finish()
	return all
}

// outside is the document without its generated blocks.
func (d *Document) outside() string {
	var b strings.Builder
	at := 0
	for _, block := range d.Blocks {
		b.Write(d.data[at:block.start])
		at = block.end
	}
	b.Write(d.data[at:])
	return b.String()
}

func firstSentence(paragraph string) string {
	text := link().ReplaceAllString(strings.TrimSpace(paragraph), "$1")
	if found := sentence().FindString(text); found != "" {
		text = strings.TrimSpace(found)
	}
	if runes := []rune(text); len(runes) > maxSentence {
		text = string(runes[:maxSentence]) + "..."
	}
	return text
}

// Anchor is the name that GitHub and GitLab give to a heading.
func Anchor(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, link().ReplaceAllString(title, "$1"))
}

var target = late.Pattern(`(?m)^([A-Za-z0-9_./-]+)[ \t]*:[^=\n]*?##[ \t]*(.+?)[ \t]*\r?$`)

// Targets lists the targets of a Makefile that have a description, `name: ... ## description`.
func Targets(makefile []byte) string {
	var b strings.Builder
	b.WriteString("| Command | |\n|---|---|\n")
	for _, m := range target().FindAllSubmatch(makefile, -1) {
		fmt.Fprintf(&b, "| `make %s` | %s |\n", m[1], strings.ReplaceAll(string(m[2]), "|", `\|`))
	}
	return b.String()
}
