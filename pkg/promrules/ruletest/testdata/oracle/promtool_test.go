package oracle

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// promtool builds the pinned promtool once; it is the judge that the project's runner is held against.
var promtool = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "promtool").Output() // builds it, and prints where it lies
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", errors.New(string(exit.Stderr))
	}
	return strings.TrimSpace(string(out)), err
})

// head begins the part of promtool's output that is about one file.
const head = "Unit Testing:  "

// judged is what promtool prints about each file: empty for one that passes.
func judged(t *testing.T, files ...string) map[string]string {
	t.Helper()
	bin, err := promtool()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(bin, append([]string{"test", "rules"}, files...)...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, part := range strings.Split("\n"+string(out), "\n"+head)[1:] {
		name, text, _ := strings.Cut(part, "\n")
		text = strings.TrimSpace(text)
		if text == "SUCCESS" {
			text = ""
		}
		said[filepath.Clean(strings.TrimSpace(name))] = strings.TrimSpace(strings.TrimPrefix(text, "FAILED:"))
	}
	for _, f := range files {
		if _, ok := said[filepath.Clean(f)]; !ok {
			t.Fatalf("promtool says nothing about %s:\n%s", f, out)
		}
	}
	return said
}

// same reports whether promtool printed exactly these failures, in whatever order.
func same(said string, failures []string) bool {
	for _, f := range failures {
		before, after, ok := strings.Cut(said, strings.TrimSpace(f))
		if !ok {
			return false
		}
		said = before + after
	}
	return strings.TrimSpace(said) == ""
}
