package taxonomy_test

import (
	"bytes"
	"encoding/json"
	"html"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

// hostile is a taxonomy whose texts try to leave their place.
func hostile(t *testing.T) *taxonomy.File {
	t.Helper()
	const evil = `<script>alert(1)</script>"'&|` + "`" + `*_[x](javascript:alert(1)) <!channel> @here \u2028 日本語`
	text := `[{"alert": "EVIL", "group": "EVIL", "severity": "EVIL", "description": "EVIL", "owner": "EVIL", "runbook": "javascript:alert(1)"},
	  {"alert": "Plain", "severity": "low", "runbook": "https://example.com/a?b=1&c=2", "deprecated": true, "deprecated_since": "2025-09-01"}]`
	quoted, err := json.Marshal(evil)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, "t.json", []byte(strings.ReplaceAll(text, `EVIL`, strings.Trim(string(quoted), `"`))))
}

func metricsOf(t *testing.T, f *taxonomy.File) report.TaxonomyMetrics {
	t.Helper()
	m, err := taxonomy.Measure(t.Context(), taxonomy.MetricsInput{File: f, Config: taxonomy.DefaultConfig("default"), Now: noon, History: taxonomy.History{Absent: "no git"}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPagesEscapeEverything(t *testing.T) {
	f := hostile(t)
	table, err := taxonomy.HTML(f.Report(), report.At(noon))
	if err != nil {
		t.Fatal(err)
	}
	board, err := taxonomy.Dashboard(f.Report(), metricsOf(t, f))
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string][]byte{"table": table, "dashboard": board} {
		text := string(page)
		if strings.Contains(text, "<script") || strings.Contains(text, `href="javascript:`) || strings.Contains(text, "onerror=") {
			t.Errorf("%s lets markup through", name)
		}
		for _, want := range []string{html.EscapeString("日本語"), `href="https://example.com/a?b=1&amp;c=2"`, "<s>Plain</s>", "Content-Security-Policy", `lang="en"`, "2025-09-17T12:00:00Z"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		if strings.Contains(text, "ZgotmplZ") {
			t.Errorf("%s: a value was refused by the template", name)
		}
		if strings.Contains(text, "src=") || strings.Contains(text, "@import") {
			t.Errorf("%s asks for something else", name)
		}
	}
	if !strings.Contains(string(board), "<rect") || !strings.Contains(string(board), "<meter") {
		t.Error("the dashboard lacks its parts")
	}
}

func TestJSONL(t *testing.T) {
	f := hostile(t)
	b, err := f.JSONL()
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		var a report.Alert
		if err := json.Unmarshal(line, &a); err != nil || a.Alert != f.Alerts[i].Name || a.Place.Line == 0 {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// Keys that the model does not know stay in the lines, with every digit.
func TestJSONLKeepsUnknownKeys(t *testing.T) {
	f := parse(t, "t.json", []byte(`[{"alert": "A", "x": {"n": 12345678901234567890, "m": 1e400}, "group": "g", "lint_ignore": []}, {"alert": "B"}]`))
	b, err := f.JSONL()
	if err != nil || bytes.Count(b, []byte(`"other"`)) != 1 || !bytes.Contains(b, []byte(`"other":{"x":{"n":12345678901234567890,"m":1e400}}`)) {
		t.Errorf("%s %v", b, err)
	}
}

// promlint is what promtool check metrics runs. Two of its rules are broken by names that are older than govctl.
func TestPromText(t *testing.T) {
	m := metricsOf(t, hostile(t))
	text := promtext.Dashboard(&m)
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, p := range problems {
		if p.Metric != "taxonomy_alerts_total" || p.Text != `non-counter metrics should not have "_total" suffix` {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil || len(families) != 3 || len(families["taxonomy_alerts_total"].Metric) != 2 {
		t.Fatalf("%v %v", families, err)
	}
	if v := families["taxonomy_alerts_runbook_missing"].Metric[0].GetGauge().GetValue(); v != 0 {
		t.Errorf("missing %v", v)
	}
	if v := families["taxonomy_alerts_runbook_coverage_percent"].Metric[0].GetGauge().GetValue(); v != 100 {
		t.Errorf("coverage %v", v)
	}
}

// Importers of the original system read eight keys of every line; readers of tables see windows and objectives where an alert has one.
func TestWindowsAndObjectives(t *testing.T) {
	f, err := taxonomy.Parse("t.json", []byte(`{"alerts": [{"alert": "A", "severity": "low", "slo": "99.9", "windows": ["5m", {"long": "1h", "short": "5m"}]}, {"alert": "B", "severity": "low"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := f.JSONL()
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Split(strings.TrimSpace(string(lines)), "\n")
	if len(list) != 2 {
		t.Fatalf("got %s", lines)
	}
	for _, want := range []string{`"alert":"B"`, `"group":null`, `"severity":"low"`, `"scope":null`, `"category":null`, `"for":null`, `"windows":[]`, `"slo":null`} {
		if !strings.Contains(list[1], want) {
			t.Errorf("lacks %s: %s", want, list[1])
		}
	}
	if !strings.Contains(list[0], `"slo":"99.9"`) || strings.Count(list[0], `"slo"`) != 1 {
		t.Errorf("got %s", list[0])
	}
	page, err := taxonomy.HTML(f.Report(), report.Time{})
	if err != nil || !strings.Contains(string(page), `<th scope="col">SLO</th>`) || !strings.Contains(string(page), `<th scope="col">Windows</th>`) || !strings.Contains(string(page), "<td>99.9</td>") {
		t.Errorf("%v: %s", err, page)
	}
	page, err = taxonomy.HTML(f.Report()[1:], report.Time{})
	if err != nil || strings.Contains(string(page), ">SLO<") || strings.Contains(string(page), ">Windows<") {
		t.Errorf("empty columns are shown: %v: %s", err, page)
	}
}
