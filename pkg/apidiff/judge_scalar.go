package apidiff

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

func (e *engine) judgeEnum(s *site, a, b *norm) {
	switch {
	case a.enum == nil && b.enum == nil:
	case a.enum == nil:
		attr := "enum"
		if b.enum.isConst {
			attr = "const"
		}
		e.tell(s, delta{attr: attr, op: Added, new: b.enum.at, to: list(b.enum.values, b.enum.isConst)})
	case b.enum == nil:
		attr := "enum"
		if a.enum.isConst {
			attr = "const"
		}
		e.tell(s, delta{attr: attr, op: Removed, old: a.enum.at, from: list(a.enum.values, a.enum.isConst)})
	default:
		e.judgeValues(s, a.enum, b.enum)
	}
}

func (e *engine) judgeValues(s *site, a, b *enumSet) {
	lost, gained := a.without(b), b.without(a)
	if a.isConst && b.isConst && len(lost) == 1 && len(gained) == 1 {
		e.tell(s, delta{attr: "const", op: Changed, old: a.at, new: b.at, from: jsonOf(lost[0]), to: jsonOf(gained[0])})
		return
	}
	if len(lost) > 0 {
		e.tell(s, delta{attr: "enum-value", op: Removed, old: a.at, new: b.at, from: list(lost, len(lost) == 1), values: lost})
	}
	if len(gained) > 0 {
		e.tell(s, delta{attr: "enum-value", op: Added, old: a.at, new: b.at, to: list(gained, len(gained) == 1), values: gained})
	}
}

// without are the values that the other enum lacks.
func (e *enumSet) without(o *enumSet) []contract.Node {
	var out []contract.Node
	for _, v := range e.values {
		if !o.contains(v) {
			out = append(out, v)
		}
	}
	return out
}

// list is the JSON of values: an array, or the one value alone.
func list(values []contract.Node, alone bool) string {
	if alone && len(values) == 1 {
		return jsonOf(values[0])
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = jsonOf(v)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

// judgeScalars compares the keywords for plain values and the simple limits.
func (e *engine) judgeScalars(s *site, a, b *norm) {
	shared := a.types & b.types
	if shared&tNumber != 0 {
		e.judgeBound(s, "maximum", a.max, b.max)
		e.judgeBound(s, "minimum", a.min, b.min)
		e.judgeMultiple(s, a, b)
	}
	for _, c := range []struct {
		attr string
		of   types
		a, b count
	}{
		{"max-length", tString, a.maxLength, b.maxLength}, {"min-length", tString, a.minLength, b.minLength},
		{"max-items", tArray, a.maxItems, b.maxItems}, {"min-items", tArray, a.minItems, b.minItems},
		{"max-properties", tObject, a.maxProps, b.maxProps}, {"min-properties", tObject, a.minProps, b.minProps},
		{"max-contains", tArray, a.maxContains, b.maxContains}, {"min-contains", tArray, a.minContains, b.minContains},
	} {
		if shared&c.of != 0 {
			e.judgeCount(s, c.attr, c.a, c.b)
		}
	}
	if shared&tString != 0 {
		e.judgePatterns(s, a, b)
	}
	if shared&(tString|tNumber) != 0 {
		e.judgeFormat(s, a, b)
	}
	if spelled(a.encoding) != spelled(b.encoding) {
		e.judgeText(s, "content-encoding", a.encoding, b.encoding)
	}
	if spelled(a.mediaType) != spelled(b.mediaType) {
		e.judgeText(s, "content-media-type", a.mediaType, b.mediaType)
	}
	if len(a.contentSchema)+len(b.contentSchema) > 0 {
		e.pair(s, nil, e.old.all(a.contentSchema), e.new.all(b.contentSchema), s.mode.inner()&^modeText)
	}
}

func (e *engine) judgeCount(s *site, attr string, a, b count) {
	d := delta{attr: attr, old: a.at, new: b.at}
	if a.set() {
		d.from = strconv.FormatInt(a.n, 10)
	}
	if b.set() {
		d.to = strconv.FormatInt(b.n, 10)
	}
	switch {
	case a.n == b.n:
		return
	case !a.set():
		d.op = Added
	case !b.set():
		d.op = Removed
	case a.n < b.n:
		d.op = Raised
	default:
		d.op = Lowered
	}
	e.tell(s, d)
}

func (e *engine) judgeBound(s *site, attr string, a, b bound) {
	d := delta{attr: attr, old: a.at, new: b.at, from: a.text(), to: b.text()}
	switch {
	case !a.set() && !b.set():
		return
	case !a.set():
		d.op = Added
	case !b.set():
		d.op = Removed
	default:
		c := a.value.Cmp(b.value)
		if c == 0 && a.exclusive == b.exclusive {
			return
		}
		// x < 5 is the lower maximum beside x <= 5, and x > 5 the higher minimum beside x >= 5.
		raised := c < 0 || c == 0 && a.exclusive == (attr == "maximum")
		d.op = Lowered
		if raised {
			d.op = Raised
		}
	}
	e.tell(s, d)
}

// text is the bound as JSON: the number as written, as a string when it is exclusive.
func (b bound) text() string {
	if !b.set() {
		return ""
	}
	n := decimal(b.value)
	if b.exclusive {
		return quoted(n + " (exclusive)")
	}
	return n
}

func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f := strings.TrimRight(r.FloatString(20), "0")
	return strings.TrimSuffix(f, ".")
}

func (e *engine) judgeMultiple(s *site, a, b *norm) {
	d := delta{attr: "multiple-of"}
	if len(a.multiple) > 0 {
		d.old, d.from = a.multiple[0].at, decimal(a.multiple[0].value)
	}
	if len(b.multiple) > 0 {
		d.new, d.to = b.multiple[0].at, decimal(b.multiple[0].value)
	}
	switch {
	case d.from == d.to:
		return
	case d.from == "":
		d.op = Added
	case d.to == "":
		d.op = Removed
	case new(big.Rat).Quo(a.multiple[0].value, b.multiple[0].value).IsInt():
		d.op = Widened
	case new(big.Rat).Quo(b.multiple[0].value, a.multiple[0].value).IsInt():
		d.op = Narrowed
	default:
		d.op = Changed
	}
	e.tell(s, d)
}

func (e *engine) judgeFormat(s *site, a, b *norm) {
	e.judgeAssertedFormat(s, a.format, b.format)
	if a.format.Exists() || b.format.Exists() {
		return
	}
	if tooWide(a, b) || tooWide(b, a) {
		e.judgeAssertedFormat(s, a.hint, b.hint)
		return
	}
	e.judgeText(s, "format-hint", a.hint, b.hint)
}

func (e *engine) judgeAssertedFormat(s *site, a, b contract.Node) {
	d := delta{attr: "format", old: a, new: b, from: jsonOf(a), to: jsonOf(b)}
	switch {
	case a.Text() == b.Text():
		return
	case !a.Exists():
		d.op = Added
	case !b.Exists():
		d.op = Removed
	case formatWithin(a.Text(), b.Text()) && formatWithin(b.Text(), a.Text()):
		return
	case formatWithin(a.Text(), b.Text()):
		d.op = Widened
	case formatWithin(b.Text(), a.Text()):
		d.op = Narrowed
	default:
		d.op = Changed
	}
	e.tell(s, d)
}

// judgeText compares a keyword whose values are equal or not.
func (e *engine) judgeText(s *site, attr string, a, b contract.Node) {
	d := delta{attr: attr, old: a, new: b, from: jsonOf(a), to: jsonOf(b)}
	switch {
	case d.from == d.to:
		return
	case !a.Exists():
		d.op = Added
	case !b.Exists():
		d.op = Removed
	default:
		d.op = Changed
	}
	e.tell(s, d)
}

// judgePatterns compares the regular expressions that are not on both sides.
func (e *engine) judgePatterns(s *site, a, b *norm) {
	lost, gained := e.meter.patternsWithout(a.patterns, b.patterns), e.meter.patternsWithout(b.patterns, a.patterns)
	if len(lost) == 0 && len(gained) == 0 {
		return
	}
	d := delta{attr: "pattern", from: list(lost, true), to: list(gained, true)}
	if len(lost) > 0 {
		d.old = lost[0]
	}
	if len(gained) > 0 {
		d.new = gained[0]
	}
	switch {
	case len(lost) == 0:
		d.op, d.from = Added, ""
	case len(gained) == 0:
		d.op, d.to = Removed, ""
	default:
		in, out := e.meter.patternsWithin(lost, gained), e.meter.patternsWithin(gained, lost)
		switch {
		case in && out:
			return
		case in:
			d.op = Widened
		case out:
			d.op = Narrowed
		default:
			d.op = Changed
		}
	}
	e.tell(s, d)
}

func (m *meter) patternsWithout(a, b []contract.Node) []contract.Node {
	has := map[string]bool{}
	for _, p := range b {
		has[p.Text()] = true
	}
	var out []contract.Node
	for _, p := range a {
		if !has[p.Text()] && !m.within("", p.Text()) { // what matches everything says nothing
			out = append(out, p)
		}
	}
	return out
}

// patternsWithin reports whether each of the outer expressions contains one of the inner ones.
func (m *meter) patternsWithin(inner, outer []contract.Node) bool {
	for _, o := range outer {
		ok := false
		for _, i := range inner {
			ok = ok || m.within(i.Text(), o.Text())
		}
		if !ok {
			return false
		}
	}
	return true
}
