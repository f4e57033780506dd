package contract

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/sorting"
)

// sections are where the targets of references live inside components. A path item has no section: it is written out
// where it is referred to.
var sections = map[shape]string{
	sSchema: "schemas", sResponse: "responses", sParameter: "parameters", sExample: "examples", sRequestBody: "requestBodies",
	sHeader: "headers", sSecurityScheme: "securitySchemes", sLink: "links", sCallback: "callbacks", sMediaType: "mediaTypes",
}

// bundle composes one file of a description of several: each value of another file that something refers to becomes a
// component, under its own name, or under that of the component that was a mere reference to it. All references then are
// pointers from the root, and names by $id and $anchor, which could clash, are left out.
func bundle(d *Document) (*tree, error) {
	t := &tree{file: d.root.file}
	b := bundler{composer: composer{builder: newBuilder(t, len(d.root.nodes), Options{MaxDepth: 1 << 20, MaxValues: 1 << 30})}, d: d,
		home: map[Node]string{}, inline: map[Node]Node{}, added: map[string][]component{}, nameless: map[Node]bool{}, numbers: map[string]int{}}
	for _, n := range d.identifiers {
		b.nameless[n] = true
	}
	b.plan()
	b.root()
	return t, b.err
}

type bundler struct {
	composer
	d        *Document
	home     map[Node]string        // where a value of another file goes: a pointer
	inline   map[Node]Node          // components of the root that were mere references, and what takes their place
	added    map[string][]component // by section
	nameless map[Node]bool          // $id and anchors
	numbers  map[string]int         // how many names were told apart by a number
}

type component struct {
	name  string
	value Node
}

// plan gives every target in another file its home.
func (b *bundler) plan() {
	taken := map[string]bool{}
	components := b.d.Root().Get("components")
	for _, section := range components.Fields() {
		for name, entry := range section.Fields() {
			pointer := "/components/" + section.Key() + "/" + pointerEscaper.Replace(name)
			taken[strings.ToLower(pointer)] = true
			to := b.d.step(entry)
			if to.Exists() && to.t != b.d.root && entry.Len() == 1 && b.home[to] == "" {
				b.home[to], b.inline[entry] = pointer, to
			}
		}
	}
	for _, e := range b.foreign() {
		section := sections[e.shape]
		if section == "" || b.home[e.to] != "" {
			continue
		}
		name := b.freeName(e.to, func(name string) bool { return !taken[strings.ToLower("/components/"+section+"/"+name)] })
		b.home[e.to] = "/components/" + section + "/" + name
		taken[strings.ToLower(b.home[e.to])] = true
		b.added[section] = append(b.added[section], component{name, e.to})
	}
}

// foreign are the references that lead out of the root document, by the place of their target.
func (b *bundler) foreign() (list []edge) {
	for _, t := range b.d.order {
		for _, e := range t.edges {
			if e.to.t != b.d.root {
				list = append(list, e)
			}
		}
	}
	sorting.Stable(list, func(x, y edge) int {
		return cmp.Or(strings.Compare(x.to.t.id, y.to.t.id), cmp.Compare(x.to.i, y.to.i))
	})
	return list
}

// freeName is a name for a value of another file: the last part of its pointer, or the name of its file; with the whole
// path before it, or a number, where that is taken.
func (b *bundler) freeName(n Node, free func(string) bool) string {
	stem := strings.TrimSuffix(n.t.id, path.Ext(n.t.id))
	long := stem
	name := path.Base(stem)
	if n.i != 0 {
		name = n.Key()
		if name == "" {
			name = "item" // of a list
		}
		long += "/" + name
	}
	if name = plainName(name); free(name) {
		return name
	}
	if name = plainName(long); free(name) {
		return name
	}
	for {
		b.numbers[name]++ // does not begin anew: thousands of equal names must not cost millions of tries
		if numbered := name + "_" + strconv.Itoa(1+b.numbers[name]); free(numbered) {
			return numbered
		}
	}
}

// plainName keeps the characters that OpenAPI allows in the name of a component.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '_'
	}, s)
}

func (b *bundler) root() {
	root := b.d.Root()
	b.object(root, func() {
		for name, v := range root.Fields() {
			if name != "components" {
				b.at(name, v, func() { b.value(v) })
			}
		}
		components := root.Get("components")
		if !components.Exists() {
			if len(b.added) == 0 {
				return
			}
			components = root
		}
		b.at("components", components, func() { b.object(components, func() { b.components(root.Get("components")) }) })
	})
}

// components writes the sections of the root with what was added to them.
func (b *bundler) components(components Node) {
	for name, section := range components.Fields() {
		if section.Kind() != Object {
			if len(b.added[name]) == 0 {
				b.at(name, section, func() { b.value(section) })
			}
			continue
		}
		b.at(name, section, func() { b.section(section, b.added[name]) })
	}
	for _, name := range sortedKeys(b.added) {
		if components.Get(name).Kind() != Object {
			at := b.added[name][0].value
			b.at(name, at, func() { b.section(at, b.added[name]) })
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// section writes one section; at is its original, or any place where there is none.
func (b *bundler) section(at Node, added []component) {
	b.object(at, func() {
		if at.t == b.d.root {
			for name, v := range at.Fields() {
				if to, moved := b.inline[v]; moved {
					v = to
				}
				b.at(name, v, func() { b.value(v) })
			}
		}
		for _, c := range added {
			b.at(c.name, c.value, func() { b.value(c.value) })
		}
	})
}

// value writes a value with its references turned to the new homes.
func (b *bundler) value(n Node) {
	switch n.Kind() {
	case Object:
		if to := b.pathItem(n); to.Exists() {
			b.merge(n, to)
			return
		}
		b.object(n, func() {
			for name, v := range n.Fields() {
				if !b.nameless[v] {
					b.at(name, v, func() { b.value(v) })
				}
			}
		})
	case Array:
		b.list(n, func() {
			for _, v := range n.Items() {
				b.value(v)
			}
		})
	case String:
		if to := b.d.Target(n); to.Exists() {
			b.text(b.pointer(n, to), n)
			return
		}
		b.scalar(n)
	default:
		b.scalar(n)
	}
}

// pathItem is the path item of another file that n refers to.
func (b *bundler) pathItem(n Node) Node {
	if e, ok := n.t.edge(n.t.fieldByID(n.i, n.t.refKey)); ok && e.shape == sPathItem && e.to.t != b.d.root {
		return b.d.Deref(n)
	}
	return Node{}
}

// merge writes a path item in the place of a reference to it. What stands beside the reference counts first.
func (b *bundler) merge(n, to Node) {
	b.object(n, func() {
		for name, v := range n.Fields() {
			if name != "$ref" {
				b.at(name, v, func() { b.value(v) })
			}
		}
		for name, v := range to.Fields() {
			if !n.Get(name).Exists() {
				b.at(name, v, func() { b.value(v) })
			}
		}
	})
}

// pointer is how a reference to a value is written after the move.
func (b *bundler) pointer(s, to Node) string {
	if name := s.Text(); to.t == b.d.root && s.t == b.d.root && !strings.ContainsAny(name, "#/") {
		return name // the bare name of a schema, in a mapping
	}
	pointer := b.home[to]
	if to.t == b.d.root {
		pointer = to.Pointer()
	}
	return "#" + (&url.URL{Fragment: pointer}).EscapedFragment()
}
