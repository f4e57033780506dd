package cli

import (
	"os"
	"testing"

	"github.com/romel/govctl/cmd/govctl/internal/manual"
)

// TestCommandsPage keeps docs/commands.md equal to the tree of commands.
func TestCommandsPage(t *testing.T) { held(t, "commands.md", manual.Markdown(Root())) }

// held keeps a generated page equal to what it is generated from.
func held(t *testing.T, name, want string) {
	t.Helper()
	page := "../../../../docs/" + name
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/%s is not what it is generated from (%v); run make update", name, err)
	}
}
