package pipeline

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

// signing is a key made from one byte.
func signing(t *testing.T) *Signing {
	t.Helper()
	pair, err := integrity.NewKey(bytes.NewReader(bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := integrity.ParseSeed("test", pair.SeedBase64)
	if err != nil {
		t.Fatal(err)
	}
	return &Signing{Key: k}
}

// fetched is a folder with the files of a bundle as its branch has them.
func fetched(t *testing.T, b Bundle, output string) string {
	t.Helper()
	names, err := b.Published(os.DirFS(output))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(output, b.Root, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, name), string(data))
	}
	return dir
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// problems verifies a fetched bundle exactly, and names what is wrong with it.
func problems(t *testing.T, b Bundle, dir string, key integrity.PublicKey) (rules []string, v report.Verification) {
	t.Helper()
	files := os.DirFS(dir)
	r := integrity.Request{ChecksumsName: path.Join(b.Dir, integrity.ChecksumsFile), SignatureName: path.Join(b.Dir, integrity.SignatureFile), Files: files, Dir: b.Dir,
		ByHand: true, Trust: &integrity.Trust{}, RequireTrusted: true, Exact: true, MinVersion: 2, Now: now()}
	r.Trust.Pin(key)
	var err, err2, err3 error
	r.Checksums, err = integrity.Read(files, r.ChecksumsName)
	r.Signature, err2 = integrity.Read(files, r.SignatureName)
	r.Beside, err3 = fs.Sub(files, b.Dir)
	if err = errors.Join(err, err2, err3); err == nil {
		v, err = integrity.Verify(t.Context(), r)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Findings {
		rules = append(rules, f.Rule+": "+f.Subject)
	}
	return rules, v
}

// TestEachBranchIsABundle: what goes to each branch verifies there alone, to the last file, and names the commit and the time of the run.
func TestEachBranchIsABundle(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a", "b")
	w.signing = signing(t)
	w.run("aaaaaaa", "1")
	key := w.signing.Key.Public()
	for _, b := range bundles() {
		bad, v := problems(t, b, fetched(t, b, w.dir), key)
		if len(bad) > 0 || v.Commit != "aaaaaaa" || !v.GeneratedAt.Equal(now().Truncate(time.Second)) {
			t.Errorf("%s: %v, commit %q at %s", b.Root, bad, v.Commit, v.GeneratedAt)
		}
		m, err := artifact.Load[report.Manifest](os.DirFS(w.dir), b.At(integrity.ManifestFile))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range m.Files {
			if base := path.Base(f.Path); path.Join(b.Root, f.Path) != "site/history.jsonl" && slices.Contains([]string{"history.jsonl", "manifest.json", "run-log.json", "checksums.json", "SHA256SUMS"}, base) {
				t.Errorf("the manifest of %s lists %s", b.Root, f.Path)
			}
			if _, err := os.Stat(filepath.Join(w.dir, b.Root, f.Path)); err != nil {
				t.Error(err)
			}
		}
		if m.Steps == nil || m.Steps[len(m.Steps)-1].Name != "site" {
			t.Errorf("steps %v", m.Steps)
		}
	}
	for _, name := range []string{"site/checksums-badge.json", "site/checksums-badge.svg", "status/run-log.json"} {
		if _, err := os.Stat(filepath.Join(w.dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// TestSameInputsSameBundle: two runs of the same inputs at the same time give the same bytes, whatever each step took. Only the log differs.
func TestSameInputsSameBundle(t *testing.T) {
	var trees [2]map[string]string
	for i := range trees {
		w := newWorld(t).version("1.0.0", "a", "b")
		w.signing = signing(t)
		w.run("aaaaaaa", "1")
		trees[i] = tree(t, w.dir)
		delete(trees[i], artifact.RunLogPath)
	}
	for name, text := range trees[0] {
		if trees[1][name] != text {
			t.Errorf("%s differs", name)
		}
	}
}

// record opens the store of an output folder for a single step, and writes its bundles afterwards.
func record(t *testing.T, dir string, r BundleRequest, step func(s *artifact.Store) error) error {
	t.Helper()
	s, _, err := artifact.Open(dir, now, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.Begin("record")
	err = step(s)
	if err == nil {
		_, err = WriteBundles(context.Background(), s, r)
	}
	return errors.Join(err, s.Close())
}

// TestBundlesAfterOneStep: a command that does one step leaves a folder that verifies, with and without an earlier run, and the next run keeps
// what the step has measured.
func TestBundlesAfterOneStep(t *testing.T) {
	keys := signing(t)
	key := keys.Key.Public()
	head := &report.Manifest{Schema: "govctl/manifest/v1", GeneratedAt: report.At(now()), SHA: "bbbbbbb", Govctl: "test"}
	write := func(text string) func(s *artifact.Store) error {
		return func(s *artifact.Store) error { return s.Bytes("status/metrics-history/smoke.json", []byte(text)) }
	}

	alone := t.TempDir()
	if err := record(t, alone, BundleRequest{Head: head, At: now(), Signing: keys}, write("{}\n")); err != nil {
		t.Fatal(err)
	}
	if bad, v := problems(t, Artifacts, alone, key); len(bad) > 0 || v.Count != 2 || v.Commit != "bbbbbbb" {
		t.Errorf("%v %+v", bad, v)
	}
	if _, err := Pages.Published(os.DirFS(alone)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("pages of a folder without pages: %v", err)
	}

	w := newWorld(t).version("1.0.0", "a", "b")
	w.signing = keys
	w.run("aaaaaaa", "1")
	if err := record(t, w.dir, BundleRequest{Head: head, At: now(), Signing: keys}, write("{}\n")); err != nil {
		t.Fatal(err)
	}
	for b, commit := range map[string]string{".": "bbbbbbb", "site": "aaaaaaa"} {
		i := slices.IndexFunc(bundles(), func(one Bundle) bool { return one.Root == b })
		if bad, v := problems(t, bundles()[i], fetched(t, bundles()[i], w.dir), key); len(bad) > 0 || v.Commit != commit {
			t.Errorf("after the step: %s: %v, commit %s", b, bad, v.Commit)
		}
	}
	// Pages that a step builds are of the commit of the artifacts.
	if err := record(t, w.dir, BundleRequest{At: now(), Signing: keys}, func(s *artifact.Store) error { return s.Bytes(artifact.PagePath, []byte("<html></html>\n")) }); err != nil {
		t.Fatal(err)
	}
	if bad, v := problems(t, Pages, fetched(t, Pages, w.dir), key); len(bad) > 0 || v.Commit != "bbbbbbb" {
		t.Errorf("pages built alone: %v, commit %s", bad, v.Commit)
	}
	w.run("ccccccc", "2")
	dir := fetched(t, Artifacts, w.dir)
	if bad, v := problems(t, Artifacts, dir, key); len(bad) > 0 || v.Commit != "ccccccc" {
		t.Errorf("after the next run: %v, commit %s", bad, v.Commit)
	}
	if _, err := os.Stat(filepath.Join(dir, "status/metrics-history/smoke.json")); err != nil {
		t.Errorf("the file of the step is not carried: %v", err)
	}
}

// TestForeignFilesAreNotSigned: what nobody wrote for the bundle is not vouched for by the next signature.
func TestForeignFilesAreNotSigned(t *testing.T) {
	keys := signing(t)
	w := newWorld(t).version("1.0.0", "a", "b")
	w.signing = keys
	if err := record(t, w.dir, BundleRequest{Head: &report.Manifest{Schema: "govctl/manifest/v1", GeneratedAt: report.At(now()), SHA: "aaaaaaa", Govctl: "test"}, At: now()},
		func(s *artifact.Store) error { return s.Bytes("status/metrics-history/smoke.json", []byte("{}\n")) }); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(w.dir, "status/metrics-history/planted.json"), "{}\n")
	put(t, filepath.Join(w.dir, "status/planted.json"), "{}\n")
	w.run("aaaaaaa", "1")
	names, err := Artifacts.Published(os.DirFS(w.dir))
	if err != nil || slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "planted") }) || !slices.Contains(names, "status/metrics-history/smoke.json") {
		t.Errorf("%v %v", names, err)
	}
	put(t, filepath.Join(w.dir, "status/metrics-history/smoke.json"), "[]\n")
	step := func(*artifact.Store) error { return nil }
	if err := record(t, w.dir, BundleRequest{At: now()}, step); err == nil || !strings.Contains(err.Error(), "status/metrics-history/smoke.json") {
		t.Errorf("a record that was changed: %v", err)
	}
	if err := record(t, w.dir, BundleRequest{At: now(), Rehash: true}, step); err != nil {
		t.Errorf("taken as it is: %v", err)
	}
}

// TestPagesOfAnotherRun: where the pages could not be built, those of an earlier run are not published as the present ones.
func TestPagesOfAnotherRun(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a", "b")
	w.run("aaaaaaa", "1")
	if err := os.RemoveAll(filepath.Join(w.dir, "site/taxonomy.html")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(w.dir, "site/taxonomy.html/in-the-way"), "")
	w.run("bbbbbbb", "2")
	if _, err := Pages.Published(os.DirFS(w.dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of the pages are a bundle: %v", err)
	}
	if _, err := Artifacts.Published(os.DirFS(w.dir)); err != nil {
		t.Error(err)
	}
}

// TestBelongsToABundle: which files of the output folder, and which names of a manifest, are of which bundle.
func TestBelongsToABundle(t *testing.T) {
	for _, c := range []struct {
		file             string
		artifacts, pages string // the names there; empty where it does not belong to it
	}{
		{"schemas/a.json", "schemas/a.json", ""}, {"status/x/y.json", "status/x/y.json", ""}, {"site/index.html", "", "index.html"}, {"site/status/x.json", "", "status/x.json"},
		{"schemas", "", ""}, {"README.md", "", ""}, {"other/schemas/a.json", "", ""}, {"sites/index.html", "", ""},
	} {
		for b, want := range map[*Bundle]string{&Artifacts: c.artifacts, &Pages: c.pages} {
			if name, ok := b.within(c.file); ok != (want != "") || ok && name != want {
				t.Errorf("%s in %s: %q %v, want %q", c.file, b.Root, name, ok, want)
			}
		}
	}
	for name, owned := range map[string][2]bool{"schemas/a.json": {true, true}, "index.html": {false, true}, "site/index.html": {false, true}, "../secret": {false, false}, "status/../../secret": {false, false}, "schemas/../status/x": {false, false}} {
		if Artifacts.owns(name) != owned[0] || Pages.owns(name) != owned[1] {
			t.Errorf("%s: %v %v, want %v", name, Artifacts.owns(name), Pages.owns(name), owned)
		}
	}
	listed := Artifacts.lists([]report.ManifestFile{{Path: "status/manifest.json"}, {Path: "status/checksums.json"}, {Path: "status/history.jsonl"}, {Path: "site/index.html"}, {Path: "status/a.json"}, {Path: "schemas/b.json"}})
	if len(listed) != 2 || listed[0].Path != "status/a.json" || listed[1].Path != "schemas/b.json" {
		t.Errorf("%v", listed)
	}
}

// TestManifestOfAnEarlyVersion: it lists integrity files and pages, too, which the checksums of the artifacts must not cover.
func TestManifestOfAnEarlyVersion(t *testing.T) {
	dir := t.TempDir()
	early := report.Manifest{Schema: "govctl/manifest/v1", GeneratedAt: report.At(now()), SHA: "aaaaaaa", Govctl: "dev"}
	for _, name := range []string{"status/a.json", "status/checksums.json", "site/index.html"} {
		early.Files = append(early.Files, report.ManifestFile{Path: name, SHA256: sumOf("{}\n"), Size: 3, MediaType: "application/json", Step: "x"})
		put(t, filepath.Join(dir, name), "{}\n")
	}
	put(t, filepath.Join(dir, artifact.ManifestPath), encoded(t, early))
	if err := record(t, dir, BundleRequest{At: now()}, func(*artifact.Store) error { return nil }); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, artifact.ChecksumsPath))
	if err != nil {
		t.Fatal(err)
	}
	if listed, err := integrity.Listed(b); err != nil || strings.Join(sortedKeys(listed), " ") != "status/a.json status/manifest.json" {
		t.Errorf("%v %v", sortedKeys(listed), err)
	}
}
