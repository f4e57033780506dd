package integrity

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// The signed bytes are those of Python's json.dumps(value, sort_keys=True, separators=(",", ":")), because the first
// verifier of these files was written in Python and its signatures must stay valid: members sorted by code point, no
// spaces, everything outside printable ASCII escaped, no escapes for the sake of HTML, no final newline.

// payload is the signed form of a checksum list. Version 1 binds the aggregate and the count, version 2 also the names.
func payload(version int, c report.Checksums) []byte {
	b := appendString([]byte(`{"aggregate_sha256":`), c.AggregateSHA256)
	if version >= 2 {
		b = append(b, `,"artifacts":[`...)
		for i, a := range c.Artifacts {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(append(b, `{"path":`...), a.Path)
			b = appendString(append(b, `,"sha256":`...), a.SHA256)
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	b = strconv.AppendInt(append(b, `,"count":`...), int64(c.Count), 10)
	return append(b, '}')
}

// canonical returns the Python form of any JSON value. It fails on what Python would read but not write back as JSON,
// and on values nested deeper than maxDepth.
func canonical(v jsontext.Value) ([]byte, error) {
	return appendCanonical(nil, jsontext.NewDecoder(bytes.NewReader(v)), 0)
}

func appendCanonical(dst []byte, dec *jsontext.Decoder, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case '{':
		return appendObject(dst, dec, depth)
	case '[':
		dst = append(dst, '[')
		for n := 0; dec.PeekKind() != ']'; n++ {
			if n > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendCanonical(dst, dec, depth+1); err != nil {
				return nil, err
			}
		}
		_, err = dec.ReadToken()
		return append(dst, ']'), err
	case '"':
		return appendString(dst, tok.String()), nil
	case '0':
		return appendNumber(dst, tok.String())
	}
	return append(dst, tok.String()...), nil // true, false, null
}

func appendObject(dst []byte, dec *jsontext.Decoder, depth int) ([]byte, error) {
	type member struct {
		name  string
		value []byte
	}
	var members []member
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		m := member{name: name.String()}
		if m.value, err = appendCanonical(nil, dec, depth+1); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	// Byte order of UTF-8 is the order of code points, by which Python sorts.
	sorting.Stable(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(appendString(dst, m.name), ':'), m.value...)
	}
	return append(dst, '}'), nil
}

// shortEscapes are the control characters that have a letter of their own.
var shortEscapes = map[rune]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

func appendString(dst []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	unit := func(u rune) {
		dst = append(dst, '\\', 'u', hexDigits[u>>12&15], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
	}
	dst = append(dst, '"')
	for _, r := range s {
		letter, short := shortEscapes[r]
		switch {
		case short:
			dst = append(dst, '\\', letter)
		case ' ' <= r && r <= '~':
			dst = append(dst, byte(r))
		case r <= 0xffff:
			unit(r)
		default: // a surrogate pair
			unit(0xd800 + (r-0x10000)>>10)
			unit(0xdc00 + (r-0x10000)&0x3ff)
		}
	}
	return append(dst, '"')
}

// appendNumber keeps integers of any length and writes the rest as Python's repr of a float: the shortest digits that
// read back, with an exponent below 1e-4 and from 1e16 on.
func appendNumber(dst []byte, literal string) ([]byte, error) {
	if !strings.ContainsAny(literal, ".eE") {
		if literal == "-0" {
			literal = "0"
		}
		return append(dst, literal...), nil
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil {
		return nil, fmt.Errorf("number %.40s: out of range", literal)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64), nil
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if !bytes.ContainsRune(dst[start:], '.') {
		dst = append(dst, ".0"...)
	}
	return dst, nil
}
