package witness

import (
	"maps"
	"slices"
	"strconv"

	"github.com/romel/govctl/pkg/contract"
)

// object is an object with the fields it must have, and as few others as the shape lets be.
func (g *gen) object(sh *shape, height, salt int) (any, bool) {
	out := map[string]any{}
	put := func(name string) bool {
		if _, done := out[name]; done || sh.omit[name] {
			return true
		}
		v, ok := sh.fixed[name]
		if !ok {
			v, ok = sh.tags[name]
		}
		if !ok {
			c, allowed := g.field(sh, name)
			if !allowed {
				return false
			}
			if v, ok = g.value(c, height+1, salt); !ok {
				return false
			}
		}
		out[name] = v
		return true
	}
	for _, given := range []map[string]any{sh.tags, sh.fixed} {
		for name, v := range given {
			if !sh.omit[name] {
				out[name] = v
			}
		}
	}
	for _, name := range sh.required {
		if !put(name) && !sh.omit[name] {
			return nil, false
		}
	}
	for _, name := range sh.force {
		put(name) // wanted, not needed
	}
	if !g.dependents(sh, out, put) || !g.fill(sh, out, put, salt) {
		return nil, false
	}
	return out, sh.maxProps < 0 || len(out) <= sh.maxProps
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
	want := max(sh.minProps, 0)
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
		text, _ := g.value(conj{sites: sh.names}, 0, salt)
		s, ok := text.(string)
		return s, ok
	}
	for _, s := range sh.objects { // a name that a pattern wants, where all others are closed off
		for pattern := range s.get("patternProperties").Fields() {
			if re := g.w.pattern(pattern); re != nil {
				if name, ok := g.w.sample(re, salt, 1); ok {
					return name, true
				}
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
		for name, p := range s.get("properties").Fields() {
			if !seen[name] && !s.at(p).flag(g.mode.hidden()) && len(out) < maxItems {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	sh.fieldNames = slices.Clip(out)
	return out
}

// field is what a field of that name must meet; false where the name is not allowed.
func (g *gen) field(sh *shape, name string) (conj, bool) {
	var c conj
	known := false
	g.w.toll(len(sh.objects) / 4)
	for _, s := range sh.objects {
		here := false
		if p := s.get("properties").Get(name); p.Exists() {
			c.sites, here = append(c.sites, s.at(p)), true
		}
		for pattern, p := range s.get("patternProperties").Fields() {
			if re := g.w.pattern(pattern); re != nil && g.w.matches(re, name) {
				c.sites, here = append(c.sites, s.at(p)), true
			}
		}
		known = known || here
		if a := s.get("additionalProperties"); a.Exists() && !here {
			if a.Kind() == contract.Bool && !a.Bool() {
				return conj{}, false
			}
			c.sites = append(c.sites, s.at(a))
			known = true
		}
	}
	if !known {
		for _, s := range sh.objects {
			if u := s.get("unevaluatedProperties"); u.Exists() {
				if u.Kind() == contract.Bool && !u.Bool() {
					return conj{}, false
				}
				c.sites = append(c.sites, s.at(u))
			}
		}
	}
	for _, s := range sh.objects {
		if d := s.get("dependentSchemas").Get(name); d.Exists() {
			if p := s.at(d).get("properties").Get(name); p.Exists() {
				c.sites = append(c.sites, s.at(p))
			}
		}
	}
	return c, true
}

// array is an array with as few items as the shape lets be.
func (g *gen) array(sh *shape, height, salt int) (any, bool) {
	items := slices.Clone(sh.items)
	want := max(sh.minItems, len(items))
	for _, s := range sh.contains {
		n := 1
		if m := s.get("minContains"); m.Exists() {
			n, _ = count(m)
		}
		for range min(n, maxItems) {
			v, ok := g.value(g.item(sh, len(items)).and(one(s.at(s.get("contains")))), height+1, salt+len(items))
			if !ok {
				return nil, false
			}
			items = append(items, v)
		}
	}
	if want > maxItems {
		return nil, false
	}
	for i := 0; len(items) < want; i++ {
		v, ok := g.value(g.item(sh, len(items)), height+1, salt+g.vary(sh, i))
		if !ok || i > 2*want+8 {
			return nil, false
		}
		if sh.unique && holds(items, v) {
			c := g.item(sh, len(items)) // with fields to differ in
			if v, ok = g.settle(c, g.attempt(g.flatten(c), 1), height+1, salt+i); !ok || holds(items, v) {
				continue
			}
		}
		items = append(items, v)
	}
	if sh.twice && len(items) > 0 {
		items = append(items, items[0])
	}
	return items, sh.maxItems < 0 || len(items) <= sh.maxItems
}

func holds(items []any, v any) bool {
	return slices.ContainsFunc(items, func(o any) bool { return equal(o, v) })
}

// vary makes items differ where they must.
func (g *gen) vary(sh *shape, i int) int {
	if sh.unique {
		return i
	}
	return 0
}

// item is what the item at an index must meet.
func (g *gen) item(sh *shape, i int) conj {
	var c conj
	for _, s := range sh.arrays {
		prefix := s.get("prefixItems")
		switch {
		case i < prefix.Len():
			c.sites = append(c.sites, s.at(prefix.At(i)))
		case s.get("items").Exists():
			c.sites = append(c.sites, s.at(s.get("items")))
		case s.get("unevaluatedItems").Exists():
			c.sites = append(c.sites, s.at(s.get("unevaluatedItems")))
		}
	}
	return c
}
