package apidiff

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/rules"
)

// A plainObject is an open object of plain properties, by name.
type plainObject map[string]plainProperty

type plainProperty struct {
	types    string // as JSON
	required bool
}

var plainNames = []string{"a", "b", "c", "d"}

func (o plainObject) schema() string {
	var props, required []string
	for _, name := range plainNames {
		p, ok := o[name]
		if !ok {
			continue
		}
		props = append(props, fmt.Sprintf(`%q:{"type":%s}`, name, p.types))
		if p.required {
			required = append(required, fmt.Sprintf("%q", name))
		}
	}
	return `{"type":"object","properties":{` + strings.Join(props, ",") + `},"required":[` + strings.Join(required, ",") + `]}`
}

// accepts reports whether an object whose properties have these types is valid.
func (o plainObject) accepts(types map[string]string) bool {
	for name, p := range o {
		t, there := types[name]
		if !there && p.required || there && !strings.Contains(p.types, t) {
			return false
		}
	}
	return true
}

// values are objects of the listed properties, as the types of these, in all ways.
func (o plainObject) values() []map[string]string {
	out := []map[string]string{{}}
	for name := range o {
		for _, v := range slices.Clone(out) {
			for _, t := range []string{"string", "integer", "null"} {
				w := map[string]string{name: t}
				for k, u := range v {
					w[k] = u
				}
				out = append(out, w)
			}
		}
	}
	return slices.DeleteFunc(out, func(v map[string]string) bool { return !o.accepts(v) })
}

func randomProperty(r *rand.Rand) plainProperty {
	return plainProperty{[]string{`"string"`, `"string"`, `"string"`, `"integer"`, `["string","null"]`}[r.IntN(5)], r.IntN(3) == 0}
}

// randomVersion is the object with up to two properties changed.
func (o plainObject) randomVersion(r *rand.Rand) plainObject {
	out := plainObject{}
	for name, p := range o {
		out[name] = p
	}
	for range r.IntN(3) {
		name := plainNames[r.IntN(len(plainNames))]
		if out[name] = randomProperty(r); r.IntN(4) == 0 {
			delete(out, name)
		}
	}
	return out
}

func anyOfPlain(list []plainObject) string {
	var out []string
	for _, o := range list {
		out = append(out, o.schema())
	}
	if len(out) == 1 {
		return out[0]
	}
	return `{"anyOf":[` + strings.Join(out, ",") + `]}`
}

// TestAlternativesAtRandom compares alternatives much like an object with it, and with others: what breaks is known from
// all values.
func TestAlternativesAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 600 {
		first := plainObject{}.randomVersion(r).randomVersion(r)
		olds, news := []plainObject{first}, []plainObject{first.randomVersion(r), first.randomVersion(r)}
		if i%3 == 0 {
			olds = append(olds, plainObject{}.randomVersion(r))
		}
		if i%2 == 0 {
			olds, news = news, olds
		}
		side, inner, outer := rules.Request, olds, news
		if i%5 < 2 {
			side, inner, outer = rules.Response, news, olds
		}
		refused := slices.ContainsFunc(inner, func(o plainObject) bool {
			return slices.ContainsFunc(o.values(), func(v map[string]string) bool {
				return !slices.ContainsFunc(outer, func(p plainObject) bool { return p.accepts(v) })
			})
		})
		old, new := anyOfPlain(olds), anyOfPlain(news)
		result := Compare(context.Background(), containedDocument(t, old, side), containedDocument(t, new, side), Options{Now: testNow})
		if result.Breaking().Breaking != refused {
			t.Errorf("%s %s to %s: a value is refused: %v%s", side, old, new, refused, told(result))
		}
	}
}
