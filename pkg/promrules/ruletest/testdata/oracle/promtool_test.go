package oracle

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// promtool builds the pinned promtool once; it is the evaluate that the project's runner is held against.
var promtool = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "promtool").Output() // builds it, and prints where it lies
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", errors.New(string(exit.Stderr))
	}
	return strings.TrimSpace(string(out)), err
})

// verdict is the line with which promtool begins what it says about a file.
var verdict = regexp.MustCompile(`(?m)^  (SUCCESS|FAILED:)$`)

// evaluated is what promtool prints about each file: empty for one that passes.
func evaluated(t *testing.T, files ...string) map[string]string {
	t.Helper()
	said, ok := tryJudge(t, files)
	if !ok {
		t.Fatalf("promtool does not come to a verdict on each of %d files", len(files))
	}
	out := map[string]string{}
	for i, f := range files {
		out[filepath.Clean(f)] = said[i]
	}
	return out
}

// tryJudge is what promtool prints about each file, in their order; false when it does not get to the end.
func tryJudge(t *testing.T, files []string) ([]string, bool) {
	t.Helper()
	bin, err := promtool()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute) // a guard: a machine under load is slow
	defer cancel()
	out, err := exec.CommandContext(ctx, bin, append([]string{"test", "rules"}, files...)...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	out = aside.ReplaceAll(out, nil)
	starts := verdict.FindAllIndex(out, -1)
	if len(starts) != len(files) || exit != nil && exit.ExitCode() != 1 {
		return nil, false
	}
	var said []string
	for i := range files {
		end := len(out)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		said = append(said, settled(strings.TrimSpace(string(out[starts[i][1]:end]))))
	}
	return said, true
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
