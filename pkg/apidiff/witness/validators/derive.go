package validators

import (
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/contract"
)

// Mode says how annotations are read. It is part of the key under which derived schemas are kept.
type Mode uint8

const (
	AsResponse          Mode = 1 << iota // else as a request
	AssertFormat                         // formats that both validators check are asserted
	StrictFormat                         // formats that one validator checks are asserted: for the side that must accept
	AssertAccess                         // readOnly properties in requests and writeOnly ones in responses are refused
	AssertDiscriminator                  // the discriminator must be there and known
)

// Hidden is the annotation that takes a property out of messages of this direction.
func (m Mode) Hidden() string {
	if m&AsResponse != 0 {
		return "writeOnly"
	}
	return "readOnly"
}

// deriver turns schemas of one document into JSON Schema of draft 2020-12, in the validator's own
// structure: what a reference leads to is derived when a value reaches it, so that a schema of a
// large document costs what it touches.
type deriver struct {
	w     *Session
	known map[derivedKey]*derivation
	made  int // schemas so far
	wrote int // instructions of patterns so far
	leafs map[leafKey]*jsonschema.Schema
}

type derivedKey struct {
	at    Schema
	mode  Mode
	alone bool // for a part of a message: not shared with the references to it, see Session.path
}

// leafKey names the schemas that only state a type, of which a document has thousands.
type leafKey struct {
	typ      string
	nullable bool
}

// derivation is a schema with the number of schemas in it, which is what a validation costs.
type derivation struct {
	*jsonschema.Schema
	size     int
	patterns int // instructions of all patterns in it
}

// schema is the derived form of s, shared between all that refer to it.
func (d *deriver) schema(s Schema, m Mode) *derivation {
	return d.keep(derivedKey{at: s, mode: m})
}

func (d *deriver) keep(key derivedKey) *derivation {
	if k := d.known[key]; k != nil {
		return k
	}
	before, wrote := d.made, d.wrote
	out := &derivation{Schema: d.derive(key.at, key.mode)}
	out.size, out.patterns = d.made-before, d.wrote-wrote
	if d.w.exhausted { // what its patterns cost ended the search in the middle of it
		return out
	}
	d.w.Burn(6 * out.size) // an object of a hundred thousand properties is derived whole
	d.known[key] = out
	return out
}

// Empty is a schema that accepts everything.
func Empty() *jsonschema.Schema { return &jsonschema.Schema{DraftVersion: 2020} }

func always(b bool) *jsonschema.Schema {
	return &jsonschema.Schema{DraftVersion: 2020, Bool: &b}
}

func ofTypes(names ...string) *jsonschema.Schema {
	s := Empty()
	allowTypes(s, names)
	return s
}

func (d *deriver) derive(s Schema, m Mode) *jsonschema.Schema {
	d.made++
	if d.w.exhausted {
		return refuseToSay(Empty(), "budget")
	}
	switch s.Node.Kind() {
	case contract.Bool:
		return always(s.Node.Bool())
	case contract.Object:
	default:
		return refuseToSay(Empty(), "not a schema")
	}
	if leaf := d.leaf(s, m); leaf != nil {
		return leaf
	}
	out := Empty()
	if t, ok := s.Target(); ok {
		extend(out, &lazy{d: d, at: t, mode: m})
		if s.Doc.Dialect == OpenAPI30 {
			return out
		}
	}
	for keyword, v := range s.Keywords() {
		if carry := d.w.derivations[keyword]; carry != nil {
			if HoldsData(keyword) {
				d.made += v.Size() / 8
			}
			carry(carried{d, s, m, v, out})
		}
	}
	d.access(s, m, out)
	if out.PrefixItems != nil || out.Items2020 != nil {
		extend(out, itemsSeen{len(out.PrefixItems), out.Items2020 != nil})
	}
	if Nullable(s) {
		// Without a type beside it the letter of 3.0.3 gives nullable no effect; 3.0.0 to 3.0.2 and
		// every tool let null pass.
		outer := Empty()
		outer.AnyOf = []*jsonschema.Schema{ofTypes("null"), out}
		return outer
	}
	return out
}

// leaf is the shared form of a schema that only states a type; nil for others.
func (d *deriver) leaf(s Schema, m Mode) *jsonschema.Schema {
	key := leafKey{}
	for name, v := range s.Node.Fields() {
		switch {
		case name == "type" && v.Kind() == contract.String:
			key.typ = v.Text()
		case name == "nullable":
			key.nullable = s.Get("nullable").Bool()
		case name == "description" || name == "title" || name == "example" || name == "default" || name == "readOnly" ||
			name == "writeOnly" || name == "deprecated" || name == "format" && !m.Asserts(v.Text()):
		default:
			return nil
		}
	}
	if key.typ == "" {
		return nil
	}
	if k := d.leafs[key]; k != nil {
		return k
	}
	out := ofTypes(key.typ)
	if key.nullable {
		out = ofTypes(key.typ, "null")
	}
	d.leafs[key] = out
	return out
}

// HoldsData reports whether a keyword holds values and names, not schemas: each of a long list costs something wherever it
// is read.
func HoldsData(keyword string) bool {
	switch keyword {
	case "enum", "const", "required", "dependentRequired", "default", "example", "examples":
		return true
	}
	return false
}

// refuseToSay makes any value that reaches out undecided.
func refuseToSay(out *jsonschema.Schema, why string) *jsonschema.Schema {
	extend(out, undecided(why))
	return out
}

// undecided is a keyword that the validator cannot evaluate.
type undecided string

func (u undecided) Validate(*jsonschema.ValidatorContext, any) { panic(u) }

// lazy derives the target of a reference when a value reaches it, and bounds the work of a
// validation.
type lazy struct {
	d    *deriver
	at   Schema
	mode Mode
	to   *derivation
}

func (l *lazy) Validate(ctx *jsonschema.ValidatorContext, v any) {
	w := l.d.w
	to := l.to
	if to == nil {
		if to = l.d.schema(l.at, l.mode); !w.exhausted {
			l.to = to
		}
	}
	w.steps += to.size
	at := len(ctx.ValueLocation())
	if w.steps > maxSteps || len(w.path) > maxDepth || !w.Burn(to.size) || w.applies(to.Schema, at) {
		panic(undecided("too deep"))
	}
	if to.patterns > 0 {
		w.Toll(to.patterns / 200)
	}
	w.path = append(w.path, reached{to.Schema, at})
	ctx.AddErr(ctx.Validate(to.Schema, v, nil))
	w.path = w.path[:len(w.path)-1]
}

// Bounds of one validation: schemas behind references, and references inside each other.
const (
	maxSteps = 400_000
	maxDepth = 200
)

func Values(v contract.Node) []any {
	out := make([]any, 0, v.Len())
	for _, item := range v.Items() {
		out = append(out, item.Value())
	}
	return out
}

func Texts(v contract.Node) []string {
	out := make([]string, 0, v.Len())
	for _, item := range v.Items() {
		if item.Kind() == contract.String {
			out = append(out, item.Text())
		}
	}
	return out
}

// textsByName are the lists of texts of an object.
func textsByName(v contract.Node) map[string][]string {
	out := make(map[string][]string, v.Len())
	for name, list := range v.Fields() {
		out[name] = Texts(list)
	}
	return out
}
