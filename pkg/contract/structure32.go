package contract

import (
	"fmt"
	"slices"
	"strings"
)

// checks32 are what OpenAPI 3.2 asks of objects beyond the kinds of their fields.
var checks32 = map[shape]func(Node) error{
	sPathItem:  checkAdditional,
	sMediaType: checkPositions,
	sEncoding:  checkPositions,
	sParameter: checkQuerystring,
	sXML:       checkNodeType,
}

// check32 checks an object of a shape.
func check32(n Node, s shape) error {
	if check := checks32[s]; check != nil {
		return check(n)
	}
	return nil
}

// Methods are the fields of a path item that are operations, in lower case. The last one is new in
// OpenAPI 3.2.
var Methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// checkAdditional refuses what is no method of HTTP, and a method that has its own field.
func checkAdditional(item Node) error {
	for name, op := range item.Get("additionalOperations").Fields() {
		switch field := strings.ToLower(name); {
		case !IsToken(name):
			return failKey(op, fmt.Sprintf("%q in \"additionalOperations\" is not an HTTP method", name), "a method is a token such as LINK: letters, digits and a few signs, no spaces")
		case field != name && strings.ToUpper(name) == name && slices.Contains(Methods, field):
			return failKey(op, fmt.Sprintf("%q in \"additionalOperations\" has a field of its own", name), fmt.Sprintf("move the operation to the field %q of the path item", field))
		}
	}
	return nil
}

// IsToken reports whether s is a token as in RFC 9110, section 5.6.2.
func IsToken(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// checkPositions refuses parts that are encoded by name and by position at once.
func checkPositions(n Node) error {
	if !n.Get("encoding").Exists() {
		return nil
	}
	for _, key := range []string{"prefixEncoding", "itemEncoding"} {
		if by := n.Get(key); by.Exists() {
			return failKey(by, fmt.Sprintf("%q cannot be combined with \"encoding\"", key), "parts have names or positions: remove one of the two")
		}
	}
	return nil
}

// checkQuerystring refuses a parameter for the whole query string that is not written as a media type.
func checkQuerystring(n Node) error {
	if n.Get("in").Text() != "querystring" {
		return nil
	}
	for _, key := range []string{"schema", "style", "explode", "allowReserved"} {
		if by := n.Get(key); by.Exists() {
			return failKey(by, fmt.Sprintf("%q means nothing to a parameter in \"querystring\"", key), "describe the query string by content, with one media type")
		}
	}
	if content := n.Get("content"); content.Len() != 1 {
		return fail(n.Get("in"), "a parameter in \"querystring\" must have content with one media type", "for a form write content: {application/x-www-form-urlencoded: {schema: ...}}")
	}
	return nil
}

// nodeTypes are what a value can be in XML.
var nodeTypes = []string{"element", "attribute", "text", "cdata", "none"}

// checkNodeType refuses a kind of XML node that there is not, and one beside the fields that it took the place of.
func checkNodeType(n Node) error {
	kind := n.Get("nodeType")
	if !kind.Exists() {
		return nil
	}
	if !slices.Contains(nodeTypes, kind.Text()) {
		return fail(kind, fmt.Sprintf("unknown nodeType %q", kind.Text()), "it is one of "+strings.Join(nodeTypes, ", "))
	}
	for _, key := range []string{"attribute", "wrapped"} {
		if by := n.Get(key); by.Exists() {
			return failKey(by, fmt.Sprintf("%q cannot be combined with \"nodeType\", which replaces it", key), "remove it")
		}
	}
	return nil
}

// checkQueries refuses operations whose query string is described twice: by two parameters in "querystring", or by one and
// by parameters in "query". It runs when references are resolved.
func (r *resolver) checkQueries() error {
	for _, t := range r.d.order {
		w := r.walkers[t]
		if w == nil {
			continue
		}
		for _, i := range w.items {
			item := Node{t, i}
			shared := r.queriesOf(queries{}, item)
			if err := shared.check(); err != nil {
				return err
			}
			for name, op := range item.Fields() {
				switch {
				case name == "additionalOperations":
					for _, op := range op.Fields() {
						if err := r.queriesOf(shared, op).check(); err != nil {
							return err
						}
					}
				case slices.Contains(Methods, name):
					if err := r.queriesOf(shared, op).check(); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// queries are the parameters of a query string: one in "query", and at most two in "querystring", as they stand in a list.
type queries struct {
	single, whole, second Node
	name                  string // of whole
}

// queriesOf adds the parameters of a path item or an operation.
func (r *resolver) queriesOf(q queries, holder Node) queries {
	inherited := true
	for _, n := range holder.Get("parameters").Items() {
		p := r.d.Deref(n)
		name := p.Get("name").Text()
		switch p.Get("in").Text() {
		case "query":
			q.single = n
		case "querystring":
			if q.whole.Exists() && (!inherited || q.name != name) {
				q.second = n
			} else {
				q.whole, q.name, inherited = n, name, false
			}
		}
	}
	return q
}

func (q queries) check() error {
	switch {
	case q.second.Exists():
		return fail(q.second, "the operation has two parameters in \"querystring\"", "describe the whole query string by one")
	case q.whole.Exists() && q.single.Exists():
		return fail(q.whole, "the operation has parameters both in \"querystring\" and in \"query\"", "make the query parameters properties of the one, or describe each by itself")
	}
	return nil
}
