package policy

import (
	"path"
	"strings"
)

// Pair is a contract in the base and in the head; one of them is nil where it was added or removed.
type Pair struct{ Base, Head *Contract }

// Renamed reports a contract that is the same under another name.
func (p Pair) Renamed() bool { return p.Base != nil && p.Head != nil && p.Base.Name != p.Head.Name }

// matchers say when two contracts are the same, surest first.
var matchers = []func(base, head *Contract) bool{
	func(b, h *Contract) bool { return b.Name == h.Name },
	func(b, h *Contract) bool { return b.Name == h.RenamedFrom },
	func(b, h *Contract) bool { return b.Source != "" && place(b.Source) == place(h.Source) },
}

// Match pairs the contracts of two configurations: by name, by renamed_from, by source, and at last the only two that are left. Contracts
// without a source govern nothing and are left out, unless the other side has one of that name.
func Match(base, head []Contract) []Pair {
	pairs := make([]Pair, len(head))
	for i := range head {
		pairs[i].Head = &head[i]
	}
	left := make([]*Contract, len(base))
	for i := range base {
		left[i] = &base[i]
	}
	for _, same := range matchers {
		for i := range pairs {
			for k, b := range left {
				if pairs[i].Base == nil && b != nil && same(b, pairs[i].Head) {
					pairs[i].Base, left[k] = b, nil
				}
			}
		}
	}
	return rest(pairs, left)
}

// rest pairs the only contract that is left on each side, and appends those that were removed.
func rest(pairs []Pair, left []*Contract) []Pair {
	var gone []*Contract
	for _, b := range left {
		if b != nil && b.Source != "" {
			gone = append(gone, b)
		}
	}
	var added []int
	for i := range pairs {
		if pairs[i].Base == nil {
			added = append(added, i)
		}
	}
	if len(gone) == 1 && len(added) == 1 {
		pairs[added[0]].Base = gone[0]
		return pairs
	}
	for _, b := range gone {
		pairs = append(pairs, Pair{Base: b})
	}
	return pairs
}

// place is the file that a source names, in the work tree or in a revision.
func place(source string) string {
	if at, ok := strings.CutPrefix(source, "git:"); ok {
		if i := strings.LastIndexByte(at, ':'); i >= 0 {
			source = at[i+1:]
		}
	}
	if strings.Contains(source, ":") {
		return source // an address, a command
	}
	return path.Clean(source)
}
