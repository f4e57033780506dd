package search

import (
	"context"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
)

// body is an operation that takes a JSON body of a schema.
func body(schema string) string {
	return `/parcels: {post: {requestBody: {required: true, content: {application/json: {schema: ` + schema + `}}}, ` + answer + `}}`
}

// query is an operation with one query parameter.
func query(rest string) string {
	return `/parcels: {get: {parameters: [{name: limit, in: query, ` + rest + `}], ` + answer + `}}`
}

// TestAcceptedRequest expects beside each rejected request the one with the smallest change that the new version accepts.
func TestAcceptedRequest(t *testing.T) {
	inBody := MessageQuery{Part: message.Body}
	limit := MessageQuery{Part: message.QueryParam, Name: "limit"}
	missing := limit
	missing.Absent = true
	for _, c := range []struct {
		name, old, new string
		q              MessageQuery
		rejected, want string
	}{
		{"a number became a string", body(`{type: object, required: [amount], properties: {amount: {type: integer}}}`), body(`{type: object, required: [amount], properties: {amount: {type: string}}}`),
			inBody, `{"amount":0}`, `{"amount":"0"}`},
		{"a value became a list", body(`{type: object, required: [to], properties: {to: {type: string}}}`), body(`{type: object, required: [to], properties: {to: {type: array, items: {type: string}}}}`),
			inBody, `{"to":"a"}`, `{"to":["a"]}`},
		{"a property became required", body(`{type: object, properties: {from: {type: string}}}`), body(`{type: object, required: [from], properties: {from: {type: string, enum: [depot]}}}`),
			inBody, `{}`, `{"from":"depot"}`},
		{"other properties are forbidden", body(`{type: object, properties: {a: {type: string}}}`), body(`{type: object, properties: {a: {type: string}}, additionalProperties: false}`),
			inBody, `{"extra":"a"}`, `{}`},
		{"an enum value went", body(`{type: object, required: [k], properties: {k: {enum: [slow, fast]}}}`), body(`{type: object, required: [k], properties: {k: {enum: [fast]}}}`),
			inBody, `{"k":"slow"}`, `{"k":"fast"}`},
		{"a parameter became required", query(`schema: {type: integer}`), query(`required: true, schema: {type: integer, minimum: 5}`),
			missing, "GET /parcels HTTP", "GET /parcels?limit=5 HTTP"},
		{"a parameter narrowed", query(`schema: {type: integer}`), query(`schema: {type: integer, maximum: 100}`),
			limit, "limit=101", "limit=100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f Finder
			q := c.q
			q.Old, q.New, q.Accepted = operationOf(t, "3.1.0", c.old), operationOf(t, "3.1.0", c.new), true
			if !q.Absent {
				q.Hints = []Hint{{}}
			}
			w, out := f.FindMessage(context.Background(), q)
			if out != Found {
				t.Fatalf("no rejected request: %s", out)
			}
			if !strings.Contains(w.Request, c.rejected) || !strings.Contains(w.Accepted, c.want) {
				t.Errorf("rejected:\n%s\naccepted:\n%s\nwant %s and %s", w.Request, w.Accepted, c.rejected, c.want)
			}
			if s := f.Stats(); s.Work <= 0 {
				t.Errorf("the work is %d", s.Work)
			}
		})
	}
}

// TestNothingIsAccepted expects no request where the new version takes none.
func TestNothingIsAccepted(t *testing.T) {
	var f Finder
	w, out := f.FindMessage(context.Background(), MessageQuery{Old: operationOf(t, "3.1.0", body(`{type: object}`)), New: operationOf(t, "3.1.0", body(`false`)),
		Part: message.Body, Hints: []Hint{{}}, Accepted: true})
	if out == Found && w.Accepted != "" {
		t.Errorf("accepted: %s", w.Accepted)
	}
}
