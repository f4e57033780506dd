package contract

import (
	"bytes"
	"unicode/utf8"
)

// A yamlKey is a key of a mapping on one line.
type yamlKey struct {
	start int // of the field: of the key, or of the ? before it
	off   int // of the key
	end   int // behind its colon
	text  string
}

// maxKey bounds keys, in bytes. YAML ends them at 1024 characters; near that the library decides.
const maxKey = 1000

// key reads the key at i; false when there is none, or not a simple one.
func (p *yamlReader) key(i int) (k yamlKey, ok bool) {
	k.start, k.off = i, i
	if p.data[i] == '?' && p.blank(i+1) {
		return p.longKey(i)
	}
	quoted := p.data[i] == '"' || p.data[i] == '\''
	if !quoted && !p.startsPlain(i) {
		return k, false
	}
	var end int
	var decoded []byte
	stop := byte(':')
	if quoted {
		if end, decoded, ok = p.quotedText(i); !ok || bytes.IndexByte(p.data[i:end], '\n') >= 0 {
			return k, false
		}
	} else {
		end, stop = p.plainStop(i)
	}
	colon := p.spaces(end)
	k.end = colon + 1
	if stop != ':' || colon >= len(p.data) || p.data[colon] != ':' || !p.blank(k.end) || k.end-i > maxKey {
		return k, false
	}
	switch {
	case decoded != nil:
		k.text = p.keep(decoded)
	case quoted:
		k.text = p.t.src[i+1 : end-1]
	default:
		k.text = p.t.src[i:end]
	}
	return k, quoted || k.text != "<<"
}

// longKey reads "? key" on a line and goes to the colon in the same column of the next: how some writers put keys that they
// find long.
func (p *yamlReader) longKey(i int) (k yamlKey, ok bool) {
	k.start, k.off = i, p.spaces(i+1)
	if p.breakAt(k.off) {
		return k, false
	}
	var end int
	switch c := p.data[k.off]; {
	case c == '"' || c == '\'':
		var decoded []byte
		if end, decoded, ok = p.quotedText(k.off); !ok || decoded != nil || bytes.IndexByte(p.data[k.off:end], '\n') >= 0 {
			return k, false
		}
		k.text = p.t.src[k.off+1 : end-1]
	case p.startsPlain(k.off):
		var stop byte
		if end, stop = p.plainStop(k.off); stop == ':' {
			return k, false
		}
		k.text = p.t.src[k.off:end]
	default:
		return k, false
	}
	at, col := p.i, p.col
	p.i = end
	err := p.next()
	k.end = p.i + 1
	same := p.col == i-1-bytes.LastIndexByte(p.data[:i], '\n')
	p.i, p.col = at, col
	return k, err == nil && same && k.end <= len(p.data) && p.data[k.end-1] == ':' && p.blank(k.end) && k.text != "<<"
}

// startsPlain reports whether a plain scalar begins at i, outside of flow collections.
func (p *yamlReader) startsPlain(i int) bool {
	switch p.data[i] {
	case '-', '?', ':':
		return !p.blank(i + 1)
	case ' ', '\t', '\n', '\r', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return false
	}
	return true
}

// plainStop is the end of the plain scalar at i on its line, without trailing blanks, and what stops it: a colon, a comment,
// or the end of the line, which is '\n'.
func (p *yamlReader) plainStop(i int) (end int, stop byte) {
	line := p.line(i)
	stop = '\n'
	for k := 0; ; k++ {
		c := bytes.IndexByte(line[k:], ':')
		if c < 0 {
			break
		}
		if k += c; p.blank(i + k + 1) {
			line, stop = line[:k], ':'
			break
		}
	}
	for k := 0; ; k++ {
		h := bytes.IndexByte(line[k:], '#')
		if h < 0 {
			break
		}
		if k += h; k > 0 && (line[k-1] == ' ' || line[k-1] == '\t') {
			line, stop = line[:k], '#'
			break
		}
	}
	return i + len(bytes.TrimRight(line, " \t")), stop
}

// plainScalar reads a plain scalar in a collection of column parent, with the lines that continue it.
func (p *yamlReader) plainScalar(parent int) error {
	off := p.i
	end, stop := p.plainStop(off)
	if stop == ':' {
		return errGiveUp
	}
	p.i = end
	if stop == '#' {
		return p.addPlain(off, end)
	}
	p.buf = p.buf[:0]
	for {
		from, empty, err := p.continuation(parent)
		if err != nil {
			return err
		}
		if from < 0 {
			break
		}
		if len(p.buf) == 0 {
			p.buf = append(p.buf, p.data[off:end]...)
		}
		if empty == 0 {
			p.buf = append(p.buf, ' ')
		}
		p.buf = appendBreaks(p.buf, empty)
		if end, stop = p.plainStop(from); stop == ':' {
			return errGiveUp
		}
		p.buf = append(p.buf, p.data[from:end]...)
		p.i = end
		if stop == '#' {
			break
		}
	}
	if len(p.buf) > 0 {
		return p.addDecoded(off, p.buf)
	}
	return p.addPlain(off, end)
}

// continuation looks whether the line after p.i continues a plain scalar: where its text begins, and how many empty lines
// stand before it. It is -1 where the scalar ends.
func (p *yamlReader) continuation(parent int) (from, empty int, err error) {
	i := p.afterLine(p.i + len(p.line(p.i)))
	for i < len(p.data) {
		k := p.spaces(i)
		switch {
		case k == len(p.data):
			return -1, 0, nil
		case p.data[k] == '\t':
			return 0, 0, errGiveUp
		case p.breakAt(k):
			i = p.afterLine(k)
			empty++
		case k-i <= parent || p.data[k] == '#':
			return -1, 0, nil
		default:
			return k, empty, nil
		}
	}
	return -1, 0, nil
}

// addPlain adds a plain scalar of one line.
func (p *yamlReader) addPlain(off, end int) error {
	text := p.t.src[off:end]
	kind, literal := plainScalar(text)
	n := node{off: uint32(off), kind: kind, val: uint32(len(text))}
	switch kind {
	case Invalid:
		return errGiveUp // the library's path says what is wrong
	case Null:
		n.val = 0
	case Bool:
		n.val = uint32(literal[0] - '0')
	case Number:
		if literal != text {
			p.t.texts = append(p.t.texts, literal)
			n.val, n.form = uint32(len(p.t.texts)-1), decoded
		}
	}
	return p.add(n)
}

// quotedScalar reads the quoted scalar at p.i.
func (p *yamlReader) quotedScalar() error {
	off := p.i
	end, text, ok := p.quotedText(off)
	if !ok {
		return errGiveUp
	}
	p.i = end
	if text == nil {
		return p.add(node{off: uint32(off), kind: String, val: uint32(end - off - 2), form: inQuotes})
	}
	return p.addDecoded(off, text)
}

// quotedText is the end of the quoted scalar at i, and its text where that is not simply what stands between the quotes.
func (p *yamlReader) quotedText(i int) (end int, text []byte, ok bool) {
	quote := p.data[i]
	for k := i + 1; k < len(p.data); k++ {
		if quote == '"' {
			k = plainEnd(p.data, k)
		} else {
			n := bytes.IndexByte(p.data[k:], quote)
			if n < 0 {
				return 0, nil, false
			}
			if bytes.IndexByte(p.data[k:k+n], '\n') >= 0 {
				return p.decodeQuoted(i)
			}
			k += n
		}
		switch {
		case k >= len(p.data):
			return 0, nil, false
		case p.data[k] == quote && (quote == '"' || k+1 >= len(p.data) || p.data[k+1] != quote):
			return k + 1, nil, true
		case p.data[k] != '\t':
			return p.decodeQuoted(i)
		}
	}
	return 0, nil, false
}

// decodeQuoted decodes the quoted scalar at i: escapes, doubled quotes, folded lines.
func (p *yamlReader) decodeQuoted(i int) (end int, text []byte, ok bool) {
	quote := p.data[i]
	s := p.buf[:0]
	if s == nil {
		s = make([]byte, 0, 64) // a text that decodes to nothing is no nil, which stands for what is between the quotes
	}
	defer func() { p.buf = s }()
	for i++; ; {
		escapedBreak := false
		for !p.blank(i) {
			c := p.data[i]
			if c == quote {
				if quote == '"' || i+1 >= len(p.data) || p.data[i+1] != quote {
					return i + 1, s, true
				}
				i++
			} else if c == '\\' && quote == '"' {
				if i+1 < len(p.data) && (p.data[i+1] == '\n' || p.data[i+1] == '\r') {
					if i, escapedBreak = p.afterLine(i+1), true; i < len(p.data) && p.marker(i) {
						return 0, nil, false
					}
					break
				}
				if i, s, ok = yamlEscape(p.data, i, s); !ok {
					return 0, nil, false
				}
				continue
			}
			s = append(s, c)
			i++
		}
		if i >= len(p.data) {
			return 0, nil, false
		}
		if i, s, ok = p.fold(i, s, escapedBreak); !ok {
			return 0, nil, false
		}
	}
}

// fold reads the blanks and line breaks at i inside a quoted scalar. Behind an escaped break, or a first break, blanks count
// no more; one break is a space, more are one less.
func (p *yamlReader) fold(i int, s []byte, escapedBreak bool) (next int, out []byte, ok bool) {
	from, breaks, line := i, 0, i
	broken := escapedBreak
	for i < len(p.data) && p.blank(i) {
		if !p.breakAt(i) {
			i++
			continue
		}
		if !broken {
			broken = true
		} else {
			breaks++
		}
		if i = p.afterLine(i); i < len(p.data) && p.marker(i) {
			return 0, s, false
		}
		line = i
	}
	if broken && p.spaces(line)-line <= p.parent {
		return 0, s, false // a line must stand deeper than the collection that the scalar is in
	}
	switch {
	case !broken:
		s = append(s, p.data[from:i]...)
	case breaks == 0 && !escapedBreak:
		s = append(s, ' ')
	default:
		s = appendBreaks(s, breaks)
	}
	return i, s, true
}

// yamlEscape decodes the escape at i of a double-quoted scalar.
func yamlEscape(data []byte, i int, s []byte) (next int, out []byte, ok bool) {
	if i+1 >= len(data) {
		return 0, s, false
	}
	digits := 0
	switch data[i+1] {
	case '0':
		s = append(s, 0)
	case 'a':
		s = append(s, 7)
	case 'b':
		s = append(s, 8)
	case 't', '\t':
		s = append(s, 9)
	case 'n':
		s = append(s, 10)
	case 'v':
		s = append(s, 11)
	case 'f':
		s = append(s, 12)
	case 'r':
		s = append(s, 13)
	case 'e':
		s = append(s, 27)
	case ' ', '"', '/', '\\':
		s = append(s, data[i+1])
	case 'N':
		s = append(s, "\u0085"...)
	case '_':
		s = append(s, "\u00a0"...)
	case 'L':
		s = append(s, "\u2028"...)
	case 'P':
		s = append(s, "\u2029"...)
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return 0, s, false
	}
	i += 2
	if digits == 0 {
		return i, s, true
	}
	r := hexRune(data, i, digits)
	if r < 0 || r > utf8.MaxRune || r >= 0xd800 && r <= 0xdfff {
		return 0, s, false
	}
	return i + digits, utf8.AppendRune(s, rune(r)), true
}

// hexRune is the number that hexadecimal digits make, -1 when they do not.
func hexRune(data []byte, i, digits int) int64 {
	var r int64
	for ; digits > 4; digits -= 4 {
		high := hex4(data, i)
		if high < 0 {
			return -1
		}
		r, i = int64(high)<<16, i+4
	}
	if digits == 2 {
		if i+2 > len(data) {
			return -1
		}
		return int64(hex4([]byte{'0', '0', data[i], data[i+1]}, 0))
	}
	low := hex4(data, i)
	if low < 0 {
		return -1
	}
	return r | int64(low)
}
