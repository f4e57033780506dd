package subschema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/inplace"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// An arrayPart is what one conjunct says about items.
type arrayPart struct {
	prefix []contract.Node
	rest   contract.Node // absent: anything
}

// Item are the schemas that the item at i must satisfy.
func (n *NormalForm) Item(i int) []contract.Node {
	var out []contract.Node
	n.meter.Charge(len(n.arrays))
	for _, a := range n.arrays {
		switch {
		case i < len(a.prefix):
			out = append(out, a.prefix[i])
		case a.rest.Exists():
			out = append(out, a.rest)
		}
	}
	return append(out, n.unevaluated(true, inplace.Slot{Index: i}, No)...)
}

// PrefixLength is the number of items that have a schema of their own.
func (n *NormalForm) PrefixLength() int {
	most := 0
	for _, a := range n.arrays {
		most = max(most, len(a.prefix))
	}
	return most
}

// simplifyArray turns what is said about items into limits of their number.
func (n *NormalForm) simplifyArray(s *Catalog) {
	if n.Types&Array == 0 {
		return
	}
	for i := range n.PrefixLength() + 1 {
		if s.meter.Spent() {
			break
		}
		if schemas := n.Item(i); len(schemas) > 0 && s.All(schemas).Schema.simplified().uninhabited {
			n.maxItems = n.maxItems.atMost(count{n: int64(i), at: schemas[0]})
			break
		}
	}
	var rest []containsPart
	for _, c := range n.contains {
		switch {
		case c.min.n == 0 && !c.max.set(): // it demands nothing
		case s.Of(c.schema).Schema.Unconstrained():
			n.minItems, n.maxItems = n.minItems.atLeast(c.min.orOne()), n.maxItems.atMost(c.max)
		default:
			n.minItems = n.minItems.atLeast(c.min.orOne())
			rest = append(rest, c)
		}
	}
	n.contains = rest
	if n.PrefixLength() == 0 && n.unique.Exists() && len(n.arrays) > 0 {
		if most, ok := s.All(n.Item(0)).Schema.simplified().cardinality(); ok {
			n.maxItems = n.maxItems.atMost(count{n: most, at: n.unique})
		}
	}
	if n.maxItems.set() && n.maxItems.n <= 1 {
		n.unique = contract.Node{}
	}
}

func (e *Comparer) compareArray(s *Comparison, a, b *NormalForm) {
	if a.Types&b.Types&Array == 0 {
		return // reported with the type
	}
	e.oneSided(s, Difference{Attr: "unique-items", Old: a.unique, New: b.unique})
	e.compareItems(s, a, b)
	if a.open() || b.open() { // else they are items like others
		e.pair(s, nil, e.Old.All(a.unevaluated(true, inplace.Rest, Unknown)), e.New.All(b.unevaluated(true, inplace.Rest, Unknown)), s.mode.Inner())
	}
	e.compareScopes(s, a, b, true)
	e.compareContains(s, a, b)
}

// compareItems compares the items by position, then the rest.
func (e *Comparer) compareItems(s *Comparison, a, b *NormalForm) {
	if a.maxItems.n == 0 || b.maxItems.n == 0 {
		return // one side has none
	}
	listed := max(a.PrefixLength(), b.PrefixLength())
	for i := range listed {
		e.pair(s, []string{"prefixItems", strconv.Itoa(i)}, e.Old.All(a.Item(i)), e.New.All(b.Item(i)), s.mode.Inner())
	}
	o, n := e.Old.All(a.Item(listed)), e.New.All(b.Item(listed))
	was, is := o.Schema.acceptsNothing(), n.Schema.acceptsNothing()
	switch {
	case was && is:
	case is && listed > 0:
		e.report(s, Difference{Attr: "additional-items", Op: rules.Removed, New: n.Schema.nodes[0]})
	case was && listed > 0:
		e.report(s, Difference{Attr: "additional-items", Op: rules.Added, Old: o.Schema.nodes[0]})
	case is != was:
		e.forbidden(s, is, at(o.Schema.nodes, 0), at(n.Schema.nodes, 0))
	case !o.Schema.Unconstrained() || !n.Schema.Unconstrained():
		e.pair(s, []string{"items"}, o, n, s.mode.Inner())
	}
}

func (p *prover) arraysHold(a, b term, m Mode) bool {
	x, y := a.norm, b.norm
	if y.Types&Array == 0 {
		return true
	}
	if y.maxItems.set() && (!x.maxItems.set() || x.maxItems.n > y.maxItems.n) || max(y.minItems.n, 0) > max(x.minItems.n, 0) {
		return false
	}
	if y.unique.Exists() && !x.unique.Exists() && (!x.maxItems.set() || x.maxItems.n > 1) {
		return false
	}
	if y.minContains.n > x.minContains.n || y.maxContains.set() && (!x.maxContains.set() || x.maxContains.n > y.maxContains.n) {
		return false
	}
	listed := max(x.PrefixLength(), y.PrefixLength())
	for i := range listed + 1 {
		if x.maxItems.set() && int64(i) >= x.maxItems.n {
			break
		}
		if !p.sub(a.catalog.All(x.Item(i)).Schema, b.catalog.All(y.Item(i)).Schema, m.Inner()) {
			return false
		}
	}
	return p.containsHold(a, b, m)
}

func (n *NormalForm) admitsArray(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	size := int64(v.Len())
	if n.maxItems.set() && size > n.maxItems.n || size < n.minItems.n {
		return No
	}
	t := Yes
	seen := map[contract.Hash]bool{}
	for i, item := range v.Items() {
		if n.unique.Exists() && seen[item.Hash()] {
			return No
		}
		seen[item.Hash()] = true
		if schemas := n.Item(i); len(schemas) > 0 {
			t = t.And(s.All(schemas).Schema.admits(item, dir, depth+1))
		}
	}
	for _, c := range n.contains {
		t = t.And(c.admits(s, v, dir, depth))
	}
	return t
}

func (n *NormalForm) arraySamples(s *Catalog, dir rules.Side, depth int) []string {
	least := max(n.minItems.n, 0)
	if least > 3 {
		return nil
	}
	var parts, alike, found []string
	for i := range int(least) {
		one := s.All(n.Item(i)).Schema.Normal().samples(i+1, s, dir, depth+1)
		if len(one) == 0 {
			return nil
		}
		parts, alike = append(parts, one[min(i, len(one)-1)]), append(alike, one[0])
	}
	for _, c := range n.contains {
		found = append(found, s.All(append(n.Item(len(found)), c.schema)).Schema.Normal().samples(allSamples, s, dir, depth+1)...)
	}
	lists := [][]string{parts, alike}
	for i := range found[:min(len(found), 4)] { // each as the first, in place of what is needed anyway
		lists = append(lists, append(slices.Clone(found[i:i+1]), parts[min(len(parts), 1):]...))
	}
	slices.Reverse(lists)
	var out []string
	for _, list := range lists {
		if text := "[" + strings.Join(list, ",") + "]"; !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
