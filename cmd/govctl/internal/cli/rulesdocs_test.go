package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/rules"
)

// TestRulesPage keeps docs/rules.md equal to the table of change rules.
func TestRulesPage(t *testing.T) {
	const page = "../../../../docs/rules.md"
	want := rulesPage()
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the table says (%v); run make update", page, err)
	}
}

// growth names the rules of response growth.
func growth(rows []rules.Rule) []string {
	var names []string
	for _, r := range rows {
		if r.Growth != "" {
			names = append(names, "`"+r.ID+"`")
		}
	}
	return names
}

func rulesPage() []byte {
	var b bytes.Buffer
	rows := rules.All()
	fmt.Fprintf(&b, "# Change rules\n\nGenerated from the table of %d rules; `make update` rewrites this page. `govctl openapi rules ID` explains one, `contract.rules.levels` in\n"+
		"`govctl.yaml` changes its level. A level is what the finding does to a gate; a category says how deep the change reaches: `wire` (bytes or routing) lies inside\n"+
		"`validation` (a valid message is refused), that inside `sdk` (generated code changes), that inside `docs`. Migration says whether a client can follow mechanically.\n\n"+
		"Response growth is one policy: what a response gains and a tolerant client passes over is of category `sdk`, so that it is a warning unless the gate is at `sdk`;\n"+
		"`contract.rules.response_growth: breaking` makes all of it break, whatever the gate's category. It is %s (of alternatives, those that list their values, as an enum does).\n",
		len(rows), strings.Join(growth(rows), ", "))
	on := ""
	for _, r := range rows {
		if r.On != on {
			on = r.On
			fmt.Fprintf(&b, "\n## %s\n\n| Rule | Level | Category | Migration | Says | Why |\n|---|---|---|---|---|---|\n", title(r.On))
		}
		fmt.Fprintf(&b, "| <a id=\"%s\"></a>`%s` | %s | %s | %s | %s | %s |\n", r.ID, r.ID, r.Level, r.Category, r.Migration, cell(r.Summary()), cell(r.Why))
	}
	return b.Bytes()
}

func title(on string) string {
	if on == "" {
		return "Document"
	}
	return strings.ToUpper(on[:1]) + on[1:]
}

func cell(s string) string { return strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(s) }
