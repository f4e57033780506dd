package cli

import (
	"regexp"
	"sync"
)

// late is an expression that is compiled when it is asked for: a command needs few of them, and every command would wait for all.
func late(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
