package govctl_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// countedNoun is a number of a format that may be 1, before a noun in the plural: count.Of writes both.
var countedNoun = regexp.MustCompile(`(than |of |at most |at least |up to )?%d (alerts|badges|bytes|changes|days|edits|entries|errors|files|findings|groups|hints|infos|lines|notices|operations|places|references|rules|runs|samples|sections|snapshots|tests|warnings)\b`)

// fixed are counts that are never 1, or texts that other programs wrote.
var fixed = []string{
	"%d operators and brackets", "%d artifacts", "exceeded limit of", // Prometheus' own words
	"files are listed, more than %d",      // more than a limit of thousands
	"All %d contracts", "in %d contracts", // of several
	"fit into %d bytes", "but has %d bytes", "version is %d bytes long", "has %d days, not", // of at least dozens
	"it reaches %d operations",             // more than are named
	"the median of %d days",                // at least eight
	"%d operations of the contract",        // more than a report names
	"%d references could not be read, and", // beside a text for one
	"%d samples, first ",                   // beside a text for one
}

// TestNoPluralOfOne: "1 errors" is not written. Limits ("more than %d bytes") are constants.
func TestNoPluralOfOne(t *testing.T) {
	seen := 0
	for _, top := range []string{"cmd", "internal", "pkg"} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			seen++
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for n, line := range strings.Split(string(text), "\n") {
				for _, m := range countedNoun.FindAllStringSubmatch(line, -1) {
					known := m[1] != ""
					for _, f := range fixed {
						known = known || strings.Contains(line, f)
					}
					if !known {
						t.Errorf("%s:%d: %q may count one: count.Of writes the noun", path, n+1, m[0])
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen == 0 {
		t.Error("no file was looked at")
	}
	if !countedNoun.MatchString("found %d errors") || countedNoun.FindStringSubmatch("more than %d bytes")[1] == "" {
		t.Error("the pattern finds nothing")
	}
}
