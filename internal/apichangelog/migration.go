package apichangelog

import (
	"maps"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

// migration is what a client does about a change that breaks it.
type migration struct {
	do          []Span // sentences
	before      string // a request that is rejected now
	after       string // the request nearest to it that is accepted; checked by both validators
	example     string // a value that responses have now and did not have before, as JSON
	replacement []Span // what to use instead: a sentence
}

// What to do where the table has no advice.
const (
	anyRequest  = "Compare your requests with the new description"
	anyResponse = "Compare what you read with the new description"
)

// migration is the advice for an entry, with the example of the first of its findings that has one.
func (b *builder) migration(e *entry, row sentence, candidates additions) *migration {
	f := e.findings[0]
	m := &migration{}
	do := row.do(f)
	switch {
	case do != "":
	case f.Direction == "response":
		do = anyResponse
	default:
		do = anyRequest
	}
	if _, many := e.subject(1); many {
		do = severalForms.Replace(do)
	}
	m.do = append(e.filled(do), words("."))
	m.replacement = b.replacement(e, candidates)
	if strings.HasPrefix(f.Rule, "operation-removed") && m.replacement == nil {
		m.replacement = []Span{words("The contract names no replacement.")}
	}
	if strings.Contains(f.Rule, "-removed") && f.Kind == "removed" && len(f.To) == 0 && (perGroup.has(f.Rule) || f.Direction == "response") {
		return m // what is gone needs no example
	}
	for _, g := range e.findings {
		if g.Witness != nil {
			m.show(g.Witness)
			break
		}
	}
	return m
}

// severalForms is advice about several things.
var severalForms = strings.NewReplacer(" it", " them", " its ", " their ")

// show takes the example of a break.
func (m *migration) show(w *report.Witness) {
	if w.Request != "" {
		m.before, m.after = compact(w.Request), compact(w.Accepted)
		return
	}
	if w.AcceptedBy == "new" {
		m.example = string(w.Value)
	}
}

// ordinary are headers that a client sends without being told.
const ordinary names = " host content-length "

// compact is an HTTP request in one line: method, target, headers that matter, body.
func compact(request string) string {
	head, body, _ := strings.Cut(request, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	line := strings.TrimSuffix(lines[0], " HTTP/1.1")
	for _, h := range lines[1:] {
		name, value, _ := strings.Cut(h, ": ")
		if !ordinary.has(strings.ToLower(name)) && !strings.HasPrefix(value, "application/json") {
			line += " [" + name + ": " + value + "]"
		}
	}
	return strings.TrimSpace(line + " " + body)
}

// fragments are two long requests without what is the same in their bodies; empty where they differ in something else.
func fragments(before, after string) (string, string) {
	call, old, ok := strings.Cut(before, " {")
	other, new, alike := strings.Cut(after, " {")
	if !ok || !alike || call != other {
		return "", ""
	}
	var a, b map[string]any
	if json.Unmarshal([]byte("{"+old), &a) != nil || json.Unmarshal([]byte("{"+new), &b) != nil {
		return "", ""
	}
	left, right := difference(a, b)
	return encoded(left), encoded(right)
}

// difference is what two objects have that the other has not.
func difference(a, b map[string]any) (left, right map[string]any) {
	left, right = maps.Clone(a), maps.Clone(b)
	for name, was := range a {
		is, ok := b[name]
		if !ok {
			continue
		}
		inner, innerIs := was.(map[string]any)
		outer, outerIs := is.(map[string]any)
		switch {
		case encoded(was) == encoded(is):
			delete(left, name)
			delete(right, name)
		case innerIs && outerIs:
			left[name], right[name] = difference(inner, outer)
		}
	}
	return left, right
}

func encoded(v any) string {
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return ""
	}
	return string(text)
}
