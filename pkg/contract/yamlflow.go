package contract

import "bytes"

// flow reads the flow collection at p.i. Its lines may be indented in any way.
func (p *yamlReader) flow() error {
	open := p.data[p.i]
	kind, end := Array, byte(']')
	if open == '{' {
		kind, end = Object, '}'
	}
	if err := p.open(kind, uint32(p.i)); err != nil {
		return err
	}
	p.i++
	for {
		if err := p.flowBlanks(); err != nil {
			return err
		}
		if p.data[p.i] == end {
			p.i++
			return p.close()
		}
		if kind == Object {
			if err := p.flowKey(); err != nil {
				return err
			}
		}
		if err := p.flowValue(); err != nil {
			return err
		}
		if err := p.flowBlanks(); err != nil {
			return err
		}
		switch p.data[p.i] {
		case ',':
			p.i++
		case end:
		default:
			return errGiveUp
		}
	}
}

// flowBlanks goes to the next token of a flow collection, which must exist. A line of it stands deeper than the block
// collection that it is in; one that begins with a closing bracket may stand anywhere.
func (p *yamlReader) flowBlanks() error {
	for {
		from := p.i
		p.i = p.spaces(p.i)
		switch {
		case p.i >= len(p.data) || p.data[p.i] == '\t':
			return errGiveUp
		case p.data[p.i] == '#' && p.i == from && p.data[p.i-1] != '\n':
			return errGiveUp
		case p.data[p.i] == '#':
			p.i += len(p.line(p.i))
			fallthrough
		case p.breakAt(p.i):
			if p.i = p.afterLine(p.i); p.i >= len(p.data) || p.marker(p.i) || !p.indented(p.i) {
				return errGiveUp
			}
		default:
			return nil
		}
	}
}

// indented reports whether the line that begins at i stands deeper than the block collection that its value is in. Empty lines
// and comments stand anywhere.
func (p *yamlReader) indented(i int) bool {
	k := p.spaces(i)
	if k-i > p.parent {
		return true
	}
	if k < len(p.data) && p.data[k] == '\t' {
		return false // the library decides
	}
	return p.breakAt(k) || p.data[k] == '#' || p.data[k] == ']' || p.data[k] == '}'
}

// flowKey reads a key and its colon, which stand on one line.
func (p *yamlReader) flowKey() error {
	off := p.i
	quoted := p.data[off] == '"' || p.data[off] == '\''
	var text string
	var end int
	var ok bool
	if quoted {
		var decoded []byte
		if end, decoded, ok = p.quotedText(off); !ok || bytes.IndexByte(p.data[off:end], '\n') >= 0 {
			return errGiveUp
		}
		if text = p.t.src[off+1 : end-1]; decoded != nil {
			text = p.keep(decoded)
		}
	} else {
		if end, ok = p.flowPlain(off); !ok || p.t.src[off:end] == "<<" {
			return errGiveUp
		}
		text = p.t.src[off:end]
	}
	colon := p.spaces(end)
	if colon >= len(p.data) || p.data[colon] != ':' || !quoted && !p.blank(colon+1) || colon-off > maxKey {
		return errGiveUp
	}
	p.builder.key, p.koff = p.t.keys.intern(text), uint32(off)
	p.i = colon + 1
	return p.flowBlanks()
}

func (p *yamlReader) flowValue() error {
	switch c := p.data[p.i]; c {
	case '[', '{':
		return p.flow()
	case '"', '\'':
		return p.quotedScalar()
	}
	end, ok := p.flowPlain(p.i)
	if !ok {
		return errGiveUp
	}
	off := p.i
	p.i = end
	return p.addPlain(off, end)
}

// flowPlain is the end of the plain scalar at i, which must stand on one line and before an indicator.
func (p *yamlReader) flowPlain(i int) (end int, ok bool) {
	if c := p.data[i]; !p.startsPlain(i) || c == '?' || c == ':' || c == '-' && bytes.IndexByte([]byte(",?[]{}"), p.data[i+1]) >= 0 {
		return 0, false
	}
	line := p.line(i)
	stop := bytes.IndexAny(line, ",?[]{}")
	if stop >= 0 {
		line = line[:stop]
	}
	end, at := p.plainStop(i)
	if end > i+len(line) {
		end = i + len(bytes.TrimRight(line, " \t"))
		at = p.data[i+len(line)]
	}
	if end > i && p.data[end-1] == ':' {
		return 0, false // before an indicator, it ends a key
	}
	switch at {
	case ',', ']', '}', ':':
		return end, end > i
	case '\n', '#':
		return end, p.endsLine(end)
	}
	return 0, false
}

// endsLine reports whether the flow collection goes on, behind a scalar that ends a line, with an indicator: anything else
// would continue the scalar.
func (p *yamlReader) endsLine(end int) bool {
	q := yamlReader{builder: p.builder, data: p.data, parent: p.parent, i: end}
	return q.flowBlanks() == nil && (q.data[q.i] == ',' || q.data[q.i] == ']' || q.data[q.i] == '}')
}
