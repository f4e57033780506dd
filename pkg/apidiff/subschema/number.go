package subschema

import (
	"math/big"
	"strconv"

	"github.com/romel/govctl/pkg/apidiff/formats"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// A bound is a number limit; exclusive where the limit itself is not valid.
type bound struct {
	value     *big.Rat // nil: no bound
	exclusive bool
	at        contract.Node
}

func (b bound) set() bool { return b.value != nil }

// tighter is the stricter of two bounds; sign is 1 for bounds from below, -1 for bounds from above.
func (b bound) tighter(o bound, sign int) bound {
	if !o.set() {
		return b
	}
	if !b.set() {
		return o
	}
	c := o.value.Cmp(b.value) * sign
	if c > 0 || c == 0 && o.exclusive && !b.exclusive {
		return o
	}
	return b
}

type ratio struct {
	value *big.Rat
	at    contract.Node
}

func (n *NormalForm) mergeNumber(f *keywords, k keyword) {
	r, ok := jsonvalue.ReadNumber(k.value)
	switch k.name {
	case "maximum", "minimum":
		if !ok {
			return
		}
		b := bound{value: r, at: k.value}
		for _, o := range f.assertions { // OpenAPI 3.0 writes exclusiveMaximum: true beside it
			if o.name == "exclusiveM"+k.name[1:] && o.value.Bool() {
				b.exclusive = true
			}
		}
		n.limit(k.name == "maximum", b)
	case "exclusiveMaximum", "exclusiveMinimum":
		if ok {
			n.limit(k.name == "exclusiveMaximum", bound{value: r, exclusive: true, at: k.value})
		}
	case "multipleOf":
		if ok && r.Sign() > 0 {
			n.multiple = append(n.multiple, ratio{r, k.value})
		}
	}
}

func (n *NormalForm) limit(upper bool, b bound) {
	if upper {
		n.max = n.max.tighter(b, -1)
	} else {
		n.min = n.min.tighter(b, 1)
	}
}

// tidyNumbers merges the multiples and, for integers, makes bounds whole and inclusive.
func (n *NormalForm) tidyNumbers() {
	n.mergeMultiples()
	for _, m := range n.multiple {
		if m.value.IsInt() {
			n.Types &^= Fraction
		}
	}
	if n.Types&Number != Integer {
		n.boundByMultiple()
		return
	}
	if len(n.multiple) == 1 {
		whole := new(big.Rat).SetInt(n.multiple[0].value.Num())
		n.multiple[0].value = whole
		if whole.Cmp(big.NewRat(1, 1)) == 0 && n.stated&Fraction == 0 {
			n.multiple = nil
		}
	}
	n.max, n.min = n.max.whole(-1), n.min.whole(1)
	n.boundByMultiple()
}

// boundByMultiple moves the bounds to the first multiple that they admit.
func (n *NormalForm) boundByMultiple() {
	if len(n.multiple) == 1 {
		n.max, n.min = n.max.multiple(-1, n.multiple[0].value), n.min.multiple(1, n.multiple[0].value)
	}
}

// multiple is the bound as multiples of a number see it; sign is 1 for bounds from below.
func (b bound) multiple(sign int, of *big.Rat) bound {
	if !b.set() {
		return b
	}
	b.value = new(big.Rat).Quo(b.value, of)
	b = b.whole(sign)
	b.value = new(big.Rat).Mul(b.value, of)
	return b
}

func (n *NormalForm) mergeMultiples() {
	n.meter.Charge(20 * len(n.multiple))
	for len(n.multiple) > 1 {
		a, b := n.multiple[0].value, n.multiple[1].value
		num := new(big.Int).Mul(a.Num(), b.Num())
		num.Quo(num, new(big.Int).GCD(nil, nil, a.Num(), b.Num()))
		den := new(big.Int).GCD(nil, nil, a.Denom(), b.Denom())
		at := n.multiple[0].at
		if num.BitLen() > 2048 {
			return
		}
		n.multiple = append([]ratio{{new(big.Rat).SetFrac(num, den), at}}, n.multiple[2:]...)
	}
}

// whole is the bound as integers see it; sign is 1 for bounds from below.
func (b bound) whole(sign int) bound {
	if !b.set() {
		return b
	}
	if b.value.IsInt() {
		if b.exclusive {
			b.value = new(big.Rat).Add(b.value, big.NewRat(int64(sign), 1))
		}
	} else {
		floor := new(big.Int).Div(b.value.Num(), b.value.Denom()) // Euclidean: rounds down
		b.value = new(big.Rat).SetInt(floor)
		if sign > 0 {
			b.value.Add(b.value, big.NewRat(1, 1))
		}
	}
	b.exclusive = false
	return b
}

// listable is the length of a range of integers that is as good as an enum.
const listable = 64

// simplifyPlain lists the few values of a short range, and writes formats as bounds.
func (n *NormalForm) simplifyPlain() {
	if n.Types&Number == Integer && n.format.Exists() {
		if low, high, ok := formats.IntegerLimits(n.format.Text()); ok {
			n.min, n.max = n.min.tighter(bound{value: low, at: n.format}, 1), n.max.tighter(bound{value: high, at: n.format}, -1)
		}
	}
	if l, ok := formats.Lengths[n.format.Text()]; ok && n.Types&String != 0 && n.minLength.n <= l[1] && (!n.maxLength.set() || n.maxLength.n >= l[0]) {
		n.minLength, n.maxLength = n.minLength.atLeast(count{n: l[0], at: n.format}), n.maxLength.atMost(count{n: l[1], at: n.format})
	}
	switch {
	case n.enum != nil:
	case n.Types == String && n.maxLength.set() && n.maxLength.n == 0:
		n.list([]string{`""`}, n.maxLength.at)
	case n.Types != Integer && n.Types != Number || !n.max.set() || !n.min.set():
	case n.max.value.Cmp(n.min.value) == 0:
		n.list([]string{jsonvalue.Decimal(n.max.value)}, n.max.at)
	case n.Types == Integer && n.max.value.IsInt() && n.min.value.IsInt():
		span := new(big.Rat).Sub(n.max.value, n.min.value)
		if span.Cmp(big.NewRat(listable, 1)) >= 0 {
			return
		}
		var values []string
		for v := n.min.value; v.Cmp(n.max.value) <= 0; v = new(big.Rat).Add(v, big.NewRat(1, 1)) {
			values = append(values, jsonvalue.Decimal(v))
		}
		n.list(values, n.max.at)
	}
}

func (e *Comparer) compareBound(s *Comparison, attr string, a, b bound) {
	d := Difference{Attr: attr, Old: a.at, New: b.at, From: a.text(), To: b.text()}
	if !a.set() && !b.set() || e.oneSided(s, d) {
		return
	}
	c := a.value.Cmp(b.value)
	if c == 0 && a.exclusive == b.exclusive {
		return
	}
	d.Op = rules.Lowered
	// x < 5 is the lower maximum beside x <= 5, and x > 5 the higher minimum beside x >= 5.
	if c < 0 || c == 0 && a.exclusive == (attr == "maximum") {
		d.Op = rules.Raised
	}
	e.report(s, d)
}

// text is the bound as JSON: the number as written, as a string when it is exclusive.
func (b bound) text() string {
	if !b.set() {
		return ""
	}
	n := jsonvalue.Decimal(b.value)
	if b.exclusive {
		return jsonvalue.Quoted(n + " (exclusive)")
	}
	return n
}

func (e *Comparer) compareMultiple(s *Comparison, a, b *NormalForm) {
	d := Difference{Attr: "multiple-of"}
	if len(a.multiple) > 0 {
		d.Old, d.From = a.multiple[0].at, jsonvalue.Decimal(a.multiple[0].value)
	}
	if len(b.multiple) > 0 {
		d.New, d.To = b.multiple[0].at, jsonvalue.Decimal(b.multiple[0].value)
	}
	switch {
	case d.From == d.To || e.oneSided(s, d):
		return
	case new(big.Rat).Quo(a.multiple[0].value, b.multiple[0].value).IsInt():
		d.Op = rules.Widened
	case new(big.Rat).Quo(b.multiple[0].value, a.multiple[0].value).IsInt():
		d.Op = rules.Narrowed
	default:
		d.Op = rules.Changed
	}
	e.report(s, d)
}

func numbersHold(x, y *NormalForm) bool {
	if y.Types&Number == 0 {
		return true // reported with the type
	}
	if x.max.tighter(y.max, -1) != x.max || x.min.tighter(y.min, 1) != x.min {
		return false
	}
	for _, m := range y.multiple {
		step := big.NewRat(1, 1)
		if len(x.multiple) == 1 {
			step = x.multiple[0].value
		} else if x.Types&Fraction != 0 {
			return false
		}
		if !new(big.Rat).Quo(step, m.value).IsInt() {
			return false
		}
	}
	if tooWide(x, y) {
		return false
	}
	return !y.format.Exists() || assertableFormats[y.format.Text()]&Number == 0 ||
		x.format.Exists() && formats.Within(x.format.Text(), y.format.Text()) || x.withinFormat(y.format.Text())
}

// withinFormat reports whether the bounds alone keep whole numbers within an integer format.
func (n *NormalForm) withinFormat(format string) bool {
	low, high, ok := formats.IntegerLimits(format)
	return ok && n.Types&Fraction == 0 && n.max.set() && n.min.set() && n.max.value.Cmp(high) <= 0 && n.min.value.Cmp(low) >= 0
}

// boundsApart reports whether an upper bound lies under a lower one.
func boundsApart(upper, lower bound) bool {
	if !upper.set() || !lower.set() {
		return false
	}
	c := upper.value.Cmp(lower.value)
	return c < 0 || c == 0 && (upper.exclusive || lower.exclusive)
}

func (c *remainder) cutNumbers(left *NormalForm) {
	x := c.of.norm
	if b := left.max; b.set() && x.max.tighter(b, -1) != x.max {
		c.add(func(n *NormalForm) { n.limit(false, bound{value: b.value, exclusive: !b.exclusive, at: b.at}) })
	}
	if b := left.min; b.set() && x.min.tighter(b, 1) != x.min {
		c.add(func(n *NormalForm) { n.limit(true, bound{value: b.value, exclusive: !b.exclusive, at: b.at}) })
	}
	left.max, left.min = bound{}, bound{}
}

// beyond are the values beyond the limits of numbers and texts, as schemas.
func beyond(y *NormalForm) ([]string, bool) {
	var out []string
	for _, l := range []struct {
		b                     bound
		inclusive, beyondElse string
	}{{y.max, "exclusiveMinimum", "minimum"}, {y.min, "exclusiveMaximum", "maximum"}} {
		if !l.b.set() {
			continue
		}
		word, text := l.inclusive, jsonvalue.Decimal(l.b.value)
		if l.b.exclusive {
			word = l.beyondElse
		}
		if r, ok := new(big.Rat).SetString(text); !ok || r.Cmp(l.b.value) != 0 {
			return nil, false
		}
		out = append(out, `{"type":"number","`+word+`":`+text+`}`)
	}
	if y.maxLength.set() {
		out = append(out, `{"type":"string","minLength":`+strconv.FormatInt(y.maxLength.n+1, 10)+`}`)
	}
	if y.minLength.n > 0 {
		out = append(out, `{"type":"string","maxLength":`+strconv.FormatInt(y.minLength.n-1, 10)+`}`)
	}
	return out, true
}

func (n *NormalForm) admitsNumber(r *big.Rat) bool {
	if at := (bound{value: r}); boundsApart(n.max, at) || boundsApart(at, n.min) {
		return false
	}
	n.meter.Charge(10 * len(n.multiple))
	for _, m := range n.multiple {
		if !new(big.Rat).Quo(r, m.value).IsInt() {
			return false
		}
	}
	return true
}

func fitsInt32(r *big.Rat) bool {
	return r.IsInt() && r.Num().IsInt64() && r.Num().Int64() == int64(int32(r.Num().Int64()))
}

func (n *NormalForm) numberSamples() []string {
	floor := func(r *big.Rat) *big.Rat { return new(big.Rat).SetInt(new(big.Int).Div(r.Num(), r.Denom())) }
	tries := []*big.Rat{new(big.Rat), big.NewRat(1, 1), big.NewRat(1, 2)}
	for inward, end := range map[int64]bound{1: n.min, -1: n.max} {
		if end.set() {
			low, step := floor(end.value), big.NewRat(inward, 1)
			tries = append(tries, end.value, low, new(big.Rat).Add(end.value, step), new(big.Rat).Add(low, step))
		}
	}
	set := map[string]bool{}
	for _, v := range tries {
		if len(n.multiple) == 1 {
			v = new(big.Rat).Mul(floor(new(big.Rat).Quo(v, n.multiple[0].value)), n.multiple[0].value)
		}
		if (n.Types&Fraction != 0 || v.IsInt()) && n.admitsNumber(v) {
			set[jsonvalue.Decimal(v)] = true
		}
	}
	return jsonvalue.SortedKeys(set)
}
