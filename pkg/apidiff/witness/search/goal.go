package search

import (
	"strconv"
	"strings"
)

// goal is a place below the two roots where their schemas may differ, with the alternatives decided
// on the way.
type goal struct {
	trail   []step
	in, out conj
	only    string // the one field that matters here; "" for the whole value
}

// step leads from a value to one inside it.
type step struct {
	field   string
	index   int // of an item; -1 for a field
	in, out conj
}

var tokenEscaper = strings.NewReplacer("~", "~0", "/", "~1")

func (st step) token() string {
	if st.index >= 0 {
		return strconv.Itoa(st.index)
	}
	return tokenEscaper.Replace(st.field)
}

// instancePath are the steps of a goal as the tokens of an instance location.
func (g *goal) instancePath() string {
	var b strings.Builder
	for _, st := range g.trail {
		b.WriteByte('/')
		b.WriteString(st.token())
	}
	return b.String()
}

// place is a goal that is not reached yet.
type place struct {
	goal
	rest   []string
	prefer []int // alternatives that the path names
}

// valueIn is the value that a whole one has at the goal, and whether there is one.
func (g *goal) valueIn(v any) (any, bool) {
	for _, st := range g.trail {
		switch holder := v.(type) {
		case map[string]any:
			next, ok := holder[st.field]
			if !ok || st.index >= 0 {
				return nil, false
			}
			v = next
		case []any:
			if st.index < 0 || st.index >= len(holder) {
				return nil, false
			}
			v = holder[st.index]
		default:
			return nil, false
		}
	}
	return v, true
}
