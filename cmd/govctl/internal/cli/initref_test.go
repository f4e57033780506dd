package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/gitrepo"
)

const (
	commitA = "0123456789abcdef0123456789abcdef01234567"
	commitB = "fedcba9876543210fedcba9876543210fedcba98"
)

// asked is an app whose git answers ls-remote, or cannot.
func asked(answer string, err error) *app {
	run := func(_ context.Context, c gitrepo.Command) error {
		if err != nil {
			return err
		}
		if c.Args[0] != "ls-remote" || c.Args[len(c.Args)-1] != home {
			return fmt.Errorf("git %q", c.Args)
		}
		_, werr := c.Stdout.Write([]byte(answer))
		return werr
	}
	return &app{Env: &Env{Git: func() gitrepo.Repo { return gitrepo.Repo{Run: run} }}}
}

func TestReference(t *testing.T) {
	remote := commitB + "\tHEAD\n" + commitB + "\trefs/heads/main\n" + strings.Repeat("1", 40) + "\trefs/tags/v1.2.3\n" + commitA + "\trefs/tags/v1.2.3^{}\n"
	for _, c := range []struct {
		name                  string
		build                 build
		ref                   string
		offline               bool
		action, version, says string // says: part of the refusal
	}{
		{name: "a release knows its commit", build: build{"v1.2.3", commitA}, offline: true, action: commitA + " # v1.2.3"},
		{name: "a source build knows its commit", build: build{"v1.2.3-4-g0123456", commitA}, offline: true, action: commitA + " # v1.2.3-4-g0123456"},
		{name: "go install of a release knows its tag", build: build{"v1.2.3", ""}, action: commitA + " # v1.2.3"},
		{name: "go install of a commit knows an abbreviation", build: build{"v0.0.0-20261129103000-fedcba987654", ""}, action: commitB + " # v0.0.0-20261129103000-fedcba987654"},
		{name: "a prerelease of the Go tool", build: build{"v1.2.4-0.20261129103000-fedcba987654", ""}, action: commitB + " # v1.2.4-0.20261129103000-fedcba987654"},
		{name: "git describe knows an abbreviation", build: build{"v1.2.3-4-gfedcba9", ""}, action: commitB + " # v1.2.3-4-gfedcba9"},
		{name: "a commit is taken as it is", build: build{"dev", ""}, ref: commitB, offline: true, action: commitB},
		{name: "a commit replaces that of the build", build: build{"v1.2.3", commitA}, ref: commitB, offline: true, action: commitB},
		{name: "a tag becomes its commit", build: build{"dev", ""}, ref: "v1.2.3", action: commitA + " # v1.2.3"},
		{name: "a branch becomes its commit", build: build{"dev", ""}, ref: "main", action: commitB + " # main"},
		{name: "a development build", build: build{"dev", ""}, says: "does not know its commit"},
		{name: "a build of changed files", build: build{"v1.2.3-4-gfedcba9-dirty", ""}, says: "does not know its commit"},
		{name: "the Go tool's mark of changed files", build: build{"v0.0.0-20261129103000-fedcba987654+dirty", ""}, says: "does not know its commit"},
		{name: "an abbreviation of the linker is no commit", build: build{"dev", "0123456"}, says: "does not know its commit"},
		{name: "a tag that is not there", build: build{"v9.9.9", ""}, says: "has no commit for v9.9.9"},
		{name: "a commit that is no tip", build: build{"v0.0.0-20261129103000-aaaaaaaaaaaa", ""}, says: "has no commit for"},
		{name: "a name that is not there", build: build{"v1.2.3", commitA}, ref: "absent", says: "has no commit for absent"},
		{name: "no network", build: build{"v1.2.3", ""}, offline: true, says: "is looked up in"},
		{name: "no network for a branch", build: build{"v1.2.3", commitA}, ref: "main", offline: true, says: "is looked up in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := asked(remote, nil)
			if c.offline {
				a = asked("", &gitrepo.Error{Args: []string{"ls-remote"}, Code: 128, Stderr: "Could not resolve host"})
			}
			got, err := a.reference(t.Context(), c.build, c.ref)
			if c.says != "" {
				var exit *exitError
				if !errors.As(err, &exit) || exit.code != BadInput || !strings.Contains(err.Error(), c.says) || !strings.Contains(exit.tip, "--ref") {
					t.Fatalf("%+v, %v: want exit code 2, %q and a hint", got, err, c.says)
				}
				return
			}
			if err != nil || got.action != "romel/govctl@"+c.action || got.hooks != c.action {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestPinnedVersion(t *testing.T) {
	for _, c := range []struct {
		label    string
		verifies bool
		want     string
	}{
		{"v1.2.3", true, "v1.2.3"},
		{"v1.2.3", false, "source"}, // the action would refuse a release that it has no key for
		{"v1.2.3-4-gabcdef0", true, "source"},
		{"", true, "source"},
	} {
		if got := pinned(commitA, c.label, c.verifies).version; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// TestNothingGeneratedCanBeMoved: whatever the build, every action and hook in the written files is named by a full commit.
func TestNothingGeneratedCanBeMoved(t *testing.T) {
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?(?:uses|rev): *(.*)$`)
	byCommit := regexp.MustCompile(`^(?:[\w./-]+@)?[0-9a-f]{40}(?: # \S+)?$`)
	movable := regexp.MustCompile(`@(?:main|master|latest|HEAD|v\d[\w.]*)\b`)
	for _, r := range []reference{pinned(commitA, "v1.2.3", true), pinned(commitA, "v1.2.3", false), pinned(commitB, "", false)} {
		all := ourselves
		all.govctl, all.with = r, optionalNames()
		files, err := generatedFiles(&all)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, generated{hooksFile, strings.Join(all.hookLines(), "\n")})
		seen := map[string]bool{}
		for _, f := range files {
			for _, m := range uses.FindAllStringSubmatch(f.text, -1) {
				seen[f.path] = true
				if !byCommit.MatchString(m[1]) {
					t.Errorf("%s: %s is not a commit", f.path, m[1])
				}
			}
			if found := movable.FindString(f.text); found != "" {
				t.Errorf("%s: %s can be moved", f.path, found)
			}
		}
		if len(seen) != 14 || !seen[".pre-commit-config.yaml"] {
			t.Errorf("references in %d files: %v", len(seen), seen)
		}
	}
}
