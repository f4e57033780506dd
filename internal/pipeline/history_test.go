package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

// lowered sets limits for a test.
func lowered(t *testing.T, history int64, limits ...artifact.Limit) {
	t.Helper()
	bound, table := artifact.HistoryBound, artifact.Limits
	t.Cleanup(func() { artifact.HistoryBound, artifact.Limits = bound, table })
	artifact.HistoryBound, artifact.Limits = history, append(limits, table...)
}

func earlierRuns(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 20 * time.Minute)
		fmt.Fprintf(&b, `{"timestamp":"%s","sha":"s%d","run_id":"%d","breaking":false,"placeholder":false}`+"\n", at.Format(time.RFC3339), i, i)
	}
	return b.Bytes()
}

// TestHistoryIsRotated: a run moves the oldest lines of a long history, and the next ones count them without reading them.
func TestHistoryIsRotated(t *testing.T) {
	lowered(t, 1_500_000)
	const runs = 30_000
	w := newWorld(t).version("1.0.0", "a")
	at := func(name string) string { return filepath.Join(w.dir, "status", name) }
	if err := os.MkdirAll(at(""), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("history.jsonl"), earlierRuns(runs), 0o644); err != nil {
		t.Fatal(err)
	}
	total := func() int {
		m, err := artifact.Load[report.Stability](os.DirFS(w.dir), artifact.StabilityPath)
		if err != nil {
			t.Fatal(err)
		}
		if m.Extensions.HistoryLines != m.Extensions.TotalRuns || m.CurrentStableStreak != m.Extensions.TotalRuns {
			t.Errorf("%d lines, %d runs, streak %d", m.Extensions.HistoryLines, m.Extensions.TotalRuns, m.CurrentStableStreak)
		}
		return m.Extensions.TotalRuns
	}
	rotated := func() *report.RotatedHistory {
		m, err := artifact.Load[report.Manifest](os.DirFS(w.dir), artifact.ManifestPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range m.Files {
			if artifact.IsHistory(filepath.Base(f.Path)) {
				t.Errorf("the manifest lists %s, which publishing may change", f.Path)
			}
		}
		return m.Contracts[0].Rotated
	}
	w.run("aaaaaaa", "1")
	past := rotated()
	if total() != runs+1 || past == nil || past.Files != 2 || past.Lines < runs/2 {
		t.Fatalf("%d runs, %+v", total(), past)
	}
	for _, name := range []string{"history-2025.jsonl", "history-2025-2.jsonl"} { // as long as before, and no history
		b, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(name), bytes.Repeat([]byte("\n"), len(b)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w.version("1.1.0", "a", "b").run("bbbbbbb", "2")
	if total() != runs+2 || rotated().Lines != past.Lines {
		t.Errorf("%d runs, %+v", total(), rotated())
	}
	if err := os.WriteFile(at("history-2025.jsonl"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse(t.Context(), config.File, []byte(w.cfg))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.state(cfg, nil); err == nil || !strings.Contains(err.Error(), "readable lines, and there were 30002") {
		t.Errorf("lost lines: %v", err)
	}
}

// TestRotatedHistoryIsCarried: a state from elsewhere brings its older lines along, and a folder that forgets its own loses them.
func TestRotatedHistoryIsCarried(t *testing.T) {
	old := newWorld(t).version("1.0.0", "a")
	old.run("aaaaaaa", "1")
	older := filepath.Join(old.dir, "status", "history-2025.jsonl")
	if err := os.WriteFile(older, earlierRuns(40), 0o644); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t).version("1.1.0", "a", "b")
	store, found, err := artifact.Open(w.dir, now, 0)
	if err != nil {
		t.Fatal(err)
	}
	j := w.job(store, found, "bbbbbbb", "2")
	if err := store.Bytes("status/history-2024.jsonl", earlierRuns(1)); err != nil {
		t.Fatal(err)
	}
	if err := Forget(store); err != nil {
		t.Fatal(err)
	}
	files := os.DirFS(old.dir)
	j.State, err = ReadState(StateInput{Config: j.Config, Copied: true, Read: func(p string) ([]byte, error) { return artifact.Read(files, p, artifact.Most(p)) },
		List: func(dir string) ([]string, error) { return []string{"history-2025.jsonl", "history.jsonl"}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), j); err != nil {
		t.Fatal(err)
	}
	h, err := FindHistory(store.FS(), artifact.HistoryPath)
	if err != nil || len(h.older) != 1 {
		t.Fatalf("%+v %v", h, err)
	}
	m, err := artifact.Load[report.Stability](store.FS(), artifact.StabilityPath)
	if err != nil || m.Extensions.TotalRuns != 42 {
		t.Errorf("%d runs, %v", m.Extensions.TotalRuns, err)
	}
	digest, lines, err := stability.Digest(h.Lines(), 0)
	if err != nil || lines != 42 || digest != m.Extensions.HistorySHA256 {
		t.Errorf("%d lines, %s, %v", lines, digest, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestContractThatCannotBeReadBack: it is bad input before anything of it is written, and what was published stays.
func TestContractThatCannotBeReadBack(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a")
	w.run("aaaaaaa", "1")
	before, err := os.ReadFile(filepath.Join(w.dir, "schemas", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	lowered(t, artifact.HistoryBound, artifact.Limit{Path: "schemas/*.json", Most: int64(len(before)) + 10})
	r := w.version("2.0.0", "a", "b", "c", "d").run("bbbbbbb", "2")
	after, err := os.ReadFile(filepath.Join(w.dir, "schemas", "openapi.json"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the published contract changed: %v", err)
	}
	if r.Worst != report.BadInput || !strings.Contains(r.Steps[0].Reason, "too large to publish") || r.Hints["export"] != artifact.SplitHint {
		t.Errorf("%v: %+v, hint %q", r.Worst, r.Steps[0], r.Hints["export"])
	}
}
