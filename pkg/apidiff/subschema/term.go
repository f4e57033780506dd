package subschema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/rules"
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
	letter  bool    // it is wider than what is meant
	literal bool    // and so are its alternatives
}

func termOf(c *Schema) term {
	return term{catalog: c.catalog, norm: c.simplified(), key: strconv.Itoa(c.ID), root: c, name: c.name(), plain: true}
}

// branch is the term of an alternative of a.
func (a term) branch(b contract.Node) term {
	c := a.catalog.Of(b).Schema
	switch {
	case a.literal:
		return letterOf(c)
	case a.norm.Types == AnyType:
		return termOf(c)
	default:
		return statedOf(c)
	}
}

// meant is the union with the alternatives of b only that mean values of this type.
func (u union) meant(b term, v contract.Node) union {
	u.branches = slices.DeleteFunc(slices.Clone(u.branches), func(n contract.Node) bool {
		return b.norm.branch(b.catalog.Of(n).Schema).typesWithBranches(b.catalog, 0)&typeOf(v) == 0
	})
	return u
}

// admits reports whether a value is known to be one of a.
func (a term) admits(v contract.Node, dir rules.Side) bool {
	return a.norm.admits(a.catalog, v, dir, 0) == Yes && !slices.ContainsFunc(a.norm.unions, func(u union) bool {
		return u.meant(a, v).admits(a.catalog, v, dir, 0) != Yes
	})
}

// letterOf is the term of a schema below not and if, which says no more than its letter, nor do its alternatives.
func letterOf(c *Schema) term {
	t := statedOf(c)
	if t.literal = true; len(t.norm.unions) > 0 {
		t.key, t.letter = t.key+"=", true
	}
	return t
}

// statedOf is the term of a schema without the type that it means where it states none.
func statedOf(c *Schema) term {
	t := termOf(c)
	if c.Meant() != c.Normal() {
		t.norm, t.key, t.letter = c.Normal().simplify(c.catalog), t.key+"=", true
	}
	return t
}

// name is that of the component that the schema is; empty for others.
func (c *Schema) name() string {
	if n := at(c.nodes, 0); len(c.nodes) == 1 && c.catalog.Doc.Root().Get("components").Get("schemas").Get(n.Key()) == n {
		return n.Key()
	}
	return ""
}

// alternative is the part of a that lies in branch i of its first union, which excludes others.
func (a term) alternative(i int, excludes func(contract.Node) bool) term {
	u := a.norm.unions[0]
	n := a.norm.clone()
	n.unions = append([]union(nil), a.norm.unions[1:]...)
	c := a.catalog.Of(u.branches[i]).Schema
	branch := a.norm.branch(c)
	if a.literal {
		branch = c.Normal()
	}
	n.absorb(branch.clone())
	for k, b := range u.branches {
		if k == i {
			n.decide(b, Yes)
		} else if len(n.scopes) > 0 && excludes(b) {
			n.decide(b, No)
		}
	}
	out := a.narrowed(n, "/"+strconv.Itoa(i))
	out.name = c.name()
	return out
}

// narrowed is a part of a, with the normal form of it.
func (a term) narrowed(n *NormalForm, key string) term {
	n.tidy(a.catalog)
	return term{catalog: a.catalog, norm: n.simplify(a.catalog), key: a.key + key, root: a.root, name: a.name, literal: a.literal}
}

// only is the part of a with those types.
func (a term) only(t Types) term {
	n := a.norm.clone()
	n.Types &= t
	if t == Null { // null is no branch: where it is valid besides the alternatives, they say nothing about it
		n.unions = slices.DeleteFunc(n.unions, func(u union) bool { return u.null })
	}
	return a.narrowed(n, ":"+strconv.Itoa(int(t)))
}

// cost is that of one more split, in steps: alternatives of alternatives grow in number with each
// level and are made anew.
func (a term) cost() int { return 1 << min(2*strings.Count(a.key, "/"), 8) }
