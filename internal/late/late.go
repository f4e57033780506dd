// Package late compiles regular expressions when they are first needed: a command needs few of them, and every start would wait for all.
package late

import (
	"regexp"
	"sync"
)

// Pattern is the expression text, compiled at the first call. It panics there where text is none, as regexp.MustCompile does. Inlined
// into every package it would take 0.1 MB of the program.
//
//go:noinline
func Pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
