package changelog

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/report"
)

var at = report.At(time.Date(2025, 9, 17, 10, 23, 45, 0, time.UTC))

const evil = "A`<script>|@team #1\n## 2025-01-01 (abc1234)"

func changed() report.TaxonomyDiff {
	return report.TaxonomyDiff{
		GeneratedAt: at, Old: report.TaxonomySide{Alerts: 2, Weight: 7, RunbookCompletenessPercent: 50}, New: report.TaxonomySide{Alerts: 3, Weight: 9, RunbookCompletenessPercent: 66.666},
		Added:   []report.AlertRef{{Alert: evil, Severity: "critical"}, {Alert: "Two", Severity: "low", Selector: `{group="g"}`}},
		Removed: []report.AlertRef{{Alert: "Old", Severity: "high"}}, Renamed: []report.AlertRename{{ID: "x", From: "From", To: "To"}},
		SeverityTransitions: []report.SeverityTransition{{AlertRef: report.AlertRef{Alert: "S", Severity: "high"}, From: "low", To: "high"}},
		Modified: []report.AlertChange{{AlertRef: report.AlertRef{Alert: "M"}, Fields: []report.FieldChange{
			{Field: "for", From: "5m", To: "10m", Semantic: true}, {Field: "description", From: strings.Repeat("x", 99), To: ""}, {Field: "owner", From: "", To: "b"}}}},
		Churn: 3, RiskChurn: 9, WeightedAdded: 6, WeightedRemoved: 3, SemanticChurn: 5, CosmeticChurn: 1,
	}
}

func TestAlertsSection(t *testing.T) {
	const want = "## 2025-09-17T10:23:45Z (abc1234)\n\n" +
		"### Added\n\n- ``A`<script>|@team #1\\n## 2025-01-01 (abc1234)`` (critical)\n- `Two{group=\"g\"}` (low)\n\n" +
		"### Removed\n\n- `Old` (high)\n\n### Renamed\n\n- `From` is now `To`\n\n### Severity transitions\n\n- `S`: low → high\n\n" +
		"### Modified\n\n- `M`: for `5m` → `10m`, description, owner (empty) → `b`\n\n" +
		"3 alerts (+1). Runbook completeness 50 % → 66.67 %. Risk churn 9 (added 6, removed 3), total weight 7 → 9.\n"
	if got := AlertsSection(changed(), "abc1234def"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A section is added once for each commit, behind the others; a name cannot pass for the heading of one.
func TestAppend(t *testing.T) {
	first, added := Alerts(nil, changed(), "1111111aaa")
	if !added || !strings.HasPrefix(string(first), "# Alerts changelog\n\n## 2025-09-17T10:23:45Z (1111111)\n") {
		t.Fatalf("%v %s", added, first)
	}
	if again, added := Alerts(first, changed(), "1111111aaa"); added || string(again) != string(first) {
		t.Error("the same commit was added twice")
	}
	second, added := Alerts(first, changed(), "abc1234def")
	if !added || !strings.HasPrefix(string(second), string(first)) || strings.Count(string(second), "\n## ") != 2 {
		t.Errorf("%v %s", added, second)
	}
	if text, added := Alerts([]byte("# Mine"), report.TaxonomyDiff{FormattingOnly: true}, "2222222"); added || string(text) != "# Mine" {
		t.Error("no change added something")
	}
	if text, _ := Alerts([]byte("# Mine"), changed(), "2222222"); !strings.HasPrefix(string(text), "# Mine\n\n## ") {
		t.Errorf("%s", text)
	}
}

func TestDelta(t *testing.T) {
	for _, n := range []int{1, 25, 26, 30, 31, 300, 5000} {
		d := changed()
		for i := range n {
			name := fmt.Sprintf("%s%d", evil, i)
			d.Modified = append(d.Modified, report.AlertChange{AlertRef: report.AlertRef{Alert: name}, Fields: []report.FieldChange{{Field: "for", From: "1m", To: "2m", Semantic: true}}})
			d.SeverityTransitions = append(d.SeverityTransitions, report.SeverityTransition{AlertRef: report.AlertRef{Alert: name}, From: "low", To: "high"})
		}
		got := AlertsDelta(d, 0)
		if len(got) > 60000 || strings.Count(got, "<details>") != strings.Count(got, "</details>") || strings.Contains(got, "<script>") && !strings.Contains(got, "``A`<script>") {
			t.Errorf("%d: %d bytes", n, len(got))
		}
		if (strings.Contains(got, "taxonomy-diff.json")) != (n == 5000) {
			t.Errorf("%d: %v is left out", n, strings.Contains(got, "taxonomy-diff.json"))
		}
		if folded := strings.Contains(got, "<details>"); folded != (n > 24) {
			t.Errorf("%d: folded is %v", n, folded)
		}
	}
	if got := AlertsDelta(report.TaxonomyDiff{FormattingOnly: true, Bulk: "reformat"}, 0); !strings.Contains(got, "reformatted") {
		t.Error(got)
	}
	if got := AlertsDelta(report.TaxonomyDiff{}, 0); !strings.Contains(got, "No alert changed.") {
		t.Error(got)
	}
}

func TestCatalogue(t *testing.T) {
	got := Catalogue([]report.Alert{
		{Alert: evil, Severity: "a|b", Description: "<b>*x* [l](javascript:y)", Runbook: "https://example.com/a?b=1", RunbookComplete: true},
		{Alert: "Old", Severity: "low", Deprecated: true, DeprecatedSince: "2025-09-01", ReplacedBy: "New", Runbook: "https://x/)[evil](https://y"},
	})
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != 8 {
		t.Fatalf("%d lines:\n%s", len(lines), got)
	}
	for _, want := range []string{"[runbook](<https://example.com/a?b=1>)", "~~`Old`~~ (deprecated since 2025-09-01, replaced by `New`)", `a\|b`, "2 alerts, 1 active, 1 deprecated; runbooks: 1 of 1."} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s in\n%s", want, got)
		}
	}
	for _, line := range lines[len(lines)-2:] {
		if cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); cells != 10 {
			t.Errorf("%d bars in %s", cells, line)
		}
		if strings.Contains(line, "<b>") || strings.Contains(line, "](javascript") || strings.Contains(line, "[evil](") {
			t.Errorf("markup in %s", line)
		}
	}
}

// What a comment shows of an alert: field by field with its severity, runbook coverage before and after, weight and risk churn; and nothing
// that strangers write formats it or calls anybody.
func TestAlertsText(t *testing.T) {
	d := changed()
	d.Modified = append(d.Modified, report.AlertChange{AlertRef: report.AlertRef{Alert: "S"}, Semantic: true, Fields: []report.FieldChange{{Field: "severity", From: "low", To: "high", Semantic: true}}})
	got := AlertsText(d, 60_000)
	for _, want := range []string{"Runbook completeness 50 % → 66.67 %. Risk churn 9 (added 6, removed 3), total weight 7 → 9.", "**Severity transitions (1)**\n\n- `S`: low → high\n", "- `S`: severity `low` → `high`\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q in\n%s", want, got)
		}
	}
	if strings.HasPrefix(got, "#") || AlertsDelta(d, 60_000) != "### Alert taxonomy\n\n"+AlertsText(d, 60_000-len("### Alert taxonomy\n\n")) {
		t.Error("the delta is not its heading and the text")
	}
	const live = "x --> <!-- govctl:comment --> @everyone <img src=x> [a](https://evil.example) `"
	ref := report.AlertRef{Alert: live, Severity: live, Selector: live}
	d = report.TaxonomyDiff{Churn: 1, SemanticChurn: 1, Added: []report.AlertRef{ref}, Bulk: "import", SeverityTransitions: []report.SeverityTransition{{AlertRef: ref, From: live, To: live}},
		Renamed: []report.AlertRename{{From: live, To: live}}, Modified: []report.AlertChange{{AlertRef: ref, Fields: []report.FieldChange{{Field: "owner", From: live, To: live}}}}}
	outside := regexp.MustCompile("(?s)``.*?[^`]``([^`]|$)").ReplaceAllString(AlertsText(d, 60_000), "")
	for _, bad := range []string{"@everyone", "<img", "](https://evil", "https://evil", "<!--"} {
		if strings.Contains(outside, bad) {
			t.Errorf("%q is live in\n%s", bad, outside)
		}
	}
}

func TestCatalogueColumns(t *testing.T) {
	got := Catalogue([]report.Alert{{Alert: "A", SLO: "three nines", Windows: []string{"5m", "1h"}}, {Alert: "B"}})
	if !strings.Contains(got, "| For | Windows | SLO | Description |") || !strings.Contains(got, "| 5m, 1h | three nines |") {
		t.Error(got)
	}
	if got := Catalogue([]report.Alert{{Alert: "B"}}); strings.Contains(got, "SLO") || strings.Contains(got, "Windows") {
		t.Error(got)
	}
}
