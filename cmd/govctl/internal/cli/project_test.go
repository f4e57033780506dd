package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
)

// TestRemoteName: each way to clone a repository gives the same identity, and no credential gets into it.
func TestRemoteName(t *testing.T) {
	for want, addresses := range map[string][]string{
		"github.com/acme/shop": {
			"https://github.com/acme/shop.git", "https://github.com/acme/shop", "https://github.com/acme/shop/", "https://GitHub.com/Acme/Shop.git",
			"https://github.com:443/acme/shop.git", "https://x-access-token:s3cret@github.com/acme/shop.git", "https://s3cret@github.com/acme/shop",
			"https://user:s3cret%zz@github.com/acme/shop", "https://user:s3@cret@github.com/acme/shop", "http://github.com:80/acme/shop.git",
			"git@github.com:acme/shop.git", "github.com:acme/shop.git", "git@github.com:/acme/shop.git", "git@github.com:acme/shop.git/",
			"ssh://git@github.com/acme/shop.git", "ssh://git@github.com:22/acme/shop.git", "git+ssh://git@github.com/acme/shop",
			"ssh://git@ssh.github.com:443/acme/shop.git", "git://github.com:9418/acme/shop.git", "https://github.com/acme/shop.git?x=s3cret",
		},
		"gitlab.example.com/a/b/c":       {"https://gitlab.example.com/a/b/c.git", "git@gitlab.example.com:a/b/c.git"},
		"git.example.com:8443/acme/shop": {"https://git.example.com:8443/acme/shop.git", "https://u:s3cret@git.example.com:8443/acme/shop"},
		"git.example.com:2222/acme/shop": {"ssh://git@git.example.com:2222/acme/shop.git"},
		"[::1]/acme/shop":                {"ssh://git@[::1]/acme/shop.git", "git@[::1]:acme/shop.git"},
		"/srv/git/Shop":                  {"/srv/git/Shop.git", "/srv/git/Shop", "file:///srv/git/Shop.git", "/srv/git/../git/Shop.git/"},
		"C:/git/shop":                    {`C:\git\shop.git`, "C:/git/shop.git", "file:///C:/git/shop.git"},
		"repo":                           {"codecommit::us-east-1://profile@repo"},
	} {
		for _, address := range addresses {
			if got := remoteName(address); got != want {
				t.Errorf("%s: %s, want %s", address, got, want)
			}
		}
	}
	for _, address := range []string{"https://u:s3/cret@example.com/a/b.git", "https://u:s3cret@exa mple.com/a/b"} {
		if got := remoteName(address); strings.Contains(got, "cret") {
			t.Errorf("a password is in %q", got)
		}
	}
}

// TestProject: where the configuration is decides together with origin; without origin its path alone.
func TestProject(t *testing.T) {
	top := t.TempDir()
	git := func(dir string, args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = filepath.Join(top, dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
	for _, dir := range []string{"none/sub", "own/services/cart", "linked"} {
		if err := os.MkdirAll(filepath.Join(top, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	git("own", "init", "-q")
	git("linked", "init", "-q")
	git("linked", "config", "url.https://github.com/.insteadOf", "gh:")
	git("linked", "remote", "add", "origin", "gh:acme/shop")
	git("linked", "worktree", "list")
	if err := os.MkdirAll(filepath.Join(top, "linked/services/cart"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_CEILING_DIRECTORIES", top)
	for _, c := range []struct{ dir, config, set, want string }{
		{"linked", "", "", "github.com/acme/shop"},
		{"linked", "./govctl.yaml", "", "github.com/acme/shop"},
		{"linked", filepath.Join(top, "linked", "govctl.yaml"), "", "github.com/acme/shop"},
		{"linked", "services/cart/govctl.yaml", "", "github.com/acme/shop:services/cart/govctl.yaml"},
		{"linked/services/cart", "", "", "github.com/acme/shop:services/cart/govctl.yaml"},
		{"linked/services/cart", "../../govctl.yaml", "", "github.com/acme/shop"},
		{"linked/services/cart", filepath.Join(top, "linked", "govctl.yaml"), "", "github.com/acme/shop"},
		{"linked", "b.yaml", "", "github.com/acme/shop:b.yaml"},
		{"linked", filepath.Join(top, "elsewhere", "b.yaml"), "", "github.com/acme/shop:b.yaml"},
		{"linked", "", "shop", "shop"},
		{"own", "", "", "govctl.yaml"},
		{"own/services/cart", "", "", "services/cart/govctl.yaml"},
		{"none", "", "", "govctl.yaml"},
		{"none", "sub/govctl.yaml", "", "sub/govctl.yaml"},
	} {
		t.Chdir(filepath.Join(top, c.dir))
		a := &app{config: c.config, Env: World()}
		got, err := a.project(t.Context(), config.Config{Project: c.set})
		if err != nil || got != c.want {
			t.Errorf("%s --config %q: %q %v, want %q", c.dir, c.config, got, err, c.want)
		}
	}
	t.Chdir(filepath.Join(top, "own"))
	a := &app{Env: World()}
	a.Git = func() gitrepo.Repo { return gitrepo.Repo{Dir: ".", Run: refusing} }
	if got, err := a.project(t.Context(), config.Config{}); err == nil {
		t.Errorf("git refuses the repository, and the project is %q", got)
	}
}

// refusing is a git that does not read a repository of another user.
func refusing(context.Context, gitrepo.Command) error {
	return &gitrepo.Error{Args: []string{"rev-parse"}, Code: 128, Stderr: "detected dubious ownership in repository"}
}
