package cli

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/romel/govctl/internal/evidence"
)

// TestEvidenceRulesPage keeps docs/evidence-rules.md equal to the tables of rules.
func TestEvidenceRulesPage(t *testing.T) {
	const page = "../../../../docs/evidence-rules.md"
	want := evidenceRulesPage()
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the tables say (%v); run make update", page, err)
	}
}

func evidenceRulesPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Rules of evidence\n\nGenerated from the tables of rules; `make update` rewrites this page. `govctl explain ID` explains one, with an example.\n")
	for _, k := range evidence.Kinds {
		header := false
		for _, r := range evidenceRules() {
			if r.Kind != k.Name {
				continue
			}
			if !header {
				fmt.Fprintf(&b, "\n## %s: `govctl %s`\n\n| Rule | Level | Says | Why | What to do |\n|---|---|---|---|---|\n", k.Name, k.Command)
				header = true
			}
			fmt.Fprintf(&b, "| <a id=\"%s\"></a>`%s` | %s | %s | %s | %s |\n", r.ID, r.ID, r.Level, cell(r.Summary), cell(r.Why), cell(r.Hint))
		}
	}
	return b.Bytes()
}

// The page on evidence lists every kind once, in the order of the table, with the command that writes it.
func TestEvidencePageListsTheKinds(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/evidence.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, k := range evidence.Kinds {
		want = append(want, fmt.Sprintf("| `%s` | `govctl %s` |", k.Name, k.Command))
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `[a-z-]+` \\| `govctl [a-z ]+` \\|").FindAll(page, -1) {
		got = append(got, string(row))
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/evidence.md lists %q, and the table has %q", got, want)
	}
}

// Every rule of evidence has its case, every case its rule, and every rule a kind.
func TestEvidenceRulesHaveCases(t *testing.T) {
	var ids []string
	for _, r := range evidenceRules() {
		ids = append(ids, r.ID)
		if _, known := evidence.Lookup(r.Kind); !known {
			t.Errorf("%s: there is no kind %q", r.ID, r.Kind)
		}
		good, bad := probeCase(r.ID)
		if good == "" || bad == "" {
			t.Errorf("testdata/probe/%s has no good.* and bad.*", r.ID)
		}
	}
	folders, err := os.ReadDir("../../../../testdata/probe")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() && !slices.Contains(ids, f.Name()) {
			t.Errorf("testdata/probe/%s: there is no such rule", f.Name())
		}
	}
}
