package smoke

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Exchange is a request with its answer.
type Exchange struct {
	Method      string
	Path        string // as it was sent
	Query       url.Values
	Header      http.Header // of the request
	RequestBody []byte
	Status      int
	Answer      http.Header
	Body        []byte
	Cut         bool // the body is longer
	line        int  // of the flow
	partial     bool // the body of the request is not there to be compared
}

// violation is one difference between an exchange and the contract.
type violation struct {
	rule    string
	at      contract.Node // in the contract
	message string
	detail  string // what tells it from others of the same operation: a pointer into the value, a status
}

// compare compares an exchange with the contract. operation is empty where the contract does not have it, and conforms nil where its path is
// exempt.
func (c *Contract) compare(x *Exchange) (operation string, conforms *bool, found []violation) {
	o, item := c.find(x.Method, x.Path)
	if o == nil {
		if c.exempt(x.Path) {
			return "", nil, nil
		}
		conforms = new(bool)
		if item != nil {
			return "", conforms, []violation{{"smoke-operation-unknown", item.node, fmt.Sprintf("the path %s has no operation %s", item.template, x.Method), x.Method + item.template}}
		}
		return "", conforms, []violation{{"smoke-operation-unknown", c.doc.Root().Get("paths"), fmt.Sprintf("no path of the contract matches %s %s", x.Method, x.Path), x.Method + x.Path}}
	}
	o.exercised = true
	if x.Status/100 == 2 {
		found = c.request(o, x)
	}
	found = append(found, c.answer(o, x)...)
	ok := len(found) == 0
	return o.name(), &ok, found
}

// answer compares the answer of an operation.
func (c *Contract) answer(o *operation, x *Exchange) (found []violation) {
	responses := o.node.Get("responses")
	status := strconv.Itoa(x.Status)
	var response contract.Node
	var key string
	for _, key = range []string{status, status[:1] + "XX", "default"} {
		if response = responses.Get(key); response.Exists() {
			break
		}
	}
	if !response.Exists() {
		return []violation{{"smoke-status-undocumented", orElse(responses, o.node), fmt.Sprintf("%s answers %d, which the contract does not list", o.name(), x.Status), status}}
	}
	response = c.doc.Deref(response)
	for name, header := range response.Get("headers").Fields() {
		header = c.doc.Deref(header)
		if header.Get("required").Bool() && len(x.Answer.Values(name)) == 0 {
			found = append(found, violation{"smoke-header-missing", header, fmt.Sprintf("%s, %d: the header %s is missing", o.name(), x.Status, name), status + name})
		}
	}
	return append(found, c.body(o, x, response)...)
}

func orElse(a, b contract.Node) contract.Node {
	if a.Exists() {
		return a
	}
	return b
}

// body compares the body of an answer.
func (c *Contract) body(o *operation, x *Exchange, response contract.Node) []violation {
	content := response.Get("content")
	status := strconv.Itoa(x.Status)
	say := func(rule string, at contract.Node, format string, args ...any) []violation {
		return []violation{{rule, at, fmt.Sprintf("%s, %d: ", o.name(), x.Status) + fmt.Sprintf(format, args...), status}}
	}
	switch {
	case x.Method == http.MethodHead || x.Status == http.StatusNoContent || x.Status == http.StatusNotModified:
		return nil
	case content.Len() == 0 && len(x.Body) == 0:
		return nil
	case content.Len() == 0:
		return say("smoke-media-type-undocumented", response, "there is a body, which the contract does not describe")
	case len(x.Body) == 0:
		return say("smoke-body-unreadable", content, "there is no body")
	}
	given := x.Answer.Get("Content-Type")
	mediaType, _, err := mime.ParseMediaType(given)
	if err != nil {
		mediaType = given
	}
	medium := mediumOf(content, mediaType)
	if !medium.Exists() {
		return say("smoke-media-type-undocumented", content, "the media type %s is not listed", bounded(strconv.Quote(mediaType)))
	}
	schema := medium.Get("schema")
	if !isJSON(mediaType) || !schema.Exists() {
		return nil
	}
	if x.Cut {
		return say("smoke-body-unreadable", medium, "the body has more than %d bytes", maxBody)
	}
	v, err := parseJSON(x.Body)
	if err != nil {
		return say("smoke-body-unreadable", medium, "the body is no JSON")
	}
	return c.value(o, schema, v, true, status+": ")
}

// value compares a JSON value with a schema.
func (c *Contract) value(o *operation, schema contract.Node, v any, response bool, where string) []violation {
	w := walker{c: c, response: response, left: maxSteps}
	w.check(schema, v, "", 0)
	for i := range w.found {
		f := &w.found[i]
		f.message = fmt.Sprintf("%s, %s%s", o.name(), where, f.message)
		f.detail = where + f.detail
	}
	if w.left <= 0 {
		w.found = append(w.found, violation{"smoke-not-compared", schema, o.name() + ", " + where + "the value is too large to be compared with the contract", where})
	}
	return w.found
}

// mediumOf is the media type object of a content object: the exact one, else that of the type, else */*.
func mediumOf(content contract.Node, mediaType string) contract.Node {
	kind, _, _ := strings.Cut(mediaType, "/")
	for _, want := range []string{mediaType, kind + "/*", "*/*"} {
		for key, medium := range content.Fields() {
			if name, _, _ := strings.Cut(key, ";"); strings.EqualFold(strings.TrimSpace(name), want) {
				return medium
			}
		}
	}
	return contract.Node{}
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// request compares a request that the service accepted.
func (c *Contract) request(o *operation, x *Exchange) (found []violation) {
	say := func(at contract.Node, detail, format string, args ...any) {
		found = append(found, violation{"smoke-request-undocumented", at, o.name() + " is accepted, but " + fmt.Sprintf(format, args...), "request " + detail})
	}
	for _, list := range []contract.Node{o.item.Get("parameters"), o.node.Get("parameters")} {
		for _, p := range list.Items() {
			p = c.doc.Deref(p)
			name, in := p.Get("name").Text(), p.Get("in").Text()
			values, known := x.parameter(in, name)
			switch {
			case !known:
			case len(values) == 0 && p.Get("required").Bool():
				say(p, in+name, "the request has no %s parameter %s", in, name)
			case len(values) == 1 && p.Get("schema").Exists():
				for _, f := range c.value(o, p.Get("schema"), c.parameterValue(p.Get("schema"), values[0]), false, "") {
					say(f.at, in+name, "its %s parameter %s does not fit the contract", in, name)
					break
				}
			}
		}
	}
	if x.partial {
		return found
	}
	body := c.doc.Deref(o.node.Get("requestBody"))
	mediaType, _, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
	medium := mediumOf(body.Get("content"), mediaType)
	switch {
	case !body.Exists() || len(x.RequestBody) == 0 && !body.Get("required").Bool():
	case len(x.RequestBody) == 0:
		say(body, "", "the request has no body")
	case err != nil || !medium.Exists():
		say(orElse(body.Get("content"), body), "", "the media type of its body is not listed")
	case isJSON(mediaType) && medium.Get("schema").Exists():
		v, err := parseJSON(x.RequestBody)
		if err != nil {
			say(medium, "", "its body is no JSON")
			break
		}
		for _, f := range c.value(o, medium.Get("schema"), v, false, "") {
			say(f.at, f.detail, "its body does not fit the contract%s", strings.TrimPrefix(f.message, o.name()))
		}
	}
	return found
}

// parameter are the values of a parameter; known is false for places that are not compared.
func (x *Exchange) parameter(in, name string) (values []string, known bool) {
	switch in {
	case "query":
		return x.Query[name], true
	case "header":
		return x.Header.Values(name), !strings.EqualFold(name, "Authorization") && !strings.EqualFold(name, "Accept") && !strings.EqualFold(name, "Content-Type")
	}
	return nil, false
}

// parameterValue is the text of a parameter as the JSON value that its schema expects.
func (c *Contract) parameterValue(schema contract.Node, text string) any {
	for _, t := range types(c.doc.Deref(schema)) {
		if v, err := parseJSON([]byte(text)); err == nil && (t == "integer" || t == "number" || t == "boolean") {
			return v
		}
		if t == "array" || t == "object" { // serialised in one of a dozen styles
			return anything{}
		}
	}
	return text
}

// anything is a value that fits every schema.
type anything struct{}

// finding is a violation in the report, with its place in the contract.
func (c *Contract) finding(subject report.EvidenceSubject, v *violation) report.Finding {
	f := row(v.rule).Finding(subject, v.message, v.at.Pointer(), v.detail)
	at := v.at.Place()
	f.New = &at
	return f
}
