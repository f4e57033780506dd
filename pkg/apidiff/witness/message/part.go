package message

import "github.com/romel/govctl/pkg/contract"

// Operation is one side of an operation; one without a Node is not there.
type Operation struct {
	Doc      *contract.Document
	Method   string
	Path     string        // template as written
	PathItem contract.Node // holds parameters and servers of all its operations; may be absent
	Node     contract.Node
}

// Part is the part of a message that changed.
type Part string

// The parts. Those of requests come first.
const (
	Whole          Part = "" // any part: the operation itself
	QueryParam     Part = "query"
	QueryString    Part = "querystring"
	PathParam      Part = "path"
	HeaderParam    Part = "header"
	CookieParam    Part = "cookie"
	Body           Part = "body"
	ResponseBody   Part = "response body"
	ResponseHeader Part = "response header"
	Status         Part = "status"
)

// Absent marks a message that lacks the part in question.
type Absent struct{}
