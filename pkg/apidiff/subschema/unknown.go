package subschema

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// compareUnknown fails closed on keywords that no version of the specification defines.
func (e *Comparer) compareUnknown(s *Comparison, a, b *NormalForm) {
	was, is := unknownByName(a.unknown), unknownByName(b.unknown)
	for _, name := range jsonvalue.BothKeys(was, is) {
		if o, n := was[name], is[name]; o.Hash() != n.Hash() {
			e.report(s, Difference{Attr: "unknown keyword", Op: rules.Changed, Name: name, Old: o, New: n, From: jsonvalue.JSONOf(o), To: jsonvalue.JSONOf(n)})
		}
	}
}

func unknownByName(list []keyword) map[string]contract.Node {
	m := map[string]contract.Node{}
	for _, k := range slices.Backward(list) { // the first one counts
		m[k.name] = k.value
	}
	return m
}
