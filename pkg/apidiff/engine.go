package apidiff

import (
	"context"

	"github.com/romel/govctl/pkg/apidiff/witness"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// mode is the way in which a value travels: schemas are judged once for each.
type mode uint8

const (
	modeResponse mode = 1 << iota // the client receives it
	modeText                      // written as text: every number is also a string
	modeLift                      // one item may stand for an array of one (form, explode)
	modeXML
)

func (m mode) side() Side {
	if m&modeResponse != 0 {
		return Response
	}
	return Request
}

// inner forgets what only holds for the outermost value.
func (m mode) inner() mode { return m &^ modeLift }

// An engine compares two contracts once.
type engine struct {
	ctx    context.Context
	opt    Options
	rules  *ruleTable
	old    *side
	new    *side
	ops    []operation
	sites  map[siteKey]*site
	order  []*site // in the order of discovery
	judged int     // so many of order are judged
	spare  *site   // for the next words: most differ in nothing
	found  map[recordKey]*record
	list   []*record
	worded map[wordKey]*site
	meter  *meter
	gaps   *record // of the pairs that were not compared
	same   bool    // both sides follow the same dialect: equal hashes are equal meanings
	prover *prover
	finder witness.Finder

	sets           map[string][]report.Operation // by bitset
	schemesDone    map[string]*site              // security schemes that were compared
	renamed        map[contract.Node]contract.Node
	renamedTargets map[contract.Node]bool
}

type siteKey struct {
	old, new int
	mode     mode
}

// A site is a place where deltas can be: a pair of schemas in one mode, or a part of an operation. The operations
// that reach a site reach its deltas.
type site struct {
	old, new *schema
	mode     mode
	edges    []edge
	safe     bool // proved contained: nothing below can break whoever comes through here
	beside   bool // of words and flags beside the keywords: nothing to prove
	unproved bool // the prover gave up: its budget was spent
	deltas   []*record

	all, harm bitset // operations that reach it; those that reach it by no safe way
	rank      int

	oldEntry, newEntry contract.Node // nodes as written, for witnesses; absent where several meet
	way                way
	where              *where // of the part of an operation; absent elsewhere
}

// An edge leads to a site below, by keywords and names; without a step there is no plain way. It is safe where another
// alternative accepts all that the one below loses.
type edge struct {
	to     *site
	step   []string
	choice bool // to one of several alternatives: the same value stands there
	safe   bool
}

// A delta is one difference between the contracts: what of which thing was done.
type delta struct {
	on, attr string
	op       Op
	side     Side
	when     string
	name     string        // tells equal deltas of one place apart: a property, a scope
	old, new contract.Node // the nodes that say it; absent where nothing does
	oldAt    contract.Node // the place to show where old is absent
	newAt    contract.Node
	from, to string          // as JSON
	values   []contract.Node // worth a try in the search for a witness
	subject  subject         // absent: told from the place
}

// A record is a delta with all operations that it reaches.
type record struct {
	delta
	rule      *Rule
	all, harm bitset
	site      *site // that met it first
	near      *site // that the shortest way leads to
	number    int
	gaps      int    // pairs of schemas that were not compared
	budget    string // that ended, in words
}

type recordKey struct {
	rule     *Rule
	name     string
	old, new contract.Node
	from, to string
	subject  string
}

// emit notes a delta of a site. The same root cause met again only gains operations.
func (e *engine) emit(s *site, d delta) {
	rule := e.rules.claim(d.on, d.attr, d.op, d.side, d.when)
	k := recordKey{rule: rule, name: d.name, old: d.old, new: d.new, from: d.from, to: d.to}
	if !d.old.Exists() && !d.new.Exists() {
		k.old, k.new, k.subject = d.oldAt, d.newAt, d.subject.String()
	}
	r := e.found[k]
	if r == nil {
		if rule.ID == Unclassified && d.name == "" {
			d.name = d.on + " " + d.attr + " " + string(d.op)
		}
		r = &record{delta: d, rule: rule, site: s, number: len(e.list)}
		e.found[k] = r
		e.list = append(e.list, r)
	}
	s.deltas = append(s.deltas, r)
}

// edge leads from one site to another.
func (e *engine) edge(from, to *site, step []string) {
	if from != nil && to != nil {
		from.edges = append(from.edges, edge{to: to, step: step})
	}
}

// part is a new site for a part of an operation.
func (e *engine) part(from *site) *site {
	s := &site{rank: len(e.order)}
	if from != nil {
		s.where = from.where
	}
	e.order = append(e.order, s)
	e.edge(from, s, nil)
	return s
}

// partAt is part for a named part of the messages.
func (e *engine) partAt(from *site, change func(*where)) *site {
	s := e.part(from)
	w := where{}
	if from.where != nil {
		w = *from.where
	}
	change(&w)
	s.where = &w
	return s
}

// pair is the site of two uses of schemas, which are judged once; nil where they are equal.
func (e *engine) pair(from *site, step []string, o, n use, m mode) *site {
	if e.same && o.entry.Exists() && n.entry.Exists() && e.old.closure(o.entry) == e.new.closure(n.entry) {
		return nil
	}
	e.meter.charge(2)
	e.words(from, step, o, n)
	if e.same && o.schema.meaning() == n.schema.meaning() || o.schema.unknown || n.schema.unknown {
		return nil
	}
	k := siteKey{o.schema.id, n.schema.id, m}
	if s, ok := e.sites[k]; ok {
		e.edge(from, s, step)
		return s
	}
	if e.meter.charge(workPerPair); e.meter.spent() {
		e.leaveOut(from)
		return nil
	}
	s := &site{old: o.schema, new: n.schema, mode: m, rank: len(e.order), oldEntry: o.entry, newEntry: n.entry}
	e.sites[k] = s
	e.order = append(e.order, s)
	e.edge(from, s, step)
	return s
}

// judgeAll judges the pairs of schemas, and those that they lead to. It is no recursion: schemas may refer to each other in
// a chain as long as the document.
func (e *engine) judgeAll() {
	for ; e.judged < len(e.order); e.judged++ {
		s := e.order[e.judged]
		if s.old == nil || s.beside {
			continue
		}
		if !e.meter.spent() {
			e.judge(s)
		}
		if e.meter.spent() || s.old.norm().cut || s.new.norm().cut || s.old.cut || s.new.cut {
			e.leaveOut(s)
		}
	}
}

// workPerPair is what a pair of schemas costs at the least: in time little, in memory half a kilobyte.
const workPerPair = 100

// leaveOut notes that something at a site was not compared because the budget was spent. It is one finding for all, an
// error, that reaches every operation concerned.
func (e *engine) leaveOut(s *site) {
	if e.gaps == nil {
		root := e.new.doc.Root()
		e.gaps = &record{
			delta: delta{on: "document", op: Changed, name: "not compared", new: root, oldAt: e.old.doc.Root()},
			rule:  e.rules.claim("anything", "", Changed, None, ""), site: s, number: len(e.list), budget: budgetOfRun,
		}
		e.list = append(e.list, e.gaps)
	}
	if s == nil {
		s = e.part(nil)
	}
	if n := len(s.deltas); n > 0 && s.deltas[n-1] == e.gaps {
		return
	}
	e.gaps.gaps++
	s.deltas = append(s.deltas, e.gaps)
}
