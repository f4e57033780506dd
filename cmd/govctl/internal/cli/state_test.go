package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

var errDisk = errors.New("input/output error")

// gitOf is a repository without files: it answers by the subcommand, with an output or an error.
func gitOf(answers map[string]any) func() gitrepo.Repo {
	return func() gitrepo.Repo {
		return gitrepo.Repo{Dir: ".", Run: func(_ context.Context, c gitrepo.Command) error {
			for _, arg := range c.Args {
				switch answer := answers[arg].(type) {
				case string:
					_, err := io.WriteString(c.Stdout, answer)
					return err
				case error:
					return answer
				}
			}
			return nil
		}}
	}
}

func testKey(t *testing.T, seed byte) integrity.PrivateKey {
	t.Helper()
	pair, err := integrity.NewKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := integrity.ParseSeed("test", pair.SeedBase64)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signedBundle completes a bundle with a signature.
func signedBundle(t *testing.T, b pipeline.Bundle, files map[string][]byte, k integrity.PrivateKey) map[string][]byte {
	t.Helper()
	p := &part{Bundle: b}
	s, err := integrity.Sign(integrity.SignRequest{Checksums: files[p.own(integrity.ChecksumsFile)], At: time.Date(2026, 1, 1, 0, 1, 0, 0, time.UTC), Key: k})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range s.Files {
		files[p.own(name)] = data
	}
	for name, v := range map[string]any{integrity.SignatureFile: s.Signature, "checksums.sigstore.json": s.Bundle} {
		if files[p.own(name)], err = artifact.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// written puts files into a new folder.
func written(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755), os.WriteFile(p, data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lastRun is the folder of artifacts that a run of the project "us" left.
func lastRun(t *testing.T, change ...string) map[string][]byte {
	t.Helper()
	return bundled(t, pipeline.Artifacts, replaced(map[string]string{"status/manifest.json": manifestText(t, "us", []string{"openapi"}, "status/governance.prom=x"), "status/governance.prom": "x"}, change...))
}

var testNow = func() time.Time { return time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC) }

// TestPreviousState: where the state of a run comes from, and what ends the run before anything is written.
func TestPreviousState(t *testing.T) {
	const fresh = "no previous state found; starting a new history"
	tampered := lastRun(t)
	tampered["status/manifest.json"] = []byte(manifestText(t, "us", nil))
	dirs := map[string]string{"STATE": written(t, lastRun(t)), "EMPTY": t.TempDir(), "TAMPERED": written(t, tampered), "THEIRS": written(t, lastRun(t, "status/manifest.json", manifestText(t, "them", nil)))}
	for _, c := range []struct {
		name     string
		state    string // of --state
		required bool
		tracked  any // what git says to ls-files
		git      map[string]any
		out      map[string][]byte // in the output folder before
		sha      string            // of the state that is used
		talk     string            // on standard error
		code     int               // of the refusal
		says     string
		hint     string
		forgets  bool // what earlier runs in the output folder remembered
	}{
		{name: "a folder", state: "STATE", sha: "aaaaaaa", forgets: true},
		{name: "a folder that is not there", state: "nowhere", code: BadInput, says: "--state nowhere: ", hint: "name an output folder"},
		{name: "an empty folder", state: "EMPTY", talk: fresh, forgets: true},
		{name: "an empty folder under --require-state", state: "EMPTY", required: true, code: Failed, says: "there is no previous state"},
		{name: "a folder that was changed", state: "TAMPERED", code: Failed, says: "the file has sha256", hint: "does not verify"},
		{name: "the folder of another project", state: "THEIRS", code: BadInput, says: `belongs to the project "them"`, hint: "publish.folder"},
		{name: "no revision", state: "git:", code: BadInput, says: "names no revision", hint: "name a branch"},
		{name: "a branch that is not there", state: "git:origin/x", git: map[string]any{"--verify": &gitrepo.Error{}}, talk: "there is no such revision: " + fresh, forgets: true},
		{name: "a branch that is not there, under --require-state", state: "git:origin/x", required: true, git: map[string]any{"--verify": &gitrepo.Error{}}, code: Failed,
			says: "--state git:origin/x: there is no such revision (--require-state)", hint: "check its name"},
		{name: "a branch outside of a repository", state: "git:origin/x", git: map[string]any{"--verify": gitrepo.ErrNoRepository}, code: BadInput, says: "not inside a git repository", hint: "run it inside"},
		{name: "a branch on a bad disk", state: "git:origin/x", git: map[string]any{"--verify": errDisk}, says: "--state git:origin/x: input/output error"},
		{name: "a repository that git refuses to read", state: "STATE", git: map[string]any{"--show-prefix": errDisk}, says: "input/output error"},
		{name: "outside of a repository", state: "STATE", git: map[string]any{"--show-prefix": gitrepo.ErrNoRepository}, sha: "aaaaaaa", forgets: true},
		{name: "without git", state: "STATE", git: map[string]any{"--show-prefix": gitrepo.ErrNoGit}, sha: "aaaaaaa", forgets: true},

		{name: "in place", out: lastRun(t), sha: "aaaaaaa"},
		{name: "in place, nothing yet"},
		{name: "in place, nothing yet, under --require-state", required: true, code: Failed, says: "there is no previous state"},
		{name: "in place, of another project", out: lastRun(t, "status/manifest.json", manifestText(t, "them", nil)), code: BadInput, says: `the previous state in OUT: the folder belongs to the project "them"`},
		{name: "in place, tracked by git", out: lastRun(t), tracked: "status/manifest.json\x00", talk: "git tracks files of", forgets: true},
		{name: "in place, tracked by git, under --require-state", out: lastRun(t), required: true, tracked: "status/manifest.json\x00", talk: "git tracks files of", code: Failed, says: "there is no previous state", hint: "name it with --state"},
		{name: "in place, git on a bad disk", tracked: errDisk, says: "input/output error"},
		{name: "in place, a repository that git refuses to read", git: map[string]any{"--show-prefix": errDisk}, says: "input/output error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := written(t, c.out)
			if len(c.out) == 0 {
				out = written(t, map[string][]byte{"schemas/openapi-accepted.json": []byte("of an earlier run")})
			}
			store, found, err := artifact.Open(out, testNow, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close() //nolint:errcheck // the folder is given up
			answers := map[string]any{"ls-files": c.tracked, "--verify": "c0ffee"}
			for k, v := range c.git {
				answers[k] = v
			}
			var talk bytes.Buffer
			a := &app{out: out, Env: &Env{Stderr: &talk, Now: testNow, Git: gitOf(answers)}}
			source := c.state
			if dir, ok := dirs[c.state]; ok {
				source = dir
			}
			cfg := config.Config{Project: "us", Contracts: []config.Contract{{Name: "openapi"}}}
			state, err := a.previousState(t.Context(), store, found, cfg, runFlags{state: source, requireState: c.required})
			if (err != nil) != (c.says != "") {
				t.Fatalf("%v, want %q", err, c.says)
			}
			if !strings.Contains(talk.String(), c.talk) || c.talk == "" && talk.Len() > 0 {
				t.Errorf("says %q, want %q", talk.String(), c.talk)
			}
			if err != nil {
				var refused *exitError
				if text := strings.ReplaceAll(err.Error(), out, "OUT"); !strings.Contains(text, c.says) || errors.As(err, &refused) != (c.code != 0) || refused != nil && (refused.code != c.code || !strings.Contains(refused.tip, c.hint) || refused.tip == "") {
					t.Errorf("%v: %+v", err, refused)
				}
				return
			}
			if state.SHA != c.sha {
				t.Errorf("the state of %q, want %q", state.SHA, c.sha)
			}
			if state.Elsewhere != c.forgets {
				t.Errorf("the run makes the output folder forget its own: %v", state.Elsewhere)
			}
		})
	}
}

// TestStateOfABranch: what of a branch can be read, and what is not there.
func TestStateOfABranch(t *testing.T) {
	for name, c := range map[string]struct {
		list  any // what git says to ls-tree
		names []string
		err   error
	}{
		"two contracts": {"a.json\x00b.json\x00", []string{"a.json", "b.json"}, nil},
		"no folder":     {&gitrepo.Error{}, nil, nil},
		"a bad disk":    {errDisk, nil, errDisk},
	} {
		a := &app{Env: &Env{Git: gitOf(map[string]any{"--verify": "c0ffee", "ls-tree": c.list, "cat-file": "c0ffee:status/x missing\n"})}}
		source, err := a.stateSource(t.Context(), "git:origin/schemas", config.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if names, err := source.list("schemas"); !slices.Equal(names, c.names) || !errors.Is(err, c.err) {
			t.Errorf("%s: %v %v", name, names, err)
		}
		if _, err := source.read("status/x"); !errors.Is(err, fs.ErrNotExist) || err.Error() != "status/x does not exist" {
			t.Errorf("a file that is not on the branch: %v", err)
		}
	}
	if names, err := fileNames(fstest.MapFS{"schemas/a.json": {}}, "schemas"); err != nil || !slices.Equal(names, []string{"a.json"}) {
		t.Errorf("%v %v", names, err)
	}
	if names, err := fileNames(fstest.MapFS{}, "schemas"); err != nil || names != nil {
		t.Errorf("%v %v", names, err)
	}
	if _, err := fileNames(fstest.MapFS{"schemas": {}}, "schemas"); err == nil {
		t.Error("a file was listed as a folder")
	}
}

// TestJournal: two folders have two journals, in the directory of git or, outside of a repository, in the user's cache.
func TestJournal(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), "cache"))
	inGit := &app{out: "out", Env: &Env{Git: gitOf(map[string]any{"--absolute-git-dir": "/repo/.git\n"})}}
	other := &app{out: "other", Env: inGit.Env}
	if one, two := inGit.journal(t.Context()), other.journal(t.Context()); !strings.HasPrefix(one, filepath.FromSlash("/repo/.git/govctl/run-")) || one == two {
		t.Errorf("%s, %s", one, two)
	}
	outside := &app{out: "out", Env: &Env{Git: gitOf(map[string]any{"--absolute-git-dir": gitrepo.ErrNoRepository})}}
	if cache, err := os.UserCacheDir(); err == nil && !strings.HasPrefix(outside.journal(t.Context()), filepath.Join(cache, "govctl")) {
		t.Errorf("%s", outside.journal(t.Context()))
	}
}

// folderOf is a previous state in memory; the content broken cannot be read.
func folderOf(files map[string][]byte) stateFolder {
	return stateFolder{read: func(p string) ([]byte, error) {
		switch b, ok := files[p]; {
		case !ok:
			return nil, absentState(p + " does not exist")
		case string(b) == "broken":
			return nil, errDisk
		default:
			return b, nil
		}
	}}
}

// TestVerifiedState: nothing is read from a state that its checksums, or with trusted keys its signature, do not prove.
func TestVerifiedState(t *testing.T) {
	k := testKey(t, 1)
	with := func(files map[string][]byte, change ...string) map[string][]byte {
		for i := 0; i < len(change); i += 2 {
			files[change[i]] = []byte(change[i+1])
		}
		return files
	}
	without := func(files map[string][]byte, names ...string) map[string][]byte {
		for _, name := range names {
			delete(files, name)
		}
		return files
	}
	wrongCount := lastRun(t)
	wrongCount["status/checksums.json"] = bytes.Replace(wrongCount["status/checksums.json"], []byte(`"count":2`), []byte(`"count":3`), 1)
	trustK, trustOther := &integrity.Trust{}, &integrity.Trust{}
	trustK.Pin(k.Public())
	trustOther.Pin(testKey(t, 2).Public())
	for _, c := range []struct {
		name  string
		files map[string][]byte
		trust *integrity.Trust // as --policy found it
		keys  string           // sign.public_keys
		says  string
		code  int
	}{
		{name: "checksums that match", files: lastRun(t)},
		{name: "no folder of govctl", files: map[string][]byte{"README.md": nil}},
		{name: "no checksums beside a manifest", files: without(lastRun(t), "status/checksums.json"), says: "status/checksums.json: the file is missing"},
		{name: "checksums on a bad disk", files: with(lastRun(t), "status/checksums.json", "broken"), says: "input/output error"},
		{name: "checksums cut off", files: with(lastRun(t), "status/checksums.json", "{"), says: "status/checksums.json"},
		{name: "a list that contradicts itself", files: wrongCount, says: "count-mismatch"},
		{name: "signed by a trusted key", files: signedBundle(t, pipeline.Artifacts, lastRun(t), k), trust: trustK},
		{name: "signed by another key", files: signedBundle(t, pipeline.Artifacts, lastRun(t), k), trust: trustOther, says: "key-untrusted"},
		{name: "not signed", files: lastRun(t), trust: trustK, says: "status/checksums-signature.json: the previous state is not signed"},
		{name: "signature on a bad disk", files: with(lastRun(t), "status/checksums-signature.json", "broken"), trust: trustK, says: "input/output error"},
		{name: "signature cut off", files: with(lastRun(t), "status/checksums-signature.json", "{"), trust: trustK, says: "status/checksums-signature.json"},
		{name: "signed, and the list was changed", files: func() map[string][]byte {
			files := signedBundle(t, pipeline.Artifacts, lastRun(t), k)
			files["status/checksums.json"] = lastRun(t, "status/governance.prom", "y")["status/checksums.json"]
			return files
		}(), trust: trustK, says: "signed-aggregate-mismatch"},
		{name: "a list of keys that is not there", files: lastRun(t), keys: "nowhere.json", says: "nowhere.json", code: BadInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &app{Env: &Env{Now: testNow}}
			f := runFlags{trust: c.trust}
			if c.trust != nil {
				f.base = &pipeline.Policy{}
			}
			_, err := a.verifiedState(t.Context(), config.Config{Sign: config.Sign{PublicKeys: c.keys}}, folderOf(c.files), f)
			if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v, want %q", err, c.says)
			}
			var refused *pipeline.StateError
			var exit *exitError
			switch {
			case err == nil:
			case c.code != 0 && (!errors.As(err, &exit) || exit.code != c.code || exit.tip == ""), c.code == 0 && (!errors.As(err, &refused) || refused.Outcome != report.WorkFailed || refused.Hint == ""):
				t.Errorf("%v: %+v %+v", err, refused, exit)
			}
		})
	}
}

// TestStateOfTheOriginal: what the workflow of the original system wrote again after its checksums is read as it is, and nothing else.
func TestStateOfTheOriginal(t *testing.T) {
	files := bundled(t, pipeline.Artifacts, map[string]string{artifact.OperationsPath: "{}", artifact.SummaryPath: "{}"})
	files[artifact.OperationsPath], files[artifact.SummaryPath] = []byte("{ }"), []byte("{ }")
	a := &app{Env: &Env{Now: testNow}}
	c, err := a.verifiedState(t.Context(), config.Config{}, folderOf(files), runFlags{})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := c.read(artifact.OperationsPath); err != nil || string(b) != "{ }" {
		t.Errorf("%s %v", b, err)
	}
	if _, err := c.read(artifact.SummaryPath); err == nil {
		t.Error("a file that is not as it is listed was read")
	}
	files[artifact.ManifestPath] = []byte(manifestText(t, "us", nil))
	if c, err = a.verifiedState(t.Context(), config.Config{}, folderOf(files), runFlags{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.read(artifact.OperationsPath); err == nil {
		t.Error("a file of ours that is not as it is listed was read")
	}
}

// TestCheckedFile: a file is read as it is listed, or as it is where it is not listed.
func TestCheckedFile(t *testing.T) {
	files := lastRun(t, "status/other.prom", "z")
	listed, err := integrity.Listed(files[artifact.ChecksumsPath])
	if err != nil {
		t.Fatal(err)
	}
	files["status/history.jsonl"], files["status/damaged.jsonl"], files["status/other.prom"] = []byte("lines"), []byte("broken"), []byte("broken")
	checked := &checkedState{folder: folderOf(files), listed: listed}
	for name, want := range map[string]string{"status/governance.prom": "x", "status/history.jsonl": "lines", "status/absent.json": "does not exist", "status/damaged.jsonl": "input/output error", "status/other.prom": "input/output error"} {
		b, err := checked.read(name)
		if err != nil && !strings.Contains(err.Error(), want) || err == nil && string(b) != want {
			t.Errorf("%s: %q %v, want %s", name, b, err, want)
		}
	}
	if _, err := checked.read("status/absent.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is neither listed nor there: %v", err)
	}
	files["status/governance.prom"] = []byte("forged")
	if _, err := checked.read("status/governance.prom"); err == nil || !strings.Contains(err.Error(), "the file has sha256") {
		t.Errorf("a forged file: %v", err)
	}
	delete(files, "status/governance.prom")
	var refused *pipeline.StateError
	if _, err := checked.read("status/governance.prom"); !errors.As(err, &refused) || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "is listed in status/checksums.json and is missing") {
		t.Errorf("a lost file: %v", err)
	}
	if _, err := statusFiles(checked.folder.read).Open("absent.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	f, err := statusFiles(checked.folder.read).Open("history.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != 5 || info.Name() != "history.jsonl" {
		t.Errorf("%+v %v", info, err)
	}
}

// TestKeysOfTheState: in a run under --policy the keys of the base count, else those of the configuration.
func TestKeysOfTheState(t *testing.T) {
	of := &integrity.Trust{}
	a := &app{Env: &Env{Now: testNow}}
	if got, err := a.stateTrust(t.Context(), config.Config{Sign: config.Sign{PublicKeys: "nowhere.json"}}, runFlags{base: &pipeline.Policy{}, trust: of}); got != of || err != nil {
		t.Errorf("%v %v", got, err)
	}
	if got, err := a.stateTrust(t.Context(), config.Config{}, runFlags{}); got != nil || err != nil {
		t.Errorf("%v %v", got, err)
	}
	list, err := json.Marshal(map[string]any{"keys": []map[string]string{{"public_key_base64": testKey(t, 1).Public().Base64(), "status": "active"}}})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(written(t, map[string][]byte{"trusted.json": list}), "trusted.json")
	if got, err := a.stateTrust(t.Context(), config.Config{Sign: config.Sign{PublicKeys: name}}, runFlags{trust: of}); got == nil || got == of || err != nil {
		t.Errorf("%v %v", got, err)
	}
}

// TestExitCodes: scripts depend on them.
func TestExitCodes(t *testing.T) {
	input := &contract.Error{Msg: "m"}
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, Passed}, {errFindings, Findings}, {usage("x"), BadInput}, {errors.Join(errors.New("x"), &exitError{code: Failed, err: errDisk}), Failed}, {input, BadInput}, {gitrepo.ErrNoRevision, BadInput},
		{gitrepo.ErrNoFile, BadInput}, {gitrepo.ErrNoTag, BadInput}, {errors.Join(contract.ErrOutside, input), Failed}, {errDisk, Failed},
	} {
		if got := codeOf(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

// TestSay: an error is one line with one hint, and what was printed already is not printed again.
func TestSay(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{errFindings, ""}, {errBadInput, ""}, {errFailed, ""},
		{errDisk, "govctl: input/output error\n"},
		{errors.New("a\nb\tc"), "govctl: a b c\n"},
		{usage("x"), "govctl: x\n"},
		{usage("x").hint("do %s", "y"), "govctl: x\nhint: do y\n"},
		{&contract.Error{Msg: "m"}, "govctl: m\n"},
		{&contract.Error{Msg: "m", Hint: "h"}, "govctl: m\nhint: h\n"},
		{usage("x: %w", &contract.Error{Msg: "m", Hint: "h"}).hint("less"), "govctl: x: m\nhint: h\n"},
		{usage("x: %w", &contract.Error{Msg: "m"}).hint("more"), "govctl: x: m\nhint: more\n"},
		{usage("x: %w", &contract.Error{Msg: "m", Hint: "h"}), "govctl: x: m\nhint: h\n"},
	} {
		var talk bytes.Buffer
		a := &app{Env: &Env{Stderr: &talk}}
		if a.say(c.err); talk.String() != c.want {
			t.Errorf("%v: %q, want %q", c.err, talk.String(), c.want)
		}
	}
	var talk bytes.Buffer
	a := &app{Env: &Env{Stderr: &talk}}
	for _, text := range []string{"one", "", "one", "two", "one"} {
		a.hint(text)
	}
	if talk.String() != "hint: one\nhint: two\n" {
		t.Errorf("%q", talk.String())
	}
}
