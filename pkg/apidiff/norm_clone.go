package apidiff

import (
	"maps"
	"slices"

	"github.com/romel/govctl/pkg/contract"
)

// clone is a copy that can be merged into without touching n.
func (n *norm) clone() *norm {
	c := *n
	n.meter.charge(n.heft())
	c.multiple = slices.Clone(n.multiple)
	c.patterns = slices.Clone(n.patterns)
	c.contentSchema = slices.Clone(n.contentSchema)
	c.arrays, c.contains = slices.Clone(n.arrays), slices.Clone(n.contains)
	c.required = maps.Clone(n.required)
	c.objects, c.names = slices.Clone(n.objects), slices.Clone(n.names)
	c.depSchemas = maps.Clone(n.depSchemas)
	if n.depRequired != nil {
		c.depRequired = make(map[string]map[string]contract.Node, len(n.depRequired))
		for k, v := range n.depRequired {
			c.depRequired[k] = maps.Clone(v)
		}
	}
	c.unions, c.nots, c.conds = slices.Clone(n.unions), slices.Clone(n.nots), slices.Clone(n.conds)
	c.unknown = slices.Clone(n.unknown)
	return &c
}

// heft is what a copy costs, in units of work.
func (n *norm) heft() int {
	size := 20 + len(n.multiple) + len(n.patterns) + len(n.contentSchema) + len(n.arrays) + len(n.contains) + len(n.objects) + len(n.names) +
		len(n.unions) + len(n.nots) + len(n.conds) + len(n.unknown) + 2*len(n.required) + 2*len(n.depSchemas)
	for _, names := range n.depRequired {
		size += 10 + 2*len(names)
	}
	return size
}
