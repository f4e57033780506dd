package govctl_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/romel/govctl/"

// floors is the plan of the house: a package imports only packages of lower floors. A sub-package lives on its parent's floor
// and belongs to it.
var floors = map[string]int{
	"pkg/report": 1, "pkg/contract": 1, "pkg/inert": 1, "pkg/netguard": 1,
	"pkg/internal/ecmaregex": 1,
	"schemas":                1, "testdata/change": 1, "action": 1,
	"pkg/apidiff": 2, "pkg/semver": 2, "pkg/stability": 2, "pkg/milestone": 2, "pkg/taxonomy": 2, "pkg/promrules": 2,
	"pkg/changelog": 2, "pkg/badge": 2, "pkg/integrity": 2, "pkg/notify": 2, "pkg/github": 2, "pkg/gitrepo": 2,
	"pkg/site": 2, "pkg/render": 2, "pkg/config": 2, "pkg/policy": 2, "pkg/promtext": 2,
	"pkg/artifact": 3,
	"pkg/pipeline": 4,
	"cmd/govctl":   5,
}

// room is the package of the plan that a folder belongs to.
func room(dir string) string {
	for d := filepath.ToSlash(dir); d != "."; d = filepath.ToSlash(filepath.Dir(d)) {
		if _, ok := floors[d]; ok {
			return d
		}
	}
	return ""
}

// sideways are the two meeting points on floor 1 that may know each other: the tree speaks of places, which are report's.
var sideways = map[string]bool{"pkg/contract -> pkg/report": true}

// complaint says why a package may not import another; empty when it may.
func complaint(from, to string) string {
	switch {
	case from == to:
		return ""
	case to == "":
		return "the imported package stands on no floor"
	case floors[from] < floors[to]:
		return "runs up"
	case floors[from] == floors[to] && !sideways[from+" -> "+to]:
		return "runs sideways"
	}
	return ""
}

func TestImportsRunDownwards(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || d.Name() == "testdata" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Dir(path) == "." {
			return nil
		}
		from := room(filepath.Dir(path))
		if from == "" {
			if strings.HasPrefix(filepath.ToSlash(path), "pkg/") || strings.HasPrefix(filepath.ToSlash(path), "cmd/") {
				t.Errorf("%s stands on no floor: add its package to the plan", path)
			}
			return nil
		}
		seen++
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			to, ours := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), module)
			if !ours {
				continue
			}
			if why := complaint(from, room(to)); why != "" {
				t.Errorf("%s: import of %s %s (%s)", path, to, why, fmt.Sprintf("floor %d to %d", floors[from], floors[room(to)]))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("no file was looked at")
	}
}

func TestThePlanRefuses(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"pkg/semver", "pkg/report", ""},
		{"pkg/semver", "pkg/stability", "runs sideways"},
		{"pkg/report", "pkg/contract", "runs sideways"},
		{"pkg/contract", "pkg/report", ""},
		{"pkg/site", "pkg/artifact", "runs up"},
		{"pkg/pipeline", "pkg/artifact", ""},
		{"pkg/artifact", "", "the imported package stands on no floor"},
	} {
		if got := complaint(c.from, c.to); got != c.want {
			t.Errorf("%s -> %s: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

// The table in CONTRIBUTING.md is the same plan: a room that is missing there, or stands on another floor, fails by name.
func TestThePlanIsDescribed(t *testing.T) {
	text, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d) \\| `([^`]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		described[row[2]], _ = strconv.Atoi(row[1])
	}
	if diff := cmp.Diff(floors, described); diff != "" {
		t.Errorf("the plan (-) and CONTRIBUTING.md (+) differ:\n%s", diff)
	}
}

// A layer is a package of the diff: what of this module it imports, and how large it may be.
type layer struct {
	imports      []string
	lines, files int
}

// diffLayers is the plan inside pkg/apidiff, from the ground up. A package stays under 4,000 lines and 25 files, so that one
// person can know it; subschema, whose parts would export more than they hide, is the exception.
var diffLayers = map[string]layer{
	"pkg/apidiff/rules":              {[]string{"pkg/report"}, 4000, 25},
	"pkg/apidiff/inplace":            {[]string{"pkg/contract"}, 4000, 25},
	"pkg/apidiff/subschema":          {[]string{"pkg/contract", "pkg/internal/ecmaregex", "pkg/apidiff/rules", "pkg/apidiff/inplace"}, 6200, 40},
	"pkg/apidiff/operations":         {[]string{"pkg/contract", "pkg/report", "pkg/apidiff/rules", "pkg/apidiff/subschema"}, 4000, 25},
	"pkg/apidiff/witness/validators": {[]string{"pkg/contract", "pkg/internal/ecmaregex"}, 4000, 25},
	"pkg/apidiff/witness/message":    {[]string{"pkg/contract", "pkg/apidiff/witness/validators"}, 4000, 25},
	"pkg/apidiff/witness/search":     {[]string{"pkg/contract", "pkg/report", "pkg/internal/ecmaregex", "pkg/apidiff/witness/validators", "pkg/apidiff/witness/message"}, 4000, 25},
	"pkg/apidiff": {[]string{"pkg/contract", "pkg/report", "pkg/apidiff/rules", "pkg/apidiff/subschema", "pkg/apidiff/operations",
		"pkg/apidiff/witness/message", "pkg/apidiff/witness/search"}, 4000, 25},
}

func TestLayersOfTheDiff(t *testing.T) {
	files, lines := map[string]int{}, map[string]int{}
	err := filepath.WalkDir("pkg/apidiff", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files[dir]++
		lines[dir] += strings.Count(string(text), "\n")
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			if to, ours := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), module); ours && !slices.Contains(diffLayers[dir].imports, to) {
				t.Errorf("%s: the plan of pkg/apidiff does not let %s import %s", path, dir, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range files {
		plan, known := diffLayers[dir]
		if !known {
			t.Errorf("%s is in no layer: add it to the plan of pkg/apidiff", dir)
			continue
		}
		if files[dir] >= plan.files || lines[dir] >= plan.lines {
			t.Errorf("%s has %d lines in %d files; under %d in %d are allowed", dir, lines[dir], files[dir], plan.lines, plan.files)
		}
	}
	for dir := range diffLayers {
		if files[dir] == 0 {
			t.Errorf("%s has no file", dir)
		}
	}
}
