package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var errDisk = errors.New("input/output error")

// told is a git that says what it is told to: an answer for each call of a subcommand, the last one again and again. An answer is an output,
// an error, or both.
type told struct {
	answers map[string][]any
	calls   []Command
	stdin   string // of the last call that had one
}

type both struct {
	out string
	err error
}

func (g *told) run(_ context.Context, c Command) error {
	g.calls = append(g.calls, c)
	if c.Stdin != nil {
		b, _ := io.ReadAll(c.Stdin)
		g.stdin = string(b)
	}
	for _, key := range []string{strings.Join(c.Args, " "), c.Args[0]} {
		list := g.answers[key]
		if len(list) == 0 {
			continue
		}
		if len(list) > 1 {
			g.answers[key] = list[1:]
		}
		var out string
		var err error
		switch answer := list[0].(type) {
		case string:
			out = answer
		case error:
			err = answer
		case both:
			out, err = answer.out, answer.err
		}
		if c.Stdout != nil {
			_, _ = io.WriteString(c.Stdout, out)
		}
		return err
	}
	return nil
}

// pushed are the arguments of each push.
func (g *told) pushed() (all []string) {
	for _, c := range g.calls {
		if c.Args[0] == "push" {
			all = append(all, strings.Join(c.Args[len(pushArgs):], " "))
		}
	}
	return all
}

const verify = "rev-parse --verify --quiet --end-of-options "

// remote is a git beside a remote with the branch a at c0, on which c1 was built; b is not there.
func remote() *told {
	return &told{answers: map[string][]any{
		"ls-remote":                           {"c0\trefs/heads/a\nc9\trefs/heads/other\n"},
		verify + "refs/tips/a^{commit}":       {"c0"},
		verify + "refs/new/a^{commit}":        {"c1"},
		verify + "refs/new/b^{commit}":        {"c2"},
		"ls-tree":                             {"100644 blob i1\told.txt\x00040000 tree i2\tdir\x00100755 blob i3\tdir/run\x00120000 blob i4\tlink\x00160000 commit i5\tsub\x00"},
		"rev-parse c1^{tree} c0^{tree}":       {"t1\nt0"},
		"rev-parse --show-object-format":      {"sha1"},
		"rev-parse --resolve-git-dir /remote": {&Error{}},
	}}
}

func publication(t *testing.T, change func(*Push)) Push {
	t.Helper()
	p := Push{Remote: "/remote", Name: "A <x>", Email: "a@example.com", Message: "m", At: time.Unix(7, 0), Scratch: t.TempDir(), Tries: 3, Jitter: func() float64 { return 1 },
		Sleep:    func(context.Context, time.Duration) error { return nil },
		Branches: []Branch{{Name: "a", Files: map[string][]byte{"new.txt": []byte("new")}}, {Name: "b", Files: map[string][]byte{"x": nil}}}}
	change(&p)
	return p
}

const fromA, newB = "--force-with-lease=refs/heads/a:c0", "--force-with-lease=refs/heads/b:"

// TestPublicationRounds: what is pushed, how often, and how a publication ends.
func TestPublicationRounds(t *testing.T) {
	lost := both{"!\trefs/heads/a\t[rejected] (stale info)\n", &Error{}}
	all := fromA + " " + newB + " /remote c1:refs/heads/a c2:refs/heads/b"
	for _, c := range []struct {
		name   string
		git    map[string][]any
		change func(*Push)
		pushes []string
		sleeps []time.Duration
		want   []Published
		err    error
		fails  bool // with any error
	}{
		{name: "both branches together", pushes: []string{all}, want: []Published{{Branch: "a", Commit: "c1", Changed: true}, {Branch: "b", Commit: "c2", Created: true, Changed: true}}},
		{name: "a branch that holds it all already", git: map[string][]any{"rev-parse c1^{tree} c0^{tree}": {"t0\nt0"}}, pushes: []string{newB + " /remote c2:refs/heads/b"},
			want: []Published{{Branch: "a", Commit: "c0"}, {Branch: "b", Commit: "c2", Created: true, Changed: true}}},
		{name: "nothing new", git: map[string][]any{"rev-parse c1^{tree} c0^{tree}": {"t0\nt0"}}, change: func(p *Push) { p.Branches = p.Branches[:1] }, want: []Published{{Branch: "a", Commit: "c0"}}},
		{name: "dry run", change: func(p *Push) { p.DryRun = true }, want: []Published{{Branch: "a", Commit: "c1", Changed: true}, {Branch: "b", Commit: "c2", Created: true, Changed: true}}},
		{name: "a race that is lost once", git: map[string][]any{"push": {lost, ""}}, pushes: []string{all, all}, sleeps: []time.Duration{200 * time.Millisecond},
			want: []Published{{Branch: "a", Commit: "c1", Changed: true}, {Branch: "b", Commit: "c2", Created: true, Changed: true}}},
		{name: "a race that is lost each time", git: map[string][]any{"push": {lost}}, pushes: []string{all, all, all}, sleeps: []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}, err: ErrBusy},
		{name: "many races", git: map[string][]any{"push": {lost}}, change: func(p *Push) { p.Tries, p.Jitter = 7, func() float64 { return 0.5 } },
			pushes: slices.Repeat([]string{all}, 7), sleeps: []time.Duration{100e6, 200e6, 400e6, 800e6, 1600e6, 2000e6}, err: ErrBusy},
		{name: "told to stop while it waits", git: map[string][]any{"push": {lost}}, change: func(p *Push) { p.Sleep = func(context.Context, time.Duration) error { return context.Canceled } }, pushes: []string{all}, err: context.Canceled},
		{name: "a branch that goes while it is read", git: map[string][]any{"fetch": {&Error{Stderr: "couldn't find remote ref refs/heads/a"}}}, sleeps: []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}, err: ErrBusy},
		{name: "a tip that goes while it is read", git: map[string][]any{"fetch": {&Error{Stderr: "upload-pack: not our ref c0"}}}, sleeps: []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}, err: ErrBusy},
		{name: "a fetch that fails", git: map[string][]any{"fetch": {&Error{Stderr: "no route"}}}, err: ErrRemote},
		{name: "a remote that is not there", git: map[string][]any{"ls-remote": {&Error{Stderr: "no route"}}}, err: ErrRemote},
		{name: "git is not there", git: map[string][]any{"ls-remote": {ErrNoGit}}, err: ErrNoGit},
		{name: "a push that is refused", git: map[string][]any{"push": {both{"!\trefs/heads/a\t[remote rejected] (protected branch)\n", &Error{}}}}, pushes: []string{all}, err: ErrRefused},
		{name: "a tip that cannot be resolved", git: map[string][]any{verify + "refs/tips/a^{commit}": {errDisk}}, err: errDisk},
		{name: "a tip that cannot be listed", git: map[string][]any{"ls-tree": {errDisk}}, err: errDisk},
		{name: "a commit that cannot be built", git: map[string][]any{"fast-import": {errDisk}}, err: errDisk},
		{name: "a commit that is not there", git: map[string][]any{verify + "refs/new/a^{commit}": {errDisk}}, err: errDisk},
		{name: "a tree that is not there", git: map[string][]any{"rev-parse c1^{tree} c0^{tree}": {errDisk}}, err: errDisk},
		{name: "a check that refuses", change: func(p *Push) {
			p.Branches[0].Check = func(context.Context, Tip) (Decision, error) { return Decision{}, errDisk }
		}, err: errDisk},
		{name: "a path that cannot be published", change: func(p *Push) { p.Branches[0].Files["../x"] = nil }, fails: true},
		{name: "a branch name that is an option", change: func(p *Push) { p.Branches[1].Name = "-x" }, err: ErrNoRevision},
		{name: "a remote that is an option", change: func(p *Push) { p.Remote = "-x" }, err: ErrNoRevision},
	} {
		t.Run(c.name, func(t *testing.T) {
			git := remote()
			maps.Copy(git.answers, c.git)
			p := publication(t, func(p *Push) {})
			var sleeps []time.Duration
			p.Sleep = func(_ context.Context, d time.Duration) error { sleeps = append(sleeps, d); return nil }
			if c.change != nil {
				c.change(&p)
			}
			got, err := Repo{Dir: "/", Run: git.run}.Publish(t.Context(), p)
			if (err != nil) != (c.err != nil || c.fails) || !errors.Is(err, c.err) && !c.fails {
				t.Fatalf("%v, want %v", err, c.err)
			}
			if err == nil && !slices.Equal(got, c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			for _, call := range git.calls {
				if call.Args[0] == "fetch" && !slices.Equal(call.Args[len(call.Args)-2:], []string{"/remote", "+refs/heads/a:refs/tips/a"}) {
					t.Errorf("fetches %v", call.Args)
				}
			}
			if !slices.Equal(git.pushed(), c.pushes) || !slices.Equal(sleeps, c.sleeps) {
				t.Errorf("pushes %q with waits %v, want %q with %v", git.pushed(), sleeps, c.pushes, c.sleeps)
			}
		})
	}
}

// TestKept: nothing is pushed only where every branch is there and its check would keep it.
func TestKept(t *testing.T) {
	keep := func(context.Context, Tip) (Decision, error) { return Decision{Keep: true}, nil }
	change := func(context.Context, Tip) (Decision, error) { return Decision{Delete: []string{"x"}}, nil }
	there := map[string]Tip{"a": {Commit: "c0"}, "b": {Commit: "c9"}}
	for name, c := range map[string]struct {
		tips map[string]Tip
		a, b func(context.Context, Tip) (Decision, error)
		kept bool
		asks int
	}{
		"both keep":             {there, keep, keep, true, 2},
		"one does not":          {there, keep, change, false, 2},
		"the first does not":    {there, change, keep, false, 2},
		"one is not asked":      {there, keep, nil, false, 1},
		"the first is not":      {there, nil, keep, false, 1},
		"one is not there":      {map[string]Tip{"a": {Commit: "c0"}}, keep, keep, false, 2},
		"the first is not here": {map[string]Tip{"b": {Commit: "c9"}}, keep, keep, false, 2},
	} {
		w := &workshop{Push: &Push{Branches: []Branch{{Name: "a", Check: c.a}, {Name: "b", Check: c.b}}}}
		decisions, kept, err := w.check(t.Context(), c.tips)
		if err != nil || (kept != nil) != c.kept || len(decisions) != c.asks {
			t.Errorf("%s: %v %+v %v", name, decisions, kept, err)
		}
		if c.kept && !slices.Equal(kept, []Published{{Branch: "a", Commit: "c0", Kept: true}, {Branch: "b", Commit: "c9", Kept: true}}) {
			t.Errorf("%s: %+v", name, kept)
		}
	}
	if _, kept, err := (&workshop{Push: &Push{}}).check(t.Context(), there); kept != nil || err != nil {
		t.Errorf("no branch at all: %+v %v", kept, err)
	}
}

// TestTipListing: the regular files of a tip can be read, and whatever else is in it is known.
func TestTipListing(t *testing.T) {
	git := remote()
	w := &workshop{Repo: Repo{Run: git.run}}
	tip, err := w.tip(t.Context(), "c0")
	if err != nil || strings.Join(tip.Files(), " ") != "dir/run old.txt" || !tip.Has("old.txt") || tip.Has("link") || tip.Has("dir") || tip.Has("sub") || len(tip.entries) != 5 {
		t.Errorf("%+v %v", tip, err)
	}
	git.answers["ls-tree"] = []any{""}
	if tip, err := w.tip(t.Context(), "c0"); err != nil || len(tip.entries) != 0 {
		t.Errorf("an empty tree: %+v %v", tip, err)
	}
	tip = TipOf("c", map[string][]byte{"b": []byte("2"), "a": []byte("1")})
	var read []string
	err = tip.ReadAll(t.Context(), []string{"b", "a", "b"}, func(name string, data []byte) error {
		read = append(read, name+"="+string(data))
		return nil
	})
	if err != nil || strings.Join(read, " ") != "b=2 a=1 b=2" {
		t.Errorf("%v %v", read, err)
	}
	if _, err := tip.Read(t.Context(), "c"); !errors.Is(err, ErrNoFile) {
		t.Errorf("%v", err)
	}
	if b, err := tip.Read(t.Context(), "a"); err != nil || string(b) != "1" {
		t.Errorf("%s %v", b, err)
	}
	if err := tip.ReadAll(t.Context(), []string{"a"}, func(string, []byte) error { return errDisk }); !errors.Is(err, errDisk) {
		t.Errorf("%v", err)
	}
	if err := (Tip{}).ReadAll(t.Context(), nil, nil); err != nil {
		t.Errorf("nothing to read: %v", err)
	}
	if got := deleted(tip, Decision{Delete: []string{"a", "c", "b"}}); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("%v", got)
	}
}

// TestCommitOfABranch: the stream that becomes the commits.
func TestCommitOfABranch(t *testing.T) {
	git := &told{}
	w := &workshop{Repo: Repo{Run: git.run}, Push: &Push{Name: "A <x>\n", Email: "a@example.com", Message: "two\nlines", At: time.Unix(7, 0), Branches: []Branch{
		{Name: "a", Files: map[string][]byte{"z": []byte("1"), `a "b"\`: nil, "ours": []byte("2")}}, {Name: "b", Files: map[string][]byte{}},
	}}}
	tips := map[string]Tip{"a": TipOf("c0", map[string][]byte{"gone": nil, "ours": nil, "stays": nil})}
	if err := w.build(t.Context(), tips, map[string]Decision{"a": {Delete: []string{"gone", "never there", "ours"}}}); err != nil {
		t.Fatal(err)
	}
	want := "commit refs/new/a\ncommitter A x  <a@example.com> 7 +0000\ndata 9\ntwo\nlines\nfrom c0\nD \"gone\"\nM 100644 inline \"a \\\"b\\\"\\\\\"\ndata 0\n\nM 100644 inline \"ours\"\ndata 1\n2\nM 100644 inline \"z\"\ndata 1\n1\n\n" +
		"commit refs/new/b\ncommitter A x  <a@example.com> 7 +0000\ndata 9\ntwo\nlines\n\ndone\n"
	if git.stdin != want {
		t.Errorf("%q\nwant\n%q", git.stdin, want)
	}
}

// TestMergedFiles: files that only grow are united with the branch's copies.
func TestMergedFiles(t *testing.T) {
	join := func(theirs, ours []byte) ([]byte, error) { return append(theirs, ours...), nil }
	refuse := func(_, _ []byte) ([]byte, error) { return nil, errDisk }
	type merges = map[string]func(theirs, ours []byte) ([]byte, error) // by the name of the file
	unreadable := TipOf("c", map[string][]byte{"h": []byte("theirs ")})
	unreadable.read = func(context.Context, []string, func(string, []byte) error) error { return errDisk }
	for name, c := range map[string]struct {
		tip   Tip
		merge merges
		want  string
		err   error
	}{
		"both have it":             {TipOf("c", map[string][]byte{"h": []byte("theirs ")}), merges{"h": join}, "theirs ours", nil},
		"the branch does not":      {TipOf("c", nil), merges{"h": join}, "ours", nil},
		"there is no branch":       {Tip{}, merges{"h": join}, "ours", nil},
		"we do not":                {TipOf("c", map[string][]byte{"x": []byte("theirs")}), merges{"x": join}, "ours", nil},
		"it only replaces":         {TipOf("c", map[string][]byte{"h": []byte("theirs ")}), nil, "ours", nil},
		"they cannot be united":    {TipOf("c", map[string][]byte{"h": []byte("theirs ")}), merges{"h": refuse}, "", errDisk},
		"theirs cannot be read":    {unreadable, merges{"h": join}, "", errDisk},
		"a folder is in its place": {Tip{Commit: "c", entries: []treeEntry{{"040000", "h"}}}, nil, "", ErrBlocked},
	} {
		b := Branch{Name: "a", Files: map[string][]byte{"h": []byte("ours")}}
		for file, merge := range c.merge {
			b.Merge = append(b.Merge, single(file, merge))
		}
		files, _, err := (&workshop{}).merged(t.Context(), b, c.tip, nil)
		if !errors.Is(err, c.err) || err == nil && (string(files["h"]) != c.want || len(files) != 1) {
			t.Errorf("%s: %q %v", name, files, err)
		}
	}
}

// single unites a file of one name.
func single(file string, join func(theirs, ours []byte) ([]byte, error)) Merge {
	return Merge{func(name string) bool { return name == file }, func(theirs, ours map[string][]byte) (map[string][]byte, error) {
		all, err := join(theirs[file], ours[file])
		return map[string][]byte{file: all}, err
	}}
}

// TestMergedGroup: files of a group are united as a whole, and those of the branch that the union does not have go.
func TestMergedGroup(t *testing.T) {
	group := Merge{func(name string) bool { return strings.HasPrefix(name, "h") }, func(theirs, ours map[string][]byte) (map[string][]byte, error) {
		return map[string][]byte{"h": append(theirs["h1"], ours["h"]...), "h3": theirs["h2"]}, nil
	}}
	b := Branch{Name: "a", Files: map[string][]byte{"h": []byte("ours"), "x": nil}, Merge: []Merge{group}}
	tip := TipOf("c", map[string][]byte{"h1": []byte("theirs "), "h2": []byte("old"), "y": nil})
	files, gone, err := (&workshop{}).merged(t.Context(), b, tip, []string{"y"})
	if err != nil || string(files["h"]) != "theirs ours" || string(files["h3"]) != "old" || len(files) != 3 || !slices.Equal(gone, []string{"y", "h1", "h2"}) {
		t.Errorf("%q %q %v", files, gone, err)
	}
}

// TestMergedBesideOthers: a file that one side lacks keeps no other from being united.
func TestMergedBesideOthers(t *testing.T) {
	join := func(theirs, ours []byte) ([]byte, error) { return append(theirs, ours...), nil }
	b := Branch{Name: "a", Files: map[string][]byte{"h": []byte("ours")}, Merge: []Merge{single("h", join)}}
	tip := map[string][]byte{"h": []byte("theirs ")}
	for i := range 20 {
		onlyOurs, onlyTheirs := fmt.Sprint("ours", i), fmt.Sprint("theirs", i)
		b.Merge = append(b.Merge, single(onlyOurs, join), single(onlyTheirs, join))
		b.Files[onlyOurs], tip[onlyTheirs] = nil, nil
	}
	files, _, err := (&workshop{}).merged(t.Context(), b, TipOf("c", tip), nil)
	if err != nil || string(files["h"]) != "theirs ours" || len(files) != 21 {
		t.Errorf("%q %v", files, err)
	}
}

// TestInTheWay: our files take the place of regular files alone.
func TestInTheWay(t *testing.T) {
	for _, c := range []struct {
		mode, name string // of what the branch has
		gone       []string
		blocked    string
	}{
		{"100644", "a/b/c.txt", nil, ""}, {"100755", "a/b/c.txt", nil, ""}, {"040000", "a/b", nil, ""}, {"040000", "other", nil, ""}, {"120000", "other", nil, ""}, {"160000", "a/other", nil, ""},
		{"040000", "a/b/c.txt", nil, "a folder"}, {"120000", "a/b/c.txt", nil, "a symbolic link"}, {"160000", "a/b/c.txt", nil, "a submodule"},
		{"100644", "a/b", nil, "a file"}, {"100644", "a", nil, "a file"}, {"120000", "a", nil, "a symbolic link"}, {"160000", "a/b", nil, "a submodule"}, {"100644", "a/b", []string{"a/b"}, ""}, {"100644", "a", []string{"a/b"}, "a file"},
	} {
		err := clear(Branch{Name: "x", Files: map[string][]byte{"a/b/c.txt": nil}}, Tip{entries: []treeEntry{{c.mode, c.name}}}, c.gone)
		if (err != nil) != (c.blocked != "") || err != nil && (!errors.Is(err, ErrBlocked) || !strings.HasSuffix(err.Error(), "is "+c.blocked)) {
			t.Errorf("%s %s: %v, want %q", c.mode, c.name, err, c.blocked)
		}
	}
}

func TestNamesThatArePublished(t *testing.T) {
	for name, ok := range map[string]bool{
		"schemas": true, "gh-pages": true, "a/b.c": true, "_x": true, "": false, "-x": false, "a..b": false, "a//b": false, "a/": false, "a.lock": false, "a.": false, ".a": false, "a b": false, "a:b": false, "/a": false, "a~1": false,
	} {
		if err := checkBranch(name); (err == nil) != ok || err != nil && !errors.Is(err, ErrNoRevision) {
			t.Errorf("branch %q: %v", name, err)
		}
	}
	for name, ok := range map[string]bool{
		"a": true, "a/b.c": true, ".github/x": true, "a/...": true, "": false, "-x": false, "/a": false, "a/": false, "a//b": false, "./a": false, "a/../b": false, ".git/config": false, "a/.GIT/x": false, "a\nb": false,
	} {
		if err := checkPath(name); (err == nil) != ok {
			t.Errorf("path %q: %v", name, err)
		}
	}
	for text, want := range map[string]string{"https://user:s3cret@host/x": "https://host/x", "no address": "no address", "https://host/a@b": "https://host/a@b"} {
		if got := clean(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestFolders: what is asked of a folder in a commit or in the work tree.
func TestFolders(t *testing.T) {
	noRepository := &Error{Stderr: "not a git repository (or any of the parent directories): .git"}
	for _, c := range []struct {
		resolve, list any
		want          []string
		err           error
	}{
		{"c0", "a\x00b\x00", []string{"a", "b"}, nil}, {"c0", "", nil, nil}, {"c0", &Error{}, nil, ErrNoFile}, {"c0", errDisk, nil, errDisk}, {&Error{}, "", nil, ErrNoRevision}, {errDisk, "", nil, errDisk},
	} {
		git := &told{answers: map[string][]any{"rev-parse": {c.resolve}, "ls-tree": {c.list}}}
		got, err := Repo{Run: git.run}.List(t.Context(), "main", "schemas")
		if !slices.Equal(got, c.want) || !errors.Is(err, c.err) {
			t.Errorf("%v: %v %v", c, got, err)
		}
	}
	git := &told{answers: map[string][]any{"rev-parse": {"c0"}}}
	if _, err := (Repo{Run: git.run}).List(t.Context(), "main", "-x"); !errors.Is(err, ErrNoRevision) || len(git.calls) != 1 {
		t.Errorf("a folder that is an option: %v", err)
	}
	for _, c := range []struct {
		answer any
		want   bool
		err    error
	}{
		{"a\x00", true, nil}, {"", false, nil}, {ErrNoGit, false, nil}, {noRepository, false, nil}, {&Error{Stderr: "outside of the repository"}, false, nil}, {errDisk, false, errDisk},
	} {
		git := &told{answers: map[string][]any{"--literal-pathspecs": {c.answer}}}
		if got, err := (Repo{Run: git.run}).Tracks(t.Context(), "out"); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%v: %v %v", c.answer, got, err)
		}
	}
	git = &told{answers: map[string][]any{"rev-parse": {noRepository}}}
	if _, err := (Repo{Run: git.run}).GitDir(t.Context()); !errors.Is(err, ErrNoRepository) {
		t.Errorf("%v", err)
	}
	git.answers["rev-parse"] = []any{filepath.FromSlash("/repo/.git") + "\n"}
	if dir, err := (Repo{Run: git.run}).GitDir(t.Context()); err != nil || dir != filepath.FromSlash("/repo/.git") {
		t.Errorf("%s %v", dir, err)
	}
	if fmt.Sprint(git.calls[len(git.calls)-1].Args) != "[rev-parse --absolute-git-dir]" {
		t.Errorf("%v", git.calls)
	}
}
