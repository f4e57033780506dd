package apidiff

import (
	"time"

	"github.com/romel/govctl/pkg/contract"
)

// sunset is the announced date of a removal; false when there is none that can be read.
func sunset(n contract.Node) (time.Time, bool) {
	text := n.Get("x-sunset").Text()
	for _, layout := range []string{time.RFC3339, time.DateOnly, time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// sunsetPassed reports whether a deprecated thing may go by now.
func (e *engine) sunsetPassed(u use) bool {
	for _, n := range carriers(u) {
		if e.passed(n) {
			return true
		}
	}
	return false
}

func (e *engine) passed(n contract.Node) bool {
	date, ok := sunset(n)
	return ok && n.Get("deprecated").Bool() && !e.opt.Now.IsZero() && !e.opt.Now.Before(date)
}

func (e *engine) operationRemoved(s *site, op *operation) {
	o := op.old.op
	d := delta{on: op.thing(), op: Removed, old: o, oldAt: o, newAt: e.new.doc.Root().Get("paths")}
	date, dated := sunset(o)
	switch {
	case op.unstable:
		d.when, d.from = "unstable", quoted(stability(o))
	case !o.Get("deprecated").Bool() || op.kind == kindWebhook:
	case dated && !e.opt.Now.IsZero() && e.opt.Now.Before(date):
		d.when, d.from = "before-sunset", jsonOf(o.Get("x-sunset"))
	case dated:
		d.when, d.from = "after-sunset", jsonOf(o.Get("x-sunset"))
	default:
		d.when = "deprecated"
	}
	e.emit(s, d)
}

// compareLifecycle compares deprecation, sunset date and stability level.
func (e *engine) compareLifecycle(x exchange) {
	o, n := x.old.op, x.new.op
	was, is := o.Get("deprecated"), n.Get("deprecated")
	d := delta{on: "operation", attr: "deprecated", oldAt: o, newAt: n}
	switch {
	case is.Bool() && !was.Bool():
		d.op, d.new = Added, is
		d.when, d.to = e.announcement(n)
		e.emit(x.site, d)
	case was.Bool() && !is.Bool():
		d.op, d.old = Removed, was
		e.emit(x.site, d)
	}
	e.compareSunset(x, o.Get("x-sunset"), n.Get("x-sunset"))
	e.compareStability(x)
}

// announcement judges the date of a new deprecation where a period is asked for.
func (e *engine) announcement(n contract.Node) (when, to string) {
	date, ok := sunset(n)
	switch {
	case e.opt.DeprecationDays <= 0:
		return "", ""
	case !ok:
		return "no-sunset", ""
	case !e.opt.Now.IsZero() && date.Before(e.opt.Now.AddDate(0, 0, e.opt.DeprecationDays)):
		return "too-soon", jsonOf(n.Get("x-sunset"))
	default:
		return "", ""
	}
}

func (e *engine) compareSunset(x exchange, was, is contract.Node) {
	d := delta{on: "operation", attr: "sunset", old: was, new: is, from: jsonOf(was), to: jsonOf(is), oldAt: x.old.op, newAt: x.new.op}
	a, okA := sunset(x.old.op)
	b, okB := sunset(x.new.op)
	switch {
	case d.from == d.to:
		return
	case !was.Exists():
		d.op = Added
	case !is.Exists():
		d.op = Removed
		if !x.new.op.Get("deprecated").Bool() {
			d.when = "kept"
		}
	case !okA || !okB:
		d.op = Changed
	case a.Equal(b):
		return
	case a.Before(b):
		d.op = Raised
	default:
		d.op = Lowered
	}
	e.emit(x.site, d)
}

func (e *engine) compareStability(x exchange) {
	was, is := stability(x.old.op), stability(x.new.op)
	a, okA := stabilityRanks[was]
	b, okB := stabilityRanks[is]
	if was == is || okA && okB && a == b {
		return
	}
	d := delta{on: "operation", attr: "stability", op: Raised, old: x.old.op.Get("x-stability-level"), new: x.new.op.Get("x-stability-level"),
		from: quoted(was), to: quoted(is), oldAt: x.old.op, newAt: x.new.op}
	switch {
	case !okB:
		d.op = Changed
	case !okA:
		d.op, d.when = Changed, "mended"
	case a > b:
		d.op = Lowered
	}
	e.emit(x.site, d)
}
