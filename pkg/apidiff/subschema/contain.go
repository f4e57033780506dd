package subschema

import (
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

// Contains answers whether every value of inner is one of outer, and where that is unknown why.
func (e *Comparer) Contains(outer, inner *Schema, m Mode) (a Answer, reason string) {
	switch ok := e.Prover.ask(inner, outer, m); {
	case ok:
		return Yes, ""
	case e.Prover.spent:
		return Unknown, "the containment check exceeded its budget"
	default:
		return No, "" // by structure: a witness may still be missing
	}
}

// within reports whether every value of inner is proved to be a value of outer.
func (e *Comparer) within(inner, outer *Schema, m Mode) bool { return e.Prover.ask(inner, outer, m) }

// strictlyWithin is within, with every property name taken as possible.
func (e *Comparer) strictlyWithin(inner, outer *Schema, m Mode) bool {
	return e.Prover.ask(inner, outer, m|AnyName)
}

// Equal reports whether two schemas are proved to accept the same values, whatever names their
// properties have.
func (e *Comparer) Equal(a, b *Schema, m Mode) bool {
	return e.strictlyWithin(a, b, m) && e.strictlyWithin(b, a, m)
}

func (e *Comparer) equal(a, b *Schema, m Mode) bool { return e.within(a, b, m) && e.within(b, a, m) }

// AnyName takes every property name as possible. Without it only listed properties are
// taken to be sent, because no client sends what no contract mentions: an optional property that is
// new then narrows nothing.
const AnyName Mode = 1 << 7

// Budgets of the prover, in steps: of one question, and of a whole comparison.
const (
	stepsPerQuestion = 60_000
	stepsPerRun      = 6_000_000
)

// A prover shows containment by structure. A pair under proof is assumed to hold where it is met
// again below (coinduction); what was proved under an assumption that fails is forgotten.
type prover struct {
	same  bool
	known map[proofKey]proof
	trail []proofKey // provisional proofs, in order
	depth int
	leans int // depth of the outermost assumption that the proof under way leans on
	steps int // left in this question
	left  int // left in this run
	meter *work.Meter
	work  int64 // left in this run, in units of the meter
	spent bool

	meetings   map[contract.Node][]contract.Node // by the list of alternatives: values that are in two of them
	exclusives map[exclusiveKey]bool             // whether no value is in two of them
}

type proofKey struct {
	inner, outer               string
	innerCatalog, outerCatalog *Catalog
	mode                       Mode
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

func NewProver(same bool, m *work.Meter) *prover {
	return &prover{same: same, known: map[proofKey]proof{}, left: stepsPerRun, meter: m, work: work.PerProver, meetings: map[contract.Node][]contract.Node{}, exclusives: map[exclusiveKey]bool{}}
}

func (p *prover) ask(inner, outer *Schema, m Mode) bool {
	if m&ByLetter != 0 {
		return p.askTerms(letterOf(inner), letterOf(outer), m&^ByLetter)
	}
	return p.askTerms(termOf(inner), termOf(outer), m) || !p.spent && p.sameByLetter(inner, outer, m)
}

// sameByLetter reports whether two schemas differ in nothing but what their authors seem to mean.
func (p *prover) sameByLetter(a, b *Schema, m Mode) bool {
	return (a.Meant() != a.Normal() || b.Meant() != b.Normal()) && p.askTerms(statedOf(a), statedOf(b), m) && p.askTerms(statedOf(b), statedOf(a), m)
}

func (p *prover) askTerms(inner, outer term, m Mode) bool {
	return p.question(func() bool { return p.prove(inner, outer, m&^AsXML) })
}

// askUnion reports whether alternatives of outer hold all of inner, whatever stands beside them.
func (p *prover) askUnion(inner, outer term, u *union, m Mode) bool {
	return p.question(func() bool { return p.unionHolds(inner, outer, u, m&^AsXML) })
}

// question runs a proof within the budgets.
func (p *prover) question(proof func() bool) bool {
	p.steps, p.spent, p.leans = min(stepsPerQuestion, p.left), false, noAssumption
	end := p.meter.Limit(min(work.PerQuestion, p.work))
	ok := proof()
	if p.meter.Spent() {
		ok, p.spent = false, true
	}
	p.work -= end()
	p.left -= min(stepsPerQuestion, p.left) - max(p.steps, 0)
	return ok
}

// noAssumption is deeper than any pair under proof.
const noAssumption = 1 << 30

// prove shows a ⊆ b.
func (p *prover) prove(a, b term, m Mode) bool {
	if a.norm.uninhabited || p.trivially(a, b) {
		return true
	}
	p.meter.Charge(10)
	if p.steps--; p.steps < 0 || p.depth > 3000 || p.meter.Spent() || a.norm.Incomplete || b.norm.Incomplete {
		p.spent = true
		return false
	}
	k := proofKey{a.key, b.key, a.catalog, b.catalog, m}
	switch f := p.known[k]; f.state {
	case proved, provisional, underProof:
		p.leans = min(p.leans, f.depth)
		return true
	case refused:
		return false
	}
	p.depth++
	mark, here, outside := len(p.trail), p.depth, p.leans
	p.known[k], p.leans = proof{underProof, here}, noAssumption
	ok := p.contains(a, b, m)
	if p.meter.Spent() { // some of the answers that it rests on were cut short
		ok, p.spent = false, true
	}
	p.depth--
	p.leans = min(outside, p.conclude(k, ok, mark, here))
	return ok
}

// conclude notes the outcome of a proof and what becomes of the provisional ones below it, and returns the depth of the
// outermost assumption that it leans on.
func (p *prover) conclude(k proofKey, ok bool, mark, here int) int {
	switch {
	case !ok:
		for _, t := range p.trail[mark:] {
			delete(p.known, t)
		}
		p.trail = p.trail[:mark]
		delete(p.known, k)
		if !p.spent {
			p.known[k] = proof{refused, noAssumption}
		}
		return noAssumption
	case p.leans >= here: // leans on nothing outside: all below is settled
		for _, t := range p.trail[mark:] {
			p.known[t] = proof{proved, noAssumption}
		}
		p.trail = p.trail[:mark]
		p.known[k] = proof{proved, noAssumption}
		return noAssumption
	default:
		p.known[k] = proof{provisional, p.leans}
		p.trail = append(p.trail, k)
		return p.leans
	}
}

// trivially reports what needs no proof: equal meanings, and a schema that accepts everything.
func (p *prover) trivially(a, b term) bool {
	if b.plain && b.root.Unconstrained() {
		return true
	}
	return a.plain && b.plain && (!a.letter || b.letter) && (a.root == b.root || (p.same || a.catalog == b.catalog) && a.root.meaning() == b.root.meaning())
}

// sub proves containment of two schemas below the ones under proof.
func (p *prover) sub(a, b *Schema, m Mode) bool { return p.prove(termOf(a), termOf(b), m) }

// contains shows a ⊆ b keyword by keyword, and where that fails by cases of a.
func (p *prover) contains(a, b term, m Mode) bool {
	if len(a.norm.unions) > 0 || len(b.norm.unions) > 0 {
		m &^= AsText | ScalarAsArray // alternatives are compared as they are declared
	}
	if b.norm.uninhabited {
		return a.norm.Types == 0 || len(a.norm.unions) > 0 && p.byCases(a, b, m)
	}
	if m&AsText != 0 {
		a = a.writtenOut()
	}
	if a.norm.enum != nil && p.eachValue(a, b, m) {
		return true
	}
	if b.norm.open() {
		if p.oneBranchEvaluates(a, b, m) {
			return true
		}
	} else if p.conjunction(a.unrestricted(), b, m) {
		return true
	}
	return p.byCases(a, b, m)
}

// byCases splits a into its alternatives, or into its types, and proves each.
func (p *prover) byCases(a, b term, m Mode) bool {
	if len(a.norm.unions) > 0 {
		if a.norm.unions[0].null && a.norm.Types&Null != 0 && !p.prove(a.only(Null), b, m) {
			return false
		}
		for i := range a.norm.unions[0].branches {
			p.steps -= a.cost()
			if !p.prove(a.alternative(i, p.apart(a, i, m)), b, m) {
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
		return len(a.norm.conds) > 0 && p.prove(a.conditional(true), b, m) && p.prove(a.conditional(false), b, m)
	}
	for _, t := range kinds {
		if !p.prove(a.only(t), b, m) {
			return false
		}
	}
	return true
}

// conjunction shows that a satisfies every keyword of b.
func (p *prover) conjunction(a, b term, m Mode) bool {
	x, y := a.norm, b.norm
	return p.typesHold(a, b, m) && enumHolds(x, y) &&
		(x.Types&Number == 0 || numbersHold(x, y)) &&
		(x.Types&String == 0 || stringsHold(x, y) && p.contentHolds(a, b, m)) &&
		(x.Types&Array == 0 || p.arraysHold(a, b, m)) &&
		(!objectsMatter(x, y) || p.objectsHold(a, b, m)) &&
		p.logicHolds(a, b, m)
}

// logicHolds compares alternatives, negations and conditions of b with a.
func (p *prover) logicHolds(a, b term, m Mode) bool {
	for i := range b.norm.unions {
		if p.meter.Spent() || !p.unionHolds(a, b, &b.norm.unions[i], m) {
			return false
		}
	}
	for _, n := range b.norm.nots {
		if p.meter.Spent() || !p.notHolds(a, b.catalog.Of(n).Schema, b.catalog, m) {
			return false
		}
	}
	for _, c := range b.norm.conds {
		if p.meter.Spent() || !p.condHolds(a, b, c, m) {
			return false
		}
	}
	return true
}
