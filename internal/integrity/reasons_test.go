package integrity

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReasonsAreUsedAndTested holds the table, the code and the tests together: every row is raised by the code and named by a
// test, and the code raises nothing else.
func TestReasonsAreUsedAndTested(t *testing.T) {
	var code, tests strings.Builder
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		switch {
		case err != nil:
			t.Fatal(err)
		case strings.HasSuffix(name, "_test.go"):
			tests.Write(b)
		case name != "reasons.go":
			code.Write(b)
		}
	}
	rows := reasonTable()
	for _, r := range Reasons() {
		if !strings.Contains(code.String(), `"`+r.ID+`"`) {
			t.Errorf("%s is never raised", r.ID)
		}
		if !regexp.MustCompile(`["( ]` + r.ID + `[" )]`).MatchString(tests.String()) {
			t.Errorf("no test names %s", r.ID)
		}
		if r.Why == "" || !slices.Contains(steps(), r.Step) || strings.HasSuffix(r.Hint, ".") {
			t.Errorf("%+v", r)
		}
	}
	if len(rows) != len(Reasons()) {
		t.Error("an id stands twice")
	}
	for _, m := range regexp.MustCompile(`(?:refuse|no)\("([a-z-]+)"`).FindAllStringSubmatch(code.String(), -1) {
		if _, ok := rows[m[1]]; !ok {
			t.Errorf("%s has no row", m[1])
		}
	}
}
