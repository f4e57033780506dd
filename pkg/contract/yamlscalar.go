package contract

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// plainScalar is the kind of an unquoted YAML scalar, and for a number its literal in the grammar of JSON, for a boolean "1"
// or "0". It is the YAML library's reading, which is what
// most OpenAPI tools see: yes, no, on, off and dates are strings, 0x1F, 0o17, 017 and 1_000 are integers.
// Invalid is a number that JSON cannot write (.inf, .nan).
func plainScalar(s string) (Kind, string) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null, ""
	case "true", "True", "TRUE":
		return Bool, "1"
	case "false", "False", "FALSE":
		return Bool, "0"
	case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
		return Invalid, ""
	}
	switch c := s[0]; {
	case c == '.':
		if v, err := strconv.ParseFloat(s, 64); err == nil {
			return floatLiteral(strings.ReplaceAll(s, "_", ""), v)
		}
	case '0' <= c && c <= '9' || c == '-' || c == '+':
		return plainNumber(s)
	}
	return String, s
}

var yamlFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

func plainNumber(s string) (Kind, string) {
	if len(s) < 19 && plainInteger(s) && jsonNumber(s) == len(s) {
		return Number, s
	}
	digits := strings.ReplaceAll(s, "_", "")
	if v, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return Number, strconv.FormatInt(v, 10)
	}
	if v, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return Number, strconv.FormatUint(v, 10)
	}
	if yamlFloat.MatchString(digits) {
		if v, err := strconv.ParseFloat(digits, 64); err == nil {
			return floatLiteral(digits, v)
		}
	}
	return String, s
}

// floatLiteral is a YAML float in the grammar of JSON, exact where it can be written so.
func floatLiteral(s string, v float64) (Kind, string) {
	s = strings.TrimPrefix(s, "+")
	if jsonNumber(s) == len(s) && !hugeExponent(s) {
		return Number, s
	}
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return Invalid, ""
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	mantissa, exponent := s, ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent = s[:i], s[i:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	if s = sign + whole + fraction + exponent; hugeExponent(s) {
		s = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return Number, s
}
