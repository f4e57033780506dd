package pipeline

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/promrules/ruletest"
)

const (
	top      = "../.."
	ownRules = ".github/prometheus/govctl.rules.yml"
	ownTests = ".github/prometheus/govctl.rules.test.yml"
)

func own(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(top, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// This repository's own alerts pass what govctl asks of others: no finding, every rule in the catalogue, every runbook a heading.
func TestOwnAlerts(t *testing.T) {
	surroundings := Alerts{
		Rules: func(_ promrules.Dialect, patterns []string) ([]promrules.Source, error) {
			return []promrules.Source{{Name: ownRules, Data: own(t, ownRules)}}, nil
		},
		HasFile:    func(name string) bool { _, err := os.Stat(filepath.Join(top, name)); return err == nil },
		Repository: "romel/govctl",
	}
	in, err := surroundings.Input(config.Taxonomy{File: "alerts_taxonomy.json", Rules: []string{ownRules}}, own(t, "alerts_taxonomy.json"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range taxonomy.Lint(in).Findings {
		t.Errorf("%s: %s", f.Rule, f.Message)
	}
	cfg := promrules.Config{Profile: "mixin", Severities: in.Config.Severities}
	for _, f := range promrules.Check([]promrules.Source{{Name: ownRules, Data: own(t, ownRules)}}, cfg).Findings {
		t.Errorf("%s: %s", f.Rule, f.Message)
	}
	runbooks := string(own(t, "docs/runbooks.md"))
	for i := range in.File.Alerts {
		a := &in.File.Alerts[i]
		if !strings.Contains(runbooks, "\n## "+a.Name+"\n") || !strings.HasSuffix(a.Runbook, "#"+strings.ToLower(a.Name)) {
			t.Errorf("%s has no heading in docs/runbooks.md for %s", a.Name, a.Runbook)
		}
	}
}

// Each of them is shown firing and silent.
func TestOwnRuleTests(t *testing.T) {
	files, err := ruletest.Run(context.Background(), []string{filepath.Join(top, ownTests)}, ruletest.Options{
		Read: os.ReadFile,
		Glob: func(_, pattern string) ([]string, error) { return filepath.Glob(pattern) },
	})
	if err != nil {
		t.Fatal(err)
	}
	fires := map[string][]string{}
	for _, f := range files {
		for _, p := range f.Problems {
			t.Error(p)
		}
		for _, test := range f.Tests {
			for _, p := range test.Problems {
				t.Error(p)
			}
			for _, failure := range test.Failures {
				t.Errorf("%s: %+v", test.Name, failure)
			}
			name, how, _ := strings.Cut(test.Name, " ")
			fires[name] = append(fires[name], how)
		}
	}
	f, err := taxonomy.Parse("alerts_taxonomy.json", own(t, "alerts_taxonomy.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Alerts {
		if name := f.Alerts[i].Name; !slices.Contains(fires[name], "fires") || !slices.Contains(fires[name], "is silent") {
			t.Errorf("%s is tested as %s", name, fmt.Sprint(fires[name]))
		}
	}
}
