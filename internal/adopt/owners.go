package adopt

import "strings"

// Owners are those whom a CODEOWNERS file names for everything; empty where it names none. Of several such lines the last one counts.
func Owners(text string) string {
	owners := ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) > 0 && (fields[0] == "*" || fields[0] == "/**" || fields[0] == "**") {
			owners = strings.Join(fields[1:], " ")
		}
	}
	return owners
}
