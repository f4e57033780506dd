package contract

import (
	"bytes"
	"strconv"
	"strings"
)

// jsonNumber is the length of the JSON number that b begins with; 0 when it is none.
func jsonNumber[T string | []byte](b T) int {
	i := 0
	digits := func() bool {
		from := i
		for i < len(b) && '0' <= b[i] && b[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	zero := i < len(b) && b[i] == '0'
	from := i
	if !digits() || zero && i > from+1 {
		return 0
	}
	if i < len(b) && b[i] == '.' {
		i++
		if !digits() {
			return 0
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}

// appendNumber appends the canonical spelling of a JSON number: equal values, equal bytes. It keeps every digit
// (no float in between) and lays them out as RFC 8785 does: 1.0 and 1e0 are 1, 100 stays 100, 1e21 is 1e+21,
// 0.000001 stays, 1e-7 is 1e-7, -0 is 0.
func appendNumber(dst []byte, lit string) []byte {
	if plainInteger(lit) {
		return append(dst, lit...)
	}
	negative := lit[0] == '-'
	if negative {
		lit = lit[1:]
	}
	digits, point := decimal(lit)
	if len(digits) == 0 {
		return append(dst, '0')
	}
	if negative {
		dst = append(dst, '-')
	}
	switch n := len(digits); {
	case point > 21 || point <= -6:
		dst = append(dst, digits[0])
		if n > 1 {
			dst = append(append(dst, '.'), digits[1:]...)
		}
		dst = append(dst, 'e')
		if point > 0 {
			dst = append(dst, '+')
		}
		return strconv.AppendInt(dst, int64(point-1), 10)
	case point <= 0:
		dst = append(append(dst, "0."...), bytes.Repeat([]byte{'0'}, -point)...)
		return append(dst, digits...)
	case point >= n:
		return append(append(dst, digits...), bytes.Repeat([]byte{'0'}, point-n)...)
	default:
		dst = append(append(dst, digits[:point]...), '.')
		return append(dst, digits[point:]...)
	}
}

// plainInteger reports whether lit is its own canonical spelling at a glance: an integer of at most 21 digits.
func plainInteger(lit string) bool {
	if len(lit) > 21 || lit == "-0" {
		return false
	}
	for i := 0; i < len(lit); i++ {
		if c := lit[i]; (c < '0' || c > '9') && (c != '-' || i > 0) {
			return false
		}
	}
	return true
}

// decimal is an unsigned JSON number as 0.digits times ten to the power of point; no digits for zero.
func decimal(lit string) (digits []byte, point int) {
	mantissa, exponent := lit, 0
	for i := 0; i < len(lit); i++ {
		if lit[i]|0x20 == 'e' {
			mantissa = lit[:i]
			exponent, _ = strconv.Atoi(lit[i+1:]) // in range: the readers refuse others
			break
		}
	}
	digits = make([]byte, 0, len(mantissa))
	point = len(mantissa)
	for i := 0; i < len(mantissa); i++ {
		if mantissa[i] == '.' {
			point = i
			continue
		}
		digits = append(digits, mantissa[i])
	}
	trimmed := bytes.TrimLeft(digits, "0")
	point -= len(digits) - len(trimmed)
	return bytes.TrimRight(trimmed, "0"), point + exponent
}

// hugeExponent reports whether the exponent of a number has more digits than appendNumber can tell apart.
func hugeExponent(lit string) bool {
	i := strings.LastIndexAny(lit, "eE")
	return i >= 0 && len(strings.TrimLeft(lit[i+1:], "+-0")) > 9
}
