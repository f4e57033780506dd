package apidiff

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// modeStrict takes every property name as possible. Without it only listed properties are taken to be sent, because
// nobody sends what no contract speaks of: an optional property that is new then narrows nothing.
const modeStrict mode = 1 << 7

// Budgets of the prover, in steps: of one question, and of a whole comparison.
const (
	stepsPerQuestion = 60_000
	stepsPerRun      = 6_000_000
)

// A term is a set of values to reason about: a schema, or a schema narrowed to one of its alternatives.
type term struct {
	side  *side
	norm  *norm
	key   string
	root  *schema // the whole that it is a part of
	name  string  // of the component, where there is one
	plain bool    // the schema itself
}

func termOf(c *schema) term {
	return term{side: c.side, norm: c.sharp(), key: strconv.Itoa(c.id), root: c, name: c.name(), plain: true}
}

// name is that of the component that the schema is; empty for others.
func (c *schema) name() string {
	if len(c.nodes) == 1 && c.side.isComponent(c.nodes[0]) {
		return c.nodes[0].Key()
	}
	return ""
}

// isComponent reports whether a node is a named schema of the document.
func (s *side) isComponent(n contract.Node) bool {
	return s.doc.Root().Get("components").Get("schemas").Get(n.Key()) == n
}

// A prover shows containment by structure. A pair under proof is assumed to hold where it is met again below
// (coinduction); what was proved under an assumption that fails is forgotten.
type prover struct {
	same  bool
	known map[proofKey]proof
	trail []proofKey // provisional proofs, in order
	depth int
	steps int // left in this question
	left  int // left in this run
	meter *meter
	work  int64 // left in this run, in units of the meter
	spent bool

	meetings map[contract.Node][]contract.Node // by the list of alternatives: values that lie in two of them
}

type proofKey struct {
	inner, outer         string
	innerSide, outerSide *side
	mode                 mode
}

type proof struct {
	state proofState
	depth int // of a pair under proof
}

type proofState uint8

const (
	underProof proofState = iota + 1
	provisional
	proved
	refused
)

func newProver(same bool, m *meter) *prover {
	return &prover{same: same, known: map[proofKey]proof{}, left: stepsPerRun, meter: m, work: workPerProver, meetings: map[contract.Node][]contract.Node{}}
}

// within reports whether every value of inner is proved to be a value of outer.
func (e *engine) within(inner, outer *schema, m mode) bool { return e.prover.ask(inner, outer, m) }

// strictlyWithin is within, with every property name taken as possible.
func (e *engine) strictlyWithin(inner, outer *schema, m mode) bool {
	return e.prover.ask(inner, outer, m|modeStrict)
}

func (e *engine) equal(a, b *schema, m mode) bool { return e.within(a, b, m) && e.within(b, a, m) }

func (p *prover) ask(inner, outer *schema, m mode) bool {
	p.steps, p.spent = min(stepsPerQuestion, p.left), false
	end := p.meter.limit(min(workPerQuestion, p.work))
	ok, _ := p.prove(termOf(inner), termOf(outer), m&^modeXML)
	if p.meter.spent() {
		ok, p.spent = false, true
	}
	p.work -= end()
	p.left -= min(stepsPerQuestion, p.left) - max(p.steps, 0)
	return ok
}

// prove shows a ⊆ b. The second result is the depth of the outermost assumption that the proof leans on.
func (p *prover) prove(a, b term, m mode) (bool, int) {
	const free = 1 << 30
	if a.norm.never || p.trivially(a, b) {
		return true, free
	}
	p.meter.charge(10)
	if p.steps--; p.steps < 0 || p.depth > 3000 || p.meter.spent() || a.norm.cut || b.norm.cut {
		p.spent = true
		return false, free
	}
	k := proofKey{a.key, b.key, a.side, b.side, m}
	switch f := p.known[k]; f.state {
	case proved, provisional:
		return true, f.depth
	case refused:
		return false, free
	case underProof:
		return true, f.depth
	}
	p.depth++
	mark, here := len(p.trail), p.depth
	p.known[k] = proof{underProof, here}
	lean := free
	ok := p.contains(a, b, m, &lean)
	if p.meter.spent() { // some of the answers that it rests on were cut short
		ok, p.spent = false, true
	}
	p.depth--
	return p.conclude(k, ok, mark, here, lean)
}

// conclude notes the outcome of a proof and what becomes of the provisional ones below it.
func (p *prover) conclude(k proofKey, ok bool, mark, here, lean int) (bool, int) {
	const free = 1 << 30
	switch {
	case !ok:
		for _, t := range p.trail[mark:] {
			delete(p.known, t)
		}
		p.trail = p.trail[:mark]
		delete(p.known, k)
		if !p.spent {
			p.known[k] = proof{refused, free}
		}
		return false, free
	case lean >= here: // leans on nothing outside: all below is settled
		for _, t := range p.trail[mark:] {
			p.known[t] = proof{proved, free}
		}
		p.trail = p.trail[:mark]
		p.known[k] = proof{proved, free}
		return true, free
	default:
		p.known[k] = proof{provisional, lean}
		p.trail = append(p.trail, k)
		return true, lean
	}
}

// trivially reports what needs no proof: equal meanings, and a schema that accepts everything.
func (p *prover) trivially(a, b term) bool {
	if b.plain && b.root.unconstrained() {
		return true
	}
	return a.plain && b.plain && (a.root == b.root || (p.same || a.side == b.side) && a.root.meaning() == b.root.meaning())
}

// sub proves containment of two schemas below the ones under proof.
func (p *prover) sub(a, b *schema, m mode, lean *int) bool {
	ok, depth := p.prove(termOf(a), termOf(b), m)
	*lean = min(*lean, depth)
	return ok
}

// part is sub for terms.
func (p *prover) part(a, b term, m mode, lean *int) bool {
	ok, depth := p.prove(a, b, m)
	*lean = min(*lean, depth)
	return ok
}

// contains shows a ⊆ b keyword by keyword, and where that fails by cases of a.
func (p *prover) contains(a, b term, m mode, lean *int) bool {
	if len(a.norm.unions) > 0 || len(b.norm.unions) > 0 {
		m &^= modeText | modeLift // alternatives are compared as they are declared
	}
	if b.norm.never {
		return p.empty(a)
	}
	if m&modeText != 0 {
		a = a.writtenOut()
	}
	if a.norm.finite() && p.eachValue(a, b, m) {
		return true
	}
	if b.norm.unevaluated() {
		if p.oneEvaluates(a, b, m, lean) {
			return true
		}
	} else if p.conjunction(a.unrestricted(), b, m, lean) {
		return true
	}
	return p.byCases(a, b, m, lean)
}

// unevaluated reports whether it hangs on alternatives or conditions what the unevaluated properties or items are.
func (n *norm) unevaluated() bool {
	return n.unevaluatedProps.Exists() && len(n.unions)+len(n.conds)+len(n.depSchemas) > 0 ||
		n.unevaluatedItems.Exists() && len(n.unions)+len(n.conds)+len(n.contains) > 0
}

// unrestricted is a without what is said of unevaluated properties and items where nobody knows which they are.
func (a term) unrestricted() term {
	if a.norm.unevaluated() {
		a.norm, a.key, a.plain = a.norm.clone(), a.key+"!", false
		a.norm.unevaluatedProps, a.norm.unevaluatedItems = contract.Node{}, contract.Node{}
	}
	return a
}

// oneEvaluates shows that a lies in the part of b where one alternative alone says what is evaluated.
func (p *prover) oneEvaluates(a, b term, m mode, lean *int) bool {
	if len(b.norm.unions) != 1 || len(b.norm.unions[0].branches) > maxCover {
		return false
	}
	u := &b.norm.unions[0]
	for i := range u.branches {
		p.steps -= b.cost()
		if p.part(a, b.alternative(i), m, lean) {
			return !u.one || !p.overlaps(a, b, u, m)
		}
	}
	return false
}

// empty reports whether a term is seen to have no value.
func (p *prover) empty(a term) bool { return a.norm.never || a.norm.types == 0 }

// writtenOut lists true and false, which are two texts.
func (a term) writtenOut() term {
	if a.norm.enum == nil && a.norm.types == tBool {
		a.norm = a.norm.clone()
		a.norm.list([]string{"false", "true"}, a.norm.typeAt)
	}
	return a
}

// finite reports whether the values are listed.
func (n *norm) finite() bool { return n.enum != nil }

// eachValue shows that every listed value of a is one of b.
func (p *prover) eachValue(a, b term, m mode) bool {
	for _, v := range a.norm.enum.values {
		if p.steps--; p.meter.spent() {
			return false
		}
		if b.norm.admits(b.side, v, m.side(), 0) != yes && (m&modeText == 0 || !b.norm.admitsAsText(v)) {
			return false
		}
	}
	return !a.norm.enum.null || a.norm.types&tNull == 0 || b.norm.types&tNull != 0 && b.norm.enum == nil || b.norm.enum != nil && b.norm.enum.null
}

// admitsAsText reports whether a plain value is valid when it is written as text.
func (n *norm) admitsAsText(v contract.Node) bool {
	if len(n.unions)+len(n.nots)+len(n.conds) > 0 || n.format.Exists() {
		return false
	}
	text, ok := asText(v)
	if !ok {
		return false
	}
	if n.enum != nil {
		return slices.ContainsFunc(n.enum.values, func(w contract.Node) bool {
			other, ok := asText(w)
			return ok && other == text
		})
	}
	if n.types&tString != 0 {
		return n.admitsText(text)
	}
	read, err := contract.ParseValue(context.Background(), "value.json", []byte(text), contract.Options{})
	return err == nil && read.Kind() != contract.String && n.types&typeOf(read)&(tBool|tNumber) != 0 && n.admitsScalar(read)
}

// asText is a plain value as it is written; false for others.
func asText(v contract.Node) (string, bool) {
	switch v.Kind() {
	case contract.String:
		return v.Text(), true
	case contract.Number:
		return v.Literal(), true
	case contract.Bool:
		return strconv.FormatBool(v.Bool()), true
	default:
		return "", false
	}
}

// byCases splits a into its alternatives, or into its types, and proves each.
func (p *prover) byCases(a, b term, m mode, lean *int) bool {
	if len(a.norm.unions) > 0 {
		if a.norm.unions[0].null && a.norm.types&tNull != 0 && !p.part(a.only(tNull), b, m, lean) {
			return false
		}
		for i := range a.norm.unions[0].branches {
			p.steps -= a.cost()
			if !p.part(a.alternative(i), b, m, lean) {
				return false
			}
		}
		return true
	}
	if len(b.norm.unions)+len(b.norm.conds)+len(b.norm.nots)+len(a.norm.conds)+len(a.norm.nots) == 0 {
		return false
	}
	kinds := a.norm.kinds()
	if len(kinds) < 2 || a.norm.enum != nil {
		return len(a.norm.conds) > 0 && p.part(a.conditional(true), b, m, lean) && p.part(a.conditional(false), b, m, lean)
	}
	for _, t := range kinds {
		if !p.part(a.only(t), b, m, lean) {
			return false
		}
	}
	return true
}

// conditional is the part of a that passes, or fails, the test of its first condition.
func (a term) conditional(holds bool) term {
	c, n := a.norm.conds[0], a.norm.clone()
	n.conds = append([]cond(nil), n.conds[1:]...)
	key := a.key + "/then"
	if holds {
		n.mergeNode(a.side, c.test)
		n.mergeNode(a.side, c.then)
	} else {
		n.nots = append(append([]contract.Node(nil), n.nots...), a.side.denied(c.test)...)
		n.mergeNode(a.side, c.otherwise)
		key = a.key + "/else"
	}
	n.tidy(a.side)
	return term{side: a.side, norm: n.sharpen(a.side), key: key, root: a.root, name: a.name}
}

// kinds are the types of the values, numbers being one.
func (n *norm) kinds() []types {
	var out []types
	for _, t := range []types{tNull, tBool, tNumber, tString, tArray, tObject} {
		if n.types&t != 0 {
			out = append(out, n.types&t)
		}
	}
	return out
}

// cost is that of one more split, in steps: alternatives of alternatives grow in number with each level and are made anew.
func (a term) cost() int { return 1 << min(2*strings.Count(a.key, "/"), 8) }

// alternative is the part of a that lies in branch i of its first union.
func (a term) alternative(i int) term {
	u := a.norm.unions[0]
	n := a.norm.clone()
	n.unions = append([]union(nil), a.norm.unions[1:]...)
	c := a.side.of(u.branches[i]).schema
	n.absorb(c.norm().clone())
	n.tidy(a.side)
	name := c.name()
	return term{side: a.side, norm: n.sharpen(a.side), key: a.key + "/" + strconv.Itoa(i), root: a.root, name: name}
}

// only is the part of a with those types.
func (a term) only(t types) term {
	n := a.norm.clone()
	n.types &= t
	if t == tNull { // null is no branch: where it is valid besides the alternatives, they say nothing about it
		var rest []union
		for _, u := range n.unions {
			if !u.null {
				rest = append(rest, u)
			}
		}
		n.unions = rest
	}
	n.tidy(a.side)
	return term{side: a.side, norm: n.sharpen(a.side), key: a.key + ":" + strconv.Itoa(int(t)), root: a.root, name: a.name}
}
