package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/pkg/report"
)

// many gives a world so many contracts, of each kind in turn.
func (w *world) many(n int) *world {
	w.cfg = "stability: {window: 3}\nproject: many\ncontracts:\n"
	for i := range n {
		name := fmt.Sprintf("c%02d", i)
		w.cfg += fmt.Sprintf("- {name: %s, source: %s.yaml%s}\n", name, name, kinds[i%len(kinds)].cfg)
		w.files["old.yaml"] = document("0.9.0", "a")
	}
	w.files["w.yaml"] = "- {rule: operation-removed, subject: '*', contract: c05, reason: r, owner: o, expires: 2026-05-01}\n"
	return w.at(0)
}

// kinds are what happens to a contract from run to run; the last document stays.
var kinds = []struct {
	cfg       string
	documents []string
}{
	{"", []string{document("1.0.0", "a", "b")}},
	{"", []string{document("1.0.0", "a"), document("1.1.0", "a", "b"), document("1.2.0", "a", "b", "c")}},
	{"", []string{document("1.0.0", "a", "b"), document("1.0.1", "a"), document("1.0.2")}},                     // breaks and says so to nobody
	{"", []string{document("1.0.0", "a", "b"), document("2.0.0", "a"), document("2.0.1", "a")}},                // breaks and says so
	{"", []string{document("1.0.0", "a"), "openapi: [", document("1.0.0", "a", "b")}},                          // cannot be read for a while
	{", gate: breaking, waivers: w.yaml", []string{document("1.0.0", "a", "b"), document("1.1.0", "b")}},       // breaks and is allowed to
	{", gate: none", []string{document("1.0.0", "a", "b"), "openapi: [", document("1.0.0", "a")}},              // nothing fails
	{", baseline: old.yaml", []string{document("1.0.0", "a"), document("1.1.0", "b"), document("1.1.0", "c")}}, // compared with a file, and fails
	{", baseline: none", []string{document("1.0.0", "a"), document("1.1.0", "b")}},
	{"", []string{document("1.0.0"), document("1.0.0"), document("1.0.0", "a")}}, // nothing in it
}

// at is the world as it is for run n.
func (w *world) at(n int) *world {
	for i := range strings.Count(w.cfg, "- {name: c") {
		documents := kinds[i%len(kinds)].documents
		w.files[fmt.Sprintf("c%02d.yaml", i)] = documents[min(n, len(documents)-1)]
	}
	return w
}

// copied is a world with the same inputs and a copy of the folder.
func (w *world) copied() *world {
	w.t.Helper()
	c := *w
	c.dir, c.files = w.t.TempDir(), maps.Clone(w.files)
	err := filepath.WalkDir(w.dir, func(p string, d fs.DirEntry, err error) error {
		to := filepath.Join(c.dir, strings.TrimPrefix(p, w.dir))
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.MkdirAll(to, 0o755)
		case strings.HasPrefix(d.Name(), ".govctl-"):
			return nil
		}
		return os.Link(p, to) // files are replaced and never changed
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return &c
}

// shards makes a run in n parts: in copies of the folder, or in empty folders over the state of this one.
func (w *world) shards(n int, sha, runID string) []*world {
	w.t.Helper()
	var parts []*world
	for i := range n {
		p := *w
		p.dir, p.before = w.t.TempDir(), cmp.Or(w.before, w.dir)
		if i == n/2 {
			p = *w.copied()
		}
		p.shard(i+1, n, sha, runID)
		parts = append(parts, &p)
	}
	return parts
}

func (w *world) shard(i, n int, sha, runID string) {
	w.t.Helper()
	w.selection = Selection{Shard: i, Of: n}
	if _, err := w.do(RunShard, sha, runID); err != nil {
		w.t.Fatal(err)
	}
	w.selection = Selection{}
}

// merge makes the whole of parts in the folder.
func (w *world) merge(sha, runID string, parts ...*world) error {
	w.t.Helper()
	w.selection = Selection{Merged: true}
	var folders []ShardFolder
	for _, p := range parts {
		folders = append(folders, ShardFolder{Name: p.dir, Files: os.DirFS(p.dir)})
	}
	_, err := w.do(func(ctx context.Context, j *Job) (Result, error) { return Merge(ctx, j, folders) }, sha, runID)
	w.selection = Selection{}
	return err
}

// result is a folder without what differs from run to run.
func (w *world) result() map[string]string {
	files := tree(w.t, w.dir)
	for name := range files {
		if name == artifact.RunLogPath || strings.HasPrefix(name, artifact.ShardsDir+"/") {
			delete(files, name)
		}
	}
	return files
}

// mustEqual fails for files that are not those of the other world.
func (w *world) mustEqual(what string, want map[string]string) {
	w.t.Helper()
	got := w.result()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if text, ok := got[name]; !ok {
			w.t.Errorf("%s: %s is missing", what, name)
		} else if text != want[name] {
			w.t.Errorf("%s: %s differs:\n%s", what, name, firstDifference(want[name], text))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			w.t.Errorf("%s: %s is too much", what, name)
		}
	}
}

func firstDifference(a, b string) string {
	la, lb := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range la {
		if i >= len(lb) || la[i] != lb[i] {
			return fmt.Sprintf("line %d: %.300q\n     and %.300q", i+1, la[i], lb[min(i, len(lb)-1)])
		}
	}
	return "it is longer"
}

// TestShardsMakeTheWhole: whatever the number of shards, run after run, the merged folder is that of a run without shards.
func TestShardsMakeTheWhole(t *testing.T) {
	whole := newWorld(t).many(len(kinds))
	first := whole.copied()
	var before []*world
	var want []map[string]string
	for i := range 3 {
		before = append(before, whole.copied())
		whole.at(i).run(runOf(i))
		want = append(want, whole.result())
	}
	t.Run("first run", func(t *testing.T) { first.in(t).merged(3, 0).mustEqual("merged", want[0]) })
	for n := 1; n <= 16; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			i := 1 + n%2
			w := before[i].in(t)
			if n%4 < 2 { // as with --state, the folder is empty
				w.before, w.dir = w.dir, t.TempDir()
			}
			w.merged(n, i).mustEqual("merged", want[i])
		})
	}
}

func runOf(i int) (sha, runID string) { return fmt.Sprintf("%da00000", i), fmt.Sprint(i) }

// in is a copy of a world for a test.
func (w *world) in(t *testing.T) *world {
	c := *w
	c.t = t
	return c.copied()
}

// merged makes run i in n parts.
func (w *world) merged(n, i int) *world {
	w.t.Helper()
	sha, runID := runOf(i)
	if err := w.merge(sha, runID, w.at(i).shards(n, sha, runID)...); err != nil {
		w.t.Fatal(err)
	}
	return w
}

// TestShardsMayLieAnywhere: the contracts may be distributed over the parts in any way, the parts over the folders, and be named in any order.
func TestShardsMayLieAnywhere(t *testing.T) {
	w := newWorld(t).many(len(kinds))
	w.run(runOf(0))
	all := w.at(1).shards(1, "1a00000", "1")[0]
	whole := w.copied()
	whole.run(runOf(1))
	want := whole.result()
	random := rand.New(rand.NewPCG(3, 4))
	for range 8 {
		n := 1 + random.IntN(12)
		parts := all.partition(random, n)
		random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		merged := w.copied()
		for range 2 { // a merge that is repeated changes nothing
			if err := merged.merge("1a00000", "1", parts...); err != nil {
				t.Fatal(err)
			}
			merged.mustEqual(fmt.Sprintf("%d shards in %d folders", n, len(parts)), want)
		}
	}
	if err := all.merge("1a00000", "1", all); err != nil { // where the part itself lies
		t.Fatal(err)
	}
	all.mustEqual("in the folder of the part", want)
}

// partition distributes the contracts of a part over n shards, and these over some folders.
func (w *world) partition(random *rand.Rand, n int) []*world {
	one := w.loadShard(1, 1)
	parts := make([]report.Shard, n)
	for i := range parts {
		parts[i] = one
		parts[i].Shard, parts[i].Of, parts[i].Contracts = i+1, n, []report.ShardContract{}
	}
	for _, c := range one.Contracts {
		p := &parts[random.IntN(n)]
		p.Contracts = append(p.Contracts, c)
	}
	folders := []*world{w.copied(), w.copied(), w.copied()}
	for _, f := range folders {
		f.mustRemove(shardPath(1, 1))
	}
	for _, p := range parts {
		folders[random.IntN(len(folders))].saveShard(p)
	}
	return slices.DeleteFunc(folders, func(f *world) bool {
		names, _ := filepath.Glob(filepath.Join(f.dir, artifact.ShardsDir, "*.json"))
		return len(names) == 0
	})
}

func (w *world) mustRemove(p string) {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.dir, p)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) load(p string) []byte {
	w.t.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, p))
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) save(p string, b []byte) {
	w.t.Helper()
	file := filepath.Join(w.dir, p)
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.Remove(file) // it may have a second name
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) loadShard(i, of int) (s report.Shard) {
	w.t.Helper()
	if err := json.Unmarshal(w.load(shardPath(i, of)), &s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) saveShard(s report.Shard) {
	w.t.Helper()
	b, err := artifact.Encode(s)
	if err != nil {
		w.t.Fatal(err)
	}
	w.save(shardPath(s.Shard, s.Of), b)
}

// TestOneContractInParts: the files of a single contract are where those of the whole are.
func TestOneContractInParts(t *testing.T) {
	for _, n := range []int{1, 4} {
		w := newWorld(t)
		w.cfg = "contract: {source: api.yaml, waivers: w.yaml}\nchangelog: {api: CHANGES.md}\n"
		for i, version := range []string{"1.0.0", "1.1.0", "1.1.1"} {
			sha, runID := runOf(i)
			whole := w.version(version, []string{"a", "b", "c"}[:3-i]...).copied()
			whole.run(sha, runID)
			if err := w.merge(sha, runID, w.shards(n, sha, runID)...); err != nil {
				t.Fatal(err)
			}
			w.mustEqual(fmt.Sprintf("%s in %d parts", version, n), whole.result())
		}
		for _, p := range []string{artifact.ManifestPath, artifact.SummaryPath, artifact.IndexPath, artifact.PagePath, shardPath(2, 3), "status/runs/x.json", "x"} {
			sha, runID := runOf(2)
			parts := w.shards(1, sha, runID)
			parts[0].editRecord("openapi", 1, 1, func(r *report.ContractRecord) {
				r.Files = append(r.Files, report.ManifestFile{Path: p})
			})
			before := tree(t, w.dir)
			refused(t, w.merge(sha, runID, parts...), "lists \""+p+"\", which is not a file of the contract")
			sameTree(t, "refused", before, tree(t, w.dir))
		}
	}
}

// editRecord changes the record of a contract, and its digest in the file of the shard.
func (w *world) editRecord(name string, i, of int, edit func(*report.ContractRecord)) {
	w.t.Helper()
	p := recordFile
	if strings.Contains(w.cfg, "contracts:") {
		p = "status/" + name + "/contract-record.json"
	}
	var r report.ContractRecord
	if err := json.Unmarshal(w.load(p), &r); err != nil {
		w.t.Fatal(err)
	}
	edit(&r)
	b, err := artifact.Encode(r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.save(p, b)
	s := w.loadShard(i, of)
	for i := range s.Contracts {
		if c := &s.Contracts[i]; c.Name == name {
			c.SHA256 = digest(b)
		}
	}
	w.saveShard(s)
}

// refused fails unless an error refuses parts with these words.
func refused(t *testing.T, err error, words ...string) {
	t.Helper()
	var e *StateError
	if !errors.As(err, &e) || e.Outcome != report.WorkFailed || e.Hint != shardHint {
		t.Fatalf("%v (%T)", err, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%v: it does not say %q", err, w)
		}
	}
}

// TestRefusedParts: parts that do not make the whole are refused, with the name of the part, and the folder stays as it is.
func TestRefusedParts(t *testing.T) {
	w := newWorld(t).many(6)
	w.run(runOf(0))
	sha, runID := runOf(1)
	good := w.at(1).shards(3, sha, runID)
	whole := w.copied()
	whole.run(sha, runID)
	before := tree(t, w.dir)
	first := good[ShardOf("c05", 3)-1] // c05 is waived, and has a shard of its own to speak of
	i := ShardOf("c05", 3)
	record := "status/c05/contract-record.json"
	shard := func(edit func(*report.Shard)) func(*world) []*world {
		return func(w *world) []*world {
			s := w.loadShard(i, 3)
			edit(&s)
			w.saveShard(s)
			return nil
		}
	}
	text := func(p string, edit func(string) string) func(*world) []*world {
		return func(w *world) []*world {
			w.save(p, []byte(edit(string(w.load(p)))))
			return nil
		}
	}
	lists := func(p string) func(*world) []*world {
		return func(w *world) []*world {
			w.editRecord("c05", i, 3, func(r *report.ContractRecord) { r.Files = append(r.Files, report.ManifestFile{Path: p}) })
			return nil
		}
	}
	rows := func(edit func(c *report.ShardContract)) func(*world) []*world {
		return shard(func(s *report.Shard) {
			edit(&s.Contracts[slices.IndexFunc(s.Contracts, func(c report.ShardContract) bool { return c.Name == "c05" })])
		})
	}
	other := map[bool]string{true: "c00", false: "c01"}[ShardOf("c00", 3) != i]
	cases := []struct {
		name string
		edit func(*world) []*world // of the part; it returns further ones
		want []string
	}{
		{"missing", func(w *world) []*world { w.dir = ""; return nil }, []string{fmt.Sprintf("shard %d of 3 is missing", i)}},
		{"not ended", func(w *world) []*world { w.mustRemove(shardPath(i, 3)); return nil }, []string{"not run to its end"}},
		{"doubled", func(w *world) []*world { return []*world{w.copied()} }, []string{fmt.Sprintf("shard %d of 3 is in", i)}},
		{"other commit", shard(func(s *report.Shard) { s.SHA = "fffffff" }), []string{"another commit", "fffffff"}},
		{"other run", shard(func(s *report.Shard) { s.RunID = "77" }), []string{"another run id", "77"}},
		{"other project", shard(func(s *report.Shard) { s.Project = "foreign" }), []string{"another project", "foreign"}},
		{"other version", shard(func(s *report.Shard) { s.Govctl = "v9" }), []string{"another version of govctl", "v9"}},
		{"other configuration", shard(func(s *report.Shard) { s.ConfigSHA256 = strings.Repeat("0", 64) }), []string{"another configuration"}},
		{"other number", func(w *world) []*world {
			s := w.loadShard(i, 3)
			s.Of = 4
			w.mustRemove(shardPath(i, 3))
			w.saveShard(s)
			return nil
		}, []string{"another number of shards"}},
		{"number too high", shard(func(s *report.Shard) { s.Shard = 1 << 40 }), []string{"not the file of a shard"}},
		{"number 0", shard(func(s *report.Shard) { s.Shard = 0 }), []string{"not the file of a shard"}},
		{"number negative", shard(func(s *report.Shard) { s.Shard, s.Of = -1, -1 }), []string{"not the file of a shard"}},
		{"other schema", shard(func(s *report.Shard) { s.Schema = "govctl/shard/v2" }), []string{"not the file of a shard"}},
		{"contract left out", shard(func(s *report.Shard) {
			s.Contracts = slices.DeleteFunc(s.Contracts, func(c report.ShardContract) bool { return c.Name == "c05" })
		}), []string{`no shard has the contract "c05"`}},
		{"contract of another part", shard(func(s *report.Shard) {
			s.Contracts = append(s.Contracts, report.ShardContract{Name: other, Accepted: report.ManifestContract{Name: other}, Kept: report.ManifestContract{Name: other}})
		}), []string{other, "too"}},
		{"contract twice", shard(func(s *report.Shard) { s.Contracts = append(s.Contracts, s.Contracts...) }), []string{"too"}},
		{"unknown contract", shard(func(s *report.Shard) { s.Contracts = append(s.Contracts, report.ShardContract{Name: "../x"}) }), []string{`no contract "../x"`}},
		{"accepts another contract", rows(func(c *report.ShardContract) { c.Accepted.Name = other }), []string{`"c05"`, "another one"}},
		{"keeps another contract", rows(func(c *report.ShardContract) { c.Kept.Name = "../../x" }), []string{`"c05"`, "another one"}},
		{"accepted contract that is not there", rows(func(c *report.ShardContract) { c.Kept.AcceptedSHA256 = strings.Repeat("a", 64) }), []string{"c05-accepted.json"}},
		{"no digest", rows(func(c *report.ShardContract) { c.SHA256 = "" }), []string{record}},
		{"truncated", text(shardPath(i, 3), func(s string) string { return s[:len(s)/2] }), []string{"not the file of a shard"}},
		{"empty", text(shardPath(i, 3), func(string) string { return "" }), []string{"not the file of a shard"}},
		{"null", text(shardPath(i, 3), func(string) string { return "null" }), []string{"not the file of a shard"}},
		{"list", text(shardPath(i, 3), func(string) string { return "[1]" }), []string{"not the file of a shard"}},
		{"deep", text(shardPath(i, 3), func(string) string { return strings.Repeat("[", 1<<20) }), []string{"not the file of a shard"}},
		{"wrong types", text(shardPath(i, 3), func(s string) string { return strings.Replace(s, `"of": 3`, `"of": "3"`, 1) }), []string{"not the file of a shard"}},
		{"huge number", text(shardPath(i, 3), func(s string) string { return strings.Replace(s, `"of": 3`, `"of": 1e999`, 1) }), []string{"not the file of a shard"}},
		{"record by a byte", text(record, func(s string) string { return strings.Replace(s, "c05", "c06", 1) }), []string{record, "not what the shard has written"}},
		{"record is gone", func(w *world) []*world { w.mustRemove(record); return nil }, []string{record}},
		{"file by a byte", text("schemas/c05.json", func(s string) string { return s + " " }), []string{"schemas/c05.json"}},
		{"history by a line", text("status/c05/history.jsonl", func(s string) string { return s[strings.Index(s, "\n")+1:] }), []string{"status/c05/history.jsonl", "not what the shard has written"}},
		{"page by a byte", text("site/c05/index.html", func(s string) string { return strings.Replace(s, "<", " ", 1) }), []string{"site/c05/index.html"}},
		{"file is gone", func(w *world) []*world { w.mustRemove("status/c05/semver-validation.json"); return nil }, []string{"status/c05/semver-validation.json"}},
		{"file above", lists("../x"), []string{`"../x"`}},
		{"absolute file", lists("/etc/passwd"), []string{`"/etc/passwd"`}},
		{"file of another contract", lists("status/" + other + "/history.jsonl"), []string{"not a file of the contract"}},
		{"way to another contract", lists("status/c05/../" + other + "/history.jsonl"), []string{"not a file of the contract"}},
		{"way to another contract on Windows", lists(`status/c05/..\` + other + `\history.jsonl`), []string{"not a file of the contract"}},
		{"contract of another", lists("schemas/" + other + ".json"), []string{"not a file of the contract"}},
		{"manifest", lists("status/manifest.json"), []string{"not a file of the contract"}},
		{"page of the whole", lists("site/index.html"), []string{"not a file of the contract"}},
		{"file of the shard", lists(shardPath(i, 3)), []string{"not a file of the contract"}},
		{"badge elsewhere", func(w *world) []*world {
			w.editRecord("c05", i, 3, func(r *report.ContractRecord) { r.Badges[0].Path = "status/governance-summary-badge.json" })
			return nil
		}, []string{"not a file of the contract"}},
		{"record of another contract", func(w *world) []*world {
			w.editRecord("c05", i, 3, func(r *report.ContractRecord) { r.State.Name = other })
			return nil
		}, []string{`not the record of this run about the contract "c05"`}},
		{"record of another run", func(w *world) []*world {
			w.editRecord("c05", i, 3, func(r *report.ContractRecord) { r.RunID = "0" })
			return nil
		}, []string{"not the record of this run"}},
		{"file too large", func(w *world) []*world {
			w.editRecord("c05", i, 3, func(r *report.ContractRecord) { r.Files[0].Size = -1 })
			return nil
		}, []string{"c05"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bad := first.in(t)
			parts := append(slices.Clone(good), c.edit(bad)...)
			parts[i-1] = bad
			refused(t, w.merge(sha, runID, slices.DeleteFunc(parts, func(p *world) bool { return p.dir == "" })...), c.want...)
			if t.Failed() {
				return
			}
			sameTree(t, "the folder after the refusal", before, tree(t, w.dir))
		})
	}
	if err := w.merge(sha, runID, good...); err != nil {
		t.Fatal(err)
	}
	w.mustEqual("merged after all refusals", whole.result())
}

// TestShardKilledAtAnyStep ends the process of a shard at the beginning of each of its steps, and at random moments. What it leaves is refused,
// and the shard can be made again.
func TestShardKilledAtAnyStep(t *testing.T) {
	w := newWorld(t).many(4)
	w.run(runOf(0))
	sha, runID := runOf(1)
	parts := w.at(1).shards(2, sha, runID)
	whole := w.copied()
	whole.run(sha, runID)
	want := whole.result()
	random := rand.New(rand.NewPCG(5, 6))
	var moments []string
	for i := range steps {
		if !steps[i].once {
			moments = append(moments, steps[i].name+" c01", steps[i].name+" c02")
		}
	}
	for range 6 {
		moments = append(moments, fmt.Sprintf("after %dus", random.IntN(40_000)))
	}
	for _, moment := range moments {
		t.Run(moment, func(t *testing.T) {
			i := 1 + random.IntN(2)
			if _, name, ok := strings.Cut(moment, " c"); ok {
				i = ShardOf("c"+name, 2)
			}
			killed := parts[i-1].in(t) // with the file of the shard, as a job that is started again finds it
			killed.before = ""
			killed.dieInShard(i, 2, moment)
			merged := w.in(t)
			_, err := os.Stat(filepath.Join(killed.dir, shardPath(i, 2)))
			if ended := err == nil; !ended {
				refused(t, merged.merge(sha, runID, killed, parts[2-i]), killed.dir)
				sameTree(t, "refused", tree(t, w.dir), tree(t, merged.dir))
				killed.shard(i, 2, sha, runID)
			} else if !strings.HasPrefix(moment, "after") {
				t.Error("there is the file of a shard that was killed")
			}
			if err := merged.merge(sha, runID, killed, parts[2-i]); err != nil {
				t.Fatal(err)
			}
			merged.mustEqual("made again", want)
		})
	}
}

// dieInShard makes a shard of run 1 in a child that does not come to its end.
func (w *world) dieInShard(i, n int, moment string) {
	w.t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestShardChild$")
	cmd.Env = append(os.Environ(), "CHILD_DIR="+w.dir, "CHILD_DIES="+moment, fmt.Sprintf("CHILD_SHARD=%d %d", i, n))
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	if pause, ok := strings.CutPrefix(moment, "after "); ok {
		d, err := time.ParseDuration(pause)
		if err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(d)
		_ = cmd.Process.Kill() // it may have come to its end before
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
}

// TestShardChild is the process that the test above kills; alone it does nothing.
func TestShardChild(t *testing.T) {
	dir := os.Getenv("CHILD_DIR")
	if dir == "" {
		return
	}
	w := (&world{t: t, dir: dir, files: map[string]string{}}).many(4).at(1)
	if _, err := fmt.Sscan(os.Getenv("CHILD_SHARD"), &w.selection.Shard, &w.selection.Of); err != nil {
		t.Fatal(err)
	}
	_, err := w.do(func(ctx context.Context, j *Job) (Result, error) {
		j.Progress = func(step string) {
			if os.Getenv("CHILD_DIES") == step {
				os.Exit(9)
			}
		}
		return RunShard(ctx, j)
	}, "1a00000", "1")
	if err != nil {
		t.Fatal(err)
	}
}

// TestShardToldToStop: a shard that is told to stop leaves no file of a shard, and the next attempt finds its journal.
func TestShardToldToStop(t *testing.T) {
	w := newWorld(t).many(4)
	w.run(runOf(0))
	w.at(1).selection = Selection{Shard: 1, Of: 1}
	sha, runID := runOf(1)
	store, found, err := artifact.Open(w.dir, now, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	j := w.job(store, found, sha, runID)
	j.Progress = func(step string) {
		if step == "gate c02" {
			stop()
		}
	}
	if _, err := RunShard(ctx, j); !errors.Is(err, ErrInterrupted) {
		t.Fatal(err)
	}
	if err := store.Leave(); err != nil {
		t.Fatal(err)
	}
	merged := w.copied()
	refused(t, merged.merge(sha, runID, w), "not run to its end")
	r, err := w.do(RunShard, sha, runID)
	if err != nil || len(r.Notices) == 0 {
		t.Errorf("%v, notices %q", err, r.Notices)
	}
}

// TestContractsSideBySide: many contracts that are assessed several at a time leave the same files each time. The race detector looks at it.
func TestContractsSideBySide(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	w := newWorld(t).many(20)
	w.run(runOf(0))
	before := w.copied()
	w.at(1).run(runOf(1))
	runtime.GOMAXPROCS(1)
	before.at(1).run(runOf(1))
	before.mustEqual("one after the other", w.result())
}
