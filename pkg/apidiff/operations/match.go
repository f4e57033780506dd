// Package operations compares what is around schemas: paths and operations, parameters, bodies,
// responses, callbacks, security and servers. It returns what differs and which schemas are to be
// compared where.
package operations

import (
	"strings"

	"github.com/romel/govctl/pkg/apidiff/lifecycle"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// An Operation is one operation of either contract, or the pair of them: what bitsets of findings
// count.
type Operation struct {
	report.Operation
	Kind     Kind
	Old, New Call
	Unstable bool // draft or alpha: breaking it is no promise broken
	Unknown  bool // one side has the path as a reference that does not resolve: nobody knows what is there
}

// thing is what rules are on for an operation of this kind.
func (o *Operation) thing() string {
	if o.Kind == kindWebhook {
		return "webhook"
	}
	return "operation"
}

// Kind is where an operation stands.
type Kind uint8

const (
	KindPath Kind = iota
	kindWebhook
)

// A Call is an operation of one contract with what it inherits.
type Call struct {
	Doc     *contract.Document
	Method  string
	Path    string // template as written; the name of a webhook
	Item    contract.Node
	Op      contract.Node
	holders []contract.Node // operation, path item, document: who may say servers
}

func (c Call) Exists() bool { return c.Op.Exists() }

// calls are the operations of a contract below paths or webhooks.
func CallsOf(doc *contract.Document, container contract.Node) []Call {
	out := make([]Call, 0, container.Len())
	for path, item := range container.Fields() {
		if !contract.IsExtension(path) {
			out = appendCalls(out, doc, path, item, doc.Root())
		}
	}
	return out
}

// appendCalls appends the operations of a path item.
func appendCalls(out []Call, doc *contract.Document, path string, item, root contract.Node) []Call {
	item = doc.Deref(item)
	for _, method := range contract.Methods {
		if op := item.Get(method); op.Kind() == contract.Object {
			out = append(out, Call{Doc: doc, Method: strings.ToUpper(method), Path: path, Item: item, Op: op, holders: []contract.Node{op, item, root}})
		}
	}
	for name, op := range item.Get("additionalOperations").Fields() {
		out = append(out, Call{Doc: doc, Method: name, Path: path, Item: item, Op: op, holders: []contract.Node{op, item, root}})
	}
	return out
}

// Template is a path with the names of its parameters taken out: /pets/{}.
func Template(path string) string {
	var b strings.Builder
	depth := 0
	for _, r := range path {
		switch r {
		case '{':
			if depth == 0 {
				b.WriteString("{}")
			}
			depth++
		case '}':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// Placeholders are the names of the parameters of a path, in order.
func Placeholders(path string) []string {
	var names []string
	for {
		i := strings.IndexByte(path, '{')
		if i < 0 {
			return names
		}
		j := strings.IndexByte(path[i:], '}')
		if j < 0 {
			return names
		}
		names = append(names, path[i+1:i+j])
		path = path[i+j+1:]
	}
}

// key is what operations are matched by first: the method and the path as written.
func (c Call) key() string { return c.Method + " " + Template(c.Path) }

// fullKey is the key with the base path of the servers, so that a base path moved into the paths
// changes nothing.
func (c Call) fullKey() (string, bool) {
	bases := map[string]bool{}
	base := ""
	for _, s := range c.servers() {
		base = s.base()
		bases[base] = true
	}
	if len(bases) != 1 {
		return "", false
	}
	return c.Method + " " + strings.TrimSuffix(Template(base), "/") + Template(c.Path), true
}

// Match are the operations of both contracts, those that correspond together.
func Match(old, new *contract.Document) []Operation {
	ops := matchCalls(KindPath, CallsOf(old, old.Root().Get("paths")), CallsOf(new, new.Root().Get("paths")))
	ops = append(ops, matchCalls(kindWebhook, CallsOf(old, webhooksOf(old)), CallsOf(new, webhooksOf(new)))...)
	for i := range ops {
		op := &ops[i]
		op.Unknown = !op.New.Exists() && hidesPath(new, op.Old.Path) || !op.Old.Exists() && hidesPath(old, op.New.Path)
	}
	return ops
}

func webhooksOf(doc *contract.Document) contract.Node {
	if w := doc.Root().Get("webhooks"); w.Exists() {
		return w
	}
	return doc.Root().Get("x-webhooks")
}

// hides reports whether the path is there as a reference that does not resolve.
func hidesPath(doc *contract.Document, path string) bool {
	for _, container := range []string{"paths", "webhooks", "x-webhooks"} {
		if item := doc.Root().Get(container).Get(path); item.Exists() && dangles(doc.Deref(item)) {
			return true
		}
	}
	return false
}

// matchCalls pairs operations by path as written, then the rest by path with the base of their
// servers.
func matchCalls(k Kind, olds, news []Call) []Operation {
	partner := map[int]int{}
	taken := map[int]bool{}
	pairUp := func(id func(Call) (string, bool)) {
		index := map[string]int{}
		for i, c := range olds {
			if _, done := partner[i]; done {
				continue
			}
			if key, ok := id(c); ok {
				if _, dup := index[key]; !dup {
					index[key] = i
				}
			}
		}
		for j, c := range news {
			if taken[j] {
				continue
			}
			key, ok := id(c)
			if i, found := index[key]; ok && found {
				partner[i], taken[j] = j, true
				delete(index, key)
			}
		}
	}
	pairUp(func(c Call) (string, bool) { return c.Method + " " + c.Path, true })
	if k == KindPath {
		pairUp(func(c Call) (string, bool) { return c.key(), true })
		pairUp(Call.fullKey)
	}
	ops := make([]Operation, 0, len(olds)+len(news)-len(partner))
	for i, c := range olds {
		op := Operation{Kind: k, Old: c, Unstable: lifecycle.Unstable(c.Op)}
		op.Operation = report.Operation{Method: c.Method, Path: c.Path}
		if j, ok := partner[i]; ok {
			op.New = news[j]
			op.Operation = report.Operation{Method: c.Method, Path: news[j].Path}
		}
		ops = append(ops, op)
	}
	for j, c := range news {
		if !taken[j] {
			ops = append(ops, Operation{Kind: k, New: c, Operation: report.Operation{Method: c.Method, Path: c.Path}})
		}
	}
	return ops
}
