package cli

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/policy"
)

// TestPolicyPage compares the tables in docs/policy.md with those of the package; make update rewrites them.
func TestPolicyPage(t *testing.T) {
	const page = "../../../../docs/policy.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	between := regexp.MustCompile(`(?s)(<!-- generated: make update -->\n).*(<!-- end of generated -->)`)
	want := between.ReplaceAllString(string(text), "${1}"+strings.ReplaceAll(policyTables(), "$", "$$")+"${2}")
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(text) {
		t.Errorf("%s is not what the tables say; run make update", page)
	}
}

func policyTables() string {
	var b strings.Builder
	b.WriteString("| Finding | Level | The change | Why it matters |\n|---|---|---|---|\n")
	for _, r := range policyRules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID, r.Level, strings.TrimPrefix(r.Summary, "a change "), r.Why)
	}
	b.WriteString("\n## Keys\n\n| Key of `govctl.yaml` | Finding | What it decides |\n|---|---|---|\n")
	for _, row := range policy.Table() {
		finding := "none"
		if row.ID != "" {
			finding = "`" + row.ID + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", row.Key, finding, row.Why)
	}
	return b.String()
}
