package validators

import (
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/contract"
)

// carried is one keyword of a schema, and the schema of the validator that it is carried over to.
type carried struct {
	*deriver
	s   Schema
	m   Mode
	v   contract.Node // of the keyword
	out *jsonschema.Schema
}

// derivations is the table of keywords. What stands in no row is an annotation.
func derivations() map[string]func(carried) {
	return map[string]func(carried){
		"type":   deriveType,
		"enum":   func(k carried) { AllowOnly(k.out, Values(k.v)) },
		"const":  func(k carried) { k.out.Const = new(k.v.Value()) },
		"format": deriveFormat,
		"allOf":  func(k carried) { k.out.AllOf = append(k.out.AllOf, k.list()...) },
		"anyOf": func(k carried) {
			k.out.AnyOf, k.out.Location = k.list(), k.out.Location+alternativeNames(k.v)
		},
		"oneOf": func(k carried) {
			extend(k.out, oneOf{k.w, k.list()})
			k.out.Location += alternativeNames(k.v)
		},
		"not":               func(k carried) { extend(k.out, not{k.w, k.below(k.v)}) },
		"if":                deriveCondition,
		"multipleOf":        deriveNumber,
		"minimum":           deriveNumber,
		"maximum":           deriveNumber,
		"exclusiveMinimum":  deriveNumber,
		"exclusiveMaximum":  deriveNumber,
		"minLength":         deriveCount,
		"maxLength":         deriveCount,
		"minItems":          deriveCount,
		"maxItems":          deriveCount,
		"minProperties":     deriveCount,
		"maxProperties":     deriveCount,
		"minContains":       deriveCount,
		"maxContains":       deriveCount,
		"pattern":           derivePattern,
		"uniqueItems":       func(k carried) { k.out.UniqueItems = k.v.Bool() },
		"items":             func(k carried) { k.out.Items2020 = k.below(k.v) },
		"prefixItems":       func(k carried) { k.out.PrefixItems = k.list() },
		"contains":          func(k carried) { k.out.Contains = k.below(k.v) },
		"unevaluatedItems":  func(k carried) { k.out.UnevaluatedItems = k.below(k.v) },
		"properties":        func(k carried) { k.out.Properties = k.named() },
		"patternProperties": derivePatternProperties,
		"additionalProperties": func(k carried) {
			if k.v.Kind() == contract.Bool {
				k.out.AdditionalProperties = k.v.Bool()
			} else {
				k.out.AdditionalProperties = k.below(k.v)
			}
		},
		"unevaluatedProperties": func(k carried) { k.out.UnevaluatedProperties = k.below(k.v) },
		"propertyNames":         func(k carried) { extend(k.out, names{k.below(k.v)}) },
		"required":              func(k carried) { k.out.Required = RequiredIn(k.s, k.m) },
		"dependentRequired":     func(k carried) { k.out.DependentRequired = textsByName(k.v) },
		"dependentSchemas":      func(k carried) { k.out.DependentSchemas = k.named() },
		"discriminator":         deriveDiscriminator,
		"$dynamicRef":           cannotSay,
		"$recursiveRef":         cannotSay,
		"$id":                   cannotSay, // it moves the base of the references below
	}
}

func cannotSay(k carried) { refuseToSay(k.out, "reference") }

func (k carried) list() []*jsonschema.Schema {
	out := make([]*jsonschema.Schema, 0, k.v.Len())
	for _, sub := range k.v.Items() {
		if k.v.Key() != "allOf" && k.s.At(sub).StandsForNull() {
			out = append(out, ofTypes("null"))
			continue
		}
		out = append(out, k.below(sub))
	}
	return out
}

func (k carried) named() map[string]*jsonschema.Schema {
	out := make(map[string]*jsonschema.Schema, k.v.Len())
	for name, sub := range k.v.Fields() {
		out[name] = k.below(sub)
	}
	return out
}

// below derives a schema that is below the keyword. The error of a false schema has nothing but the
// location of that schema: it is set to the keyword.
func (k carried) below(n contract.Node) *jsonschema.Schema {
	out := k.derive(k.s.At(n), k.m)
	if out.Bool != nil { // others can be shared
		out.Location = k.v.Key()
	}
	return out
}

func deriveType(k carried) {
	names := Texts(k.v)
	if k.v.Kind() == contract.String {
		names = []string{k.v.Text()}
	}
	if k.s.Get("nullable").Bool() {
		names = append(names, "null")
	}
	allowTypes(k.out, names)
}

// allowTypes lets values of the named types pass. The validator drops names that it does not know,
// and no names at all stand for every type.
func allowTypes(out *jsonschema.Schema, names []string) {
	var types jsonschema.Types
	for _, name := range names {
		types.Add(name)
	}
	switch {
	case len(names) == 0:
	case types.IsEmpty():
		extend(out, noType(names))
	default:
		out.Types = &types
	}
}

// AllowOnly lets the listed values pass.
func AllowOnly(out *jsonschema.Schema, allowed []any) { extend(out, enum(allowed)) }

func extend(out *jsonschema.Schema, check jsonschema.SchemaExt) {
	out.Extensions = append(out.Extensions, check)
}

func deriveCondition(k carried) {
	c := condition{w: k.w, when: k.below(k.v)}
	if k.v = k.s.Get("then"); k.v.Exists() {
		c.then = k.below(k.v)
	}
	if k.v = k.s.Get("else"); k.v.Exists() {
		c.otherwise = k.below(k.v)
	}
	extend(k.out, c)
}

func deriveNumber(k carried) {
	b := BoundsOf(k.s)
	if b.Bad {
		refuseToSay(k.out, "number")
		return
	}
	k.out.Minimum, k.out.ExclusiveMinimum, k.out.Maximum, k.out.ExclusiveMaximum = b.Min, b.Above, b.Max, b.Below
	k.out.MultipleOf = b.Multiple
}

// counts are the keywords whose value is a number of things.
func counts(out *jsonschema.Schema) map[string]**int {
	return map[string]**int{
		"minLength": &out.MinLength, "maxLength": &out.MaxLength, "minItems": &out.MinItems, "maxItems": &out.MaxItems,
		"minProperties": &out.MinProperties, "maxProperties": &out.MaxProperties,
		"minContains": &out.MinContains, "maxContains": &out.MaxContains,
	}
}

func deriveCount(k carried) {
	n, ok := Count(k.v)
	if !ok {
		refuseToSay(k.out, k.v.Key())
		return
	}
	*counts(k.out)[k.v.Key()] = &n
}

// maxCount stands for all greater ones: no value has so many of anything, and one more than it is
// still a number.
const maxCount = 1 << 40

// Count is the value of a keyword that counts: a whole number, however it is spelled.
func Count(v contract.Node) (int, bool) {
	if n, err := strconv.Atoi(v.Literal()); err == nil && n >= 0 {
		return min(n, maxCount), true
	}
	r, ok := Rational(v.Literal())
	if !ok || !r.IsInt() || r.Sign() < 0 {
		return 0, false
	}
	if !r.Num().IsInt64() {
		return maxCount, true
	}
	return int(min(r.Num().Int64(), maxCount)), true
}

func derivePattern(k carried) {
	p := k.w.Pattern(k.v.Text())
	if p == nil {
		refuseToSay(k.out, "pattern")
		return
	}
	k.wrote += p.size
	k.out.Pattern = p
}

func derivePatternProperties(k carried) {
	k.out.PatternProperties = map[jsonschema.Regexp]*jsonschema.Schema{}
	for pattern, sub := range k.v.Fields() {
		p := k.w.Pattern(pattern)
		if p == nil || p.re == nil { // or nothing is left to pay for it
			refuseToSay(k.out, "patternProperties")
			return
		}
		k.wrote += p.size
		k.out.PatternProperties[p] = k.below(sub)
	}
}

// RequiredIn are the properties that messages of a direction must have.
func RequiredIn(s Schema, m Mode) []string {
	var out []string
	props, names := s.Get("properties"), Texts(s.Get("required"))
	listed := make(map[string]bool, len(names))
	for _, name := range names {
		if listed[name] {
			continue // said twice, which some documents do
		}
		listed[name] = true
		if p := props.Get(name); !p.Exists() || !s.At(p).Flag(m.Hidden()) {
			out = append(out, name)
		}
	}
	return out
}

// access refuses hidden properties where that is asserted.
func (d *deriver) access(s Schema, m Mode, out *jsonschema.Schema) {
	if m&AssertAccess == 0 {
		return
	}
	for name, p := range s.Get("properties").Fields() {
		if s.At(p).Flag(m.Hidden()) {
			out.Properties[name] = always(false)
			out.Properties[name].Location = "properties"
		}
	}
}

func deriveDiscriminator(k carried) {
	name := k.v.Get("propertyName").Text()
	if k.m&AssertDiscriminator == 0 || name == "" || k.s.Doc.Dialect == OpenAPI31 || !k.s.Get("oneOf").Exists() && !k.s.Get("anyOf").Exists() {
		return
	}
	kind, object := ofTypes("string"), Empty()
	var known []any
	for key := range k.v.Get("mapping").Fields() {
		known = append(known, key)
	}
	if len(known) > 0 {
		AllowOnly(kind, known)
	}
	object.Required, object.Properties = []string{name}, map[string]*jsonschema.Schema{name: kind}
	k.out.AllOf = append(k.out.AllOf, object)
}
