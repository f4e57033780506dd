// Package markdown renders what changelogs are written in: headings, paragraphs, lists, tables, quotes, code, emphasis and links, as GitHub
// writes them. Markup stays text, and pictures become the word. It is no complete CommonMark: a library that is takes 0.8 of the 30 MB
// that the program may have, for one page. The tests compare the two.
package markdown

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// Block is one block of the outermost level.
type Block struct {
	Level int // of a heading, 1 to 6, as it was written; 0 for all else
	HTML  template.HTML
}

// Options say how a document is put into a page.
type Options struct {
	Lower int                       // levels by which headings are lowered
	Link  func(address string) bool // whether a link may lead there; where not, its text stays
}

// maxDepth bounds how deep lists and quotes are nested; what is deeper counts as this deep, or as text.
const maxDepth = 12

var (
	heading    = late.Pattern(`^ {0,3}(#{1,6})(?: +(.*?))??(?: +#+)? *$`)
	rule       = late.Pattern(`^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$`)
	fence      = late.Pattern("^( *)(`{3,}|~{3,}) *[^`]*$")
	item       = late.Pattern(`^( *)([-*+]|(\d{1,9})[.)])(?:( {1,4})(\S.*)| *)$`)
	quote      = late.Pattern(`^ {0,3}> ?(.*)$`)
	delimiters = late.Pattern(`^ {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)*\|? *$`)
	definition = late.Pattern(`^ {0,3}\[([^\[\]]+)\]: *<?([^\s<>]+)>?(?: +["'(].*)?$`)
)

// Blocks renders a document in a time that is linear in its length.
func Blocks(source string, o Options) []Block {
	addresses := map[string]string{}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD").Replace(source), "\n")
	kept := lines[:0]
	open := "" // the fence around code
	for _, line := range lines {
		if open != "" {
			if kept = append(kept, line); ends(line, open) {
				open = ""
			}
			continue
		}
		text := strings.TrimLeft(line, " \t")
		line = strings.ReplaceAll(line[:len(line)-len(text)], "\t", "    ") + text
		if m := fence().FindStringSubmatch(line); m != nil {
			open = m[2]
		}
		m := definition().FindStringSubmatch(line)
		if m == nil {
			kept = append(kept, line)
		} else if addresses[label(m[1])] == "" {
			addresses[label(m[1])] = m[2]
		}
	}
	return blocks(kept, 0, inline{o.Link, addresses}, o.Lower)
}

// writer puts blocks together from lines.
type writer struct {
	inline
	lower int
	depth int // of the quotes around
	done  []Block
	b     strings.Builder // of the block that is open
	lists []list          // that are open, the outermost first
	text  []string        // of the paragraph that is open
}

type list struct {
	tag           string
	sign          byte // of its marks, the last
	mark, content int  // the columns of its marks and of its text
	written       bool // the item has text
}

func blocks(lines []string, depth int, in inline, lower int) []Block {
	w := writer{inline: in, lower: lower, depth: depth}
	for i := 0; i < len(lines); {
		i += w.block(lines[i:], i > 0 && blank(lines[i-1]))
	}
	w.leave(0)
	return w.done
}

// block writes the block that the first line begins or goes on with, and counts its lines. gap: an empty line is before it.
func (w *writer) block(lines []string, gap bool) int {
	line := lines[0]
	if blank(line) {
		w.paragraph()
		return 1
	}
	if m := fence().FindStringSubmatch(line); m != nil {
		w.within(len(m[1]))
		n := 1
		for n < len(lines) && !ends(lines[n], m[2]) {
			n++
		}
		w.add(0, code(lines[1:n], len(m[1])))
		return min(n+1, len(lines))
	}
	if m := heading().FindStringSubmatch(line); m != nil {
		w.leave(0)
		tag := fmt.Sprint("h", min(len(m[1])+w.lower, 6))
		w.add(len(m[1]), "<"+tag+">"+w.render(strings.TrimSpace(m[2]))+"</"+tag+">\n")
		return 1
	}
	if rule().MatchString(line) {
		w.leave(0)
		w.add(0, "<hr>\n")
		return 1
	}
	if m := item().FindStringSubmatch(line); m != nil && (len(w.text) == 0 || len(w.lists) > 0 || m[5] != "" && (m[3] == "" || m[3] == "1")) {
		w.item(list{sign: m[2][len(m[2])-1], mark: len(m[1]), content: len(line) - len(m[5])}, m[3], m[5])
		return 1
	}
	if m := quote().FindStringSubmatch(line); m != nil && w.depth < maxDepth {
		w.leave(0)
		var inner []string
		for m != nil {
			inner = append(inner, m[1])
			if m = nil; len(inner) < len(lines) {
				m = quote().FindStringSubmatch(lines[len(inner)])
			}
		}
		w.add(0, "<blockquote>\n"+string(join(blocks(inner, w.depth+1, w.inline, w.lower)))+"</blockquote>\n")
		return len(inner)
	}
	if len(lines) > 1 && len(w.text) == 0 && strings.Contains(line, "|") && delimiters().MatchString(lines[1]) && len(cells(line)) == len(cells(lines[1])) {
		w.within(indent(line))
		n := 2
		for n < len(lines) && strings.Contains(lines[n], "|") {
			n++
		}
		w.add(0, w.table(lines[:n]))
		return n
	}
	if gap {
		w.within(indent(line))
	}
	w.text = append(w.text, strings.TrimLeft(line, " "))
	return 1
}

// item begins an item of a list: of the one that is open where its mark stands before the text of that, and of a new one otherwise.
func (w *writer) item(l list, number, text string) {
	w.paragraph()
	start := ""
	if l.tag = "ul"; number != "" {
		if l.tag = "ol"; strings.TrimLeft(number, "0") != "1" {
			start = ` start="` + number + `"`
		}
	}
	n := len(w.lists)
	for n > 0 && l.mark < w.lists[n-1].mark {
		n--
	}
	beside := n > 0 && (l.mark < w.lists[n-1].content || n == maxDepth)
	if beside && w.lists[n-1].sign != l.sign {
		n, beside = n-1, false
	}
	w.leave(n)
	if beside {
		w.b.WriteString("</li>\n<li>")
		w.lists = w.lists[:n-1]
	} else {
		w.b.WriteString("<" + l.tag + start + ">\n<li>")
	}
	w.lists = append(w.lists, l)
	if text != "" {
		w.text = append(w.text, text)
	}
}

// within closes the lists that text in this column does not belong to.
func (w *writer) within(column int) {
	n := len(w.lists)
	for n > 0 && column < w.lists[n-1].content {
		n--
	}
	w.leave(n)
}

// leave closes the paragraph, and all but so many lists.
func (w *writer) leave(lists int) {
	w.paragraph()
	for n := len(w.lists) - 1; n >= lists; n-- {
		w.b.WriteString("</li>\n</" + w.lists[n].tag + ">\n")
		w.lists = w.lists[:n]
	}
	if lists == 0 && w.b.Len() > 0 {
		w.done = append(w.done, Block{HTML: template.HTML(w.b.String())}) //nolint:gosec // every text in it is escaped
		w.b.Reset()
	}
}

// add writes a block into the item that is open, or as one of the outermost level.
func (w *writer) add(level int, html string) {
	w.paragraph()
	if len(w.lists) > 0 {
		w.b.WriteString("\n" + html)
		w.lists[len(w.lists)-1].written = true
		return
	}
	w.done = append(w.done, Block{level, template.HTML(html)}) //nolint:gosec // every text in it is escaped
}

// paragraph ends the paragraph. The first of an item has no element of its own.
func (w *writer) paragraph() {
	if len(w.text) == 0 {
		return
	}
	text := w.render(strings.TrimRight(strings.Join(w.text, "\n"), " "))
	w.text = nil
	if n := len(w.lists); n > 0 && !w.lists[n-1].written {
		w.lists[n-1].written = true
		w.b.WriteString(text)
		return
	}
	w.add(0, "<p>"+text+"</p>\n")
}

// table renders lines as a table: the head, the line with the alignment, the rows.
func (w *writer) table(lines []string) string {
	head, sides := cells(lines[0]), cells(lines[1])
	var b strings.Builder
	row := func(tag string, texts []string) {
		b.WriteString("<tr>\n")
		for i, side := range sides {
			text, align := "", ""
			if i < len(texts) {
				text = texts[i]
			} else {
				side = ""
			}
			switch left, right := strings.HasPrefix(side, ":"), strings.HasSuffix(side, ":"); {
			case left && right:
				align = ` style="text-align:center"`
			case right:
				align = ` style="text-align:right"`
			case left:
				align = ` style="text-align:left"`
			}
			b.WriteString("<" + tag + align + ">" + w.render(text) + "</" + tag + ">\n")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("<table>\n<thead>\n")
	row("th", head)
	b.WriteString("</thead>\n")
	if len(lines) > 2 {
		b.WriteString("<tbody>\n")
		for _, line := range lines[2:] {
			row("td", cells(line))
		}
		b.WriteString("</tbody>\n")
	}
	return b.String() + "</table>\n"
}

// cells are the texts of a row. A bar after a backslash is text, in code, too.
func cells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(strings.ReplaceAll(line, `\|`, "\x00")), "|"), "|")
	all := strings.Split(line, "|")
	for i, c := range all {
		all[i] = strings.TrimSpace(strings.ReplaceAll(c, "\x00", "|"))
	}
	return all
}

// code renders lines as they are. So many spaces before them belong to the fence.
func code(lines []string, spaces int) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(line[min(indent(line), spaces):] + "\n")
	}
	return "<pre><code>" + html.EscapeString(b.String()) + "</code></pre>\n"
}

// ends reports the line that closes a fence.
func ends(line, fence string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= len(fence) && strings.Trim(line, fence[:1]) == ""
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// label is what two spellings of the label of an address have in common.
func label(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func join(all []Block) template.HTML {
	var b strings.Builder
	for _, block := range all {
		b.WriteString(string(block.HTML))
	}
	return template.HTML(b.String()) //nolint:gosec // of blocks
}
