package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestOutputsPage keeps docs/outputs.md equal to the table of outputs.
func TestOutputsPage(t *testing.T) {
	const page = "../../../../docs/outputs.md"
	var b strings.Builder
	b.WriteString("# Outputs for GitHub Actions\n\nGenerated from the table of outputs; `make update` rewrites this page.\n\n" +
		"Where GitHub Actions runs govctl, these commands set outputs of the workflow step, whatever the exit code; `--github off` sets none. The action\n" +
		"declares them, too. An output that a command does not know is not set.\n\n| Output | Set by | |\n|---|---|---|\n")
	for _, o := range outputTable {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.name, o.by, o.about)
	}
	b.WriteString("\n```yaml\n- id: contract\n  run: govctl openapi diff old.yaml new.yaml\n  continue-on-error: true\n- if: steps.contract.outputs.checked == 'true' && steps.contract.outputs.breaking == '0'\n" +
		"  run: ./generate-sdk\n- if: steps.contract.outputs.next_version != ''\n  env:\n    NEXT: ${{ steps.contract.outputs.next_version }}\n  run: echo \"$NEXT\"\n```\n\n" +
		"Values may come from a contract, versions in particular: hand them to a script as a variable, as above, and not in its text. govctl writes each\n" +
		"value on one line, under a delimiter made of random letters, so that no value can add another output.\n")
	want := b.String()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/outputs.md is not what the table says (%v); run make update", err)
	}
}

// TestActionDeclaresOutputs compares the outputs of the action with the table.
func TestActionDeclaresOutputs(t *testing.T) {
	data, err := os.ReadFile("../../../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Outputs map[string]struct{ Description, Value string }
		Runs    struct{ Steps []struct{ ID string } }
	}
	if err := yaml.Unmarshal(data, &action); err != nil {
		t.Fatal(err)
	}
	for _, o := range outputTable {
		if got := action.Outputs[o.name]; got.Value != "${{ steps.run.outputs."+o.name+" }}" || got.Description == "" {
			t.Errorf("action.yml: output %s is %+v", o.name, got)
		}
	}
	delete(action.Outputs, "digest") // of the installation
	if len(action.Outputs) != len(outputTable) {
		t.Errorf("action.yml has %d outputs of a run, the table %d", len(action.Outputs), len(outputTable))
	}
	if n := len(action.Runs.Steps); n == 0 || action.Runs.Steps[n-1].ID != "run" {
		t.Error("the step that runs govctl has not the id run")
	}
}
