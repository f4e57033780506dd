// Package count writes numbers with the nouns that they count.
package count

import (
	"strconv"
	"strings"
)

// Of is a number with its noun: 1 file, 2 files, 0 entries.
func Of(n int, noun string) string { return strconv.Itoa(n) + " " + Noun(n, noun) }

// Noun is a noun as it follows a number.
func Noun(n int, noun string) string {
	if n == 1 || noun == "" {
		return noun
	}
	for _, end := range []string{"s", "x", "ch", "sh"} {
		if strings.HasSuffix(noun, end) {
			return noun + "es"
		}
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && stem != "" && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
		return stem + "ies"
	}
	return noun + "s"
}
