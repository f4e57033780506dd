package oracle

import (
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var (
	mutants = flag.Int("mutants", 150, "number of mutants; promtool takes about half a second for each")
	keep    = flag.String("keep", "", "folder for the mutants on which the two differ")
)

// base is a test file and its rules.
type base struct {
	name, test string
	rules      []string
}

// bases are the test files to change, each test of a file on its own; the rules are renamed to r0.yml and so on.
func bases(t *testing.T) []base {
	t.Helper()
	var out []base
	for _, dir := range []string{filepath.Join("..", "cases"), filepath.Join("..", "findings"), data("rule-tests"), data("seed-repo")} {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".yml" || ext == ".yaml") {
				out = append(out, split(t, path)...)
			}
			return nil
		})
	}
	for seed := range uint64(20) {
		rules, test := generate(seed + 1<<40)
		out = append(out, base{fmt.Sprint("generated ", seed), strings.Replace(test, "rules.yml", ruleName(0), 1), []string{rules}})
	}
	return out
}

// data is a folder of the shared data; it need not exist.
func data(name string) string {
	return filepath.Join("..", "..", "..", "..", "..", "..", "shared", "data", name)
}

// largest bounds the rule files of a base, in bytes: promtool parses them for each test.
const largest = 40_000

// split makes a base of each test of a file; none of a file that is not a test file, or whose rules are huge.
func split(t *testing.T, path string) []base {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f map[string]any
	if yaml.Unmarshal(text, &f) != nil {
		return nil
	}
	tests, _ := f["tests"].([]any)
	patterns, _ := f["rule_files"].([]any)
	var rules []string
	var names []string
	for _, p := range patterns {
		found, _ := filepath.Glob(filepath.Join(filepath.Dir(path), fmt.Sprint(p)))
		for _, name := range found {
			rule, err := os.ReadFile(name)
			if err != nil || len(rule) > largest {
				return nil
			}
			names = append(names, ruleName(len(rules)))
			rules = append(rules, string(rule))
		}
	}
	var out []base
	for i, one := range tests {
		g := map[string]any{}
		for k, v := range f {
			g[k] = v
		}
		g["tests"], g["rule_files"] = []any{one}, names
		body, err := yaml.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, base{fmt.Sprintf("%s test %d", path, i), string(body), rules})
	}
	return out
}

// aside is what promtool prints between its verdicts: a pattern without files, and the name of the next file.
var aside = regexp.MustCompile(`(?m)^(  WARNING: no file match pattern|Processing test file:) .*\n`)

func TestSameVerdictOnMutants(t *testing.T) {
	all := bases(t)
	count := map[string]int{}
	dir := t.TempDir()
	for from := 0; from < *mutants; from += batch {
		var files []string
		for n := from; n < min(from+batch, *mutants); n++ {
			m := &mutator{rand.New(rand.NewPCG(*first+uint64(n), 21))}
			b := all[m.IntN(len(all))]
			test, rules := m.mutantOf(b.test, b.rules)
			files = append(files, writtenTo(t, filepath.Join(dir, fmt.Sprint(*first+uint64(n))), test, rules))
		}
		for i, verdict := range evaluatedOneByOne(t, files) {
			kind, detail := compareMutant(t, files[i], verdict)
			count[kind]++
			if kind == "verdict" || kind == "message" || kind == "refused" {
				t.Errorf("mutant %s: %s\n%s", filepath.Base(filepath.Dir(files[i])), kind, detail)
			}
			if *keep != "" && detail != "" {
				keepMutant(t, files[i], kind, detail)
			}
			os.RemoveAll(filepath.Dir(files[i]))
		}
	}
	t.Logf("%d mutants of %d tests: %v", *mutants, len(all), count)
}

func keepMutant(t *testing.T, file, kind, detail string) {
	t.Helper()
	to := filepath.Join(*keep, strings.ReplaceAll(kind, " ", "-"), filepath.Base(filepath.Dir(file)))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	_ = os.CopyFS(to, os.DirFS(filepath.Dir(file)))
	_ = os.WriteFile(filepath.Join(to, "detail.txt"), []byte(detail), 0o600)
}

func writtenTo(t *testing.T, dir, test string, rules []string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i, r := range append([]string{test}, rules...) {
		name := "test.yml"
		if i > 0 {
			name = ruleName(i - 1)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(r), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "test.yml")
}

// compareMutant says how the two agree on a file. The detail is empty where they do.
func compareMutant(t *testing.T, file, want string) (kind, detail string) {
	t.Helper()
	got, problems := outcome(t, file)
	show := func() string {
		return fmt.Sprintf("promtool: %s\ngovctl: %s\nproblems: %s", want, strings.Join(got, "\n"), strings.Join(problems, "\n"))
	}
	switch {
	case want == crashed:
		return "promtool gives up", show()
	case len(problems) == 0:
		switch agree, _ := settle(t, file, want, got); {
		case agree:
			return "same", ""
		case (want == "") != (len(got) == 0):
			return "verdict", show()
		}
		return "message", show()
	case want != "":
		return "both refuse", show()
	case stricter(t, file, strings.Join(problems, "\n")):
		return "refused for a reason", ""
	}
	return "refused", show()
}

// stricter reports whether govctl may refuse what promtool accepts: a second document, which promtool does not read, and a
// malformed rule file of a test file that has no tests, which promtool does not read either.
func stricter(t *testing.T, file, problems string) bool {
	t.Helper()
	if strings.Contains(problems, "second YAML document") || strings.Contains(problems, "<document start>") {
		return true
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Tests []any }
	return yaml.Unmarshal(text, &f) == nil && len(f.Tests) == 0 && strings.Contains(problems, filepath.Join(filepath.Dir(file), "r"))
}

// crashed stands for promtool's verdict on a file that it does not survive.
const crashed = "\x00crashed"

// evaluatedOneByOne evaluates files together, and each on its own where that fails.
func evaluatedOneByOne(t *testing.T, files []string) []string {
	t.Helper()
	if said, ok := tryJudge(t, files); ok {
		return said
	} else if len(files) == 1 {
		return []string{crashed}
	}
	half := len(files) / 2
	return slices.Concat(evaluatedOneByOne(t, files[:half]), evaluatedOneByOne(t, files[half:]))
}
