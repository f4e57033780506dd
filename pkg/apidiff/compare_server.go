package apidiff

import (
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// compareServers compares the addresses under which an operation is called: server and path together, so that a
// base path moved into the paths changes nothing.
func (e *engine) compareServers(x exchange) {
	if x.inverted {
		return
	}
	olds, news := x.old.servers(), x.new.servers()
	was, is := addresses(olds, x.old.path), addresses(news, x.new.path)
	lost, gained := missing(was, is), missing(is, was)
	if len(lost) == 1 && len(gained) == 1 {
		o, n := was[lost[0]], is[gained[0]]
		e.emit(x.site, delta{on: "server", op: Changed, old: o.at, new: n.at, oldAt: e.old.doc.Root(), newAt: e.new.doc.Root(), from: quoted(o.url), to: quoted(n.url)})
		return
	}
	for _, k := range lost {
		e.emit(x.site, delta{on: "server", op: Removed, old: was[k].at, oldAt: e.old.doc.Root(), newAt: e.new.doc.Root(), from: quoted(was[k].url), name: was[k].url})
	}
	for _, k := range gained {
		e.emit(x.site, delta{on: "server", op: Added, new: is[k].at, oldAt: e.old.doc.Root(), newAt: e.new.doc.Root(), to: quoted(is[k].url), name: is[k].url})
	}
}

// addresses are the servers of an operation by the whole address of the operation.
func addresses(list []server, path string) map[string]server {
	m := map[string]server{}
	for _, s := range list {
		k := template(s.origin()) + " " + strings.TrimSuffix(template(s.base()), "/") + template(path)
		if _, ok := m[k]; !ok {
			m[k] = s
		}
	}
	return m
}

func missing(a, b map[string]server) []string {
	var out []string
	for _, k := range sortedKeys(a) {
		if _, ok := b[k]; !ok {
			out = append(out, k)
		}
	}
	return out
}

// compareDocuments compares what belongs to no operation: the version, the words, the names of schemas.
func (e *engine) compareDocuments() {
	s := e.part(nil)
	s.all, s.harm = newBitset(len(e.ops)), newBitset(len(e.ops))
	o, n := e.old.doc.Root(), e.new.doc.Root()
	if a, b := o.Get("openapi"), n.Get("openapi"); a.Text() != b.Text() {
		e.emit(s, delta{on: "words", attr: "openapi", op: Changed, old: a, new: b, from: jsonOf(a), to: jsonOf(b)})
	}
	if a, b := o.Get("info"), n.Get("info"); a.Hash() != b.Hash() {
		e.compareNotes(s, a, b, "title", "version", "summary", "description", "termsOfService", "contact", "license")
		e.compareOtherKeys(s, a, b, known("title", "version", "summary", "description", "termsOfService", "contact", "license"))
	}
	e.compareNotes(s, o, n, "tags", "externalDocs")
	e.compareOtherKeys(s, o, n, rootKeys)
	e.compareNames(s, o.Get("components").Get("schemas"), n.Get("components").Get("schemas"))
}

var rootKeys = known("openapi", "info", "servers", "paths", "webhooks", "x-webhooks", "components", "security", "tags", "externalDocs", "jsonSchemaDialect", "$self")

// compareNames compares the names of schemas, which generated code uses.
func (e *engine) compareNames(s *site, o, n contract.Node) {
	if o.Hash() == n.Hash() {
		return
	}
	for name, v := range o.Fields() {
		if n.Get(name).Exists() {
			continue
		}
		d := delta{on: "component", op: Removed, old: v, newAt: n}
		if w := e.renames()[v]; w.Exists() {
			d = delta{on: "component", op: Renamed, old: v, new: w, from: quoted(name), to: quoted(w.Key())}
		}
		e.emit(s, d)
	}
	for name, v := range n.Fields() {
		if !o.Get(name).Exists() && !e.renamedFrom(v) {
			e.emit(s, delta{on: "component", op: Added, new: v, oldAt: o})
		}
	}
}

// renames are the schemas that kept their content and changed their name.
func (e *engine) renames() map[contract.Node]contract.Node {
	if e.renamed != nil {
		return e.renamed
	}
	e.renamed, e.renamedTargets = map[contract.Node]contract.Node{}, map[contract.Node]bool{}
	o, n := e.old.doc.Root().Get("components").Get("schemas"), e.new.doc.Root().Get("components").Get("schemas")
	fresh := map[contract.Hash][]contract.Node{}
	for name, v := range n.Fields() {
		if !o.Get(name).Exists() {
			h := e.new.closure(v)
			fresh[h] = append(fresh[h], v)
		}
	}
	for name, v := range o.Fields() {
		if n.Get(name).Exists() {
			continue
		}
		if list := fresh[e.old.closure(v)]; len(list) > 0 {
			e.renamed[v], e.renamedTargets[list[0]] = list[0], true
			fresh[e.old.closure(v)] = list[1:]
		}
	}
	return e.renamed
}

func (e *engine) renamedFrom(n contract.Node) bool {
	e.renames()
	return e.renamedTargets[n]
}
