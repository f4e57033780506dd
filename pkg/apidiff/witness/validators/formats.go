package validators

import (
	"encoding/json"
	"math/big"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// format is one value of the keyword: an example for the generator and, where each validator brings
// a check of its own, those checks. A format without checks stays an annotation.
type format struct {
	Examples []string
	Integer  [2]string // range, for integer formats
	openapi  string    // pattern for kin-openapi: the one it publishes, or that of the RFC (3986, 3339, 1123)
	ip       int       // 4 or 6
	asserted bool
}

// Formats by name: RFC 3339 dates, RFC 4122 UUIDs and so on. The examples of a format break as many
// others as possible.
var Formats = map[string]format{
	"date":          {Examples: []string{"2024-02-29", "2023-12-31"}, asserted: true},
	"date-time":     {Examples: []string{"2024-02-29T23:59:59Z", "2023-12-31T00:00:00.5+02:00"}, asserted: true},
	"uuid":          {Examples: []string{"3fa85f64-5717-4562-b3fc-2c963f66afa6", "7c9e6679-7425-40de-944b-e07fc1f90ae7"}, openapi: openapi3.FormatOfStringForUUIDOfRFC9562, asserted: true},
	"email":         {Examples: []string{"a@example.com", "b@example.org"}, openapi: openapi3.FormatOfStringForEmail, asserted: true},
	"ipv4":          {Examples: []string{"192.0.2.1", "198.51.100.7"}, ip: 4, asserted: true},
	"ipv6":          {Examples: []string{"2001:db8::1", "2001:db8::2"}, ip: 6, asserted: true},
	"int32":         {Integer: [2]string{"-2147483648", "2147483647"}, asserted: true},
	"int64":         {Integer: [2]string{"-9223372036854775808", "9223372036854775807"}, asserted: true},
	"time":          {Examples: []string{"23:59:59Z"}, openapi: `^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$`, asserted: true},
	"duration":      {Examples: []string{"P3D"}},
	"uri":           {Examples: []string{"https://example.com/a", "https://example.com/b"}, openapi: `^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^]+$`, asserted: true},
	"url":           {Examples: []string{"https://example.com/a", "https://example.com/b"}},
	"uri-reference": {Examples: []string{"/a"}},
	"uri-template":  {Examples: []string{"/a/{b}"}},
	"hostname":      {Examples: []string{"example.com", "example.org"}, openapi: `^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$`, asserted: true},
	"byte":          {Examples: []string{"YQ==", "Yg=="}},
	"unixtime":      {},
	"password":      {Examples: []string{"secret"}},
	"json-pointer":  {Examples: []string{"/a"}},
	"regex":         {Examples: []string{"a+"}},
	"decimal":       {Examples: []string{"1", "2"}},
}

// Asserts is whether a format is more than an annotation. Claims of refusal rest only on formats
// that both validators check; the side that accepts must do so for a reader who asserts any.
func (m Mode) Asserts(name string) bool {
	f, known := Formats[name]
	return known && (m&StrictFormat != 0 || m&AssertFormat != 0 && f.asserted)
}

func deriveFormat(k carried) {
	if name := k.v.Text(); k.m.Asserts(name) {
		extend(k.out, formatCheck{name, Formats[name]})
	}
}

// formatCheck asserts a format with the check of the JSON Schema validator.
type formatCheck struct {
	name string
	format
}

func (f formatCheck) Validate(ctx *jsonschema.ValidatorContext, v any) {
	if !f.holds(v) {
		ctx.AddError(&kind.Format{Got: v, Want: f.name})
	}
}

// formatChecks are those of the JSON Schema validator, which exports them in compiled schemas alone.
var formatChecks = sync.OnceValue(func() map[string]*jsonschema.Format {
	out := map[string]*jsonschema.Format{}
	var all []any
	for name := range Formats {
		all = append(all, map[string]any{"format": name})
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:formats", map[string]any{"allOf": all}); err != nil {
		panic(err) // the schema is a constant
	}
	for _, s := range c.MustCompile("mem:formats").AllOf {
		if s.Format != nil {
			out[s.Format.Name] = s.Format
		}
	}
	return out
})

func (f formatCheck) holds(v any) bool {
	if f.Integer[0] == "" {
		check := formatChecks()[f.name]
		return check == nil || check.Validate(v) == nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return true
	}
	r, ok := Rational(n.String())
	low, _ := new(big.Rat).SetString(f.Integer[0])
	high, _ := new(big.Rat).SetString(f.Integer[1])
	return ok && r.Cmp(low) >= 0 && r.Cmp(high) <= 0
}

// FormatValidators are the checks that kin-openapi has but does not apply by itself.
var FormatValidators = sync.OnceValue(func() map[string]openapi3.StringFormatValidator {
	out := map[string]openapi3.StringFormatValidator{}
	for name, f := range Formats {
		switch {
		case f.openapi != "":
			out[name] = lateFormat(sync.OnceValue(func() openapi3.StringFormatValidator { return openapi3.NewRegexpFormatValidator(f.openapi) }))
		case f.ip != 0:
			out[name] = openapi3.NewIPValidator(f.ip == 4)
		}
	}
	return out
})

// A lateFormat is made when a value asks for it: few formats are met, and an expression takes
// longer to compile than to match.
type lateFormat func() openapi3.StringFormatValidator

// Validate implements openapi3.StringFormatValidator.
func (f lateFormat) Validate(text string) error { return f().Validate(text) }
