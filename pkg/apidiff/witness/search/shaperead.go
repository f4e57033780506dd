package search

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// read is how each keyword enters a shape. Keywords of objects and arrays that speak of what is
// inside are read when it is generated.
func (f *flattener) read(s validators.Schema, keyword string, v contract.Node) {
	sh := &f.sh
	switch keyword {
	case "type":
		f.kinds(s, v)
	case "enum":
		sh.restrict(validators.Values(v))
	case "const":
		sh.restrict([]any{v.Value()})
	case "allOf":
		for _, sub := range v.Items() {
			f.add(s.At(sub))
		}
	case "anyOf":
		f.choose(s, keyword, v)
	case "oneOf":
		f.check(s)
		f.choose(s, keyword, v)
	case "not":
		f.check(s)
	case "if":
		f.check(s)
		sh.conds = append(sh.conds, s)
	case "pattern":
		if re := f.g.w.Pattern(v.Text()); re != nil {
			sh.patterns = append(sh.patterns, re)
		} else {
			sh.blind = true
		}
	case "format":
		sh.formats = append(sh.formats, v.Text())
	case "minLength":
		f.atLeast(&sh.textLen, v)
	case "maxLength":
		f.atMost(&sh.textLen, v)
	case "minItems":
		f.atLeast(&sh.arrayLen, v)
	case "maxItems":
		f.atMost(&sh.arrayLen, v)
	case "minProperties":
		f.atLeast(&sh.objectLen, v)
	case "maxProperties":
		f.atMost(&sh.objectLen, v)
	case "uniqueItems":
		sh.unique = sh.unique || v.Bool()
	case "contains":
		f.check(s)
		sh.contains = append(sh.contains, s)
	case "required":
		names := validators.RequiredIn(s, f.g.mode)
		if s.Doc.Dialect == validators.OpenAPI31 {
			names = validators.Texts(v) // 3.1 does not say that readOnly lifts required: a value with the field pleases all readings
		}
		for _, name := range names {
			if !f.required[name] {
				f.required[name] = true
				sh.required = append(sh.required, name)
			}
		}
	case "dependentRequired":
		if sh.dependent == nil {
			sh.dependent = map[string][]string{}
		}
		for name, list := range v.Fields() {
			sh.dependent[name] = append(sh.dependent[name], validators.Texts(list)...)
		}
	case "propertyNames":
		sh.names = append(sh.names, s.At(v))
	case "example", "default":
		if v.Kind() == contract.String {
			sh.hints = append(sh.hints, v.Text())
		}
	case "examples":
		sh.hints = append(sh.hints, validators.Texts(v)...)
	}
}

func (f *flattener) kinds(s validators.Schema, v contract.Node) {
	k := validators.KindNames[v.Text()]
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
	if branch, picked := f.picked(s, keyword); picked || v.Len() == 1 {
		f.pick(s, v.At(branch))
	} else {
		f.sh.choices = append(f.sh.choices, choice{s, keyword, v})
	}
}

// pick adds an alternative.
func (f *flattener) pick(s validators.Schema, branch contract.Node) {
	if s.At(branch).StandsForNull() {
		f.sh.kinds &= validators.KindNull
	} else {
		f.add(s.At(branch))
	}
	f.tag(s, branch)
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

func (f *flattener) atLeast(limit *span, v contract.Node) {
	n, ok := validators.Count(v)
	f.sh.blind = f.sh.blind || !ok
	limit.min = max(limit.min, n)
}

func (f *flattener) atMost(limit *span, v contract.Node) {
	n, ok := validators.Count(v)
	f.sh.blind = f.sh.blind || !ok
	if ok && (limit.max < 0 || n < limit.max) {
		limit.max = n
	}
}
