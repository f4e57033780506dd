package oracle

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSameVerdictOnRealFiles holds every YAML file of the data against promtool: test files, and files that are none.
func TestSameVerdictOnRealFiles(t *testing.T) {
	if _, err := os.Stat(data("")); err != nil {
		t.Skipf("the data is absent: %v", err)
	}
	sameVerdicts(t, data("rule-tests"), data("seed-repo"))
}

// TestSameVerdictOnOwnCases holds the goldens of the rule tests against promtool.
func TestSameVerdictOnOwnCases(t *testing.T) {
	sameVerdicts(t, filepath.Join("..", "cases"), filepath.Join("..", "findings"))
}

func sameVerdicts(t *testing.T, dirs ...string) {
	t.Helper()
	var files []string
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".yml" || ext == ".yaml") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	passed, failed, refused := 0, 0, 0
	said := evaluated(t, files...)
	for _, file := range files {
		got, problems := outcome(t, file)
		want := said[filepath.Clean(file)]
		agree := want != ""
		if len(problems) == 0 {
			agree, _ = settle(t, file, want, got)
		}
		switch {
		case !agree:
			t.Errorf("%s:\npromtool: %s\ngovctl: %s\nproblems: %s", file, want, strings.Join(got, "\n"), strings.Join(problems, "; "))
		case len(problems) > 0:
			refused++
		case len(got) > 0:
			failed++
		default:
			passed++
		}
	}
	t.Logf("%d files: %d pass, %d fail with the same cases, %d refused by both", len(files), passed, failed, refused)
}
