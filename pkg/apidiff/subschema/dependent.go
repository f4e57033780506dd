package subschema

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

func (n *NormalForm) depend(trigger, name string, at contract.Node) {
	if n.depRequired == nil {
		n.depRequired = map[string]map[string]contract.Node{}
	}
	if n.depRequired[trigger] == nil {
		n.depRequired[trigger] = map[string]contract.Node{}
	}
	n.depRequired[trigger][name] = at
}

func (n *NormalForm) dependOn(name string, v ...contract.Node) {
	if n.depSchemas == nil {
		n.depSchemas = map[string][]contract.Node{}
	}
	n.depSchemas[name] = append(slices.Clone(n.depSchemas[name]), v...)
}

func (n *NormalForm) absorbDependent(o *NormalForm) {
	for trigger, names := range o.depRequired {
		for name, at := range names {
			n.depend(trigger, name, at)
		}
	}
	for trigger, list := range o.depSchemas {
		n.dependOn(trigger, list...)
	}
}

// simplifyDependent follows the dependencies on what is always there, and takes schemas that only
// demand as demands.
func (n *NormalForm) simplifyDependent(s *Catalog) {
	for _, trigger := range jsonvalue.SortedKeys(n.depSchemas) {
		var rest []contract.Node
		for _, v := range n.depSchemas[trigger] {
			o := s.Of(v).Schema.Normal()
			switch _, always := n.required[trigger]; {
			case always && n.Types == Object: // of other types it says nothing
				n.decide(v, Yes)
				n.mergeNode(s, v)
			case o.onlyRequires():
				for name, at := range o.required {
					n.depend(trigger, name, at)
				}
			default:
				rest = append(rest, v)
			}
		}
		n.depSchemas[trigger] = rest
		if len(rest) == 0 {
			delete(n.depSchemas, trigger)
		}
	}
	for rounds := 0; rounds < 8; rounds++ {
		for _, trigger := range jsonvalue.SortedKeys(n.depRequired) {
			if _, always := n.required[trigger]; always {
				for name, at := range n.depRequired[trigger] {
					n.require(name, at)
				}
				delete(n.depRequired, trigger)
			}
		}
	}
}

func (e *Comparer) compareDependent(s *Comparison, a, b *NormalForm) {
	for _, trigger := range jsonvalue.BothKeys(a.depRequired, b.depRequired) {
		was, is := a.depRequired[trigger], b.depRequired[trigger]
		for _, name := range jsonvalue.BothKeys(was, is) {
			if e.Meter.Charge(4); e.Meter.Spent() {
				return
			}
			text := jsonvalue.Quoted(trigger + " needs " + name)
			e.oneSided(s, Difference{Attr: "dependent-required", Name: trigger + " " + name, Old: was[name], New: is[name], From: text, To: text})
		}
	}
	for _, trigger := range jsonvalue.BothKeys(a.depSchemas, b.depSchemas) {
		was, is := a.depSchemas[trigger], b.depSchemas[trigger]
		if !e.oneSided(s, Difference{Attr: "dependent-schema", Name: trigger, Old: at(was, 0), New: at(is, 0), From: jsonvalue.Quoted(trigger), To: jsonvalue.Quoted(trigger)}) {
			e.pair(s, nil, e.Old.All(was), e.New.All(is), s.mode.Inner()|ByLetter)
		}
	}
}

func (p *prover) dependentHolds(a, b term, m Mode) bool {
	for trigger, names := range b.norm.depRequired {
		p.meter.Charge(2 + 2*len(names))
		for name := range names {
			_, always := a.norm.required[name]
			if _, same := a.norm.depRequired[trigger][name]; !always && !same && !p.impossible(a, trigger) {
				return false
			}
		}
	}
	for trigger, outer := range b.norm.depSchemas {
		if p.impossible(a, trigger) {
			continue
		}
		target := b.catalog.All(outer).Schema
		if inner := a.norm.depSchemas[trigger]; len(inner) > 0 && p.prove(letterOf(a.catalog.All(inner).Schema), letterOf(target), m.Inner()) {
			continue
		}
		if !p.prove(a, letterOf(target), m|AnyName) {
			return false
		}
	}
	return true
}

func (n *NormalForm) admitsDependent(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	t := Yes
	for trigger, names := range n.depRequired {
		n.meter.Charge(1 + len(names))
		for name := range names {
			if v.Get(trigger).Exists() && !v.Get(name).Exists() {
				return No
			}
		}
	}
	for _, trigger := range jsonvalue.SortedKeys(n.depSchemas) {
		if list := n.depSchemas[trigger]; v.Get(trigger).Exists() {
			t = t.And(s.All(list).Schema.admits(v, dir, depth+1))
		}
	}
	return t
}
