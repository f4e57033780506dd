package apichangelog

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/report"
)

// thing is what an edit is about: a field, a parameter, a body, an operation.
type thing struct {
	noun  string // before the name: "query parameter"; of a thing without a name, all of it: "the request body"
	name  string // in code
	prep  string // between the thing and its operation: "in the response of"
	op    report.Operation
	owner string // schema that has it, where several operations share that
	raw   string // the whole sentence of a finding for which there are no better words
}

func (t thing) id() string { return strings.Join([]string{t.raw, t.noun, t.name, t.place()}, "\x00") }

// place is where the thing is, to compare it with that of another.
func (t thing) place() string {
	return t.prep + "\x00" + t.op.Method + " " + t.op.Path + "\x00" + t.owner
}

// The beginnings of messages of findings, which name what they are about.
var (
	fieldWords  = late.Pattern("^(?:request |response )?(?:(?:property|alternative) )?`([^`]*)` of ")
	paramWords  = late.Pattern("^((?:query|path|header|cookie|querystring) parameter) `([^`]*)`")
	headerWords = late.Pattern("^response (header) `([^`]*)`")
	bodyWords   = late.Pattern(`^the (request body|response ([0-9Xx]{3}|default)) of `)
	schemaWords = late.Pattern("^(?:request |response )?schema `([^`]*)`")
	ownerWords  = late.Pattern(" of `([^`]*)`")
	statusPart  = late.Pattern(`^ ([1-5][0-9Xx]{2}|default) `)
)

// thingOf reads what a finding is about out of its message, whose beginning has few forms.
func (b *builder) thingOf(f *report.Finding) thing {
	msg := f.Message
	t := thing{prep: "of"}
	if len(f.Operations) == 1 || b.ownedByOperation(f) {
		t.op = f.Operations[0]
	}
	if m := paramWords().FindStringSubmatch(msg); m != nil {
		t.noun, t.name = m[1], m[2]
		return t
	}
	if m := headerWords().FindStringSubmatch(msg); m != nil {
		t.noun, t.name, t.prep = m[1], m[2], inMessage(f, t.op)
		return t
	}
	if m := bodyWords().FindStringSubmatch(msg); m != nil && t.op.Path != "" {
		if t.noun = "the request body"; m[2] != "" {
			t.noun, t.name = "response", m[2]
		}
		return t
	}
	if m := fieldWords().FindStringSubmatch(msg); m != nil {
		t.name = readable(m[1])
		if t.op.Path == "" {
			if o := ownerWords().FindStringSubmatch(msg); o != nil {
				t.owner = o[1]
				return t
			}
		} else {
			t.prep = inMessage(f, t.op)
			return t
		}
	}
	if m := schemaWords().FindStringSubmatch(msg); m != nil {
		t.noun, t.name = "type", m[1]
		if t.op.Path != "" {
			t.prep = inMessage(f, t.op)
		}
		return t
	}
	if rest, ok := strings.CutPrefix(msg, t.op.Method+" "+t.op.Path); ok && t.op.Path != "" {
		t.prep = ""
		if strings.HasPrefix(rest, " (") {
			t.noun, t.prep = "the body", inMessage(f, t.op)
		}
		return t
	}
	return thing{raw: msg}
}

// ownedByOperation reports whether a finding is about a part of its operation, and not of a schema that several have.
func (b *builder) ownedByOperation(f *report.Finding) bool {
	if len(f.Operations) == 0 {
		return false
	}
	method, _, _ := strings.Cut(f.Subject, " ")
	return method == f.Operations[0].Method
}

// inMessage is the part of an operation in which a field is.
func inMessage(f *report.Finding, op report.Operation) string {
	if f.Direction == "request" || f.Direction == "" && strings.Contains(f.Subject, " request ") {
		return "in the request of"
	}
	rest := strings.TrimPrefix(f.Subject, op.Method+" ")
	if i := strings.IndexByte(rest, ' '); i >= 0 {
		if m := statusPart().FindStringSubmatch(rest[i:]); m != nil && m[1][0] != '2' && m[1] != "default" {
			return "in the " + m[1] + " response of"
		}
		return "in the response of"
	}
	if f.Direction == "" {
		return "of"
	}
	return "in the response of"
}

// alternatives are the names of branches of a union within the path of a field.
var alternatives = late.Pattern(`\|[^.\[\]]*\.?`)

// readable is the path of a field without the alternatives of unions that it goes through.
func readable(path string) string {
	if short := strings.Trim(alternatives().ReplaceAllString(path, "."), "."); short != "" {
		return strings.ReplaceAll(short, "..", ".")
	}
	return path
}

// Names that a sentence shows before it counts the rest.
const (
	shownBreaking = 6
	shownOthers   = 4
	shownInFull   = 100 // where there is room for all
)

// sentence is the entry in words, with at most so many names; 0 means as many as a line shows.
func (e *entry) sentence(most int) []Span {
	if most == 0 {
		if most = shownOthers; e.kind == Breaking {
			most = shownBreaking
		}
	}
	if e.things[0].raw != "" {
		return e.ofMessages(most)
	}
	subject, many := e.subject(most)
	predicate := e.predicate
	if many {
		predicate = plural(predicate)
	}
	out := append(subject, words(" "))
	out = append(out, e.filled(predicate)...)
	out = append(out, e.reach()...)
	out = append(out, e.note...)
	return upper(append(out, words(".")))
}

// ofMessages is an entry in the words of its findings.
func (e *entry) ofMessages(most int) []Span {
	var out []Span
	for i, t := range e.things {
		if i == most {
			out = append(out, words(fmt.Sprintf("; and %d more", len(e.things)-most)))
			break
		}
		if i > 0 {
			out = append(out, words("; "))
		}
		out = append(out, spans(shorten(oneLine(t.raw), maxQuote), Foreign)...)
	}
	return upper(append(append(out, e.note...), words(".")))
}

// A piece is things of the same names in several places: "`a` and `b` of X, Y and 3 more".
type piece struct {
	noun   string
	names  []thing
	places []thing
	count  int
}

// pieces are the things of an entry, those of one place and then the places of the same names together.
func (e *entry) pieces() []*piece {
	type at struct{ noun, place string }
	var byPlace, out []*piece
	found := map[at]*piece{}
	for _, t := range e.things {
		k := at{t.noun, t.place()}
		p := found[k]
		if p == nil {
			p = &piece{noun: t.noun, places: []thing{t}}
			found[k], byPlace = p, append(byPlace, p)
		}
		p.names = append(p.names, t)
		p.count++
	}
	same := map[string]*piece{}
	for _, p := range byPlace {
		k := p.noun + "\x00" + p.places[0].prep
		for _, t := range p.names {
			k += "\x00" + t.name
		}
		if known := same[k]; known != nil {
			known.places = append(known.places, p.places[0])
			known.count += p.count
			continue
		}
		same[k], out = p, append(out, p)
	}
	return out
}

// maxPieces is how many pieces a line shows.
const maxPieces = 3

// subject lists the things, and whether they are several.
func (e *entry) subject(most int) ([]Span, bool) {
	all := e.pieces()
	shown := all
	if limit := max(maxPieces, most-shownBreaking); len(all) > limit+1 {
		shown = all[:limit]
	}
	var out []Span
	left := len(e.things)
	for i, p := range shown {
		if i > 0 {
			out = append(out, words("; "))
		}
		out = append(out, e.piece(p, most)...)
		left -= p.count
	}
	if left > 0 {
		out = append(out, words(fmt.Sprintf("; and %d more", left)))
	}
	first := all[0]
	names := map[string]bool{}
	for _, t := range e.things {
		names[t.noun+" "+t.name] = true
	}
	return out, len(names) > 1 || first.names[0].isOperation() && len(first.places) > 1
}

// piece is one of them in words.
func (e *entry) piece(p *piece, most int) []Span {
	first := p.names[0]
	where := e.where
	if len(p.places) > maxSummaries {
		where = e.call
	}
	if first.isOperation() {
		return e.list(p.places, most, e.where)
	}
	out := append(prefix(p.noun, len(p.names)), e.list(p.names, most, nameOf)...)
	if len(e.where(first)) == 0 {
		return out
	}
	return append(append(out, words(" "+first.prep+" ")), e.list(p.places, most, where)...)
}

// isOperation reports a thing that is an operation as a whole.
func (t thing) isOperation() bool { return t.name == "" && t.noun == "" }

// prefix is the noun before names.
func prefix(noun string, n int) []Span {
	switch {
	case noun == "":
		return nil
	case strings.HasPrefix(noun, "the "):
		return []Span{words(noun)}
	case n > 1:
		noun += "s"
	}
	return []Span{words(noun + " ")}
}

func nameOf(t thing) []Span {
	if t.name == "" {
		return nil
	}
	return []Span{code(t.name)}
}

// where is the operation or the schema of a thing.
func (e *entry) where(t thing) []Span {
	switch {
	case t.owner != "":
		return []Span{code(t.owner)}
	case t.op.Path == "":
		return nil
	}
	return e.labels.named(t.op)
}

// maxSummaries is how many operations of a list are named by their summaries, too.
const maxSummaries = 3

// call is where without the summary of the operation.
func (e *entry) call(t thing) []Span {
	if t.owner != "" || t.op.Path == "" {
		return e.where(t)
	}
	return []Span{code(t.op.Method + " " + t.op.Path)}
}

// list is "a, b and c" or "a, b and 7 more".
func (e *entry) list(things []thing, most int, item func(thing) []Span) []Span {
	n := len(things)
	shown := min(n, most)
	if n == most+1 {
		shown = n // instead of "and 1 more"
	}
	var out []Span
	for i := range shown {
		switch i {
		case 0:
		case n - 1:
			out = append(out, words(" and "))
		default:
			out = append(out, words(", "))
		}
		out = append(out, item(things[i])...)
	}
	if n > shown {
		out = append(out, words(fmt.Sprintf(" and %d more", n-shown)))
	}
	return out
}

// reach counts the operations of an entry that does not name them.
func (e *entry) reach() []Span {
	t := e.things[0]
	if t.op.Path != "" || len(e.operations) == 0 {
		return nil
	}
	direction := map[string]string{"request": "requests of ", "response": "responses of "}[e.findings[0].Direction]
	if direction == "" {
		direction = "reaches "
	}
	return []Span{words(" (" + direction + count.Of(len(e.operations), "operation") + ")")}
}

// plural is a predicate, or advice, about several things.
func plural(s string) string {
	list := strings.Split(s, " ")
	for i, w := range list {
		if other, ok := pluralForms[w]; ok {
			list[i] = other
		}
	}
	return strings.Replace(strings.Join(list, " "), "a required field", "required fields", 1)
}

var pluralForms = map[string]string{"is": "are", "was": "were", "it": "they", "has": "have", "its": "their", "defaults": "default", "matches": "match"}

// filled is a predicate with its values.
func (e *entry) filled(predicate string) []Span {
	var out []Span
	for predicate != "" {
		i := strings.IndexByte(predicate, '{')
		if i < 0 {
			return append(out, spans(predicate, Words)...)
		}
		out = append(out, spans(predicate[:i], Words)...)
		switch predicate = predicate[i:]; {
		case strings.HasPrefix(predicate, "{from}"):
			out, predicate = append(out, e.from...), predicate[len("{from}"):]
		default:
			out, predicate = append(out, e.to...), predicate[len("{to}"):]
		}
	}
	return out
}
