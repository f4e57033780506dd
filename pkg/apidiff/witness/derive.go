package witness

import (
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/romel/govctl/pkg/contract"
)

// mode says how annotations are read. It is part of the key under which derived schemas are kept.
type mode uint8

const (
	asResponse          mode = 1 << iota // else as a request
	assertFormat                         // formats that both validators check are asserted
	strictFormat                         // formats that one validator checks are asserted: for the side that must accept
	assertAccess                         // readOnly properties in requests and writeOnly ones in responses are refused
	assertDiscriminator                  // the discriminator must be there and known
)

// hidden is the annotation that takes a property out of messages of this direction.
func (m mode) hidden() string {
	if m&asResponse != 0 {
		return "writeOnly"
	}
	return "readOnly"
}

// deriver turns schemas of one document into JSON Schema of draft 2020-12, in the validator's own structure: what a
// reference leads to is derived when a value reaches it, so that a schema of a large document costs what it touches.
type deriver struct {
	w     *worker
	known map[derivedKey]*derived
	made  int // schemas so far
	wrote int // instructions of patterns so far
	leafs map[leafKey]*jsonschema.Schema
}

type derivedKey struct {
	at   site
	mode mode
}

// leafKey names the schemas that only state a type, of which a document has thousands.
type leafKey struct {
	typ      string
	nullable bool
}

// derived is a schema with the number of schemas in it, which is what a validation costs.
type derived struct {
	*jsonschema.Schema
	size     int
	patterns int // instructions of all patterns in it
}

// schema is the derived form of s, shared between all that refer to it.
func (d *deriver) schema(s site, m mode) *derived {
	key := derivedKey{s, m}
	if k := d.known[key]; k != nil {
		return k
	}
	before, wrote := d.made, d.wrote
	out := &derived{Schema: d.derive(s, m)}
	out.size, out.patterns = d.made-before, d.wrote-wrote
	d.w.burn(out.size) // an object of a hundred thousand properties is derived whole
	d.known[key] = out
	return out
}

func empty() *jsonschema.Schema {
	return &jsonschema.Schema{
		Draft: jsonschema.Draft2020, MinProperties: -1, MaxProperties: -1, MinItems: -1, MaxItems: -1, MinContains: 1, MaxContains: -1,
		MinLength: -1, MaxLength: -1, ContainsEval: true,
	}
}

func always(b bool) *jsonschema.Schema {
	s := empty()
	s.Always = &b
	return s
}

func (d *deriver) derive(s site, m mode) *jsonschema.Schema {
	d.made++
	switch s.n.Kind() {
	case contract.Bool:
		return always(s.n.Bool())
	case contract.Object:
	default:
		return d.refuseToSay(empty(), "not a schema")
	}
	if leaf := d.leaf(s, m); leaf != nil {
		return leaf
	}
	out := empty()
	if t, ok := s.target(); ok {
		d.extend(out, "$ref", &lazy{d: d, at: t, mode: m})
		if s.d.dialect == openapi30 {
			return out
		}
	}
	for keyword, v := range s.keywords() {
		if carry := d.w.tables.derivations[keyword]; carry != nil {
			carry(d, s, v, m, out)
		}
	}
	d.access(s, m, out)
	if out.OneOf != nil || out.Not != nil || out.If != nil {
		d.extend(out, "tricky", tricky{d.w})
	}
	if nullable(s) {
		// Without a type beside it the letter of 3.0.3 gives nullable no effect; 3.0.0 to 3.0.2 and every tool let null pass.
		outer, null := empty(), empty()
		null.Types = []string{"null"}
		outer.AnyOf = []*jsonschema.Schema{null, out}
		return outer
	}
	return out
}

// leaf is the shared form of a schema that only states a type; nil for others.
func (d *deriver) leaf(s site, m mode) *jsonschema.Schema {
	key := leafKey{}
	for name, v := range s.n.Fields() {
		switch {
		case name == "type" && v.Kind() == contract.String:
			key.typ = v.Text()
		case name == "nullable":
			key.nullable = s.get("nullable").Bool()
		case name == "description" || name == "title" || name == "example" || name == "default" || name == "readOnly" ||
			name == "writeOnly" || name == "deprecated" || name == "format" && !m.asserts(v.Text()):
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
	out := empty()
	out.Types = []string{key.typ}
	if key.nullable {
		out.Types = append(out.Types, "null")
	}
	d.leafs[key] = out
	return out
}

func (d *deriver) list(s site, v contract.Node, m mode) []*jsonschema.Schema {
	out := make([]*jsonschema.Schema, 0, v.Len())
	for _, sub := range v.Items() {
		if v.Key() != "allOf" && s.at(sub).standsForNull() {
			null := empty()
			null.Types = []string{"null"}
			out = append(out, null)
			continue
		}
		out = append(out, d.derive(s.at(sub), m))
	}
	return out
}

func (d *deriver) named(s site, v contract.Node, m mode) map[string]*jsonschema.Schema {
	out := make(map[string]*jsonschema.Schema, v.Len())
	for name, sub := range v.Fields() {
		out[name] = d.derive(s.at(sub), m)
	}
	return out
}

// refuseToSay makes any value that reaches out undecided.
func (d *deriver) refuseToSay(out *jsonschema.Schema, why string) *jsonschema.Schema {
	d.extend(out, "undecided", undecided(why))
	return out
}

// undecided is a keyword that the validator cannot judge.
type undecided string

func (u undecided) Validate(jsonschema.ValidationContext, any) error { panic(u) }

// tricky notes that a value met one of the keywords under which a stricter reading of formats can accept more.
type tricky struct{ w *worker }

func (t tricky) Validate(jsonschema.ValidationContext, any) error {
	t.w.tricky = true
	return nil
}

// lazy derives the target of a reference when a value reaches it, and bounds the work of a validation.
type lazy struct {
	d    *deriver
	at   site
	mode mode
	to   *derived
}

func (l *lazy) Validate(ctx jsonschema.ValidationContext, v any) error {
	w := l.d.w
	if l.to == nil {
		l.to = l.d.schema(l.at, l.mode)
	}
	w.steps += l.to.size
	w.depth++
	if w.steps > maxSteps || w.depth > maxDepth || !w.burn(l.to.size) {
		panic(undecided("too deep"))
	}
	if l.to.patterns > 0 {
		w.toll(l.to.patterns / 200)
	}
	err := ctx.Validate(l.to.Schema, "$ref", v, "")
	w.depth--
	return err
}

// Bounds of one validation: schemas behind references, and references inside each other.
const (
	maxSteps = 400_000
	maxDepth = 200
)

func values(v contract.Node) []any {
	out := make([]any, 0, v.Len())
	for _, item := range v.Items() {
		out = append(out, item.Value())
	}
	return out
}

func texts(v contract.Node) []string {
	out := make([]string, 0, v.Len())
	for _, item := range v.Items() {
		if item.Kind() == contract.String {
			out = append(out, item.Text())
		}
	}
	return out
}
