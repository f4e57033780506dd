package site

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/pkg/report"
)

// makers are all pages.
var makers = map[string]func(*Page) ([]byte, error){"index": Index, "taxonomy": Alerts, "changelog": Changelog, "embed": Embed, "badges": Badges, "runs": Runs, "compare": Compare,
	"contract": func(p *Page) ([]byte, error) { return p.Contract(0) }, "run": func(p *Page) ([]byte, error) { return Run(p, 0) }}

func at(s string) report.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return report.At(t)
}

func build(t testing.TB, name string, p *Page) string {
	t.Helper()
	b, err := makers[name](p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// filled is a page of which every text is s.
func filled(s string) *Page {
	half, score := report.Percent(50), report.Percent(60)
	age := 3
	op := report.Operation{Method: s, Path: s}
	f := report.Finding{Rule: s, Level: report.Level(s), Kind: s, Subject: s, Message: s, Hint: s, Why: s, Breaking: true, Migration: s, Verdict: report.Proved,
		New: &report.Place{File: s, Line: 1, Column: 2}, Operations: []report.Operation{op},
		Witness: &report.Witness{Value: report.Raw(fmt.Sprintf("%q", s)), AcceptedBy: "old", Refusal: s, Request: s, Curl: s, ConfirmedBy: []string{s}},
		Waiver:  &report.Waiver{Reason: s, Owner: s, Expires: s, Ticket: s, Expired: true}}
	open := f
	open.Waiver = nil
	runs := []report.HistoryLine{{Timestamp: at("2026-01-02T03:04:05Z"), SHA: s, RunID: s, Version: s, Breaking: true, Score: &score}, {SHA: s, Version: s, Placeholder: true}}
	ref := report.AlertRef{Alert: s, ID: s, Group: s, Severity: s, Selector: s}
	alert := report.Alert{Alert: s, Group: s, Severity: s, Scope: s, Category: s, Description: s, For: s, Runbook: s, RunbookComplete: true, Owner: s, Deprecated: true, DeprecatedSince: s, ReplacedBy: s}
	m := report.TaxonomyMetrics{AgeDays: &age, TotalAlerts: 1, ActiveAlerts: 1, ActiveSeverityCounts: map[string]int{s: 1}, HistoryNote: s,
		RunbookSLA: report.RunbookSLA{Open: []report.OpenRunbook{{Name: s}}}}
	return &Page{Title: s, Now: at("2026-01-09T00:00:00Z"), Repository: s, RunURL: s, Site: s,
		Summary: report.Summary{SHA: s, RunID: s, Version: s, Headline: s, SemverPolicyStatus: s, MilestonePercent: &half, GeneratedAt: at("2026-01-02T03:04:05Z"),
			Steps: []report.Step{{Name: s, Status: "failed", Reason: s}, {Name: s, Status: s, Reason: s}}},
		Contracts: []Contract{{Name: s, Window: 30, Threshold: 0.8, Runs: runs,
			Diff:       &report.Diff{Headline: s, New: report.Contract{Title: s, Version: s, SHA256: s}, Changes: []report.Finding{f, open}},
			Semver:     &report.Semver{Status: s, CurrentVersion: s, PreviousVersion: s, Scheme: s, Messages: []string{s}, Recommendations: []string{s}, ExpectedVersion: s},
			Operations: &report.Operations{Added: []report.Operation{op}, Removed: []report.Operation{op}, Deprecated: []report.Operation{op}, Changed: []report.ChangedOperation{{Method: s, Path: s, Breaking: true}}},
			Stability:  &report.Stability{Extensions: report.StabilityExtensions{Anomaly: true, AnomalyReason: s, SkippedTotal: 1, SkippedLines: []report.SkippedLine{{Line: 1, Reason: s}}}}},
			{Name: s, Placeholder: &report.PlaceholderMetrics{Extensions: report.PlaceholderExtensions{Reason: s}}}},
		Taxonomy: &Taxonomy{Alerts: []report.Alert{alert, alert}, Metrics: &m, Changelog: []byte("# " + s + "\n\n" + s + "\n\n- [" + s + "](" + s + ")\n\n![" + s + "](https://x.example/" + s + ")\n"),
			History: &report.TaxonomyHistory{History: []report.TaxonomySnapshot{{SnapshotDate: s, TaxonomyMetrics: m}, {SnapshotDate: s, TaxonomyMetrics: m}}},
			Gates:   &report.TaxonomyGates{Gates: []report.Gate{{Name: s, Status: s, Message: s}}},
			Lint:    &report.TaxonomyLint{Missing: []string{s}},
			Diff: &report.TaxonomyDiff{Bulk: s, Added: []report.AlertRef{ref}, Removed: []report.AlertRef{ref}, Renamed: []report.AlertRename{{ID: s, From: s, To: s}},
				Modified:            []report.AlertChange{{AlertRef: ref, Fields: []report.FieldChange{{Field: s, From: s, To: s}}}},
				SeverityTransitions: []report.SeverityTransition{{AlertRef: ref, From: s, To: s}}, Deprecated: []report.AlertRef{ref}, Undeprecated: []report.AlertRef{ref}}},
		Milestones: &report.Milestones{Items: []report.Milestone{{ID: s, Title: s, Weight: 1, Status: s}}, ByStatus: map[string]int{}},
		Deliveries: []report.Delivery{{ID: s, Reasons: []string{s}, Host: s, Error: s, State: s, Attempts: 1}},
		Signing:    &Signing{KeyID: s, Fingerprint: s},
		Records:    []report.RunRecord{recordOf(s, "aaaaaaa-0000000000000002"), recordOf(s, "aaaaaaa-0000000000000001")},
		Badges:     []Badge{{File: "governance-combined-badge.json", Badge: report.Badge{Label: s, Message: s}, SVG: []byte("<svg/>")}},
	}
}

func TestHostileTextStaysText(t *testing.T) {
	hostile := "</script></style></title><script>alert(1)</script><img src=x onerror=alert(2)>\"'`--><!--" + "\u202egnp.exe\u2066\x1b[31m\x00"
	for name := range makers {
		page := build(t, name, filled(hostile))
		for _, bad := range []string{"<script>alert", "<img src=x", "\u202e", "\u2066", "\x1b", "\x00", "-->", "<!--"} {
			if strings.Contains(page, bad) {
				i := strings.Index(page, bad)
				t.Errorf("%s: %q came through: %q", name, bad, page[max(0, i-80):i+60])
			}
		}
		if !strings.Contains(page, "&lt;script&gt;alert(1)") {
			t.Errorf("%s: the text is gone", name)
		}
	}
}

func TestOnlyAddressesOfTheWebBecomeLinks(t *testing.T) {
	for _, evil := range []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x", "\tjavascript:alert(1)", "file:///etc/passwd", "https:evil"} {
		for name := range makers {
			page := strings.ToLower(build(t, name, filled(evil)))
			for _, part := range strings.Split(page, "href=\"")[1:] {
				address, _, _ := strings.Cut(part, "\"")
				address, _, _ = strings.Cut(address, "?a=aaaaaaa-000000000000000")
				if !strings.HasPrefix(address, "#") && !strings.HasSuffix(address, ".html") && !strings.HasPrefix(address, "aaaaaaa-000000000000000") && !strings.HasPrefix(address, "data:image/svg") && address != "" {
					t.Errorf("%s links to %q", name, address)
				}
			}
		}
	}
	if page := build(t, "taxonomy", filled("https://runbooks.example/a?b=c#d")); !strings.Contains(page, `href="https://runbooks.example/a?b=c#d"`) {
		t.Error("an honest address is no link")
	}
}

func TestLongTextsAreCut(t *testing.T) {
	for name := range makers {
		p := filled(strings.Repeat("w", 100_000))
		p.Taxonomy.Changelog = nil
		if page := build(t, name, p); len(page) > 600_000 {
			t.Errorf("%s has %d bytes", name, len(page))
		}
	}
}

// A page asks for nothing outside itself and runs nothing that its policy does not name.
func TestPagesAreSelfContained(t *testing.T) {
	for name := range makers {
		page := build(t, name, filled("x"))
		for _, bad := range []string{" src=\"http", "@import", "url(", " style=\"", "<link rel=\"stylesheet", " onclick", " onload", "'unsafe-"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
		if !strings.Contains(page, "default-src &#39;none&#39;") {
			t.Errorf("%s has no policy", name)
		}
	}
}

func TestAPageWithoutAnyPartSaysWhatToDo(t *testing.T) {
	for name, want := range map[string][]string{
		"index":     {"not compared", "No run is recorded yet", "alerts_taxonomy.json", "project_milestones.json", "GOVERNANCE_WEBHOOK", "govctl key new", "No change of this run is waived"},
		"taxonomy":  {"govctl taxonomy sync --scaffold"},
		"changelog": {"not compared", "govctl changelog alerts"},
		"embed":     {"not measured"},
		"runs":      {"No run has a record yet", "govctl run"},
		"compare":   {"Two runs with a record are needed"},
	} {
		page := build(t, name, &Page{Title: "x", Summary: report.Summary{Placeholder: true}, Contracts: []Contract{{Name: "openapi"}}})
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
}

func TestSameInputGivesTheSamePage(t *testing.T) {
	for name := range makers {
		if diff := cmp.Diff(build(t, name, filled("x")), build(t, name, filled("x"))); diff != "" {
			t.Errorf("%s differs: %s", name, diff)
		}
	}
}

func TestVerdicts(t *testing.T) {
	compared := []Contract{{Diff: &report.Diff{}}}
	for _, c := range []struct {
		page Page
		want string
	}{
		{Page{}, "none Nothing here yet"},
		{Page{Summary: report.Summary{Placeholder: true}}, "none Not measured"},
		{Page{Summary: report.Summary{BreakingChangesCount: 2}}, "bad Failed"},
		{Page{Summary: report.Summary{Passed: true, BreakingChangesCount: 2}, Contracts: compared}, "warn Passed, with breaking changes"},
		{Page{Summary: report.Summary{Passed: true, SemverPolicyStatus: "warn"}, Contracts: compared}, "warn Passed, with a warning"},
		{Page{Summary: report.Summary{Passed: true}, Contracts: []Contract{{Diff: &report.Diff{FirstRun: true}}}}, "none First run"},
		{Page{Summary: report.Summary{Passed: true, SemverPolicyStatus: "ok"}, Contracts: compared}, "ok Passed"},
	} {
		if v := evaluate(&c.page); v.Kind+" "+v.Word != c.want {
			t.Errorf("%s %s, want %s", v.Kind, v.Word, c.want)
		}
	}
}

func TestStale(t *testing.T) {
	made := at("2026-01-01T00:00:00Z")
	for _, c := range []struct {
		now  report.Time
		want bool
	}{{at("2026-01-02T12:00:00Z"), false}, {at("2026-01-02T12:00:01Z"), true}, {report.Time{}, false}} {
		p := &Page{Title: "x", Now: c.now, Summary: report.Summary{GeneratedAt: made}}
		if shown := !strings.Contains(build(t, "index", p), `id="stale" hidden`); shown != c.want {
			t.Errorf("at %s stale is %v", c.now, shown)
		}
	}
}

func TestDeliveries(t *testing.T) {
	lines := []report.Delivery{
		{ID: "a", Reasons: []string{"semver_fail"}, Host: "hooks.example", State: "queued"},
		{ID: "b", Reasons: []string{"stability_drop"}, Host: "hooks.example", State: "queued"},
		{ID: "a", Attempts: 3, LastStatus: 503, State: "pending", Host: "hooks.example"},
		{ID: "b", Attempts: 1, LastStatus: 200, State: "delivered", Delivered: true, Host: "hooks.example"},
		{ID: "b", Attempts: 1, LastStatus: 500, State: "pending", Host: "hooks.example"}, // an older line that a merge put last
	}
	got := parcels(lines)
	if len(got) != 2 || got[0].ID != "b" || got[0].Word != "delivered" || got[1].Word != "not delivered yet" || got[1].Reasons[0] != "semver_fail" || got[1].Attempts != 3 {
		t.Errorf("%+v", got)
	}
	n := delivery(&Page{Deliveries: lines})
	if len(n) != 1 || n[0].Kind != "bad" || !strings.Contains(n[0].Text, "503") || !strings.HasPrefix(n[0].Title, "1 notice ") {
		t.Errorf("%+v", n)
	}
	if n := delivery(&Page{Deliveries: lines[3:4]}); n != nil {
		t.Errorf("a delivered notice is announced: %+v", n)
	}
}

func TestWaiversEnd(t *testing.T) {
	p := &Page{Summary: report.Summary{GeneratedAt: at("2026-03-10T12:00:00Z")}}
	for _, c := range []struct{ expires, kind, when string }{
		{"2026-03-09", "bad", "expired"}, {"2026-03-10", "warn", "0 days left"}, {"2026-03-11", "warn", "1 day left"}, {"2026-03-24", "warn", "14 days left"}, {"2026-03-25", "ok", "15 days left"}, {"nonsense", "ok", "holds"},
	} {
		a := accept(p, "openapi", &report.Finding{Waiver: &report.Waiver{Expires: c.expires}})
		if a.Kind != c.kind || a.When != c.when {
			t.Errorf("%s: %s %s", c.expires, a.Kind, a.When)
		}
	}
}

func TestSamples(t *testing.T) {
	runs := []report.HistoryLine{{}, {Breaking: true}, {}, {Placeholder: true}, {}, {}}
	want := []float64{1, 0.5, 2.0 / 3, 1.0 / 3, 2.0 / 3, 2.0 / 3}
	for i, s := range samples(runs, 3) {
		if s.ratio != want[i] {
			t.Errorf("run %d: %v, want %v", i, s.ratio, want[i])
		}
	}
}

func TestAnchorsAreUnique(t *testing.T) {
	long := strings.Repeat("x", 200)
	p := &Page{Taxonomy: &Taxonomy{}}
	for _, name := range []string{"A", "A", "A-2", "A", "ä", "ö", long, long, long, "A-2", `"><script>`} {
		p.Taxonomy.Alerts = append(p.Taxonomy.Alerts, report.Alert{Alert: name})
	}
	seen := map[string]bool{}
	for _, r := range catalogue(p).Rows {
		if seen[r.Anchor] || strings.ContainsAny(r.Anchor, "\"<> ") {
			t.Errorf("anchor %q", r.Anchor)
		}
		seen[r.Anchor] = true
	}
}

func TestWrittenChangelogKeepsTheNewest(t *testing.T) {
	var b bytes.Buffer
	for i := range 40_000 {
		fmt.Fprintf(&b, "## 2026-01-01T00:00:00Z (%07d)\n\n- added\n\n", i)
	}
	html := written(b.Bytes())
	if !strings.Contains(string(html), "(0039999)") || strings.Contains(string(html), "(0000001)") || !strings.HasPrefix(string(html), "<h4") {
		t.Errorf("begins %.200s", html)
	}
}

// A changelog is shown newest first, whichever way it was written, and too long a one keeps its newest entries.
func TestWrittenChangelogIsShownNewestFirst(t *testing.T) {
	const old, young = "## 2025-12-31T23:59:59Z (aaaaaaa)\n\n- older\n", "## 2026-01-02T00:00:00Z (bbbbbbb)\n\n- younger\n"
	for name, source := range map[string]string{
		"appended": "# Alerts changelog\n\n" + old + "\n" + young, "written at the top": "# Changelog\n\n" + young + "\n" + old,
		"keep a changelog": "## [1.1.0] - 2026-01-02\n\n- younger\n\n## [1.0.0] - 2025-12-31\n\n- older\n", "without days": "## first\n\n- older\n\n## second\n\n- younger\n",
	} {
		html := written([]byte(source))
		if s := string(html); strings.Index(s, "younger") > strings.Index(s, "older") || !strings.HasPrefix(s, "<h4") || strings.Count(s, "<h4") != 2 {
			t.Errorf("%s: %s", name, s)
		}
	}
	var b bytes.Buffer
	for i := range 40_000 {
		fmt.Fprintf(&b, "## %s (%07d)\n\n- added\n\n", time.Date(2026, 1, 1, 0, 0, -i, 0, time.UTC).Format(time.RFC3339), i)
	}
	html := written(b.Bytes())
	if s := string(html); !strings.Contains(s[:200], "(0000000)") || strings.Contains(s, "(0039999)") {
		t.Errorf("begins %.200s", s)
	}
}

func TestProse(t *testing.T) {
	for s, want := range map[string]string{
		"`a` and `b`": "<code>a</code> and <code>b</code>", "one ` alone": "one ` alone", "`a` and ` alone": "<code>a</code> and ` alone", "<`>`": "&lt;<code>&gt;</code>", "": "",
	} {
		if got := string(prose(s)); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

// A name in a script from right to left does not turn what stands beside it around.
func TestApart(t *testing.T) {
	for s, want := range map[string]string{"ParcelsDown": "ParcelsDown", "Überlast <x>": "Überlast &lt;x&gt;", "עומס": "<bdi>עומס</bdi>", "حمل 5": "<bdi>حمل 5</bdi>"} {
		if got := string(apart(s)); got != want {
			t.Errorf("%q is %q", s, got)
		}
	}
}

// Thousands of alerts with long descriptions stay a page that loads.
func TestManyLongDescriptions(t *testing.T) {
	p := &Page{Taxonomy: &Taxonomy{}}
	for i := range 5000 {
		p.Taxonomy.Alerts = append(p.Taxonomy.Alerts, report.Alert{Alert: fmt.Sprintf("ParcelsApiLatencyHigh%d", i), Severity: "high", Scope: "service", Category: "latency", For: "5m", Owner: "platform",
			Description: strings.Repeat("More requests than usual take longer than the promise allows. ", 40), Runbook: fmt.Sprintf("https://handbook.wren-parcels.example/runbooks/%d", i), RunbookComplete: true})
	}
	if n := len(build(t, "taxonomy", p)); n > 3_000_000 {
		t.Errorf("%d bytes", n)
	}
	p.Taxonomy.Alerts = p.Taxonomy.Alerts[:10]
	if page := build(t, "taxonomy", p); !strings.Contains(page, "bytes more") || len(page) < 10*longest {
		t.Error("a few long descriptions are cut short")
	}
}

// A chart of many runs shows the single break among them, and joins what is alike.
func TestChartOfManyRuns(t *testing.T) {
	full, low := report.Percent(100), report.Percent(70)
	c := Contract{Name: "openapi", Window: 30, Threshold: 0.8}
	for i := range 500 {
		c.Runs = append(c.Runs, report.HistoryLine{Score: &full, Breaking: i == 250})
	}
	c.Runs[250].Score = &low
	wide, _, _ := strings.Cut(string(runChart(&c)), "</svg>")
	if n := strings.Count(wide, `class="bar"`); n != 2 {
		t.Errorf("%d bars of stable runs", n)
	}
	if strings.Count(wide, `class="bar broken"`) != 1 || !strings.Contains(wide, "250 runs from") {
		t.Error("the break is not one bar between two")
	}
	c.Runs = c.Runs[:40]
	if wide, _, _ := strings.Cut(string(runChart(&c)), "</svg>"); strings.Count(wide, `class="bar"`) != 40 {
		t.Error("40 runs are not 40 bars")
	}
}

// A runbook that is a text stands under its alert, and a column in which nothing stands is left out.
func TestCatalogueWithoutAddresses(t *testing.T) {
	p := &Page{Taxonomy: &Taxonomy{Alerts: []report.Alert{{Alert: "Lag", Severity: "high", Category: "queue", Runbook: "Restart the <consumer>.", RunbookComplete: true}}}}
	page := build(t, "taxonomy", p)
	for _, want := range []string{`class="without-scope without-for without-owner"`, "<b>Runbook</b> Restart the &lt;consumer&gt;.", "<td>written</td>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, `id="f-scope"`) {
		t.Error("a filter has nothing to choose")
	}
}

func BenchmarkIndex1000Runs(b *testing.B) { benchmark(b, "index") }
func BenchmarkAlerts5000(b *testing.B)    { benchmark(b, "taxonomy") }

func benchmark(b *testing.B, name string) {
	p := filled("an ordinary text of some length, as descriptions are")
	for i := range 1000 {
		p.Contracts[0].Runs = append(p.Contracts[0].Runs, report.HistoryLine{Timestamp: at("2026-01-01T00:00:00Z"), SHA: fmt.Sprintf("%040x", i), Breaking: i%20 == 0})
	}
	for i := range 5000 {
		p.Taxonomy.Alerts = append(p.Taxonomy.Alerts, report.Alert{Alert: fmt.Sprintf("Alert%d", i), Severity: "high", Description: strings.Repeat("words ", 20)})
	}
	for b.Loop() {
		b.ReportMetric(float64(len(build(b, name, p))), "bytes/page")
	}
}
