package promrules_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/promrules"
)

// The tables of docs/rule-checks.md name rows that exist, at the level that they have.
func TestRuleChecksPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/rule-checks.md")
	if err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile("`([a-z]+(?:-[a-z]+)+)`")
	measured := regexp.MustCompile("^\\| `([a-z-]+)` \\| (warning|info|error) \\|")
	named := 0
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		for _, m := range id.FindAllStringSubmatch(line, -1) {
			named++
			if _, ok := promrules.Explain(m[1]); !ok {
				t.Errorf("%s is no row: %s", m[1], line)
			}
		}
		if m := measured.FindStringSubmatch(line); m != nil {
			if row, _ := promrules.Explain(m[1]); string(row.Level) != m[2] {
				t.Errorf("%s is of level %s: %s", m[1], row.Level, line)
			}
		}
	}
	if named < 50 {
		t.Errorf("only %d rows are named", named)
	}
}
