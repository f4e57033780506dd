package apidiff

import (
	"maps"
	"slices"

	"github.com/romel/govctl/pkg/contract"
)

// clone is a copy that can be merged into without touching n.
func (n *norm) clone() *norm {
	c := *n
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
