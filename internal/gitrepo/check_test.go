package gitrepo_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/gitrepo"
)

var errOwned = errors.New("it belongs to somebody else")

// owned makes a publication claim the branches: whoever finds the name of another one in the file "owner" is refused.
func owned(p gitrepo.Push, owner string) gitrepo.Push {
	for i := range p.Branches {
		b := &p.Branches[i]
		b.Files["owner"] = []byte(owner)
		b.Check = func(ctx context.Context, tip gitrepo.Tip) (d gitrepo.Decision, err error) {
			if !tip.Has("owner") {
				return d, nil
			}
			if data, err := tip.Read(ctx, "owner"); err != nil || string(data) != owner {
				return d, errors.Join(err, errOwned)
			}
			return d, nil
		}
	}
	return p
}

// TestCheckOfEachTip: two writers at once on new and on old branches. Whoever comes second is refused, also where the tip moved between its
// reading and its push.
func TestCheckOfEachTip(t *testing.T) {
	for _, existing := range []bool{false, true} {
		remote := bare(t)
		if existing {
			p := push(t, remote, "0")
			if _, err := publisher(".").Publish(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		intruded := false
		real := gitrepo.Exec(os.Environ())
		late := gitrepo.Repo{Dir: ".", Run: func(ctx context.Context, c gitrepo.Command) error {
			if c.Args[0] == "push" && !intruded {
				intruded = true
				if _, err := publisher(".").Publish(ctx, owned(push(t, remote, "first"), "first")); err != nil {
					t.Error(err)
				}
			}
			return real(ctx, c)
		}}
		p := owned(push(t, remote, "second"), "second")
		p.Jitter = func() float64 { return 0 }
		if _, err := late.Publish(t.Context(), p); !errors.Is(err, errOwned) {
			t.Errorf("branches were there: %v: %v", existing, err)
		}
		for branch, file := range map[string]string{"schemas": "status/summary.json", "gh-pages": "index.html"} {
			if got := show(t, remote, branch, "owner"); got != "first" {
				t.Errorf("%s belongs to %q", branch, got)
			}
			if got := show(t, remote, branch, file); !strings.HasSuffix(got, "first") {
				t.Errorf("%s of %s is %q", file, branch, got)
			}
		}
		if _, err := publisher(".").Publish(t.Context(), owned(push(t, remote, "third"), "first")); err != nil {
			t.Errorf("the owner: %v", err)
		}
	}
}

func TestDeletion(t *testing.T) {
	remote := furnished(t, "schemas", map[string]string{"100644 gone.txt": "a", "100644 kept.txt": "b", "100755 dir/gone.sh": "c", "100644 status": "a file", "120000 link": "kept.txt"})
	p := push(t, remote, "1")
	p.Branches[0].Check = func(ctx context.Context, tip gitrepo.Tip) (gitrepo.Decision, error) {
		if want := []string{"dir/gone.sh", "gone.txt", "kept.txt", "status"}; !slices.Equal(tip.Files(), want) || tip.Has("link") {
			t.Errorf("the tip has %q", tip.Files())
		}
		seen := ""
		err := tip.ReadAll(ctx, []string{"kept.txt", "gone.txt"}, func(name string, data []byte) error {
			seen += fmt.Sprintf("%s=%s ", name, data)
			return nil
		})
		if err != nil || seen != "kept.txt=b gone.txt=a " {
			t.Errorf("read %q, %v", seen, err)
		}
		if _, err := tip.Read(ctx, "link"); !errors.Is(err, gitrepo.ErrNoFile) {
			t.Errorf("a link: %v", err)
		}
		return gitrepo.Decision{Delete: []string{"gone.txt", "dir/gone.sh", "link", "absent.txt", "status", "status/summary.json"}}, nil
	}
	if _, err := publisher(t.TempDir()).Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	got := strings.Split(mustGit(t, remote, "ls-tree", "-r", "-z", "--name-only", "schemas"), "\x00")
	if want := []string{"kept.txt", "link", `odd "name"\ü.txt`, "status/history.jsonl", "status/summary.json", ""}; !slices.Equal(got, want) {
		t.Errorf("files %q", got)
	}
}

// TestKeptTips: nothing is pushed where all branches are as good as ours, and all of it where one is not.
func TestKeptTips(t *testing.T) {
	remote := bare(t)
	keep := func(p gitrepo.Push, answers ...bool) gitrepo.Push {
		for i, answer := range answers {
			p.Branches[i].Check = func(context.Context, gitrepo.Tip) (gitrepo.Decision, error) {
				return gitrepo.Decision{Keep: answer}, nil
			}
		}
		return p
	}
	if got, err := publisher(".").Publish(t.Context(), keep(push(t, remote, "1"), true, true)); err != nil || !got[0].Created || got[0].Kept {
		t.Fatalf("a branch that is not there is never kept: %+v %v", got, err)
	}
	before := mustGit(t, remote, "for-each-ref")
	got, err := publisher(".").Publish(t.Context(), keep(push(t, remote, "2"), true, true))
	if err != nil || len(got) != 2 || !got[0].Kept || !got[1].Kept || got[0].Changed || !strings.Contains(before, got[0].Commit) || mustGit(t, remote, "for-each-ref") != before {
		t.Errorf("%+v %v", got, err)
	}
	got, err = publisher(".").Publish(t.Context(), keep(push(t, remote, "3"), true, false))
	if err != nil || !got[0].Changed || !got[1].Changed || got[0].Kept {
		t.Errorf("%+v %v", got, err)
	}
	got, err = publisher(".").Publish(t.Context(), keep(push(t, remote, "4"), true))
	if err != nil || !got[0].Changed || !got[1].Changed {
		t.Errorf("a branch without a check: %+v %v", got, err)
	}
}

// TestTheServersWords: what a hook says is shown, without colours, bounded, and is never taken for a lost race.
func TestTheServersWords(t *testing.T) {
	for _, c := range []struct {
		name, script string
		has, hasNot  []string
	}{
		{"plain", "echo no writing on sundays >&2; echo ask the release team >&2", []string{"pre-receive hook declined", "the server answers: no writing on sundays; ask the release team"}, nil},
		{"protected", "printf 'error: GH006: Protected branch update failed for refs/heads/schemas.\\nerror: At least 1 approving review is required\\n' >&2",
			[]string{"GH006: Protected branch update failed", "At least 1 approving review"}, nil},
		{"like a race", "echo 'stale info: fetch first, cannot lock ref' >&2", []string{"declined", "fetch first"}, nil},
		{"colours and commands", `printf '\033[31mred\033[0m\a text\r\n::warning::x https://u:hunter2@example.com/x\n' >&2`, []string{"red  text", "https://example.com/x"}, []string{"\x1b", "\a", "hunter2"}},
		{"endless", "i=0; while [ $i -lt 3000 ]; do echo a long line of words that goes on and on $i >&2; i=$((i+1)); done", []string{"on and on 0;", "..."}, []string{"on and on 100"}},
	} {
		remote := bare(t)
		if err := os.WriteFile(filepath.Join(remote, "hooks", "pre-receive"), []byte("#!/bin/sh\n"+c.script+"\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		p := push(t, remote, "1")
		p.Sleep = func(context.Context, time.Duration) error { t.Errorf("%s: tried again", c.name); return nil }
		_, err := publisher(t.TempDir()).Publish(t.Context(), p)
		text := fmt.Sprint(err)
		if !errors.Is(err, gitrepo.ErrRefused) || len(text) > 2000 {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, want := range c.has {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in %q", c.name, want, text)
			}
		}
		for _, bad := range c.hasNot {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %q in %q", c.name, bad, text)
			}
		}
	}
}
