package grafana_test

import (
	"bytes"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/grafana"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/pkg/report"
)

// board is what Grafana needs of a dashboard to import it.
type board struct {
	UID           string `json:"uid"`
	Title         string `json:"title"`
	SchemaVersion int    `json:"schemaVersion"`
	Time          struct{ From, To string }
	Templating    struct {
		List []struct{ Name, Type, Query string } `json:"list"`
	} `json:"templating"`
	Panels []struct {
		ID         int                        `json:"id"`
		Type       string                     `json:"type"`
		Title      string                     `json:"title"`
		GridPos    struct{ X, Y, W, H int }   `json:"gridPos"`
		Datasource struct{ Type, UID string } `json:"datasource"`
		Targets    []struct {
			RefID        string `json:"refId"`
			Expr         string `json:"expr"`
			URL          string `json:"url"`
			RootSelector string `json:"root_selector"`
			Columns      []struct{ Selector, Text, Type string }
			Datasource   struct{ Type, UID string } `json:"datasource"`
		} `json:"targets"`
	} `json:"panels"`
}

func read(t *testing.T, text []byte) board {
	t.Helper()
	var b board
	if err := json.Unmarshal(text, &b, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestGrafanaCanImport: both dashboards have what an import needs: a uid, panels with ids of their own that do not overlap in 24 columns, and data
// sources that a variable of the dashboard chooses.
func TestGrafanaCanImport(t *testing.T) {
	seen := map[string]bool{}
	for name, text := range map[string][]byte{"prometheus": grafana.Prometheus(), "latency": grafana.Latency(), "pages": grafana.Pages("https://o.github.io/r")} {
		b := read(t, text)
		if b.UID == "" || len(b.UID) > 40 || seen[b.UID] || b.Title == "" || b.SchemaVersion < 36 || len(b.Panels) == 0 {
			t.Errorf("%s: uid %q, title %q, schema %d, %d panels", name, b.UID, b.Title, b.SchemaVersion, len(b.Panels))
		}
		seen[b.UID] = true
		variables := map[string]string{}
		for _, v := range b.Templating.List {
			variables["${"+v.Name+"}"] = v.Query
		}
		ids, taken := map[int]bool{}, map[[2]int]string{}
		for _, p := range b.Panels {
			if p.ID == 0 || ids[p.ID] || p.Title == "" || !slices.Contains([]string{"stat", "timeseries", "state-timeline", "table", "bargauge"}, p.Type) || len(p.Targets) == 0 {
				t.Errorf("%s: panel %d %q of type %q", name, p.ID, p.Title, p.Type)
			}
			ids[p.ID] = true
			g := p.GridPos
			if g.X < 0 || g.W < 1 || g.H < 1 || g.X+g.W > 24 {
				t.Errorf("%s: %q lies at %+v", name, p.Title, g)
			}
			for x := g.X; x < g.X+g.W; x++ {
				for y := g.Y; y < g.Y+g.H; y++ {
					if other := taken[[2]int{x, y}]; other != "" {
						t.Fatalf("%s: %q lies on %q", name, p.Title, other)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
			refs := map[string]bool{}
			for _, q := range p.Targets {
				if q.RefID == "" || refs[q.RefID] || q.Datasource != p.Datasource || variables[q.Datasource.UID] != q.Datasource.Type || q.Datasource.Type == "" {
					t.Errorf("%s: %q asks %+v", name, p.Title, q)
				}
				refs[q.RefID] = true
			}
		}
	}
}

// TestQueriesAskForWhatWeWrite: each query is PromQL, and each metric in it is one of governance.prom.
func TestQueriesAskForWhatWeWrite(t *testing.T) {
	written := promtext.Names()
	asked := map[string]bool{}
	p := parser.NewParser(parser.Options{})
	for _, panel := range read(t, grafana.Prometheus()).Panels {
		for _, q := range panel.Targets {
			expr, err := p.ParseExpr(q.Expr)
			if err != nil {
				t.Errorf("%q: %s: %v", panel.Title, q.Expr, err)
				continue
			}
			parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
				if v, ok := n.(*parser.VectorSelector); ok {
					asked[v.Name] = true
					if !slices.Contains(written, v.Name) {
						t.Errorf("%q asks for %s, which nobody writes", panel.Title, v.Name)
					}
				}
				return nil
			})
		}
	}
	for _, want := range []string{"govctl_alerts_churned", "govctl_alerts_churn_risk", "govctl_runbook_completeness_ratio", "govctl_alerts_stability_ratio", "govctl_stability_streak_runs"} {
		if !asked[want] {
			t.Errorf("no panel shows %s", want)
		}
	}
}

// keys are the JSON names of a struct, those of embedded ones included.
func keys(of reflect.Type) []string {
	var out []string
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			out = append(out, keys(f.Type)...)
		default:
			out = append(out, name)
		}
	}
	return out
}

// TestPagesAreAskedForWhatTheyHave: each file is one that the pages have, and each column a key of it.
func TestPagesAreAskedForWhatTheyHave(t *testing.T) {
	text := grafana.Pages("https://o.github.io/r")
	if !bytes.Contains(text, []byte(`"https://o.github.io/r"`)) {
		t.Error("the address of the pages is not in it")
	}
	files := map[string][]string{
		path.Base(artifact.MetricsPath):     keys(reflect.TypeFor[report.TaxonomyMetrics]()),
		path.Base(artifact.SnapshotsPath):   keys(reflect.TypeFor[report.TaxonomySnapshot]()),
		path.Base(artifact.AlertsArrayPath): keys(reflect.TypeFor[report.AlertLine]()),
	}
	asked := map[string]bool{}
	for _, panel := range read(t, text).Panels {
		for _, q := range panel.Targets {
			file, ok := strings.CutPrefix(q.URL, "${pages}/")
			known := files[file]
			if !ok || known == nil {
				t.Fatalf("%q fetches %s", panel.Title, q.URL)
			}
			asked[file] = true
			if list, _, projected := strings.Cut(q.RootSelector, `.{"alert": $}`); projected {
				if !slices.Contains(known, list) {
					t.Errorf("%q reads %s", panel.Title, list)
				}
				continue
			}
			for _, c := range q.Columns {
				if !slices.Contains(known, c.Selector) {
					t.Errorf("%q reads %s of %s", panel.Title, c.Selector, file)
				}
			}
		}
	}
	if len(asked) != len(files) {
		t.Errorf("only %v are fetched", asked)
	}
}
