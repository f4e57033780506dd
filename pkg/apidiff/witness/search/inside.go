package search

import (
	"slices"
	"strconv"

	"github.com/romel/govctl/pkg/contract"
)

// anyName is the field that stands for those no schema names.
const anyName = "extra"

// inside are the places one step below a goal.
func (s *search) inside(g goal) []place {
	var out []place
	ish, osh := s.g.shape(g.in), s.g.shape(g.out)
	seen := map[string]bool{}
	names := slices.DeleteFunc(slices.Concat(s.g.fields(ish), s.g.fields(osh)), func(name string) bool {
		again := seen[name]
		seen[name] = true
		return again
	})
	if len(ish.objects)+len(osh.objects) > 0 {
		names = append(names, s.openName(ish, osh)...)
	}
	for _, name := range names {
		out = append(out, s.field(g, name)...)
	}
	for i := range s.positions(ish, osh) {
		out = append(out, s.item(g, i)...)
	}
	return out
}

// openName is a field that neither schema names but one speaks of: by a pattern, or as an
// additional one.
func (s *search) openName(shapes ...*shape) []string {
	var out []string
	for _, sh := range shapes {
		for _, at := range sh.objects {
			for pattern := range at.Get("patternProperties").Fields() {
				if name, ok := s.w.matching(pattern, 0); ok {
					out = append(out, name)
				}
			}
			if at.Get("additionalProperties").Kind() == contract.Object || at.Get("unevaluatedProperties").Kind() == contract.Object {
				out = append(out, anyName)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// positions is the number of item positions that can differ: each of prefixItems and one behind.
func (s *search) positions(shapes ...*shape) int {
	n := 0
	for _, sh := range shapes {
		if len(sh.arrays) > 0 {
			n = max(n, s.prefixed(sh)+1)
		}
	}
	return min(n, maxBranches)
}

func (s *search) field(g goal, name string) []place {
	in, okIn := s.g.field(s.g.shape(g.in), name)
	out, okOut := s.g.field(s.g.shape(g.out), name)
	if !okIn || !okOut {
		return nil
	}
	return below(g, step{name, -1, g.in, g.out}, in, out)
}

func (s *search) item(g goal, i int) []place {
	in, out := s.g.item(s.g.shape(g.in), i), s.g.item(s.g.shape(g.out), i)
	return below(g, step{strconv.Itoa(i), i, g.in, g.out}, in, out)
}

// below is the place that a step leads to; none where the outer side says nothing about it.
func below(g goal, st step, in, out conj) []place {
	if len(out.schemas) == 0 {
		return nil
	}
	return []place{{goal: goal{trail: append(slices.Clip(g.trail), st), in: in, out: out}}}
}

// follow takes the first step of a path, in each way that it can be read. Where the path ends in a
// field, the object that holds it is a goal too: the change may be whether the field must or may be
// there.
func (s *search) follow(g goal, rest []string) []place {
	ish, osh := s.g.shape(g.in), s.g.shape(g.out)
	head, tail := rest[0], rest[1:]
	index, err := strconv.Atoi(head)
	field := "" // that the step leads to
	var out []place
	switch {
	case ish.lists(head) || osh.lists(head):
		out, field = s.field(g, head), head
	case (head == "properties" || head == "prefixItems") && len(tail) > 0:
		return []place{{goal: g, rest: tail}}
	case head == "items":
		out = s.item(g, max(s.prefixed(ish), s.prefixed(osh)))
	case head == "additionalProperties" || head == "unevaluatedProperties":
		out, field = s.field(g, anyName), anyName
	case head == "patternProperties" && len(tail) > 0:
		field, _ = s.w.matching(tail[0], 0)
		out, tail = s.field(g, field), tail[1:]
	case err == nil && index >= 0:
		out = s.item(g, index)
	case inPlace[head]:
		return []place{{goal: g}} // the rows of the keyword look further
	default:
		out, field = s.field(g, head), head
	}
	for i := range out {
		out[i].rest = tail
	}
	if field != "" && len(tail) == 0 {
		g.only = field
		out = append(out, place{goal: g})
		if ofHolder[s.hint.Keyword] {
			slices.Reverse(out)
		}
	}
	return out
}

// ofHolder are keywords that stand beside properties and speak of one of them.
var ofHolder = map[string]bool{
	"required": true, "dependentRequired": true, "properties": true, "additionalProperties": true, "unevaluatedProperties": true,
	"readOnly": true, "writeOnly": true,
}

// prefixed is the number of item positions with a schema of their own.
func (s *search) prefixed(sh *shape) int {
	n := 0
	for _, at := range sh.arrays {
		n = max(n, at.Get("prefixItems").Len())
	}
	return n
}

// inPlace are keywords whose schemas say something about the value they stand beside, in their own
// rows.
var inPlace = map[string]bool{
	"not": true, "if": true, "then": true, "else": true, "contains": true, "propertyNames": true, "dependentSchemas": true, "discriminator": true,
}
