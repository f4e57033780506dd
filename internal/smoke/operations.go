package smoke

import (
	"net/url"
	"path"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// Contract is what exchanges are compared with.
type Contract struct {
	Undocumented []string // patterns of paths that need not be in the contract

	doc        *contract.Document
	legacy     bool // OpenAPI 3.0: its own subset of JSON Schema
	prefixes   []string
	operations []*operation
	items      []*operation // path items, without a method
}

// operation is one operation of the contract, or a path item.
type operation struct {
	method, template string
	segments         []string
	item, node       contract.Node
	exercised        bool
}

func (o *operation) name() string { return o.method + " " + o.template }

// NewContract prepares a contract. base is the path below which the service is reached, as an alternative to those of the contract's servers.
func NewContract(doc *contract.Document, base string) *Contract {
	c := &Contract{doc: doc, legacy: strings.HasPrefix(doc.OpenAPI(), "3.0")}
	for template, n := range doc.Root().Get("paths").Fields() {
		if contract.IsExtension(template) {
			continue
		}
		item := doc.Deref(n)
		o := operation{template: template, segments: strings.Split(template, "/"), item: item, node: item}
		c.items = append(c.items, &o)
		for _, method := range contract.Methods {
			if n := item.Get(method); n.Exists() {
				of := o
				of.method, of.node = strings.ToUpper(method), n
				c.operations = append(c.operations, &of)
			}
		}
	}
	c.prefix(base)
	for _, server := range doc.Root().Get("servers").Items() {
		c.prefix(serverPath(server))
	}
	c.prefix("")
	return c
}

// prefix adds a path that requests can begin with.
func (c *Contract) prefix(p string) {
	p = strings.TrimRight(p, "/")
	for _, known := range c.prefixes {
		if known == p {
			return
		}
	}
	c.prefixes = append(c.prefixes, p)
}

// serverPath is the path of a server's address, its variables replaced by their defaults.
func serverPath(server contract.Node) string {
	text := server.Get("url").Text()
	for name, v := range server.Get("variables").Fields() {
		text = strings.ReplaceAll(text, "{"+name+"}", v.Get("default").Text())
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Path
}

// Source is the name of the contract's file.
func (c *Contract) Source() string { return c.doc.Source() }

// Exercised is how many operations an exchange used, and how many there are.
func (c *Contract) Exercised() (exercised, total int) {
	for _, o := range c.operations {
		if o.exercised {
			exercised++
		}
	}
	return exercised, len(c.operations)
}

// exempt reports a path that need not be in the contract.
func (c *Contract) exempt(p string) bool {
	for _, pattern := range c.Undocumented {
		if ok, err := path.Match(pattern, p); ok && err == nil {
			return true
		}
	}
	return false
}

// find is the operation of a request, or else the path item that has its path.
func (c *Contract) find(method, p string) (o, item *operation) {
	for _, prefix := range c.prefixes {
		below, ok := strings.CutPrefix(p, prefix)
		if !ok || below != "" && below[0] != '/' {
			continue
		}
		segments := strings.Split(below, "/")
		if below == "" {
			segments = []string{"", ""}
		}
		if o := best(c.operations, method, segments); o != nil {
			return o, nil
		}
		if item == nil {
			item = best(c.items, "", segments)
		}
	}
	return nil, item
}

// best is the operation whose template has the most literal text at the first segment that differs (OpenAPI: concrete paths come first).
func best(all []*operation, method string, segments []string) (found *operation) {
	for _, o := range all {
		if o.method != method || len(o.segments) != len(segments) || !matches(o.segments, segments) {
			continue
		}
		if found == nil || moreConcrete(o.segments, found.segments) {
			found = o
		}
	}
	return found
}

func matches(template, segments []string) bool {
	for i, s := range segments {
		if !matchesSegment(template[i], s) {
			return false
		}
	}
	return true
}

// matchesSegment matches a segment with parameters, like {id} or {name}.{ext}. A parameter is not empty.
func matchesSegment(template, s string) bool {
	before, rest, ok := strings.Cut(template, "{")
	if !ok {
		return template == s
	}
	if s, ok = strings.CutPrefix(s, before); !ok {
		return false
	}
	_, after, _ := strings.Cut(rest, "}")
	if after == "" {
		return s != ""
	}
	literal, _, _ := strings.Cut(after, "{")
	for i := 1; i <= len(s); i++ {
		if strings.HasPrefix(s[i:], literal) && matchesSegment(after, s[i:]) {
			return true
		}
	}
	return false
}

func moreConcrete(a, b []string) bool {
	for i := range a {
		x, y := literalLength(a[i]), literalLength(b[i])
		if x != y {
			return x > y
		}
	}
	return false
}

// literalLength is 1,000 for a segment without parameters.
func literalLength(s string) int {
	n, inside := 0, false
	for _, r := range s {
		switch r {
		case '{':
			inside = true
		case '}':
			inside = false
		default:
			if !inside {
				n++
			}
		}
	}
	if !strings.Contains(s, "{") {
		return 1_000
	}
	return n
}
