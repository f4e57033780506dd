package main

import (
	"context"
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

// TestReadmeCommands runs what the README tells a newcomer to type, in a repository as he would have it.
func TestReadmeCommands(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "govctl"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	dir := newcomersRepository(t)
	ran := 0
	for _, line := range shell(t, "../../README.md") {
		if target, ok := strings.CutPrefix(line, "make "); ok {
			if !strings.Contains(string(makefile), "\n"+target+":") {
				t.Errorf("%s: no such target", line)
			}
			continue
		}
		if !strings.HasPrefix(line, "govctl ") {
			t.Errorf("%s: not a command that this test knows how to try", line)
			continue
		}
		ran++
		cmd := exec.CommandContext(context.Background(), "sh", "-c", line)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "GITHUB_ACTIONS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	if ran == 0 {
		t.Error("the README has no govctl command")
	}
}

// newcomersRepository is a repository with a document, and beside it two versions to compare.
func newcomersRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, source := range map[string]string{"openapi.yaml": "v1.yaml", "old.yaml": "v1.yaml", "new.yaml": "v2.yaml"} {
		b, err := os.ReadFile(filepath.Join("../../testdata/quickstart/openapi", source))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}
