package validators

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/romel/govctl/pkg/contract"
)

// errSilent is a schema that kin-openapi cannot evaluate or would take too long over.
var errSilent = errors.New("not evaluated")

// kinSettings is what every validation by kin-openapi shares.
type kinSettings struct {
	formats map[string]openapi3.StringFormatValidator
}

// Second asks kin-openapi about a value. It reads the schema of the document itself, keyword by
// keyword, in its own OpenAPI types; of a large schema only what the value touches.
func (w *Session) Second(s Schema, m Mode, v any) (out Verdict) {
	b := KinBuilder{Session: w, Mode: m, Dialect: s.Doc.Dialect, Room: MaxKin}
	b.uses31 = s.Doc.Dialect == OpenAPI31 && hasNull(v) // its own engine refuses null where no type is given
	schema, err := b.build(s, []any{v})
	if err != nil || b.Matched && b.uses31 {
		return Silent
	}
	if w.Toll(b.Price(b.uses31)); w.Fuel < 0 {
		return Silent
	}
	defer func() {
		if recover() != nil {
			out = Silent
		}
	}()
	if err := schema.VisitJSON(v, b.options(v)...); err != nil {
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

func (b *KinBuilder) options(v any) []openapi3.SchemaValidationOption {
	opts := []openapi3.SchemaValidationOption{openapi3.FailFast(), openapi3.SetSchemaRegexCompiler(b.Session.KinRegexp)}
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
	opts = append(opts, b.FormatOptions()...)
	if b.uses31 {
		opts = append(opts, openapi3.EnableJSONSchema2020())
	}
	return opts
}

func (b *KinBuilder) FormatOptions() []openapi3.SchemaValidationOption {
	if b.Mode&(AssertFormat|StrictFormat) == 0 {
		return nil
	}
	if b.Session.kin.formats == nil {
		b.Session.kin.formats = FormatValidators()
	}
	return []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(b.Session.kin.formats)}
}

// build is the part of a schema that the values touch: properties that none of them has are left
// out, since no keyword looks at them.
func (b *KinBuilder) build(s Schema, vs []any) (*openapi3.Schema, error) {
	s = s.Resolved()
	if b.Room--; b.Room < 0 || b.depth > maxKinDepth || b.nested > maxCompositons || b.uses31 && b.Room < MaxKin-maxKin2020 {
		return nil, errSilent
	}
	switch s.Node.Kind() {
	case contract.Bool:
		allowed := s.Node.Bool()
		b.uses31 = true
		return &openapi3.Schema{Always: &allowed}, nil
	case contract.Object:
	default:
		return nil, errSilent
	}
	for _, a := range b.above {
		if a == s {
			return nil, errSilent // it applies to itself without end
		}
	}
	b.above = append(b.above, s)
	b.depth++
	b.deepest = max(b.deepest, b.depth)
	defer func() { b.above = b.above[:len(b.above)-1]; b.depth-- }()
	out := &openapi3.Schema{}
	for keyword, v := range s.Keywords() {
		if read := b.Session.kinKeywords[keyword]; read != nil {
			if err := read(b, s, v, vs, out); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Below builds a schema for values inside the current ones.
func (b *KinBuilder) Below(s Schema, vs []any) (*openapi3.SchemaRef, error) {
	above, nested := b.above, b.nested
	b.above = nil
	out, err := b.build(s, vs)
	b.above, b.nested = above, nested
	return &openapi3.SchemaRef{Value: out}, err
}

func (b *KinBuilder) inPlace(s Schema, v contract.Node, vs []any) (*openapi3.SchemaRef, error) {
	out, err := b.build(s.At(v), vs)
	return &openapi3.SchemaRef{Value: out}, err
}

func (b *KinBuilder) list(s Schema, v contract.Node, vs []any) (openapi3.SchemaRefs, error) {
	out := make(openapi3.SchemaRefs, 0, v.Len())
	named := s.Get("discriminator").Exists() && s.Doc.Dialect == OpenAPI30
	b.nested++
	defer func() { b.nested-- }()
	for _, sub := range v.Items() {
		if v.Key() != "allOf" && s.At(sub).StandsForNull() {
			out = append(out, &openapi3.SchemaRef{Value: &openapi3.Schema{Nullable: true, Enum: []any{nil}}})
			continue
		}
		ref, err := b.inPlace(s, sub, vs)
		if err != nil {
			return nil, err
		}
		if named {
			ref.Ref = sub.Get("$ref").Text()
		}
		out = append(out, ref)
	}
	return out, nil
}

// kinKeyword sets one keyword of a schema for kin-openapi.
type kinKeyword = func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) error

func setter(f func(v contract.Node, out *openapi3.Schema)) kinKeyword {
	return func(_ *KinBuilder, _ Schema, v contract.Node, _ []any, out *openapi3.Schema) error {
		f(v, out)
		return nil
	}
}

func float(v contract.Node) *float64 {
	f, err := json.Number(v.Literal()).Float64()
	if err != nil {
		return nil
	}
	return &f
}

func length(v contract.Node) *uint64 {
	n, ok := Count(v)
	if !ok {
		return nil
	}
	u := uint64(n)
	return &u
}

func zeroed(p *uint64) uint64 {
	if p == nil {
		return 0
	}
	return *p
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
