package validators

import (
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/romel/govctl/pkg/contract"
)

// Second asks kin-openapi about a value. It reads the schema of the document itself, keyword by
// keyword, in its own OpenAPI types; of a large schema only what the value touches.
func (w *Session) Second(s Schema, m Mode, v any) (out Verdict) {
	b := KinBuilder{Session: w, Mode: m, Dialect: s.Doc.Dialect, Room: MaxKin}
	b.uses31 = s.Doc.Dialect == OpenAPI31 && hasNull(v) // its own engine refuses null where no type is given
	defer func() {
		if recover() != nil { // undecided, or a schema that kin-openapi cannot walk
			out = Silent
		}
	}()
	schema := b.build(s, []any{v})
	if b.Matched && b.uses31 {
		return Silent
	}
	if w.Toll(b.Price(b.uses31)); w.Fuel < 0 {
		return Silent
	}
	if err := schema.VisitJSON(v, b.options()...); err != nil {
		return Refuses
	}
	return Accepts
}

// Price is what a validation of what was built costs: kin-openapi compiles a schema of 2020-12 anew
// for each value.
func (b *KinBuilder) Price(compiled bool) int {
	const plain, compiling = 2, 60
	if compiled {
		return (MaxKin - b.Room) * compiling * (1 + b.deepest/10) // its walk goes back up from every schema
	}
	return (MaxKin - b.Room) * plain
}

// Bounds of a schema handed to kin-openapi: schemas, and compositions inside each other (it runs
// the alternative that matched once more, so that cost doubles with each).
const (
	MaxKin         = 40_000
	maxKin2020     = 1_500 // compiled anew for each value
	maxCompositons = 12
	maxKinDepth    = 200
)

type KinBuilder struct {
	Session *Session
	Mode    Mode
	Dialect Dialect
	Room    int
	above   []Schema // schemas that the current one applies in place of
	depth   int
	deepest int
	nested  int
	Whole   bool // properties that no value has are wanted too
	uses31  bool // keywords that only its JSON Schema engine knows
	Matched bool // a pattern that package regexp cannot run, whose matcher that engine does not take
}

func (b *KinBuilder) options() []openapi3.SchemaValidationOption {
	opts := append(b.FormatOptions(), openapi3.FailFast(), openapi3.SetSchemaRegexCompiler(b.Session.KinRegexp))
	switch { // for 3.1 it takes readOnly as an annotation, as its JSON Schema engine does
	case b.Dialect == OpenAPI31:
	case b.Mode&AsResponse != 0:
		opts = append(opts, openapi3.VisitAsResponse())
	default:
		opts = append(opts, openapi3.VisitAsRequest())
	}
	if b.Mode&AssertAccess == 0 {
		opts = append(opts, openapi3.DisableReadOnlyValidation(), openapi3.DisableWriteOnlyValidation())
	}
	if b.uses31 {
		opts = append(opts, openapi3.EnableJSONSchema2020())
	}
	return opts
}

func (b *KinBuilder) FormatOptions() []openapi3.SchemaValidationOption {
	if b.Mode&(AssertFormat|StrictFormat) == 0 {
		return nil
	}
	return []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(FormatValidators())}
}

// build is the part of a schema that the values touch: properties that none of them has are left
// out, since no keyword looks at them. It panics where kin-openapi cannot evaluate the schema or would
// take too long over it.
func (b *KinBuilder) build(s Schema, vs []any) *openapi3.Schema {
	s = s.Resolved()
	if b.Room--; b.Room < 0 || b.depth > maxKinDepth || b.nested > maxCompositons || b.uses31 && b.Room < MaxKin-maxKin2020 {
		panic(undecided("too large"))
	}
	out := &openapi3.Schema{}
	switch kind := s.Node.Kind(); {
	case kind == contract.Bool:
		b.uses31 = true
		out.Always = new(s.Node.Bool())
		return out
	case kind != contract.Object:
		panic(undecided("not a schema"))
	case slices.Contains(b.above, s):
		panic(undecided("applies to itself without end"))
	}
	b.above = append(b.above, s)
	b.depth++
	b.deepest = max(b.deepest, b.depth)
	for keyword, v := range s.Keywords() {
		if read := b.Session.kinKeywords[keyword]; read != nil {
			read(kinKeyword{b, s, v, vs, out})
		}
	}
	b.above = b.above[:len(b.above)-1]
	b.depth--
	return out
}

// Below builds a schema for values inside the current ones; after an error the builder is of no use.
func (b *KinBuilder) Below(s Schema, vs []any) (out *openapi3.SchemaRef, err error) {
	defer func() {
		if why := recover(); why != nil {
			err = fmt.Errorf("not evaluated: %v", why)
		}
	}()
	return b.below(s, vs), nil
}

func (b *KinBuilder) below(s Schema, vs []any) *openapi3.SchemaRef {
	above, nested := b.above, b.nested
	b.above = nil
	out := b.build(s, vs)
	b.above, b.nested = above, nested
	return &openapi3.SchemaRef{Value: out}
}

func hasNull(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return slices.ContainsFunc(v, hasNull)
	case map[string]any:
		for _, f := range v {
			if hasNull(f) {
				return true
			}
		}
	}
	return false
}
