package apichangelog

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/contract"
)

// Public is the contract as JSON without what is marked as internal (x-internal: true) or unstable (x-stability-level draft, alpha or
// experimental): operations, parameters, properties, responses, schemas. What refers to a hidden schema and cannot be left out accepts any
// value. The releases are compared in this form, so that nothing about a hidden part can come into a changelog.
func Public(doc *contract.Document) ([]byte, error) {
	var root, original map[string]any
	text := doc.Canonical()
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &original); err != nil {
		return nil, err
	}
	publisher{original}.clean(root, "")
	return json.Marshal(root, json.Deterministic(true))
}

// ForPublic is the audience that what is internal or unstable is not for.
const ForPublic = "public"

// For is the contract as an audience sees it.
func For(ctx context.Context, audience string, doc *contract.Document) (*contract.Document, error) {
	if audience != ForPublic {
		return doc, nil
	}
	data, err := Public(doc)
	if err != nil {
		return nil, err
	}
	return contract.Parse(ctx, doc.Source(), data, contract.Options{AllowDangling: true})
}

// publisher takes parts out of a document. It resolves references in the original, which stays as it is.
type publisher struct{ original map[string]any }

// unstableLevels are the values of x-stability-level that promise nothing.
const unstableLevels names = " draft alpha experimental "

// maxReferences bounds how far a reference to a reference is followed.
const maxReferences = 100

// hidden reports whether a part of the document, or what it refers to, is not public.
func (p publisher) hidden(v any) bool {
	for range maxReferences {
		m, ok := v.(map[string]any)
		if !ok {
			return false
		}
		level, _ := m["x-stability-level"].(string)
		if m["x-internal"] == true || unstableLevels.has(strings.ToLower(level)) {
			return true
		}
		ref, ok := m["$ref"].(string)
		if !ok {
			return false
		}
		v = p.target(ref)
	}
	return false
}

func (p publisher) target(ref string) any {
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	var v any = p.original
	for token := range strings.SplitSeq(pointer, "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
	}
	return v
}

// What the value of a key is: a map from names of the author, values and not structure, or one schema, which cannot be left out.
const (
	byName   names = " properties patternProperties $defs definitions dependentSchemas schemas parameters responses headers requestBodies links callbacks pathItems mediaTypes paths webhooks content encoding variables additionalOperations "
	verbatim names = " example examples default enum const mapping security "
	single   names = " schema items additionalProperties unevaluatedProperties unevaluatedItems not if then else contains propertyNames contentSchema itemSchema "
)

// clean takes the hidden parts out of what is below v, which is the value of a key.
func (p publisher) clean(v any, key string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			p.clean(item, "")
		}
	case map[string]any:
		p.unrequire(v)
		named := byName.has(key)
		for name, value := range v {
			switch {
			case !named && (verbatim.has(name) || contract.IsExtension(name)):
			case !p.hidden(value):
				p.cleanField(v, name, named)
			case key == "schemas", single.has(name) && !named:
				v[name] = map[string]any{} // what refers to it stays valid, and reads nothing
			default:
				delete(v, name)
			}
		}
		if key == "paths" || key == "webhooks" {
			maps.DeleteFunc(v, func(_ string, item any) bool { return withoutOperations(item) })
		}
	}
}

// withoutOperations reports a path item of which nothing is left that can be called.
func withoutOperations(item any) bool {
	m, ok := item.(map[string]any)
	return ok && !slices.ContainsFunc(append(slices.Clone(contract.Methods), "additionalOperations", "$ref"), func(key string) bool { return m[key] != nil })
}

// cleanField cleans the value of a field that is public itself.
func (p publisher) cleanField(of map[string]any, name string, named bool) {
	list, isList := of[name].([]any)
	if isList {
		all := len(list)
		list = slices.DeleteFunc(list, p.hidden)
		if of[name] = list; len(list) == 0 && all > 0 {
			delete(of, name) // an empty anyOf would accept nothing
			return
		}
	}
	value := of[name]
	if named {
		name = "" // it is the author's and means nothing
	}
	p.clean(value, name)
}

// unrequire takes hidden properties out of those that a schema requires.
func (p publisher) unrequire(schema map[string]any) {
	properties, ok := schema["properties"].(map[string]any)
	required, isList := schema["required"].([]any)
	if !ok || !isList {
		return
	}
	schema["required"] = slices.DeleteFunc(required, func(name any) bool {
		text, _ := name.(string)
		return p.hidden(properties[text])
	})
}
