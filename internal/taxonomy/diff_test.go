package taxonomy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v4"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

func diff(t testing.TB, old, now string) report.TaxonomyDiff {
	t.Helper()
	return taxonomy.Diff(taxonomy.DiffInput{
		Old: taxonomy.Side{File: parse(t, "old.json", []byte(old))}, New: taxonomy.Side{File: parse(t, "new.json", []byte(now))},
		Config: taxonomy.DefaultConfig("default"), Now: noon, TextDiffers: old != now, Rewritten: taxonomy.Rewritten([]byte(old), []byte(now)),
	})
}

// line is a diff in a line: what moved, and the figures.
func line(d report.TaxonomyDiff) string {
	var b strings.Builder
	for _, a := range d.Added {
		fmt.Fprintf(&b, "+%s%s ", a.Alert, a.Selector)
	}
	for _, a := range d.Removed {
		fmt.Fprintf(&b, "-%s%s ", a.Alert, a.Selector)
	}
	for _, r := range d.Renamed {
		fmt.Fprintf(&b, "%s>%s ", r.From, r.To)
	}
	for _, s := range d.SeverityTransitions {
		fmt.Fprintf(&b, "%s:%s>%s ", s.Alert, s.From, s.To)
	}
	for _, m := range d.Modified {
		fmt.Fprintf(&b, "%s(", m.Alert)
		for _, f := range m.Fields {
			fmt.Fprintf(&b, "%s=%s>%s;", f.Field, f.From, f.To)
		}
		b.WriteString(") ")
	}
	for _, a := range d.Deprecated {
		fmt.Fprintf(&b, "dep:%s ", a.Alert)
	}
	for _, a := range d.Undeprecated {
		fmt.Fprintf(&b, "undep:%s ", a.Alert)
	}
	fmt.Fprintf(&b, "churn=%d risk=%d+%d semantic=%d cosmetic=%d", d.Churn, d.WeightedAdded, d.WeightedRemoved, d.SemanticChurn, d.CosmeticChurn)
	if d.Bulk != "" {
		b.WriteString(" " + d.Bulk)
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	many := func(extra string) string {
		var list []string
		for i := range 8 {
			list = append(list, fmt.Sprintf(`{"alert": "A%d", "severity": "low"%s}`, i, extra))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	for _, c := range []struct{ name, old, now, want string }{
		{"the same", `[{"alert": "A"}]`, `[{"alert": "A"}]`, "churn=0 risk=0+0 semantic=0 cosmetic=0"},
		{"reformatted", `[{"alert": "A"}]`, `[ {"alert":"A"} ]`, "churn=0 risk=0+0 semantic=0 cosmetic=0 reformat"},
		{"added weighs its new severity, removed its old one", `[{"alert": "A", "severity": "critical"}]`, `[{"alert": "B", "severity": "high"}]`,
			"+B -A churn=2 risk=3+5 semantic=2 cosmetic=0"},
		{"an unknown severity weighs 1", `[]`, `[{"alert": "A", "severity": "odd"}, {"alert": "B"}]`, "+A +B churn=2 risk=2+0 semantic=2 cosmetic=0"},
		{"a rename by id is no churn", `[{"alert": "A", "id": "x"}]`, `[{"alert": "B", "id": "x"}]`, "A>B churn=0 risk=0+0 semantic=0 cosmetic=1"},
		{"a rename without an id is churn", `[{"alert": "A"}]`, `[{"alert": "B"}]`, "+B -A churn=2 risk=1+1 semantic=2 cosmetic=0"},
		{"an id that is new leaves the alert the same", `[{"alert": "A"}]`, `[{"alert": "A", "id": "x"}]`, "A(id=>x;) churn=0 risk=0+0 semantic=0 cosmetic=1"},
		{"ids win over names", `[{"alert": "A", "id": "x"}, {"alert": "B", "id": "y"}]`, `[{"alert": "B", "id": "x"}, {"alert": "A", "id": "y"}]`,
			"B>A A>B churn=0 risk=0+0 semantic=0 cosmetic=2"},
		{"severity", `[{"alert": "A", "severity": "low"}]`, `[{"alert": "A", "severity": "high"}]`, "A:low>high A(severity=low>high;) churn=0 risk=0+0 semantic=1 cosmetic=0"},
		{"for as a duration", `[{"alert": "A", "for": "60m"}]`, `[{"alert": "A", "for": "1h"}]`, "A(for=60m>1h;) churn=0 risk=0+0 semantic=0 cosmetic=1"},
		{"for and windows", `[{"alert": "A", "for": "5m", "windows": ["5m"]}]`, `[{"alert": "A", "for": "10m", "windows": ["5m", "1h"]}]`,
			"A(for=5m>10m;windows=5m>5m, 1h;) churn=0 risk=0+0 semantic=1 cosmetic=0"},
		{"description and runbook", `[{"alert": "A", "description": "x"}]`, `[{"alert": "A", "description": "y", "runbook": "r"}]`,
			"A(description=x>y;runbook=>r;) churn=0 risk=0+0 semantic=0 cosmetic=1"},
		{"labels", `[{"alert": "A", "labels": {"a": "1"}}]`, `[{"alert": "A", "labels": {"a": "2"}}]`, `A(labels=a="1">a="2";) churn=0 risk=0+0 semantic=1 cosmetic=0`},
		{"deprecated", `[{"alert": "A"}, {"alert": "B", "deprecated": true}]`, `[{"alert": "A", "deprecated": true}, {"alert": "B"}]`,
			"dep:A undep:B churn=0 risk=0+0 semantic=2 cosmetic=0"},
		{"one more of a name", `[{"alert": "A", "group": "g", "severity": "low"}]`,
			`[{"alert": "A", "group": "g", "severity": "low"}, {"alert": "A", "group": "h", "severity": "critical"}]`,
			`+A{group="h"} churn=1 risk=5+0 semantic=1 cosmetic=0`},
		{"the same of each name", `[{"alert": "A", "group": "g", "severity": "low"}, {"alert": "A", "group": "h", "severity": "high"}]`,
			`[{"alert": "A", "group": "k", "severity": "high"}, {"alert": "A", "group": "g", "severity": "low"}]`,
			"A(group=h>k;) churn=0 risk=0+0 semantic=0 cosmetic=1"},
		{"an import in bulk", `[]`, many(""), "+A0 +A1 +A2 +A3 +A4 +A5 +A6 +A7 churn=8 risk=8+0 semantic=8 cosmetic=0 import"},
		{"a rewording in bulk", many(""), many(`, "owner": "x"`), "A0(owner=>x;) A1(owner=>x;) A2(owner=>x;) A3(owner=>x;) A4(owner=>x;) A5(owner=>x;) A6(owner=>x;) A7(owner=>x;) " +
			"churn=0 risk=0+0 semantic=0 cosmetic=8 reformat"},
	} {
		if got := line(diff(t, c.old, c.now)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// The rules of a revision: a plain reading of its YAML, which knows nothing of this package.
type plainRule struct{ group, name, severity, wait, expr string }

func plainRules(t *testing.T, data []byte) []plainRule {
	t.Helper()
	type groups struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []struct {
				Alert  string            `yaml:"alert"`
				Expr   string            `yaml:"expr"`
				For    string            `yaml:"for"`
				Labels map[string]string `yaml:"labels"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	var doc struct {
		groups `yaml:",inline"`
		Spec   groups `yaml:"spec"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var out []plainRule
	for _, g := range append(doc.Groups, doc.Spec.Groups...) {
		for _, r := range g.Rules {
			if r.Alert != "" {
				out = append(out, plainRule{g.Name, r.Alert, r.Labels["severity"], r.For, r.Expr})
			}
		}
	}
	return out
}

// plainChurn recomputes churn and risk churn from names and severities alone.
func plainChurn(old, now []plainRule) (churn, added, removed int) {
	key := func(r plainRule) [3]string { return [3]string{r.name, r.group, r.severity} }
	set := func(rules []plainRule) map[[3]string]bool {
		m := map[[3]string]bool{}
		for _, r := range rules {
			m[key(r)] = true
		}
		return m
	}
	weight := taxonomy.DefaultConfig("default")
	a, b := set(old), set(now)
	for k := range b {
		if !a[k] {
			churn++
			added += weight.Weight(k[2])
		}
	}
	for k := range a {
		if !b[k] {
			churn++
			removed += weight.Weight(k[2])
		}
	}
	return churn, added, removed
}

// Between each pair of real revisions the churn is that of a plain recomputation; alerts whose expression, for or severity changed are
// semantic, and a new layout alone is none of both.
func TestChurnOfRealRevisions(t *testing.T) {
	dir := shared(t, "rules-history")
	sets, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	compared, moved, bulk := 0, 0, 0
	for _, set := range sets {
		files, err := filepath.Glob(filepath.Join(dir, set.Name(), "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		sort.Strings(files)
		var before string
		for _, file := range files {
			if _, err := promrules.Parse(file, read(t, file)); err != nil {
				if filepath.Base(file) != "006-2025-04-23-198035ea.yaml" { // its own authors repaired it the same day
					t.Error(err)
				}
				continue
			}
			if before != "" {
				d := diffRules(t, before, file)
				old, now := plainRules(t, read(t, before)), plainRules(t, read(t, file))
				churn, added, removed := plainChurn(old, now)
				if d.Churn != churn || d.WeightedAdded != added || d.WeightedRemoved != removed {
					t.Errorf("%s: churn %d %d %d, a plain recomputation gives %d %d %d", file, d.Churn, d.WeightedAdded, d.WeightedRemoved, churn, added, removed)
				}
				if want := plainSemantic(t, old, now) + churn; d.SemanticChurn != want {
					t.Errorf("%s: %d semantic changes, a plain recomputation gives %d: %s", file, d.SemanticChurn, want, line(d))
				}
				if d.FormattingOnly && (churn > 0 || (d.Bulk == "reformat") == strings.Contains(file, "kube-prometheus")) { // new version labels only
					t.Errorf("%s: %+v", file, d)
				}
				compared++
				moved += d.SemanticChurn
				if d.Bulk == "reformat" {
					bulk++
				}
			}
			before = file
		}
	}
	if compared < 35 || moved == 0 || bulk == 0 {
		t.Errorf("%d pairs, %d semantic changes, %d reformatted", compared, moved, bulk)
	}
}

// plainSemantic counts the alerts of both sides whose for differs, or whose expression as Prometheus prints it.
func plainSemantic(t *testing.T, old, now []plainRule) int {
	squeeze := func(rules []plainRule) map[string][]string {
		m := map[string][]string{}
		for _, r := range rules {
			k := r.name + "/" + r.group + "/" + r.severity
			expr, err := parser.NewParser(parser.Options{}).ParseExpr(r.expr)
			if err != nil {
				t.Fatal(err)
			}
			m[k] = append(m[k], expr.String()+" for "+r.wait)
		}
		for _, v := range m {
			sort.Strings(v)
		}
		return m
	}
	a, b := squeeze(old), squeeze(now)
	n := 0
	for k, v := range b {
		if was, ok := a[k]; ok && !slices.Equal(was, v) {
			n++
		}
	}
	return n
}

func diffRules(t *testing.T, old, now string) report.TaxonomyDiff {
	t.Helper()
	side := func(name string) taxonomy.Side {
		rules := rulesOf(t, name, read(t, name))
		f, err := taxonomy.FromRules(name, rules)
		if err != nil {
			t.Fatal(err)
		}
		return taxonomy.Side{Source: name, File: f, Rules: rules}
	}
	return taxonomy.Diff(taxonomy.DiffInput{Old: side(old), New: side(now), Config: taxonomy.DefaultConfig("default"), Now: noon,
		SameExpr: promrules.SameExpr, TextDiffers: string(read(t, old)) != string(read(t, now)), Rewritten: taxonomy.Rewritten(read(t, old), read(t, now))})
}
