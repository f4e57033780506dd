package gitrepo_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/gitrepo"
)

const body = "one line that stays\nanother line that stays\na third line that stays\n"

func TestHistory(t *testing.T) {
	for _, c := range []struct {
		name  string
		build func(*repo)
		want  []string
	}{
		{"revisions in order, an untouched commit left out, a revert read once", func(r *repo) {
			r.write("a.json", "1")
			r.commit("add")
			r.day(2)
			r.write("other", "x")
			r.commit("unrelated")
			r.day(3)
			r.write("a.json", "2")
			r.commit("change")
			r.day(4)
			r.write("a.json", "1")
			r.commit("revert")
		}, []string{"0 a.json 1", "3 a.json 2", "4 a.json 1"}},
		{"renamed twice, also into a folder, names with spaces and pattern characters", func(r *repo) {
			r.write("old[1].json", body)
			r.commit("add")
			r.day(1)
			r.git("mv", "old[1].json", "mid *.json")
			r.commit("rename")
			r.day(2)
			r.git("mv", "mid *.json", "sub.json")
			r.write("a.json", "decoy that was never the file\n")
			r.git("mv", "-f", "sub.json", "a.json")
			r.commit("rename over")
		}, []string{"0 old[1].json " + strings.TrimSpace(body), "1 mid *.json " + strings.TrimSpace(body), "2 a.json " + strings.TrimSpace(body)}},
		{"a copy does not inherit the history of its model", func(r *repo) {
			r.write("model.json", body)
			r.commit("model")
			r.day(1)
			r.write("a.json", body)
			r.commit("copy")
		}, []string{"1 a.json " + strings.TrimSpace(body)}},
		{"removed and added again", func(r *repo) {
			r.write("a.json", "1")
			r.commit("add")
			r.day(1)
			r.git("rm", "-q", "a.json")
			r.commit("remove")
			r.day(2)
			r.write("a.json", "2")
			r.commit("again")
		}, []string{"0 a.json 1", "1 a.json -", "2 a.json 2"}},
		{"a merge counts when it lands, not when its branch was written", func(r *repo) {
			r.write("a.json", "1")
			r.commit("add")
			r.git("checkout", "-q", "-b", "side")
			r.day(1)
			r.write("a.json", "2")
			r.commit("on the side")
			r.day(2)
			r.write("a.json", "3")
			r.commit("on the side again")
			r.git("checkout", "-q", "main")
			r.day(3)
			r.write("other", "x")
			r.commit("main moves")
			r.day(9)
			r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
		}, []string{"0 a.json 1", "9 a.json 3"}},
		{"renamed on a branch that is merged", func(r *repo) {
			r.write("old.json", body)
			r.commit("add")
			r.git("checkout", "-q", "-b", "side")
			r.day(1)
			r.git("mv", "old.json", "a.json")
			r.commit("rename")
			r.git("checkout", "-q", "main")
			r.day(2)
			r.write("old.json", body+"more\n")
			r.commit("change")
			r.day(5)
			r.git("merge", "-q", "-m", "merge", "side")
		}, []string{
			"0 old.json " + strings.TrimSpace(body), "2 old.json " + strings.TrimSpace(body+"more"),
			"5 a.json " + strings.TrimSpace(body+"more"),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t)
			c.build(r)
			h, err := r.open().History(context.Background(), "HEAD", "a.json")
			if err != nil {
				t.Fatal(err)
			}
			if got := texts(t, r.open(), h); strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
			if h.Cut {
				t.Error("a whole clone counts as cut")
			}
		})
	}
}

// A revision from before a renaming has the file under its old name, even where another file bears the new one now and then.
func TestFollowed(t *testing.T) {
	r := newRepo(t)
	r.write("x", "1")
	r.commit("empty")
	r.write("old.json", body)
	r.commit("add")
	r.git("mv", "old.json", "a.json")
	r.commit("rename")
	r.write("a.json", body+"more\n")
	r.commit("change")
	for rev, want := range map[string]string{"HEAD": body + "more\n", "HEAD^": body, "HEAD~2": body} {
		if data, err := r.open().Followed(context.Background(), rev, "a.json"); err != nil || string(data) != want {
			t.Errorf("%s has %q, %v", rev, data, err)
		}
	}
	if _, err := r.open().Followed(context.Background(), "HEAD~3", "a.json"); !errors.Is(err, gitrepo.ErrNoFile) {
		t.Errorf("before the file was added: %v", err)
	}
	if _, err := r.open().Followed(context.Background(), "HEAD~9", "a.json"); !errors.Is(err, gitrepo.ErrNoRevision) {
		t.Errorf("before the repository: %v", err)
	}
}

// A file is named as the user sees it: from the folder where the command runs.
func TestHistoryFromSubfolder(t *testing.T) {
	r := newRepo(t)
	r.write("sub/a.json", "1")
	r.write("a.json", "top")
	r.commit("add")
	g := r.open()
	g.Dir += "/sub"
	h, err := g.History(context.Background(), "HEAD", "a.json")
	if err != nil || len(h.Changes) != 1 || h.Changes[0].Path != "sub/a.json" {
		t.Fatalf("%+v %v", h, err)
	}
	if files, err := g.Files(context.Background(), "HEAD"); err != nil || len(files) != 1 || files[0] != "a.json" {
		t.Errorf("files %q, %v", files, err)
	}
	data, err := g.Show(context.Background(), "HEAD", "./a.json")
	if err != nil || string(data) != "1" {
		t.Errorf("./a.json is %q, %v", data, err)
	}
}

// actions/checkout makes a shallow clone: its oldest commit looks as if it had added every file.
func TestHistoryOfShallowClone(t *testing.T) {
	r := newRepo(t)
	for i, text := range []string{"1", "2", "3"} {
		r.day(i)
		r.write("a.json", text)
		r.commit(text)
	}
	r.day(4)
	r.write("late.json", "x")
	r.commit("late file")
	clone := t.TempDir()
	r.git("clone", "-q", "--depth", "2", "file://"+r.dir, clone)
	g := gitrepo.Repo{Dir: clone, Run: gitrepo.Exec(os.Environ())}
	for name, cut := range map[string]bool{"a.json": true, "late.json": false, "never.json": true} {
		h, err := g.History(context.Background(), "HEAD", name)
		if err != nil {
			t.Fatal(err)
		}
		if h.Cut != cut {
			t.Errorf("%s: cut is %v, want %v (%+v)", name, h.Cut, cut, h)
		}
	}
}

// TestListed: what git has, and what it would have with the next git add, each once, from the folder of the Repo.
func TestListed(t *testing.T) {
	r := newRepo(t)
	r.write("sub/a b", "x")
	r.write("top", "x")
	r.write(".gitignore", "/sub/ignored\n")
	r.commit("x")
	for _, name := range []string{"sub/ignored", "sub/later\n"} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	g := r.open()
	if got, err := g.Listed(t.Context()); err != nil || fmt.Sprintf("%q", got) != `[".gitignore" "sub/a b" "sub/later\n" "top"]` {
		t.Errorf("%q %v", got, err)
	}
	g.Dir = filepath.Join(r.dir, "sub")
	if got, err := g.Listed(t.Context()); err != nil || fmt.Sprintf("%q", got) != `["a b" "later\n"]` {
		t.Errorf("%q %v", got, err)
	}
	endless := gitrepo.Repo{Run: func(ctx context.Context, c gitrepo.Command) error {
		for ctx.Err() == nil {
			if _, err := c.Stdout.Write(make([]byte, 1<<20)); err != nil {
				return err
			}
		}
		return ctx.Err()
	}}
	if got, err := endless.Listed(t.Context()); err == nil {
		t.Errorf("an endless list: %d names", len(got))
	}
}
