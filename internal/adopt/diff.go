package adopt

import (
	"fmt"
	"strings"
)

// around is how many unchanged lines a diff shows around what changes.
const around = 3

// Diff is the unified diff that makes new of old, with one hunk: what init changes in a file is in one place. An absent file is empty;
// name tells the file.
func Diff(name, old, new string, absent bool) string {
	a, b := lines(old), lines(new)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	from, to := max(head-around, 0), min(tail, around)
	var out strings.Builder
	left := "a/" + name
	if absent {
		left = "/dev/null"
	}
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", quoted(left), quoted("b/"+name))
	fmt.Fprintf(&out, "@@ -%s +%s @@\n", extent(from, len(a)-tail+to-from), extent(from, len(b)-tail+to-from))
	put := func(mark string, some []string) {
		for _, line := range some {
			out.WriteString(mark + line)
			if !strings.HasSuffix(line, "\n") {
				out.WriteString("\n\\ No newline at end of file\n")
			}
		}
	}
	put(" ", a[from:head])
	put("-", a[head:len(a)-tail])
	put("+", b[head:len(b)-tail])
	put(" ", a[len(a)-tail:len(a)-tail+to])
	return out.String()
}

func lines(text string) (all []string) {
	for line := range strings.Lines(text) {
		all = append(all, line)
	}
	return all
}

// extent is where a hunk begins and how many lines it has.
func extent(from, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, n)
}

// quoted is a name as git writes it: with a tab behind it where it has a space, so that patch reads it whole.
func quoted(name string) string {
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}
