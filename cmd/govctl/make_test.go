package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRaceDetectorWhereItRuns: make test needs Go, git and make only; a machine without a C compiler is told what it does not get.
func TestRaceDetectorWhereItRuns(t *testing.T) {
	race := func(path string, env ...string) (flag, message string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "../../.ci/race")
		cmd.Env = append(os.Environ(), append(env, "PATH="+path)...)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, &stderr)
		}
		return strings.TrimSpace(string(out)), stderr.String()
	}
	bare := t.TempDir()
	for _, tool := range []string{"bash", "go", "tail"} {
		p, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(p, filepath.Join(bare, tool)); err != nil {
			t.Fatal(err)
		}
	}
	for _, env := range []string{"CGO_ENABLED=", "CGO_ENABLED=1", "CC=no-such-compiler"} {
		flag, message := race(bare, "CC=", env)
		if flag != "" || !strings.Contains(message, "without the race detector: ") || strings.Count(message, "\n") != 1 {
			t.Errorf("without a compiler, %s: %q, %q", env, flag, message)
		}
	}
	cc := strings.Fields(say(t, ".", nil, "go env CC"))
	if _, err := exec.LookPath(append(cc, "cc")[0]); err != nil {
		return // this machine is such a one
	}
	if flag, message := race(os.Getenv("PATH"), "CGO_ENABLED=1"); flag != "-race" {
		t.Errorf("with a compiler: %q, %q", flag, message)
	}
}

// TestBuildsWithoutCompiler: neither make build nor make test asks for cgo itself.
func TestBuildsWithoutCompiler(t *testing.T) {
	for target, want := range map[string]string{"build": "CGO_ENABLED=0 go build ", "demo": "CGO_ENABLED=0 go build ", "test": ".ci/test"} {
		if out := say(t, "../..", nil, "make --no-print-directory -n "+target); !strings.Contains(out, want) || strings.Contains(out, " -race") {
			t.Errorf("make %s: %s", target, out)
		}
	}
}

// TestNamedTestsExist: .ci/test chooses tests by name; a name that no test has any more would choose nothing, in silence.
func TestNamedTestsExist(t *testing.T) {
	script, err := os.ReadFile("../../.ci/test")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, line := range regexp.MustCompile(`(?m)^\w+='\^\((.*)\)\$'$`).FindAllStringSubmatch(string(script), -1) {
		names = append(names, strings.Split(line[1], "|")...)
	}
	if len(names) < 10 {
		t.Fatalf(".ci/test names %q", names)
	}
	sources := say(t, "../..", nil, "cat $(find cmd internal pkg -name '*_test.go')")
	for _, name := range names {
		if !strings.Contains(sources, "\nfunc "+name+"(t *testing.T)") {
			t.Errorf("there is no %s", name)
		}
	}
}
