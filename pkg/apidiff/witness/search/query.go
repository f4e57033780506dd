package search

import (
	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/contract"
)

// Names of the validators, as they stand in report.Witness.ConfirmedBy.
const (
	JSONSchema = "santhosh-tekuri/jsonschema"
	OpenAPI    = "getkin/kin-openapi"
	HTTPFilter = "getkin/kin-openapi/openapi3filter"
)

// SchemaNode is a schema of a document: a schema object, a boolean or a reference.
type SchemaNode struct {
	Doc  *contract.Document
	Node contract.Node
}

// Direction is that of the message in which a schema stands. readOnly properties are no part of a
// request, writeOnly ones no part of a response.
type Direction uint8

// The directions.
const (
	Request Direction = iota
	Response
)

// Hint says where the change sits below the schema and what it is.
type Hint struct {
	// Path descends from the schema: names of properties, "items", "additionalProperties",
	// "prefixItems", an index, and where wanted "properties" before a name or "oneOf" and an index
	// for one alternative. References and the parts of a composition are entered by themselves.
	Path []string
	// Keyword is the schema keyword that changed. "format", "readOnly", "writeOnly" and
	// "discriminator", which are annotations otherwise, are asserted by both validators when they
	// are the change.
	Keyword string
	// Values are worth trying at the path: a removed enum value, an old default, a bound.
	Values []contract.Node
	// Branch is the alternative of a union that Inner has and Outer has not, where that is the change.
	Branch SchemaNode
}

// Query asks for a value that Inner accepts and Outer refuses.
type Query struct {
	Inner, Outer SchemaNode
	Direction    Direction
	// Accepts names the side of Inner, "old" or "new"; "" is "old" for a request and "new" for a
	// response. Callbacks and webhooks, whose messages flow the other way, set it.
	Accepts string
	Hints   []Hint
	Budget  int // candidates to try; 0 is DefaultBudget
}

// DefaultBudget is the number of candidates tried for a query that sets none.
const DefaultBudget = 256

// MessageQuery asks for a whole message that one version of an operation takes and the other does
// not: a request that the old one accepts and the new one refuses, or a response that the new one
// gives and the old one does not promise.
type MessageQuery struct {
	Old, New  message.Operation
	Direction Direction
	Accepts   string // as in Query
	Part      message.Part
	Name      string // of a parameter or header
	MediaType string // of a body; "" is any that both sides know, JSON first
	Status    string // of a response: "200", "4XX", "default"
	Absent    bool   // the message without the part is wanted: it became required
	Accepted  bool   // beside a request that is refused, the nearest one that is accepted is wanted
	// Hints say what changed below the schema of the part.
	Hints  []Hint
	Budget int
}

// Outcome says how a search ended.
type Outcome uint8

// The outcomes: a confirmed witness; none within the budget; only candidates on which the
// validators disagreed.
const (
	NotFound Outcome = iota
	Found
	Discarded
)
