// Package hurl reads request flows in a strict subset of the format of Hurl, so that hurl itself runs each of them, too. What is outside of
// the subset is an error at its place. Queries and predicates are evaluated on an answer that the caller got.
package hurl

import (
	"regexp"

	"github.com/romel/govctl/internal/smoke/jsonpath"
)

// File is a parsed flow.
type File struct {
	Name    string
	Entries []Entry
}

// Entry is one request with what is expected of its answer.
type Entry struct {
	Line     int
	Method   string
	URL      Text
	Headers  []Field
	Query    []Field
	Form     []Field
	Cookies  []Field
	Basic    *Field // name and password
	Options  Options
	Body     *Body
	Answered bool    // there is a line HTTP
	Status   int     // 0: any
	Expected []Field // headers of the answer
	Captures []Capture
	Asserts  []Assert
}

// Options are those of an entry.
type Options struct {
	Retry      int // further tries while the answer is not as expected
	IntervalMS int // between tries
	Location   bool
	Insecure   bool
}

// Text is a text with variables.
type Text []Part

// Part is a literal, or the name of a variable.
type Part struct {
	Literal  string
	Variable string
	Quoted   bool // the variable is within a JSON string
}

// Field is a line NAME: VALUE.
type Field struct {
	Line        int
	Name, Value Text
}

// Body is the body of a request.
type Body struct {
	JSON bool
	Text Text
}

// Capture gives a variable a value of the answer.
type Capture struct {
	Line   int
	Name   string
	Query  Query
	Redact bool // its value is secret, whatever its name
}

// Assert is one expectation.
type Assert struct {
	Line      int
	Query     Query
	Not       bool
	Predicate string
	Argument  Argument
}

// Query selects something of an answer.
type Query struct {
	Source string // the query as it is written
	Kind   string // status, header, cookie, body, duration, jsonpath, regex
	Name   Text   // of a header or cookie
	path   jsonpath.Path
	regex  *regexp.Regexp
	Count  bool // the number of what was selected
}

// Argument is what a predicate compares with.
type Argument struct {
	Source   string
	Value    any  // nil, bool, json.Number
	Text     Text // of a string
	IsText   bool
	Variable string // a value with its type
	regex    *regexp.Regexp
}

// The bounds of a flow.
const (
	maxBytes   = 1 << 20
	maxEntries = 1_000
	maxRetries = 1_000
)
