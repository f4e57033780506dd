package pipeline

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/internal/artifact"
)

// copies are the copies of status files beside the pages, each compared with its file.
func (w *world) copies() (names []string) {
	w.t.Helper()
	files := tree(w.t, w.dir)
	for p := range files {
		name, beside := strings.CutPrefix(p, "site/")
		if !beside || !artifact.IsPageCopy(p) {
			continue
		}
		if files[p] != files["status/"+name] || files[p] == "" {
			w.t.Errorf("%s is not a copy of status/%s", p, name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestCopiesBesideThePages(t *testing.T) {
	w := newWorld(t)
	w.version("1.0.0", "a").run("aaaaaaa", "1")
	one := []string{"api-changelog.json", "breaking-status.json", "governance-summary.json", "history.jsonl", "openapi-diff.json", "operations-classification.json", "semver-validation.json", "stability-metrics.json"}
	if diff := cmp.Diff(one, w.copies()); diff != "" {
		t.Error(diff)
	}
	jekyll, err := os.ReadFile(filepath.Join(w.dir, artifact.NoJekyllPath))
	if err != nil || len(jekyll) != 0 {
		t.Errorf(".nojekyll: %q, %v", jekyll, err)
	}
	// Among several contracts the files of each are in a folder of its name, and the copies of the one alone are gone.
	w.cfg = "contracts:\n- {name: cart, source: api.yaml}\n- {name: stock, source: api.yaml}\n"
	w.run("bbbbbbb", "2")
	several := []string{"governance-summary.json"}
	for _, name := range []string{"cart", "stock"} {
		for _, file := range one {
			if file != "governance-summary.json" {
				several = append(several, name+"/"+file)
			}
		}
	}
	slices.Sort(several)
	if diff := cmp.Diff(several, w.copies()); diff != "" {
		t.Error(diff)
	}
}

// TestCopyOfALongHistory: the pages have the runs that they know of, and the artifacts have all.
func TestCopyOfALongHistory(t *testing.T) {
	w := newWorld(t)
	w.version("1.0.0", "a").run("aaaaaaa", "1")
	var long bytes.Buffer
	for i := range pageRuns + 500 {
		fmt.Fprintf(&long, `{"timestamp":"2026-01-01T00:00:00Z","sha":"c%06d","run_id":"%d","breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0,"score":100,"extra":%d}`+"\n", i, i, i)
	}
	if err := os.WriteFile(filepath.Join(w.dir, artifact.HistoryPath), long.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	w.run("bbbbbbb", "2")
	all := w.history()
	text, err := os.ReadFile(filepath.Join(w.dir, "site/history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(all) != pageRuns+501 || len(lines) != pageRuns || !slices.Equal(lines, all[len(all)-pageRuns:]) {
		t.Errorf("%d lines of %d, the first is %s", len(lines), len(all), lines[0])
	}
}
