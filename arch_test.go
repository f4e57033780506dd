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

// layers is the architecture: a package imports only packages of lower layers. A sub-package is in its parent's layer and
// belongs to it. pkg/ holds what another module may import, each with an example; internal/ is the program.
var layers = map[string]int{
	"pkg/report": 1, "pkg/contract": 1, "internal/sanitize": 1, "internal/count": 1, "internal/netguard": 1, "internal/probeclient": 1, "internal/readserver": 1, "internal/ci": 1,
	"pkg/internal/ecmaregex": 1,
	"schemas":                1, "internal/packed": 0, "internal/markdown": 1, "internal/sorting": 0, "internal/jointest": 0, "internal/late": 0, "internal/hugepages": 0, "internal/xmltext": 0, "testdata/change": 1, "testdata/lint": 1, "testdata/rulecheck": 1, "testdata/probe": 1, "action": 1,
	"pkg/apidiff": 2, "pkg/semver": 2, "internal/stability": 2, "internal/milestone": 2, "internal/taxonomy": 2, "internal/promrules": 2,
	"internal/changelog": 2, "internal/apichangelog": 2, "internal/badge": 2, "internal/integrity": 2, "internal/notify": 2, "internal/github": 2, "internal/gitlab": 2, "internal/comment": 2, "internal/gitrepo": 2,
	"internal/site": 2, "internal/render": 2, "internal/config": 2, "internal/policy": 2, "internal/promtext": 2, "internal/adopt": 2, "internal/evidence": 2, "internal/metricscontract": 2, "internal/grafana": 2, "internal/docblocks": 2, "internal/headers": 2, "internal/imagepin": 2, "internal/registry": 2, "internal/imagegate": 2, "internal/benchtrend": 2, "internal/resources": 2, "internal/smoke": 2, "internal/latency": 2, "internal/webfiles": 2,
	"pkg/promrules/ruletest": 3, "internal/artifact": 3,
	"internal/pipeline": 4,
	"cmd/govctl":        5,
}

// layered is the package of the plan that a folder belongs to.
func layered(dir string) string {
	for d := filepath.ToSlash(dir); d != "."; d = filepath.ToSlash(filepath.Dir(d)) {
		if _, ok := layers[d]; ok {
			return d
		}
	}
	return ""
}

// sideways are the packages of layer 1 of which one may import the other: a document has positions, which are report's, and the client of
// probes connects to what netguard lets pass.
var sideways = map[string]bool{"pkg/contract -> pkg/report": true, "internal/probeclient -> internal/netguard": true}

// complaint says why a package may not import another; empty when it may.
func complaint(from, to string) string {
	switch {
	case from == to:
		return ""
	case to == "":
		return "the imported package is in no layer"
	case layers[from] < layers[to]:
		return "is of a higher layer"
	case layers[from] == layers[to] && !sideways[from+" -> "+to]:
		return "is of the same layer"
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
		from := layered(filepath.Dir(path))
		if from == "" {
			if strings.HasPrefix(filepath.ToSlash(path), "pkg/") || strings.HasPrefix(filepath.ToSlash(path), "internal/") || strings.HasPrefix(filepath.ToSlash(path), "cmd/") {
				t.Errorf("%s is in no layer: add its package to the plan", path)
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
			if why := complaint(from, layered(to)); why != "" {
				t.Errorf("%s: import of %s, which %s (%s)", path, to, why, fmt.Sprintf("layer %d to %d", layers[from], layers[layered(to)]))
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
		{"pkg/semver", "internal/stability", "is of the same layer"},
		{"pkg/report", "pkg/contract", "is of the same layer"},
		{"pkg/contract", "pkg/report", ""},
		{"internal/site", "internal/artifact", "is of a higher layer"},
		{"internal/pipeline", "internal/artifact", ""},
		{"internal/artifact", "", "the imported package is in no layer"},
	} {
		if got := complaint(c.from, c.to); got != c.want {
			t.Errorf("%s -> %s: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

// The table in CONTRIBUTING.md is the same plan: a package that is missing there, or in another layer, fails by name.
func TestThePlanIsDescribed(t *testing.T) {
	text, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	described := map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d) \\| `([^`]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		described[row[2]], _ = strconv.Atoi(row[1])
	}
	if diff := cmp.Diff(layers, described); diff != "" {
		t.Errorf("the plan (-) and CONTRIBUTING.md (+) differ:\n%s", diff)
	}
}

// promised are the packages that other modules may rely on. What else is below pkg/ is a part of one of them.
var promised = []string{"pkg/apidiff", "pkg/contract", "pkg/promrules/ruletest", "pkg/report", "pkg/semver"}

// Each of them shows how it is used, in an example that runs.
func TestPublicPackagesHaveExamples(t *testing.T) {
	for _, dir := range promised {
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		shown := false
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			shown = shown || regexp.MustCompile(`(?s)\nfunc Example\w*\(\) \{.*// Output:`).Match(text)
		}
		if !shown {
			t.Errorf("%s has no example", dir)
		}
	}
	for dir := range layers {
		below := func(p string) bool { return dir == p || strings.HasPrefix(dir, p+"/") }
		if strings.HasPrefix(dir, "pkg/") && !strings.HasPrefix(dir, "pkg/internal/") && !slices.ContainsFunc(promised, below) {
			t.Errorf("%s is public but nobody promises it: internal/ is its place", dir)
		}
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
	"pkg/apidiff/rules":     {[]string{"pkg/report"}, 4000, 25},
	"pkg/apidiff/inplace":   {[]string{"pkg/contract"}, 4000, 25},
	"pkg/apidiff/jsonvalue": {[]string{"pkg/contract"}, 4000, 25},
	"pkg/apidiff/formats":   {[]string{"pkg/contract"}, 4000, 25},
	"pkg/apidiff/lifecycle": {[]string{"pkg/contract"}, 4000, 25},
	"pkg/apidiff/work":      {[]string{"pkg/contract", "pkg/internal/ecmaregex"}, 4000, 25},
	"pkg/apidiff/subschema": {[]string{"pkg/contract", "pkg/apidiff/rules", "pkg/apidiff/inplace", "pkg/apidiff/jsonvalue", "pkg/apidiff/formats",
		"pkg/apidiff/lifecycle", "pkg/apidiff/work"}, 6000, 40},
	"pkg/apidiff/operations": {[]string{"pkg/contract", "pkg/report", "pkg/apidiff/rules", "pkg/apidiff/jsonvalue", "pkg/apidiff/formats", "pkg/apidiff/lifecycle",
		"pkg/apidiff/subschema"}, 4000, 25},
	"pkg/apidiff/witness/validators": {[]string{"pkg/contract", "pkg/internal/ecmaregex"}, 4000, 25},
	"pkg/apidiff/witness/message":    {[]string{"pkg/contract", "pkg/apidiff/witness/validators"}, 4000, 25},
	"pkg/apidiff/witness/search":     {[]string{"pkg/contract", "pkg/report", "pkg/internal/ecmaregex", "pkg/apidiff/witness/validators", "pkg/apidiff/witness/message"}, 4000, 25},
	"pkg/apidiff": {[]string{"pkg/contract", "pkg/report", "pkg/apidiff/jsonvalue", "pkg/apidiff/work", "pkg/apidiff/rules", "pkg/apidiff/subschema", "pkg/apidiff/operations",
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
			to, ours := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), module)
			if n, known := layers[to]; ours && (!known || n > 0) && !slices.Contains(diffLayers[dir].imports, to) {
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
