// Package ecmaregex answers questions about the regular expressions of ECMA-262, the dialect of the
// JSON Schema keywords pattern and patternProperties: does a pattern match a string, what does a
// string look like that it matches, and does one pattern match everything that another matches.
//
// One parser makes one tree; Match, Sample, Miss, Find, Contains and Regexp read that tree. The
// results are exact or Unknown with a reason, never approximate, and depend on their arguments
// alone: work is counted in steps, not timed.
//
// # Dialect
//
// JSON Schema 2020-12 (core, section 6.4) wants patterns read as Unicode (the flag u of ECMA-262).
// Many documents hold escapes that this flag forbids, such as \- and \_, so a pattern that is not
// valid with the flag is read without it, with the legacy syntax of annex B. That is what a
// validator does which tries new RegExp(p, "u") and then new RegExp(p). Without the flag a
// character is a UTF-16 code unit, as annex B demands: a code point above U+FFFF is two of them.
// No other flag is set: ^ and $ match at the ends of the string only.
//
// Strings are sequences of Unicode scalar values, as in Go and in interoperable JSON (RFC 8259,
// section 8.2): no string has a lone surrogate, so \ud800 with the flag u matches nothing.
// Properties (\p{...}) have the members that the Unicode tables of the Go release give them.
//
// # Limits
//
// Syntax that ECMA-262 has and this package lacks is refused with an Error whose Unsupported field
// is set: Script_Extensions, short names of scripts, properties without a table in Go (Emoji),
// modifiers (?i:...), group names that are repeated or not plain letters. Contains is Unknown where
// a back-reference is involved, or a look-behind that itself contains $, \b or a look-ahead, or
// where a budget is spent. Match runs those by backtracking within a step budget, other look-arounds
// by an automaton within another, and everything else in time linear in the string.
package ecmaregex

import "fmt"

// An Error says why a pattern cannot be read.
type Error struct {
	Offset      int    // index into the pattern, in characters of the mode in which it was read
	Reason      string // in words
	Unsupported bool   // the pattern may be valid ECMA-262: this package cannot tell or cannot read it
}

func (e *Error) Error() string {
	return fmt.Sprintf("pattern: %s (at character %d)", e.Reason, e.Offset)
}

// An Answer is the result of a question that may stay open.
type Answer uint8

// The zero Answer is Unknown.
const (
	Unknown Answer = iota
	No
	Yes
)

func (a Answer) String() string { return [...]string{"unknown", "no", "yes"}[a] }

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// A Result is an answer, the reason where it is Unknown, and the steps that it took (20 to 100 ns
// each).
type Result struct {
	Answer Answer
	Reason string
	Work   int
}
