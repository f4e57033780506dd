package pipeline

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/milestone"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

const quickstart = "../../testdata/quickstart"

func quickstartFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(quickstart, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The three contracts of the quickstart tell the story that its README promises.
func TestQuickstartStory(t *testing.T) {
	ctx := context.Background()
	load := func(name string) *contract.Document {
		doc, err := contract.Parse(ctx, name, quickstartFile(t, name), contract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	evaluate := func(old, new *contract.Document) (report.Semver, []report.Finding) {
		d := apidiff.Compare(ctx, old, new, apidiff.Options{}).Diff
		verdict, err := semver.Check(SemverInput(d, config.Semver{}, new))
		if err != nil {
			t.Fatal(err)
		}
		return verdict, d.Changes
	}
	v1, v2, v3 := load("openapi/v1.yaml"), load("openapi/v2.yaml"), load("openapi/v3.yaml")
	if got, _ := evaluate(v1, v2); got.Rule != "minor-for-additions" || got.Status != "warn" {
		t.Errorf("v2: %s %v", got.Rule, got.Messages)
	}
	got, changes := evaluate(v2, v3)
	if got.Rule != "breaking-without-major" || got.ExpectedVersion != "2.0.0" {
		t.Errorf("v3: %s %v", got.Rule, got.Messages)
	}
	kinds := map[string]bool{}
	for _, f := range changes {
		if f.Breaking {
			kinds[f.Rule] = true
		}
	}
	if len(kinds) < 5 {
		t.Errorf("v3 breaks in few ways: %v", slices.Sorted(maps.Keys(kinds)))
	}
}

// The taxonomy of the quickstart describes its rules without a complaint, and its history and milestones are whole.
func TestQuickstartData(t *testing.T) {
	var rules []taxonomy.Rule
	names, err := filepath.Glob(filepath.Join(quickstart, "prometheus", "*.yml"))
	if err != nil || len(names) != 3 {
		t.Fatalf("rule files: %v, %v", names, err)
	}
	for _, name := range names {
		f, err := promrules.Parse(name, quickstartFile(t, filepath.Join("prometheus", filepath.Base(name))))
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				if r.Alert != "" {
					rules = append(rules, taxonomy.Rule{Name: r.Alert, Group: g.Name, Expr: r.Expr, For: r.For, Labels: r.Labels})
				}
			}
		}
	}
	alerts, err := taxonomy.Parse("alerts_taxonomy.json", quickstartFile(t, "alerts_taxonomy.json"))
	if err != nil {
		t.Fatal(err)
	}
	lint := taxonomy.Lint(taxonomy.Input{File: alerts, Config: taxonomy.DefaultConfig("default"), Now: time.Date(2025, 9, 17, 0, 0, 0, 0, time.UTC), Rules: rules, RuleRead: len(names)})
	if len(lint.Findings) != 0 || len(lint.Missing) != 0 || lint.Alerts < 15 {
		t.Errorf("%d alerts, %+v", lint.Alerts, lint.Findings)
	}

	history, err := os.Open(filepath.Join(quickstart, "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = history.Close() })
	r, err := stability.Show(history, stability.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if e := r.Metrics.Extensions; e.TotalRuns != 28 || e.BreakingRuns != 3 || e.PlaceholderRuns != 1 || e.SkippedTotal != 0 || r.BelowAlert {
		t.Errorf("history: %+v", e)
	}

	m, err := milestone.Summarize(context.Background(), "project_milestones.json", quickstartFile(t, "project_milestones.json"), report.Time{})
	if err != nil || len(m.Items) != 8 || m.ByStatus[milestone.Blocked] != 1 {
		t.Errorf("milestones: %+v, %v", m.Totals, err)
	}
}
