package apidiff

import (
	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

// A builder makes the graph of two contracts: each pair of schemas is compared once in each mode,
// and each difference noted once, however many operations reach it.
type builder struct {
	input
	graph       graph
	compared    int // so many of the nodes are compared
	byPair      map[pairKey]*node
	byUses      map[usesKey]*node
	byScheme    map[string]*node
	byDelta     map[recordKey]*record
	notCompared *record
}

type pairKey struct {
	old, new int
	mode     subschema.Mode
}

type usesKey struct {
	old, new contract.Node
	mode     subschema.Mode
}

type recordKey struct {
	rule     *rules.Rule
	name     string
	old, new contract.Node
	from, to string
}

// compare is the graph of all that differs between the operations of two contracts, and between the
// documents themselves.
func compare(in input, ops []operations.Operation) graph {
	if in.equal() {
		return graph{}
	}
	return compareAll(in, ops)
}

// compareAll is compare for contracts that are not equal.
func compareAll(in input, ops []operations.Operation) graph {
	b := &builder{input: in, byPair: map[pairKey]*node{}, byUses: map[usesKey]*node{}, byScheme: map[string]*node{}, byDelta: map[recordKey]*record{}}
	for i := range ops {
		n := b.part(nil, in.operations.Compare(&ops[i]))
		n.all.add(i)
		if !ops[i].Unstable {
			n.harm.add(i)
		}
	}
	b.part(nil, in.operations.Documents())
	b.compareSchemas()
	b.graph.circles = b.graph.components()
	return b.graph
}

// part adds a part of an operation, with what is below it.
func (b *builder) part(from *node, p *operations.Part) *node {
	n := &node{mode: p.Mode, where: p.Location}
	b.add(from, n, nil)
	for _, d := range p.Found {
		b.meter.Charge(work.PerDifference)
		b.note(n, d)
	}
	for i := range p.Schemas {
		b.pair(n, &p.Schemas[i])
	}
	for _, sub := range p.Parts {
		at := len(n.edges)
		b.part(n, sub)
		n.edges[at].safe = sub.Unstable
	}
	for _, name := range p.Schemes {
		b.scheme(n, name)
	}
	return n
}

// add adds a node below another one.
func (b *builder) add(from, n *node, step []string) {
	n.rank, n.reach = len(b.graph.nodes), new(reach)
	b.graph.nodes = append(b.graph.nodes, n)
	link(from, n, step)
}

// link leads from one node to another.
func link(from, to *node, step []string) {
	if from != nil {
		from.edges = append(from.edges, edge{to: to, step: step})
	}
}

// scheme adds a security scheme below a part; each is compared once.
func (b *builder) scheme(from *node, name string) {
	if b.byScheme[name] == nil {
		b.byScheme[name] = b.part(nil, b.operations.Scheme(name))
	}
	link(from, b.byScheme[name], nil)
}

// note notes a difference at a node. The same root cause met again only gains operations.
func (b *builder) note(n *node, d subschema.Difference) {
	if d.Incomplete {
		b.leaveOut(n)
		return
	}
	rule := b.rules.Lookup(d.On, d.Attr, d.Op, d.Side, d.When)
	k := recordKey{rule: rule, name: d.Name, old: d.Old, new: d.New, from: d.From, to: d.To}
	if !d.Old.Exists() && !d.New.Exists() {
		k.old, k.new = d.OldAt, d.NewAt
	}
	b.meter.Charge(10)
	r := b.byDelta[k]
	if r == nil {
		if rule.ID == rules.Unclassified && d.Name == "" {
			d.Name = d.On + " " + d.Attr + " " + string(d.Op)
		}
		r = &record{Difference: d, rule: rule, node: n}
		b.byDelta[k] = r
		b.graph.records = append(b.graph.records, r)
	}
	n.records = append(n.records, r)
}

// pair adds the pair of two uses of schemas below a node, unless they are equal.
func (b *builder) pair(from *node, p *subschema.Pair) {
	if b.schemas.EqualAsWritten(p.Old, p.New) {
		return
	}
	b.meter.Charge(2)
	if at := len(from.edges); p.Unstable {
		defer func() {
			for i := range from.edges[at:] {
				from.edges[at+i].safe = true
			}
		}()
	}
	b.annotations(from, p)
	if !b.schemas.Differ(p.Old, p.New) {
		return
	}
	k := pairKey{p.Old.Schema.ID, p.New.Schema.ID, p.Mode}
	n, known := b.byPair[k]
	if known {
		link(from, n, p.Step)
	} else {
		if b.meter.Charge(workPerPair); b.meter.Spent() {
			b.leaveOut(from)
			return
		}
		n = &node{old: p.Old.Schema, new: p.New.Schema, mode: p.Mode, oldEntry: p.Old.Entry, newEntry: p.New.Entry}
		b.byPair[k] = n
		b.add(from, n, p.Step)
	}
	last := &from.edges[len(from.edges)-1]
	last.choice, last.safe = p.Choice, p.Safe
}

// annotations adds a node for what stands beside the keywords of two uses, where that differs.
func (b *builder) annotations(from *node, p *subschema.Pair) {
	if !p.Old.Entry.Exists() || !p.New.Entry.Exists() {
		return
	}
	k := usesKey{p.Old.Entry, p.New.Entry, from.mode.Inner()}
	if n, known := b.byUses[k]; known {
		link(from, n, p.Step)
		return
	}
	found := b.operations.Annotations(p.Old, p.New, k.mode)
	if len(found) == 0 {
		return
	}
	n := &node{annotationOnly: true, mode: k.mode, old: p.Old.Schema, new: p.New.Schema, oldEntry: p.Old.Entry, newEntry: p.New.Entry}
	b.byUses[k] = n
	b.add(from, n, p.Step)
	for _, d := range found {
		b.note(n, d)
	}
}

// compareSchemas compares the pairs of schemas, and those that they lead to. It is no recursion:
// schemas may refer to each other in a chain as long as the document.
func (b *builder) compareSchemas() {
	for ; b.compared < len(b.graph.nodes); b.compared++ {
		n := b.graph.nodes[b.compared]
		if !n.pair() || n.annotationOnly {
			continue
		}
		if !b.meter.Spent() {
			c := b.schemas.Differences(n.old, n.new, n.oldEntry, n.newEntry, n.mode)
			for _, d := range c.Found {
				b.note(n, d)
			}
			for i := range c.Below {
				b.pair(n, &c.Below[i])
			}
		}
		if b.meter.Spent() || n.old.Normal().Incomplete || n.new.Normal().Incomplete || n.old.Incomplete || n.new.Incomplete {
			b.leaveOut(n)
		}
	}
}

// workPerPair is what a pair of schemas costs at the least: in time little, in memory half a
// kilobyte.
const workPerPair = 100

// leaveOut notes that something at a node was not compared because the budget was spent. It is one
// finding for all, an error, that reaches every operation concerned.
func (b *builder) leaveOut(n *node) {
	if b.notCompared == nil {
		b.notCompared = &record{
			Difference: subschema.Difference{On: "document", Op: rules.Changed, Name: "not compared", New: b.new.Doc.Root(), OldAt: b.old.Doc.Root()},
			rule:       b.rules.Lookup("anything", "", rules.Changed, rules.None, ""), node: n, budget: work.BudgetOfRun,
		}
		b.graph.records = append(b.graph.records, b.notCompared)
	}
	if k := len(n.records); k > 0 && n.records[k-1] == b.notCompared {
		return
	}
	b.notCompared.gaps++
	n.records = append(n.records, b.notCompared)
}
