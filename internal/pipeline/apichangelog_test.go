package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestThePendingReleaseIsMadeOnce: a run without a change takes over what the last one made of the next release, and makes it again as soon as
// anything is different that it depends on. A mark in the file shows which of them a run did.
func TestThePendingReleaseIsMadeOnce(t *testing.T) {
	const mark = "by the run before"
	for _, c := range []struct {
		name   string
		change func(*world)
		kept   bool
	}{
		{"nothing changed", func(*world) {}, true},
		{"the contract changed", func(w *world) { w.version("1.0.0", "parcels", "labels", "addresses") }, false},
		{"a rule changed", func(w *world) {
			w.cfg = "contract: {source: api.yaml, gate: none, rules: {levels: {operation-added: warning}}}\n"
		}, false},
		{"its audience changed", func(w *world) { w.cfg += "changelog: {audience: public}\n" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t).version("1.0.0", "parcels")
			w.cfg = "contract: {source: api.yaml, gate: none}\n"
			w.run("a", "1")
			w.version("1.0.0", "parcels", "labels").run("b", "2")
			file := filepath.Join(w.dir, filepath.FromSlash(apiLogFile))
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			marked := strings.Replace(string(b), `"summary": "`, `"summary": "`+mark+": ", 1)
			if marked == string(b) || !strings.Contains(marked, `"made_from"`) {
				t.Fatalf("no pending release:\n%s", b)
			}
			if err := os.WriteFile(file, []byte(marked), 0o600); err != nil {
				t.Fatal(err)
			}
			c.change(w)
			w.run("c", "3")
			again, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if kept := strings.Contains(string(again), mark); kept != c.kept {
				t.Errorf("the release of the run before was kept: %v, want %v:\n%s", kept, c.kept, again)
			}
		})
	}
}
