package promrules_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v4"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// shared is the folder of real documents; tests that read it are skipped where it is absent.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	dir := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the folder of real documents is not here: %v", err)
	}
	return dir
}

func yamlFiles(t testing.TB, dirs ...string) []string {
	t.Helper()
	var files []string
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".yaml" || ext == ".yml") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// plainCount counts the alerting rules of a file without any knowledge of rule files: every mapping below "rules" with a key "alert".
func plainCount(v any, below bool) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["alert"]; ok && below {
			n++
		}
		for key, item := range v {
			n += plainCount(item, key == "rules")
		}
	case []any:
		for _, item := range v {
			n += plainCount(item, below)
		}
	}
	return n
}

// Every real rule file parses with as many alerts as a plain count of its YAML finds, or is refused by file and line.
func TestRealRuleFiles(t *testing.T) {
	dir := shared(t, "rules")
	refused := map[string]bool{
		"thanos/cmd/thanos/testdata/rules-files/invalid-rules-data.yaml":    true, // a group without a name
		"thanos/cmd/thanos/testdata/rules-files/invalid-unknown-field.yaml": true, // "interrrrrrrrval"
	}
	index := alertsByFile(t, filepath.Join(dir, "INDEX.tsv"))
	total := 0
	for _, file := range yamlFiles(t, dir) {
		rel := filepath.ToSlash(strings.TrimPrefix(file, dir+string(filepath.Separator)))
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := promrules.Parse(rel, data)
		if err != nil {
			var place *contract.Error
			if !refused[rel] || !errors.As(err, &place) || place.Place.Line == 0 || place.Place.File != rel {
				t.Errorf("refused: %v", err)
			}
			continue
		}
		if refused[rel] {
			t.Errorf("%s was accepted", rel)
		}
		want := 0
		for dec := yaml.NewDecoder(bytes.NewReader(data)); ; {
			var v any
			if err := dec.Decode(&v); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			want += plainCount(v, false)
		}
		if f.Alerts() != want || index[rel] != want {
			t.Errorf("%s: %d alerts, a plain count finds %d, the index says %d", rel, f.Alerts(), want, index[rel])
		}
		total += f.Alerts()
	}
	if total < 2000 {
		t.Errorf("only %d alerts were read", total)
	}
}

func alertsByFile(t *testing.T, name string) map[string]int {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if out[cells[1]], err = strconv.Atoi(cells[4]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Whatever Prometheus' own parser says about a file, Check says too: both accept it or both refuse it. Where they differ on
// purpose the list says why.
func TestAgreesWithRulefmt(t *testing.T) {
	dir := shared(t)
	differs := map[string]string{
		"rules_multi_doc.yaml": "a second document, which Prometheus leaves out without a word",
	}
	files := yamlFiles(t, filepath.Join(dir, "rules"), filepath.Join(dir, "rules-history"), filepath.Join(dir, "rule-tests"))
	compared := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("kind: PrometheusRule")) || differs[filepath.Base(file)] != "" {
			continue
		}
		compared++
		_, errs := rulefmt.Parse(data, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
		got := promrules.Check([]promrules.Source{{Name: file, Data: data}}, promrules.Config{Dialect: promrules.Prometheus})
		if (got.Refused == 0) != (len(errs) == 0) {
			t.Errorf("%s: %d refusals, rulefmt has %v", file, got.Refused, errs)
		}
	}
	if compared < 200 {
		t.Errorf("only %d files compared", compared)
	}
}

// The place of an error inside an expression is the place in the file.
func TestPlaceInsideExpression(t *testing.T) {
	for _, c := range []struct {
		expr string
		at   [2]int
	}{
		{"expr: rate(up) > 1", [2]int{4, 16}},
		{"expr: |\n        sum(up)\n          + rate(up) > 1", [2]int{6, 18}},
		{"expr: 'rate(up) > 1'", [2]int{4, 11}},
	} {
		text := "groups:\n- name: g\n  rules:\n  - " + c.expr + "\n    alert: A\n"
		got := promrules.Check([]promrules.Source{{Name: "r.yml", Data: []byte(text)}}, promrules.Config{})
		i := slices.IndexFunc(got.Findings, func(f report.Finding) bool { return f.Rule == "rule-refused" })
		if i < 0 {
			t.Fatalf("%s: %+v", c.expr, got.Findings)
		}
		if p := got.Findings[i].New; p.Line != c.at[0] || p.Column != c.at[1] {
			t.Errorf("%q: %d:%d, want %v: %s", c.expr, p.Line, p.Column, c.at, got.Findings[i].Message)
		}
	}
}
