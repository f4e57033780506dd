package contract

import (
	"fmt"
	"net/url"
)

// names are what schemas of OpenAPI 3.1 call themselves: by $id, $anchor and $dynamicAnchor.
type names struct {
	ids     map[string]Node // by absolute or file-relative URI without fragment
	anchors map[anchor]Node
	dynamic map[string]int // how many schemas have a $dynamicAnchor of this name
	all     []Node         // the fields that name
}

// An anchor is a name inside a resource: a file, or a schema with an $id.
type anchor struct {
	resource Node
	name     string
}

func newNames() *names {
	return &names{ids: map[string]Node{}, anchors: map[anchor]Node{}, dynamic: map[string]int{}}
}

// note takes the name in field f of the schema at i, and enters the scope that an $id opens.
func (k *names) note(w *walker, kind int, i, f uint32) error {
	schema, name := Node{w.t, i}, Node{w.t, f}
	k.all = append(k.all, name)
	if kind == keyID {
		return k.noteID(w, schema, name)
	}
	a := anchor{Node{w.t, w.scope.root}, name.Text()}
	if before, taken := k.anchors[a]; taken && before != schema {
		return fail(name, fmt.Sprintf("duplicate anchor %q, first in line %d", a.name, before.Place().Line), "give each its own name")
	}
	k.anchors[a] = schema
	if kind == keyDynamicAnchor {
		k.dynamic[a.name]++
	}
	return nil
}

func (k *names) noteID(w *walker, schema, name Node) error {
	u, err := url.Parse(name.Text())
	if err != nil || u.Fragment != "" {
		return fail(name, fmt.Sprintf("$id %q must be a URI without a fragment", name.Text()), "name parts of it by $anchor")
	}
	if w.scope.base != nil {
		u = w.scope.base.ResolveReference(u)
	}
	if before, taken := k.ids[u.String()]; taken && before != schema {
		return fail(name, fmt.Sprintf("duplicate $id %q, first in line %d", name.Text(), before.Place().Line), "give each its own name")
	}
	k.ids[u.String()] = schema
	w.scope = scope{root: schema.i, base: u}
	return nil
}

// noteSelf takes the name that a description has for itself, which references may use and are relative to.
func (k *names) noteSelf(w *walker, root Node) error {
	name := root.Get("$self")
	if name.Kind() != String {
		return nil
	}
	u, err := url.Parse(name.Text())
	if err != nil || u.Fragment != "" {
		return fail(name, fmt.Sprintf("$self %q must be a URI without a fragment", name.Text()), "write the address of the description, such as https://example.com/openapi.yaml")
	}
	k.ids[u.String()] = root
	w.scope.base = u
	return nil
}
