package apichangelog

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// note is what else is known about a deprecation: the date of the removal, and what to use instead.
func (b *builder) note(f *report.Finding) []Span {
	if !deprecations.has(f.Rule) {
		return nil
	}
	n := nodeAt(b.new, f.New)
	var out []Span
	if date := sunset(n); date != "" && !strings.HasPrefix(f.Rule, "sunset-") {
		out = append(out, words(" and will be removed on "), code(date))
	}
	if said := instead(n); said != nil {
		out = append(append(out, words(": ")), said...)
		last := &out[len(out)-1]
		last.Text = strings.TrimRight(last.Text, ".") // the sentence has its own
	}
	return out
}

func sunset(n contract.Node) string {
	for _, key := range []string{"x-sunset", "x-sunset-date", "sunset"} {
		if date := n.Get(key).Text(); date != "" {
			return date
		}
	}
	return ""
}

// nodeAt is the node of a place, the holder of it where the place is that of an annotation.
func nodeAt(doc *contract.Document, p *report.Place) contract.Node {
	if p == nil || p.File != doc.Root().Place().File {
		return contract.Node{}
	}
	pointer := p.Pointer
	for _, key := range []string{"/deprecated", "/x-sunset"} {
		pointer = strings.TrimSuffix(pointer, key)
	}
	return doc.Root().Find(pointer)
}

// namesAnother is a sentence of a description that points to something else.
var namesAnother = late.Pattern(`(?i)\b(instead|replaced by|superseded by|in favou?r of|please use|migrate to)\b`)

// instead is what a document itself says about a replacement.
func instead(n contract.Node) []Span {
	for _, key := range []string{"x-replaced-by", "x-replacement"} {
		if other := n.Get(key).Text(); other != "" {
			return []Span{words("replaced by "), code(other)}
		}
	}
	for _, sentence := range sentencesIn(n.Get("description").Text()) {
		if namesAnother().MatchString(sentence) {
			return append(append([]Span{words("“")}, spans(shorten(sentence, maxQuote), Foreign)...), words("”"))
		}
	}
	return nil
}

// sentenceEnd is where a sentence of a description ends.
var sentenceEnd = late.Pattern(`[.!?](\s+|$)|\n\s*\n`)

func sentencesIn(text string) []string {
	if len(text) > 1<<13 {
		text = strings.ToValidUTF8(text[:1<<13], "")
	}
	var out []string
	for _, s := range sentenceEnd().Split(text, -1) {
		if s = oneLine(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// additions are what a release added and removed, by where and by shape.
type additions struct {
	fields, gone map[shaped][]string // names of the fields of an object that were added and removed
	ops          []report.Operation
}

// shaped are the fields of one shape in one object, which has a pointer.
type shaped struct{ holder, shape string }

// added are the additions among the entries.
func (b *builder) added() additions {
	out := additions{fields: map[shaped][]string{}, gone: map[shaped][]string{}}
	for _, e := range b.list {
		for _, f := range e.findings {
			switch {
			case f.Rule == "operation-added" && len(f.Operations) == 1:
				out.ops = append(out.ops, f.Operations[0])
			case strings.Contains(f.Rule, "-property-added"):
				keep(out.fields, b.new, f.New)
			case strings.Contains(f.Rule, "-property-removed"):
				keep(out.gone, b.old, f.Old)
			}
		}
	}
	return out
}

// keep keeps the name of the field at a place.
func keep(in map[shaped][]string, doc *contract.Document, at *report.Place) {
	holder, name := fieldAt(at)
	if name == "" {
		return
	}
	if k := (shaped{holder, shapeOf(nodeAt(doc, at))}); k.shape != "" && !slices.Contains(in[k], name) {
		in[k] = append(in[k], name)
	}
}

// fieldAt divides the place of a property into that of its object and its name.
func fieldAt(p *report.Place) (holder, name string) {
	if p == nil {
		return "", ""
	}
	i := strings.LastIndex(p.Pointer, "/properties/")
	if i < 0 || strings.Contains(p.Pointer[i+len("/properties/"):], "/") {
		return "", ""
	}
	name = strings.NewReplacer("~1", "/", "~0", "~").Replace(p.Pointer[i+len("/properties/"):])
	return p.Pointer[:i], name
}

// maxShape bounds the schemas that are compared as replacements, in values.
const maxShape = 200

// shapeOf is a schema without its documentation; empty for none, and for large ones.
func shapeOf(n contract.Node) string {
	if !n.Exists() || n.Size() > maxShape {
		return ""
	}
	v := n.Value()
	if m, ok := v.(map[string]any); ok {
		for key := range m {
			switch key {
			case "description", "title", "example", "examples", "deprecated", "default":
				delete(m, key)
			default:
				if contract.IsExtension(key) {
					delete(m, key)
				}
			}
		}
		if len(m) == 0 {
			return ""
		}
	}
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return ""
	}
	return string(text)
}

// replacement is what to use instead of something that was removed, as a sentence: what the old document says, else the only thing
// of the same shape that the release added in its place.
func (b *builder) replacement(e *entry, candidates additions) []Span {
	f := e.findings[0]
	switch {
	case f.Kind != "removed":
		return nil
	case len(e.findings) == 1:
		if said := instead(nodeAt(b.old, f.Old)); said != nil {
			return append(append([]Span{words("The old description says: ")}, said...), words("."))
		}
	}
	if strings.HasPrefix(f.Rule, "operation-removed") {
		return b.otherOperations(e, candidates.ops)
	}
	other := ""
	for _, f := range e.findings {
		holder, name := fieldAt(f.Old)
		if name == "" {
			return nil
		}
		k := shaped{holder, shapeOf(nodeAt(b.old, f.Old))}
		found := candidates.fields[k]
		if len(found) != 1 || len(candidates.gone[k]) != 1 || other != "" && found[0] != other {
			return nil
		}
		other = found[0]
	}
	return []Span{words("Probably replaced by "), code(other), words(", which is new there and has the same type.")}
}

// otherOperations are the new operations that have the operation id, the summary or, but for a slash at its end, the path of those that were
// removed.
func (b *builder) otherOperations(e *entry, added []report.Operation) []Span {
	var first report.Operation
	for i, f := range e.findings {
		other, ok := b.otherOperation(f, added)
		if !ok {
			return nil
		}
		if i == 0 {
			first = other
		}
	}
	if len(e.findings) == 1 {
		return append(append([]Span{words("Probably replaced by ")}, b.named(first)...), words(", which is new."))
	}
	return append(append([]Span{words("Each is probably replaced by the new operation of the same name, as the first one by ")}, code(first.Method+" "+first.Path)), words("."))
}

func (b *builder) otherOperation(f *report.Finding, added []report.Operation) (report.Operation, bool) {
	var found []report.Operation
	if len(f.Operations) != 1 {
		return report.Operation{}, false
	}
	gone := f.Operations[0]
	old := operationAt(b.old, gone)
	for _, op := range added {
		n := operationAt(b.new, op)
		same := func(key string) bool {
			was := old.Get(key).Text()
			return was != "" && was == n.Get(key).Text()
		}
		moved := gone.Method == op.Method && strings.TrimRight(gone.Path, "/") == strings.TrimRight(op.Path, "/")
		if moved || same("operationId") || same("summary") {
			found = append(found, op)
		}
	}
	if len(found) != 1 {
		return report.Operation{}, false
	}
	return found[0], true
}

func operationAt(doc *contract.Document, op report.Operation) contract.Node {
	return operationsOf(doc, doc.Root().Get("paths").Get(op.Path))[op.Method]
}
