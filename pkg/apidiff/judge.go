package apidiff

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/contract"
)

// judge compares the normal forms of a pair, keyword by keyword, and goes on to what they contain.
func (e *engine) judge(s *site) {
	a, b := s.old.norm(), s.new.norm()
	switch {
	case a.never || b.never:
		e.judgeNever(s, a, b)
	case e.judgeSchema(s, a, b):
	case len(a.unions) != len(b.unions):
		e.judgeRecomposed(s, a, b)
	case e.listed(s, a, b):
		e.judgeTypes(s, a, b, a.types, b.types)
		e.judgeEnum(s, a, b)
	default:
		e.judgeTypes(s, a, b, a.types, b.types)
		if len(a.unions) > 0 {
			e.judgeNull(s, a, b, a.nulls(), b.nulls())
		}
		e.judgeEnum(s, a, b)
		e.judgeScalars(s, a, b)
		e.judgeArray(s, a, b)
		e.judgeObject(s, a, b)
		for i := range a.unions {
			e.judgeUnion(s, a.unions[i], b.unions[i])
		}
		e.judgeLogic(s, a, b)
	}
	e.judgeUnknown(s, a, b)
}

// listed reports whether one side lists its values and the other, which does not, accepts each of them: then the list is
// all that differs.
func (e *engine) listed(s *site, a, b *norm) bool {
	x, y := termOf(s.old), termOf(s.new)
	switch {
	case (a.enum == nil) == (b.enum == nil):
		return false
	case a.enum == nil:
		x, y = y, x
	}
	return x.norm.finite() && e.prover.eachValue(x, y, s.mode)
}

func (e *engine) judgeNever(s *site, a, b *norm) {
	switch {
	case a.never && b.never:
	case b.never:
		e.tell(s, delta{attr: "forbidden", op: Added, new: b.neverAt})
	default:
		e.tell(s, delta{attr: "forbidden", op: Removed, old: a.neverAt})
	}
}

// judgeSchema says in one word that a value was unconstrained and is no longer, or the other way round, where more
// than one keyword would have to be named. It reports whether that settles the pair.
func (e *engine) judgeSchema(s *site, a, b *norm) bool {
	if s.old.unconstrained() && !s.old.orNull && b.weight() > 1 {
		e.tell(s, delta{attr: "schema", op: Added, new: s.new.nodes[0]})
		return true
	}
	if s.new.unconstrained() && !s.new.orNull && a.weight() > 1 {
		e.tell(s, delta{attr: "schema", op: Removed, old: s.old.nodes[0]})
		return true
	}
	return false
}

// weight is the number of keywords that a schema would need beside the type; an object or an array counts as many.
func (n *norm) weight() int {
	w := len(n.objects)*2 + len(n.arrays)*2 + len(n.unions)*2 + len(n.nots) + len(n.conds) + len(n.patterns) + len(n.multiple) +
		len(n.names) + len(n.depRequired) + len(n.depSchemas) + len(n.contains)*2
	for _, c := range []count{n.maxLength, n.minLength, n.maxItems, n.minItems, n.maxProps, n.minProps, n.minContains, n.maxContains} {
		if c.set() {
			w++
		}
	}
	for _, set := range []bool{n.types != tAll, n.enum != nil && n.types == tAll, n.max.set(), n.min.set(), len(n.required) > 0, n.format.Exists(),
		n.encoding.Exists(), n.mediaType.Exists(), n.unique.Exists(), n.unevaluatedProps.Exists(), n.unevaluatedItems.Exists()} {
		if set {
			w++
		}
	}
	return w
}

// tell emits a delta of a schema.
func (e *engine) tell(s *site, d delta) {
	if e.meter.spent() {
		return // what led to it may be wrong; the site is reported as not compared
	}
	d.on, d.side = "property", s.mode.side()
	if !d.oldAt.Exists() {
		d.oldAt = first(d.old, s.oldEntry)
		if !d.oldAt.Exists() && len(s.old.nodes) > 0 {
			d.oldAt = s.old.nodes[0]
		}
	}
	if !d.newAt.Exists() {
		d.newAt = first(d.new, s.newEntry)
		if !d.newAt.Exists() && len(s.new.nodes) > 0 {
			d.newAt = s.new.nodes[0]
		}
	}
	e.emit(s, d)
}

func jsonOf(n contract.Node) string {
	if !n.Exists() {
		return ""
	}
	return string(n.AppendJSON(nil))
}

// quoted is a text as JSON.
func quoted(s string) string {
	b, err := jsontext.AppendQuote(nil, s)
	if err != nil { // not UTF-8
		b, _ = jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "?"))
	}
	return string(b)
}

// judgeTypes compares sets of types. An enum says its types by its values.
func (e *engine) judgeTypes(s *site, a, b *norm, ta, tb types) {
	e.judgeNull(s, a, b, ta, tb)
	if ta != tAll && tb != tAll {
		ta, tb = ta&^tNull, tb&^tNull
	}
	if ta == tb || a.stated == b.stated && a.enum == nil && b.enum == nil && a.hullsStated(ta) && b.hullsStated(tb) || a.enum != nil && (b.enum != nil || tb&ta == ta) || b.enum != nil && ta&tb == tb {
		return
	}
	d := delta{attr: "type", old: a.typeAt, new: b.typeAt, from: quoted(ta.String()), to: quoted(tb.String())}
	in, out := typesWithin(s.mode, ta, tb, s.new), typesWithin(s.mode, tb, ta, s.old)
	switch {
	case in && out:
		return
	case in:
		d.op = Widened
	case out:
		d.op = Narrowed
	default:
		d.op = Changed
	}
	e.tell(s, d)
}

// hullsStated reports whether the types differ from the stated ones only because multipleOf rules fractions out.
func (n *norm) hullsStated(t types) bool { return (t^n.stated)&^(tFrac|tNull) == 0 }

// typesWithin reports whether values of the types in are all values of the types out, as far as types go. As text,
// numbers and booleans are strings too, unless the string is restricted, and one item may stand for an array.
func typesWithin(m mode, in, out types, outer *schema) bool {
	left := in &^ out
	if m&modeText != 0 && out&tString != 0 && outer.norm().plainText() {
		left &^= tNumber | tBool
	}
	if m&modeLift != 0 && out&tArray != 0 && left&^(tString|tNumber|tBool) == 0 && outer.norm().minItems.n <= 1 {
		item := outer.side.all(outer.norm().item(0)).schema
		return left == 0 || typesWithin(m.inner(), left, item.norm().types, item)
	}
	return left == 0
}

// plainText reports whether strings are not restricted.
func (n *norm) plainText() bool {
	return n.enum == nil && !n.maxLength.set() && !n.minLength.set() && len(n.patterns) == 0 && !n.format.Exists()
}

func (e *engine) judgeNull(s *site, a, b *norm, ta, tb types) {
	if ta == tAll || tb == tAll || (ta^tb)&tNull == 0 {
		return
	}
	if tb&tNull != 0 {
		e.tell(s, delta{attr: "nullable", op: Added, new: first(b.nullAt(), b.typeAt)})
	} else {
		e.tell(s, delta{attr: "nullable", op: Removed, old: first(a.nullAt(), a.typeAt)})
	}
}

// nulls are the types as far as null beside alternatives goes.
func (n *norm) nulls() types {
	t := tObject
	for _, u := range n.unions {
		if u.null {
			t |= n.types & tNull
		}
	}
	return t
}

// nullAt is the node that makes null valid, where one does.
func (n *norm) nullAt() contract.Node {
	if n.enum != nil && n.enum.null {
		return n.enum.at
	}
	if len(n.unions) > 0 {
		return n.unions[0].at
	}
	return contract.Node{}
}
