package taxonomy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
)

// toRules are the alerting rules of a file as the taxonomy takes them.
func toRules(f *promrules.File) []taxonomy.Rule {
	var out []taxonomy.Rule
	for i := range f.Groups {
		g := &f.Groups[i]
		for j := range g.Rules {
			if r := &g.Rules[j]; r.Alert != "" {
				out = append(out, taxonomy.Rule{Name: r.Alert, Group: g.Name, Expr: r.Expr, For: r.For, Labels: g.AllLabels(r), File: f.Name})
				last := &out[len(out)-1]
				last.Description, last.Runbook = taxonomy.FromAnnotations(r.Annotations)
				last.Line, last.Column = r.Place(f.Name).Line, r.Place(f.Name).Column
			}
		}
	}
	return out
}

// A scaffold of real rules into an empty taxonomy covers every rule, without two entries for one.
func TestScaffoldCoversRealRules(t *testing.T) {
	dir := shared(t, "rules")
	sets := map[string][]taxonomy.Rule{}
	files := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".yaml" && ext != ".yml" || strings.HasPrefix(filepath.Base(path), "invalid-") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := promrules.Parse(path, data)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		set := strings.Split(filepath.ToSlash(rel), "/")[0]
		sets[set] = append(sets[set], toRules(f)...)
		files[set]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sets) != 6 {
		t.Fatalf("%d sets", len(sets))
	}
	for set, rules := range sets {
		t.Run(set, func(t *testing.T) {
			empty := parse(t, "t.json", []byte(taxonomy.Empty))
			text, err := empty.Append(empty.Scaffold(rules))
			if err != nil {
				t.Fatal(err)
			}
			in := taxonomy.Input{File: parse(t, "t.json", text), Rules: rules, RuleRead: files[set], Config: taxonomy.DefaultConfig("default"), Now: noon}
			if got := taxonomy.Check(in); len(got.Findings) > 0 || len(got.Missing) > 0 {
				t.Errorf("%d entries for %d rules:\n%s", len(in.File.Alerts), len(rules), messages(got))
			}
			for _, f := range taxonomy.Lint(in).Findings {
				switch f.Rule { // what a scaffold leaves to people
				case "runbook-placeholder", "severity-unknown", "description-placeholder", "for-differs":
				default:
					t.Errorf("%s: %s", f.Rule, f.Message)
				}
			}
			if again := in.File.Scaffold(rules); len(again) > 0 {
				t.Errorf("a second scaffold adds %d entries", len(again))
			}
		})
	}
}

func rule(name, group, severity string) taxonomy.Rule {
	return taxonomy.Rule{Name: name, Group: group, Labels: map[string]string{"severity": severity}, File: "r.yml", Line: 1, Column: 1}
}

func TestScaffold(t *testing.T) {
	f := parse(t, "t.json", []byte(`{"alerts": [{"alert": "Known"}, {"alert": "Two", "group": "a"}, {"alert": "Two", "group": "b"}]}`))
	rules := []taxonomy.Rule{
		rule("Plain", "g", "low"), rule("Plain", "g", "low"), rule("Known", "other", "critical"),
		rule("BySeverity", "g", "warning"), rule("BySeverity", "g", "critical"), rule("ByGroup", "h", "low"), rule("ByGroup", "g", "low"),
		rule("Two", "a", "low"), rule("Two", "c", "high"), rule("None", "g", ""),
	}
	rules[0].Description, rules[0].Runbook = taxonomy.FromAnnotations(map[string]string{"summary": "short", "description": " long", "runbook_url": "https://x/y"})
	rules[0].For = "5m"
	var got []string
	for _, a := range f.Scaffold(rules) {
		got = append(got, strings.Join([]string{a.Name + a.Selector(), a.Severity, a.For, a.Description, a.Runbook}, "|"))
	}
	todo := func(name string) string {
		return "TODO: describe what is wrong when " + name + " fires|TODO: describe what to do, or link the page that does"
	}
	want := []string{
		`ByGroup{group="g"}|low||` + todo("ByGroup"), `ByGroup{group="h"}|low||` + todo("ByGroup"),
		`BySeverity{group="g",severity="critical"}|critical||` + todo("BySeverity"), `BySeverity{group="g",severity="warning"}|warning||` + todo("BySeverity"),
		`None{group="g"}|TODO||` + todo("None"), `Plain{group="g"}|low||long|https://x/y`, `Two{group="c"}|high||` + todo("Two"),
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Rules of one alert that wait for different times have no for in common: the entry promises none.
func TestScaffoldLeavesOutForsThatDiffer(t *testing.T) {
	f, err := taxonomy.Parse("t.json", []byte(taxonomy.Empty))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ first, second, want string }{{"5m", "10m", ""}, {"5m", "300s", "5m"}, {"5m", "", ""}, {"", "", ""}, {"0m", "", "0m"}} {
		got := f.Scaffold([]taxonomy.Rule{{Name: "A", Group: "g", For: c.first}, {Name: "A", Group: "g", For: c.second}})
		if len(got) != 1 || got[0].For != c.want {
			t.Errorf("%q and %q: got %+v, want for %q", c.first, c.second, got, c.want)
		}
	}
}
