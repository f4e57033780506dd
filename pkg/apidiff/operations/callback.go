package operations

import (
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// compareCallbacks compares the calls that an operation promises to make: there, the API is the
// client.
func (e *Comparer) compareCallbacks(x exchange) {
	was, is := x.old.Op.Get("callbacks"), x.new.Op.Get("callbacks")
	olds, news := callbacksOf(e.Old, was, x.old), callbacksOf(e.New, is, x.new)
	renameCallbacks(olds, news)
	for _, key := range jsonvalue.BothKeys(olds, news) {
		o, n := olds[key], news[key]
		switch {
		case !o.Exists():
			x.part.note(subschema.Difference{On: "callback", Op: rules.Added, Name: key, New: n.Op, OldAt: x.old.Op})
		case !n.Exists():
			x.part.note(subschema.Difference{On: "callback", Op: rules.Removed, Name: key, Old: o.Op, NewAt: x.new.Op})
		case e.Same && e.Old.Closure(o.Item) == e.New.Closure(n.Item):
		default:
			y := exchange{old: o, new: n, inverted: !x.inverted}
			y.part = x.part.under(func(w *Location) { *w = Location{Old: y.old, New: y.new, Inverted: y.inverted, Nested: true} })
			e.compareIdentity(y)
			e.compareParameters(y)
			e.compareBody(y)
			e.compareResponses(y, o.Op.Get("responses"), n.Op.Get("responses"))
		}
	}
}

// renameCallbacks gives the new names to the callbacks that only changed their name, which is not
// sent: those of one method and one expression.
func renameCallbacks(olds, news map[string]Call) {
	sent := func(c Call) string { return c.Method + " " + c.Path }
	fresh := map[string]string{}
	for _, key := range jsonvalue.SortedKeys(news) {
		if _, known := olds[key]; !known {
			fresh[sent(news[key])] = key
		}
	}
	for _, key := range jsonvalue.SortedKeys(olds) {
		c := olds[key]
		if _, still := news[key]; still {
			continue
		}
		if name, found := fresh[sent(c)]; found {
			delete(olds, key)
			delete(fresh, sent(c))
			olds[name] = c
		}
	}
}

// callbacks are the operations of callbacks by name, expression and method.
func callbacksOf(s *subschema.Catalog, n contract.Node, of Call) map[string]Call {
	m := map[string]Call{}
	for name, cb := range n.Fields() {
		for expression, item := range s.Doc.Deref(cb).Fields() {
			if contract.IsExtension(expression) {
				continue
			}
			for _, c := range appendCalls(nil, s.Doc, expression, item, of.holders[len(of.holders)-1]) {
				m[name+" "+c.Method+" "+expression] = c
			}
		}
	}
	return m
}
