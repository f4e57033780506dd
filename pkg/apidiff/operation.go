package apidiff

import (
	"net/url"
	"strings"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// An operation is one operation of either contract, or the pair of them: what bitsets of findings count.
type operation struct {
	report.Operation
	kind     kind
	old, new call
	unstable bool // draft or alpha: breaking it is no promise broken
	unknown  bool // one side has the path as a reference that does not resolve: nobody knows what is there
}

// kind is where an operation stands.
type kind uint8

const (
	kindPath kind = iota
	kindWebhook
)

// A call is an operation of one contract with what it inherits.
type call struct {
	side    *side
	method  string
	path    string // template as written; the name of a webhook
	item    contract.Node
	op      contract.Node
	holders []contract.Node // operation, path item, document: who may say servers
}

func (c call) exists() bool { return c.op.Exists() }

// methods are the fields of a path item that are operations.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// calls are the operations of a contract below paths or webhooks.
func (s *side) calls(container contract.Node) []call {
	var out []call
	root := s.doc.Root()
	for path, item := range container.Fields() {
		if isExtension(path) {
			continue
		}
		out = append(out, s.itemCalls(path, item, root)...)
	}
	return out
}

func (s *side) itemCalls(path string, item, root contract.Node) []call {
	var out []call
	item = s.doc.Deref(item)
	for _, method := range methods {
		if op := item.Get(method); op.Kind() == contract.Object {
			out = append(out, call{side: s, method: strings.ToUpper(method), path: path, item: item, op: op, holders: []contract.Node{op, item, root}})
		}
	}
	for name, op := range item.Get("additionalOperations").Fields() {
		out = append(out, call{side: s, method: name, path: path, item: item, op: op, holders: []contract.Node{op, item, root}})
	}
	return out
}

// template is a path with the names of its parameters taken out: /pets/{}.
func template(path string) string {
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

// placeholders are the names of the parameters of a path, in order.
func placeholders(path string) []string {
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
func (c call) key() string { return c.method + " " + template(c.path) }

// fullKey is the key with the base path of the servers, so that a base path moved into the paths changes nothing.
func (c call) fullKey() (string, bool) {
	bases := map[string]bool{}
	base := ""
	for _, s := range c.servers() {
		base = s.base()
		bases[base] = true
	}
	if len(bases) != 1 {
		return "", false
	}
	return c.method + " " + strings.TrimSuffix(template(base), "/") + template(c.path), true
}

// A server is one address.
type server struct {
	url string
	at  contract.Node
}

// servers are the addresses of an operation: its own, or those of the path item, or those of the document.
func (c call) servers() []server {
	for _, h := range c.holders {
		if list := h.Get("servers"); list.Len() > 0 {
			var out []server
			for _, n := range list.Items() {
				out = append(out, expandServer(n)...)
			}
			return out
		}
	}
	return []server{{url: "/"}}
}

// maxExpanded bounds the addresses that the variables of one server stand for.
const maxExpanded = 64

// expandServer writes out the variables that have an enum and puts the defaults in for the others' base path.
func expandServer(n contract.Node) []server {
	urls := []string{n.Get("url").Text()}
	for name, v := range n.Get("variables").Fields() {
		values := items(v.Get("enum"))
		if len(values) == 0 {
			continue // anything: the placeholder stays
		}
		var next []string
		for _, u := range urls {
			for _, value := range values {
				next = append(next, strings.ReplaceAll(u, "{"+name+"}", value.Text()))
			}
		}
		if len(next) > maxExpanded {
			break
		}
		urls = next
	}
	out := make([]server, len(urls))
	for i, u := range urls {
		out[i] = server{url: u, at: n}
	}
	return out
}

// base is the path of the address, without a final slash.
func (s server) base() string {
	path := s.url
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
		if j := strings.IndexByte(path, '/'); j >= 0 {
			path = path[j:]
		} else {
			path = "/"
		}
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return strings.TrimSuffix(path, "/")
}

var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443"}

// origin is the address without its path, in lower case; empty for a relative one.
func (s server) origin() string {
	u, err := url.Parse(s.url)
	if err != nil || u.Host == "" {
		if i := strings.Index(s.url, "://"); i >= 0 {
			rest := s.url[i+3:]
			if j := strings.IndexByte(rest, '/'); j >= 0 {
				rest = rest[:j]
			}
			return strings.ToLower(s.url[:i+3] + rest)
		}
		return ""
	}
	host := u.Host
	if defaultPorts[strings.ToLower(u.Scheme)] == u.Port() {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return strings.ToLower(u.Scheme + "://" + host)
}

// collect matches the operations of both contracts.
func (e *engine) collect() {
	e.matchCalls(kindPath, e.old.calls(e.old.doc.Root().Get("paths")), e.new.calls(e.new.doc.Root().Get("paths")))
	e.matchCalls(kindWebhook, e.old.calls(e.old.webhooks()), e.new.calls(e.new.webhooks()))
	for i := range e.ops {
		op := &e.ops[i]
		op.unknown = !op.new.exists() && e.new.hides(op.old.path) || !op.old.exists() && e.old.hides(op.new.path)
	}
}

func (s *side) webhooks() contract.Node {
	if w := s.doc.Root().Get("webhooks"); w.Exists() {
		return w
	}
	return s.doc.Root().Get("x-webhooks")
}

// matchCalls pairs operations by path as written, then the rest by path with the base of their servers.
func (e *engine) matchCalls(k kind, olds, news []call) {
	partner := map[int]int{}
	taken := map[int]bool{}
	pairUp := func(id func(call) (string, bool)) {
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
	pairUp(func(c call) (string, bool) { return c.method + " " + c.path, true })
	if k == kindPath {
		pairUp(func(c call) (string, bool) { return c.key(), true })
		pairUp(call.fullKey)
	}
	for i, c := range olds {
		op := operation{kind: k, old: c, unstable: unstable(c.op)}
		op.Operation = report.Operation{Method: c.method, Path: c.path}
		if j, ok := partner[i]; ok {
			op.new = news[j]
			op.Operation = report.Operation{Method: c.method, Path: news[j].path}
		}
		e.ops = append(e.ops, op)
	}
	for j, c := range news {
		if !taken[j] {
			e.ops = append(e.ops, operation{kind: k, new: c, Operation: report.Operation{Method: c.method, Path: c.path}})
		}
	}
}

// stabilityRanks order the values of x-stability-level.
var stabilityRanks = map[string]int{"draft": 1, "alpha": 2, "experimental": 2, "beta": 3, "stable": 4}

// stability is the level of an operation; one that says nothing is stable.
func stability(op contract.Node) string {
	if v := strings.ToLower(op.Get("x-stability-level").Text()); v != "" {
		return v
	}
	return "stable"
}

func unstable(op contract.Node) bool {
	r, known := stabilityRanks[stability(op)]
	return known && r <= 2
}
