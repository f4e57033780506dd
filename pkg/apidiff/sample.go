package apidiff

import (
	"math/big"
	"sort"
	"strings"
)

// maxSampleDepth bounds the nesting of samples.
const maxSampleDepth = 5

// samples are a few values, as JSON, that the schema is likely to accept: the smallest object, the full one, the ends
// of ranges. They are evidence for the prover; whether they are valid is asked of the schema itself.
func (n *norm) samples(s *side, dir Side, depth int) []string {
	if n.meter.charge(20); n.never || depth > maxSampleDepth || n.meter.spent() {
		return nil
	}
	if n.enum != nil {
		var out []string
		for i, v := range n.enum.values {
			if i == 8 {
				break
			}
			out = append(out, jsonOf(v))
		}
		return out
	}
	var out []string
	for _, k := range n.kinds() {
		switch {
		case k == tNull:
			out = append(out, "null")
		case k == tBool:
			out = append(out, "true", "false")
		case k&tNumber != 0:
			out = append(out, n.numberSamples()...)
		case k == tString:
			out = append(out, n.textSamples()...)
		case k == tArray:
			out = append(out, n.arraySamples(s, dir, depth)...)
		case k == tObject:
			out = append(out, n.objectSamples(s, dir, depth)...)
		}
	}
	return out
}

func (n *norm) numberSamples() []string {
	set := map[string]bool{}
	add := func(r *big.Rat, step int64) {
		for _, d := range []int64{0, step} {
			v := new(big.Rat).Add(r, big.NewRat(d, 1))
			if len(n.multiple) == 1 {
				q := new(big.Rat).Quo(v, n.multiple[0].value)
				v = new(big.Rat).Mul(new(big.Rat).SetInt(new(big.Int).Div(q.Num(), q.Denom())), n.multiple[0].value)
			}
			if n.admitsNumber(v) && (n.types&tFrac != 0 || v.IsInt()) {
				set[decimal(v)] = true
			}
		}
	}
	add(new(big.Rat), 1)
	if n.min.set() {
		add(n.min.value, 1)
	}
	if n.max.set() {
		add(n.max.value, -1)
	}
	if n.types&tFrac != 0 {
		add(big.NewRat(1, 2), 0)
	}
	out := make([]string, 0, len(set))
	for v := range set {
		out = append(out, v)
	}
	sort.Strings(out)
	return out
}

func (n *norm) textSamples() []string {
	const most = 2000
	lengths := map[int64]bool{max(n.minLength.n, 1): true, max(n.minLength.n, 0): true}
	if n.maxLength.set() {
		lengths[n.maxLength.n] = true
	}
	var out []string
	for _, l := range sortedLengths(lengths) {
		if l <= most {
			out = append(out, quoted(strings.Repeat("a", int(l))))
		}
	}
	return out
}

func sortedLengths(m map[int64]bool) []int64 {
	out := make([]int64, 0, len(m))
	for l := range m {
		out = append(out, l)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

func (n *norm) arraySamples(s *side, dir Side, depth int) []string {
	least := max(n.minItems.n, 0)
	if least > 3 {
		return nil
	}
	var parts []string
	for i := range int(least) {
		one := s.all(n.item(i)).schema.norm().samples(s, dir, depth+1)
		if len(one) == 0 {
			return nil
		}
		parts = append(parts, one[min(i, len(one)-1)])
	}
	return []string{"[" + strings.Join(parts, ",") + "]"}
}

// objectSamples are the object with what is required, and the one with all that is listed.
func (n *norm) objectSamples(s *side, dir Side, depth int) []string {
	small, ok := n.objectSample(s, dir, depth, sortedKeys(n.required))
	if !ok {
		return nil
	}
	names := n.declared()
	for _, name := range sortedKeys(n.required) {
		if schemas, declared := n.child(name); !declared.Exists() {
			_ = schemas
			names = append(names, name)
		}
	}
	full, ok := n.objectSample(s, dir, depth, names)
	if !ok || full == small {
		return []string{small}
	}
	return []string{small, full}
}

func (n *norm) objectSample(s *side, dir Side, depth int, names []string) (string, bool) {
	var b strings.Builder
	b.WriteByte('{')
	for _, name := range names {
		if s.meter.charge(5); s.meter.spent() {
			return "", false
		}
		schemas, _ := n.child(name)
		u := s.all(schemas)
		if u.flags().hidden(dir) {
			continue
		}
		value := "1"
		if !u.schema.unconstrained() {
			values := u.schema.norm().samples(s, dir, depth+1)
			if len(values) == 0 {
				if _, required := n.required[name]; required {
					return "", false
				}
				continue
			}
			value = values[0]
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(quoted(name) + ":" + value)
		s.meter.charge(len(value) / 8)
	}
	b.WriteByte('}')
	return b.String(), true
}
