package gitrepo_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/gitrepo"
)

// repo is a repository that a test builds commit by commit.
type repo struct {
	t   *testing.T
	dir string
	now time.Time
}

var day0 = time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)

func newRepo(t *testing.T) *repo {
	t.Helper()
	r := &repo{t: t, dir: t.TempDir(), now: day0}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	date := fmt.Sprintf("%d +0000", r.now.Unix())
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com",
		"GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com", "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) day(n int) { r.now = day0.AddDate(0, 0, n) }

func (r *repo) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
	r.git("add", "--all")
}

func (r *repo) commit(msg string) string {
	r.t.Helper()
	r.git("commit", "-q", "--allow-empty", "-m", msg)
	return r.git("rev-parse", "HEAD")
}

func (r *repo) open() gitrepo.Repo {
	return gitrepo.Repo{Dir: r.dir, Run: gitrepo.Exec(os.Environ())}
}

// texts are the contents of the history, oldest first; "-" stands for a removal.
func texts(t *testing.T, g gitrepo.Repo, h gitrepo.History) []string {
	t.Helper()
	blobs := map[string]string{}
	var ids []string
	for _, c := range h.Changes {
		if c.Blob != "" {
			ids = append(ids, c.Blob)
		}
	}
	err := g.Blobs(context.Background(), ids, func(id string, data []byte) error {
		blobs[id] = string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := len(h.Changes) - 1; i >= 0; i-- {
		c := h.Changes[i]
		text := "-"
		if c.Blob != "" {
			text = strings.TrimSpace(blobs[c.Blob])
		}
		out = append(out, fmt.Sprintf("%d %s %s", int(c.Time.Sub(day0).Hours()/24), c.Path, text))
	}
	return out
}
