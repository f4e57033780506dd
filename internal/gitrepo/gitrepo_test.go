package gitrepo_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/gitrepo"
)

func TestShow(t *testing.T) {
	ctx := context.Background()
	r := newRepo(t)
	r.write("api/o.yaml", "first")
	first := r.commit("first")
	r.git("tag", "-a", "-m", "one", "v1.0.0")
	r.write("api/o.yaml", "second")
	r.commit("second")
	g := r.open()
	for _, c := range []struct {
		rev, path, want string
		err             error
	}{
		{"HEAD", "api/o.yaml", "second", nil},
		{"HEAD~1", "api/o.yaml", "first", nil},
		{first[:8], "api/o.yaml", "first", nil},
		{"v1.0.0", "api/o.yaml", "first", nil},
		{"latest-tag", "api/o.yaml", "first", nil},
		{"main", "api/none.yaml", "", gitrepo.ErrNoFile},
		{"main", "api", "", gitrepo.ErrNoFile},
		{"none", "api/o.yaml", "", gitrepo.ErrNoRevision},
		{"--output=x", "api/o.yaml", "", gitrepo.ErrNoRevision},
		{"", "api/o.yaml", "", gitrepo.ErrNoRevision},
		{"HEAD", "a\nHEAD:api/o.yaml", "", gitrepo.ErrNoRevision},
		{"HEAD:api/o.yaml", "x", "", gitrepo.ErrNoRevision},
	} {
		got, err := g.Show(ctx, c.rev, c.path)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("Show(%q, %q) = %q, %v, want %q, %v", c.rev, c.path, got, err, c.want, c.err)
		}
	}
}

func TestNoTag(t *testing.T) {
	r := newRepo(t)
	r.commit("empty")
	if _, err := r.open().Show(context.Background(), "latest-tag", "x"); !errors.Is(err, gitrepo.ErrNoTag) {
		t.Errorf("%v", err)
	}
}

func TestOutsideOfARepository(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir() // TMPDIR may lie in a repository
	g := gitrepo.Repo{Dir: dir, Run: gitrepo.Exec(append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir)))}
	if _, err := g.Root(ctx); !errors.Is(err, gitrepo.ErrNoRepository) {
		t.Errorf("Root: %v", err)
	}
	if _, err := g.Show(ctx, "HEAD", "x"); !errors.Is(err, gitrepo.ErrNoRepository) {
		t.Errorf("Show: %v", err)
	}
	if err := g.Blobs(ctx, []string{"HEAD:x"}, nil); !errors.Is(err, gitrepo.ErrNoRepository) {
		t.Errorf("Blobs: %v", err)
	}
}

// Inside a git hook GIT_DIR names the hook's repository; the folder of the command counts instead.
func TestHookVariablesAreLeftOut(t *testing.T) {
	r, other := newRepo(t), newRepo(t)
	r.write("a", "right")
	r.commit("a")
	other.write("a", "wrong")
	other.commit("a")
	g := gitrepo.Repo{Dir: r.dir, Run: gitrepo.Exec(append(os.Environ(), "GIT_DIR="+other.dir+"/.git"))}
	if got, err := g.Show(context.Background(), "HEAD", "a"); string(got) != "right" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestBlobsStopsAtTheFirstError(t *testing.T) {
	r := newRepo(t)
	big := strings.Repeat("x", 1<<20)
	r.write("a", big)
	r.write("b", big+"b")
	r.commit("two")
	stop := errors.New("enough")
	n := 0
	err := r.open().Blobs(context.Background(), []string{"HEAD:a", "HEAD:b", "HEAD:a"}, func(string, []byte) error {
		n++
		return stop
	})
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("%d blobs, %v", n, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.open().Blobs(ctx, []string{"HEAD:a"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
}

func TestGitIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := (gitrepo.Repo{Run: gitrepo.Exec(os.Environ())}).Root(context.Background()); !errors.Is(err, gitrepo.ErrNoGit) {
		t.Errorf("%v", err)
	}
}

func TestReleases(t *testing.T) {
	r := newRepo(t)
	r.write("a", "1")
	r.commit("first")
	for _, tag := range []string{"v1.2.0", "v1.10.0", "v2.0.0-rc.1", "nightly", "2026.01"} {
		r.git("tag", "-a", "-m", tag, tag)
	}
	r.git("checkout", "-q", "-b", "side")
	r.write("a", "2")
	r.commit("second")
	r.git("tag", "-a", "-m", "other", "v9.0.0")
	r.git("checkout", "-q", "-")
	g := r.open()
	for n, want := range map[int]string{0: "", 1: "v1.10.0", 2: "v1.10.0 v1.2.0", 9: "v1.10.0 v1.2.0 2026.01"} {
		got, err := g.Releases(context.Background(), "HEAD", n)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%d: %q, %v, want %q", n, got, err, want)
		}
	}
	if _, err := g.Releases(context.Background(), "none", 1); !errors.Is(err, gitrepo.ErrNoRevision) {
		t.Errorf("got %v", err)
	}
}

// TestNearestRelease: the release tag that a commit counts from.
func TestNearestRelease(t *testing.T) {
	r := newRepo(t)
	r.write("a", "1")
	r.commit("one")
	at := gitrepo.Repo{Dir: r.dir, Run: gitrepo.Exec(os.Environ())}
	check := func(want string, exact bool) {
		t.Helper()
		tag, is, err := at.NearestRelease(t.Context(), "HEAD", "")
		if err != nil || tag != want || is != exact {
			t.Errorf("%q, exact %v, %v; want %q, %v", tag, is, err, want, exact)
		}
	}
	if _, _, err := at.NearestRelease(t.Context(), "HEAD", ""); !errors.Is(err, gitrepo.ErrNoTag) {
		t.Errorf("no tag: %v", err)
	}
	r.git("tag", "latest")
	r.git("tag", "v9")
	r.git("tag", "-a", "-m", "r", "v1.0.0")
	check("v1.0.0", true)
	r.write("a", "2")
	r.commit("two")
	r.git("tag", "v1.1.0-rc.1")
	r.git("tag", "2x")
	r.git("tag", "v1.0")
	r.git("tag", "v1")
	check("v1.0.0", false)
	r.git("tag", "v1.9.0")
	r.git("tag", "v1.10.0")
	check("v1.10.0", true)
	r.write("a", "3")
	r.commit("three")
	r.git("tag", "nightly-1")
	r.git("tag", "2026.10.1")
	check("2026.10.1", true)
	r.write("a", "4")
	r.commit("four")
	check("2026.10.1", false)

	r.git("tag", "users/v3.1.0", "HEAD~1")
	r.git("tag", "users/v4", "HEAD")
	r.git("tag", "orders-2.0.0")
	for _, c := range []struct {
		prefix, want string
		exact        bool
	}{{"users/", "users/v3.1.0", false}, {"orders-", "orders-2.0.0", true}} {
		tag, is, err := at.NearestRelease(t.Context(), "HEAD", c.prefix)
		if err != nil || tag != c.want || is != c.exact {
			t.Errorf("%s: %q, exact %v, %v; want %q, %v", c.prefix, tag, is, err, c.want, c.exact)
		}
	}
	check("2026.10.1", false) // those of others are no releases of this one
	if _, _, err := at.NearestRelease(t.Context(), "HEAD", "billing/"); !errors.Is(err, gitrepo.ErrNoTag) {
		t.Errorf("no tag with this prefix: %v", err)
	}

	shallow := t.TempDir()
	r.git("clone", "-q", "--depth", "1", "--no-tags", "file://"+r.dir, shallow)
	if _, _, err := (gitrepo.Repo{Dir: shallow, Run: at.Run}).NearestRelease(t.Context(), "HEAD", ""); err == nil || errors.Is(err, gitrepo.ErrNoTag) {
		t.Errorf("a shallow clone without tags: %v", err)
	}
}
