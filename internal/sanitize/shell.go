package sanitize

import "strings"

// ShellWord is a text as one word of a shell: what a shell could read as more than a word, or a command as a flag, is quoted.
func ShellWord(s string) string {
	special := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./", r)
	}
	if s != "" && s[0] != '-' && !strings.ContainsFunc(s, special) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
