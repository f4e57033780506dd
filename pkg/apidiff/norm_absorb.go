package apidiff

import "github.com/romel/govctl/pkg/contract"

// absorb is the conjunction with another normal form.
func (n *norm) absorb(o *norm) {
	if o.never {
		n.never, n.neverAt = true, o.neverAt
	}
	if n.types&^o.types != 0 {
		n.typeAt = o.typeAt
	}
	n.types &= o.types
	if o.enum != nil {
		n.restrict(o.enum)
	}
	n.max, n.min = n.max.tighter(o.max, -1), n.min.tighter(o.min, 1)
	n.multiple = append(n.multiple, o.multiple...)
	n.maxLength, n.minLength = n.maxLength.atMost(o.maxLength), n.minLength.atLeast(o.minLength)
	n.patterns = append(n.patterns, o.patterns...)
	n.format, n.hint = first(n.format, o.format), first(n.hint, o.hint)
	n.encoding, n.mediaType = first(n.encoding, o.encoding), first(n.mediaType, o.mediaType)
	n.contentSchema = append(n.contentSchema, o.contentSchema...)
	n.maxItems, n.minItems = n.maxItems.atMost(o.maxItems), n.minItems.atLeast(o.minItems)
	n.unique = first(n.unique, o.unique)
	n.arrays, n.contains = append(n.arrays, o.arrays...), append(n.contains, o.contains...)
	n.minContains, n.maxContains = n.minContains.atLeast(o.minContains), n.maxContains.atMost(o.maxContains)
	n.maxProps, n.minProps = n.maxProps.atMost(o.maxProps), n.minProps.atLeast(o.minProps)
	for name, at := range o.required {
		n.require(name, at)
	}
	n.objects, n.names = append(n.objects, o.objects...), append(n.names, o.names...)
	n.absorbDependent(o)
	n.unevaluatedProps = first(n.unevaluatedProps, o.unevaluatedProps)
	n.unevaluatedItems = first(n.unevaluatedItems, o.unevaluatedItems)
	n.unions, n.nots, n.conds = append(n.unions, o.unions...), append(n.nots, o.nots...), append(n.conds, o.conds...)
	n.unknown = append(n.unknown, o.unknown...)
}

func (n *norm) absorbDependent(o *norm) {
	for trigger, names := range o.depRequired {
		for name, at := range names {
			n.depend(trigger, name, at)
		}
	}
	for trigger, list := range o.depSchemas {
		if n.depSchemas == nil {
			n.depSchemas = map[string][]contract.Node{}
		}
		n.depSchemas[trigger] = append(n.depSchemas[trigger], list...)
	}
}

func first(a, b contract.Node) contract.Node {
	if a.Exists() {
		return a
	}
	return b
}

// require makes a property required. The empty name is a slip: nothing that is sent is called so.
func (n *norm) require(name string, at contract.Node) {
	if name == "" {
		return
	}
	if n.required == nil {
		n.required = map[string]contract.Node{}
	}
	if _, ok := n.required[name]; !ok {
		n.required[name] = at
	}
}

func (n *norm) depend(trigger, name string, at contract.Node) {
	if n.depRequired == nil {
		n.depRequired = map[string]map[string]contract.Node{}
	}
	if n.depRequired[trigger] == nil {
		n.depRequired[trigger] = map[string]contract.Node{}
	}
	n.depRequired[trigger][name] = at
}
