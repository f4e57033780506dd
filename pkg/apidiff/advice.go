package apidiff

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// Advice summarises a diff in a few labelled lines: which clients break, how many findings an
// example confirms, and what to do next. It is empty without a breaking change.
func Advice(d report.Diff) [][2]string {
	if d.Totals.Breaking == 0 {
		return nil
	}
	var out [][2]string
	for _, g := range []struct{ direction, label, effect string }{
		{"request", "requests", "what clients send today is rejected"},
		{"response", "responses", "clients receive what they were not promised"},
		{"", "calls", "addresses, credentials or names that clients use are removed"},
	} {
		if n, ops := breakingIn(d, g.direction); n > 0 {
			out = append(out, [2]string{g.label, fmt.Sprintf("%s, %s: %s", plural(n, "change"), plural(ops, "operation"), g.effect)})
		}
	}
	proof := fmt.Sprintf("%d of %d confirmed by an example", d.Totals.Proved, d.Totals.Breaking)
	if d.Totals.Asserted > 0 {
		proof += fmt.Sprintf("; %d asserted by the rule alone", d.Totals.Asserted)
	}
	return append(out, [2]string{"proof", proof}, [2]string{"next", nextVersion(d) + ", or accept a single change for a time:\n" +
		"govctl openapi waivers add --fingerprint HEX --reason WHY --owner WHO --expires DATE"})
}

// breakingIn counts the breaking changes of one direction and the operations that they reach.
func breakingIn(d report.Diff, direction string) (changes, operations int) {
	reached := map[report.Operation]bool{}
	for i := range d.Changes {
		if f := &d.Changes[i]; f.Breaking && f.Direction == direction {
			changes += f.Count()
			for _, op := range f.Operations {
				reached[op] = true
			}
		}
	}
	return changes, len(reached)
}

// nextVersion says which version matches a breaking change.
func nextVersion(d report.Diff) string {
	was, ok := majorOf(d.Old.Version)
	is, known := majorOf(d.New.Version)
	switch {
	case !ok || !known:
		return "release it as a new major version"
	case is > was:
		return fmt.Sprintf("nothing, where version %s is meant to break (it was %s)", d.New.Version, d.Old.Version)
	default:
		return fmt.Sprintf("release it as %d.0.0 (the contract says %s, it was %s)", was+1, d.New.Version, d.Old.Version)
	}
}

// majorOf is the first number of a version; false for what is none, such as a date.
func majorOf(version string) (int, bool) {
	first, _, dotted := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	n, err := strconv.Atoi(first)
	return n, err == nil && dotted && n < 1000
}
