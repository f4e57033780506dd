package subschema

import (
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// A union is an anyOf or oneOf.
type union struct {
	one      bool // oneOf: exactly one
	null     bool // null is valid besides; it is no branch
	whole    bool // no choice: the one branch is the schema itself
	branches []contract.Node
	at       contract.Node
}

// mergeUnion resolves alternatives that are none: one branch, or one branch and null.
func (n *NormalForm) mergeUnion(s *Catalog, f *keywords, u union, depth int) {
	if len(u.branches) == 0 && !f.nullableAlone {
		n.uninhabited, n.uninhabitedAt = true, u.at
		return
	}
	u = s.withoutNull(u)
	u.null = u.null || f.nullableAlone
	if len(u.branches) != 1 || depth > 50 {
		n.unions = append(n.unions, u)
		return
	}
	n.absorb(s.conjunction(u.branches[0], u.null, depth+1))
	n.decide(u.branches[0], Yes)
}

// withoutNull takes the alternatives out that stand for null.
func (s *Catalog) withoutNull(u union) union {
	var rest []contract.Node
	null := 0
	s.meter.Charge(4 * len(u.branches))
	for _, b := range u.branches {
		if s.onlyNull(b) {
			null++
			continue
		}
		rest = append(rest, b)
	}
	if null == 0 || len(rest) == 0 || u.one && (null > 1 || s.admitNull(rest)) {
		return u
	}
	u.branches, u.null = rest, true
	return u
}

// admitNull reports whether one of the branches says in its type that null is valid.
func (s *Catalog) admitNull(branches []contract.Node) bool {
	for _, b := range branches {
		c := s.Of(b).Schema
		if c.orNull {
			return true
		}
		typed := false
		for _, n := range c.nodes {
			f := s.keywordsOf(n)
			typed = typed || f.types&Null == 0 || f.has("enum") || f.has("const")
		}
		if !typed && len(c.nodes) > 0 && c.nodes[0].Kind() == contract.Object && s.keywordsOf(c.nodes[0]).types&Null != 0 && s.keywordsOf(c.nodes[0]).typed {
			return true
		}
	}
	return false
}

// onlyNull reports whether an alternative stands for null. In OpenAPI 3.0 generators write
// {nullable: true} for it, which taken by the letter would admit everything and make the other
// alternatives pointless.
func (s *Catalog) onlyNull(b contract.Node) bool {
	c := s.Of(b).Schema
	if len(c.nodes) == 0 {
		return s.V30 && s.Doc.Deref(b).Get("nullable").Bool()
	}
	return len(c.nodes) == 1 && !c.orNull && s.keywordsOf(c.nodes[0]).onlyNull()
}

// onlyNull reports whether nothing but null is valid.
func (f *keywords) onlyNull() bool {
	if f.typed {
		return f.types == Null
	}
	if len(f.assertions) == 1 && f.assertions[0].name == "enum" && f.assertions[0].value.Len() == 1 {
		return f.assertions[0].value.At(0).Kind() == contract.Null
	}
	return len(f.assertions) == 1 && f.assertions[0].name == "const" && f.assertions[0].value.Kind() == contract.Null
}

// admitNull makes null valid besides all else.
func (n *NormalForm) admitNull() {
	if n.uninhabited {
		n.uninhabited, n.Types = false, 0
	}
	n.Types |= Null
	n.nullNamed = true
	if n.enum != nil {
		n.enum = n.enum.WithNull()
	}
	for i := range n.unions {
		n.unions[i].null = true
	}
}

// tidyUnions drops alternatives that add nothing.
func (n *NormalForm) tidyUnions(s *Catalog) {
	todo, kept := n.unions, []union(nil)
	for rounds := 0; len(todo) > 0; rounds++ {
		u := todo[0]
		todo = todo[1:]
		var open bool
		u.branches, open = distinct(s, u)
		switch {
		case open:
		case len(u.branches) == 1 && rounds < 100:
			sub := s.conjunction(u.branches[0], u.null, 1)
			todo, sub.unions = append(todo, sub.unions...), nil
			n.unions = nil
			n.absorb(sub)
			n.decide(u.branches[0], Yes)
		case n.listsValues(s, u):
		default:
			kept = append(kept, u)
		}
	}
	n.unions = kept
}

// listsValues takes alternatives that are nothing but listed values as one list, and reports
// whether they are.
func (n *NormalForm) listsValues(s *Catalog, u union) bool {
	var values []contract.Node
	seen := map[contract.Hash]int{}
	null := u.null
	s.meter.Charge(2 * len(u.branches))
	for _, b := range u.branches {
		c := s.Of(b).Schema
		if c.satisfiable() || !c.alone() || c.Normal().enum == nil || c.Normal().Types&(Array|Object) != 0 {
			return false
		}
		for _, v := range c.Normal().enum.Values {
			if seen[v.Hash()]++; seen[v.Hash()] == 1 {
				values = append(values, v)
			}
		}
		null = null || c.Normal().enum.Null
	}
	if u.one { // what two alternatives list is in none
		values = slices.DeleteFunc(values, func(v contract.Node) bool { return seen[v.Hash()] > 1 })
	}
	e := jsonvalue.NewEnum(values, u.at)
	e.Null = null
	n.restrict(e)
	return true
}

// distinct are the branches that count; open reports an anyOf with a branch that admits everything.
func distinct(s *Catalog, u union) (branches []contract.Node, open bool) {
	seen := map[contract.Hash]bool{}
	s.meter.Charge(4 * len(u.branches))
	for _, b := range openNested(s, u, 0, map[contract.Node]bool{}) {
		c := s.Of(b).Schema
		if !u.one && (seen[c.meaning()] || !c.satisfiable() && c.alone() && c.Normal().uninhabited) {
			continue
		}
		seen[c.meaning()] = true
		open = open || !u.one && c.Unconstrained() && !s.onlyNull(b)
		branches = append(branches, b)
	}
	return branches, open
}

// openNested replaces a branch of anyOf that is nothing but an anyOf by its branches.
func openNested(s *Catalog, u union, depth int, opened map[contract.Node]bool) []contract.Node {
	if u.one || depth > 20 {
		return u.branches
	}
	var out []contract.Node
	s.meter.Charge(10 * len(u.branches))
	for _, b := range u.branches {
		switch list := s.Of(b).Schema.onlyAnyOf(); {
		case list.Len() == 0:
			out = append(out, b)
		case !opened[list]: // else its alternatives are there already: levels that share the next one would double at each
			opened[list] = true
			out = append(out, openNested(s, union{branches: jsonvalue.Items(list)}, depth+1, opened)...)
		}
	}
	return out
}

// onlyAnyOf are the alternatives of a schema that is nothing but anyOf.
func (c *Schema) onlyAnyOf() contract.Node {
	if len(c.nodes) != 1 || c.orNull || c.nodes[0].Kind() != contract.Object {
		return contract.Node{}
	}
	if f := c.catalog.keywordsOf(c.nodes[0]); !f.typed && len(f.assertions) == 1 && f.assertions[0].name == "anyOf" {
		return f.assertions[0].value
	}
	return contract.Node{}
}

// satisfiable reports whether some value is seen to be valid, and none is listed, without the
// normal form: nothing is said but a type and one limit.
func (c *Schema) satisfiable() bool {
	if len(c.nodes) != 1 || c.nodes[0].Kind() != contract.Object {
		return false
	}
	f := c.catalog.keywordsOf(c.nodes[0])
	return f.types != 0 && (len(f.assertions) == 0 || len(f.assertions) == 1 && alwaysSatisfiable[f.assertions[0].name] && !strings.HasPrefix(f.assertions[0].value.Literal(), "-"))
}

// alwaysSatisfiable are keywords that alone never leave a type without a value.
var alwaysSatisfiable = map[string]bool{
	"maxLength": true, "minLength": true, "format": true, "maxItems": true, "minItems": true, "items": true,
	"properties": true, "additionalProperties": true, "maxProperties": true, "minProperties": true,
}

// alone reports whether the normal form can be asked for without a risk of going in circles.
func (c *Schema) alone() bool {
	if len(c.nodes) != 1 || c.nodes[0].Kind() == contract.Bool {
		return len(c.nodes) == 1
	}
	f := c.catalog.keywordsOf(c.nodes[0])
	return !f.has("anyOf") && !f.has("oneOf")
}

// unionHolds shows that a lies in an alternative, and for oneOf that nothing of it is seen to lie
// in a second one.
func (p *prover) unionHolds(a, b term, u *union, m Mode) bool {
	for _, own := range a.norm.unions {
		if own.one == u.one && p.sameBranches(a.catalog, own, b.catalog, *u) {
			return true
		}
	}
	if u.null && a.norm.Types&Null != 0 {
		if a.norm.Types == Null {
			return true
		}
		if len(a.norm.unions) == 0 {
			a = a.only(a.norm.Types &^ Null)
		}
	}
	branches, named := p.likely(a, b, u)
	for i, n := range branches {
		c := b.branch(n)
		how := m
		if named > 0 && c.name != a.name {
			how |= AnyName // another alternative than the one of that name: it must truly hold all values
		}
		if i >= maxBranchPairs {
			p.spent = true
			return false
		}
		if p.prove(a, c, how) {
			return !u.one || !p.overlaps(a, b, u, m)
		}
	}
	return len(a.norm.unions)+len(a.norm.conds) == 0 && p.coveredTogether(a, b, u.branches, m) && (!u.one || !p.overlaps(a, b, u, m))
}

// sameBranches reports whether two lists have equal alternatives, in any order.
func (p *prover) sameBranches(s *Catalog, a union, t *Catalog, b union) bool {
	if len(a.branches) != len(b.branches) || a.null != b.null || !p.same && s != t {
		return false
	}
	p.meter.Charge(4 * len(a.branches))
	count := map[contract.Hash]int{}
	for _, n := range a.branches {
		count[s.Of(n).Schema.meaning()]++
	}
	for _, n := range b.branches {
		h := t.Of(n).Schema.meaning()
		if count[h]--; count[h] < 0 {
			return false
		}
	}
	return true
}

// likely are the branches in the order in which they are worth a try: those of the same name first,
// of which the count is given.
func (p *prover) likely(a, b term, u *union) (order []contract.Node, named int) {
	p.meter.Charge(4 * len(u.branches))
	order = slices.Clone(u.branches)
	if a.name == "" {
		return order, 0
	}
	for i, n := range order {
		if b.catalog.Of(n).Schema.name() == a.name {
			order = slices.Insert(slices.Delete(order, i, i+1), named, n)
			named++
		}
	}
	return order, named
}

func (p *prover) branchesDisjoint(a, b term, dir rules.Side, depth int) bool {
	for _, u := range a.norm.unions {
		all := len(u.branches) <= maxBranchPairs && (!u.null || a.norm.Types&b.norm.Types&Null == 0)
		for _, c := range u.branches {
			all = all && p.disjoint(a.branch(c), b, dir, depth+1)
		}
		if all {
			return true
		}
	}
	return false
}

func (u union) admits(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	if u.null && v.Kind() == contract.Null {
		return Yes
	}
	hits, maybe := u.count(s, v, dir, depth)
	switch {
	case u.one && hits > 1:
		return No
	case maybe > 0 && (u.one || hits == 0):
		return Unknown
	default:
		return answerOf(hits > 0)
	}
}

// count is the number of alternatives that accept the value, and of those for which that is not
// known.
func (u union) count(s *Catalog, v contract.Node, dir rules.Side, depth int) (hits, maybe int) {
	s.meter.Charge(4 * len(u.branches))
	for _, b := range u.branches {
		switch s.Of(b).Schema.admits(v, dir, depth+1) {
		case Yes:
			hits++
		case Unknown:
			maybe++
		}
	}
	return hits, maybe
}

// discriminated reports whether a property distinguishes the alternatives: then nobody asks how many
// of them match.
func (c *Schema) discriminated() bool {
	if !c.askedTagged {
		c.askedTagged = true
		c.catalog.meter.Charge(2 * len(c.nodes))
		c.tagged = slices.ContainsFunc(c.nodes, func(n contract.Node) bool { return n.Get("discriminator").Get("propertyName").Exists() })
	}
	return c.tagged
}
