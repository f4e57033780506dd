package adopt

import (
	"strings"

	"github.com/romel/govctl/internal/late"
)

var (
	reposKey = late.Pattern(`^repos\s*:\s*(?:#.*)?$`)
	entry    = late.Pattern(`^( *)- `)
)

// Repos is where an entry can be added to the list "repos" of a pre-commit configuration, and how far its entries are indented. Lists in
// another form than one entry after the other are left to their owner.
func Repos(text string) (at int, indent string, ok bool) {
	pos, inside := 0, false
	found := false
	for line := range strings.Lines(text) {
		next := pos + len(line)
		bare := strings.TrimRight(line, " \t\r\n")
		m := entry().FindStringSubmatch(line)
		switch {
		case !inside:
			if inside = reposKey().MatchString(bare); inside {
				at = next
			}
		case bare == "", strings.HasPrefix(strings.TrimSpace(bare), "#"): // belongs to what follows, where anything does
		case m != nil && !found:
			indent, found, at = m[1], true, next
		case strings.HasPrefix(line, " "), m != nil && m[1] == indent:
			at = next
		default:
			return at, indent, found
		}
		pos = next
	}
	return at, indent, found
}
