package taxonomy_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

var noon = time.Date(2025, 9, 17, 12, 0, 0, 0, time.UTC)

const cases = "../../testdata/lint"

// lintCase is the optional case.json of a folder.
type lintCase struct {
	Profile            string   `json:"profile"`
	DeprecationMaxDays int      `json:"deprecation_max_days"`
	RequiredLabels     []string `json:"required_labels"`
	Repository         string   `json:"repository"`
	Files              []string `json:"files"`
	Runbooks           []string `json:"runbooks"`
}

// rulesOf reads the alerting rules of a rule file.
func rulesOf(t testing.TB, name string, data []byte) []taxonomy.Rule {
	t.Helper()
	f, err := promrules.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return toRules(f)
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t testing.TB, name string, data []byte) *taxonomy.File {
	t.Helper()
	f, err := taxonomy.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// input makes what lint looks at from a folder of testdata/lint.
func input(t *testing.T, dir, file string) taxonomy.Input {
	t.Helper()
	var c lintCase
	if data, err := os.ReadFile(filepath.Join(dir, "case.json")); err == nil {
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
	}
	in := taxonomy.Input{Now: noon, Config: taxonomy.DefaultConfig(c.Profile), Repository: c.Repository, Runbooks: c.Runbooks}
	in.Config.DeprecationMaxDays, in.Config.RequiredLabels = c.DeprecationMaxDays, c.RequiredLabels
	in.File = parse(t, file, read(t, filepath.Join(dir, file)))
	if c.Files != nil {
		in.HasFile = func(name string) bool { return slices.Contains(c.Files, name) }
	}
	if data, err := os.ReadFile(filepath.Join(dir, "previous.json")); err == nil {
		in.Previous = parse(t, "previous.json", data)
	}
	data, err := os.ReadFile(filepath.Join(dir, "rules.yml"))
	if !errors.Is(err, fs.ErrNotExist) {
		in.Rules, in.RuleRead = rulesOf(t, "rules.yml", data), 1
	}
	return in
}

func ids() []string {
	var out []string
	for _, r := range taxonomy.Rows() {
		out = append(out, r.ID)
	}
	return append(out, "waiver-expired", "waiver-useless")
}

// Every row of the table has a folder of its name and every folder a row: the row alone fires on bad.json, each time with a place,
// and nothing fires on good.json, which holds what comes close.
func TestEveryRow(t *testing.T) {
	var folders []string
	entries, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			folders = append(folders, e.Name())
		}
	}
	want := ids()
	slices.Sort(want)
	if !slices.Equal(folders, want) {
		t.Errorf("folders and rows differ\nfolders %v\nrows    %v", folders, want)
	}
	for _, id := range want {
		t.Run(id, func(t *testing.T) {
			dir := filepath.Join(cases, id)
			row, _ := taxonomy.Explain(id)
			if row.Why == "" || row.Hint == "" || row.Want == "" {
				t.Error("the row does not explain itself")
			}
			got := taxonomy.Lint(input(t, dir, "bad.json"))
			if len(got.Findings) == 0 {
				t.Error("bad.json has no finding")
			}
			for _, f := range got.Findings {
				// A waiver that is over leaves its finding standing.
				if f.Rule != id && (id != "waiver-expired" || f.Waiver == nil) {
					t.Errorf("bad.json: %s %s", f.Rule, f.Message)
				}
				if f.New == nil || f.New.File == "" || f.New.Line == 0 || f.New.Column == 0 || f.Hint == "" || f.Why == "" || f.Fingerprint == "" {
					t.Errorf("incomplete: %+v", f)
				}
			}
			for _, f := range taxonomy.Lint(input(t, dir, "good.json")).Findings {
				if !f.Waived() {
					t.Errorf("good.json: %s %s", f.Rule, f.Message)
				}
			}
		})
	}
}

// A fix ends the finding, changes no other entry, and a second fix changes nothing.
func TestFixEndsItsFinding(t *testing.T) {
	fixable := map[string]bool{}
	for _, r := range taxonomy.Rows() {
		if r.Fix == nil {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			in := input(t, filepath.Join(cases, r.ID), "bad.json")
			before := taxonomy.Lint(in)
			text, n, err := taxonomy.Fix(in)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				t.Fatal("nothing was fixed")
			}
			in.File = parse(t, "bad.json", text)
			after := taxonomy.Lint(in)
			if len(after.Findings) >= len(before.Findings) {
				t.Errorf("%d findings before, after:\n%s", len(before.Findings), messages(after))
			}
			if again, n, err := taxonomy.Fix(in); err != nil || n != 0 || string(again) != string(text) {
				t.Errorf("a second fix made %d corrections, %v", n, err)
			}
			fixable[r.ID] = true
		})
	}
	if len(fixable) < 6 {
		t.Errorf("only %d rows were tried", len(fixable))
	}
}

func messages(l report.TaxonomyLint) string {
	var b strings.Builder
	for _, f := range l.Findings {
		b.WriteString(f.Rule + " " + f.Message + "\n")
	}
	return b.String()
}
