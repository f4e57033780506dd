package apidiff

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/contract"
)

// A rewriting changes how a document is written and nothing of what it means. It reports whether it
// found anything to do.
type rewriting struct {
	name  string
	apply func(doc map[string]any, r *rand.Rand) bool
}

// object and list are the containers of decoded JSON.
type object = map[string]any
type list_ = []any

// subschemas are the keywords that hold a schema, several in a list, or several by name.
var (
	oneSchema   = []string{"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems"}
	someSchemas = []string{"allOf", "anyOf", "oneOf", "prefixItems"}
	mapSchemas  = []string{"properties", "patternProperties", "dependentSchemas", "$defs"}
)

// eachSchema visits every schema of a document, innermost first; f returns what to put in its
// place.
func eachSchema(doc object, f func(s any, name string) any) {
	var schema func(v any, name string) any
	schema = func(v any, name string) any {
		s, ok := v.(object)
		if !ok {
			return f(v, name)
		}
		for _, k := range oneSchema {
			if c, ok := s[k]; ok {
				if _, isList := c.(list_); !isList {
					s[k] = schema(c, "")
				}
			}
		}
		for _, k := range someSchemas {
			if l, ok := s[k].(list_); ok {
				for i := range l {
					l[i] = schema(l[i], "")
				}
			}
		}
		for _, k := range mapSchemas {
			if m, ok := s[k].(object); ok {
				for _, n := range names(m) {
					m[n] = schema(m[n], "")
				}
			}
		}
		return f(s, name)
	}
	var walk func(v any, key string)
	walk = func(v any, key string) {
		switch v := v.(type) {
		case object:
			for _, k := range names(v) {
				switch {
				case k == "example" || k == "examples" || k == "default" || k == "enum" || strings.HasPrefix(k, "x-"):
				case k == "schema":
					v[k] = schema(v[k], "")
				case k == "schemas" && key == "components":
					m, _ := v[k].(object)
					for _, n := range names(m) {
						m[n] = schema(m[n], n)
					}
				default:
					walk(v[k], k)
				}
			}
		case list_:
			for _, item := range v {
				walk(item, "")
			}
		}
	}
	walk(doc, "")
}

func names(m object) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// eachOperation visits the operations below paths.
func eachOperation(doc object, f func(path string, item, op object)) {
	paths, _ := doc["paths"].(object)
	for _, p := range names(paths) {
		item, _ := paths[p].(object)
		for _, m := range contract.Methods {
			if op, ok := item[m].(object); ok {
				f(p, item, op)
			}
		}
	}
}

func copyOf[T any](v T) T {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out T
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		panic(err)
	}
	return out
}

// v31 reports whether schemas are those of OpenAPI 3.1 or later.
func v31(doc object) bool { return !strings.HasPrefix(fmt.Sprint(doc["openapi"]), "3.0") }

// some visits schemas and changes about a third of those that fit, so that old and new forms meet.
func some(doc object, r *rand.Rand, fits func(s object, name string) bool, change func(s object) any) bool {
	done := false
	eachSchema(doc, func(v any, name string) any {
		s, ok := v.(object)
		if !ok || !fits(s, name) || r.IntN(3) != 0 {
			return v
		}
		done = true
		return change(s)
	})
	return done
}

func has(s object, keys ...string) bool {
	for _, k := range keys {
		if _, ok := s[k]; ok {
			return true
		}
	}
	return false
}

func anySchema(s object, name string) bool {
	return !has(s, "discriminator", "nullable", "xml", "readOnly", "writeOnly")
}

var rewritings = []rewriting{
	{"inline references", inlineRefs},
	{"extract components", extractComponents},
	{"allOf of one", func(d object, r *rand.Rand) bool {
		return some(d, r, anySchema, func(s object) any { return object{"allOf": list_{s}} })
	}},
	{"anyOf of one", func(d object, r *rand.Rand) bool {
		return some(d, r, anySchema, func(s object) any { return object{"anyOf": list_{s}} })
	}},
	{"oneOf of one", func(d object, r *rand.Rand) bool {
		return some(d, r, anySchema, func(s object) any { return object{"oneOf": list_{s}} })
	}},
	{"split into allOf", splitAllOf},
	{"merge allOf", mergeAllOf},
	{"duplicate allOf members", func(d object, r *rand.Rand) bool {
		return some(d, r, func(s object, _ string) bool { l, ok := s["allOf"].(list_); return ok && len(l) > 0 }, func(s object) any {
			l := s["allOf"].(list_)
			s["allOf"] = append(l, copyOf(l[0]))
			return s
		})
	}},
	{"nullable as type array", nullableAsTypes},
	{"the words of 3.2", wordsOf32},
	{"null as alternative", nullAsBranch},
	{"const as enum", constAsEnum},
	{"enum as const", enumAsConst},
	{"rename components", renameComponents},
	{"parameters to the operation", paramsDown},
	{"parameters to the path", paramsUp},
	{"security on every operation", securityDown},
	{"base path into the paths", basePathDown},
	{"explicit defaults", explicitDefaults},
	{"explicit schema defaults", explicitSchemaDefaults},
	{"reorder enums", reorder("enum")},
	{"reorder required", reorder("required")},
	{"reorder types", reorder("type")},
	{"reorder alternatives", reorder("anyOf")},
	{"reorder allOf", reorder("allOf")},
	{"tags", func(d object, r *rand.Rand) bool {
		d["tags"] = list_{object{"name": "fresh"}}
		eachOperation(d, func(_ string, _, op object) { op["tags"] = list_{"fresh"} })
		return true
	}},
	{"descriptions", describe},
	{"siblings of references", refSiblings},
	{"true for the empty schema", trueForEmpty},
	{"exclusive bounds of 3.1", exclusiveBounds},
	{"names of path parameters", pathNames},
	{"charset of media types", charset},
	{"case of header names", headerCase},
}

func refName(s object) string {
	ref, _ := s["$ref"].(string)
	if name, ok := strings.CutPrefix(ref, "#/components/schemas/"); ok {
		return strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
	}
	return ""
}

func components(doc object) object {
	c, _ := doc["components"].(object)
	if c == nil {
		c = object{}
		doc["components"] = c
	}
	m, _ := c["schemas"].(object)
	if m == nil {
		m = object{}
		c["schemas"] = m
	}
	return m
}

// inlineRefs writes components out where they are used. Alternatives keep their references: a
// discriminator without a mapping goes by their names.
func inlineRefs(doc object, r *rand.Rand) bool {
	original := copyOf(components(doc))
	inUnion := map[string]bool{}
	eachSchema(doc, func(v any, _ string) any {
		if s, ok := v.(object); ok {
			for _, k := range []string{"anyOf", "oneOf"} {
				l, _ := s[k].(list_)
				for _, b := range l {
					if m, ok := b.(object); ok {
						inUnion[refName(m)] = true
					}
				}
			}
		}
		return v
	})
	return some(doc, r, func(s object, _ string) bool {
		n := refName(s)
		return n != "" && !inUnion[n] && original[n] != nil && (len(s) == 1 || v31(doc))
	}, func(s object) any {
		target := copyOf(original[refName(s)])
		if len(s) > 1 {
			return s
		}
		return target
	})
}

func extractComponents(doc object, r *rand.Rand) bool {
	n := 0
	fresh := object{}
	done := some(doc, r, func(s object, name string) bool {
		return name == "" && refName(s) == "" && has(s, "type") && !has(s, "readOnly", "writeOnly") && n < 200
	}, func(s object) any {
		n++
		name := fmt.Sprintf("Extracted%d", n)
		fresh[name] = s
		return object{"$ref": "#/components/schemas/" + name}
	})
	m := components(doc)
	for k, v := range fresh {
		m[k] = v
	}
	return done
}

// splitAllOf writes an object as the conjunction of two.
func splitAllOf(doc object, r *rand.Rand) bool {
	return some(doc, r, func(s object, _ string) bool {
		p, ok := s["properties"].(object)
		return ok && len(p) > 1 && s["type"] == "object" && !has(s, "additionalProperties", "allOf", "unevaluatedProperties", "nullable", "discriminator")
	}, func(s object) any {
		p := s["properties"].(object)
		a, b := object{}, object{}
		for i, n := range names(p) {
			if i%2 == 0 {
				a[n] = p[n]
			} else {
				b[n] = p[n]
			}
		}
		s["properties"] = a
		rest := object{"type": "object", "properties": b}
		if req, ok := s["required"].(list_); ok && len(req) > 1 {
			s["required"], rest["required"] = req[:1], req[1:]
		}
		return object{"allOf": list_{s, rest}}
	})
}

// mergeAllOf writes a conjunction of plain objects as one.
func mergeAllOf(doc object, r *rand.Rand) bool {
	plain := func(v any) bool {
		m, ok := v.(object)
		if !ok {
			return false
		}
		for k := range m {
			if k != "type" && k != "properties" && k != "required" && k != "description" && k != "title" && k != "example" {
				return false
			}
		}
		return m["type"] == "object"
	}
	return some(doc, r, func(s object, _ string) bool {
		l, ok := s["allOf"].(list_)
		if !ok || len(s) != 1 {
			return false
		}
		seen := map[string]bool{}
		for _, m := range l {
			if !plain(m) {
				return false
			}
			p, _ := m.(object)["properties"].(object)
			for n := range p {
				if seen[n] {
					return false
				}
				seen[n] = true
			}
		}
		return true
	}, func(s object) any {
		out, props, required := object{"type": "object"}, object{}, list_{}
		for _, m := range s["allOf"].(list_) {
			p, _ := m.(object)["properties"].(object)
			for n, v := range p {
				props[n] = v
			}
			req, _ := m.(object)["required"].(list_)
			required = append(required, req...)
		}
		out["properties"] = props
		if len(required) > 0 {
			out["required"] = required
		}
		return out
	})
}

// nullableAsTypes upgrades a 3.0 document to 3.1: nullable becomes a type, exclusive bounds become
// numbers.
func nullableAsTypes(doc object, r *rand.Rand) bool {
	if v31(doc) {
		return false
	}
	upgrade(doc)
	return true
}

// upgrade writes a 3.0 document as 3.1.
func upgrade(doc object) {
	doc["openapi"] = "3.1.0"
	eachSchema(doc, func(v any, _ string) any {
		s, _ := v.(object)
		for _, k := range []string{"anyOf", "oneOf"} {
			l, _ := s[k].(list_)
			for i, b := range l {
				if m, ok := b.(object); ok && len(m) == 1 && m["nullable"] == true {
					l[i] = object{"type": "null"} // an alternative that stands for null
				}
			}
		}
		return v
	})
	eachSchema(doc, func(v any, _ string) any {
		s, ok := v.(object)
		if !ok {
			return v
		}
		if has(s, "$ref") {
			return object{"$ref": s["$ref"]}
		}
		upgradeBounds(s)
		null := s["nullable"] == true
		delete(s, "nullable")
		if !null {
			return s
		}
		if t, ok := s["type"].(string); ok {
			s["type"] = list_{t, "null"}
			if e, ok := s["enum"].(list_); ok && !slices.Contains(e, nil) {
				s["enum"] = append(e, nil)
			}
			return s
		}
		if has(s, "allOf", "anyOf", "oneOf") {
			return object{"anyOf": list_{s, object{"type": "null"}}}
		}
		return s
	})
}

// wordsOf32 upgrades a document to 3.2, and takes the new words where there are any: nodeType for attribute and wrapped,
// dataValue for the value of an example, summary for the description of a response, a component for a media type.
func wordsOf32(doc object, r *rand.Rand) bool {
	if !v31(doc) {
		upgrade(doc)
	}
	doc["openapi"] = "3.2.0"
	eachSchema(doc, func(v any, _ string) any {
		s, _ := v.(object)
		x, _ := s["xml"].(object)
		switch {
		case x["attribute"] == true && x["wrapped"] == true:
			return v
		case x["attribute"] == true:
			x["nodeType"] = "attribute"
		case x["wrapped"] == true && s["type"] == "array":
			x["nodeType"] = "element"
		default:
			return v
		}
		delete(x, "attribute")
		delete(x, "wrapped")
		return v
	})
	media := object{}
	reuse := func(content any) {
		m, _ := content.(object)
		for _, key := range names(m) {
			if one, ok := m[key].(object); ok {
				name := fmt.Sprintf("M%d", len(media))
				media[name], m[key] = one, object{"$ref": "#/components/mediaTypes/" + name}
				examples, _ := one["examples"].(object)
				for _, e := range examples {
					if e, ok := e.(object); ok && has(e, "value") {
						e["dataValue"] = e["value"]
						delete(e, "value")
					}
				}
			}
		}
	}
	eachOperation(doc, func(_ string, _, op object) {
		body, _ := op["requestBody"].(object)
		reuse(body["content"])
		responses, _ := op["responses"].(object)
		for _, code := range names(responses) {
			if one, ok := responses[code].(object); ok {
				reuse(one["content"])
				if has(one, "description") && !has(one, "$ref") {
					one["summary"] = one["description"]
					delete(one, "description")
				}
			}
		}
	})
	components(doc)
	doc["components"].(object)["mediaTypes"] = media
	return true
}

func upgradeBounds(s object) {
	for _, k := range []string{"Maximum", "Minimum"} {
		plain := strings.ToLower(k[:1]) + k[1:]
		switch s["exclusive"+k] {
		case true:
			s["exclusive"+k] = s[plain]
			delete(s, plain)
			if s["exclusive"+k] == nil {
				delete(s, "exclusive"+k)
			}
		case false:
			delete(s, "exclusive"+k)
		}
	}
}

func exclusiveBounds(doc object, r *rand.Rand) bool {
	found := false
	eachSchema(doc, func(v any, _ string) any {
		if s, ok := v.(object); ok {
			found = found || has(s, "maximum", "minimum")
		}
		return v
	})
	if !found || v31(doc) {
		return false
	}
	eachSchema(doc, func(v any, _ string) any {
		if s, ok := v.(object); ok && !has(s, "exclusiveMinimum") {
			if n, ok := s["minimum"].(json.Number); ok && s["type"] == "integer" && n == "1" {
				s["minimum"], s["exclusiveMinimum"] = json.Number("0"), true
			}
		}
		return v
	})
	return true
}

// nullAsBranch writes a type array with null as an alternative.
func nullAsBranch(doc object, r *rand.Rand) bool {
	if !v31(doc) {
		return false
	}
	return some(doc, r, func(s object, _ string) bool {
		l, ok := s["type"].(list_)
		return ok && len(l) == 2 && l[1] == "null" && !has(s, "enum", "const", "readOnly", "writeOnly")
	}, func(s object) any {
		s["type"] = s["type"].(list_)[0]
		return object{"oneOf": list_{s, object{"type": "null"}}}
	})
}

func constAsEnum(doc object, r *rand.Rand) bool {
	return some(doc, r, func(s object, _ string) bool { return has(s, "const") }, func(s object) any {
		s["enum"] = list_{s["const"]}
		delete(s, "const")
		return s
	})
}

func enumAsConst(doc object, r *rand.Rand) bool {
	if !v31(doc) {
		return false
	}
	return some(doc, r, func(s object, _ string) bool { l, ok := s["enum"].(list_); return ok && len(l) == 1 }, func(s object) any {
		s["const"] = s["enum"].(list_)[0]
		delete(s, "enum")
		return s
	})
}

// renameComponents gives every schema another name.
func renameComponents(doc object, r *rand.Rand) bool {
	m := components(doc)
	if len(m) == 0 {
		return false
	}
	fresh := object{}
	for _, n := range names(m) {
		fresh["Renamed"+n] = m[n]
	}
	doc["components"].(object)["schemas"] = fresh
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case object:
			for k, c := range v {
				if s, ok := c.(string); ok {
					if rest, ok := strings.CutPrefix(s, "#/components/schemas/"); ok {
						v[k] = "#/components/schemas/Renamed" + rest
					}
					continue
				}
				if k == "discriminator" {
					renameMapping(c, m)
				}
				walk(c)
			}
		case list_:
			for _, c := range v {
				walk(c)
			}
		}
	}
	walk(doc)
	return true
}

// renameMapping renames the bare names of a discriminator mapping.
func renameMapping(v any, m object) {
	d, _ := v.(object)
	mapping, _ := d["mapping"].(object)
	for k, t := range mapping {
		if name, ok := t.(string); ok && m[name] != nil {
			mapping[k] = "Renamed" + name
		}
	}
}

func paramsDown(doc object, r *rand.Rand) bool {
	paths, _ := doc["paths"].(object)
	done := false
	for _, p := range names(paths) {
		item, _ := paths[p].(object)
		shared, ok := item["parameters"].(list_)
		if !ok {
			continue
		}
		done = true
		delete(item, "parameters")
		for _, m := range contract.Methods {
			op, ok := item[m].(object)
			if !ok {
				continue
			}
			own, _ := op["parameters"].(list_)
			taken := map[string]bool{}
			for _, q := range own {
				taken[paramID(doc, q)] = true
			}
			for _, q := range shared {
				if !taken[paramID(doc, q)] {
					own = append(own, copyOf(q))
				}
			}
			op["parameters"] = own
		}
	}
	return done
}

// paramID is the place and name of a parameter, which may be a reference.
func paramID(doc object, v any) string {
	p, _ := v.(object)
	if ref, ok := p["$ref"].(string); ok {
		c, _ := doc["components"].(object)
		m, _ := c["parameters"].(object)
		p, _ = m[ref[strings.LastIndexByte(ref, '/')+1:]].(object)
	}
	return fmt.Sprint(p["in"], " ", p["name"])
}

func paramsUp(doc object, r *rand.Rand) bool {
	paths, _ := doc["paths"].(object)
	done := false
	for _, p := range names(paths) {
		item, _ := paths[p].(object)
		var ops []object
		for _, m := range contract.Methods {
			if op, ok := item[m].(object); ok {
				ops = append(ops, op)
			}
		}
		if len(ops) != 1 || item["parameters"] != nil || ops[0]["parameters"] == nil {
			continue
		}
		item["parameters"] = ops[0]["parameters"]
		delete(ops[0], "parameters")
		done = true
	}
	return done
}

func securityDown(doc object, r *rand.Rand) bool {
	global, ok := doc["security"].(list_)
	if !ok {
		return false
	}
	delete(doc, "security")
	eachOperation(doc, func(_ string, _, op object) {
		if _, ok := op["security"]; !ok {
			op["security"] = copyOf(global)
		}
	})
	return true
}

func basePathDown(doc object, r *rand.Rand) bool {
	servers, _ := doc["servers"].(list_)
	if len(servers) != 1 {
		return false
	}
	s, _ := servers[0].(object)
	url, _ := s["url"].(string)
	host := strings.Index(url, "://")
	if host < 0 || has(s, "variables") {
		return false
	}
	slash := strings.IndexByte(url[host+3:], '/')
	if slash < 0 {
		return false
	}
	base := strings.TrimSuffix(url[host+3+slash:], "/")
	if base == "" {
		return false
	}
	paths, fresh := doc["paths"].(object), object{}
	for p, item := range paths {
		m, _ := item.(object)
		own := has(m, "servers")
		for _, method := range contract.Methods {
			op, _ := m[method].(object)
			own = own || has(op, "servers")
		}
		if own {
			return false
		}
		fresh[base+p] = item
	}
	s["url"] = url[:host+3+slash]
	doc["paths"] = fresh
	return true
}

// explicitDefaults writes out what goes without saying around schemas.
func explicitDefaults(doc object, r *rand.Rand) bool {
	eachOperation(doc, func(_ string, _, op object) {
		if !has(op, "deprecated") {
			op["deprecated"] = false
		}
		if b, ok := op["requestBody"].(object); ok && !has(b, "required", "$ref") {
			b["required"] = false
		}
		params, _ := op["parameters"].(list_)
		for _, v := range params {
			p, ok := v.(object)
			if !ok || has(p, "$ref", "content") {
				continue
			}
			if !has(p, "required") {
				p["required"] = false
			}
			in, _ := p["in"].(string)
			if !has(p, "style") {
				p["style"] = operations.DefaultStyles[in]
			}
			if !has(p, "explode") {
				p["explode"] = p["style"] == "form"
			}
		}
	})
	return true
}

func explicitSchemaDefaults(doc object, r *rand.Rand) bool {
	return some(doc, r, func(s object, _ string) bool { return has(s, "type") && !has(s, "allOf", "$ref") }, func(s object) any {
		set := func(k string, v any) {
			if !has(s, k) {
				s[k] = v
			}
		}
		switch s["type"] {
		case "object":
			set("additionalProperties", true)
			set("minProperties", json.Number("0"))
			set("required", list_{})
			if l, ok := s["required"].(list_); ok && len(l) == 0 && !v31(doc) {
				delete(s, "required")
			}
		case "array":
			set("minItems", json.Number("0"))
			set("uniqueItems", false)
		case "string":
			set("minLength", json.Number("0"))
		}
		set("deprecated", false)
		set("readOnly", false)
		if !v31(doc) {
			set("nullable", false)
		}
		return s
	})
}

func reorder(key string) func(object, *rand.Rand) bool {
	return func(doc object, r *rand.Rand) bool {
		return some(doc, r, func(s object, _ string) bool { l, ok := s[key].(list_); return ok && len(l) > 1 }, func(s object) any {
			l := s[key].(list_)
			r.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
			return s
		})
	}
}

func describe(doc object, r *rand.Rand) bool {
	eachOperation(doc, func(_ string, _, op object) { op["description"], op["summary"] = "other words", "words" })
	return some(doc, r, func(s object, _ string) bool { return !has(s, "$ref") }, func(s object) any {
		delete(s, "example")
		s["description"], s["title"] = "other words", "Title"
		return s
	})
}

func refSiblings(doc object, r *rand.Rand) bool {
	if v31(doc) {
		return false
	}
	return some(doc, r, func(s object, _ string) bool { return has(s, "$ref") }, func(s object) any {
		s["description"], s["nullable"], s["maxLength"] = "ignored", true, json.Number("1")
		return s
	})
}

func trueForEmpty(doc object, r *rand.Rand) bool {
	done := false
	eachSchema(doc, func(v any, name string) any {
		if s, ok := v.(object); ok && v31(doc) {
			for _, k := range []string{"items", "additionalProperties"} {
				if c, ok := s[k].(object); ok && len(c) == 0 {
					s[k], done = true, true
				} else if s[k] == true {
					s[k], done = object{}, true
				}
			}
			return v
		}
		return v
	})
	return done
}

func pathNames(doc object, r *rand.Rand) bool {
	paths, _ := doc["paths"].(object)
	done := false
	for _, p := range names(paths) {
		item, _ := paths[p].(object)
		holes := operations.Placeholders(p)
		if len(holes) != 1 {
			continue
		}
		renamed := false
		rename := func(v any) {
			params, _ := v.(list_)
			for _, q := range params {
				if m, ok := q.(object); ok && m["in"] == "path" && m["name"] == holes[0] {
					m["name"], renamed = "renamed_"+holes[0], true
				}
			}
		}
		rename(item["parameters"])
		for _, m := range contract.Methods {
			if op, ok := item[m].(object); ok {
				rename(op["parameters"])
			}
		}
		if renamed {
			delete(paths, p)
			paths[strings.Replace(p, "{"+holes[0]+"}", "{renamed_"+holes[0]+"}", 1)] = item
			done = true
		}
	}
	return done
}

func charset(doc object, r *rand.Rand) bool {
	done := false
	eachOperation(doc, func(_ string, _, op object) {
		b, _ := op["requestBody"].(object)
		c, _ := b["content"].(object)
		if m, ok := c["application/json"]; ok {
			delete(c, "application/json")
			c["application/json; charset=utf-8"] = m
			done = true
		}
	})
	return done
}

func headerCase(doc object, r *rand.Rand) bool {
	done := false
	eachOperation(doc, func(_ string, _, op object) {
		params, _ := op["parameters"].(list_)
		for _, v := range params {
			if p, ok := v.(object); ok && p["in"] == "header" {
				p["name"] = strings.ToUpper(fmt.Sprint(p["name"]))
				done = true
			}
		}
		responses, _ := op["responses"].(object)
		for _, v := range responses {
			res, _ := v.(object)
			h, _ := res["headers"].(object)
			for _, n := range names(h) {
				v := h[n]
				delete(h, n)
				h[strings.ToUpper(n)] = v
				done = true
			}
		}
	})
	return done
}
