package contract

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A yamlChecker goes once through what the library has read, in the order of the text. It refuses what YAML 1.2 forbids and the
// library lets pass, each at its cause: lines of quoted texts and of flow collections that stand no deeper than the block
// collection around them, and block texts below an empty line that is wider than they are. And it replaces the line of each
// node by its offset: aliases lead back to nodes again and again, and counting the characters of a long line each time would
// take hours.
type yamlChecker struct {
	t     *tree
	lines []uint32
	last  struct{ line, column, off int } // of the last node: they come in order, on lines of any length
}

// offset is that of a node.
func (c *yamlChecker) offset(n *yaml.Node) int {
	at := &c.last
	if at.line == n.Line && at.column > 0 && at.column <= n.Column {
		at.off = forward(c.t.src, at.off, n.Column-at.column)
	} else {
		at.off = int(offsetOf(c.t.src, c.lines, n.Line, n.Column))
	}
	at.line, at.column = n.Line, n.Column
	return at.off
}

// node goes through n and what is below it, in a block collection of column parent, which is -1 for none. An alias is checked
// where its anchor is, and what is in a flow collection with its lines.
func (c *yamlChecker) node(n *yaml.Node, parent int, inFlow bool) error {
	off, column := c.offset(n), n.Column-1
	n.Line, n.Column = off, 0
	if !inFlow && n.Kind != yaml.AliasNode {
		i := c.content(off, properties(n))
		if i > off {
			column = i - c.lineStart(i)
		}
		if err := c.checkLines(n, i, parent); err != nil {
			return err
		}
	}
	inFlow = inFlow || n.Style&yaml.FlowStyle != 0
	for _, child := range n.Content {
		if err := c.node(child, column, inFlow); err != nil {
			return err
		}
	}
	return nil
}

// properties is how many anchors and tags may stand before the content of n. The first key of a block mapping may have some that
// are not those of the mapping.
func properties(n *yaml.Node) (most int) {
	if n.Kind == yaml.ScalarNode || n.Style&yaml.FlowStyle != 0 {
		return 2
	}
	if n.Anchor != "" {
		most++
	}
	if n.Style&yaml.TaggedStyle != 0 {
		most++
	}
	return most
}

// checkLines checks the lines of the scalar or flow collection n, whose content begins at i.
func (c *yamlChecker) checkLines(n *yaml.Node, i, parent int) (err error) {
	switch {
	case i >= len(c.t.src):
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		_, err = c.quoted(i, parent)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		err = c.block(i, parent)
	case n.Style&yaml.FlowStyle != 0:
		err = c.flow(i, parent)
	}
	return err
}

// lineStart is the offset of the line that i is in.
func (c *yamlChecker) lineStart(i int) int { return strings.LastIndexAny(c.t.src[:i], "\r\n") + 1 }

// content is the offset of what stands behind the anchor and the tag at i, which are so many at most.
func (c *yamlChecker) content(i, properties int) int {
	src := c.t.src
	for ; properties > 0 && i < len(src) && (src[i] == '&' || src[i] == '!'); properties-- {
		if k := strings.IndexAny(src[i:], " \t\r\n"); k >= 0 {
			i += k
		} else {
			return len(src)
		}
		for i < len(src) {
			if c.blankAt(i) {
				i++
			} else if src[i] == '#' {
				i += c.lineLength(i)
			} else {
				break
			}
		}
	}
	return i
}

func (c *yamlChecker) blankAt(i int) bool {
	return i >= len(c.t.src) || strings.IndexByte(" \t\r\n", c.t.src[i]) >= 0
}

// lineLength is the number of bytes from i to the end of its line.
func (c *yamlChecker) lineLength(i int) int {
	if k := strings.IndexAny(c.t.src[i:], "\r\n"); k >= 0 {
		return k
	}
	return len(c.t.src) - i
}

// quoted checks the lines of the quoted scalar at i and returns the offset behind it.
func (c *yamlChecker) quoted(i, parent int) (end int, err error) {
	src, quote := c.t.src, c.t.src[i]
	for i++; i < len(src); i++ {
		switch src[i] {
		case quote:
			if quote == '"' || i+1 >= len(src) || src[i+1] != quote {
				return i + 1, nil
			}
			i++
		case '\\':
			if quote == '"' && i+1 < len(src) && src[i+1] != '\n' && src[i+1] != '\r' {
				i++
			}
		case '\n', '\r':
			k := i + 1 + leadingSpaces(src[i+1:])
			if k-i-1 <= parent && c.textAt(k) != "" {
				return 0, c.shallow(k, parent, "quoted text")
			}
		}
	}
	return i, nil
}

// textAt is the rest of the line from i on, without blanks before it.
func (c *yamlChecker) textAt(i int) string {
	return strings.TrimLeft(c.t.src[i:i+c.lineLength(i)], " \t")
}

func leadingSpaces(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// shallow is the error for a line whose text begins at i, in a value of a collection of column parent.
func (c *yamlChecker) shallow(i, parent int, of string) error {
	if c.t.src[i] == '\t' {
		return c.t.fail(uint32(i), "found a tab character that violates indentation", "indent with spaces")
	}
	least := "1 space"
	if parent > 0 {
		least = fmt.Sprintf("%d spaces", parent+1)
	}
	return c.t.fail(uint32(i), fmt.Sprintf("a line of this %s must be indented by at least %s", of, least),
		"in YAML, the lines of a value are indented deeper than the key or the dash that it belongs to")
}

// flow checks the lines of the flow collection at i, which the library has read: its brackets and quotes are closed. A line that
// begins with a closing bracket may stand anywhere: YAML forbids it, but many write it in the column of the key, and it can mean
// one thing only.
func (c *yamlChecker) flow(i, parent int) error {
	src := c.t.src
	depth := 0
	plain := false // in a plain scalar
	for i < len(src) {
		switch b := src[i]; {
		case b == '\n' || b == '\r':
			i++
			k := i + leadingSpaces(src[i:])
			if text := c.textAt(k); k-i <= parent && text != "" && strings.IndexByte("#]}", text[0]) < 0 {
				return c.shallow(k, parent, "collection in brackets")
			}
			i = k
			continue
		case b == '#' && c.blankAt(i-1):
			i += c.lineLength(i)
			continue
		case b == '[' || b == '{':
			depth++
			plain = false
		case b == ']' || b == '}':
			if depth--; depth == 0 {
				return nil
			}
			plain = false
		case b == ',' || b == ':' && (c.blankAt(i+1) || strings.IndexByte(",[]{}", src[i+1]) >= 0):
			plain = false
		case b == ' ' || b == '\t' || plain:
		case b == '"' || b == '\'':
			end, err := c.quoted(i, parent)
			if err != nil {
				return err
			}
			if i = end; i < len(src) && src[i] == ':' {
				i++ // "key":value
			}
			continue
		case b == '&' || b == '!' || b == '*':
			for !c.blankAt(i) && strings.IndexByte(",[]{}", src[i]) < 0 {
				i++
			}
			continue
		case b == '?' && c.blankAt(i+1):
		default:
			plain = true
		}
		i++
	}
	return nil
}

// marker is the beginning or the end of a document.
var marker = regexp.MustCompile(`(?m)^(---|\.\.\.)([ \t\r\n]|\z)`)

// block checks the literal or folded scalar at i: where its indentation follows from its text, no empty line before it is wider,
// and the library does not read over the end of the document, as it does where the text begins the lines.
func (c *yamlChecker) block(i, parent int) error {
	header := c.lineLength(i)
	if k := strings.IndexByte(c.t.src[i:i+header], '#'); k >= 0 {
		header = k
	}
	if strings.ContainsAny(c.t.src[i:i+header], "123456789") {
		return nil
	}
	widest, at := 0, 0
	for i += c.lineLength(i); i < len(c.t.src); i += c.lineLength(i) {
		if c.t.src[i] == '\r' && i+1 < len(c.t.src) && c.t.src[i+1] == '\n' {
			i++
		}
		i++
		n := leadingSpaces(c.t.src[i:])
		if n < c.lineLength(i) {
			if parent < n && n < widest {
				return c.t.fail(uint32(at), "an empty line has more spaces than the text below it", "remove the spaces of the empty line, or write the indentation behind the indicator: |2")
			}
			if parent >= 0 || n > 0 {
				return nil
			}
			if m := marker.FindStringIndex(c.t.src[i:]); m != nil {
				return c.t.fail(uint32(i+m[0]), "a document marker is in a text that is not indented", "indent the text below the indicator")
			}
			return nil
		}
		if n > widest {
			widest, at = n, i
		}
	}
	return nil
}
