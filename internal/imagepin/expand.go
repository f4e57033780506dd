package imagepin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Bounds of what a Dockerfile may define.
const (
	maxWord      = 1024 // bytes of a word, without and with its variables in place: a reference is shorter
	maxVariables = 500
)

// variables are those through which a byte came into a word, the outermost first.
type variables struct {
	name string
	next *variables
}

func (v *variables) has(name string) bool {
	for ; v != nil; v = v.next {
		if v.name == name {
			return true
		}
	}
	return false
}

// within reports whether overriding any variable of v overrides what came through w as well.
func (v *variables) within(w *variables) bool {
	for ; v != nil; v = v.next {
		if !w.has(v.name) {
			return false
		}
	}
	return true
}

// expanded is a word with its variables in place. Of each byte it has the offset in the file and the variables that it came through.
type expanded struct {
	s    []byte
	at   []int
	vars []*variables
}

func (e *expanded) add(c byte, at int, vars *variables) {
	e.s, e.at, e.vars = append(e.s, c), append(e.at, at), append(e.vars, vars)
}

func (e *expanded) append(other *expanded, name string) {
	var last *variables
	for i := range other.s {
		if i == 0 || other.vars[i] != other.vars[i-1] {
			last = &variables{name, other.vars[i]}
		}
		e.add(other.s[i], other.at[i], last)
	}
}

// variable is one of ARG before the first FROM. Without a value, why says what is missing.
type variable struct {
	value *expanded
	why   error
}

type scope map[string]variable

// builderSet are the variables that a builder sets for itself.
var builderSet = []string{"BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM", "TARGETOS", "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE"}

var errNoDefault = errors.New("it has no default")

// expander puts variables in place, as BuildKit's shell does it for words: quotes go, ${NAME}, ${NAME:-word} and ${NAME:+word} are known.
type expander struct {
	in     text
	pos    int
	scope  scope
	escape byte
	out    *expanded
}

var errLong = fmt.Errorf("it is longer than %d bytes", maxWord)

// expand is a word with its variables in place. Its error says why there is no such word.
func expand(word text, s scope, escape byte) (*expanded, error) {
	if len(word.s) > maxWord {
		return nil, errLong
	}
	x := &expander{in: word, scope: s, escape: escape, out: &expanded{}}
	err := x.until(0)
	return x.out, err
}

// until reads up to the byte that ends it; 0 is the end of the word.
func (x *expander) until(end byte) error {
	for x.pos < len(x.in.s) {
		if len(x.out.s) > maxWord {
			return errLong
		}
		c := x.in.s[x.pos]
		var err error
		switch {
		case end != 0 && c == end:
			x.pos++
			return nil
		case c == '\'':
			err = x.single()
		case c == '"':
			err = x.double()
		case c == '$':
			err = x.dollar()
		case c == x.escape:
			if x.pos++; x.pos < len(x.in.s) {
				x.take()
			}
		default:
			x.take()
		}
		if err != nil {
			return err
		}
	}
	if end != 0 {
		return errors.New("a substitution is not closed")
	}
	return nil
}

func (x *expander) take() {
	x.out.add(x.in.s[x.pos], x.in.at[x.pos], nil)
	x.pos++
}

func (x *expander) single() error {
	for x.pos++; x.pos < len(x.in.s); x.take() {
		if x.in.s[x.pos] == '\'' {
			x.pos++
			return nil
		}
	}
	return errQuote
}

func (x *expander) double() error {
	for x.pos++; x.pos < len(x.in.s); {
		switch c := x.in.s[x.pos]; {
		case c == '"':
			x.pos++
			return nil
		case c == '$':
			if err := x.dollar(); err != nil {
				return err
			}
			continue
		case c == x.escape && x.pos+1 < len(x.in.s) && strings.IndexByte(`"$`+string(x.escape), x.in.s[x.pos+1]) >= 0:
			x.pos++
		}
		x.take()
	}
	return errQuote
}

// dollar puts one variable in place.
func (x *expander) dollar() error {
	start := x.pos
	x.pos++
	braces := x.pos < len(x.in.s) && x.in.s[x.pos] == '{'
	if braces {
		x.pos++
	}
	if x.pos < len(x.in.s) && strings.IndexByte("@*#?-$!0123456789", x.in.s[x.pos]) >= 0 {
		return errors.New("it has a parameter of a shell")
	}
	name := x.name()
	switch {
	case x.pos < len(x.in.s) && x.in.s[x.pos] >= 0x80:
		return errors.New("the name of a variable is not ASCII")
	case name == "" && !braces:
		x.out.add('$', x.in.at[start], nil)
		return nil
	case name == "":
		return errors.New("a substitution has no name")
	case !braces:
		return x.put(name)
	case x.pos < len(x.in.s) && x.in.s[x.pos] == '}':
		x.pos++
		return x.put(name)
	}
	return x.modified(name)
}

func (x *expander) name() string {
	start := x.pos
	for x.pos < len(x.in.s) && isName(x.in.s[x.pos], x.pos > start) {
		x.pos++
	}
	return x.in.s[start:x.pos]
}

func isName(c byte, inside bool) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || inside && c >= '0' && c <= '9'
}

// put adds the value of a variable, or says why there is none.
func (x *expander) put(name string) error {
	v, declared := x.scope[name]
	switch {
	case v.value != nil:
		x.out.append(v.value, name)
		return nil
	case declared:
		return fmt.Errorf("ARG %s: %w", name, v.why)
	case slices.Contains(builderSet, name):
		return fmt.Errorf("%s is set by the builder", name)
	}
	return fmt.Errorf("there is no ARG %s before the first FROM", name)
}

// modified reads the rest of ${NAME:-word}.
func (x *expander) modified(name string) error {
	rest := x.in.s[x.pos:]
	emptyCounts := strings.HasPrefix(rest, ":")
	rest = strings.TrimPrefix(rest, ":")
	if rest == "" || rest[0] != '-' && rest[0] != '+' {
		return fmt.Errorf("the substitution ${%s%.2s...} is not supported", name, x.in.s[x.pos:])
	}
	v, declared := x.scope[name]
	switch {
	case slices.Contains(builderSet, name) && !declared:
		return fmt.Errorf("%s is set by the builder", name)
	case declared && v.value == nil && !errors.Is(v.why, errNoDefault):
		return fmt.Errorf("ARG %s: %w", name, v.why)
	}
	x.pos = len(x.in.s) - len(rest) + 1
	kept := x.out
	x.out = &expanded{}
	err := x.until('}')
	word := x.out
	x.out = kept
	value := v.value
	set := value != nil && (!emptyCounts || len(value.s) > 0)
	switch {
	case err != nil:
		return err
	case rest[0] == '-' && set:
		x.out.append(value, name)
	case (rest[0] == '+') == set: // the word counts; overriding the variable overrides it
		x.out.append(word, name)
	}
	return nil
}
