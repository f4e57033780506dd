package contract

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// escapeLength is the length of the JSON escape that b begins with, a surrogate pair counted as one; 0 when it is none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		r := hex4(b, 2)
		switch {
		case r < 0:
			return 0
		case !utf16.IsSurrogate(r):
			return 6
		case len(b) >= 12 && b[6] == '\\' && b[7] == 'u' && utf16.DecodeRune(r, hex4(b, 8)) != utf8.RuneError:
			return 12
		}
	}
	return 0
}

// hex4 is the number that four hexadecimal digits from i on make, -1 when they are none.
func hex4[T string | []byte](b T, i int) rune {
	if i+4 > len(b) {
		return -1
	}
	var r rune
	for _, c := range []byte(b[i : i+4]) {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return r
}

// unescape appends s to dst with its JSON escapes decoded. The parser has checked them.
func unescape(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		switch c := s[i+1]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(s, i+2)
			if utf16.IsSurrogate(r) {
				r = utf16.DecodeRune(r, hex4(s, i+8))
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
			i += 4
		default:
			dst = append(dst, c)
		}
		s = s[i+2:]
	}
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends s as a JSON string with as few escapes as the grammar allows.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for {
		i := plainEnd(unsafe.Slice(unsafe.StringData(s), len(s)), 0)
		dst = append(dst, s[:i]...)
		if i == len(s) {
			return append(dst, '"')
		}
		c := s[i]
		s = s[i+1:]
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		}
	}
}
