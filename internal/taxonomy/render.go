package taxonomy

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"sort"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

// orNull is nil for an empty text.
func orNull(s *string) *string {
	if *s == "" {
		return nil
	}
	return s
}

// JSONL is one line of JSON for each alert, in the order of the file.
func (f *File) JSONL() ([]byte, error) {
	var b bytes.Buffer
	alerts := f.Report()
	for i := range alerts {
		a := &alerts[i]
		line, err := json.Marshal(report.AlertLine{AlertEntry: *a, Group: orNull(&a.Group), Scope: orNull(&a.Scope), Category: orNull(&a.Category), For: orNull(&a.For), Windows: a.Windows, SLO: orNull(&a.SLO)}, json.Deterministic(true))
		if err != nil {
			return nil, fmt.Errorf("write alert %s as JSON: %w", a.Alert, err)
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Parse(pageText)
})

// pageData is what the page shows: all of it on the dashboard, the table alone in the plain rendering.
type pageData struct {
	Title     string
	Style     template.CSS
	Policy    string
	Generated string
	Metrics   *report.TaxonomyMetrics
	Bars      []bar
	Alerts    []row
	Missing   []row

	HasWindows, HasSLO bool // of any alert: the column is shown
}

// bar is one severity of the mix: X and Width are percent of the whole.
type bar struct {
	Severity string
	Count    int
	X, Width float64
	Class    string
}

type row struct {
	report.Alert
	Link string // the runbook, where it is a web address
	Text string // the runbook, where it is none
}

// WindowList is the windows as one text.
func (r row) WindowList() string { return strings.Join(r.Windows, ", ") }

// HTML is the taxonomy as one self-contained page: a table of every alert.
func HTML(alerts []report.Alert, generated report.Time) ([]byte, error) {
	return write(pageData{Title: "Alert taxonomy", Alerts: rows(alerts)}, generated)
}

// Dashboard is a self-contained page: the mix of severities, the runbook coverage, who lacks a runbook, and every alert.
func Dashboard(alerts []report.Alert, m report.TaxonomyMetrics) ([]byte, error) {
	d := pageData{Title: "Alert severities and runbooks", Metrics: &m, Bars: bars(m), Alerts: rows(alerts)}
	for _, r := range d.Alerts {
		if !r.Deprecated && !r.RunbookComplete {
			d.Missing = append(d.Missing, r)
		}
	}
	return write(d, m.GeneratedAt)
}

func write(d pageData, generated report.Time) ([]byte, error) {
	for i := range d.Alerts {
		d.HasWindows = d.HasWindows || len(d.Alerts[i].Windows) > 0
		d.HasSLO = d.HasSLO || d.Alerts[i].SLO != ""
	}
	tmpl, err := page()
	if err != nil {
		return nil, err
	}
	at, _ := generated.MarshalText()
	d.Generated = string(at)
	d.Style = template.CSS(pageStyle)
	sum := sha256.Sum256([]byte(pageStyle))
	d.Policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	var b bytes.Buffer
	if err := tmpl.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("write %s: %w", strings.ToLower(d.Title), err)
	}
	return b.Bytes(), nil
}

func rows(alerts []report.Alert) []row {
	out := make([]row, len(alerts))
	for i, a := range alerts {
		out[i] = row{Alert: a}
		if isURL(a.Runbook) && !strings.ContainsAny(a.Runbook, " \t\n") {
			out[i].Link = a.Runbook
		} else {
			out[i].Text = a.Runbook
		}
	}
	return out
}

// severityClass are the shades of the bar, heaviest first; severities beyond the last share it.
var severityClass = []string{"s0", "s1", "s2", "s3", "s4", "s5"}

func bars(m report.TaxonomyMetrics) []bar {
	names := sortedKeys(m.SeverityCounts)
	sort.SliceStable(names, func(i, j int) bool { return m.SeverityWeights[names[i]] > m.SeverityWeights[names[j]] })
	var out []bar
	x := 0.0
	for i, name := range names {
		n := m.SeverityCounts[name]
		width := 100 * float64(n) / float64(max(m.TotalAlerts, 1))
		shown := name
		if shown == "" {
			shown = "(none)"
		}
		out = append(out, bar{Severity: shown, Count: n, X: x, Width: width, Class: severityClass[min(i, len(severityClass)-1)]})
		x += width
	}
	return out
}
