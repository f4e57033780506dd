package subschema

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/romel/govctl/pkg/apidiff/formats"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// plainText reports whether strings are not restricted.
func (n *NormalForm) plainText() bool {
	return n.enum == nil && !n.maxLength.set() && !n.minLength.set() && len(n.patterns) == 0 && !n.format.Exists()
}

// AdmitsAsText reports whether a plain value is valid when it is written as text.
func (n *NormalForm) AdmitsAsText(v contract.Node) bool {
	if len(n.unions)+len(n.nots)+len(n.conds) > 0 || n.format.Exists() {
		return false
	}
	text, ok := asText(v)
	if !ok {
		return false
	}
	if n.enum != nil {
		return slices.ContainsFunc(n.enum.Values, func(w contract.Node) bool {
			other, ok := asText(w)
			return ok && other == text
		})
	}
	if n.Types&String != 0 {
		return n.admitsText(text)
	}
	read, err := contract.ParseValue(context.Background(), "value.json", []byte(text), contract.Options{})
	return err == nil && read.Kind() != contract.String && n.Types&typeOf(read)&(Boolean|Number) != 0 && n.admitsScalar(read)
}

// asText is a plain value as it is written; false for others.
func asText(v contract.Node) (string, bool) {
	switch v.Kind() {
	case contract.String:
		return v.Text(), true
	case contract.Number:
		return v.Literal(), true
	case contract.Bool:
		return strconv.FormatBool(v.Bool()), true
	default:
		return "", false
	}
}

// compareText compares a keyword whose values are equal or not.
func (e *Comparer) compareText(s *Comparison, attr string, a, b contract.Node) {
	d := Difference{Attr: attr, Op: rules.Changed, Old: a, New: b, From: jsonvalue.JSONOf(a), To: jsonvalue.JSONOf(b)}
	if !e.oneSided(s, d) && d.From != d.To {
		e.report(s, d)
	}
}

// comparePatterns compares the regular expressions that are not on both sides.
func (e *Comparer) comparePatterns(s *Comparison, a, b *NormalForm) {
	lost, gained := e.Meter.PatternsWithout(a.patterns, b.patterns), e.Meter.PatternsWithout(b.patterns, a.patterns)
	d := Difference{Attr: "pattern", Old: at(lost, 0), New: at(gained, 0), From: jsonvalue.List(lost, true), To: jsonvalue.List(gained, true)}
	if !e.oneSided(s, d) {
		e.reportChange(s, d, e.Meter.PatternsWithin(lost, gained), e.Meter.PatternsWithin(gained, lost))
	}
}

func stringsHold(x, y *NormalForm) bool {
	if y.Types&String == 0 {
		return true
	}
	if y.maxLength.set() && (!x.maxLength.set() || x.maxLength.n > y.maxLength.n) && !x.shapedAs(lengthPattern(0, y.maxLength.n)) {
		return false
	}
	if max(y.minLength.n, 0) > max(x.minLength.n, 0) && !x.shapedAs(lengthPattern(y.minLength.n, -1)) {
		return false
	}
	for _, p := range y.patterns {
		if !x.shapedAs(p.Text()) && !y.meter.Within("", p.Text()) {
			return false
		}
	}
	if y.format.Exists() && assertableFormats[y.format.Text()]&String != 0 && (!x.format.Exists() || !formats.Within(x.format.Text(), y.format.Text())) {
		return false
	}
	return formats.Spelled(x.Encoding) == formats.Spelled(y.Encoding) && formats.Spelled(x.MediaType) == formats.Spelled(y.MediaType)
}

// shapedAs reports whether a pattern of n, or the limits of its length, let only such texts pass as
// match the expression.
func (n *NormalForm) shapedAs(pattern string) bool {
	if pattern == "" {
		return false
	}
	if slices.ContainsFunc(n.patterns, func(p contract.Node) bool { return p.Text() == pattern }) || // the rule, and it costs nothing
		slices.ContainsFunc(n.patterns, func(p contract.Node) bool { return n.meter.Within(p.Text(), pattern) }) {
		return true
	}
	own := lengthPattern(max(n.minLength.n, 0), n.maxLength.n)
	return own != "" && (n.minLength.n > 0 || n.maxLength.set()) && n.meter.Within(own, pattern)
}

// lengthPattern matches the texts of such a length; empty where it would be too long. most < 0: no
// limit.
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

// anyPattern matches what one of the alternatives that are nothing but a pattern matches; empty where there is none.
// Expressions that are valid without the flag u only are left out: joined, they would change the meaning of the others.
func anyPattern(s *Catalog, branches []contract.Node) string {
	var parts []string
	for _, b := range branches {
		n := s.Of(b).Schema.simplified()
		w := 1
		if n.Types != AnyType {
			w = 2
		}
		if n.Types&String == 0 || len(n.patterns) != 1 || n.Weight() != w {
			continue
		}
		if p := s.meter.Pattern(n.patterns[0].Text()); p != nil && p.Unicode() {
			parts = append(parts, "(?:"+n.patterns[0].Text()+")")
		}
	}
	return strings.Join(parts, "|")
}

// contentHolds compares the schemas of what a text holds.
func (p *prover) contentHolds(a, b term, m Mode) bool {
	return len(b.norm.contentSchema) == 0 ||
		p.sub(a.catalog.All(a.norm.contentSchema).Schema, b.catalog.All(b.norm.contentSchema).Schema, m.Inner()&^AsText)
}

func (n *NormalForm) admitsText(s string) bool {
	length := int64(utf8.RuneCountInString(s))
	if n.maxLength.set() && length > n.maxLength.n || length < n.minLength.n {
		return false
	}
	for _, p := range n.patterns {
		if hit, known := n.meter.Matches(p.Text(), s); known && !hit {
			return false
		}
	}
	return true
}

// patternsKnown reports whether it is known of each pattern if the text matches.
func (n *NormalForm) patternsKnown(text string) bool {
	return !slices.ContainsFunc(n.patterns, func(p contract.Node) bool {
		_, known := n.meter.Matches(p.Text(), text)
		return !known
	})
}

// plainlyAdmits reports whether a text is seen to be valid.
func (n *NormalForm) plainlyAdmits(text string) bool {
	return n.patternsKnown(text) && n.admitsText(text) && !n.format.Exists() && len(n.unions)+len(n.nots)+len(n.conds) == 0
}

func (n *NormalForm) textSamples() []string {
	lengths := map[int64]bool{max(n.minLength.n, 1): true, max(n.minLength.n, 0): true}
	if n.maxLength.set() {
		lengths[n.maxLength.n] = true
	}
	var out []string
	for _, l := range jsonvalue.SortedKeys(lengths) {
		if l <= maxSampleText {
			out = append(out, jsonvalue.Quoted(strings.Repeat("a", int(l))))
		}
	}
	for i := range min(len(n.patterns), 2) {
		if text, ok := n.meter.Sample(n.patterns[i:i+1], 0, -1); ok && len(text) <= maxSampleText {
			out = append(out, jsonvalue.Quoted(text))
		}
	}
	if len(n.patterns) > 1 || len(n.patterns) == 1 && (n.minLength.n > 0 || n.maxLength.set()) {
		if text, ok := n.meter.Sample(n.patterns, n.minLength.n, n.maxLength.n); ok && len(text) <= maxSampleText {
			out = append(out, jsonvalue.Quoted(text))
		}
	}
	return out
}
