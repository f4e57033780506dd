package apidiff

import (
	"strings"
	"sync"

	"github.com/romel/govctl/pkg/report"
)

// Side is the direction in which a message travels, seen from the client of the API.
type Side uint8

// The sides. What a client sends (parameters, bodies, its answers to callbacks) is Request; what it receives
// (responses, headers, the calls of callbacks and webhooks) is Response; None belongs to neither.
const (
	None Side = iota
	Request
	Response
)

// String is the side as it stands in rule ids and reports.
func (s Side) String() string {
	switch s {
	case Request:
		return "request"
	case Response:
		return "response"
	default:
		return ""
	}
}

// Op is what happened to an attribute.
type Op string

// The operations of deltas. Swapping the two contracts turns each into its inverse.
const (
	Added    Op = "added"
	Removed  Op = "removed"
	Narrowed Op = "narrowed"
	Widened  Op = "widened"
	Raised   Op = "raised"
	Lowered  Op = "lowered"
	Changed  Op = "changed"
	Renamed  Op = "renamed"
)

// Inverse is the operation that the same delta has when the contracts are swapped.
func (o Op) Inverse() Op {
	switch o {
	case Added:
		return Removed
	case Removed:
		return Added
	case Narrowed:
		return Widened
	case Widened:
		return Narrowed
	case Raised:
		return Lowered
	case Lowered:
		return Raised
	default:
		return o
	}
}

// Category says what a change touches. The categories are nested: a gate at one counts all before it.
type Category string

// The categories, narrowest first: bytes or routing; a valid message is refused; generated code; words.
const (
	Wire       Category = "wire"
	Validation Category = "validation"
	SDK        Category = "sdk"
	Docs       Category = "docs"
)

// Categories are all categories in their nested order.
func Categories() []Category { return []Category{Wire, Validation, SDK, Docs} }

// within reports whether c lies at or under the gate.
func (c Category) within(gate Category) bool { return c.rank() <= gate.rank() }

func (c Category) rank() int {
	for i, k := range Categories() {
		if k == c {
			return i
		}
	}
	return len(Categories())
}

// Migrations: whether a client can be moved over without a person.
const (
	Auto   = "auto"   // mechanically: a rename, a moved parameter
	Manual = "manual" // by hand
	Hard   = "none"   // removed with no successor
)

// Rule is one row of the table: which delta it claims and what it says about it.
type Rule struct {
	ID        string
	On        string // operation, parameter, property, body, ...
	Attr      string // what of it: type, enum, required, ...; empty for the thing itself
	Op        Op
	Side      Side
	When      string // a circumstance that only this row claims: required, before-sunset, ...; empty for all others
	Level     report.Level
	Category  Category
	Migration string
	Say       string // message; {what}, {name}, {from} and {to} are filled in
	Why       string
	Since     string // version of govctl that first had the row

	effect effect // on the set of valid values
}

// key is what a delta is looked up by.
type key struct {
	on, attr string
	op       Op
	side     Side
	when     string
}

func (r *Rule) key() key { return key{r.On, r.Attr, r.Op, r.Side, r.When} }

// Kind is the coarse word that totals count by: added, removed, deprecated or changed.
func (r *Rule) Kind() string {
	switch {
	case r.Attr == "deprecated" && r.Op == Added:
		return "deprecated"
	case r.Attr != "":
		return "changed"
	case r.Op == Added || r.Op == Removed:
		return string(r.Op)
	default:
		return "changed"
	}
}

// message fills the row's words in.
func (r *Rule) message(what, name, from, to string) string {
	var b strings.Builder
	for rest := r.Say; ; {
		text, after, found := strings.Cut(rest, "{")
		if b.WriteString(text); !found {
			return b.String()
		}
		rest = after
		switch word, tail, _ := strings.Cut(after, "}"); word {
		case "what":
			b.WriteString(what)
			rest = tail
		case "name":
			b.WriteString(name)
			rest = tail
		case "from":
			b.WriteString(from)
			rest = tail
		case "to":
			b.WriteString(to)
			rest = tail
		default:
			b.WriteByte('{')
		}
	}
}

// Unclassified is the row of last resort: a delta that no row claims is an error, never silence.
const Unclassified = "unclassified-change"

// Rules are all rows, in the order in which they are documented.
func Rules() []Rule { return append([]Rule(nil), table().rows...) }

// Lookup is the row of an id; false when there is none.
func Lookup(id string) (Rule, bool) {
	if i, ok := table().byID[id]; ok {
		return table().rows[i], true
	}
	return Rule{}, false
}

type ruleTable struct {
	rows  []Rule
	byKey map[key]int
	byID  map[string]int
}

// table is made when it is first asked for: most commands compare nothing.
var table = sync.OnceValue(func() *ruleTable { return newTable(plainRules(), facetRules(facets())) })

func newTable(groups ...[]Rule) *ruleTable {
	size := 0
	for _, group := range groups {
		size += len(group)
	}
	t := &ruleTable{byKey: make(map[key]int, size), byID: make(map[string]int, size), rows: make([]Rule, 0, size)}
	for _, group := range groups {
		for _, r := range group {
			t.byKey[r.key()] = len(t.rows)
			t.byID[r.ID] = len(t.rows)
			t.rows = append(t.rows, r)
		}
	}
	return t
}

// claim is the row for a delta: the one for its circumstance, else the one without, else the last resort.
func (t *ruleTable) claim(on, attr string, op Op, side Side, when string) *Rule {
	for _, k := range []key{{on, attr, op, side, when}, {on, attr, op, side, ""}} {
		if i, ok := t.byKey[k]; ok {
			return &t.rows[i]
		}
	}
	return &t.rows[t.byID[Unclassified]]
}
