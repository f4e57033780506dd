package subschema

import (
	"math/big"
	"strconv"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
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
	r, ok := jsonvalue.ReadNumber(v)
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

// A span is the limits of the length of the values of one type.
type span struct {
	of          Types
	most, least *count
}

func (n *NormalForm) spans() [3]span {
	return [3]span{{String, &n.maxLength, &n.minLength}, {Array, &n.maxItems, &n.minItems}, {Object, &n.maxProps, &n.minProps}}
}

// tidyRanges takes away the types whose bounds leave no value.
func (n *NormalForm) tidyRanges() {
	if boundsApart(n.max, n.min) {
		n.Types &^= Number
	}
	for _, l := range n.spans() {
		if l.most.set() && l.least.n > l.most.n {
			n.Types &^= l.of
		}
	}
}

// addComplementOfLength adds the complement of a limit of a length, and reports whether o is one.
func (n *NormalForm) addComplementOfLength(o *NormalForm) bool {
	for i, l := range o.spans() {
		mine := n.spans()[i]
		switch {
		case l.most.set():
			n.Types &= l.of
			*mine.least = mine.least.atLeast(count{n: l.most.n + 1, at: l.most.at})
			return true
		case l.least.set():
			n.Types &= l.of
			if *mine.most = mine.most.atMost(count{n: l.least.n - 1, at: l.least.at}); l.least.n == 0 {
				n.Types &^= l.of
			}
			return true
		}
	}
	return false
}

// cardinality is the number of values, where they are few.
func (n *NormalForm) cardinality() (int64, bool) {
	var size int64
	if n.Types&Null != 0 {
		size++
	}
	switch {
	case n.enum != nil:
		return int64(len(n.enum.Values)) + size, true
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

// cutSpan cuts by the limits of b, of which there is a span of the same type in each form.
func (c *remainder) cutSpan(i int, b span) {
	x := c.of.norm.spans()[i]
	if most := *b.most; most.set() && (!x.most.set() || x.most.n > most.n) {
		c.add(func(n *NormalForm) { l := n.spans()[i].least; *l = l.atLeast(count{n: most.n + 1, at: most.at}) })
	}
	if least := *b.least; least.n > max(x.least.n, 0) {
		c.add(func(n *NormalForm) { l := n.spans()[i].most; *l = l.atMost(count{n: least.n - 1, at: least.at}) })
	}
	*b.most, *b.least = noCount, noCount
}
