package subschema

import (
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// A term is a set of values to reason about: a schema, or a schema narrowed to one of its
// alternatives.
type term struct {
	catalog *Catalog
	norm    *NormalForm
	key     string
	root    *Schema // the whole that it is a part of
	name    string  // of the component, where there is one
	plain   bool    // the schema itself
}

func termOf(c *Schema) term {
	return term{catalog: c.catalog, norm: c.simplified(), key: strconv.Itoa(c.ID), root: c, name: c.name(), plain: true}
}

// name is that of the component that the schema is; empty for others.
func (c *Schema) name() string {
	if len(c.nodes) == 1 && c.catalog.isComponent(c.nodes[0]) {
		return c.nodes[0].Key()
	}
	return ""
}

// isComponent reports whether a node is a named schema of the document.
func (s *Catalog) isComponent(n contract.Node) bool {
	return s.Doc.Root().Get("components").Get("schemas").Get(n.Key()) == n
}

// alternative is the part of a that lies in branch i of its first union, which excludes others.
func (a term) alternative(i int, excludes func(contract.Node) bool) term {
	u := a.norm.unions[0]
	n := a.norm.clone()
	n.unions = append([]union(nil), a.norm.unions[1:]...)
	c := a.catalog.Of(u.branches[i]).Schema
	n.absorb(c.Normal().clone())
	for k, b := range u.branches {
		if k == i {
			n.decide(b, Yes)
		} else if len(n.scopes) > 0 && excludes(b) {
			n.decide(b, No)
		}
	}
	n.tidy(a.catalog)
	name := c.name()
	return term{catalog: a.catalog, norm: n.simplify(a.catalog), key: a.key + "/" + strconv.Itoa(i), root: a.root, name: name}
}

// only is the part of a with those types.
func (a term) only(t Types) term {
	n := a.norm.clone()
	n.Types &= t
	if t == Null { // null is no branch: where it is valid besides the alternatives, they say nothing about it
		var rest []union
		for _, u := range n.unions {
			if !u.null {
				rest = append(rest, u)
			}
		}
		n.unions = rest
	}
	n.tidy(a.catalog)
	return term{catalog: a.catalog, norm: n.simplify(a.catalog), key: a.key + ":" + strconv.Itoa(int(t)), root: a.root, name: a.name}
}

// cost is that of one more split, in steps: alternatives of alternatives grow in number with each
// level and are made anew.
func (a term) cost() int { return 1 << min(2*strings.Count(a.key, "/"), 8) }
