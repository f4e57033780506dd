package promrules_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/promrules"
)

const cases = "../../testdata/rulecheck"

func checkCase(t *testing.T, dir, file string) (messages []string, rules []string) {
	t.Helper()
	var c struct {
		Profile string   `json:"profile"`
		Dialect string   `json:"dialect"`
		Known   []string `json:"known"`  // lines of --metrics
		Scrape  string   `json:"scrape"` // interval
	}
	if data, err := os.ReadFile(filepath.Join(dir, "case.json")); err == nil {
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
	}
	cfg := promrules.Config{Profile: c.Profile, Dialect: promrules.Dialect(c.Dialect), Severities: map[string]int{"critical": 5, "warning": 1, "info": 1, "low": 1}}
	if c.Known != nil {
		cfg.Known = promrules.ReadMetrics([]byte(strings.Join(c.Known, "\n")))
	}
	if c.Scrape != "" {
		var err error
		if cfg.Scrape, err = time.ParseDuration(c.Scrape); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range promrules.Check([]promrules.Source{{Name: file, Data: data}}, cfg).Findings {
		if f.New == nil || f.New.Line == 0 || f.New.Column == 0 || f.Hint == "" || f.Why == "" || f.Fingerprint == "" {
			t.Errorf("incomplete: %+v", f)
		}
		messages = append(messages, f.Rule+" "+f.Message)
		rules = append(rules, f.Rule)
	}
	return messages, rules
}

// Every row has a folder of its name and every folder a row: the row alone fires on bad.yml, and nothing fires on good.yml,
// which holds what comes close.
func TestEveryRow(t *testing.T) {
	entries, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	var folders, want []string
	for _, e := range entries {
		if e.IsDir() {
			folders = append(folders, e.Name())
		}
	}
	for _, r := range promrules.Rows() {
		want = append(want, r.ID)
	}
	slices.Sort(want)
	if !slices.Equal(folders, want) {
		t.Errorf("folders and rows differ\nfolders %v\nrows    %v", folders, want)
	}
	for _, id := range want {
		t.Run(id, func(t *testing.T) {
			dir := filepath.Join(cases, id)
			messages, rules := checkCase(t, dir, "bad.yml")
			if row, _ := promrules.Explain(id); row.Check != nil && !row.Refusal {
				everyAlertIsNamed(t, filepath.Join(dir, "bad.yml"), messages)
			}
			if len(rules) == 0 || slices.ContainsFunc(rules, func(r string) bool { return r != id }) {
				t.Errorf("bad.yml: %q", messages)
			}
			if messages, rules := checkCase(t, dir, "good.yml"); len(rules) > 0 {
				t.Errorf("good.yml: %q", messages)
			}
		})
	}
}

// everyAlertIsNamed requires a finding for each alert of a case, so that one of them does not hide that another no longer fires.
func everyAlertIsNamed(t *testing.T, file string, messages []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := promrules.Parse(file, data)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range f.Groups {
		for _, r := range g.Rules {
			if !slices.ContainsFunc(messages, func(m string) bool { return strings.Contains(m, " rule "+r.Name()+" must ") }) {
				t.Errorf("%s: nothing is found in %s", file, r.Name())
			}
		}
	}
}
