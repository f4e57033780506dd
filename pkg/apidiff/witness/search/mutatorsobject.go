package search

import (
	"maps"
	"slices"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// fix gives a field its value.
func (sh *shape) fix(name string, v any) {
	if sh.fixed == nil {
		sh.fixed = map[string]any{}
	}
	sh.fixed[name] = v
	sh.kinds &= validators.KindObject
	if !slices.Contains(sh.force, name) {
		sh.force = append(sh.force, name)
	}
}

// drop leaves a field out.
func (sh *shape) drop(name string) {
	if sh.omit == nil {
		sh.omit = map[string]bool{}
	}
	sh.omit[name] = true
	sh.kinds &= validators.KindObject
	sh.required = slices.DeleteFunc(slices.Clone(sh.required), func(n string) bool { return n == name })
}

// tryMissing leaves out a field that only the outer schema requires.
func tryMissing(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindObject == 0 {
		return false
	}
	for _, name := range l.osh.required {
		if slices.Contains(l.ish.required, name) || !l.wants(name) {
			continue
		}
		if l.aim(try, func(sh *shape) { sh.drop(name) }) {
			return true
		}
	}
	return false
}

// tryUnknown adds a field that the outer schema does not allow.
func tryUnknown(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindObject == 0 {
		return false
	}
	names := slices.Concat(l.g.fields(l.ish), l.g.fields(l.osh))
	for i := range 3 {
		if name, ok := l.g.name(l.ish, i); ok {
			names = append(names, name)
		}
	}
	names = append(append(names, l.s.openName(l.ish, l.osh)...), anyName)
	for _, name := range names {
		if !l.wants(name) && l.only != anyName {
			continue
		}
		c, allowed := l.g.field(l.ish, name)
		if _, still := l.g.field(l.osh, name); !allowed || still {
			continue
		}
		v, ok := l.g.value(c, 1, 0)
		if ok && l.aim(try, func(sh *shape) { sh.fix(name, v) }) {
			return true
		}
	}
	return false
}

// tryHidden sends a field that the outer schema keeps out of messages of this direction.
func tryHidden(l *local, try func(any) bool) bool {
	if l.s.mode&validators.AssertAccess == 0 {
		return false
	}
	for _, at := range l.osh.objects {
		for name, p := range at.Get("properties").Fields() {
			if !at.At(p).Flag(l.s.mode.Hidden()) || !l.wants(name) {
				continue
			}
			c, _ := l.g.field(l.ish, name)
			v, ok := l.g.value(c, 1, 0)
			if ok && l.aim(try, func(sh *shape) { sh.fix(name, v) }) {
				return true
			}
		}
	}
	return false
}

// tryDependents has a field without the one that it needs in the outer schema.
func tryDependents(l *local, try func(any) bool) bool {
	for _, name := range slices.Sorted(maps.Keys(l.osh.dependent)) {
		for _, w := range l.osh.dependent[name] {
			if slices.Contains(l.ish.dependent[name], w) {
				continue
			}
			if l.aim(try, func(sh *shape) {
				sh.dependent = l.ish.dependent
				sh.drop(w)
				sh.force = append(sh.force, name)
			}) {
				return true
			}
		}
	}
	return false
}

func tryFieldCounts(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindObject == 0 {
		return false
	}
	if o := l.osh.maxProps; o >= 0 && (l.ish.maxProps < 0 || l.ish.maxProps > o) {
		if l.aim(try, func(sh *shape) { sh.kinds, sh.minProps, sh.maxProps = validators.KindObject, o+1, l.ish.maxProps }) {
			return true
		}
	}
	if o := l.osh.minProps; o > l.ish.minProps {
		return l.aim(try, func(sh *shape) { sh.kinds, sh.minProps, sh.maxProps = validators.KindObject, l.ish.minProps, o-1 })
	}
	return false
}

// tryNames adds a field whose name the outer schema does not allow.
func tryNames(l *local, try func(any) bool) bool {
	if len(l.osh.names) == 0 || l.ish.kinds&validators.KindObject == 0 {
		return false
	}
	names := l.s.local(conj{schemas: l.ish.names}, conj{schemas: l.osh.names})
	names.ish = names.ish.clone()
	names.ish.kinds, names.both = validators.KindString, names.ish
	return names.tryAll("", func(v any) bool {
		name, ok := v.(string)
		if !ok {
			return false
		}
		c, allowed := l.g.field(l.ish, name)
		if !allowed {
			return false
		}
		v, ok = l.g.value(c, 1, 0)
		return ok && l.aim(try, func(sh *shape) { sh.fix(name, v) })
	})
}

// tryForbidden meets a schema that the outer one negates.
func tryForbidden(l *local, try func(any) bool) bool {
	for _, at := range l.osh.verify {
		not := at.Get("not")
		if !not.Exists() {
			continue
		}
		v, ok := l.g.value(l.in.and(one(at.At(not))), 0, 0)
		if ok && try(v) {
			return true
		}
		if v, ok = l.g.value(one(at.At(not)), 0, 0); ok && try(v) {
			return true
		}
	}
	return false
}

// tryOverlap meets two alternatives of a oneOf at once.
func tryOverlap(l *local, try func(any) bool) bool {
	for _, p := range l.out.picks {
		if p.keyword != "oneOf" {
			continue
		}
		list := p.at.Get("oneOf")
		for k := range min(list.Len(), maxBranches) {
			if k == p.branch {
				continue
			}
			other := one(p.at.At(list.At(k)))
			for _, c := range []conj{l.in.and(l.out).and(other), l.in.and(one(p.at.At(list.At(p.branch)))).and(other)} {
				sh := l.g.flatten(c)
				sh.verify = l.ish.verify
				if len(sh.choices) > 0 {
					continue
				}
				for attempt := range 2 {
					v, ok := l.g.fromShape(l.g.attempt(sh, attempt), 0, 0)
					if ok && l.g.verified(sh, v) && try(v) {
						return true
					}
				}
			}
		}
	}
	return false
}

// tryConditions breaks the consequence of a condition.
func tryConditions(l *local, try func(any) bool) bool {
	for _, at := range l.osh.conds {
		cond := l.in.and(one(at.At(at.Get("if"))))
		for _, side := range []struct {
			in      conj
			keyword string
		}{{cond, "then"}, {l.in, "else"}} {
			then := at.Get(side.keyword)
			if !then.Exists() {
				continue
			}
			sub := l.s.local(side.in, one(at.At(then)))
			if len(sub.ish.choices) == 0 && sub.tryAll("", try) {
				return true
			}
		}
	}
	return false
}

// tryDependentSchemas breaks what the outer schema demands where a field is there.
func tryDependentSchemas(l *local, try func(any) bool) bool {
	for _, at := range l.osh.objects {
		for name, sub := range at.Get("dependentSchemas").Fields() {
			if !l.wants(name) {
				continue
			}
			inner := l.s.local(l.in, one(at.At(sub)))
			inner.base = func(sh *shape) {
				sh.kinds &= validators.KindObject
				sh.force = append(sh.force, name)
			}
			if inner.tryAll("", try) || inner.tryFields(try, name) {
				return true
			}
		}
	}
	return false
}

// tryFields breaks the schema of a single field of a consequence, beside the field that calls for
// it.
func (l *local) tryFields(try func(any) bool, beside string) bool {
	for _, name := range l.g.fields(l.osh) {
		in, ok := l.g.field(l.ish, name)
		out, okOut := l.g.field(l.osh, name)
		if !ok || !okOut {
			continue
		}
		sub := l.s.local(in, out)
		if len(sub.ish.choices) == 0 && sub.tryAll("", func(v any) bool {
			return l.aim(try, func(sh *shape) {
				sh.fix(name, v)
				if beside != "" {
					sh.force = append(sh.force, beside)
				}
			})
		}) {
			return true
		}
	}
	return false
}

func minContains(at validators.Schema) int {
	if m := at.Get("minContains"); m.Exists() {
		n, _ := validators.Count(m)
		return n
	}
	return 1
}
