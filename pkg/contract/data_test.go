package contract

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dataFiles are the files below a folder of the shared test data that end in one of the given ways.
func dataFiles(t testing.TB, folder string, endings ...string) []string {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared", "data", folder)
	if _, err := os.Stat(root); err != nil {
		t.Skipf("the shared test data is not here: %v", err)
	}
	var files []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		for _, e := range endings {
			if err == nil && d.Type().IsRegular() && strings.HasSuffix(name, e) {
				files = append(files, name)
			}
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", root, len(files), err)
	}
	if testing.Short() && len(files) > 20 { // a sample that reaches every folder
		sample := files[:0]
		for i := 0; i < len(files); i += len(files) / 20 {
			sample = append(sample, files[i])
		}
		files = sample
	}
	return files
}

// refused are the real documents that do not load, and why. Each is wrong in itself.
var refused = map[string]string{
	"camara-qod/008-2026-07-21-e109e6e8.yaml": `"../common/CAMARA_common.yaml#/components/parameters/x-correlator" leaves the folder`,
	"camara-qod/009-2026-08-21-e29b052a.yaml": `"../common/CAMARA_common.yaml#/components/parameters/x-correlator" leaves the folder`,
	"square/002-2023-08-15-c32a97aa.json":     `$ref "#/components/schemas/LocationCustomAttributeDeleteRequest" does not resolve`,
	"square/003-2025-07-15-0dea8b85.json":     "CatalogModifierToggleOverrideType",
}

func TestLoadsRealDocuments(t *testing.T) {
	for _, folder := range []string{"openapi", "diff-cases"} {
		for _, file := range dataFiles(t, folder, ".json", ".yaml") {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(context.Background(), file, data, Options{ConvertSwagger: true})
			why, bad := refused[filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file)))]
			if bad != (err != nil) || bad && !strings.Contains(err.Error(), why) {
				t.Errorf("%s: error %v, want %q", file, err, why)
			}
		}
	}
}
