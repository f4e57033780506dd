package integrity_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

func digest(s string) string {
	d := sha256.Sum256([]byte(s))
	return hex.EncodeToString(d[:])
}

func TestSum(t *testing.T) {
	files := fstest.MapFS{
		"status/b.json":  {Data: []byte("bee")},
		"schemas/a.json": {Data: []byte("")},
		"status/ü.json":  {Data: []byte("umlaut")},
	}
	got, err := integrity.Sum(t.Context(), files, []string{"status/ü.json", "status/gone.json", "status/b.json", "schemas/a.json", "status/b.json"})
	if err != nil {
		t.Fatal(err)
	}
	want := report.Checksums{
		Schema: "govctl/checksums/v1",
		Artifacts: []report.Checksum{
			{Path: "schemas/a.json", SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
			{Path: "status/b.json", SHA256: digest("bee"), Size: 3},
			{Path: "status/ü.json", SHA256: digest("umlaut"), Size: 6},
		},
		AggregateSHA256: digest(digest("") + digest("bee") + digest("umlaut")),
		Count:           3,
		Missing:         []string{"status/gone.json"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if b := integrity.Badge(got); b.Message != fmt.Sprintf("%.12s (3)", want.AggregateSHA256) || b.Color != "lightgrey" || b.Label != "checksums" {
		t.Errorf("badge %+v", b)
	}
	for count, color := range map[int]string{1: "lightgrey", 4: "lightgrey", 5: "blue", 6: "blue", 7: "indigo", 70: "indigo"} {
		if b := integrity.Badge(report.Checksums{Count: count, AggregateSHA256: want.AggregateSHA256}); b.Color != color {
			t.Errorf("%d files: %s, want %s", count, b.Color, color)
		}
	}
}

func TestSumOfNothing(t *testing.T) {
	got, err := integrity.Sum(t.Context(), fstest.MapFS{}, []string{"x"})
	if err != nil || got.AggregateSHA256 != "" || got.Count != 0 || got.Artifacts == nil || len(got.Missing) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if b := integrity.Badge(got); b.Color != "lightgrey" || b.Message == "" {
		t.Errorf("badge %+v", b)
	}
}

func TestSumRefuses(t *testing.T) {
	dir := t.TempDir()
	for path, text := range map[string]string{"outside": "secret", "base/plain": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link": "../outside", "folder": "..", "inside": "plain"} {
		if err := os.Symlink(to, filepath.Join(dir, "base", link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(filepath.Join(dir, "base"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	})
	if got, err := integrity.Sum(t.Context(), root.FS(), []string{"inside"}); err != nil || got.Count != 1 {
		t.Errorf("a link that stays inside: %+v, %v", got, err)
	}
	for _, p := range []string{"link", "folder/outside", "folder", "../outside", "/etc/passwd", "a//b", "./plain", "", ".", "plain/", "a\x00b",
		"\xff", strings.Repeat("a", 5000)} {
		if got, err := integrity.Sum(t.Context(), root.FS(), []string{p}); err == nil {
			t.Errorf("%.40q was summed: %+v", p, got)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := integrity.Sum(ctx, root.FS(), []string{"plain"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCoverable(t *testing.T) {
	for dir, paths := range map[string]map[string]bool{
		"status": {
			"status/openapi-diff.json": true, "schemas/openapi.json": true, "schemas/manifest.json": true, "status/manifest.json": true, "status/runs/1.json": true,
			"status/checksums.json": false, "status/checksums-badge.json": false, "status/history.jsonl": false, "status/payments/history.jsonl": false,
			"status/SHA256SUMS": false, "status/checksums.sigstore.json": false, "status/webhook-deliveries.jsonl": false, "status/run-log.json": false,
		},
		".": {
			"index.html": true, "manifest.json": true, "checksums-badge.json": true, "history.jsonl": true, "docs/checksums.json": true, "status/checksums.json": true,
			"checksums.json": false, "SHA256SUMS": false, "checksums-signature.json": false, "minisign.pub": false,
		},
	} {
		for p, want := range paths {
			if got := integrity.Coverable(dir, p); got != want {
				t.Errorf("%s, listed in %s: %v", p, dir, got)
			}
		}
	}
	if !slices.IsSorted(integrity.DefaultMembers()) ||
		slices.ContainsFunc(integrity.DefaultMembers(), func(p string) bool { return !integrity.Coverable(integrity.Folder, p) }) {
		t.Error("default members")
	}
}

// TestSumsFile holds our list against the tool that reads it, with names that it escapes.
func TestSumsFile(t *testing.T) {
	tool := need(t, "sha256sum")
	dir := t.TempDir()
	var names []string
	for _, n := range []string{"plain", "two words", `back\slash`, "line\nfeed", "carriage\rreturn", "ünï☃😀", "-dash", "*star", "'quote\"", "\x7f<>&"} {
		if err := os.WriteFile(filepath.Join(dir, n), []byte(n), 0o644); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	sums, err := integrity.Sum(t.Context(), os.DirFS(dir), names)
	if err != nil {
		t.Fatal(err)
	}
	check := exec.CommandContext(t.Context(), tool, "--strict", "-c", "-")
	check.Dir, check.Stdin = dir, strings.NewReader(string(integrity.SHA256SUMS(sums.Artifacts)))
	if out, err := check.CombinedOutput(); err != nil || strings.Count(string(out), ": OK\n") != len(names) {
		t.Errorf("%v\n%s", err, out)
	}
}

// need is the path of an outside tool. Without it the test is skipped, or fails where GOVCTL_REQUIRE_TOOLS=1 says that it must run.
func need(t testing.TB, tool string) string {
	t.Helper()
	p, err := exec.LookPath(tool)
	if err == nil {
		return p
	}
	if os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is not installed and GOVCTL_REQUIRE_TOOLS=1", tool)
	}
	t.Skipf("%s is not installed; GOVCTL_REQUIRE_TOOLS=1 makes this a failure", tool)
	return ""
}

var (
	benchFiles = flag.Int("sum.files", 100, "files of BenchmarkSum")
	benchBytes = flag.Int64("sum.bytes", 100<<20, "bytes of all files of BenchmarkSum")
)

// BenchmarkSum measures Sum and sha256sum over the same files:
//
//	go test ./internal/integrity -run '^$' -bench Sum -benchtime 3x -sum.files 1000 -sum.bytes 4294967296
func BenchmarkSum(b *testing.B) {
	dir := b.TempDir()
	names := benchmarkFiles(b, dir)
	b.Run("govctl", func(b *testing.B) {
		b.SetBytes(*benchBytes)
		for b.Loop() {
			if got, err := integrity.Sum(b.Context(), os.DirFS(dir), names); err != nil || got.Count != len(names) {
				b.Fatal(got.Count, err)
			}
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys)/(1<<20), "MiB-held")
	})
	b.Run("sha256sum", func(b *testing.B) {
		b.SetBytes(*benchBytes)
		for b.Loop() {
			c := exec.CommandContext(b.Context(), "sh", "-c", fmt.Sprintf("find . -type f -print0 | xargs -0 -n 16 -P %d sha256sum", runtime.GOMAXPROCS(0)))
			c.Dir = dir
			if out, err := c.Output(); err != nil || strings.Count(string(out), "\n") != len(names) {
				b.Fatal(err)
			}
		}
	})
}

func benchmarkFiles(b *testing.B, dir string) []string {
	b.Helper()
	need(b, "sha256sum")
	need(b, "xargs")
	block := make([]byte, *benchBytes/int64(*benchFiles))
	r := rand.NewChaCha8([32]byte{})
	_, _ = r.Read(block) // never fails
	var names []string
	for i := range *benchFiles {
		name := fmt.Sprintf("f%05d", i)
		block[0], block[1] = byte(i), byte(i>>8)
		if err := os.WriteFile(filepath.Join(dir, name), block, 0o644); err != nil {
			b.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}
