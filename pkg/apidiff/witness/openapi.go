package witness

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/romel/govctl/pkg/contract"
)

// errSilent is a schema that kin-openapi cannot judge or would take too long over.
var errSilent = errors.New("not judged")

// kinSettings is what every validation by kin-openapi shares.
type kinSettings struct {
	formats map[string]openapi3.StringFormatValidator
}

// second asks kin-openapi about a value. It reads the schema of the document itself, keyword by keyword, in its own
// OpenAPI types; of a large schema only what the value touches.
func (w *worker) second(s site, m mode, v any) (out verdict) {
	b := kinBuilder{w: w, mode: m, dialect: s.d.dialect, room: maxKin}
	b.uses31 = s.d.dialect == openapi31 && hasNull(v) // its own engine refuses null where no type is given
	schema, err := b.build(s, []any{v})
	if err != nil {
		return silent
	}
	if w.toll(b.price(b.uses31)); w.fuel < 0 {
		return silent
	}
	defer func() {
		if recover() != nil {
			out = silent
		}
	}()
	if err := schema.VisitJSON(v, b.options(v)...); err != nil {
		return refuses
	}
	return accepts
}

// price is what a validation of what was built costs: kin-openapi compiles a schema of 2020-12 anew for each value.
func (b *kinBuilder) price(compiled bool) int {
	const plain, compiling = 2, 60
	if compiled {
		return (maxKin - b.room) * compiling
	}
	return (maxKin - b.room) * plain
}

// Bounds of a schema handed to kin-openapi: schemas, and compositions inside each other (it runs the alternative that
// matched once more, so that cost doubles with each).
const (
	maxKin         = 40_000
	maxKin2020     = 1_500 // compiled anew for each value
	maxCompositons = 12
	maxKinDepth    = 200
)

type kinBuilder struct {
	w       *worker
	mode    mode
	dialect dialect
	room    int
	above   []site // schemas that the current one applies in place of
	depth   int
	nested  int
	whole   bool // properties that no value has are wanted too
	uses31  bool // keywords that only its JSON Schema engine knows
}

func (b *kinBuilder) options(v any) []openapi3.SchemaValidationOption {
	opts := []openapi3.SchemaValidationOption{openapi3.FailFast()}
	switch { // for 3.1 it takes readOnly as an annotation, as its JSON Schema engine does
	case b.dialect == openapi31:
	case b.mode&asResponse != 0:
		opts = append(opts, openapi3.VisitAsResponse())
	default:
		opts = append(opts, openapi3.VisitAsRequest())
	}
	if b.mode&assertAccess == 0 {
		opts = append(opts, openapi3.DisableReadOnlyValidation(), openapi3.DisableWriteOnlyValidation())
	}
	opts = append(opts, b.formatOptions()...)
	if b.uses31 {
		opts = append(opts, openapi3.EnableJSONSchema2020())
	}
	return opts
}

func (b *kinBuilder) formatOptions() []openapi3.SchemaValidationOption {
	if b.mode&(assertFormat|strictFormat) == 0 {
		return nil
	}
	if b.w.kin.formats == nil {
		b.w.kin.formats = formatValidators()
	}
	return []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(b.w.kin.formats)}
}

// build is the part of a schema that the values touch: properties that none of them has are left out, since no keyword
// looks at them.
func (b *kinBuilder) build(s site, vs []any) (*openapi3.Schema, error) {
	s = s.resolved()
	if b.room--; b.room < 0 || b.depth > maxKinDepth || b.nested > maxCompositons || b.uses31 && b.room < maxKin-maxKin2020 {
		return nil, errSilent
	}
	switch s.n.Kind() {
	case contract.Bool:
		allowed := s.n.Bool()
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
	defer func() { b.above = b.above[:len(b.above)-1]; b.depth-- }()
	out := &openapi3.Schema{}
	for keyword, v := range s.keywords() {
		if read := b.w.tables.kin[keyword]; read != nil {
			if err := read(b, s, v, vs, out); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// below builds a schema for values inside the current ones.
func (b *kinBuilder) below(s site, vs []any) (*openapi3.SchemaRef, error) {
	above, nested := b.above, b.nested
	b.above = nil
	out, err := b.build(s, vs)
	b.above, b.nested = above, nested
	return &openapi3.SchemaRef{Value: out}, err
}

func (b *kinBuilder) inPlace(s site, v contract.Node, vs []any) (*openapi3.SchemaRef, error) {
	out, err := b.build(s.at(v), vs)
	return &openapi3.SchemaRef{Value: out}, err
}

func (b *kinBuilder) list(s site, v contract.Node, vs []any) (openapi3.SchemaRefs, error) {
	out := make(openapi3.SchemaRefs, 0, v.Len())
	named := s.get("discriminator").Exists() && s.d.dialect == openapi30
	b.nested++
	defer func() { b.nested-- }()
	for _, sub := range v.Items() {
		if v.Key() != "allOf" && s.at(sub).standsForNull() {
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

// kinKeyword tells the validator of one keyword.
type kinKeyword = func(b *kinBuilder, s site, v contract.Node, vs []any, out *openapi3.Schema) error

func told(f func(v contract.Node, out *openapi3.Schema)) kinKeyword {
	return func(_ *kinBuilder, _ site, v contract.Node, _ []any, out *openapi3.Schema) error {
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
	n, ok := count(v)
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
