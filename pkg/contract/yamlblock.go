package contract

import "bytes"

// blockScalar reads the literal or folded block at p.i in a collection of column parent; p.i then begins a line.
func (p *yamlReader) blockScalar(parent int) error {
	off := p.i
	literal := p.data[off] == '|'
	chomp, indent, i := p.blockHeader(off + 1)
	if i < 0 {
		return errGiveUp
	}
	if indent > 0 && parent >= 0 {
		indent += parent
	}
	p.i = i
	s := p.buf[:0]
	pending, leadingBlank := false, false // the break of the line before; whether that line begins with a blank
	breaks, indent, at, ok := p.blockBreaks(indent, parent)
	for ok && at == indent && p.i < len(p.data) {
		line := p.line(p.i)
		blank := line[0] == ' ' || line[0] == '\t'
		if literal || leadingBlank || blank {
			if pending {
				s = append(s, '\n')
			}
		} else if pending && breaks == 0 {
			s = append(s, ' ')
		}
		s = appendBreaks(s, breaks)
		s = append(s, line...)
		leadingBlank = blank
		p.i += len(line)
		// A last line without a break ends in one nevertheless if it holds nothing but blanks.
		pending = p.i < len(p.data) || len(bytes.Trim(line, " \t")) == 0
		p.i = p.afterLine(p.i)
		breaks, indent, at, ok = p.blockBreaks(indent, parent)
	}
	if chomp >= 0 && pending {
		s = append(s, '\n')
	}
	if chomp > 0 {
		s = appendBreaks(s, breaks)
	}
	p.buf = s
	if !ok {
		return errGiveUp
	}
	p.i -= at // back to the beginning of the line that is no longer part of it
	return p.addDecoded(off, s)
}

func appendBreaks(s []byte, n int) []byte {
	for range n {
		s = append(s, '\n')
	}
	return s
}

// blockHeader reads the indicators behind | or >: +1 keeps all breaks at the end, -1 none; the indentation, 0 where the text
// shows it; and the beginning of the next line, -1 when the header is unusual.
func (p *yamlReader) blockHeader(i int) (chomp, indent, next int) {
	for ; i < len(p.data); i++ {
		switch c := p.data[i]; {
		case c == '+' && chomp == 0:
			chomp = 1
		case c == '-' && chomp == 0:
			chomp = -1
		case '1' <= c && c <= '9' && indent == 0:
			indent = int(c - '0')
		case p.blankLine(i):
			return chomp, indent, p.afterLine(i + len(p.line(i)))
		default:
			return 0, 0, -1
		}
	}
	return chomp, indent, i
}

// blockBreaks skips indentation and empty lines: the number of breaks, the indentation where it was not known before, and
// the column reached. Not ok is a tab where indentation should be, and an empty line that is wider than the text behind it.
func (p *yamlReader) blockBreaks(known, parent int) (breaks, indent, at int, ok bool) {
	widest := 0
	for {
		at = 0
		for (known == 0 || at < known) && p.i < len(p.data) && p.data[p.i] == ' ' {
			p.i++
			at++
		}
		widest = max(widest, at)
		if p.i >= len(p.data) {
			if at > 0 { // the spaces of a last line without a break
				breaks++
			}
			break
		}
		if p.data[p.i] == '\t' && (known == 0 || at < known) {
			return 0, 0, 0, false
		}
		if !p.breakAt(p.i) {
			if known == 0 && parent < at && at < widest {
				return 0, 0, 0, false
			}
			break
		}
		p.i = p.afterLine(p.i)
		breaks++
	}
	if known == 0 {
		known = max(widest, parent+1, 1)
	}
	return breaks, known, at, true
}
