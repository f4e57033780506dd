package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestInitFindsWhereVersionsComeFrom: in a repository whose releases are tags and whose info.version never moves, init names the tags; in any
// other it does not.
func TestInitFindsWhereVersionsComeFrom(t *testing.T) {
	at := func(contract, version, more string) string {
		return strings.Replace(strings.Replace(contract, "1.0.0", version, 1), "{description: OK}", "{description: OK"+more+"}", 1)
	}
	type release struct {
		files map[string]string
		tags  []string
	}
	one := func(version, more string, tags ...string) release {
		return release{tree("openapi.yaml", at(aContract, version, more)), tags}
	}
	const tag, byTag = "version_from: tag}", "semver: {version_from: tag}"
	for _, c := range []struct {
		name    string
		history []release
		want    []string // in govctl.yaml
		not     []string
		code    int // of the first run
	}{
		{"a constant version", []release{one("1.0.0", "", "v1.4.0"), one("1.0.0", "1", "v1.5.0"), one("1.0.0", "2")},
			[]string{byTag, `"1.0.0" in the releases from v1.4.0 to v1.5.0`}, nil, 0},
		{"a version that is none", []release{one("latest", "", "1.4.0"), one("latest", "1", "1.5.0")}, []string{byTag, "gate: semver"}, []string{"gate: breaking"}, 0},
		{"an empty version", []release{one("''", "", "v1.4.0"), one("''", "1", "v1.5.0")}, []string{byTag}, []string{"gate: breaking"}, 0},
		{"a version that moves", []release{one("1.4.0", "", "v1.4.0"), one("1.5.0", "1", "v1.5.0"), one("1.5.0", "2")}, nil, []string{tag}, 0},
		{"a version that stopped after the last release", []release{one("1.4.0", "", "v1.4.0"), one("1.5.0", "1", "v1.5.0"), one("1.5.0", "2", "v1.6.0")}, []string{byTag}, nil, 0},
		{"a contract that never changed", []release{one("1.0.0", "", "v1.4.0"), one("1.0.0", "", "v1.5.0"), one("1.0.0", "")}, nil, []string{tag}, 0},
		{"calendar versions with a short year", []release{one("'26.10'", ""), one("'26.11'", "1")}, []string{"semver: {scheme: calver}", "gate: semver"}, []string{"gate: breaking"}, 0},
		{"not a valid calendar version", []release{one("'2.0'", ""), one("'2.1'", "1")}, []string{"gate: breaking"}, []string{"scheme: calver}"}, 0},
		{"one release", []release{one("1.0.0", "", "v1.4.0"), one("1.0.0", "1")}, nil, []string{tag}, 0},
		{"no release", []release{one("1.0.0", ""), one("1.0.0", "1")}, nil, []string{tag}, 0},
		{"tags before its release", []release{one("1.0.0", "", "nightly", "v1.0.0-rc.1"), one("1.0.0", "1", "v1", "deploy-7")}, nil, []string{tag}, 0},
		{"a contract that is new", []release{{tree("README.md", "x"), []string{"v1.0.0"}}, {tree("README.md", "y"), []string{"v1.1.0"}}, one("1.0.0", "")}, nil, []string{tag}, 0},
		{"a contract that was broken once", []release{{tree("openapi.yaml", "openapi: 3.0.3\n\tx"), []string{"v1.0.0"}}, one("1.0.0", "", "v1.1.0"), one("1.0.0", "1", "v1.2.0")}, []string{byTag}, nil, 0},
		{"contracts with tags of their own", []release{
			{tree("services/shop/openapi.yaml", at(aContract, "1.0.0", ""), "services/billing/openapi.yaml", at(bContract, "1.0.0", "")), []string{"shop/v3.0.0", "billing-2.0.0", "v9.0.0"}},
			{tree("services/shop/openapi.yaml", at(aContract, "1.0.0", "1"), "services/billing/openapi.yaml", at(bContract, "1.0.0", "1")), []string{"shop/v3.1.0", "billing-2.0.1", "v9.1.0"}},
		}, []string{`version_from: "tag:shop/"}`, `version_from: "tag:billing-"}`}, []string{tag}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			git := func(args ...string) {
				t.Helper()
				out, err := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...).CombinedOutput()
				if err != nil {
					t.Fatalf("git %v: %v: %s", args, err, out)
				}
			}
			git("init", "-q")
			for _, r := range c.history {
				for name, text := range r.files {
					if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				git("add", ".")
				git("commit", "-q", "--allow-empty", "-m", "x")
				for _, tag := range r.tags {
					git("tag", tag)
				}
			}
			if code, out, talk := on(true, "init", "--now", "2026-11-29", "--ref", strings.Repeat("0123456789", 4)); code != 0 {
				t.Fatalf("%d: %s%s", code, out, talk)
			}
			holds(t, "govctl.yaml", c.want...)
			for _, part := range c.not {
				if strings.Contains(content(t, "govctl.yaml"), part) {
					t.Errorf("govctl.yaml has %q:\n%s", part, content(t, "govctl.yaml"))
				}
			}
			if code, out, talk := on(true, "run"); code != c.code {
				t.Errorf("the first run: %d %s%s", code, out, talk)
			}
		})
	}
}
