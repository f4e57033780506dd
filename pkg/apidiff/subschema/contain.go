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
	return p.question(func() bool {
		ok, _ := p.prove(inner, outer, m&^AsXML)
		return ok
	})
}

// askUnion reports whether alternatives of outer hold all of inner, whatever stands beside them.
func (p *prover) askUnion(inner, outer term, u *union, m Mode) bool {
	return p.question(func() bool {
		free := 1 << 30
		return p.unionHolds(inner, outer, u, m&^AsXML, &free)
	})
}

// question runs a proof within the budgets.
func (p *prover) question(proof func() bool) bool {
	p.steps, p.spent = min(stepsPerQuestion, p.left), false
	end := p.meter.Limit(min(work.PerQuestion, p.work))
	ok := proof()
	if p.meter.Spent() {
		ok, p.spent = false, true
	}
	p.work -= end()
	p.left -= min(stepsPerQuestion, p.left) - max(p.steps, 0)
	return ok
}

// prove shows a ⊆ b. The second result is the depth of the outermost assumption that the proof
// leans on.
func (p *prover) prove(a, b term, m Mode) (bool, int) {
	const free = 1 << 30
	if a.norm.uninhabited || p.trivially(a, b) {
		return true, free
	}
	p.meter.Charge(10)
	if p.steps--; p.steps < 0 || p.depth > 3000 || p.meter.Spent() || a.norm.Incomplete || b.norm.Incomplete {
		p.spent = true
		return false, free
	}
	k := proofKey{a.key, b.key, a.catalog, b.catalog, m}
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
	hypothesisDepth := free
	ok := p.contains(a, b, m, &hypothesisDepth)
	if p.meter.Spent() { // some of the answers that it rests on were cut short
		ok, p.spent = false, true
	}
	p.depth--
	return p.conclude(k, ok, mark, here, hypothesisDepth)
}

// conclude notes the outcome of a proof and what becomes of the provisional ones below it.
func (p *prover) conclude(k proofKey, ok bool, mark, here, hypothesisDepth int) (bool, int) {
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
	case hypothesisDepth >= here: // leans on nothing outside: all below is settled
		for _, t := range p.trail[mark:] {
			p.known[t] = proof{proved, free}
		}
		p.trail = p.trail[:mark]
		p.known[k] = proof{proved, free}
		return true, free
	default:
		p.known[k] = proof{provisional, hypothesisDepth}
		p.trail = append(p.trail, k)
		return true, hypothesisDepth
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
func (p *prover) sub(a, b *Schema, m Mode, hypothesisDepth *int) bool {
	ok, depth := p.prove(termOf(a), termOf(b), m)
	*hypothesisDepth = min(*hypothesisDepth, depth)
	return ok
}

// part is sub for terms.
func (p *prover) part(a, b term, m Mode, hypothesisDepth *int) bool {
	ok, depth := p.prove(a, b, m)
	*hypothesisDepth = min(*hypothesisDepth, depth)
	return ok
}

// contains shows a ⊆ b keyword by keyword, and where that fails by cases of a.
func (p *prover) contains(a, b term, m Mode, hypothesisDepth *int) bool {
	if len(a.norm.unions) > 0 || len(b.norm.unions) > 0 {
		m &^= AsText | ScalarAsArray // alternatives are compared as they are declared
	}
	if b.norm.uninhabited {
		return a.norm.Types == 0 || len(a.norm.unions) > 0 && p.byCases(a, b, m, hypothesisDepth)
	}
	if m&AsText != 0 {
		a = a.writtenOut()
	}
	if a.norm.enum != nil && p.eachValue(a, b, m) {
		return true
	}
	if b.norm.open() {
		if p.oneBranchEvaluates(a, b, m, hypothesisDepth) {
			return true
		}
	} else if p.conjunction(a.unrestricted(), b, m, hypothesisDepth) {
		return true
	}
	return p.byCases(a, b, m, hypothesisDepth)
}

// byCases splits a into its alternatives, or into its types, and proves each.
func (p *prover) byCases(a, b term, m Mode, hypothesisDepth *int) bool {
	if len(a.norm.unions) > 0 {
		if a.norm.unions[0].null && a.norm.Types&Null != 0 && !p.part(a.only(Null), b, m, hypothesisDepth) {
			return false
		}
		for i := range a.norm.unions[0].branches {
			p.steps -= a.cost()
			if !p.part(a.alternative(i, p.apart(a, i, m)), b, m, hypothesisDepth) {
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
		return len(a.norm.conds) > 0 && p.part(a.conditional(true), b, m, hypothesisDepth) && p.part(a.conditional(false), b, m, hypothesisDepth)
	}
	for _, t := range kinds {
		if !p.part(a.only(t), b, m, hypothesisDepth) {
			return false
		}
	}
	return true
}

// conjunction shows that a satisfies every keyword of b.
func (p *prover) conjunction(a, b term, m Mode, hypothesisDepth *int) bool {
	x, y := a.norm, b.norm
	return p.typesHold(a, b, m, hypothesisDepth) && enumHolds(x, y) &&
		(x.Types&Number == 0 || numbersHold(x, y)) &&
		(x.Types&String == 0 || stringsHold(x, y) && p.contentHolds(a, b, m, hypothesisDepth)) &&
		(x.Types&Array == 0 || p.arraysHold(a, b, m, hypothesisDepth)) &&
		(!objectsMatter(x, y) || p.objectsHold(a, b, m, hypothesisDepth)) &&
		p.logicHolds(a, b, m, hypothesisDepth)
}

// logicHolds compares alternatives, negations and conditions of b with a.
func (p *prover) logicHolds(a, b term, m Mode, hypothesisDepth *int) bool {
	for i := range b.norm.unions {
		if p.meter.Spent() || !p.unionHolds(a, b, &b.norm.unions[i], m, hypothesisDepth) {
			return false
		}
	}
	for _, n := range b.norm.nots {
		if p.meter.Spent() || !p.notHolds(a, b.catalog.Of(n).Schema, b.catalog, m, hypothesisDepth) {
			return false
		}
	}
	for _, c := range b.norm.conds {
		if p.meter.Spent() || !p.condHolds(a, b, c, m, hypothesisDepth) {
			return false
		}
	}
	return true
}
