package contract

import (
	"fmt"
	"strings"
)

// Unresolved is the error of a document in which references do not resolve: each of them with its place, in the order of the files.
type Unresolved []*Error

// Unresolved is an error that names every reference that does not resolve; nil where there is none.
func (d *Document) Unresolved(hint string) error {
	if len(d.dangling) == 0 {
		return nil
	}
	all := make(Unresolved, len(d.dangling))
	for i, e := range d.dangling {
		one := *e
		one.Hint = hint
		all[i] = &one
	}
	return all
}

// namedReferences is how many references the message of an Unresolved names; Unwrap has them all.
const namedReferences = 3

func (u Unresolved) Error() string {
	var parts []string
	for _, e := range u[:min(len(u), namedReferences)] {
		parts = append(parts, e.Error())
	}
	text := strings.Join(parts, "; ")
	if more := len(u) - len(parts); more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

// Unwrap is each reference.
func (u Unresolved) Unwrap() []error {
	all := make([]error, len(u))
	for i, e := range u {
		all[i] = e
	}
	return all
}
