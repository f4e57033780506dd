package subschema

import (
	"math/big"
	"strconv"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// A count limits a length; n < 0: no limit.
type count struct {
	n  int64
	at contract.Node
}

var noCount = count{n: -1}

func readCount(v contract.Node) count {
	r, ok := readNumber(v)
	if !ok || r.Sign() < 0 {
		return noCount
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	if !whole.IsInt64() {
		return noCount
	}
	return count{n: whole.Int64(), at: v}
}

func (c count) set() bool { return c.n >= 0 }

func (c count) atMost(o count) count {
	if o.set() && (!c.set() || o.n < c.n) {
		return o
	}
	return c
}

func (c count) atLeast(o count) count {
	if o.set() && o.n > c.n {
		return o
	}
	return c
}

// orOne is minContains with its default.
func (c count) orOne() count {
	if !c.set() {
		return count{n: 1}
	}
	return c
}

// tidyRanges takes away the types whose bounds leave no value.
func (n *NormalForm) tidyRanges() {
	if n.min.set() && n.max.set() {
		if c := n.min.value.Cmp(n.max.value); c > 0 || c == 0 && (n.min.exclusive || n.max.exclusive) {
			n.Types &^= Number
		}
	}
	if n.maxLength.set() && n.minLength.n > n.maxLength.n {
		n.Types &^= String
	}
	if n.maxItems.set() && n.minItems.n > n.maxItems.n {
		n.Types &^= Array
	}
	if n.maxProps.set() && n.minProps.n > n.maxProps.n {
		n.Types &^= Object
	}
}

// addComplementOfLength adds the complement of a limit of a length, and reports whether o is one.
func (n *NormalForm) addComplementOfLength(o *NormalForm) bool {
	over := func(t Types, least *count, c count) bool {
		n.Types &= t
		*least = least.atLeast(count{n: c.n + 1, at: c.at})
		return true
	}
	under := func(t Types, most *count, c count) bool {
		n.Types &= t
		if *most = most.atMost(count{n: c.n - 1, at: c.at}); c.n == 0 {
			n.Types &^= t
		}
		return true
	}
	switch {
	case o.maxLength.set():
		return over(String, &n.minLength, o.maxLength)
	case o.minLength.set():
		return under(String, &n.maxLength, o.minLength)
	case o.maxItems.set():
		return over(Array, &n.minItems, o.maxItems)
	case o.minItems.set():
		return under(Array, &n.maxItems, o.minItems)
	case o.maxProps.set():
		return over(Object, &n.minProps, o.maxProps)
	case o.minProps.set():
		return under(Object, &n.maxProps, o.minProps)
	default:
		return false
	}
}

// cardinality is the number of values, where they are few.
func (n *NormalForm) cardinality() (int64, bool) {
	var size int64
	if n.Types&Null != 0 {
		size++
	}
	switch {
	case n.enum != nil:
		return int64(len(n.enum.values)) + size, true
	case n.Types&^(Boolean|Null) == 0 && n.Types&Boolean != 0:
		return size + 2, true
	default:
		return size, n.Types == Null
	}
}

func (e *Comparer) compareCount(s *Comparison, attr string, a, b count) {
	d := Difference{Attr: attr, Old: a.at, New: b.at}
	if a.set() {
		d.From = strconv.FormatInt(a.n, 10)
	}
	if b.set() {
		d.To = strconv.FormatInt(b.n, 10)
	}
	switch {
	case a.n == b.n:
		return
	case !a.set():
		d.Op = rules.Added
	case !b.set():
		d.Op = rules.Removed
	case a.n < b.n:
		d.Op = rules.Raised
	default:
		d.Op = rules.Lowered
	}
	e.report(s, d)
}

func (c *remainder) cutCount(most, least *count, of func(*NormalForm) (most, least *count)) {
	xMost, xLeast := of(c.of.norm)
	if b := *most; b.set() && (!xMost.set() || xMost.n > b.n) {
		c.add(func(n *NormalForm) { _, l := of(n); *l = l.atLeast(count{n: b.n + 1, at: b.at}) })
	}
	if b := *least; b.n > max(xLeast.n, 0) {
		c.add(func(n *NormalForm) { m, _ := of(n); *m = m.atMost(count{n: b.n - 1, at: b.at}) })
	}
	*most, *least = noCount, noCount
}
