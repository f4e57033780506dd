package search

import (
	"maps"
	"slices"
	"strconv"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// object is an object with the fields it must have, and as few others as the shape lets be.
func (g *gen) object(sh *shape, height, salt int) (any, bool) {
	out := map[string]any{}
	put := func(name string) bool {
		if _, done := out[name]; done || slices.Contains(sh.omit, name) {
			return true
		}
		if !g.w.Burn(1) {
			return false
		}
		c, allowed := g.field(sh, name)
		if !allowed {
			return false
		}
		v, ok := g.value(c, height+1, salt)
		if ok {
			out[name] = v
		}
		return ok
	}
	maps.Copy(out, sh.tags)
	maps.Copy(out, sh.fixed)
	maps.DeleteFunc(out, func(name string, _ any) bool { return slices.Contains(sh.omit, name) })
	for _, name := range sh.required {
		if !put(name) {
			return nil, false
		}
	}
	for _, name := range sh.force {
		put(name) // wanted, not needed
	}
	if !g.dependents(sh, out, put) || !g.fill(sh, out, put, salt) {
		return nil, false
	}
	return out, sh.objectLen.holds(len(out))
}

// dependents adds the fields that others demand.
func (g *gen) dependents(sh *shape, out map[string]any, put func(string) bool) bool {
	for range len(sh.dependent) {
		before := len(out)
		for _, name := range slices.Sorted(maps.Keys(sh.dependent)) {
			if _, there := out[name]; !there {
				continue
			}
			for _, w := range sh.dependent[name] {
				if !put(w) {
					return false
				}
			}
		}
		if len(out) == before {
			break
		}
	}
	return true
}

// fill adds fields until there are enough: known ones first, then new names.
func (g *gen) fill(sh *shape, out map[string]any, put func(string) bool, salt int) bool {
	want := sh.objectLen.min
	g.padded = g.padded || want > 0
	if want > maxItems || sh.extra > maxItems {
		return false
	}
	if len(out) < want {
		for _, name := range g.fields(sh) {
			if put(name); len(out) >= want {
				break
			}
		}
	}
	want = max(want, len(out)+sh.extra)
	for i := salt; len(out) < want && i < salt+2*want+8; i++ {
		if name, ok := g.name(sh, i); ok {
			put(name)
		}
	}
	return len(out) >= want
}

// name is a name for an additional field.
func (g *gen) name(sh *shape, salt int) (string, bool) {
	if len(sh.names) > 0 {
		text, _ := g.value(conj{schemas: sh.names}, 0, salt)
		s, ok := text.(string)
		return s, ok
	}
	for _, s := range sh.objects { // a name that a pattern wants, where all others are closed off
		for pattern := range s.Get("patternProperties").Fields() {
			if g.w.Fuel < 0 {
				return "", false
			}
			if name, ok := g.w.matching(pattern, salt); ok {
				return name, true
			}
		}
	}
	name := "extra"
	if salt > 0 {
		name += strconv.Itoa(salt)
	}
	return name, true
}

// fields are the names that the schemas know, in document order.
func (g *gen) fields(sh *shape) []string {
	if sh.fieldNames != nil {
		return sh.fieldNames
	}
	out := []string{}
	seen := map[string]bool{}
	for _, s := range sh.objects {
		for name, p := range s.Get("properties").Fields() {
			if !seen[name] && !s.At(p).Flag(g.mode.Hidden()) && len(out) < maxItems {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	sh.fieldNames = slices.Clip(out)
	return out
}

// lists is whether a schema of the shape names the field.
func (sh *shape) lists(name string) bool {
	return slices.ContainsFunc(sh.objects, func(s validators.Schema) bool { return s.Get("properties").Get(name).Exists() })
}

// field is what a field of that name must meet; false where the name is not allowed.
func (g *gen) field(sh *shape, name string) (conj, bool) {
	var c conj
	known := false
	g.w.Toll(len(sh.objects) / 4)
	for _, s := range sh.objects {
		here := false
		if p := s.Get("properties").Get(name); p.Exists() {
			c.schemas, here = append(c.schemas, s.At(p)), true
		}
		for pattern, p := range s.Get("patternProperties").Fields() {
			if g.w.Fuel < 0 {
				return conj{}, false
			}
			if re := g.w.Pattern(pattern); re != nil && g.w.Matches(re, name) {
				c.schemas, here = append(c.schemas, s.At(p)), true
			}
		}
		known = known || here
		if a := s.Get("additionalProperties"); a.Exists() && !here {
			if a.Kind() == contract.Bool && !a.Bool() {
				return conj{}, false
			}
			c.schemas = append(c.schemas, s.At(a))
			known = true
		}
	}
	if !known {
		for _, s := range sh.objects {
			if u := s.Get("unevaluatedProperties"); u.Exists() {
				if u.Kind() == contract.Bool && !u.Bool() {
					return conj{}, false
				}
				c.schemas = append(c.schemas, s.At(u))
			}
		}
	}
	for _, s := range sh.objects {
		if d := s.Get("dependentSchemas").Get(name); d.Exists() {
			if p := s.At(d).Get("properties").Get(name); p.Exists() {
				c.schemas = append(c.schemas, s.At(p))
			}
		}
	}
	return c, true
}

// array is an array with as few items as the shape lets be.
func (g *gen) array(sh *shape, height, salt int) (any, bool) {
	items := slices.Clone(sh.items)
	want := max(sh.arrayLen.min, len(items))
	for _, s := range sh.contains {
		for range min(minContains(s), maxItems) {
			v, ok := g.value(g.item(sh, len(items)).and(one(s.At(s.Get("contains")))), height+1, salt+len(items))
			if !ok {
				return nil, false
			}
			items = append(items, v)
		}
	}
	if want > maxItems {
		return nil, false
	}
	step := 0
	var seen map[string]bool
	if sh.unique { // items must differ
		step, seen = 1, keys(items)
	}
	for i := 0; len(items) < want; i++ {
		c := g.item(sh, len(items))
		v, ok := g.value(c, height+1, salt+i*step)
		if !ok || i > 2*want+8 {
			return nil, false
		}
		if sh.unique && seen[message.Canonical(v)] {
			v, ok = g.decide(c, g.attempt(g.flatten(c), 1), height+1, salt+i) // with fields to differ in
			if !ok || seen[message.Canonical(v)] {
				continue
			}
		}
		items = append(items, v)
		if sh.unique {
			seen[message.Canonical(v)] = true
		}
	}
	if sh.twice && len(items) > 0 {
		items = append(items, items[0])
	}
	return items, sh.arrayLen.holds(len(items))
}

func minContains(at validators.Schema) int {
	if m := at.Get("minContains"); m.Exists() {
		n, _ := validators.Count(m)
		return n
	}
	return 1
}

// item is what the item at an index must meet.
func (g *gen) item(sh *shape, i int) conj {
	var c, left conj // left: where nothing else speaks of it
	for _, s := range sh.arrays {
		prefix := s.Get("prefixItems")
		switch {
		case i < prefix.Len():
			c.schemas = append(c.schemas, s.At(prefix.At(i)))
		case s.Get("items").Exists():
			c.schemas = append(c.schemas, s.At(s.Get("items")))
		case s.Get("unevaluatedItems").Exists():
			left.schemas = append(left.schemas, s.At(s.Get("unevaluatedItems")))
		}
	}
	if len(c.schemas) == 0 {
		return left
	}
	return c
}
