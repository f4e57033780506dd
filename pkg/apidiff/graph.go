package apidiff

import (
	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// A graph is all that differs between two contracts, by the place where it was met, and how the
// places lead to each other.
type graph struct {
	nodes   []*node // in the order of discovery
	records []*record
	circles [][]*node // nodes that lead to each other; what is reached comes before what reaches it
}

// A node is a place where differences can be: a pair of schemas in one mode, or a part of an
// operation. The operations that reach a node reach its differences.
type node struct {
	old, new       *subschema.Schema // of a pair of schemas; absent elsewhere
	mode           subschema.Mode
	edges          []edge
	safe           bool   // proved contained: nothing below can break whoever comes through here
	annotationOnly bool   // of texts and flags beside the keywords: nothing to prove
	unproved       string // why it is not known whether the pair is safe
	records        []*record

	*reach
	rank     int
	num, low int // see components: in the order of entering, -1 when done

	oldEntry, newEntry contract.Node // nodes as written, for witnesses; absent where several meet
	way                shortestPath
	where              *operations.Location // of the part of an operation; absent elsewhere
}

// pair reports whether the node is a pair of schemas.
func (s *node) pair() bool { return s.old != nil }

// An edge leads to a node below, by keywords and names; without a step there is no plain way. It is
// safe where another alternative accepts all that the one below loses.
type edge struct {
	to     *node
	step   []string
	choice bool // to one of several alternatives: the same value stands there
	safe   bool
}

// A record is a difference with all operations that it reaches.
type record struct {
	subschema.Difference
	*reach
	rule   *rules.Rule
	node   *node  // that met it first
	near   *node  // that the shortest way leads to
	gaps   int    // pairs of schemas that were not compared
	budget string // that ended, as a phrase
}

// A shortestPath leads to a node by one step from another one that is nearer to the part of a
// message that holds both.
type shortestPath struct {
	from *node
	step []string // keywords and names; nil out of the part itself, and where no plain step leads on
}
