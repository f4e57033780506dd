package cli

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
)

var update = flag.Bool("update", false, "rewrite the generated documentation")

// TestLintPage keeps docs/lint.md equal to the two tables.
func TestLintPage(t *testing.T) {
	const page = "../../../../docs/lint.md"
	want := lintPage()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != want {
		t.Errorf("docs/lint.md is not what the tables say (%v); run make update", err)
	}
}

func lintPage() string {
	var b strings.Builder
	b.WriteString("# Lint rules of alerts and rule files\n\nGenerated from the tables; `make update` rewrites this page. A level is changed, or a rule turned off, with\n" +
		"`taxonomy: {levels: {RULE: warning}}` in `govctl.yaml`; one finding of an alert is waived with `lint_ignore` on its entry:\n" +
		"`\"lint_ignore\": [{\"rule\": \"RULE\", \"reason\": \"...\", \"until\": \"YYYY-MM-DD\"}]`.\n")
	section := func(title string, rows []tableRow) {
		fmt.Fprintf(&b, "\n## %s\n", title)
		for _, r := range rows {
			fmt.Fprintf(&b, "\n### %s\n\n%s (%s", r.ID, r.Summary, r.Level)
			if len(r.Profiles) > 0 {
				fmt.Fprintf(&b, "; profiles %s", strings.Join(r.Profiles, ", "))
			}
			fmt.Fprintf(&b, ")\n\nWhy: %s.\nWhat to do: %s.\n", r.Why, r.Remedy)
		}
	}
	var alerts, rules []tableRow
	for _, r := range taxonomy.Table() {
		alerts = append(alerts, tableRow{r.ID, string(r.Level), r.Summary(), r.Why, r.Hint, r.Profiles})
	}
	for _, r := range promrules.Rows() {
		rules = append(rules, tableRow{r.ID, string(r.Level), r.Summary(), r.Why, r.Hint, r.Profiles})
	}
	section("`govctl taxonomy lint`", alerts)
	section("`govctl rules check`", rules)
	return b.String()
}
