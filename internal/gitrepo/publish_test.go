package gitrepo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/gitrepo/gittest"
)

// union keeps every line once, in the order of first appearance.
func union(theirs, ours []byte) ([]byte, error) {
	var out bytes.Buffer
	seen := map[string]bool{}
	for _, text := range [][]byte{theirs, ours} {
		for line := range bytes.Lines(text) {
			if !seen[string(line)] {
				seen[string(line)] = true
				out.Write(line)
			}
		}
	}
	return out.Bytes(), nil
}

func bare(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "remote.git")
	mustGit(t, ".", "init", "-q", "--bare", dir)
	return dir
}

func mustGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func push(t *testing.T, remote, n string) gitrepo.Push {
	t.Helper()
	return pushTo(remote, n, t.TempDir())
}

func pushTo(remote, n, scratch string) gitrepo.Push {
	return gitrepo.Push{
		Remote: remote, Name: "github-actions[bot]", Email: "bot@example.com", Message: "Publish " + n, At: day0, Scratch: scratch, Tries: 20,
		Jitter: rand.Float64,
		Sleep: func(ctx context.Context, d time.Duration) error {
			select {
			case <-time.After(d):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		Branches: []gitrepo.Branch{
			{Name: "schemas", Files: map[string][]byte{"status/summary.json": []byte(n), "status/history.jsonl": []byte(n + "\n"), `odd "name"\ü.txt`: []byte("x")},
				Merge: []gitrepo.Merge{{Match: func(name string) bool { return name == "status/history.jsonl" }, Join: func(theirs, ours map[string][]byte) (map[string][]byte, error) {
					all, err := union(theirs["status/history.jsonl"], ours["status/history.jsonl"])
					return map[string][]byte{"status/history.jsonl": all}, err
				}}}},
			{Name: "gh-pages", Files: map[string][]byte{"index.html": []byte("run " + n)}},
		},
	}
}

func publisher(dir string) gitrepo.Repo {
	return gitrepo.Repo{Dir: dir, Run: gitrepo.Exec(os.Environ())}
}

func show(t *testing.T, remote, branch, path string) string {
	t.Helper()
	return mustGit(t, remote, "show", branch+":"+path)
}

func TestPublishMakesOrphansThenGrowsThem(t *testing.T) {
	remote := bare(t)
	work := newRepo(t)
	work.write("kept.txt", "mine")
	work.commit("work")
	work.write("kept.txt", "uncommitted")
	before := work.git("status", "--porcelain=v2", "--branch") + work.git("count-objects", "-v")
	got, err := publisher(work.dir).Publish(t.Context(), push(t, remote, "1"))
	if err != nil || len(got) != 2 || !got[0].Created || !got[0].Changed {
		t.Fatalf("%+v %v", got, err)
	}
	if after := work.git("status", "--porcelain=v2", "--branch") + work.git("count-objects", "-v"); after != before {
		t.Errorf("the work tree was touched:\n%s\n%s", before, after)
	}
	if n := mustGit(t, remote, "rev-list", "--count", "schemas"); n != "1" {
		t.Errorf("%s commits on a new branch", n)
	}
	if got := mustGit(t, remote, "log", "-1", "--format=%an <%ae> %cn %ct %s", "gh-pages"); got != fmt.Sprintf("github-actions[bot] <bot@example.com> github-actions[bot] %d Publish 1", day0.Unix()) {
		t.Errorf("commit %s", got)
	}
	if _, err := publisher(work.dir).Publish(t.Context(), push(t, remote, "2")); err != nil {
		t.Fatal(err)
	}
	if got := show(t, remote, "schemas", "status/history.jsonl"); got != "1\n2" {
		t.Errorf("history %q", got)
	}
	if got := show(t, remote, "gh-pages", "index.html"); got != "run 2" {
		t.Errorf("page %q", got)
	}
	if n := mustGit(t, remote, "rev-list", "--count", "schemas"); n != "2" {
		t.Errorf("%s commits", n)
	}
}

func TestFilesOfOtherWritersAreKept(t *testing.T) {
	remote := bare(t)
	other := newRepo(t)
	other.git("checkout", "-q", "-b", "gh-pages")
	other.write("CNAME", "example.org")
	other.write("docs/deep/page.html", "theirs")
	other.commit("theirs")
	other.git("push", "-q", remote, "gh-pages")
	if _, err := publisher(t.TempDir()).Publish(t.Context(), push(t, remote, "1")); err != nil {
		t.Fatal(err)
	}
	if got := mustGit(t, remote, "ls-tree", "-r", "--name-only", "gh-pages"); got != "CNAME\ndocs/deep/page.html\nindex.html" {
		t.Errorf("files %q", got)
	}
}

func TestEqualTreesMakeNoCommit(t *testing.T) {
	remote := bare(t)
	first, err := publisher(".").Publish(t.Context(), push(t, remote, "1"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := publisher(".").Publish(t.Context(), push(t, remote, "1"))
	if err != nil || again[0].Changed || again[1].Changed || again[0].Commit != first[0].Commit {
		t.Errorf("%+v %v", again, err)
	}
	p := push(t, remote, "1")
	p.Branches[1].Files["index.html"] = []byte("other")
	some, err := publisher(".").Publish(t.Context(), p)
	if err != nil || some[0].Changed || !some[1].Changed {
		t.Errorf("%+v %v", some, err)
	}
}

func TestDryRunPushesNothing(t *testing.T) {
	remote := bare(t)
	p := push(t, remote, "1")
	p.DryRun = true
	got, err := publisher(".").Publish(t.Context(), p)
	if err != nil || !got[0].Changed || mustGit(t, remote, "for-each-ref") != "" {
		t.Errorf("%+v %v", got, err)
	}
}

// TestConcurrentWriters: each line of thirty-two writers arrives exactly once, and both branches tell of the same last run.
func TestConcurrentWriters(t *testing.T) {
	remote := bare(t)
	if _, err := publisher(".").Publish(t.Context(), push(t, remote, "first")); err != nil {
		t.Fatal(err)
	}
	writers := 12 // who loses a round tries again: the work grows with the square of the writers
	if os.Getenv("GOVCTL_TORTURE") != "" {
		writers = 32
	}
	errs, tries := make([]error, writers), make([]int, writers)
	var wg sync.WaitGroup
	for n := range writers {
		p := push(t, remote, fmt.Sprintf("w%02d", n))
		p.Tries = 1000 // of the rounds that meet one is won: on however slow a machine they come to an end
		sleep := p.Sleep
		p.Sleep = func(ctx context.Context, d time.Duration) error { tries[n]++; return sleep(ctx, d) }
		wg.Go(func() { _, errs[n] = publisher(".").Publish(t.Context(), p) })
	}
	wg.Wait()
	t.Logf("rounds lost, by writer: %v", tries)
	want := []string{"first"}
	for n, err := range errs {
		if err != nil {
			t.Errorf("writer %d: %v", n, err)
		}
		want = append(want, fmt.Sprintf("w%02d", n))
	}
	got := strings.Split(show(t, remote, "schemas", "status/history.jsonl"), "\n")
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("lines %v", got)
	}
	if n := mustGit(t, remote, "rev-list", "--count", "schemas"); n != strconv.Itoa(writers+1) {
		t.Errorf("%s commits", n)
	}
	if s, p := mustGit(t, remote, "log", "-1", "--format=%s", "schemas"), mustGit(t, remote, "log", "-1", "--format=%s", "gh-pages"); s != p {
		t.Errorf("the branches tell of different runs: %s, %s", s, p)
	}
}

// TestKilledPublisher: whenever the process dies, both branches are whole and tell of the same run.
func TestKilledPublisher(t *testing.T) {
	remote := bare(t)
	server := serve(t, remote, "--enable=receive-pack")
	if _, err := publisher(".").Publish(t.Context(), push(t, remote, "0")); err != nil {
		t.Fatal(err)
	}
	moved := 0
	for n := 1; n <= 40; n++ {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), "GOVCTL_TEST_REMOTE="+server.url, fmt.Sprintf("GOVCTL_TEST_RUN=%d", n), "GOVCTL_TEST_SCRATCH="+t.TempDir())
		group(cmd)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(n*12) * time.Millisecond)
		killGroup(cmd)
		_ = cmd.Wait() // killed, or done already
		server.rest()  // git moves one branch after the other: who looks meanwhile sees a half
		s, p := tips(t, remote)
		if s.subject != p.subject || show(t, remote, p.commit, "index.html") != "run "+strings.TrimPrefix(p.subject, "Publish ") {
			t.Fatalf("killed after %d ms: branches tell %q and %q", n*12, s.subject, p.subject)
		}
		if s.subject == fmt.Sprintf("Publish %d", n) {
			moved++
		}
	}
	mustGit(t, remote, "fsck", "--strict", "--no-dangling")
	if _, err := publisher(".").Publish(t.Context(), push(t, remote, "after")); err != nil {
		t.Errorf("publishing after the kills: %v", err)
	}
	t.Logf("%d of 40 got through before they were killed", moved)
}

type tip struct{ commit, subject string }

// tips are the last commits of both branches.
func tips(t *testing.T, remote string) (schemas, pages tip) {
	of := func(branch string) tip {
		commit, subject, _ := strings.Cut(mustGit(t, remote, "log", "-1", "--format=%H %s", branch), " ")
		return tip{commit, subject}
	}
	return of("schemas"), of("gh-pages")
}

// TestMain lets the test program be the publisher that TestKilledPublisher kills.
func TestMain(m *testing.M) {
	remote := os.Getenv("GOVCTL_TEST_REMOTE")
	if remote == "" {
		done := gittest.Alone()
		code := m.Run()
		done()
		os.Exit(code)
	}
	p := pushTo(remote, os.Getenv("GOVCTL_TEST_RUN"), os.Getenv("GOVCTL_TEST_SCRATCH"))
	if _, err := publisher(".").Publish(context.Background(), p); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestMovedTip: another writer gets in between reading and pushing; the next round builds on its work.
func TestMovedTip(t *testing.T) {
	remote := bare(t)
	if _, err := publisher(".").Publish(t.Context(), push(t, remote, "1")); err != nil {
		t.Fatal(err)
	}
	real := gitrepo.Exec(os.Environ())
	intruded := 0
	p := push(t, remote, "2")
	p.Jitter = func() float64 { return 0 }
	intruder := gitrepo.Repo{Dir: ".", Run: func(ctx context.Context, c gitrepo.Command) error {
		if c.Args[0] == "push" && intruded < 3 {
			intruded++
			if _, err := publisher(".").Publish(ctx, push(t, remote, fmt.Sprintf("intruder%d", intruded))); err != nil {
				t.Error(err)
			}
		}
		return real(ctx, c)
	}}
	if _, err := intruder.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got := show(t, remote, "schemas", "status/history.jsonl"); got != "1\nintruder1\nintruder2\nintruder3\n2" {
		t.Errorf("history %q", got)
	}
	intruded = -100
	p = push(t, remote, "3")
	p.Tries, p.Jitter = 3, func() float64 { return 0 }
	if _, err := intruder.Publish(t.Context(), p); !errors.Is(err, gitrepo.ErrBusy) {
		t.Errorf("got %v", err)
	}
}

func TestRefusals(t *testing.T) {
	hooked := bare(t)
	hook := filepath.Join(hooked, "hooks", "pre-receive")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho no writing on sundays >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	protected := bare(t)
	if err := os.WriteFile(filepath.Join(protected, "hooks", "update"), []byte("#!/bin/sh\ntest \"$1\" != refs/heads/gh-pages\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	taken := bare(t)
	if _, err := publisher(t.TempDir()).Publish(t.Context(), gitrepo.Push{Remote: taken, Scratch: t.TempDir(), Branches: []gitrepo.Branch{{Name: "schemas/x", Files: map[string][]byte{"a": nil}}}}); err != nil {
		t.Fatal(err)
	}
	readOnly := serve(t, bare(t)).url
	gone := push(t, filepath.Join(t.TempDir(), "nowhere.git"), "1")
	secret := push(t, "https://user:hunter2@127.0.0.1:1/o/r.git", "1")
	unnamed := push(t, "upstream", "1")
	nowhere := pushTo(hooked, "1", "")
	for _, c := range []struct {
		name string
		p    gitrepo.Push
		is   error
		says string
	}{
		{"pre-receive hook", push(t, hooked, "1"), gitrepo.ErrRefused, "pre-receive hook declined"},
		{"one protected branch", push(t, protected, "1"), gitrepo.ErrRefused, "hook declined"},
		{"a branch in the way", push(t, taken, "1"), gitrepo.ErrRefused, "branch schemas/x is in the way"},
		{"read-only remote", push(t, readOnly, "1"), gitrepo.ErrRemote, "access denied"},
		{"no such remote", gone, gitrepo.ErrRemote, "does not appear to be a git repository"},
		{"no such name", unnamed, gitrepo.ErrRemote, `no remote "upstream"`},
		{"no folder to work in", nowhere, gitrepo.ErrNoRepository, "a private repository needs a folder"},
		{"closed port", secret, gitrepo.ErrRemote, "unable to access"},
		{"option as remote", push(t, "--upload-pack=touch /tmp/x", "1"), gitrepo.ErrNoRevision, "remote"},
	} {
		_, err := publisher(t.TempDir()).Publish(t.Context(), c.p)
		if !errors.Is(err, c.is) || !strings.Contains(fmt.Sprint(err), c.says) || strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	if refs := mustGit(t, protected, "for-each-ref"); refs != "" {
		t.Errorf("one branch was pushed without the other: %s", refs)
	}
}

func TestNamesAreData(t *testing.T) {
	for _, name := range []string{"", "-x", "a b", "a..b", "a/", "a.lock", "a\nb", "refs heads", "$(touch x)", "a;b", "a:b", "+a", "a~1", "a^"} {
		p := push(t, bare(t), "1")
		p.Branches[0].Name = name
		if _, err := publisher(".").Publish(t.Context(), p); err == nil {
			t.Errorf("branch %q passed", name)
		}
	}
	for _, path := range []string{"", "/x", "../x", "a//b", ".git/config", "a/.GIT/x", "a\nb", "-x", "./a"} {
		p := push(t, bare(t), "1")
		p.Branches[0].Files[path] = nil
		if _, err := publisher(".").Publish(t.Context(), p); err == nil {
			t.Errorf("path %q passed", path)
		}
	}
}

func TestRemoteByNameUsesItsOwnSettings(t *testing.T) {
	remote := bare(t)
	work := newRepo(t)
	work.git("config", "url."+filepath.Dir(remote)+"/.insteadOf", "short:")
	work.git("remote", "add", "origin", "short:remote.git")
	if _, err := publisher(work.dir).Publish(t.Context(), push(t, "origin", "1")); err != nil {
		t.Fatal(err)
	}
	if got := show(t, remote, "gh-pages", "index.html"); got != "run 1" {
		t.Errorf("page %q", got)
	}
}
