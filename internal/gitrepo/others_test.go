package gitrepo_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/gitrepo"
)

// furnished is a remote whose branch holds what the entries say: "MODE path" to the content of a blob; a submodule has none.
func furnished(t *testing.T, branch string, entries map[string]string) string {
	t.Helper()
	remote, work := bare(t), t.TempDir()
	mustGit(t, work, "init", "-q")
	for entry, content := range entries {
		mode, name, _ := strings.Cut(entry, " ")
		id := strings.Repeat("1", 40)
		if mode != "160000" {
			blob := filepath.Join(t.TempDir(), "blob")
			if err := os.WriteFile(blob, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			id = mustGit(t, work, "hash-object", "-w", "--no-filters", blob)
		}
		mustGit(t, work, "update-index", "--add", "--cacheinfo", mode+","+id+","+name)
	}
	mustGit(t, work, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "others")
	mustGit(t, work, "push", "-q", remote, "HEAD:refs/heads/"+branch)
	return remote
}

// TestEntriesOfEveryKindAreKept: what others published stays as it is, whatever its mode, its name and the attributes that it asks for.
func TestEntriesOfEveryKindAreKept(t *testing.T) {
	remote := furnished(t, "schemas", map[string]string{
		"100755 run.sh": "#!/bin/sh\r\n", "120000 link": "status/others.json", "120000 dangling": "/nowhere", "160000 module": "",
		"100644 new\nline": "a", `100644 quo"te\`: "b", "100644 caf\xe9": "c", "100644 cafe\u0301": "d", "100644 caf\u00e9": "e", "100644 " + strings.Repeat("x", 250): "f",
		"100644 status/others.json": "g", "100644 crlf.txt": "a\r\nb\n", "100644 .gitattributes": "* text eol=crlf ident\n*.json filter=lfs\n",
	})
	before := strings.Split(mustGit(t, remote, "ls-tree", "-r", "-z", "schemas"), "\x00")
	if _, err := publisher(t.TempDir()).Publish(t.Context(), push(t, remote, "1")); err != nil {
		t.Fatal(err)
	}
	after := mustGit(t, remote, "ls-tree", "-r", "-z", "schemas")
	for _, entry := range before {
		if !strings.Contains("\x00"+after, "\x00"+entry) {
			t.Errorf("%q is gone", entry)
		}
	}
	if got := show(t, remote, "schemas", "status/summary.json"); got != "1" {
		t.Errorf("our file is %q", got)
	}
}

func TestWhatIsInTheWayIsNotReplaced(t *testing.T) {
	for entry, says := range map[string]string{
		"100644 status": `"status" of branch schemas is a file`, "120000 status": "is a symbolic link", "160000 status": "is a submodule",
		"120000 status/history.jsonl": `"status/history.jsonl" of branch schemas is a symbolic link`, "100644 status/history.jsonl/x": "is a folder",
	} {
		remote := furnished(t, "schemas", map[string]string{entry: "target"})
		before := mustGit(t, remote, "rev-parse", "schemas")
		_, err := publisher(t.TempDir()).Publish(t.Context(), push(t, remote, "1"))
		if !errors.Is(err, gitrepo.ErrBlocked) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", entry, err)
		}
		if got := mustGit(t, remote, "for-each-ref", "--format=%(objectname)"); got != before {
			t.Errorf("%s: the remote moved: %s", entry, got)
		}
	}
	remote := furnished(t, "schemas", map[string]string{"100755 status/history.jsonl": "theirs\n"})
	if _, err := publisher(t.TempDir()).Publish(t.Context(), push(t, remote, "1")); err != nil {
		t.Errorf("an executable file of ours: %v", err)
	}
	if got := show(t, remote, "schemas", "status/history.jsonl"); got != "theirs\n1" {
		t.Errorf("merged to %q", got)
	}
}

// TestAUsersConfigurationChangesNothing: what somebody set for their own commits and pushes is not for these.
func TestAUsersConfigurationChangesNothing(t *testing.T) {
	for name, config := range map[string]string{
		"signing":   "[commit]\ngpgsign=true\n[user]\nsigningkey=none\nuseConfigOnly=true\n[push]\ngpgSign=true\n",
		"push":      "[push]\nfollowTags=true\ndefault=nothing\nrecurseSubmodules=check\npushOption=x\nuseForceIfIncludes=true\n[submodule]\nrecurse=true\n",
		"bare":      "[safe]\nbareRepository=explicit\n",
		"formats":   "[init]\ndefaultObjectFormat=sha256\ndefaultBranch=trunk\n[core]\nautocrlf=true\nabbrev=4\n[color]\nui=always\n",
		"transfers": "[transfer]\nfsckObjects=true\n[fetch]\nprune=true\nwriteCommitGraph=true\n[alias]\npush=!false\n",
	} {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		remote := furnished(t, "schemas", map[string]string{"160000 module": "", "100644 a": "x"})
		repo := gitrepo.Repo{Dir: t.TempDir(), Run: gitrepo.Exec(append(os.Environ(), "GIT_CONFIG_GLOBAL="+file, "GIT_DEFAULT_HASH=sha256"))}
		if _, err := repo.Publish(t.Context(), push(t, remote, "1")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhereThePublisherStands: the remote "origin" with a relative path means the same from everywhere in a clone.
func TestWhereThePublisherStands(t *testing.T) {
	remote := furnished(t, "main", map[string]string{"100644 sub/dir/a": "x"})
	top := t.TempDir()
	clone := filepath.Join(top, "clone")
	mustGit(t, top, "clone", "-q", "--depth=1", "-b", "main", "file://"+remote, clone)
	relative, err := filepath.Rel(clone, remote)
	if err != nil {
		t.Fatal(err)
	}
	mustGit(t, clone, "remote", "set-url", "origin", relative)
	mustGit(t, clone, "worktree", "add", "-q", "--detach", filepath.Join(top, "tree"))
	mustGit(t, top, "clone", "-q", "--bare", "file://"+remote, filepath.Join(top, "bare.git"))
	for _, dir := range []string{"clone", "clone/sub/dir", "tree", "bare.git"} {
		if _, err := publisher(filepath.Join(top, filepath.FromSlash(dir))).Publish(t.Context(), push(t, "origin", dir)); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
		if got := show(t, remote, "schemas", "status/summary.json"); got != dir {
			t.Errorf("%s: published %q", dir, got)
		}
	}
}

func TestARepositoryBesideUsIsARemote(t *testing.T) {
	top := t.TempDir()
	mustGit(t, top, "init", "-q", "--bare", "remote.git")
	if _, err := publisher(top).Publish(t.Context(), push(t, "remote.git", "1")); err != nil {
		t.Fatal(err)
	}
	if got := show(t, filepath.Join(top, "remote.git"), "schemas", "status/summary.json"); got != "1" {
		t.Errorf("published %q", got)
	}
	if _, err := publisher(top).Publish(t.Context(), push(t, "other.git", "1")); !errors.Is(err, gitrepo.ErrRemote) {
		t.Errorf("no such repository: %v", err)
	}
}

func TestARemoteOfTheOtherHash(t *testing.T) {
	top := t.TempDir()
	remote, work := filepath.Join(top, "remote.git"), filepath.Join(top, "work")
	mustGit(t, top, "init", "-q", "--bare", "--object-format=sha256", remote)
	mustGit(t, top, "init", "-q", "--object-format=sha256", work)
	for _, n := range []string{"1", "2"} {
		if _, err := publisher(work).Publish(t.Context(), push(t, remote, n)); err != nil {
			t.Fatal(err)
		}
	}
}
