package operations

import (
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/lifecycle"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

func (e *Comparer) operationRemoved(s *Part, op *Operation) {
	o := op.Old.Op
	d := subschema.Difference{On: op.thing(), Op: rules.Removed, Old: o, OldAt: o, NewAt: jsonvalue.First(e.New.Doc.Root().Get("paths"), e.New.Doc.Root())}
	date, dated := lifecycle.Sunset(o)
	switch {
	case op.Unstable:
		d.When, d.From = "unstable", jsonvalue.Quoted(lifecycle.Stability(o))
	case !o.Get("deprecated").Bool() || op.Kind == kindWebhook:
	case dated && !e.Now.IsZero() && e.Now.Before(date):
		d.When, d.From = "before-sunset", jsonvalue.JSONOf(o.Get("x-sunset"))
	case dated:
		d.When, d.From = "after-sunset", jsonvalue.JSONOf(o.Get("x-sunset"))
	default:
		d.When = "deprecated"
	}
	s.note(d)
}

// compareLifecycle compares deprecation, sunset date and stability level.
func (e *Comparer) compareLifecycle(x exchange) {
	o, n := x.old.Op, x.new.Op
	was, is := o.Get("deprecated"), n.Get("deprecated")
	d := subschema.Difference{On: "operation", Attr: "deprecated", OldAt: o, NewAt: n}
	switch {
	case is.Bool() && !was.Bool():
		d.Op, d.New = rules.Added, is
		d.When, d.To = e.announcement(n)
		x.part.note(d)
	case was.Bool() && !is.Bool():
		d.Op, d.Old = rules.Removed, was
		x.part.note(d)
	}
	e.compareSunset(x, o.Get("x-sunset"), n.Get("x-sunset"))
	if d, ok := stabilityChange(o, n); ok {
		x.part.note(d)
	}
}

// announcement evaluates the date of a new deprecation where a period is asked for.
func (e *Comparer) announcement(n contract.Node) (when, to string) {
	date, ok := lifecycle.Sunset(n)
	switch {
	case e.DeprecationDays <= 0:
		return "", ""
	case !ok:
		return "no-sunset", ""
	case !e.Now.IsZero() && date.Before(e.Now.AddDate(0, 0, e.DeprecationDays)):
		return "too-soon", jsonvalue.JSONOf(n.Get("x-sunset"))
	default:
		return "", ""
	}
}

func (e *Comparer) compareSunset(x exchange, was, is contract.Node) {
	d := subschema.Difference{On: "operation", Attr: "sunset", Old: was, New: is, From: jsonvalue.JSONOf(was), To: jsonvalue.JSONOf(is), OldAt: x.old.Op, NewAt: x.new.Op}
	a, okA := lifecycle.Sunset(x.old.Op)
	b, okB := lifecycle.Sunset(x.new.Op)
	switch {
	case d.From == d.To:
		return
	case !was.Exists():
		d.Op = rules.Added
	case !is.Exists():
		d.Op = rules.Removed
		if !x.new.Op.Get("deprecated").Bool() {
			d.When = "kept"
		}
	case !okA || !okB:
		d.Op = rules.Changed
	case a.Equal(b):
		return
	case a.Before(b):
		d.Op = rules.Raised
	default:
		d.Op = rules.Lowered
	}
	x.part.note(d)
}
