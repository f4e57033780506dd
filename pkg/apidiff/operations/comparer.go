package operations

import (
	"time"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// An Comparer compares operations of two contracts.
type Comparer struct {
	Schemas         *subschema.Comparer
	Old, New        *subschema.Catalog
	Same            bool // both sides follow the same dialect: equal hashes are equal meanings
	Now             time.Time
	DeprecationDays int // days that must lie between a deprecation and its sunset; 0: nobody asks

	annotated annotated // for the next annotations: most differ in nothing
	signs     *signs    // of the new schemes; absent until somebody asks
}

// signs are the new schemes by what they ask for: the first in the order of names, and the first
// that the old document does not name.
type signs struct{ least, fresh map[string]string }

// A Part is a part of an operation: what differs in it, the parts below it, and the schemas that
// are to be compared there.
type Part struct {
	Location *Location      // absent where no message is
	Mode     subschema.Mode // in which its values travel
	Found    []subschema.Difference
	Parts    []*Part
	Schemas  []subschema.Pair
	Schemes  []string // old names of security schemes
	Unstable bool     // of a parameter that promises nothing: no difference in it or below breaks
}

// Location is the part of a message that a part of an operation stands for.
type Location struct {
	Old, New Call
	Inverted bool // the API calls the client
	Nested   bool // within a callback: there is no request to the API to show
	Part     string
	Name     string
	Media    string
	Status   string
}

// note adds a difference.
func (p *Part) note(d subschema.Difference) { p.Found = append(p.Found, d) }

// pair notes that two uses of schemas are to be compared.
func (p *Part) pair(step []string, o, n subschema.Use, m subschema.Mode) {
	p.Schemas = append(p.Schemas, subschema.Pair{Old: o, New: n, Step: step, Mode: m})
}

// under is a new part below p, of a named part of the messages.
func (p *Part) under(change func(*Location)) *Part {
	w := Location{}
	if p.Location != nil {
		w = *p.Location
	}
	change(&w)
	sub := &Part{Location: &w}
	p.Parts = append(p.Parts, sub)
	return sub
}

// An exchange is a pair of operations under comparison: of a path, a webhook or a callback.
type exchange struct {
	part     *Part
	old, new Call
	inverted bool // the API calls the client: what it sends, the client receives
}

// send is the mode of what the caller of the operation sends, receive that of the answer.
func (x exchange) send() subschema.Mode {
	if x.inverted {
		return subschema.Received
	}
	return 0
}

func (x exchange) receive() subschema.Mode {
	if x.inverted {
		return 0
	}
	return subschema.Received
}

// since32 reports whether what only OpenAPI 3.2 knows can mean something.
func (e *Comparer) since32() bool { return e.Old.V32 || e.New.V32 }

// keys are the fields of an object that have rules of their own: known to every version, or to OpenAPI 3.2 too.
type keys struct{ known, known32 map[string]bool }

func keysOf(names []string, since32 ...string) keys {
	return keys{known: jsonvalue.Known(names...), known32: jsonvalue.Known(append(names, since32...)...)}
}

// known are the keys of an object that are compared by themselves.
func (e *Comparer) known(k keys) map[string]bool {
	if e.since32() {
		return k.known32
	}
	return k.known
}

// compareDocumentation compares keys with texts for people.
func (e *Comparer) compareDocumentation(s *Part, o, n contract.Node, names ...string) {
	changed := ""
	var was, is contract.Node
	for _, name := range names {
		if a, b := o.Get(name), n.Get(name); a.Hash() != b.Hash() {
			if changed != "" {
				changed += ", "
			}
			changed += name
			was, is = jsonvalue.First(was, a), jsonvalue.First(is, b)
		}
	}
	if changed != "" {
		s.note(subschema.Difference{On: "words", Attr: "documentation", Op: rules.Changed, Name: changed, Old: was, New: is, OldAt: o, NewAt: n})
	}
}

// compareOtherKeys compares extensions, and fails closed on fields that the specification does not
// speak of.
func (e *Comparer) compareOtherKeys(s *Part, o, n contract.Node, skip map[string]bool) {
	if dangles(o) || dangles(n) {
		return
	}
	names := map[string]bool{}
	for name := range o.Fields() {
		names[name] = true
	}
	for name := range n.Fields() {
		names[name] = true
	}
	for _, name := range jsonvalue.SortedKeys(names) {
		a, b := o.Get(name), n.Get(name)
		if skip[name] || a.Hash() == b.Hash() {
			continue
		}
		d := subschema.Difference{On: "words", Attr: "extension", Op: rules.Changed, Name: name, Old: a, New: b, OldAt: o, NewAt: n}
		if !contract.IsExtension(name) {
			d.Attr, d.From, d.To = "unknown field", jsonvalue.JSONOf(a), jsonvalue.JSONOf(b)
		}
		s.note(d)
	}
}

func (e *Comparer) flag(s *Part, on, attr string, side rules.Side, o, n contract.Node, field string) {
	was, is := o.Get(field), n.Get(field)
	e.onOff(s, subschema.Difference{On: on, Attr: attr, Side: side, OldAt: o, NewAt: n}, was.Bool(), is.Bool(), was, is)
}

// onOff notes a difference for something that is there or not.
func (e *Comparer) onOff(s *Part, d subschema.Difference, was, is bool, old, new contract.Node) {
	switch {
	case is && !was:
		d.Op, d.New = rules.Added, new
	case was && !is:
		d.Op, d.Old = rules.Removed, old
	default:
		return
	}
	s.note(d)
}

// dangles reports whether a node is a reference that does not resolve: what it names cannot be
// compared, and was warned of.
func dangles(n contract.Node) bool { return n.Get("$ref").Kind() == contract.String }
