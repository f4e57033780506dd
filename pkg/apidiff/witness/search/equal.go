package search

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
)

// only keeps the values that are, or are not, in a list too.
func only(values, list []any, in bool) []any {
	known := keys(list)
	return slices.DeleteFunc(slices.Clone(values), func(v any) bool { return known[message.Canonical(v)] != in })
}

// keys are the same for lists of equal values.
func keys(list []any) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, v := range list {
		out[message.Canonical(v)] = true
	}
	return out
}
