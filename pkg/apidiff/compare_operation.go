package apidiff

import (
	"github.com/romel/govctl/pkg/contract"
)

// An exchange is a pair of operations under comparison: of a path, a webhook or a callback.
type exchange struct {
	site     *site
	old, new call
	inverted bool // the API calls the client: what it sends, the client receives
}

// send is the mode of what the caller of the operation sends, receive that of the answer.
func (x exchange) send() mode {
	if x.inverted {
		return modeResponse
	}
	return 0
}

func (x exchange) receive() mode {
	if x.inverted {
		return 0
	}
	return modeResponse
}

// compareOperations compares all operations and leaves their numbers on the sites they reach.
func (e *engine) compareOperations() {
	for i := range e.ops {
		op := &e.ops[i]
		s := e.part(nil)
		s.all, s.harm = newBitset(len(e.ops)), newBitset(len(e.ops))
		s.all.add(i)
		if !op.unstable {
			s.harm.add(i)
		}
		switch {
		case op.unknown:
		case !op.new.exists():
			e.operationRemoved(s, op)
		case !op.old.exists():
			e.emit(s, delta{on: op.thing(), op: Added, new: op.new.op, newAt: op.new.op, oldAt: e.old.doc.Root().Get("paths")})
		default:
			x := exchange{site: s, old: op.old, new: op.new, inverted: op.kind == kindWebhook}
			s.where = &where{exchange: x}
			e.compareOperation(x)
		}
	}
}

// hides reports whether the path is there as a reference that does not resolve.
func (s *side) hides(path string) bool {
	for _, container := range []string{"paths", "webhooks", "x-webhooks"} {
		if item := s.doc.Root().Get(container).Get(path); item.Exists() && dangles(s.doc.Deref(item)) {
			return true
		}
	}
	return false
}

// thing is what rules are on for an operation of this kind.
func (o *operation) thing() string {
	if o.kind == kindWebhook {
		return "webhook"
	}
	return "operation"
}

func (e *engine) compareOperation(x exchange) {
	if !e.unchanged(x) {
		e.compareLifecycle(x)
		e.compareIdentity(x)
		e.compareParameters(x)
		e.compareBody(x)
		e.compareResponses(x, x.old.op.Get("responses"), x.new.op.Get("responses"))
		e.compareCallbacks(x)
	}
	e.compareSecurity(x)
	e.compareServers(x)
}

// unchanged reports whether nothing that the operation says itself can differ.
func (e *engine) unchanged(x exchange) bool {
	return e.same && template(x.old.path) == x.old.path && x.old.path == x.new.path &&
		e.old.closure(x.old.op) == e.new.closure(x.new.op) && x.old.item.Get("parameters").Hash() == x.new.item.Get("parameters").Hash() &&
		!x.old.item.Get("parameters").Exists() ||
		e.same && x.old.path == x.new.path && e.old.closure(x.old.item) == e.new.closure(x.new.item)
}

func (e *engine) compareIdentity(x exchange) {
	o, n := x.old.op, x.new.op
	e.compareID(x, o.Get("operationId"), n.Get("operationId"))
	e.compareTags(x, o.Get("tags"), n.Get("tags"))
	e.compareNotes(x.site, o, n, "summary", "description", "externalDocs")
	e.compareOtherKeys(x.site, o, n, operationKeys)
	if x.old.item != (contract.Node{}) && x.new.item != (contract.Node{}) {
		e.compareNotes(x.site, x.old.item, x.new.item, "summary", "description")
	}
}

func (e *engine) compareID(x exchange, was, is contract.Node) {
	d := delta{on: "operation", attr: "operation-id", old: was, new: is, from: jsonOf(was), to: jsonOf(is), oldAt: x.old.op, newAt: x.new.op}
	switch {
	case d.from == d.to:
		return
	case !was.Exists():
		d.op = Added
	case !is.Exists():
		d.op = Removed
	default:
		d.op = Changed
	}
	e.emit(x.site, d)
}

func (e *engine) compareTags(x exchange, was, is contract.Node) {
	a, b := newEnum(items(was), was), newEnum(items(is), is)
	for _, v := range a.without(b) {
		e.emit(x.site, delta{on: "operation", attr: "tag", op: Removed, name: v.Text(), old: v, from: jsonOf(v), oldAt: x.old.op, newAt: x.new.op})
	}
	for _, v := range b.without(a) {
		e.emit(x.site, delta{on: "operation", attr: "tag", op: Added, name: v.Text(), new: v, to: jsonOf(v), oldAt: x.old.op, newAt: x.new.op})
	}
}

// compareNotes compares keys that are words for people.
func (e *engine) compareNotes(s *site, o, n contract.Node, names ...string) {
	changed := ""
	var was, is contract.Node
	for _, name := range names {
		if a, b := o.Get(name), n.Get(name); a.Hash() != b.Hash() {
			if changed != "" {
				changed += ", "
			}
			changed += name
			was, is = first(was, a), first(is, b)
		}
	}
	if changed != "" {
		e.emit(s, delta{on: "words", attr: "documentation", op: Changed, name: changed, old: was, new: is, oldAt: o, newAt: n})
	}
}

// operationKeys are the fields of an operation that are compared one by one elsewhere.
var operationKeys = known("operationId", "tags", "summary", "description", "externalDocs", "parameters", "requestBody", "responses", "callbacks", "deprecated", "security", "servers",
	"x-sunset", "x-stability-level")

func known(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// compareOtherKeys compares extensions, and fails closed on fields that the specification does not speak of.
func (e *engine) compareOtherKeys(s *site, o, n contract.Node, skip map[string]bool) {
	if dangles(o) || dangles(n) {
		return
	}
	names := map[string]bool{}
	for name := range o.Fields() {
		names[name] = true
	}
	for name := range n.Fields() {
		names[name] = true
	}
	for _, name := range sortedKeys(names) {
		a, b := o.Get(name), n.Get(name)
		if skip[name] || a.Hash() == b.Hash() {
			continue
		}
		d := delta{on: "words", attr: "extension", op: Changed, name: name, old: a, new: b, oldAt: o, newAt: n}
		if !isExtension(name) {
			d.attr, d.from, d.to = "unknown field", jsonOf(a), jsonOf(b)
		}
		e.emit(s, d)
	}
}
