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
	sh.omit = append(sh.omit, name)
	sh.kinds &= validators.KindObject
	sh.required = slices.DeleteFunc(slices.Clone(sh.required), func(n string) bool { return n == name })
}

// tryMissing leaves out a field that only the outer schema requires.
func tryMissing(l *local) {
	for _, name := range l.osh.required {
		if !slices.Contains(l.ish.required, name) && l.wants(name) {
			l.aim(func(sh *shape) { sh.drop(name) })
		}
	}
}

// tryUnknown adds a field that the outer schema does not allow.
func tryUnknown(l *local) {
	names := slices.Concat(l.g.fields(l.ish), l.g.fields(l.osh))
	for i := range 3 {
		if name, ok := l.g.name(l.ish, i); ok {
			names = append(names, name)
		}
	}
	names = append(append(names, l.s.openName(l.ish, l.osh)...), anyName)
	for _, name := range names {
		if l.done || !l.wants(name) && l.only != anyName {
			continue
		}
		if _, still := l.g.field(l.osh, name); !still {
			l.add(name)
		}
	}
}

// add proposes a field that the inner schema allows.
func (l *local) add(name string) {
	if c, allowed := l.g.field(l.ish, name); allowed {
		if v, ok := l.g.value(c, 1, 0); ok {
			l.set(name, v)
		}
	}
}

// set proposes a field with a value.
func (l *local) set(name string, v any) { l.aim(func(sh *shape) { sh.fix(name, v) }) }

// tryHidden sends a field that the outer schema keeps out of messages of this direction.
func tryHidden(l *local) {
	if l.s.mode&validators.AssertAccess == 0 {
		return
	}
	for _, at := range l.osh.objects {
		for name, p := range at.Get("properties").Fields() {
			if at.At(p).Flag(l.s.mode.Hidden()) && l.wants(name) && !l.done {
				l.add(name)
			}
		}
	}
}

// tryDependents has a field without the one that it needs in the outer schema.
func tryDependents(l *local) {
	for _, name := range slices.Sorted(maps.Keys(l.osh.dependent)) {
		for _, w := range l.osh.dependent[name] {
			if slices.Contains(l.ish.dependent[name], w) {
				continue
			}
			l.aim(func(sh *shape) {
				sh.dependent = l.ish.dependent
				sh.drop(w)
				sh.force = append(sh.force, name)
			})
		}
	}
}

func tryFieldCounts(l *local) {
	l.overstep(validators.KindObject, func(sh *shape) *span { return &sh.objectLen })
}

// tryNames adds a field whose name the outer schema does not allow.
func tryNames(l *local) {
	if len(l.osh.names) == 0 {
		return
	}
	names := l.sub(conj{schemas: l.ish.names}, conj{schemas: l.osh.names}, func(v any) {
		if name, ok := v.(string); ok {
			l.add(name)
		}
	})
	names.ish = names.ish.clone()
	names.ish.kinds, names.both = validators.KindString, names.ish
	names.tryAll("")
}

// tryForbidden meets a schema that the outer one negates.
func tryForbidden(l *local) {
	for _, at := range l.osh.verify {
		not := at.Get("not")
		if !not.Exists() {
			continue
		}
		for _, c := range []conj{l.in.and(one(at.At(not))), one(at.At(not))} {
			if l.finished() {
				return
			}
			if v, ok := l.g.value(c, 0, 0); ok {
				l.propose(v)
			}
		}
	}
}

// tryOverlap meets two alternatives of a oneOf at once.
func tryOverlap(l *local) {
	for _, p := range l.out.picks {
		list := p.at.Get("oneOf")
		for k := range min(list.Len(), maxBranches) {
			if p.keyword != "oneOf" || k == p.branch {
				continue
			}
			other := one(p.at.At(list.At(k)))
			for _, c := range []conj{l.in.and(l.out).and(other), l.in.and(one(p.at.At(list.At(p.branch)))).and(other)} {
				if l.finished() {
					return
				}
				if sh := l.g.flatten(c); len(sh.choices) == 0 {
					l.all(sh, 2)
				}
			}
		}
	}
}

// tryConditions breaks the consequence of a condition.
func tryConditions(l *local) {
	for _, at := range l.osh.conds {
		if then := at.Get("then"); then.Exists() {
			l.beside(l.in.and(one(at.At(at.Get("if")))), one(at.At(then)), l.propose)
		}
		if otherwise := at.Get("else"); otherwise.Exists() {
			l.beside(l.in, one(at.At(otherwise)), l.propose)
		}
	}
}

// tryDependentSchemas breaks what the outer schema demands where a field is there.
func tryDependentSchemas(l *local) {
	for _, at := range l.osh.objects {
		for name, sub := range at.Get("dependentSchemas").Fields() {
			if !l.wants(name) || l.finished() {
				continue
			}
			inner := l.sub(l.in, one(at.At(sub)), l.propose)
			inner.base = func(sh *shape) {
				sh.kinds &= validators.KindObject
				sh.force = append(sh.force, name)
			}
			inner.tryAll("")
			inner.tryFields()
		}
	}
}

// tryFields breaks the schema of a single field of a consequence.
func (l *local) tryFields() {
	for _, name := range l.g.fields(l.osh) {
		if l.finished() {
			return
		}
		in, ok := l.g.field(l.ish, name)
		out, okOut := l.g.field(l.osh, name)
		if ok && okOut {
			l.beside(in, out, func(v any) { l.set(name, v) })
		}
	}
}
