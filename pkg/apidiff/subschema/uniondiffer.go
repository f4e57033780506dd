package subschema

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// compareUnion matches the alternatives of two lists and compares the matches; what has no match
// came or went.
func (e *Comparer) compareUnion(s *Comparison, a, b union) {
	e.compareMatched(s, a, b, e.matchBranches(a, b))
}

func (e *Comparer) compareMatched(s *Comparison, a, b union, m branchPairs) {
	e.Meter.Charge(20 * (len(a.branches) + len(b.branches)))
	step := s.branchSteps(a, b)
	for _, p := range m.pairs {
		o, n := e.Old.Of(p[0]), e.New.Of(p[1])
		if a.whole || b.whole { // what is written beside them is not meant to agree, and a value of one shows nothing
			o, n = Use{Schema: o.Schema}, Use{Schema: n.Schema}
		}
		if sub := e.pair(s, step(p), o, n, s.mode); e.Differ(o, n) && !e.Meter.Spent() {
			sub.Choice, sub.Safe = true, e.otherwise(s, a, b, p)
		}
	}
	for _, o := range m.lost {
		if !e.covered(s.old, e.Old.Of(o).Schema, s.new, b, s.mode) {
			e.report(s, Difference{Attr: "union-branch", Op: rules.Removed, Old: o, NewAt: b.at, From: jsonvalue.Quoted(branchName(e.Old, o)), Unstable: m.alike[o]})
		}
	}
	for _, n := range m.gained {
		if !e.covered(s.new, e.New.Of(n).Schema, s.old, a, s.mode) {
			d := Difference{Attr: "union-branch", Op: rules.Added, New: n, OldAt: a.at, To: jsonvalue.Quoted(branchName(e.New, n)), Unstable: m.alike[n]}
			if e.New.Of(n).Schema.Normal().enum != nil {
				d.When = rules.GrowsByValue
			}
			e.report(s, d)
		}
	}
	e.compareOverlap(s, a, b)
}

// otherwise reports whether another alternative accepts all that the inner one of a pair stands
// for.
func (e *Comparer) otherwise(s *Comparison, a, b union, p [2]contract.Node) bool {
	of, inner, in, outer, except := s.old, e.Old.Of(p[0]).Schema, s.new, b, p[1]
	if s.mode.Side() == rules.Response {
		of, inner, in, outer, except = s.new, e.New.Of(p[1]).Schema, s.old, a, p[0]
	}
	if len(outer.branches) > maxBranchPairs+1 {
		return false
	}
	if outer.one {
		return e.Prover.askUnion(termOf(inner), termOf(in), &outer, s.mode&^(AsText|ScalarAsArray)|AnyName)
	}
	return e.covered(of, inner, in, union{branches: without(outer.branches, map[contract.Node]bool{except: true})}, s.mode)
}

// branchSteps leads to a pair of alternatives, as the side counts them whose values must be
// contained.
func (s *Comparison) branchSteps(a, b union) func(p [2]contract.Node) []string {
	u, side := a, 0
	if s.mode.Side() == rules.Response {
		u, side = b, 1
	}
	if u.whole {
		return func([2]contract.Node) []string { return []string{} }
	}
	at := make(map[contract.Node]int, u.at.Len())
	for i, n := range u.at.Items() {
		at[n] = i
	}
	return func(p [2]contract.Node) []string {
		if i, ok := at[p[side]]; ok {
			return []string{u.at.Key(), strconv.Itoa(i)}
		}
		return nil
	}
}

// covered reports whether an alternative of the outer side accepts all that the branch c of a schema means. Where types stand beside the
// branches, it has those that it does not speak of, too.
func (e *Comparer) covered(of, c, outer *Schema, u union, m Mode) bool {
	if len(u.branches) > maxBranchPairs {
		return false
	}
	n := c.Meant()
	if more := of.Normal().branch(c).Types & of.Normal().Types &^ n.Types; more != 0 && !e.Prover.askUnion(statedOf(c).only(more), termOf(outer), &u, m|AnyName) {
		return false
	}
	for _, b := range u.branches {
		d := outer.catalog.Of(b).Schema
		if m&ScalarAsArray == 0 && !n.uninhabited && n.Types != 0 && n.Types&d.types() == 0 {
			continue // the rule: an object beside a text; it needs no proof
		}
		if e.strictlyWithin(c, d, m&^AsText) {
			return true
		}
	}
	return false
}

// maxBranchPairs bounds the comparisons of every branch with every other.
const maxBranchPairs = 64

type branchPairs struct {
	pairs        [][2]contract.Node
	lost, gained []contract.Node
	alike        map[contract.Node]bool // what came or went of these breaks nobody
}

// matchBranches pairs alternatives: equal ones first, then those of one name, then those that a
// constant property tells apart, then those that share most of their properties, then the last of
// one type.
func (e *Comparer) matchBranches(a, b union) branchPairs {
	m := branchPairs{lost: a.branches, gained: b.branches}
	for _, sign := range []func(*Catalog, contract.Node) string{e.byMeaning, byName, byConstants} {
		m.pairBy(e, sign)
	}
	m.pairAlike(e, func(l likeness) bool { return 2*l.shared > max(l.old, l.new) })
	m.pairBy(e, byType)
	if len(m.lost) == 1 && len(m.gained) == 1 && e.Old.Of(m.lost[0]).Schema.Normal().Types&e.New.Of(m.gained[0]).Schema.Normal().Types != 0 {
		m.pairs = append(m.pairs, [2]contract.Node{m.lost[0], m.gained[0]})
		m.lost, m.gained = nil, nil
	}
	return m
}

// pairBy pairs the branches whose signs are equal and unique on both sides.
func (m *branchPairs) pairBy(e *Comparer, sign func(*Catalog, contract.Node) string) {
	olds, news := index(e.Old, m.lost, sign), index(e.New, m.gained, sign)
	used, next := map[contract.Node]bool{}, map[string]int{}
	for _, o := range m.lost {
		k := sign(e.Old, o)
		if k == "" || len(olds[k]) != len(news[k]) {
			continue
		}
		n := news[k][next[k]]
		next[k]++
		m.pairs = append(m.pairs, [2]contract.Node{o, n})
		used[o], used[n] = true, true
	}
	m.lost, m.gained = without(m.lost, used), without(m.gained, used)
}

func index(s *Catalog, branches []contract.Node, sign func(*Catalog, contract.Node) string) map[string][]contract.Node {
	m := map[string][]contract.Node{}
	for _, b := range branches {
		if k := sign(s, b); k != "" {
			m[k] = append(m[k], b)
		}
	}
	return m
}

func without(list []contract.Node, used map[contract.Node]bool) []contract.Node {
	return slices.DeleteFunc(slices.Clone(list), func(n contract.Node) bool { return used[n] })
}

func (e *Comparer) byMeaning(s *Catalog, b contract.Node) string {
	h := s.Of(b).Schema.meaning()
	return string(h[:])
}

func byName(_ *Catalog, b contract.Node) string {
	if name := referredTo(b); name != "" {
		return "#" + name
	}
	return b.Get("title").Text()
}

// referredTo is the name that a reference ends with.
func referredTo(b contract.Node) string {
	ref := b.Get("$ref").Text()
	return ref[strings.LastIndexByte(ref, '/')+1:]
}

// byConstants is the constant properties of a branch: what a discriminator looks at.
func byConstants(s *Catalog, b contract.Node) string {
	n := s.Of(b).Schema.Normal()
	var parts []string
	for _, name := range n.declared() {
		if v := n.constant(s, name); v != "" {
			parts = append(parts, name+"="+v)
		}
	}
	return strings.Join(parts, " ")
}

// constant is the only value that a property can have; empty where there are more.
func (n *NormalForm) constant(s *Catalog, name string) string {
	schemas, _ := n.Property(name)
	if c := s.All(schemas).Schema; len(c.nodes) == 1 && c.Normal().enum != nil && len(c.Normal().enum.Values) == 1 {
		return jsonvalue.JSONOf(c.Normal().enum.Values[0])
	}
	return ""
}

func byType(s *Catalog, b contract.Node) string {
	n := s.Of(b).Schema.Meant()
	if n.Types == AnyType {
		return ""
	}
	return n.Types.String()
}

// compareRecomposed is for alternatives that came or went: what they mean is only seen on the
// whole. Keywords are compared one by one where both sides still have them beside the alternatives.
func (e *Comparer) compareRecomposed(s *Comparison, a, b *NormalForm) {
	before := len(s.Found)
	e.compareTypes(s, a, b, a.typesWithBranches(e.Old, 0), b.typesWithBranches(e.New, 0))
	if len(a.objects) > 0 && len(b.objects) > 0 {
		e.compareObject(s, a, b)
	}
	if len(a.arrays) > 0 && len(b.arrays) > 0 {
		e.compareArray(s, a, b)
	}
	e.compareLogic(s, a, b)
	m := s.mode &^ (AsText | ScalarAsArray)
	in, out := e.within(s.old, s.new, m), e.within(s.new, s.old, m)
	d := Difference{Attr: "union", Old: at(a.unions, 0).at, New: at(b.unions, 0).at, From: jsonvalue.Quoted(a.outline(e.Old)), To: jsonvalue.Quoted(b.outline(e.New))}
	var changed bool
	d.Op, changed = changeOf(in, out)
	switch {
	case !changed || saidByType(s.Found[before:], d.Op):
	case e.compareWithBest(s, a, b, in, out):
		return
	default:
		e.report(s, d)
	}
	if len(a.objects) == 0 || len(b.objects) == 0 {
		e.compareListed(s, a, b)
	}
}

// saidByType reports whether what was found about the types says all that a change of alternatives would.
func saidByType(found []Difference, op rules.Op) bool {
	return slices.ContainsFunc(found, func(r Difference) bool {
		return r.Attr == "type" && r.Op == op || r.Attr == "nullable" && (r.Op == rules.Added) == (op == rules.Widened) && op != rules.Changed
	})
}

// compareWithBest is for a schema that became alternatives, or the other way round: it compares the
// schema with the alternative that fits best, and reports whether that explains why not all values
// of the inner side are values of the outer one.
func (e *Comparer) compareWithBest(s *Comparison, a, b *NormalForm, in, out bool) bool {
	x, plain := a.choice(s.old, s.oldEntry)
	y, other := b.choice(s.new, s.newEntry)
	if plain == other || len(x.branches)*len(y.branches) == 0 || len(x.branches)+len(y.branches) > maxBranchPairs {
		return false
	}
	m := e.matchBranches(x, y)
	if len(m.pairs) == 0 {
		m.pairAlike(e, func(likeness) bool { return true })
	}
	if len(m.pairs) == 0 {
		return false
	}
	o, n := e.Old.Of(m.pairs[0][0]).Schema, e.New.Of(m.pairs[0][1]).Schema
	one, best := o.Meant(), n.Meant()
	if other {
		one, best = best, one
	}
	if len(one.kinds()) != 1 || one.Types&^best.Types != 0 {
		return false // the alternative is a part of it: what it lacks others may have
	}
	if slices.ContainsFunc(s.Found, func(d Difference) bool { return d.Attr == "type" }) { // which names the alternatives of other types
		apart := func(c *Catalog) func(contract.Node) bool {
			return func(v contract.Node) bool { return c.Of(v).Schema.Meant().Types&one.Types == 0 }
		}
		m.lost, m.gained = slices.DeleteFunc(m.lost, apart(e.Old)), slices.DeleteFunc(m.gained, apart(e.New))
	}
	found, below, mode, narrows := len(s.Found), len(s.Below), s.mode&^(AsText|ScalarAsArray), !in
	pairs := m.noteAlike(e, mode)
	e.compareMatched(s, x, y, m)
	e.compareAlike(s, s.branchSteps(x, y), pairs, plain == (s.mode.Side() == rules.Request)) // else every alternative must be a part of it
	if s.mode.Side() == rules.Response {
		narrows = out // else it widens, which breaks
	}
	if plain == narrows {
		pairs = pairs[:1]
	}
	explains := func(p [2]contract.Node) bool {
		o, n := e.Old.Of(p[0]).Schema, e.New.Of(p[1]).Schema
		return narrows && !e.within(o, n, mode) || !narrows && !e.within(n, o, mode)
	}
	if slices.ContainsFunc(pairs, explains) || slices.ContainsFunc(s.Found, func(d Difference) bool { return d.explains(narrows) }) {
		return true
	}
	s.Found, s.Below = s.Found[:found], s.Below[:below]
	return false
}

// explains reports whether a difference in types or alternatives narrows, or else whether it widens.
func (d Difference) explains(narrows bool) bool {
	if d.Unstable {
		return false
	}
	switch d.Attr {
	case "type", "nullable", "union-branch":
		return d.Op == rules.Changed || narrows == (d.Op == rules.Narrowed || d.Op == rules.Removed)
	case "one-of-overlap":
		return narrows == (d.Op == rules.Added)
	default:
		return false
	}
}

// choice is the union that is all that a schema says beside types, or the schema itself as the only
// alternative; without alternatives where it is neither.
func (n *NormalForm) choice(c *Schema, entry contract.Node) (u union, plain bool) {
	if len(n.unions) == 0 {
		if !entry.Exists() && len(c.nodes) == 1 {
			entry = c.nodes[0]
		}
		if c.catalog.Of(entry).Schema == c {
			u = union{branches: []contract.Node{entry}, at: entry, whole: true}
		}
		return u, true
	}
	rest := *n
	if rest.unions, rest.Types = nil, AnyType; len(n.unions) == 1 && n.enum == nil && rest.Weight() == 0 {
		u = n.unions[0]
	}
	return u, false
}

// A likeness counts the properties that two objects list, and those that both do.
type likeness struct {
	branches         [2]contract.Node
	shared, old, new int
}

// likeness compares two alternatives by their properties. A constant that tells them apart leaves
// them nothing in common.
func (e *Comparer) likeness(o, n contract.Node) likeness {
	x, y := e.Old.Of(o).Schema.Meant(), e.New.Of(n).Schema.Meant()
	if x.Types&y.Types&Object == 0 {
		return likeness{}
	}
	list, names := y.declared(), x.declared()
	l, known := likeness{branches: [2]contract.Node{o, n}, old: len(names), new: len(list)}, jsonvalue.Known(names...)
	e.Meter.Charge(2 * len(list))
	for _, name := range list {
		if !known[name] {
			continue
		}
		l.shared++
		if was, is := x.constant(e.Old, name), y.constant(e.New, name); was != "" && is != "" && was != is {
			return likeness{}
		}
	}
	return l
}

// pairAlike pairs the branches that list enough properties of one name: those with the most first,
// and of these those with the fewest others.
func (m *branchPairs) pairAlike(e *Comparer, enough func(likeness) bool) {
	if len(m.lost)+len(m.gained) > maxBranchPairs {
		return
	}
	olds, news := index(e.Old, m.lost, byName), index(e.New, m.gained, byName)
	var found []likeness
	for _, o := range m.lost {
		for _, n := range m.gained {
			was, is := byName(e.Old, o), byName(e.New, n)
			if l := e.likeness(o, n); l.shared > 0 && enough(l) && (was == is || news[was] == nil && olds[is] == nil) { // else one is listed twice
				found = append(found, l)
			}
		}
	}
	sorting.Stable(found, func(a, b likeness) int { return cmp.Or(b.shared-a.shared, a.old+a.new-b.old-b.new) })
	used := map[contract.Node]bool{}
	for _, l := range found {
		if o, n := l.branches[0], l.branches[1]; !used[o] && !used[n] {
			used[o], used[n] = true, true
			m.pairs = append(m.pairs, l.branches)
		}
	}
	m.lost, m.gained = without(m.lost, used), without(m.gained, used)
}

// noteAlike notes which of the alternatives left share most of their properties with the schema that
// is paired: that there is one of them more or less breaks nobody. The pairs of those that the schema
// does not contain are given, after that of the best one: what differs in them may.
func (m *branchPairs) noteAlike(e *Comparer, mode Mode) [][2]contract.Node {
	best := m.pairs[0]
	alike := [][2]contract.Node{best}
	m.alike = map[contract.Node]bool{}
	for _, o := range m.lost {
		if l := e.likeness(o, best[1]); 2*l.shared > l.old {
			if m.alike[o] = true; !e.within(e.Old.Of(o).Schema, e.New.Of(best[1]).Schema, mode) {
				alike = append(alike, l.branches)
			}
		}
	}
	for _, n := range m.gained {
		if l := e.likeness(best[0], n); 2*l.shared > l.new {
			if m.alike[n] = true; !e.within(e.New.Of(n).Schema, e.Old.Of(best[0]).Schema, mode) {
				alike = append(alike, l.branches)
			}
		}
	}
	return alike
}

// compareAlike compares a schema with several alternatives. The first pair is compared elsewhere;
// what it or an earlier one finds is not reported again. safe says that one alternative is enough.
func (e *Comparer) compareAlike(s *Comparison, step func(p [2]contract.Node) []string, pairs [][2]contract.Node, safe bool) {
	seen := map[string]bool{}
	first := func(i int, parts ...string) bool {
		k := strings.Join(parts, "\x00")
		known := seen[k]
		seen[k] = true
		return !known && i > 0
	}
	for i, p := range pairs {
		o, n := e.Old.Of(p[0]), e.New.Of(p[1])
		if len(pairs) == 1 || !e.Differ(o, n) || e.Meter.Spent() {
			continue
		}
		c := e.Differences(o.Schema, n.Schema, o.Entry, n.Entry, s.mode)
		for _, d := range c.Found {
			if (d.Attr != "" || d.When != "") && first(i, d.On, d.Attr, string(d.Op), d.When, d.Name, d.From, d.To) { // what one lists another may not
				d.Unstable = d.Unstable || safe
				s.note(d)
			}
		}
		for _, sub := range c.Below {
			was, is := sub.Old.Schema.meaning(), sub.New.Schema.meaning()
			if !first(i, append(slices.Clone(sub.Step), string(was[:]), string(is[:]))...) {
				continue
			}
			if lead := step(p); lead == nil || sub.Step == nil {
				sub.Step = nil
			} else {
				sub.Step = slices.Concat(lead, sub.Step)
			}
			sub.Choice, sub.Safe = true, safe
			s.Below = append(s.Below, sub)
		}
	}
}

// compareListed is for alternatives that others stand for: a property that none of them lists came
// or went, as anywhere.
func (e *Comparer) compareListed(s *Comparison, a, b *NormalForm) {
	if a.typesWithBranches(e.Old, 0)&b.typesWithBranches(e.New, 0)&Object == 0 {
		return // reported with the type
	}
	was, is := a.listed(e.Old), b.listed(e.New)
	for _, name := range jsonvalue.BothKeys(was, is) {
		old, new := was[name], is[name]
		switch {
		case !new.Exists() && !b.lists(e.New, name, 0, map[*NormalForm]int{}):
			e.listedOnce(s, rules.Removed, name, old, e.Old.Of(old), a, b)
		case !old.Exists() && !a.lists(e.Old, name, 0, map[*NormalForm]int{}):
			e.listedOnce(s, rules.Added, name, new, e.New.Of(new), b, a)
		}
	}
}

// outline names the alternatives of a schema in a few words.
func (n *NormalForm) outline(s *Catalog) string {
	if len(n.unions) == 0 {
		return n.Types.String()
	}
	var parts []string
	for _, u := range n.unions {
		word := "any of "
		if u.one {
			word = "one of "
		}
		if u.null {
			word = "null or " + word
		}
		const most = 6
		var names []string
		for _, b := range u.branches[:min(len(u.branches), most)] {
			names = append(names, branchName(s, b))
		}
		if len(u.branches) > most {
			names = append(names, "...")
		}
		parts = append(parts, word+strings.Join(names, ", "))
	}
	return strings.Join(parts, " and ")
}

// branchName is how a person would call an alternative: the name of the component, the title, the
// type.
func branchName(s *Catalog, b contract.Node) string {
	if name := cmp.Or(referredTo(b), b.Get("title").Text()); name != "" {
		return name
	}
	n := s.Of(b).Schema.Normal()
	if n.enum != nil && len(n.enum.Values) > 0 && n.enum.IsConst {
		return jsonvalue.JSONOf(n.enum.Values[0])
	}
	return n.Types.String()
}
