package changelog

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// title opens an alerts changelog that did not exist before.
const title = "# Alerts changelog\n"

// Alerts returns the changelog with one section for the changes of a commit behind its last one, and whether anything was added. A
// commit that has a section already, and changes that touch no alert, add nothing.
func Alerts(existing []byte, d report.TaxonomyDiff, sha string) ([]byte, bool) {
	if Empty(d) || hasSection(existing, sha) {
		return existing, false
	}
	var b bytes.Buffer
	b.Write(existing)
	switch {
	case len(bytes.TrimSpace(existing)) == 0:
		b.Reset()
		b.WriteString(title)
	case !bytes.HasSuffix(existing, []byte("\n")):
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	b.WriteString(AlertsSection(d, sha))
	return b.Bytes(), true
}

// Empty reports whether no alert changed.
func Empty(d report.TaxonomyDiff) bool { return d.SemanticChurn+d.CosmeticChurn == 0 }

// short is how a commit stands in a heading.
func short(sha string) string { return sha[:min(len(sha), 7)] }

// hasSection reports whether a heading names the commit: "## TIME (abc1234)".
func hasSection(text []byte, sha string) bool {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); bytes.HasPrefix(line, []byte("## ")) && bytes.HasSuffix(line, []byte("("+short(sha)+")")) {
			return true
		}
	}
	return false
}

// AlertsSection is the section for the changes of one commit.
func AlertsSection(d report.TaxonomyDiff, sha string) string {
	var b strings.Builder
	at, _ := d.GeneratedAt.MarshalText()
	fmt.Fprintf(&b, "## %s (%s)\n", at, short(sha))
	for _, p := range parts(d) {
		if len(p.items) > 0 {
			fmt.Fprintf(&b, "\n### %s\n\n- %s\n", p.title, strings.Join(p.items, "\n- "))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", figures(d))
	return b.String()
}

// part is one heading with its items.
type part struct {
	title string
	items []string
	open  int // items shown before the rest is folded away, in a delta; 0: all
}

func parts(d report.TaxonomyDiff) []part {
	return []part{
		{"Added", refs(d.Added), 0},
		{"Removed", refs(d.Removed), 0},
		{"Renamed", renamed(d.Renamed), 0},
		{"Severity transitions", transitions(d.SeverityTransitions), maxTransitions},
		{"Deprecated", refs(d.Deprecated), 0},
		{"No longer deprecated", refs(d.Undeprecated), 0},
		{"Modified", modified(d.Modified), maxModified},
	}
}

func name(a report.AlertRef) string {
	if a.Selector != "" {
		return code(a.Alert + a.Selector)
	}
	return code(a.Alert)
}

func refs(list []report.AlertRef) []string {
	var out []string
	for _, a := range list {
		out = append(out, name(a)+" ("+sanitize.Markdown(a.Severity)+")")
	}
	return out
}

func renamed(list []report.AlertRename) []string {
	var out []string
	for _, r := range list {
		out = append(out, code(r.From)+" is now "+code(r.To))
	}
	return out
}

func transitions(list []report.SeverityTransition) []string {
	var out []string
	for _, t := range list {
		out = append(out, name(t.AlertRef)+": "+sanitize.Markdown(t.From)+" → "+sanitize.Markdown(t.To))
	}
	return out
}

// maxValue is how many characters of a value a line shows.
const maxValue = 80

func modified(list []report.AlertChange) []string {
	var out []string
	for _, m := range list {
		var fields []string
		for _, f := range m.Fields {
			if !f.Semantic && len(f.From)+len(f.To) > maxValue {
				fields = append(fields, f.Field) // long wordings are read in the file itself
				continue
			}
			fields = append(fields, f.Field+" "+code(shorten(f.From, maxValue))+" → "+code(shorten(f.To, maxValue)))
		}
		out = append(out, name(m.AlertRef)+": "+strings.Join(fields, ", "))
	}
	return out
}

// figures is the closing line: what the numbers say.
func figures(d report.TaxonomyDiff) string {
	what := "alerts"
	if d.New.Alerts == 1 {
		what = "alert"
	}
	s := fmt.Sprintf("%d %s (%+d). Runbook completeness %v %% → %v %%. Risk churn %d (added %d, removed %d), total weight %d → %d.",
		d.New.Alerts, what, d.New.Alerts-d.Old.Alerts, d.Old.RunbookCompletenessPercent.Rounded(), d.New.RunbookCompletenessPercent.Rounded(),
		d.RiskChurn, d.WeightedAdded, d.WeightedRemoved, d.Old.Weight, d.New.Weight)
	if d.Bulk != "" {
		s += " This is a bulk edit: " + d.Bulk + "."
	}
	return s
}
