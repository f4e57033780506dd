package govctl_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/internal/packed"
)

var update = flag.Bool("update", false, "pack the files again that the program holds compressed")

// TestPackedFiles keeps the packed files in the program equal to those of the repository.
func TestPackedFiles(t *testing.T) {
	for file, pattern := range map[string]string{
		"testdata/change/cases.packed": "*/*", "testdata/lint/cases.packed": "*/*", "testdata/probe/cases.packed": "*/*", "testdata/rulecheck/cases.packed": "*/*",
		"schemas/schemas.packed": "*.schema.json", "cmd/govctl/internal/cli/templates.packed": "templates/...", "internal/site/assets.packed": "assets/...",
		"internal/apichangelog/sentences.packed": "*.txt",
	} {
		dir := path.Dir(file)
		names, err := matching(os.DirFS(dir), pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(names), err)
		}
		names = slices.DeleteFunc(names, func(n string) bool { return n == "govctl.schema.json" }) // which is read at each start
		want := content(t, os.DirFS(dir), names)
		data, err := os.ReadFile(file)
		if err != nil && (!*update || !errors.Is(err, fs.ErrNotExist)) {
			t.Fatal(err)
		}
		if *update && cmp.Diff(want, unpacked(t, data, pattern)) != "" {
			if data, err = packed.Pack(os.DirFS(dir), names); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, unpacked(t, data, pattern)); diff != "" {
			t.Errorf("%s is not what is packed; run make update\n%s", dir, diff)
		}
	}
}

// matching are the files of a pattern, or all files below a folder: FOLDER/...
func matching(files fs.FS, pattern string) ([]string, error) {
	folder, deep := strings.CutSuffix(pattern, "/...")
	if !deep {
		return fs.Glob(files, pattern)
	}
	var names []string
	err := fs.WalkDir(files, folder, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // before they are packed for the first time
			return nil
		}
		if err == nil && d.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

func unpacked(t *testing.T, data []byte, pattern string) map[string]string {
	t.Helper()
	files := packed.Open(data)
	names, err := matching(files, pattern)
	if err != nil {
		t.Fatal(err)
	}
	return content(t, files, names)
}

func content(t *testing.T, files fs.FS, names []string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(data)
	}
	return all
}
