package apidiff

import "strconv"

func (e *engine) judgeArray(s *site, a, b *norm) {
	if a.types&b.types&tArray == 0 {
		return // told by the type
	}
	if (a.unique.Exists()) != (b.unique.Exists()) {
		if b.unique.Exists() {
			e.tell(s, delta{attr: "unique-items", op: Added, new: b.unique})
		} else {
			e.tell(s, delta{attr: "unique-items", op: Removed, old: a.unique})
		}
	}
	e.judgeItems(s, a, b)
	if (a.unevaluatedItems.Exists() || b.unevaluatedItems.Exists()) && (a.unevaluated() || b.unevaluated()) { // else they are items like others
		e.pair(s, nil, e.old.of(a.unevaluatedItems), e.new.of(b.unevaluatedItems), s.mode.inner())
	}
	e.judgeContains(s, a, b)
}

// judgeItems compares the items by position, then the rest.
func (e *engine) judgeItems(s *site, a, b *norm) {
	listed := max(a.listed(), b.listed())
	for i := range listed {
		e.pair(s, []string{"prefixItems", strconv.Itoa(i)}, e.old.all(a.item(i)), e.new.all(b.item(i)), s.mode.inner())
	}
	o, n := e.old.all(a.item(listed)), e.new.all(b.item(listed))
	was, is := o.schema.forbids(), n.schema.forbids()
	switch {
	case was && is:
	case is && listed > 0:
		e.tell(s, delta{attr: "additional-items", op: Removed, new: n.schema.nodes[0]})
	case was && listed > 0:
		e.tell(s, delta{attr: "additional-items", op: Added, old: o.schema.nodes[0]})
	case is != was:
		e.forbidden(s, o.schema, n.schema)
	case !o.schema.unconstrained() || !n.schema.unconstrained():
		e.pair(s, []string{"items"}, o, n, s.mode.inner())
	}
}

// forbidden tells that what could stand below a value no longer can, or the other way round.
func (e *engine) forbidden(s *site, o, n *schema) {
	if n.forbids() {
		e.tell(s, delta{attr: "forbidden", op: Added, new: n.nodes[0]})
	} else {
		e.tell(s, delta{attr: "forbidden", op: Removed, old: o.nodes[0]})
	}
}

// judgeContains compares contains, which has its own limits.
func (e *engine) judgeContains(s *site, a, b *norm) {
	for i := range max(len(a.contains), len(b.contains)) {
		switch {
		case i >= len(a.contains):
			e.tell(s, delta{attr: "contains", op: Added, new: b.contains[i].schema, to: jsonOf(b.contains[i].schema)})
		case i >= len(b.contains):
			e.tell(s, delta{attr: "contains", op: Removed, old: a.contains[i].schema, from: jsonOf(a.contains[i].schema)})
		default:
			x, y := a.contains[i], b.contains[i]
			e.judgeCount(s, "min-contains", x.min.orOne(), y.min.orOne())
			e.judgeCount(s, "max-contains", x.max, y.max)
			e.judgeContained(s, x, y)
		}
	}
}

// orOne is minContains with its default.
func (c count) orOne() count {
	if !c.set() {
		return count{n: 1}
	}
	return c
}

// judgeContained compares the schemas of contains. With maxContains more matches are not better, so only equality helps.
func (e *engine) judgeContained(s *site, x, y containsPart) {
	o, n := e.old.of(x.schema), e.new.of(y.schema)
	if o.schema.meaning() == n.schema.meaning() && e.same {
		return
	}
	d := delta{attr: "contains", old: x.schema, new: y.schema, from: jsonOf(x.schema), to: jsonOf(y.schema)}
	in, out := e.within(o.schema, n.schema, s.mode.inner()), e.within(n.schema, o.schema, s.mode.inner())
	switch {
	case in && out:
		return
	case in && !x.max.set() && !y.max.set():
		d.op = Widened
	case out && !x.max.set() && !y.max.set():
		d.op = Narrowed
	default:
		d.op = Changed
	}
	e.tell(s, d)
}
