package contract

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// parseJSON fills t from its own text, which is data and valid UTF-8: one value of RFC 8259 without duplicate keys.
func parseJSON(t *tree, data []byte, opt Options) error {
	p := jsonParser{builder: newBuilder(t, expectedValues(data), opt), data: data}
	if bytes.HasPrefix(data, []byte(bom)) {
		p.i = len(bom)
	}
	return p.document()
}

// expectedValues is an upper bound for the values of an honest document: each stands after a comma or opens a container.
// It is counted and not guessed, so that the node slice is made once; text of nothing but commas is capped.
func expectedValues(data []byte) int {
	n := bytes.Count(data, []byte{','}) + bytes.Count(data, []byte{'{'}) + bytes.Count(data, []byte{'['}) + 1
	return min(n, 64+len(data)/8)
}

func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
}

type jsonParser struct {
	*builder
	data []byte
	i    int
}

// document reads the one value that the text is. It loops instead of recursing: depth costs no stack.
func (p *jsonParser) document() error {
	for {
		if err := p.value(); err != nil {
			return err
		}
		done, err := p.after()
		if err != nil {
			return err
		}
		if done {
			return nil
		}
	}
}

// value reads a scalar, or opens containers down to the first scalar or empty container.
func (p *jsonParser) value() error {
	for {
		c := p.peek()
		off := uint32(p.i)
		switch c {
		case '"':
			length, form, err := p.quoted()
			if err != nil {
				return err
			}
			return p.add(node{off: off, val: length, kind: String, form: form})
		case '{':
			p.i++
			if err := p.open(Object, off); err != nil {
				return err
			}
			if p.peek() == '}' {
				p.i++
				return p.close()
			}
			if err := p.fieldName(); err != nil {
				return err
			}
		case '[':
			p.i++
			if err := p.open(Array, off); err != nil {
				return err
			}
			if p.peek() == ']' {
				p.i++
				return p.close()
			}
		default:
			return p.word(c, off)
		}
	}
}

// word reads true, false, null or a number.
func (p *jsonParser) word(c byte, off uint32) error {
	switch {
	case c == '-' || '0' <= c && c <= '9':
		length := jsonNumber(p.data[p.i:])
		if length == 0 {
			return p.unexpected("a number")
		}
		if hugeExponent(p.t.src[p.i : p.i+length]) {
			return p.t.fail(off, "the exponent of the number is out of range", "write a smaller number, or quote it")
		}
		p.i += length
		return p.add(node{off: off, val: uint32(length), kind: Number})
	case p.literal("true"):
		return p.add(node{off: off, val: 1, kind: Bool})
	case p.literal("false"):
		return p.add(node{off: off, kind: Bool})
	case p.literal("null"):
		return p.add(node{off: off, kind: Null})
	}
	return p.unexpected("a value")
}

func (p *jsonParser) literal(word string) bool {
	if !bytes.HasPrefix(p.data[p.i:], []byte(word)) {
		return false
	}
	p.i += len(word)
	return true
}

// after reads what may follow a value: commas up to the next value, closing brackets, or the end of the text.
func (p *jsonParser) after() (done bool, err error) {
	for len(p.stack) > 0 {
		inObject := p.t.nodes[p.stack[len(p.stack)-1]].kind == Object
		switch c := p.peek(); {
		case c == ',' && inObject:
			p.i++
			return false, p.fieldName()
		case c == ',':
			p.i++
			return false, nil
		case c == '}' && inObject, c == ']' && !inObject:
			p.i++
			if err := p.close(); err != nil {
				return false, err
			}
		case inObject:
			return false, p.unexpected(`"," or "}" after the field`)
		default:
			return false, p.unexpected(`"," or "]" after the item`)
		}
	}
	if p.peek(); p.i < len(p.data) {
		return false, p.t.fail(uint32(p.i), "there is more text after the end of the document", "remove what follows the last closing bracket")
	}
	return true, nil
}

// fieldName reads `"name":` and keeps it for the value that follows.
func (p *jsonParser) fieldName() error {
	if p.peek() != '"' {
		return p.unexpected("a quoted field name")
	}
	off := uint32(p.i)
	length, form, err := p.quoted()
	if err != nil {
		return err
	}
	n := node{off: off, val: length, form: form}
	p.key, p.koff = p.t.keys.intern(p.t.text(&n)), off
	if p.peek() != ':' {
		return p.unexpected(`":" after the field name`)
	}
	p.i++
	return nil
}

// peek skips white space and returns the next byte, 0 at the end.
func (p *jsonParser) peek() byte {
	data := p.data
	i := p.i
	for i < len(data) {
		c := data[i]
		if c > ' ' {
			p.i = i
			return c
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			p.i = i
			return c
		}
		i++
	}
	p.i = i
	return 0
}

// quoted reads a string from its opening quote: the length between the quotes, and whether it has escapes.
func (p *jsonParser) quoted() (length uint32, f form, err error) {
	start := p.i + 1
	i, f := start, inQuotes
	for {
		i = plainEnd(p.data, i)
		if i >= len(p.data) {
			return 0, 0, p.t.fail(uint32(start-1), "the string is not closed", "add the closing quote; a line break inside a string is written \\n")
		}
		switch c := p.data[i]; c {
		case '"':
			p.i = i + 1
			return uint32(i - start), f, nil
		case '\\':
			f = escaped
			size := escapeLength(p.data[i:])
			if size == 0 {
				return 0, 0, p.t.fail(uint32(i), "unknown escape in a string", `write \\ for a backslash; surrogate escapes come in pairs`)
			}
			i += size
		default:
			return 0, 0, p.t.fail(uint32(i), fmt.Sprintf("control character %#02x in a string", c), fmt.Sprintf("write it as %s", controlEscape(c)))
		}
	}
}

// controlEscape is how JSON writes a control character.
func controlEscape(c byte) string {
	quoted := appendQuoted(nil, string(rune(c)))
	return string(quoted[1 : len(quoted)-1])
}

// plainEnd is the offset of the first quote, backslash or control character from i on. Eight bytes at a time:
// strings are most of a document.
func plainEnd(data []byte, i int) int {
	const low, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(data); i += 8 {
		w := binary.LittleEndian.Uint64(data[i:])
		quote, slash := w^(low*'"'), w^(low*'\\')
		hit := ((quote-low)&^quote | (slash-low)&^slash | (w-low*' ')&^w) & high
		if hit != 0 { // a borrow can only spoil bytes above the lowest hit
			return i + bits.TrailingZeros64(hit)>>3
		}
	}
	for ; i < len(data); i++ {
		if c := data[i]; c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return i
}

// unexpected says what stands where something else was expected.
func (p *jsonParser) unexpected(want string) error {
	p.peek()
	if p.i >= len(p.data) {
		hint := "the file seems to be cut off"
		if len(p.stack) > 0 {
			line, _ := p.t.lineColumn(p.t.nodes[p.stack[len(p.stack)-1]].off)
			hint = fmt.Sprintf("the file seems to be cut off: the bracket of line %d is not closed", line)
		}
		return p.t.fail(uint32(p.i), "the document ends where "+want+" is expected", hint)
	}
	r, _ := utf8.DecodeRune(p.data[p.i:])
	err := p.t.fail(uint32(p.i), fmt.Sprintf("expected %s, found %q", want, r), "a JSON linter shows the place; if this is YAML, name the file .yaml")
	switch {
	case r == '\'':
		err.Hint = "JSON strings need double quotes"
	case (r == '}' || r == ']') && len(bytes.TrimRight(p.data[:p.i], " \t\r\n,")) < len(bytes.TrimRight(p.data[:p.i], " \t\r\n")):
		err.Hint = "remove the comma before it"
	}
	return err
}
