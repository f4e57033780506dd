package operations

import (
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
)

// Compare compares the two sides of an operation.
func (e *Comparer) Compare(op *Operation) *Part {
	p := &Part{}
	switch {
	case op.Unknown:
	case e.Schemas.Meter.Spent():
		p.note(subschema.Difference{Incomplete: true})
	case !op.New.Exists():
		e.operationRemoved(p, op)
	case !op.Old.Exists():
		p.note(subschema.Difference{On: op.thing(), Op: rules.Added, New: op.New.Op, NewAt: op.New.Op, OldAt: e.Old.Doc.Root().Get("paths")})
	default:
		x := exchange{part: p, old: op.Old, new: op.New, inverted: op.Kind == kindWebhook}
		p.Location = &Location{Old: op.Old, New: op.New, Inverted: x.inverted}
		e.compareOperation(x)
	}
	return p
}

func (e *Comparer) compareOperation(x exchange) {
	if !e.unchanged(x) {
		e.compareLifecycle(x)
		e.compareIdentity(x)
		e.compareParameters(x)
		e.compareBody(x)
		e.compareResponses(x, x.old.Op.Get("responses"), x.new.Op.Get("responses"))
		e.compareCallbacks(x)
	}
	e.compareSecurity(x)
	e.compareServers(x)
}

// unchanged reports whether nothing that the operation says itself can differ.
func (e *Comparer) unchanged(x exchange) bool {
	return e.Same && Template(x.old.Path) == x.old.Path && x.old.Path == x.new.Path &&
		e.Old.Closure(x.old.Op) == e.New.Closure(x.new.Op) && x.old.Item.Get("parameters").Hash() == x.new.Item.Get("parameters").Hash() &&
		!x.old.Item.Get("parameters").Exists() ||
		e.Same && x.old.Path == x.new.Path && e.Old.Closure(x.old.Item) == e.New.Closure(x.new.Item)
}
