package search

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// readings is how each keyword enters a shape. Keywords of objects and arrays that speak of what is
// inside are read when it is generated.
func readings() map[string]func(f *flattener, s validators.Schema, v contract.Node) {
	return map[string]func(f *flattener, s validators.Schema, v contract.Node){
		"type":  readType,
		"enum":  func(f *flattener, _ validators.Schema, v contract.Node) { f.sh.restrict(validators.Values(v)) },
		"const": func(f *flattener, _ validators.Schema, v contract.Node) { f.sh.restrict([]any{v.Value()}) },
		"allOf": func(f *flattener, s validators.Schema, v contract.Node) {
			for _, sub := range v.Items() {
				f.add(s.At(sub))
			}
		},
		"anyOf": func(f *flattener, s validators.Schema, v contract.Node) { f.choose(s, "anyOf", v) },
		"oneOf": func(f *flattener, s validators.Schema, v contract.Node) {
			f.check(s)
			f.choose(s, "oneOf", v)
		},
		"not": func(f *flattener, s validators.Schema, _ contract.Node) { f.check(s) },
		"if": func(f *flattener, s validators.Schema, _ contract.Node) {
			f.check(s)
			f.sh.conds = append(f.sh.conds, s)
		},
		"pattern": func(f *flattener, _ validators.Schema, v contract.Node) {
			if re := f.g.w.Pattern(v.Text()); re != nil {
				f.sh.patterns = append(f.sh.patterns, re)
			} else {
				f.sh.blind = true
			}
		},
		"format": func(f *flattener, _ validators.Schema, v contract.Node) {
			f.sh.formats = append(f.sh.formats, v.Text())
		},
		"minLength":     func(f *flattener, _ validators.Schema, v contract.Node) { f.atLeast(&f.sh.minLen, v) },
		"maxLength":     func(f *flattener, _ validators.Schema, v contract.Node) { f.atMost(&f.sh.maxLen, v) },
		"minItems":      func(f *flattener, _ validators.Schema, v contract.Node) { f.atLeast(&f.sh.minItems, v) },
		"maxItems":      func(f *flattener, _ validators.Schema, v contract.Node) { f.atMost(&f.sh.maxItems, v) },
		"minProperties": func(f *flattener, _ validators.Schema, v contract.Node) { f.atLeast(&f.sh.minProps, v) },
		"maxProperties": func(f *flattener, _ validators.Schema, v contract.Node) { f.atMost(&f.sh.maxProps, v) },
		"uniqueItems":   func(f *flattener, _ validators.Schema, v contract.Node) { f.sh.unique = f.sh.unique || v.Bool() },
		"contains": func(f *flattener, s validators.Schema, _ contract.Node) {
			f.check(s)
			f.sh.contains = append(f.sh.contains, s)
		},
		"required": func(f *flattener, s validators.Schema, v contract.Node) {
			names := validators.RequiredIn(s, f.g.mode)
			if s.Doc.Dialect == validators.OpenAPI31 {
				names = validators.Texts(v) // 3.1 does not say that readOnly lifts required: a value with the field pleases all readings
			}
			for _, name := range names {
				if !f.required[name] {
					f.required[name] = true
					f.sh.required = append(f.sh.required, name)
				}
			}
		},
		"dependentRequired": func(f *flattener, _ validators.Schema, v contract.Node) {
			if f.sh.dependent == nil {
				f.sh.dependent = map[string][]string{}
			}
			for name, list := range v.Fields() {
				f.sh.dependent[name] = append(f.sh.dependent[name], validators.Texts(list)...)
			}
		},
		"propertyNames": func(f *flattener, s validators.Schema, v contract.Node) { f.sh.names = append(f.sh.names, s.At(v)) },
		"example":       func(f *flattener, _ validators.Schema, v contract.Node) { f.hint(v) },
		"default":       func(f *flattener, _ validators.Schema, v contract.Node) { f.hint(v) },
		"examples": func(f *flattener, _ validators.Schema, v contract.Node) {
			for _, item := range v.Items() {
				f.hint(item)
			}
		},
	}
}

func readType(f *flattener, s validators.Schema, v contract.Node) {
	var k validators.Kinds
	if v.Kind() == contract.String {
		k = validators.KindNames[v.Text()]
	}
	for _, name := range validators.Texts(v) {
		k |= validators.KindNames[name]
	}
	if s.Get("nullable").Bool() {
		k |= validators.KindNull
	}
	f.sh.kinds &= k
}

// check leaves the last word on s to a validator.
func (f *flattener) check(s validators.Schema) {
	if !slices.Contains(f.sh.verify, s) {
		f.sh.verify = append(f.sh.verify, s)
	}
}

func (f *flattener) choose(s validators.Schema, keyword string, v contract.Node) {
	for _, p := range f.picks {
		if p.at == s && p.keyword == keyword {
			f.pick(s.At(v.At(p.branch)))
			f.tag(s, v.At(p.branch))
			return
		}
	}
	if v.Len() == 1 {
		f.pick(s.At(v.At(0)))
		f.tag(s, v.At(0))
		return
	}
	f.sh.choices = append(f.sh.choices, choice{s, keyword, v})
}

// pick adds an alternative.
func (f *flattener) pick(s validators.Schema) {
	if s.StandsForNull() {
		f.sh.kinds &= validators.KindNull
		return
	}
	f.add(s)
}

// tag gives an alternative the value of the discriminator that leads to it.
func (f *flattener) tag(s validators.Schema, branch contract.Node) {
	d := s.Get("discriminator")
	name, ref := d.Get("propertyName").Text(), branch.Get("$ref").Text()
	if name == "" || ref == "" {
		return
	}
	for key, to := range d.Get("mapping").Fields() {
		if to.Text() == ref || to.Text() == validators.RefName(branch) {
			if f.sh.tags == nil {
				f.sh.tags = map[string]any{}
			}
			if f.sh.tags[name] == nil {
				f.sh.tags[name] = key
			}
		}
	}
}

func (f *flattener) atLeast(limit *int, v contract.Node) {
	n, ok := validators.Count(v)
	f.sh.blind = f.sh.blind || !ok
	*limit = max(*limit, n)
}

func (f *flattener) atMost(limit *int, v contract.Node) {
	n, ok := validators.Count(v)
	f.sh.blind = f.sh.blind || !ok
	if ok && (*limit < 0 || n < *limit) {
		*limit = n
	}
}

// hint keeps a scalar that the document shows as an example.
func (f *flattener) hint(v contract.Node) {
	if k := v.Kind(); k == contract.String || k == contract.Number || k == contract.Bool {
		f.sh.hints = append(f.sh.hints, v.Value())
	}
}
