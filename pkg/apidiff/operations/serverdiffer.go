package operations

import (
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
)

// compareServers compares the addresses under which an operation is called: server and path
// together, so that a base path moved into the paths changes nothing.
func (e *Comparer) compareServers(x exchange) {
	if x.inverted {
		return
	}
	olds, news := x.old.servers(), x.new.servers()
	was, is := addresses(olds, x.old.Path), addresses(news, x.new.Path)
	lost, gained := missing(was, is), missing(is, was)
	if e.since32() {
		for _, k := range jsonvalue.SortedKeys(was) {
			if n, kept := is[k]; kept {
				e.compareDocumentation(x.part, was[k].at, n.at, "name")
			}
		}
	}
	if len(lost) == 1 && len(gained) == 1 {
		o, n := was[lost[0]], is[gained[0]]
		x.part.note(subschema.Difference{On: "server", Op: rules.Changed, Old: o.at, New: n.at, OldAt: e.Old.Doc.Root(), NewAt: e.New.Doc.Root(), From: jsonvalue.Quoted(o.url), To: jsonvalue.Quoted(n.url)})
		return
	}
	for _, k := range lost {
		x.part.note(subschema.Difference{On: "server", Op: rules.Removed, Old: was[k].at, OldAt: e.Old.Doc.Root(), NewAt: e.New.Doc.Root(), From: jsonvalue.Quoted(was[k].url), Name: was[k].url})
	}
	for _, k := range gained {
		x.part.note(subschema.Difference{On: "server", Op: rules.Added, New: is[k].at, OldAt: e.Old.Doc.Root(), NewAt: e.New.Doc.Root(), To: jsonvalue.Quoted(is[k].url), Name: is[k].url})
	}
}

// addresses are the servers of an operation by the whole address of the operation.
func addresses(list []server, path string) map[string]server {
	m := map[string]server{}
	for _, s := range list {
		k := Template(s.origin()) + " " + strings.TrimSuffix(Template(s.base()), "/") + Template(path)
		if _, ok := m[k]; !ok {
			m[k] = s
		}
	}
	return m
}

func missing(a, b map[string]server) []string {
	var out []string
	for _, k := range jsonvalue.SortedKeys(a) {
		if _, ok := b[k]; !ok {
			out = append(out, k)
		}
	}
	return out
}
