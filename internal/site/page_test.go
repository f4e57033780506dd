package site

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// manyContracts is a repository with n contracts, of which each tenth breaks its clients.
func manyContracts(n int) *Page {
	p := &Page{Title: "APIs", Now: at("2026-03-04T06:00:00Z"), Summary: report.Summary{SHA: "8f41c0de1a75b0c2", GeneratedAt: at("2026-03-04T05:06:07Z"), Headline: "7 contracts break their clients.", SemverPolicyStatus: "fail"}}
	full := report.Percent(100)
	var runs []report.HistoryLine
	for i := range 30 {
		runs = append(runs, report.HistoryLine{Timestamp: at("2026-03-01T05:06:07Z"), SHA: fmt.Sprintf("%040x", i), Version: "1.5.1", Score: &full, Breaking: i%5 == 3})
	}
	for i := range n {
		name := fmt.Sprintf("a-contract-of-a-service-%03d", i)
		c := Contract{Name: name, Window: 30, Threshold: 0.8, Owner: "a team with a name", Several: true, Runs: runs, Operations: &report.Operations{},
			Stability: &report.Stability{WindowTotalCount: 30, WindowStableCount: 24, WindowStabilityRatio: 0.8}, Diff: &report.Diff{}, Semver: &report.Semver{Status: "ok", CurrentVersion: "1.5.1"}}
		state := report.ContractState{Name: name, Outcome: "passed", SemverPolicyStatus: "ok", Version: "1.5.1", StabilityRatio: 0.8}
		if i%10 == 0 {
			state.Outcome, state.SemverPolicyStatus, state.BreakingChangesCount = "failed", "fail", 1
			c.Semver = &report.Semver{Status: "fail", CurrentVersion: "1.6.0", PreviousVersion: "1.5.1", ExpectedVersion: "2.0.0"}
			c.Diff = &report.Diff{Changes: []report.Finding{{Rule: "operation-removed", Level: report.Error, Breaking: true, Kind: "removed", Message: "`GET /a` was removed", Fingerprint: "0123456789abcdef"}}}
		}
		for _, step := range []string{"export", "diff", "semver", "stability", "gate"} {
			p.Summary.Steps = append(p.Summary.Steps, report.Step{Name: step + " " + name, Status: "ok"})
		}
		p.Contracts, p.Summary.Contracts = append(p.Contracts, c), append(p.Summary.Contracts, state)
	}
	return p
}

// A table of 500 contracts is a page that comes at once, what needs attention is first, and every link of every page leads to a page.
func TestManyContracts(t *testing.T) {
	p := manyContracts(500)
	p.APIChangelog = true
	files := map[string]string{"api-changelog.html": "", "runs/index.html": ""}
	for name, file := range map[string]string{"index": "index.html", "taxonomy": "taxonomy.html", "changelog": "changelog.html", "badges": "badges.html", "embed": "embed.html"} {
		files[file] = build(t, name, p)
	}
	for i := range p.Contracts {
		page, err := p.Contract(i)
		if err != nil {
			t.Fatal(err)
		}
		files[p.Contracts[i].Name+"/index.html"] = string(page)
	}
	index := files["index.html"]
	if len(index) > 300_000 {
		t.Errorf("the index has %d bytes", len(index))
	}
	if first := index[strings.Index(index, `<tbody class="view">`):]; !strings.Contains(first[:500], ">failed<") || !strings.Contains(first[:500], "2.0.0") {
		t.Errorf("the first row is %s", first[:500])
	}
	links := 0
	for file, page := range files {
		for _, part := range strings.Split(page, ` href="`)[1:] {
			href, _, _ := strings.Cut(part, `"`)
			if strings.HasPrefix(href, "#") || strings.HasPrefix(href, "data:") {
				continue
			}
			links++
			if _, ok := files[path.Join(path.Dir(file), href)]; !ok {
				t.Errorf("%s: %s does not resolve", file, href)
			}
		}
	}
	if links < 1000 {
		t.Errorf("%d links", links)
	}
	p.Alone = true
	alone := build(t, "index", p)
	if strings.Contains(alone, ` href="a-contract`) || !strings.Contains(alone, "a-contract-of-a-service-499") {
		t.Error("the page that lies alone links to others, or lacks a contract")
	}
}

// A headline that names more contracts than anybody reads gives their number instead, which is that of the figures below it.
func TestHeadlineOfManyContracts(t *testing.T) {
	p := manyContracts(20)
	for i := range p.Summary.Contracts[:5] {
		if s := &p.Summary.Contracts[i]; s.Outcome == "passed" {
			s.SemverPolicyStatus = "warn"
		}
	}
	long := strings.Repeat("a-contract breaks its clients in 1 way; ", 8) + "3 more need a look."
	for headline, want := range map[string]string{
		long: "2 of 20 contracts failed; attention is needed on 4 more.",
		"a-contract breaks its clients in 1 way; the other 19 are compatible.": "a-contract breaks its clients in 1 way; the other 19 are compatible.",
	} {
		p.Summary.Headline = headline
		if got := evaluate(p).Sentence; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := attentionTile(p).Value; got != "6" {
		t.Errorf("the figure is %s", got)
	}
}

// The page of one of several contracts has its own verdict, figures and way out, and finds the files at the root.
func TestPageOfOneContract(t *testing.T) {
	p := manyContracts(20)
	for i, want := range map[int][]string{
		0: {"<title>Failed: ", `data-root="../"`, `data-contract="a-contract-of-a-service-000"`, "Release as 2.0.0, or accept the breaking change for a time:",
			"govctl openapi waivers add --contract a-contract-of-a-service-000 --fingerprint 0123456789abcdef --reason &#39;WHY&#39; --owner &#39;a team with a name&#39; --expires 2026-04-03", `href="../changelog.html"`},
		1: {"<title>Passed: ", "The API is compatible.", "24 of the last 30"},
	} {
		b, err := p.Contract(i)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(b), w) {
				t.Errorf("%d lacks %s", i, w)
			}
		}
	}
}

// The verdict says what to do: with one break, with a few, with many of a few rules.
func TestWayOut(t *testing.T) {
	now := at("2026-03-04T05:06:07Z")
	finding := func(rule, fingerprint string) report.Finding {
		return report.Finding{Rule: rule, Level: report.Error, Breaking: true, Fingerprint: fingerprint}
	}
	many := make([]report.Finding, 30)
	for i := range many {
		many[i] = finding([]string{"a-rule", "b-rule"}[i%2], fmt.Sprintf("%016x", i))
	}
	const decision = " --reason 'WHY' --owner WHO --expires 2026-04-03"
	for _, c := range []struct {
		changes       []report.Finding
		what, command string
	}{
		{[]report.Finding{finding("a-rule", "1f")}, "the breaking change", "govctl openapi waivers add --fingerprint 1f" + decision},
		{[]report.Finding{finding("a-rule", "1f"), finding("a-rule", "2f")}, "the 2 breaking changes", "for f in 1f 2f; do\n  govctl openapi waivers add --fingerprint $f" + decision + "\ndone"},
		{many, "the 30 breaking changes", "for r in a-rule b-rule; do\n  govctl openapi waivers add --rule $r" + decision + "\ndone"},
		{[]report.Finding{finding("x; rm -rf '/'", "")}, "the breaking change", `govctl openapi waivers add --rule 'x; rm -rf '\''/'\'''` + decision},
	} {
		p := &Page{Summary: report.Summary{SHA: "x", BreakingChangesCount: len(c.changes), GeneratedAt: now}, Contracts: []Contract{{Diff: &report.Diff{Changes: c.changes}, Semver: &report.Semver{Status: "fail", CurrentVersion: "1.6.0", Advice: report.Advice{LowestVersion: "2.0.0"}}}}}
		ways := evaluate(p).Ways
		if text := "Release as 2.0.0, or accept " + c.what + " for a time:"; len(ways) != 1 || ways[0].Text != text || ways[0].Command != c.command {
			t.Errorf("%+v, want %q %q", ways, text, c.command)
		}
	}
}

// What waivers accept is in the headline, and a warning is named by the verdict that has its colour.
func TestHeadlineOfThePage(t *testing.T) {
	waived := report.Finding{Rule: "a-rule", Level: report.Error, Breaking: true, Waiver: &report.Waiver{Owner: "platform", Expires: "2026-05-01"}}
	with := func(changes ...report.Finding) []Contract { return []Contract{{Diff: &report.Diff{Changes: changes}}} }
	warned := with()
	warned[0].Semver = &report.Semver{Status: "warn", Messages: []string{"the version did not move"}}
	for _, c := range []struct {
		page           Page
		word, sentence string
	}{
		{Page{Summary: report.Summary{Passed: true, Headline: "The API is compatible; 96.7 % of the recent runs were stable."}, Contracts: with()}, "Passed", "The API is compatible."},
		{Page{Summary: report.Summary{Passed: true, Headline: "The API has 1 breaking change accepted by platform until 2026-05-01."}, Contracts: with(waived)},
			"Passed, with accepted breaking changes", "The API has 1 breaking change accepted by platform until 2026-05-01."},
		{Page{Summary: report.Summary{BreakingChangesCount: 2, Headline: "The API breaks its clients in 2 ways."}, Contracts: with(waived)},
			"Failed", "The API breaks its clients in 2 ways; 1 breaking change is accepted until 2026-05-01."},
		{Page{Summary: report.Summary{Passed: true, SemverPolicyStatus: "warn", Headline: "The API is compatible."}, Contracts: warned}, "Passed, with a warning", "Version policy: the version did not move."},
	} {
		if v := evaluate(&c.page); v.Word != c.word || v.Sentence != c.sentence {
			t.Errorf("%s: %s", v.Word, v.Sentence)
		}
	}
}

// Nothing is green, 100 % or an alert for want of data.
func TestLittleData(t *testing.T) {
	full := report.Percent(100)
	for _, c := range []struct {
		runs, breaking int
		want, bad      []string
	}{
		{1, 0, []string{"First run", "9 more runs until then", "not checked yet"}, []string{`class="ok"`, "100\u00a0%", "<h4>Budget"}},
		{4, 3, []string{"6 more runs until stability is evaluated"}, []string{"below the alert threshold", `class="chart`, "25\u00a0%", "<h4>Budget"}},
		{10, 9, []string{"below the alert threshold", "10\u00a0%", `class="interval"`}, []string{"until stability is evaluated"}},
	} {
		ratio := report.Ratio(float64(c.runs-c.breaking) / float64(c.runs))
		p := &Page{Title: "x", Signing: &Signing{}, Summary: report.Summary{SHA: "8f41c0d", Passed: true, SemverPolicyStatus: "ok", StabilityRatio: ratio, Headline: "First run: there is nothing to compare with yet."},
			Contracts: []Contract{{Name: "openapi", Window: 30, Threshold: 0.8, Diff: &report.Diff{FirstRun: c.runs == 1}, Operations: &report.Operations{}, Semver: &report.Semver{Status: "ok", CurrentVersion: "1.0.0"},
				Stability: &report.Stability{Score: full, WindowTotalCount: c.runs, WindowStableCount: c.runs - c.breaking, WindowStabilityRatio: ratio, Extensions: report.StabilityExtensions{WilsonHigh: 0.5, Anomaly: true}}}}}
		for range c.runs {
			p.Contracts[0].Runs = append(p.Contracts[0].Runs, report.HistoryLine{Score: &full})
		}
		_, body, _ := strings.Cut(build(t, "index", p), "<main")
		body, _, _ = strings.Cut(body, `<h2 id="steps">`)
		for _, w := range c.want {
			if !strings.Contains(body, w) {
				t.Errorf("%d runs: the page lacks %q", c.runs, w)
			}
		}
		for _, b := range c.bad {
			if strings.Contains(body, b) {
				t.Errorf("%d runs: the page has %q", c.runs, b)
			}
		}
	}
}

// Changes of one cause stand together in the place of the worst of them.
func TestChangesByCause(t *testing.T) {
	d := &report.Diff{Causes: map[string]string{"c1": "response property `a` was added"}}
	for i := range 40 {
		f := report.Finding{Rule: fmt.Sprintf("rule-%d", i), Message: "x"}
		if i%2 == 0 && i < 12 {
			f.Cause = "c1"
		}
		d.Changes = append(d.Changes, f)
	}
	v := listed(d, "")
	if c := v.Open[0]; c.Title != "response property `a` was added, in 6 places" || len(c.First) != openInCause || len(c.Rest) != 3 {
		t.Errorf("%+v", c)
	}
	n := 0
	for _, c := range append(v.Open, v.Folded...) {
		n += len(c.First) + len(c.Rest)
	}
	if n != 40 || v.All != 40 || len(v.Folded) == 0 {
		t.Errorf("%d changes, %d folded causes", n, len(v.Folded))
	}
}

// A removal leads to its line in the old document, where that is a file of a revision.
func TestLineOfTheOldDocument(t *testing.T) {
	const repository = "https://github.com/wren/parcels"
	for file, want := range map[string]string{
		"git:v1.5.0:api/openapi.yaml": repository + "/blob/v1.5.0/api/openapi.yaml#L20", "git:origin/main:openapi.yaml": repository + "/blob/origin/main/openapi.yaml#L20",
		"schemas/openapi-baseline.json": "", "git:latest-tag:openapi.yaml": "", "git:v1:../openapi.yaml": "", "git:v1:a b": "", "git:v1:a?b": "",
	} {
		if got := oldLine(repository, &report.Finding{Kind: "removed", Old: &report.Place{File: file, Line: 20}}); got != want {
			t.Errorf("%s leads to %q", file, got)
		}
	}
}

// The changelog names the number of breaking changes and leads to them; the status page alone describes them.
func TestChangelogLeadsToTheBreaks(t *testing.T) {
	p := manyContracts(1)
	p.Contracts[0].Diff.Changes = append(p.Contracts[0].Diff.Changes, report.Finding{Kind: "added", Message: "`GET /b` was added"})
	page := build(t, "changelog", p)
	if !strings.Contains(page, `<a href="index.html">1 breaking change</a>`) || strings.Contains(page, "GET /a") || !strings.Contains(page, "GET /b") {
		t.Error("the changelog repeats a break, does not lead to it, or lacks an addition")
	}
	if strings.Contains(page, "api-changelog.html") {
		t.Error("a page that is not there is linked to")
	}
}

// The page of the badges has the text to copy for each, with the address of the site where it is known.
func TestBadgesPage(t *testing.T) {
	p := &Page{Title: "x", Badges: []Badge{{File: "breaking-badge.json", Badge: report.Badge{Label: "API [breaking]", Message: "stable"}, SVG: []byte("<svg/>")}, {File: "billing/stability-badge.json", Badge: report.Badge{Label: "stability"}}}}
	for site, want := range map[string]string{"": placeholderSite, "https://wren.github.io/parcels/": "https://wren.github.io/parcels"} {
		p.Site = site
		page := build(t, "badges", p)
		for _, w := range []string{"[![API (breaking)](" + want + "/breaking-badge.svg)](" + want + "/)", "[![billing stability](" + want + "/billing/stability-badge.svg)](" + want + "/billing/index.html)"} {
			if !strings.Contains(page, w) {
				t.Errorf("%q: the page lacks %s", site, w)
			}
		}
		if strings.Contains(page, "is not known here") != (site == "") {
			t.Errorf("%q: the note about the address is wrong", site)
		}
	}
}

// Advice about notices matches what became of them: one that was given up is not sent again.
func TestAdviceAboutNotices(t *testing.T) {
	for state, want := range map[string]bool{"pending": true, "expired": false} {
		p := &Page{Deliveries: []report.Delivery{{Time: at("2026-03-04T05:06:07Z"), ID: "1", Host: "hooks.example", State: state, LastStatus: 503}}}
		list := delivery(p)
		if len(list) != 1 || strings.Contains(list[0].Next, "next run sends") != want {
			t.Errorf("%s: %+v", state, list)
		}
	}
}
