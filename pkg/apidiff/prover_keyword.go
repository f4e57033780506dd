package apidiff

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// conjunction shows that a satisfies every keyword of b.
func (p *prover) conjunction(a, b term, m mode, lean *int) bool {
	x, y := a.norm, b.norm
	return p.typesHold(a, b, m, lean) && enumHolds(x, y) &&
		(x.types&tNumber == 0 || numbersHold(x, y)) &&
		(x.types&tString == 0 || stringsHold(x, y) && p.contentHolds(a, b, m, lean)) &&
		(x.types&tArray == 0 || p.arraysHold(a, b, m, lean)) &&
		(!objectsMatter(x, y) || p.objectsHold(a, b, m, lean)) &&
		p.logicHolds(a, b, m, lean)
}

// objectsMatter reports whether the keywords for objects count. They do even where the type of both sides rules
// objects out: who lists properties means an object, and the type is the slip.
func objectsMatter(x, y *norm) bool { return x.types&tObject != 0 || y.types&tObject == 0 }

// typesHold compares the types; as text, numbers and booleans are strings, and one item is an array of one.
func (p *prover) typesHold(a, b term, m mode, lean *int) bool {
	left := a.norm.types &^ b.norm.types
	if left == 0 {
		return true
	}
	if m&modeText != 0 && b.norm.types&tString != 0 && b.norm.plainText() {
		left &^= tNumber | tBool
	}
	if m&modeLift != 0 && b.norm.types&tArray != 0 && left&^(tNumber|tBool|tString) == 0 && b.norm.minItems.n <= 1 && len(b.norm.contains) == 0 {
		item := b.side.all(b.norm.item(0)).schema
		return p.part(a.only(left), termOf(item), m.inner(), lean)
	}
	return left == 0
}

func enumHolds(x, y *norm) bool {
	if y.enum == nil {
		return true
	}
	x.meter.charge(4)
	if x.enum == nil {
		rest := x.types &^ tNull
		return (x.types&tNull == 0 || y.enum.null) && (rest == 0 || rest == tString && len(x.patterns) > 0 && x.shapedAs(y.enum.valuesPattern()))
	}
	for _, v := range x.enum.values {
		if x.meter.charge(1); !y.enum.contains(v) {
			return false
		}
	}
	return !x.enum.null || y.enum.null
}

func numbersHold(x, y *norm) bool {
	if y.types&tNumber == 0 {
		return true // told by the types
	}
	if y.max.set() && (!x.max.set() || x.max.tighter(y.max, -1) != x.max) {
		return false
	}
	if y.min.set() && (!x.min.set() || x.min.tighter(y.min, 1) != x.min) {
		return false
	}
	for _, m := range y.multiple {
		step := big.NewRat(1, 1)
		if len(x.multiple) == 1 {
			step = x.multiple[0].value
		} else if x.types&tFrac != 0 {
			return false
		}
		if !new(big.Rat).Quo(step, m.value).IsInt() {
			return false
		}
	}
	if tooWide(x, y) {
		return false
	}
	return !y.format.Exists() || assertableFormats[y.format.Text()]&tNumber == 0 ||
		x.format.Exists() && formatWithin(x.format.Text(), y.format.Text()) || x.withinFormat(y.format.Text())
}

// integerBits are the bits of the integer formats beside the sign.
var integerBits = map[string]uint{"int32": 31, "int64": 63}

// withinFormat reports whether the bounds alone keep whole numbers within an integer format.
func (n *norm) withinFormat(format string) bool {
	bits := integerBits[format]
	if bits == 0 || n.types&tFrac != 0 || !n.max.set() || !n.min.set() {
		return false
	}
	limit := new(big.Int).Lsh(big.NewInt(1), bits)
	low := new(big.Rat).SetInt(new(big.Int).Neg(limit))
	return n.max.value.Cmp(new(big.Rat).SetInt(limit)) < 0 && n.min.value.Cmp(low) >= 0
}

func stringsHold(x, y *norm) bool {
	if y.types&tString == 0 {
		return true
	}
	if y.maxLength.set() && (!x.maxLength.set() || x.maxLength.n > y.maxLength.n) && !x.shapedAs(lengthPattern(0, y.maxLength.n)) {
		return false
	}
	if max(y.minLength.n, 0) > max(x.minLength.n, 0) && !x.shapedAs(lengthPattern(y.minLength.n, -1)) {
		return false
	}
	for _, p := range y.patterns {
		if !x.shapedAs(p.Text()) && !y.meter.within("", p.Text()) {
			return false
		}
	}
	if y.format.Exists() && assertableFormats[y.format.Text()]&tString != 0 && (!x.format.Exists() || !formatWithin(x.format.Text(), y.format.Text())) {
		return false
	}
	return spelled(x.encoding) == spelled(y.encoding) && spelled(x.mediaType) == spelled(y.mediaType)
}

// shapedAs reports whether a pattern of n, or the limits of its length, let only such texts pass as match the expression.
func (n *norm) shapedAs(pattern string) bool {
	if pattern == "" {
		return false
	}
	for _, p := range n.patterns { // the rule, and it costs nothing
		if p.Text() == pattern {
			return true
		}
	}
	for _, p := range n.patterns {
		if n.meter.within(p.Text(), pattern) {
			return true
		}
	}
	own := lengthPattern(max(n.minLength.n, 0), n.maxLength.n)
	return own != "" && (n.minLength.n > 0 || n.maxLength.set()) && n.meter.within(own, pattern)
}

// lengthPattern matches the texts of such a length; empty where it would be too long. most < 0: no limit.
func lengthPattern(least, most int64) string {
	const longest = 200 // states grow with it
	switch {
	case least > longest || most > longest:
		return ""
	case most < 0:
		return fmt.Sprintf(`^[\s\S]{%d,}$`, least)
	default:
		return fmt.Sprintf(`^[\s\S]{%d,%d}$`, least, most)
	}
}

// valuesPattern matches the values of an enum of texts; empty where there are others.
func (e *enumSet) valuesPattern() string {
	var b strings.Builder
	for i, v := range e.values {
		if v.Kind() != contract.String || i > listable {
			return ""
		}
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(regexp.QuoteMeta(v.Text()))
	}
	return "^(?:" + b.String() + ")$"
}

// contentHolds compares the schemas of what a text holds.
func (p *prover) contentHolds(a, b term, m mode, lean *int) bool {
	return len(b.norm.contentSchema) == 0 ||
		p.sub(a.side.all(a.norm.contentSchema).schema, b.side.all(b.norm.contentSchema).schema, m.inner()&^modeText, lean)
}

func (p *prover) arraysHold(a, b term, m mode, lean *int) bool {
	x, y := a.norm, b.norm
	if y.types&tArray == 0 {
		return true
	}
	if y.maxItems.set() && (!x.maxItems.set() || x.maxItems.n > y.maxItems.n) || max(y.minItems.n, 0) > max(x.minItems.n, 0) {
		return false
	}
	if y.unique.Exists() && !x.unique.Exists() && (!x.maxItems.set() || x.maxItems.n > 1) {
		return false
	}
	if y.minContains.n > x.minContains.n || y.maxContains.set() && (!x.maxContains.set() || x.maxContains.n > y.maxContains.n) {
		return false
	}
	listed := max(x.listed(), y.listed())
	for i := range listed + 1 {
		if x.maxItems.set() && int64(i) >= x.maxItems.n {
			break
		}
		if !p.sub(a.side.all(x.item(i)).schema, b.side.all(y.item(i)).schema, m.inner(), lean) {
			return false
		}
	}
	return p.containsHold(a, b, m, lean)
}

// containsHold compares contains: an item of the kind must be there, and not more than allowed.
func (p *prover) containsHold(a, b term, m mode, lean *int) bool {
	for _, want := range b.norm.contains {
		held := p.allItems(a, b, want, m, lean)
		for _, have := range a.norm.contains {
			if held {
				break
			}
			o, n := a.side.of(have.schema).schema, b.side.of(want.schema).schema
			held = have.min.orOne().n >= want.min.orOne().n && p.sub(o, n, m.inner(), lean) &&
				(!want.max.set() || have.max.set() && have.max.n <= want.max.n && p.sub(n, o, m.inner(), lean))
		}
		if !held {
			return false
		}
	}
	return true
}

// allItems reports whether every item is of the wanted kind, and there are enough.
func (p *prover) allItems(a, b term, want containsPart, m mode, lean *int) bool {
	if want.max.set() && (!a.norm.maxItems.set() || a.norm.maxItems.n > want.max.n) || want.min.orOne().n > max(a.norm.minItems.n, 0) {
		return false
	}
	target := b.side.of(want.schema).schema
	for i := range a.norm.listed() + 1 {
		if !p.sub(a.side.all(a.norm.item(i)).schema, target, m.inner(), lean) {
			return false
		}
	}
	return true
}
