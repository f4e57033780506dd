package govctl_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fileGroups are the groups of files of a package, from the ground up: a file refers only to files of its own group and of
// those before it. A name stands for NAME.go.
var fileGroups = map[string][]string{
	"pkg/apidiff/rules": {
		"side rules",
		"operation lifecycle security server callback naming type number string array object logic meaning parameter body response",
		"table",
	},
	"pkg/apidiff/subschema": {
		"difference",
		"catalog keyword normal simplify term admit sample contain cover disjoint differ " + // the tasks, and the families that they go through
			"type enum number count string format array contains object property patternproperties required propertynames dependent " +
			"union uniondiffer overlap not condition unevaluated unknown",
	},
	"pkg/apidiff/operations": {
		"match server comparer child stability annotation",
		"medium lifecycle identity document security serverdiffer",
		"parameter header encoding body", // a parameter may be written as a body is
		"response",
		"callback",
		"operation",
	},
	"pkg/apidiff/witness/validators": {
		"schema kinds numbers",
		"session toll pattern formats derive derivekeywords checks openapi openapikeywords",
		"describe", "refusal text",
	},
	"pkg/apidiff/witness/message": {
		"part encode",
		"wire endpoint decode",
		"request",
		"filter",
	},
	"pkg/apidiff/witness/search": {
		"query",
		"worker sample shape shaperead",
		"goal",
		"generate generateinside generatetext",
		"relevance typing",
		"search explore inside assemble shrink mutators mutatorsarray mutatorsobject",
		"exchange compose accepted",
		"finder",
	},
	"pkg/apidiff": {
		"doc bitset waiver options shorten",
		"input graph",
		"compare contain path attribute",
		"subject",
		"finding cause",
		"witness",
		"result",
		"classify bound advice unread effect since",
		"apidiff",
	},
}

func TestFilesReferDownwards(t *testing.T) {
	for dir, groups := range fileGroups {
		level := map[string]int{}
		for i, group := range groups {
			for _, name := range strings.Fields(group) {
				level[name+".go"] = i
			}
		}
		seen := map[string]bool{}
		for _, r := range references(t, dir) {
			from, okFrom := level[r.from]
			to, okTo := level[r.to]
			if !okFrom && !seen[r.from] {
				t.Errorf("%s/%s is in no group of files", dir, r.from)
				seen[r.from] = true
			}
			if okFrom && okTo && from < to {
				t.Errorf("%s/%s refers up to %s: %s", dir, r.from, r.to, r.name)
			}
		}
	}
}

// A reference is a name that one file of a package uses and another one declares.
type reference struct{ from, to, name string }

// references are the references between the files of a package.
func references(t *testing.T, dir string) []reference {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no file in %s: %v", dir, err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: nothing{}, Error: func(error) {}} // what other packages declare does not matter here
	p, _ := config.Check(dir, fset, files, &info)
	var out []reference
	for id, o := range info.Uses {
		if o.Pkg() != p || !o.Pos().IsValid() {
			continue
		}
		from, to := filepath.Base(fset.Position(id.Pos()).Filename), filepath.Base(fset.Position(o.Pos()).Filename)
		if from != to {
			out = append(out, reference{from, to, fmt.Sprintf("%s (line %d)", o.Name(), fset.Position(id.Pos()).Line)})
		}
	}
	slices.SortFunc(out, func(a, b reference) int { return strings.Compare(a.from+a.to+a.name, b.from+b.to+b.name) })
	return out
}

// nothing imports empty packages.
type nothing struct{}

func (nothing) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, filepath.Base(path))
	p.MarkComplete()
	return p, nil
}
