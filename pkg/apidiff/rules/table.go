package rules

import "sync"

// All are the rows, in the order in which they are documented.
func All() []Rule { return append([]Rule(nil), Default().rows...) }

// Lookup is the row of an id; false when there is none.
func Lookup(id string) (Rule, bool) {
	t := Default()
	if i, ok := t.byID[id]; ok {
		return t.rows[i], true
	}
	return Rule{}, false
}

// A Table finds the row that claims a difference.
type Table struct {
	rows  []Rule
	byKey map[key]int
	byID  map[string]int
}

// key is what differences are looked up by.
type key struct {
	on, attr string
	op       Op
	side     Side
	when     string
}

func (r *Rule) key() key { return key{r.On, r.Attr, r.Op, r.Side, r.When} }

// Default is the table of all rows. It is made when it is first asked for: most commands compare
// nothing.
var Default = sync.OnceValue(func() *Table {
	return NewTable(
		operationRules, lifecycleRules, securityRules, serverRules, callbackRules, namingRules,
		typeRules, numberRules, stringRules, arrayRules, objectRules, logicRules, meaningRules,
		parameterRules, bodyRules, responseRules)
})

// firstVersion is that of rows that name none.
const firstVersion = "0.1.0"

// NewTable is a table of the rows of all groups.
func NewTable(groups ...[]Rule) *Table {
	size := 0
	for _, group := range groups {
		size += len(group)
	}
	t := &Table{byKey: make(map[key]int, size), byID: make(map[string]int, size), rows: make([]Rule, 0, size)}
	for _, group := range groups {
		for _, r := range group {
			if r.Since == "" {
				r.Since = firstVersion
			}
			t.byKey[r.key()] = len(t.rows)
			t.byID[r.ID] = len(t.rows)
			t.rows = append(t.rows, r)
		}
	}
	return t
}

// Rows are the rows of the table, in its order. They must not be changed.
func (t *Table) Rows() []Rule { return t.rows }

// Lookup is the row for a difference: the one for its circumstance, else the one without, else the
// last resort.
func (t *Table) Lookup(on, attr string, op Op, side Side, when string) *Rule {
	for _, k := range []key{{on, attr, op, side, when}, {on, attr, op, side, ""}} {
		if i, ok := t.byKey[k]; ok {
			return &t.rows[i]
		}
	}
	return &t.rows[t.byID[Unclassified]]
}
