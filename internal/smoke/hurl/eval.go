package hurl

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/internal/smoke/jsonpath"
)

// Variables are values by name: nil, bool, json.Number, string, []any and map[string]any.
type Variables map[string]any

// Render is a text with the values of its variables. The error names a variable that has none, or one that is no text.
func (t Text) Render(v Variables) (string, error) {
	var b strings.Builder
	for _, part := range t {
		if part.Variable == "" {
			b.WriteString(part.Literal)
			continue
		}
		value, ok := v[part.Variable]
		if !ok {
			return "", fmt.Errorf("the variable %s has no value", part.Variable)
		}
		text, ok := scalarText(value)
		if !ok {
			return "", fmt.Errorf("the variable %s is a list or an object, not a text", part.Variable)
		}
		if part.Quoted {
			encoded, err := json.Marshal(text)
			if err != nil {
				return "", err
			}
			text = string(encoded[1 : len(encoded)-1])
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// scalarText is a value as text; lists and objects have none.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	case nil:
		return "null", true
	}
	return "", false
}

// Answer is what queries read.
type Answer struct {
	Status   int
	Headers  http.Header
	Body     string
	Duration time.Duration
	JSON     any  // the value of the body
	IsJSON   bool // the body has one
}

// Find is what a query selects. ok is false where there is nothing.
func (q *Query) Find(a *Answer, v Variables) (value any, ok bool) {
	value, ok = q.find(a, v)
	if !q.Count || !ok {
		return value, ok
	}
	switch value := value.(type) {
	case []any:
		return json.Number(strconv.Itoa(len(value))), true
	case map[string]any:
		return json.Number(strconv.Itoa(len(value))), true
	}
	return nil, false
}

func (q *Query) find(a *Answer, v Variables) (any, bool) {
	switch q.Kind {
	case "status":
		return json.Number(strconv.Itoa(a.Status)), true
	case "body":
		return a.Body, true
	case "duration":
		return json.Number(strconv.FormatInt(a.Duration.Milliseconds(), 10)), true
	case "header":
		name, err := q.Name.Render(v)
		if err != nil {
			return nil, false
		}
		return values(a.Headers.Values(name))
	case "cookie":
		name, err := q.Name.Render(v)
		if err != nil {
			return nil, false
		}
		return cookie(a.Headers, name)
	case "regex":
		m := q.regex.FindStringSubmatch(a.Body)
		if len(m) < 2 {
			return nil, false
		}
		return m[1], true
	}
	if !a.IsJSON {
		return nil, false
	}
	found, complete := q.path.Find(a.JSON)
	switch {
	case !complete:
		return nil, false
	case !q.path.Single():
		return found, true
	case len(found) == 0:
		return nil, false
	}
	return found[0], true
}

// values are those of a header: one as text, several as a list.
func values(all []string) (any, bool) {
	switch len(all) {
	case 0:
		return nil, false
	case 1:
		return all[0], true
	}
	list := make([]any, len(all))
	for i, s := range all {
		list[i] = s
	}
	return list, true
}

func cookie(h http.Header, name string) (any, bool) {
	for _, c := range (&http.Response{Header: h}).Cookies() {
		if c.Name == name {
			return c.Value, true
		}
	}
	return nil, false
}

// Holds reports whether an assert holds on what its query found.
func (a *Assert) Holds(value any, found bool, v Variables) bool {
	if a.Predicate == "exists" {
		return found != a.Not
	}
	want, err := a.Argument.value(v)
	return found && err == nil && a.compare(value, want) != a.Not
}

func (g *Argument) value(v Variables) (any, error) {
	switch {
	case g.Variable != "":
		value, ok := v[g.Variable]
		if !ok {
			return nil, fmt.Errorf("the variable %s has no value", g.Variable)
		}
		return value, nil
	case g.IsText:
		return g.Text.Render(v)
	}
	return g.Value, nil
}

func (a *Assert) compare(value, want any) bool {
	text, isText := value.(string)
	wanted, wantText := want.(string)
	switch a.Predicate {
	case "==":
		return jsonpath.Equal(value, want)
	case "!=":
		return !jsonpath.Equal(value, want)
	case "matches":
		return isText && a.Argument.regex != nil && a.Argument.regex.MatchString(text)
	case "startsWith":
		return isText && wantText && strings.HasPrefix(text, wanted)
	case "endsWith":
		return isText && wantText && strings.HasSuffix(text, wanted)
	case "contains":
		return isText && wantText && strings.Contains(text, wanted) || contains(value, want)
	}
	return a.order(value, want)
}

func contains(list, want any) bool {
	items, _ := list.([]any)
	for _, item := range items {
		if jsonpath.Equal(item, want) {
			return true
		}
	}
	return false
}

// order compares numbers.
func (a *Assert) order(value, want any) bool {
	x, isNumber := value.(json.Number)
	y, isToo := want.(json.Number)
	if !isNumber || !isToo {
		return false
	}
	switch c := jsonpath.Compare(x, y); a.Predicate {
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<":
		return c < 0
	default:
		return c <= 0
	}
}

// Text is an assert as it is written.
func (a *Assert) Text() string {
	words := []string{a.Query.Source}
	if a.Query.Count {
		words = append(words, "count")
	}
	if a.Not {
		words = append(words, "not")
	}
	words = append(words, a.Predicate)
	if a.Argument.Source != "" {
		words = append(words, a.Argument.Source)
	}
	return strings.Join(words, " ")
}

// Undefined is the first variable of the flow that has no value when it is read, with the line; empty where each has one.
func (f *File) Undefined(v Variables) (name string, line int) {
	known := map[string]bool{}
	for name := range v {
		known[name] = true
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		for j := range e.Captures {
			known[e.Captures[j].Name] = true
		}
		for _, use := range e.uses() {
			if !known[use.name] {
				return use.name, use.line
			}
		}
		for j := range e.Asserts {
			if a := &e.Asserts[j]; a.Argument.Variable != "" && !known[a.Argument.Variable] {
				return a.Argument.Variable, a.Line
			}
		}
	}
	return "", 0
}

type use struct {
	name string
	line int
}

// uses are the variables in the texts of an entry.
func (e *Entry) uses() (all []use) {
	fields := []Field{{e.Line, e.URL, nil}}
	for _, list := range [][]Field{e.Headers, e.Query, e.Form, e.Cookies, e.Expected} {
		fields = append(fields, list...)
	}
	if e.Basic != nil {
		fields = append(fields, *e.Basic)
	}
	if e.Body != nil {
		fields = append(fields, Field{e.Line, e.Body.Text, nil})
	}
	for i := range e.Asserts {
		a := &e.Asserts[i]
		fields = append(fields, Field{a.Line, a.Query.Name, a.Argument.Text})
	}
	for _, f := range fields {
		for _, text := range [...]Text{f.Name, f.Value} {
			for _, part := range text {
				if part.Variable != "" {
					all = append(all, use{part.Variable, f.Line})
				}
			}
		}
	}
	return all
}

// Uses reports whether a text of the flow has the variable.
func (f *File) Uses(name string) bool {
	for i := range f.Entries {
		for _, u := range f.Entries[i].uses() {
			if u.name == name {
				return true
			}
		}
	}
	return false
}
