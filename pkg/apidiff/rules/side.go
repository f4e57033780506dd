package rules

// Side is the direction in which a message travels, seen from the client of the API.
type Side uint8

// The sides. What a client sends (parameters, bodies, its answers to callbacks) is Request; what it
// receives (responses, headers, the calls of callbacks and webhooks) is Response; None belongs to
// neither.
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

// The operations of differences. Swapping the two contracts turns each into its inverse.
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

// Inverse is the operation that the same difference has when the contracts are swapped.
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

// Effect is what a difference does to the set of valid values.
type Effect uint8

// The effects. Shifts is of two sets that do not contain each other, or where that is not known.
const (
	Neutral Effect = iota
	Narrows
	Widens
	Shifts
)

// Breaks reports whether the effect breaks a client on that side: what is sent must stay accepted,
// what is received must stay within the promise.
func (e Effect) Breaks(side Side) bool {
	switch e {
	case Narrows:
		return side == Request
	case Widens:
		return side == Response
	case Shifts:
		return true
	default:
		return false
	}
}

// The reasons that follow from an effect on a side. A row whose level is a policy gives its own.
const (
	saysNothing     = "It does not affect which messages are valid."
	fewerAccepted   = "Fewer values are accepted: something that a client may send today is rejected by the new contract."
	allAccepted     = "All that a client may send today is still accepted."
	othersAccepted  = "The two sets of values do not contain each other: something that a client may send today is rejected by the new contract."
	promiseKept     = "What a client may receive is still within the old promise."
	promiseWeakened = "The promise is weaker: a client may receive something that the old contract ruled out."
	othersReceived  = "The two sets of values do not contain each other: a client may receive something that the old contract ruled out."
)

// Category says what a change touches. The categories are nested: a gate at one counts all before
// it.
type Category string

// The categories, narrowest first: bytes or routing; a valid message is refused; generated code;
// texts.
const (
	Wire       Category = "wire"
	Validation Category = "validation"
	SDK        Category = "sdk"
	Docs       Category = "docs"
)

// Categories are all categories in their nested order.
func Categories() []Category { return []Category{Wire, Validation, SDK, Docs} }

// Within reports whether c lies at or under the gate.
func (c Category) Within(gate Category) bool { return c.Rank() <= gate.Rank() }

// Rank is the position of c in the nested order; that of an unknown category comes last.
func (c Category) Rank() int {
	for i, k := range Categories() {
		if k == c {
			return i
		}
	}
	return len(Categories())
}

// Migrations: whether a client can be moved over without a person.
const (
	Auto          = "auto"   // mechanically: a rename, a moved parameter
	Manual        = "manual" // by hand
	MigrationNone = "none"   // removed with no successor
)
