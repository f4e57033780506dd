package cli

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/ci"
)

// TestCIPage compares the table in docs/ci.md with that of the package; make update rewrites it.
func TestCIPage(t *testing.T) {
	const page = "../../../../docs/ci.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	between := regexp.MustCompile(`(?s)(<!-- generated: make update -->\n).*(<!-- end of generated -->)`)
	want := between.ReplaceAllString(string(text), "${1}"+strings.ReplaceAll(systemTable(), "$", "$$")+"${2}")
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(text) {
		t.Errorf("%s is not what the table says; run make update", page)
	}
	for _, s := range ci.Systems {
		if s.ID != ci.GitHub && s.ID != ci.GitLab && !strings.Contains(want, "\n## "+s.Name+"\n") {
			t.Errorf("%s has no section", s.Name)
		}
	}
}

func systemTable() string {
	var b strings.Builder
	b.WriteString("| System | Recognised by | Commit | Run | Page of the run | Request | Base | Target branch | Branch | Repository |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range ci.Systems {
		by := "`" + s.Variable + "`"
		if s.Value != "" {
			by = "`" + s.Variable + "=" + s.Value + "`"
		}
		fmt.Fprintf(&b, "| %s | %s |", s.Name, by)
		for _, values := range [][]string{s.Commit, s.Run, s.Link, s.Request, s.Base, s.Target, s.Branch, s.Repository} {
			cell := "-"
			if len(values) > 0 {
				cell = "`" + strings.Join(values, "`, `") + "`"
			}
			b.WriteString(" " + cell + " |")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
