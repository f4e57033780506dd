package smoke

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/smoke/jsonpath"
	"github.com/romel/govctl/pkg/contract"
)

// parseJSON reads the body of a message. Its limits are those of the loader of contracts.
func parseJSON(data []byte) (any, error) {
	n, err := contract.ParseValue(context.Background(), "body.json", data, contract.Options{MaxBytes: maxBody, MaxDepth: maxNesting})
	if err != nil {
		return nil, err
	}
	return n.Value(), nil
}

// Bounds of one comparison.
const (
	maxNesting = 200
	maxSteps   = 500_000
	maxFound   = 50
)

// walker compares a value with a schema. Keywords that it does not know say nothing: docs/evidence.md lists those that it does.
type walker struct {
	c        *Contract
	response bool
	left     int // steps
	found    []violation
}

// maxPointer is how many bytes of a pointer are kept until secrets are hidden.
const maxPointer = 4 << 10

func (w *walker) add(rule string, at contract.Node, pointer, format string, args ...any) {
	if len(w.found) < maxFound {
		shown := pointer
		if shown == "" {
			shown = "the body"
		}
		w.found = append(w.found, violation{rule, at, beginning(shown, maxPointer) + ": " + fmt.Sprintf(format, args...), pattern(pointer)})
	}
}

// pattern is a pointer with * for the indexes, so that what is wrong with each item of a list is one finding.
func pattern(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, t := range tokens {
		if _, err := strconv.Atoi(t); err == nil {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

// try compares without keeping what it finds.
func (w *walker) try(schema contract.Node, v any, pointer string, depth int) []violation {
	alone := walker{c: w.c, response: w.response, left: w.left}
	alone.check(schema, v, pointer, depth)
	w.left = alone.left
	return alone.found
}

func (w *walker) check(schema contract.Node, v any, pointer string, depth int) {
	if w.left--; w.left <= 0 || depth > maxNesting {
		w.left = 0
		return
	}
	if _, any := v.(anything); any {
		return
	}
	if target := w.c.doc.Deref(schema); target != schema {
		w.check(target, v, pointer, depth+1)
		if w.c.legacy { // a $ref hides what is beside it
			return
		}
	}
	if schema.Kind() == contract.Bool && !schema.Bool() {
		w.add("smoke-property-undocumented", schema, pointer, "the contract excludes it")
	}
	if schema.Kind() != contract.Object || v == nil && w.c.legacy && schema.Get("nullable").Bool() {
		return
	}
	if !w.typed(schema, v, pointer) {
		return
	}
	w.listed(schema, v, pointer)
	switch v := v.(type) {
	case string:
		w.text(schema, v, pointer)
	case json.Number:
		w.number(schema, v, pointer)
	case []any:
		w.array(schema, v, pointer, depth)
	case map[string]any:
		w.object(schema, v, pointer, depth)
	}
	w.combined(schema, v, pointer, depth)
}

// types are the names under type.
func types(schema contract.Node) (names []string) {
	t := schema.Get("type")
	if t.Kind() == contract.String {
		return []string{t.Text()}
	}
	for _, n := range t.Items() {
		names = append(names, n.Text())
	}
	return names
}

func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if isInteger(v) {
			return "integer"
		}
	}
	return "number"
}

// isInteger reports a number without a fraction; 1.0 and 1e3 are integers, too.
func isInteger(n json.Number) bool {
	if !strings.ContainsAny(string(n), ".eE") {
		return true
	}
	f, err := n.Float64()
	return err == nil && f == float64(int64(f))
}

func (w *walker) typed(schema contract.Node, v any, pointer string) bool {
	names := types(schema)
	is := typeName(v)
	if len(names) == 0 || slices.Contains(names, is) || is == "integer" && slices.Contains(names, "number") {
		return true
	}
	w.add("smoke-type-wrong", schema.Get("type"), pointer, "it is %s, and in the contract %s", is, strings.Join(names, " or "))
	return false
}

// listed checks enum and const.
func (w *walker) listed(schema contract.Node, v any, pointer string) {
	if enum := schema.Get("enum"); enum.Kind() == contract.Array {
		for _, n := range enum.Items() {
			if w.left--; jsonpath.Equal(n.Value(), v) {
				return
			}
		}
		w.add("smoke-value-undocumented", enum, pointer, "the value is none of those that the contract lists")
		return
	}
	if constant := schema.Get("const"); constant.Exists() && !jsonpath.Equal(constant.Value(), v) {
		w.add("smoke-value-undocumented", constant, pointer, "the value is not that of the contract")
	}
}

// limits checks a size against keywords for the least and the most.
func (w *walker) limits(schema contract.Node, least, most string, size int, pointer, what string) {
	for _, side := range []struct {
		keyword string
		sign    int
	}{{least, -1}, {most, 1}} {
		n := schema.Get(side.keyword)
		if n.Kind() == contract.Number && jsonpath.Compare(json.Number(strconv.Itoa(size)), json.Number(n.Literal())) == side.sign {
			w.add("smoke-value-undocumented", n, pointer, "it has %d %s, and the contract says %s %s", size, what, side.keyword, n.Literal())
		}
	}
}

func (w *walker) text(schema contract.Node, s, pointer string) {
	w.limits(schema, "minLength", "maxLength", utf8.RuneCountInString(s), pointer, "characters")
	if n := schema.Get("pattern"); n.Exists() && len(n.Text()) <= maxPattern {
		w.left -= len(s) / 100
		if re, err := regexp.Compile(n.Text()); err == nil && !re.MatchString(s) { // a pattern that is no RE2 is not compared
			w.add("smoke-value-undocumented", n, pointer, "it does not match the pattern of the contract")
		}
	}
	if n := schema.Get("format"); !fitsFormat(n.Text(), s) {
		w.add("smoke-value-undocumented", n, pointer, "it is no %s", n.Text())
	}
}

// maxPattern is the length of a pattern that is compared, in bytes.
const maxPattern = 1_000

var uuid = late.Pattern(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func fitsFormat(format, s string) bool {
	var err error
	switch format {
	case "date-time":
		_, err = time.Parse(time.RFC3339, strings.ToUpper(s))
	case "date":
		_, err = time.Parse(time.DateOnly, s)
	case "uuid":
		return uuid().MatchString(s)
	}
	return err == nil
}

func (w *walker) number(schema contract.Node, v json.Number, pointer string) {
	for _, b := range []struct {
		keyword, strict string
		sign            int
	}{{"minimum", "exclusiveMinimum", -1}, {"maximum", "exclusiveMaximum", 1}} {
		bound, strict := schema.Get(b.keyword), schema.Get(b.strict)
		if bound.Kind() == contract.Number {
			if c := jsonpath.Compare(v, json.Number(bound.Literal())); c == b.sign || c == 0 && strict.Bool() {
				w.add("smoke-value-undocumented", bound, pointer, "it is outside of the contract's %s %s", b.keyword, bound.Literal())
			}
		}
		if strict.Kind() == contract.Number {
			if c := jsonpath.Compare(v, json.Number(strict.Literal())); c == b.sign || c == 0 {
				w.add("smoke-value-undocumented", strict, pointer, "it is outside of the contract's %s %s", b.strict, strict.Literal())
			}
		}
	}
}

func (w *walker) array(schema contract.Node, list []any, pointer string, depth int) {
	w.limits(schema, "minItems", "maxItems", len(list), pointer, "items")
	first := schema.Get("prefixItems")
	items := schema.Get("items")
	for i, v := range list {
		of := items
		if i < first.Len() {
			of = first.At(i)
		}
		if of.Exists() {
			w.check(of, v, pointer+"/"+strconv.Itoa(i), depth+1)
		}
	}
}

func (w *walker) object(schema contract.Node, object map[string]any, pointer string, depth int) {
	w.limits(schema, "minProperties", "maxProperties", len(object), pointer, "properties")
	properties := schema.Get("properties")
	for _, n := range schema.Get("required").Items() {
		w.left--
		if _, ok := object[n.Text()]; !ok && !w.hidden(properties.Get(n.Text())) {
			w.add("smoke-field-missing", n, pointer+"/"+escape(n.Text()), "the property is required, and missing")
		}
	}
	additional := schema.Get("additionalProperties")
	for _, name := range slices.Sorted(maps.Keys(object)) {
		at := pointer + "/" + escape(name)
		property := properties.Get(name)
		switch {
		case property.Exists():
			w.property(property, object[name], at, depth)
		case w.patterned(schema, name):
		case additional.Kind() == contract.Bool && !additional.Bool():
			w.add("smoke-property-undocumented", additional, at, "the contract excludes further properties")
		case additional.Exists():
			w.check(additional, object[name], at, depth+1)
		}
	}
}

func (w *walker) property(schema contract.Node, v any, pointer string, depth int) {
	if w.response && w.flag(schema, "writeOnly") {
		w.add("smoke-write-only-sent", schema, pointer, "the property is writeOnly, and the answer has it")
	}
	w.check(schema, v, pointer, depth+1)
}

// hidden reports a property that messages of this direction do not have: a required one may be missing.
func (w *walker) hidden(schema contract.Node) bool {
	if w.response {
		return w.flag(schema, "writeOnly")
	}
	return w.flag(schema, "readOnly")
}

func (w *walker) flag(schema contract.Node, keyword string) bool {
	return schema.Get(keyword).Bool() || w.c.doc.Deref(schema).Get(keyword).Bool()
}

// patterned reports a property whose name a pattern covers, or may cover.
func (w *walker) patterned(schema contract.Node, name string) bool {
	for text := range schema.Get("patternProperties").Fields() {
		re, err := regexp.Compile(text)
		if err != nil || re.MatchString(name) {
			return true
		}
	}
	return false
}

func escape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

// combined checks allOf, anyOf and oneOf.
func (w *walker) combined(schema contract.Node, v any, pointer string, depth int) {
	for _, s := range schema.Get("allOf").Items() {
		w.check(s, v, pointer, depth+1)
	}
	if chosen := w.discriminated(schema, v); chosen.Exists() {
		w.check(chosen, v, pointer, depth+1)
		return
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if list := schema.Get(keyword); list.Len() > 0 {
			w.alternatives(list, v, pointer, depth)
		}
	}
}

// alternatives checks a list of which one has to fit. Where only one takes values of this type, what is wrong with it is said.
func (w *walker) alternatives(list contract.Node, v any, pointer string, depth int) {
	fit := 0
	var near [][]violation
	for _, s := range list.Items() {
		found := w.try(s, v, pointer, depth+1)
		switch {
		case len(found) == 0:
			fit++
		case found[0].rule != "smoke-type-wrong" || found[0].detail != pattern(pointer):
			near = append(near, found)
		}
		if fit > 0 && list.Key() == "anyOf" {
			return
		}
	}
	switch {
	case w.left <= 0 || fit == 1:
	case fit > 1:
		w.add("smoke-value-undocumented", list, pointer, "it fits %d alternatives of oneOf", fit)
	case len(near) == 1:
		w.found = append(w.found, near[0]...)
	case len(near) == 0:
		w.add("smoke-type-wrong", list, pointer, "it is %s, which no alternative of %s is", typeName(v), list.Key())
	default:
		w.add("smoke-value-undocumented", list, pointer, "it fits no alternative of %s", list.Key())
	}
}

// discriminated is the alternative that the discriminator of a value names.
func (w *walker) discriminated(schema contract.Node, v any) contract.Node {
	d := schema.Get("discriminator")
	object, _ := v.(map[string]any)
	name, ok := object[d.Get("propertyName").Text()].(string)
	if !d.Exists() || !ok {
		return contract.Node{}
	}
	mapped := d.Get("mapping").Get(name)
	for _, keyword := range []string{"oneOf", "anyOf"} {
		for _, s := range schema.Get(keyword).Items() {
			ref := s.Get("$ref").Text()
			if ref != "" && (ref == mapped.Text() || !mapped.Exists() && strings.HasSuffix(ref, "/"+name) || mapped.Exists() && strings.HasSuffix(ref, "/"+mapped.Text())) {
				return s
			}
		}
	}
	return contract.Node{}
}
