package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shell are the commands in the fenced sh blocks of a page, one a line, without comments.
func shell(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, block := range regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```").FindAllStringSubmatch(string(text), -1) {
		for _, line := range strings.Split(block[1], "\n") {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// TestReadmeCommands runs what the README tells a newcomer to type: in a repository that has a description, and in one that has nothing.
func TestReadmeCommands(t *testing.T) {
	bin := t.TempDir()
	full, empty := newcomersRepository(t, true), newcomersRepository(t, false)
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	installed := false
	path := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "GITHUB_ACTIONS=", "GITHUB_TOKEN=", "GOVERNANCE_WEBHOOK=", "GOV_SIGNING_PRIVATE_KEY="}
	for _, line := range shell(t, "../../README.md") {
		target, isMake := strings.CutPrefix(line, "make ")
		module, isInstall := strings.CutPrefix(line, "go install ")
		switch {
		case isMake:
			if !strings.Contains(string(makefile), "\n"+target+":") {
				t.Errorf("%s: no such target", line)
			}
		case isInstall: // this very source stands in for the latest release
			say(t, ".", []string{"GOBIN=" + bin}, "go install -buildvcs=false -ldflags '-X github.com/romel/govctl/cmd/govctl/internal/cli.commit=0123456789abcdef0123456789abcdef01234567' "+strings.TrimSuffix(module, "@latest"))
			installed = true
		case strings.HasPrefix(line, "govctl ") || strings.HasPrefix(line, "(umask 077; govctl ") || strings.HasPrefix(line, "git "):
			for _, dir := range []string{full, empty} {
				switch {
				case line == "govctl init" && dir == empty: // as the page says of a repository with nothing in it
					line += " --example"
				}
				say(t, dir, path, line)
			}
		default:
			t.Errorf("%s: not a command that this test knows how to try", line)
		}
	}
	if !installed {
		t.Error("the README does not say how to install govctl")
	}
	for _, c := range commandsOf(t, "README.md") {
		if c.shown != nil {
			inOrder(t, say(t, full, path, c.line+" || [ $? = 1 ]"), c.shown)
		}
	}
	for _, dir := range []string{full, empty} {
		say(t, dir, nil, "git -C ../remote.git cat-file -e schemas:status/governance-summary.json && git -C ../remote.git cat-file -e schemas:status/checksums-signature.json && git -C ../remote.git cat-file -e gh-pages:index.html")
		if strings.Contains(say(t, dir, nil, "git ls-files"), "governance/") {
			t.Error("the output folder was committed")
		}
	}
}

// say runs a command line in a folder and returns what it prints; a command that fails fails the test.
func say(t *testing.T, dir string, env []string, line string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line) // as a workflow step runs it
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// newcomersRepository is a repository with a remote beside it, and, unless it is a fresh one, a document and two versions to compare.
func newcomersRepository(t *testing.T, full bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "repository")
	say(t, ".", nil, "git init -q --bare '"+filepath.Dir(dir)+"/remote.git' && git init -q -b main '"+dir+"'")
	say(t, dir, nil, "git remote add origin ../remote.git && git config user.name t && git config user.email t@example.com")
	if !full {
		return dir
	}
	for name, source := range map[string]string{"openapi.yaml": "v1.yaml", "old.yaml": "v2.yaml", "new.yaml": "v3.yaml"} {
		b, err := os.ReadFile(filepath.Join("../../testdata/quickstart/openapi", source))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	say(t, dir, nil, "git add . && git commit -q -m x")
	return dir
}
