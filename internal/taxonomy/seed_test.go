package taxonomy_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/romel/govctl/internal/taxonomy"
)

// shared is the folder of real documents; tests that read it are skipped where it is absent.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	dir := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the folder of real documents is not here: %v", err)
	}
	return dir
}

// The original's own taxonomy: every finding was read. Its entries have no group and no description, its categories and one scope
// are its own, and two deprecated alerts do not say since when. Nothing drifts: all 36 active ones stand in the rules.
func TestSeed(t *testing.T) {
	dir := shared(t, "seed-repo")
	in := taxonomy.Input{Now: noon, Config: taxonomy.DefaultConfig("default"), RuleRead: 1}
	in.File = parse(t, "alerts_taxonomy.json", read(t, filepath.Join(dir, "alerts_taxonomy.json")))
	in.Rules = rulesOf(t, "prometheus_rules.yml", read(t, filepath.Join(dir, "prometheus_rules.yml")))
	want := map[string]int{"required-field": 38, "category-unknown": 36, "scope-unknown": 4, "deprecated-without-date": 2, "schema-version-missing": 1}
	if got := taxonomy.Lint(in); !maps.Equal(got.ByRule, want) || len(got.Missing) != 0 {
		t.Errorf("got %v, missing %v\n%s", got.ByRule, got.Missing, messages(got))
	}

	in.Config.Categories = append(in.Config.Categories, "bridge", "ultra-services", "quantum", "agents", "platform", "internal")
	in.Config.Scopes = append(in.Config.Scopes, "internal-sampler")
	text, n, err := taxonomy.Fix(in)
	if err != nil {
		t.Fatal(err)
	}
	in.File = parse(t, "alerts_taxonomy.json", text)
	want = map[string]int{"required-field": 2, "deprecated-without-date": 2}
	if got := taxonomy.Lint(in); !maps.Equal(got.ByRule, want) {
		t.Errorf("after %d corrections and with its own categories: %v\n%s", n, got.ByRule, messages(got))
	}
}
