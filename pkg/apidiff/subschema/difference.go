package subschema

import (
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// Mode is the way in which a value travels: schemas are compared once for each.
type Mode uint8

const (
	Received      Mode = 1 << iota // the client receives it
	AsText                         // written as text: every number is also a string
	ScalarAsArray                  // one item may stand for an array of one (form, explode)
	AsXML
	ByLetter // no type is meant where none is written
)

func (m Mode) Side() rules.Side {
	if m&Received != 0 {
		return rules.Response
	}
	return rules.Request
}

// Inner forgets what only holds for the outermost value.
func (m Mode) Inner() Mode { return m &^ (ScalarAsArray | ByLetter) }

// changeOf is what was done to a set: in says that the old one lies in the new one, out that the new one lies in the old one.
// It is false where they are equal.
func changeOf(in, out bool) (op rules.Op, changed bool) {
	switch {
	case in && out:
		return rules.Changed, false
	case in:
		return rules.Widened, true
	case out:
		return rules.Narrowed, true
	}
	return rules.Changed, true
}

// Difference is one difference between the contracts: what of which thing was done.
type Difference struct {
	On, Attr string
	Op       rules.Op
	Side     rules.Side
	When     string
	Name     string        // tells equal differences of one place apart: a property, a scope
	Old, New contract.Node // the nodes that say it; absent where nothing does
	OldAt    contract.Node // the place to show where old is absent
	NewAt    contract.Node
	From, To string          // as JSON
	Values   []contract.Node // worth a try in the search for a witness
	Shown    bool            // a value shows it, so that no proof can speak against it

	Unstable   bool // of a property that promises nothing: it breaks nobody
	Incomplete bool // no difference: something was not compared, because the budget was spent
}

// at is an item of a list; absent beyond its end.
func at[T any](list []T, i int) (v T) {
	if i < len(list) {
		v = list[i]
	}
	return v
}
