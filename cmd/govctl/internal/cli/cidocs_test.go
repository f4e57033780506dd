package cli

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/ci"
)

// TestCIPage compares the tables in docs/ci.md with those of the package; make update rewrites them.
func TestCIPage(t *testing.T) {
	const page = "../../../../docs/ci.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- generated: make update -->\n", "<!-- end of generated -->"
	tables := []string{systemTable(), parallelTable()}
	want := regexp.MustCompile(`(?s)`+begin+`.*?`+end).ReplaceAllStringFunc(string(text), func(string) string {
		if len(tables) == 0 {
			t.Fatalf("%s has more tables than there are", page)
		}
		table := tables[0]
		tables = tables[1:]
		return begin + table + end
	})
	if len(tables) > 0 {
		t.Errorf("%s lacks %d tables", page, len(tables))
	}
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

func parallelTable() string {
	var b strings.Builder
	b.WriteString("| System | Number of the job | First | Jobs in all |\n|---|---|---|---|\n")
	for _, p := range ci.Parallels {
		fmt.Fprintf(&b, "| %s | `%s` | %d | `%s` |\n", p.Engine, p.Index, p.First, p.Total)
	}
	return b.String()
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
