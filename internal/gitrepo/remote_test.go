package gitrepo_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/romel/govctl/internal/gitrepo"
)

func TestRemoteRefs(t *testing.T) {
	remote, work := bare(t), t.TempDir()
	mustGit(t, work, "init", "-q", "-b", "main")
	mustGit(t, work, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "--allow-empty", "-m", "first")
	mustGit(t, work, "-c", "user.name=x", "-c", "user.email=x@example.com", "tag", "-a", "-m", "release", "v1.0.0")
	mustGit(t, work, "tag", "plain")
	mustGit(t, work, "push", "-q", remote, "main", "v1.0.0", "plain")
	commit := mustGit(t, work, "rev-parse", "HEAD")
	refs, err := publisher(t.TempDir()).RemoteRefs(t.Context(), remote)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"refs/heads/main", "refs/tags/v1.0.0", "refs/tags/plain"} {
		if refs[name] != commit {
			t.Errorf("%s is %q, want the commit %s", name, refs[name], commit)
		}
	}
	if _, err := publisher(work).RemoteRefs(t.Context(), filepath.Join(remote, "absent")); !errors.Is(err, gitrepo.ErrRemote) {
		t.Errorf("an absent remote: %v", err)
	}
	if _, err := publisher(work).RemoteRefs(t.Context(), "--upload-pack=x"); err == nil {
		t.Error("a remote became an option")
	}
}
