package gitrepo_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/romel/govctl/internal/gitrepo"
)

// TestChangedSince: what is as it was, what is not, and what nobody can say that it is as it was.
func TestChangedSince(t *testing.T) {
	r := newRepo(t)
	for _, name := range []string{"api/same.yaml", "api/old name.yaml", "api/edited.yaml", "api/staged.yaml", "api/gone.yaml", "api/\"quoted\"\tö.yaml", "api/-n.yaml", "shared/types.yaml", "shared/same.yaml", ".gitignore"} {
		r.write(name, "made/\n"+name)
	}
	if err := os.Symlink("same.yaml", filepath.Join(r.dir, "api/link.yaml")); err != nil {
		t.Fatal(err)
	}
	r.write("api/again.yaml", "as it was")
	base := r.commit("base")
	r.git("config", "diff.relative", "true")
	r.git("config", "diff.renames", "true")
	r.git("mv", "api/old name.yaml", "api/new name.yaml")
	r.write("api/again.yaml", "and not")
	r.write("shared/types.yaml", "other types")
	r.write("api/\"quoted\"\tö.yaml", "other text")
	r.commit("second")
	r.write("api/again.yaml", "as it was")
	r.write("api/staged.yaml", "staged")
	r.write("made/ignored.yaml", "by a build")
	r.git("rm", "-q", "api/gone.yaml")
	for name, text := range map[string]string{"api/edited.yaml": "edited", "api/untracked.yaml": "new"} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g := r.open()
	g.Dir = filepath.Join(r.dir, "api")
	changed, err := g.ChangedSince(context.Background(), base)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"same.yaml": false, "-n.yaml": false, "again.yaml": false, "../shared/same.yaml": false, "never.yaml": false, "../never/there.yaml": false,
		"old name.yaml": true, "new name.yaml": true, "edited.yaml": true, "staged.yaml": true, "gone.yaml": true, "\"quoted\"\tö.yaml": true, "../shared/types.yaml": true,
		"untracked.yaml": true, "../made/ignored.yaml": true, "link.yaml": true,
	} {
		blob := ""
		if text, err := os.ReadFile(filepath.Join(g.Dir, name)); err == nil {
			blob = gitrepo.BlobID(string(text))
		}
		if changed(name, blob) != want {
			t.Errorf("%q changed: %v", name, !want)
		}
		if !changed(name, gitrepo.BlobID("another content")) {
			t.Errorf("%q has another content, too", name)
		}
	}
	for _, rev := range []string{"none", "--output=x", ""} {
		if _, err := g.ChangedSince(context.Background(), rev); !errors.Is(err, gitrepo.ErrNoRevision) {
			t.Errorf("%q: %v", rev, err)
		}
	}
}

// TestChangedInASubmodule: git says of a file in a submodule neither that it changed nor that it did not.
func TestChangedInASubmodule(t *testing.T) {
	r, inner := newRepo(t), newRepo(t)
	inner.write("openapi.yaml", "a")
	inner.commit("inner")
	r.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.dir, "sub")
	base := r.commit("base")
	changed, err := r.open().ChangedSince(context.Background(), base)
	if err != nil || !changed("sub/openapi.yaml", gitrepo.BlobID("a")) || changed("other/openapi.yaml", "") {
		t.Errorf("%v", err)
	}
}
