// Package jsonpath selects values of a JSON document with the part of RFC 9535 that flows use: names, indexes, wildcards, descendants, and
// filters that compare a field with a literal.
package jsonpath

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Path is a parsed query.
type Path struct{ steps []step }

type stepKind uint8

const (
	name stepKind = iota
	index
	wildcard
	filter
)

type step struct {
	kind      stepKind
	descend   bool // the values below, too: ..
	name      string
	index     int
	condition condition
}

// condition is @.a.b == literal, or only @.a.b, which asks whether it is there.
type condition struct {
	path     []step
	operator string // empty, ==, !=
	literal  any
}

// Bounds of a query: its length in bytes, and the values that it visits and selects.
const (
	maxLength = 1_000
	maxVisits = 1_000_000
)

// Parse reads a query.
func Parse(text string) (Path, error) {
	if len(text) > maxLength {
		return Path{}, fmt.Errorf("it has more than %d bytes", maxLength)
	}
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return Path{}, errors.New("it does not begin with $")
	}
	steps, rest, err := parseSteps(rest)
	if err == nil && rest != "" {
		err = fmt.Errorf("there is %.20q where a step begins with . or [", rest)
	}
	return Path{steps}, err
}

// parseSteps reads steps as long as there are some.
func parseSteps(rest string) (steps []step, left string, err error) {
	for rest != "" && (rest[0] == '.' || rest[0] == '[') {
		var s step
		if s, rest, err = parseStep(rest); err != nil {
			return nil, rest, err
		}
		steps = append(steps, s)
	}
	return steps, rest, nil
}

func parseStep(rest string) (s step, left string, err error) {
	if below, ok := strings.CutPrefix(rest, ".."); ok {
		s.descend, rest = true, below
	} else if rest[0] == '.' {
		rest = rest[1:]
	}
	if inside, ok := strings.CutPrefix(rest, "["); ok {
		return parseBracket(s, inside)
	}
	if after, ok := strings.CutPrefix(rest, "*"); ok {
		s.kind = wildcard
		return s, after, nil
	}
	n := 0
	for n < len(rest) && (rest[n] >= 0x80 || rest[n] == '_' || isAlnum(rest[n])) {
		n++
	}
	if n == 0 || rest[0] >= '0' && rest[0] <= '9' {
		return s, rest, errors.New("a name is missing after a point")
	}
	s.name = rest[:n]
	return s, rest[n:], nil
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// parseBracket reads what follows a bracket, which is 'name', an index, * or ?filter.
func parseBracket(s step, rest string) (step, string, error) {
	var err error
	rest = strings.TrimLeft(rest, " ")
	switch {
	case strings.HasPrefix(rest, "*"):
		s.kind, rest = wildcard, rest[1:]
	case strings.HasPrefix(rest, "?"):
		s.kind = filter
		s.condition, rest, err = parseCondition(rest[1:])
	case strings.HasPrefix(rest, "'"), strings.HasPrefix(rest, `"`):
		s.name, rest, err = parseQuoted(rest)
	default:
		n := 0
		for n < len(rest) && (rest[n] == '-' || rest[n] >= '0' && rest[n] <= '9') {
			n++
		}
		s.kind = index
		if s.index, err = strconv.Atoi(rest[:n]); err != nil {
			return s, rest, errors.New("a bracket contains a 'name', an index, * or ?@.name == value; slices, unions and functions are not supported")
		}
		rest = rest[n:]
	}
	if err != nil {
		return s, rest, err
	}
	after, ok := strings.CutPrefix(strings.TrimLeft(rest, " "), "]")
	if !ok {
		return s, rest, errors.New("a bracket is not closed, or contains more than one selector")
	}
	return s, after, nil
}

// parseQuoted reads a name or a literal in single or double quotes.
func parseQuoted(rest string) (text, left string, err error) {
	quote := rest[0]
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == quote:
			return b.String(), rest[i+1:], nil
		case c == '\\' && i+1 < len(rest):
			i++
			if !strings.ContainsRune(`\'"/`, rune(rest[i])) {
				return "", rest, fmt.Errorf(`the escape \%c is not supported`, rest[i])
			}
			b.WriteByte(rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", rest, errors.New("a quote is not closed")
}

func parseCondition(rest string) (c condition, left string, err error) {
	rest = strings.TrimLeft(rest, " ")
	inside, parenthesis := strings.CutPrefix(rest, "(")
	at, ok := strings.CutPrefix(strings.TrimLeft(inside, " "), "@")
	if !ok {
		return c, rest, errors.New("a filter is @.name, @.name == value or @.name != value")
	}
	if c.path, rest, err = parseSteps(at); err != nil {
		return c, rest, err
	}
	for _, s := range c.path {
		if s.descend || s.kind == wildcard || s.kind == filter {
			return c, rest, errors.New("a filter compares a single field: names and indexes")
		}
	}
	rest = strings.TrimLeft(rest, " ")
	if strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "!=") {
		c.operator = rest[:2]
		if c.literal, rest, err = parseLiteral(strings.TrimLeft(rest[2:], " ")); err != nil {
			return c, rest, err
		}
	}
	if rest = strings.TrimLeft(rest, " "); parenthesis {
		if rest, ok = strings.CutPrefix(rest, ")"); !ok {
			return c, rest, errors.New("a filter has a comparison with == or != and no others")
		}
	}
	return c, rest, nil
}

// parseLiteral reads a string, a number, true, false or null.
func parseLiteral(rest string) (v any, left string, err error) {
	if strings.HasPrefix(rest, "'") || strings.HasPrefix(rest, `"`) {
		return parseQuoted(rest)
	}
	end := strings.IndexAny(rest+" ", " )]")
	text, rest := rest[:end], rest[end:]
	switch text {
	case "true", "false":
		return text == "true", rest, nil
	case "null":
		return nil, rest, nil
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return nil, rest, errors.New("a filter compares with a string in quotes, a number, true, false or null")
	}
	return json.Number(text), rest, nil
}
