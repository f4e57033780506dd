package validators

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// maxExponent bounds the numbers that are computed with: what stands beyond is hostile, and
// 1e999999 takes a megabyte.
const maxExponent = 400

// Rational is the exact value of a JSON number.
func Rational(literal string) (*big.Rat, bool) {
	if len(literal) > maxExponent {
		return nil, false
	}
	if i := strings.IndexAny(literal, "eE"); i >= 0 {
		exp := strings.TrimLeft(strings.TrimLeft(literal[i+1:], "+-"), "0")
		if len(exp) > 3 || len(exp) == 3 && exp > "400" {
			return nil, false
		}
	}
	return new(big.Rat).SetString(literal)
}

// Decimal is the shortest plain decimal of r; false where it has none.
func Decimal(r *big.Rat) (json.Number, bool) {
	if r.IsInt() {
		return json.Number(r.Num().String()), true
	}
	digits, exact := r.FloatPrec()
	if !exact || digits > 30 {
		return "", false
	}
	return json.Number(r.FloatString(digits)), true
}

// bounds are the numeric limits of one schema, whichever way its dialect writes them.
type bounds struct {
	Min, Max, Above, Below *big.Rat // inclusive, exclusive
	Multiple               *big.Rat
	Bad                    bool // a bound is no number that can be computed with
}

func BoundsOf(s Schema) bounds {
	var b bounds
	read := func(v contract.Node) *big.Rat {
		if v.Kind() != contract.Number {
			return nil
		}
		r, ok := Rational(v.Literal())
		if !ok {
			b.Bad = true
		}
		return r
	}
	b.Min, b.Max = read(s.Get("minimum")), read(s.Get("maximum"))
	b.Above, b.Min = exclusive(s.Get("exclusiveMinimum"), b.Min, read)
	b.Below, b.Max = exclusive(s.Get("exclusiveMaximum"), b.Max, read)
	if b.Multiple = read(s.Get("multipleOf")); b.Multiple != nil && b.Multiple.Sign() <= 0 {
		b.Multiple, b.Bad = nil, true
	}
	return b
}

// exclusive reads an exclusive bound: a number of its own in 3.1, a boolean that changes the
// inclusive one in 3.0.
func exclusive(v contract.Node, inclusive *big.Rat, read func(contract.Node) *big.Rat) (ex, in *big.Rat) {
	switch {
	case v.Kind() == contract.Number:
		return read(v), inclusive
	case v.Bool():
		return inclusive, nil
	default:
		return nil, inclusive
	}
}
