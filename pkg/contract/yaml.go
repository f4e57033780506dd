package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// parseYAML fills t from its own text, which is data and valid UTF-8.
func parseYAML(t *tree, data []byte, opt Options) error {
	data, err := plainDirectives(t, data)
	if err != nil {
		return err
	}
	at, err := parsePlainYAML(t, data, opt)
	if errors.Is(err, errGiveUp) {
		t.reset()
		err = parseAnyYAML(t, data, at, opt)
	}
	return err
}

// parseAnyYAML fills t by way of the YAML library: every construct of YAML, at the price of a second tree. stuck is where
// the fast reader gave up: if the text is wrong, most likely there.
func parseAnyYAML(t *tree, data []byte, stuck int, opt Options) error {
	if n := libraryValues(data); n > min(maxLibraryValues, opt.maxValues()) {
		return t.fail(0, fmt.Sprintf("YAML with anchors, tags or unusual syntax is read up to some %d values, this has about %d", maxLibraryValues, n),
			"write it as JSON, or as YAML without anchors and tags")
	}
	root, err := readYAML(t, data, stuck)
	if err != nil {
		return err
	}
	strict := yamlChecker{t: t, lines: yamlLineStarts(t.src)}
	if err := strict.node(root, -1, false); err != nil {
		return err
	}
	c := yamlConverter{builder: newBuilder(t, len(data)/24, opt), active: map[*yaml.Node]bool{}}
	return c.value(root)
}

// maxLibraryValues bounds what is given to the library, which needs some 300 bytes for a value.
const maxLibraryValues = 1_200_000

// libraryValues is about how many values a text has at most: each has a line, a comma or a colon of its own.
func libraryValues(data []byte) (n int) {
	for _, c := range []byte("\n\r,:[{") {
		n += bytes.Count(data, []byte{c})
	}
	return n + bytes.Count(data, []byte("- "))
}

// readYAML is the one document of data.
func readYAML(t *tree, data []byte, stuck int) (root *yaml.Node, err error) {
	// The library recovers from its own errors; what it lets through would be a defect of its own, which hostile input
	// must not turn into a crash.
	defer func() {
		if r := recover(); r != nil {
			err = t.fail(0, fmt.Sprintf("the YAML library gave up: %v", r), "check the file with another YAML reader")
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	switch err := d.Decode(&first); {
	case errors.Is(err, io.EOF): // nothing but comments
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: 1, Column: 1}, nil
	case err != nil:
		return nil, t.yamlError(err, stuck)
	}
	switch err := d.Decode(&second); {
	case err == nil:
		return nil, t.fail(offsetOf(t.src, yamlLineStarts(t.src), second.Line, second.Column),
			"a second YAML document begins here", "put each document into its own file")
	case !errors.Is(err, io.EOF):
		return nil, t.yamlError(err, stuck)
	}
	return first.Content[0], nil
}

var yamlErrorLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// yamlHints are what the library's messages mean to someone who writes YAML.
var yamlHints = []struct{ msg, hint string }{
	{"found character that cannot start any token", "a tab cannot indent YAML; a value that begins with @, % or ` must be quoted"},
	{"mapping values are not allowed in this context", `a value that contains ": " must be quoted, and a key must be aligned with its siblings`},
	{"did not find expected key", "the line is indented unlike those above it, or a quote is missing before it"},
	{"could not find expected ':'", "a key needs a colon and a space; a text of several lines must be indented"},
	{"did not find expected '-' indicator", "the line is indented unlike the entries above it"},
	{"found a tab character", "indent with spaces"},
	{"found unexpected end of stream", "a quote that begins here is not closed"},
	{"unknown anchor", "an alias (*name) needs an anchor (&name) before it; quote a value that begins with *"},
}

// yamlError gives the library's message a place. The library tells a line at best, and that is sometimes one too low.
func (t *tree) yamlError(err error, stuck int) error {
	msg := err.Error()
	m := yamlErrorLine.FindStringSubmatch(msg)
	line := 0
	if m != nil {
		line, _ = strconv.Atoi(m[1])
		msg = msg[len(m[0]):]
	}
	off := uint32(stuck)
	if at, _ := t.lineColumn(off); line > 0 && (at < line-1 || at > line+1) && !strings.Contains(msg, "end of stream") {
		starts := yamlLineStarts(t.src)
		off = starts[min(line, len(starts))-1]
	}
	switch at, _ := t.lineColumn(off); {
	case strings.Contains(msg, "found a tab character"):
		off = t.tabIndent(off)
	case strings.HasPrefix(msg, "unknown anchor"):
		off = t.aliasAt(msg, off)
	case strings.HasPrefix(msg, "mapping values are not allowed") && line > at: // a key that is indented too far seems to continue a text
		off = lineStarts(t.src)[min(line, strings.Count(t.src, "\n")+1)-1]
		off += uint32(len(t.src[off:]) - len(strings.TrimLeft(t.src[off:], " ")))
	}
	e := t.fail(off, msg, "check the quotes, brackets and colons of this line, and its indentation")
	for _, h := range yamlHints {
		if strings.Contains(msg, h.msg) {
			e.Hint = h.hint
		}
	}
	return e
}

// tabIndented is a line whose indentation has a tab.
var tabIndented = regexp.MustCompile(`\n *\t`)

// tabIndent is the tab that indents a line at or soon after an offset, where the library stopped; the offset where there is none.
func (t *tree) tabIndent(off uint32) uint32 {
	start := max(strings.LastIndexByte(t.src[:off], '\n'), 0)
	rest := t.src[start:min(start+maxLibraryLine, len(t.src))]
	if m := tabIndented.FindStringIndex(rest); m != nil {
		return uint32(start + m[1] - 1)
	}
	return off
}

// aliasAt is the alias that the library's message names; off where the text does not show it.
func (t *tree) aliasAt(msg string, off uint32) uint32 {
	name := regexp.MustCompile(`'(.*)'`).FindStringSubmatch(msg)
	if name == nil {
		return off
	}
	alias := regexp.MustCompile(`\*` + regexp.QuoteMeta(name[1]) + `(?:[\s,\]}]|$)`)
	if m := alias.FindStringIndex(t.src); m != nil {
		return uint32(m[0])
	}
	return off
}

// maxLibraryLine is how far behind the place where the library stopped its reason is looked for, in bytes.
const maxLibraryLine = 4096

// yamlLineStarts are line starts as YAML 1.1 counts them, by which the library numbers lines.
func yamlLineStarts(src string) []uint32 {
	if !strings.ContainsAny(src, "\r\u0085\u2028\u2029") {
		return lineStarts(src)
	}
	starts := []uint32{0}
	for i, r := range src {
		switch r {
		case '\r':
			if !strings.HasPrefix(src[i+1:], "\n") {
				starts = append(starts, uint32(i+1))
			}
		case '\n', '\u0085', '\u2028', '\u2029':
			starts = append(starts, uint32(i+utf8.RuneLen(r)))
		}
	}
	return starts
}

// offsetOf is the offset of a line and column (in characters), both from 1.
func offsetOf(src string, starts []uint32, line, column int) uint32 {
	if line < 1 || line > len(starts) {
		return uint32(len(src))
	}
	off := int(starts[line-1])
	if off == 0 && strings.HasPrefix(src, bom) {
		off = len(bom)
	}
	return uint32(forward(src, off, column-1))
}

// forward is the offset so many characters after off.
func forward(src string, off, characters int) int {
	for ; characters > 0 && off < len(src); characters-- {
		if src[off] < utf8.RuneSelf {
			off++
			continue
		}
		_, size := utf8.DecodeRuneInString(src[off:])
		off += size
	}
	return off
}

type yamlConverter struct {
	*builder
	active   map[*yaml.Node]bool // anchored values that are being expanded
	expanded int                 // values that aliases have added
	inAlias  int
	alias    uint32 // the outermost alias or merge key that is being expanded
}

// off is the offset of a node, which yamlChecker has put in place of its line.
func (c *yamlConverter) off(n *yaml.Node) uint32 { return uint32(n.Line) }

// enter begins the expansion of an alias at n.
func (c *yamlConverter) enter(n *yaml.Node) {
	if c.inAlias == 0 {
		c.alias = c.off(n)
	}
	c.inAlias++
}

// expand counts a value that an alias adds.
func (c *yamlConverter) expand() error {
	if c.inAlias == 0 {
		return nil
	}
	if c.expanded++; c.expanded > maxExpanded {
		return c.t.fail(c.alias, fmt.Sprintf("aliases expand to more than %d values", maxExpanded),
			"write the values out, or share them through $ref")
	}
	return nil
}

// maxExpanded bounds what aliases add to a document: a bomb of a few lines expands to billions of values.
const maxExpanded = 500_000

func (c *yamlConverter) value(n *yaml.Node) error {
	if err := c.expand(); err != nil {
		return err
	}
	switch n.Kind {
	case yaml.AliasNode:
		if c.active[n.Alias] {
			return c.t.fail(c.off(n), fmt.Sprintf("alias *%s is inside its own anchor", n.Value), "use $ref for recursive schemas")
		}
		c.active[n.Alias] = true
		c.enter(n)
		err := c.value(n.Alias)
		c.inAlias--
		delete(c.active, n.Alias)
		return err
	case yaml.MappingNode:
		return c.mapping(n)
	case yaml.SequenceNode:
		if err := c.open(Array, c.off(n)); err != nil {
			return err
		}
		for _, item := range n.Content {
			if err := c.value(item); err != nil {
				return err
			}
		}
		return c.close()
	default:
		return c.scalar(n)
	}
}

func (c *yamlConverter) mapping(n *yaml.Node) error {
	if err := c.open(Object, c.off(n)); err != nil {
		return err
	}
	var merged *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.ScalarNode && k.ShortTag() == "!!merge" {
			if merged != nil {
				return c.t.fail(c.off(k), "duplicate merge key << in one mapping", "merge a list: <<: [*a, *b]")
			}
			merged = v
			continue
		}
		if err := c.field(k, v); err != nil {
			return err
		}
	}
	if merged != nil {
		if err := c.merge(n, merged); err != nil {
			return err
		}
	}
	return c.close()
}

func (c *yamlConverter) field(k, v *yaml.Node) error {
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	if k.Kind != yaml.ScalarNode {
		return c.t.fail(c.off(k), "a key must be a scalar", "quote the key, or write the mapping below it")
	}
	c.key, c.koff = c.t.keys.intern(k.Value), c.off(k)
	return c.value(v)
}

// merge adds the fields of a merge key's value that the mapping does not have itself; the first source wins.
func (c *yamlConverter) merge(n, from *yaml.Node) error {
	have := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		have[n.Content[i].Value] = true
	}
	sources := []*yaml.Node{from}
	if resolved := unalias(from); resolved.Kind == yaml.SequenceNode {
		sources = resolved.Content
	}
	c.enter(from)
	defer func() { c.inAlias-- }()
	for _, s := range sources {
		if err := c.mergeOne(unalias(s), have); err != nil {
			return err
		}
	}
	return nil
}

func (c *yamlConverter) mergeOne(m *yaml.Node, have map[string]bool) error {
	if m.Kind != yaml.MappingNode || c.active[m] {
		return c.t.fail(c.off(m), "a merge key takes a mapping or a list of mappings", "write <<: *name or <<: [*a, *b]")
	}
	if err := c.expand(); err != nil {
		return err
	}
	c.active[m] = true
	defer delete(c.active, m)
	var deeper *yaml.Node
	for i := 0; i+1 < len(m.Content); i += 2 {
		k := m.Content[i]
		if k.Kind == yaml.ScalarNode && k.ShortTag() == "!!merge" {
			deeper = m.Content[i+1]
			continue
		}
		if err := c.expand(); err != nil {
			return err
		}
		if have[k.Value] {
			continue
		}
		have[k.Value] = true
		if err := c.field(k, m.Content[i+1]); err != nil {
			return err
		}
	}
	if deeper == nil {
		return nil
	}
	sources := []*yaml.Node{deeper}
	if resolved := unalias(deeper); resolved.Kind == yaml.SequenceNode {
		sources = resolved.Content
	}
	for _, s := range sources {
		if err := c.mergeOne(unalias(s), have); err != nil {
			return err
		}
	}
	return nil
}

func unalias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func (c *yamlConverter) scalar(n *yaml.Node) error {
	off := c.off(n)
	kind, literal := String, n.Value
	switch tag := n.ShortTag(); {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 && n.Style&yaml.TaggedStyle == 0:
	case tag == "!!null" || tag == "!!bool" || tag == "!!int" || tag == "!!float":
		kind, literal = plainScalar(n.Value)
	}
	switch kind {
	case Null:
		return c.add(node{off: off, kind: Null})
	case Bool:
		return c.add(node{off: off, kind: Bool, val: uint32(literal[0] - '0')})
	case Invalid:
		return c.t.fail(off, fmt.Sprintf("%s has no form in JSON", n.Value), "quote it if it is meant as text")
	}
	return c.add(c.textNode(kind, off, literal, n.Style))
}

// textNode keeps a text as a piece of the source where it is one.
func (c *yamlConverter) textNode(kind Kind, off uint32, text string, style yaml.Style) node {
	src := c.t.src
	switch {
	case style == 0 && strings.HasPrefix(src[off:], text):
		return node{off: off, kind: kind, val: uint32(len(text))}
	case style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == style && int(off) < len(src) && strings.HasPrefix(src[off+1:], text):
		return node{off: off, kind: kind, val: uint32(len(text)), form: inQuotes}
	}
	c.t.texts = append(c.t.texts, strings.Clone(text))
	return node{off: off, kind: kind, val: uint32(len(c.t.texts) - 1), form: decoded}
}
