package subschema

import (
	"context"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// unconstrainedString reports whether nothing is said but a type that texts have.
func (c *Schema) unconstrainedString() bool {
	for _, n := range c.nodes {
		if n.Kind() != contract.Object || len(c.catalog.keywordsOf(n).assertions) > 0 {
			return false
		}
	}
	return c.types()&String != 0
}

// possibleNames are the names that a property can have, where they are listed.
func (n *NormalForm) possibleNames(s *Catalog) ([]string, bool) {
	var allowed map[string]bool
	for _, v := range n.names {
		o := s.Of(v).Schema.Normal()
		if o.enum == nil {
			continue
		}
		listed := map[string]bool{}
		for _, name := range o.enum.Values {
			if name.Kind() == contract.String && (allowed == nil || allowed[name.Text()]) {
				listed[name.Text()] = true
			}
		}
		allowed = listed
	}
	if n.maxProps.set() && n.maxProps.n == 0 {
		return nil, true
	}
	if allowed == nil && (!n.Closed(s).Exists() || len(n.patternProps()) > 0 || n.open()) {
		return nil, false
	}
	if allowed == nil {
		allowed = jsonvalue.Known(n.declared()...)
	}
	var names []string
	for _, name := range jsonvalue.SortedKeys(allowed) {
		if s.meter.Spent() {
			return nil, false
		}
		if schemas, _ := n.Property(name); len(schemas) == 0 || !s.All(schemas).Schema.simplified().uninhabited {
			names = append(names, name)
		}
	}
	return names, true
}

func (e *Comparer) compareNames(s *Comparison, a, b *NormalForm) {
	d := Difference{Attr: "property-names", Old: at(a.names, 0), New: at(b.names, 0)}
	d.From, d.To = jsonvalue.JSONOf(d.Old), jsonvalue.JSONOf(d.New)
	if e.oneSided(s, d) || !d.Old.Exists() {
		return
	}
	o, n := e.Old.All(a.names), e.New.All(b.names)
	if is := n.Schema.acceptsNothing(); is != o.Schema.acceptsNothing() {
		e.forbidden(s, is, at(o.Schema.nodes, 0), at(n.Schema.nodes, 0))
	} else {
		e.pair(s, nil, o, n, s.mode.Inner()|ByLetter)
	}
}

func (p *prover) namesHold(a, b term, m Mode) bool {
	if len(b.norm.names) == 0 {
		return true
	}
	if len(a.norm.names) == 0 {
		return false
	}
	return p.prove(letterOf(a.catalog.All(a.norm.names).Schema), letterOf(b.catalog.All(b.norm.names).Schema), m.Inner())
}

// admitsNames reports whether the names of the properties are valid as texts.
func (n *NormalForm) admitsNames(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	t := Yes
	c := s.All(n.names).Schema
	for name := range v.Fields() {
		text, err := contract.ParseValue(context.Background(), "name.json", []byte(jsonvalue.Quoted(name)), contract.Options{})
		if err != nil {
			return Unknown
		}
		t = t.And(c.admits(text, dir, depth+1))
	}
	return t
}
