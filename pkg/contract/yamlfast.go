package contract

import (
	"bytes"
	"errors"
	"unsafe"
)

// The fast reader takes the part of YAML that nearly all descriptions are written in: block mappings and sequences,
// plain and quoted scalars, literal and folded blocks, flow collections, comments. Anchors, aliases, tags, merge keys,
// complex keys, several documents and whatever looks unusual it leaves to the library. Where it accepts a text it makes the
// same tree as the library would, quirks included; a test and a fuzz target compare the two.

// errGiveUp hands the text over to the library. It is no error of the text.
var errGiveUp = errors.New("not in the plain part of YAML")

type yamlReader struct {
	*builder
	data   []byte
	i      int // the next byte
	col    int // column of the next token, from 0; -1 at the end of the text
	parent int // column of the block collection that the present scalar or flow collection is in
	buf    []byte
	arena  []byte // where decoded texts are kept
}

// parsePlainYAML fills t from its own text, which is data and valid UTF-8. stuck is how far it came when it gave up.
func parsePlainYAML(t *tree, data []byte, opt Options) (stuck int, err error) {
	if i := unusualCharacter(data); i >= 0 {
		return i, errGiveUp
	}
	p := yamlReader{builder: newBuilder(t, bytes.Count(data, []byte{'\n'})*9/8+64, opt), data: data}
	if bytes.HasPrefix(data, []byte(bom)) {
		p.i = len(bom)
	}
	if err := p.header(); err != nil {
		return p.i, err
	}
	if err := p.root(); err != nil {
		return p.i, err
	}
	if p.col >= 0 {
		return p.i, errGiveUp // a second document, or an error that the library explains
	}
	return 0, nil
}

// unusualCharacter is the offset of the first character that does not mean the same to every reader of YAML: a control
// character, a line break other than \n and \r\n, a byte order mark behind the first character. It is -1 when there is none.
func unusualCharacter(data []byte) int {
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case ' ' <= c && c < 0x7f, c == '\n', c == '\t':
		case c == '\r':
			if i+1 == len(data) || data[i+1] != '\n' {
				return i
			}
		case c < ' ', c == 0x7f,
			c == 0xc2 && data[i+1] < 0xa0, // C1 controls, NEL; valid UTF-8 has the next bytes
			c == 0xe2 && data[i+1] == 0x80 && (data[i+2] == 0xa8 || data[i+2] == 0xa9), // LS, PS
			c == 0xef && data[i+1] == 0xbf && data[i+2] >= 0xbe,                        // U+FFFE, U+FFFF
			c == 0xef && data[i+1] == 0xbb && data[i+2] == 0xbf && i > 0:               // byte order mark
			return i
		}
	}
	return -1
}

// header skips comments and a "---" line before the document.
func (p *yamlReader) header() error {
	start := p.i
	for {
		line := p.line(p.i)
		trimmed := bytes.TrimLeft(line, " ")
		switch {
		case len(trimmed) == 0 || trimmed[0] == '#':
			if p.i+len(line) == len(p.data) {
				return errGiveUp // nothing but comments
			}
			p.i = p.afterLine(p.i + len(line))
			continue
		case bytes.HasPrefix(line, []byte("---")):
			if !p.blankLine(p.i + 3) {
				return errGiveUp
			}
			p.i += len(line)
			return p.next()
		}
		p.i = start
		return p.nextLine()
	}
}

// root reads the root node: a collection.
func (p *yamlReader) root() error {
	if p.col < 0 {
		return errGiveUp
	}
	if p.isDash(p.i) {
		return p.sequence(p.col, false)
	}
	k, ok := p.key(p.i)
	if !ok {
		return errGiveUp
	}
	return p.mapping(p.col, k)
}

// line is the rest of the line from i on, without its break.
func (p *yamlReader) line(i int) []byte {
	rest := p.data[i:]
	if k := bytes.IndexByte(rest, '\n'); k >= 0 {
		rest = rest[:k]
		if k > 0 && rest[k-1] == '\r' {
			rest = rest[:k-1]
		}
	}
	return rest
}

// afterLine is the offset behind the line break at i, or i at the end of the text.
func (p *yamlReader) afterLine(i int) int {
	if i < len(p.data) && p.data[i] == '\r' {
		i++
	}
	if i < len(p.data) {
		i++
	}
	return i
}

// blank reports whether at i there is a space, a tab, a line break or the end of the text.
func (p *yamlReader) blank(i int) bool {
	return i >= len(p.data) || p.data[i] == ' ' || p.data[i] == '\n' || p.data[i] == '\t' || p.data[i] == '\r'
}

// breakAt reports whether the line ends at i.
func (p *yamlReader) breakAt(i int) bool {
	return i >= len(p.data) || p.data[i] == '\n' || p.data[i] == '\r'
}

// isDash reports whether a sequence entry begins at i.
func (p *yamlReader) isDash(i int) bool {
	return i < len(p.data) && p.data[i] == '-' && p.blank(i+1)
}

// spaces is the offset of the first byte from i on that is no space.
func (p *yamlReader) spaces(i int) int {
	for i < len(p.data) && p.data[i] == ' ' {
		i++
	}
	return i
}

// blankLine reports whether nothing but spaces and a comment follow from i, which is behind a token, to the end of the line.
func (p *yamlReader) blankLine(i int) bool {
	k := p.spaces(i)
	return p.breakAt(k) || k > i && p.data[k] == '#'
}

// next goes from behind the last token of a line to the next token.
func (p *yamlReader) next() error {
	if !p.blankLine(p.i) {
		return errGiveUp
	}
	p.i = p.afterLine(p.i + len(p.line(p.i)))
	return p.nextLine()
}

// nextLine goes from the beginning of a line to the next token.
func (p *yamlReader) nextLine() error {
	for p.i < len(p.data) {
		k := p.spaces(p.i)
		switch {
		case k == len(p.data):
			p.i = k
		case p.breakAt(k):
			p.i = p.afterLine(k)
		case p.data[k] == '#':
			p.i = p.afterLine(k + len(p.line(k)))
		case p.data[k] == '\t', k == p.i && p.marker(k):
			return errGiveUp
		default:
			p.col = k - p.i
			p.i = k
			return nil
		}
	}
	p.col = -1
	return nil
}

// marker reports whether at i, which begins a line, there is a directive or the beginning or end of a document.
func (p *yamlReader) marker(i int) bool {
	rest := p.data[i:]
	return rest[0] == '%' || (bytes.HasPrefix(rest, []byte("---")) || bytes.HasPrefix(rest, []byte("..."))) && p.blank(i+3)
}

// node reads the block node at p.i, which stands in column col inside a collection of column parent, and goes to the
// next token.
func (p *yamlReader) node(col, parent int) error {
	if p.isDash(p.i) {
		return p.sequence(col, false)
	}
	if k, ok := p.key(p.i); ok {
		return p.mapping(col, k)
	}
	return p.inline(parent)
}

// inline reads a scalar or a flow collection and goes to the next token.
func (p *yamlReader) inline(parent int) error {
	var err error
	p.parent = parent
	switch c := p.data[p.i]; {
	case c == '"' || c == '\'':
		err = p.quotedScalar()
	case c == '|' || c == '>':
		if err := p.blockScalar(parent); err != nil {
			return err
		}
		return p.nextLine()
	case c == '[' || c == '{':
		err = p.flow()
	case p.startsPlain(p.i):
		err = p.plainScalar(parent)
	default:
		err = errGiveUp
	}
	if err != nil {
		return err
	}
	return p.next()
}

// mapping reads the block mapping whose first key is k, in column col.
func (p *yamlReader) mapping(col int, k yamlKey) error {
	if err := p.open(Object, uint32(k.start)); err != nil {
		return err
	}
	for {
		p.builder.key, p.koff = p.t.keys.intern(k.text), uint32(k.off)
		p.i = k.end
		var err error
		if k.start == k.off {
			err = p.value(col)
		} else {
			err = p.compact(col, true)
		}
		if err != nil {
			return err
		}
		if p.col < col {
			return p.close()
		}
		var ok bool
		if p.col > col {
			return errGiveUp
		}
		if k, ok = p.key(p.i); !ok {
			return errGiveUp
		}
	}
}

// value reads what stands behind the colon of a key in column col.
func (p *yamlReader) value(col int) error {
	if p.blankLine(p.i) {
		return p.below(col, true)
	}
	p.i = p.spaces(p.i)
	return p.inline(col) // which refuses a tab
}

// compact reads what stands behind a dash in column col, or behind the colon of a long key: a collection may begin on the
// same line.
func (p *yamlReader) compact(col int, indentless bool) error {
	behind := p.i
	if p.blankLine(behind) {
		return p.below(col, indentless)
	}
	if p.i = p.spaces(behind); p.data[p.i] == '\t' {
		return errGiveUp
	}
	p.col = col + 1 + p.i - behind
	return p.node(p.col, col)
}

// below reads a value that begins on a later line, or none: then it is null, and stands where p is.
func (p *yamlReader) below(col int, indentless bool) error {
	off := p.i
	if err := p.next(); err != nil {
		return err
	}
	switch {
	case p.col > col:
		return p.node(p.col, col)
	case indentless && p.col == col && p.isDash(p.i):
		return p.sequence(col, true)
	}
	return p.add(node{off: uint32(off), kind: Null})
}

// sequence reads the block sequence whose first dash is at p.i, in column col; indentless is one that stands in the column
// of the key that it belongs to.
func (p *yamlReader) sequence(col int, indentless bool) error {
	if err := p.open(Array, uint32(p.i)); err != nil {
		return err
	}
	for p.col == col && p.isDash(p.i) {
		p.i++
		if err := p.compact(col, false); err != nil {
			return err
		}
	}
	if p.col > col || p.col == col && !indentless {
		return errGiveUp
	}
	return p.close()
}

// keep stores a decoded text for good.
func (p *yamlReader) keep(text []byte) string {
	if len(p.arena)+len(text) > cap(p.arena) {
		p.arena = make([]byte, 0, max(64<<10, len(text)))
	}
	from := len(p.arena)
	p.arena = append(p.arena, text...)
	kept := p.arena[from:]
	return unsafe.String(unsafe.SliceData(kept), len(kept))
}

// addDecoded adds a string that is not one piece of the source.
func (p *yamlReader) addDecoded(off int, text []byte) error {
	p.t.texts = append(p.t.texts, p.keep(text))
	return p.add(node{off: uint32(off), val: uint32(len(p.t.texts) - 1), kind: String, form: decoded})
}
