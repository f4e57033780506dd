package witness

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// maxExponent bounds the numbers that are computed with: what stands beyond is hostile, and 1e999999 takes a megabyte.
const maxExponent = 400

// rational is the exact value of a JSON number.
func rational(literal string) (*big.Rat, bool) {
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

// number is the shortest plain decimal of r; false where it has none.
func number(r *big.Rat) (json.Number, bool) {
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
	min, max, above, below *big.Rat // inclusive, exclusive
	multiple               *big.Rat
	bad                    bool // a bound is no number that can be computed with
}

func boundsOf(s site) bounds {
	var b bounds
	read := func(v contract.Node) *big.Rat {
		if v.Kind() != contract.Number {
			return nil
		}
		r, ok := rational(v.Literal())
		if !ok {
			b.bad = true
		}
		return r
	}
	b.min, b.max = read(s.get("minimum")), read(s.get("maximum"))
	b.above, b.min = exclusive(s.get("exclusiveMinimum"), b.min, read)
	b.below, b.max = exclusive(s.get("exclusiveMaximum"), b.max, read)
	if b.multiple = read(s.get("multipleOf")); b.multiple != nil && b.multiple.Sign() <= 0 {
		b.multiple, b.bad = nil, true
	}
	return b
}

// exclusive reads an exclusive bound: a number of its own in 3.1, a boolean that changes the inclusive one in 3.0.
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
