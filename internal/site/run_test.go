package site

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// recordOf is a record of which every text is s.
func recordOf(s, id string) report.RunRecord {
	change := report.RunChange{Rule: s, Kind: s, Level: report.Level(s), Breaking: true, Message: s, Fingerprint: id, Operation: s, Operations: 3, Waiver: &report.RunWaiver{Owner: s, Until: s, Reason: s, Expired: true}}
	return report.RunRecord{ID: id, SHA: s, RunID: s, Project: s, URL: s, Version: s, Outcome: s, Headline: s, GeneratedAt: at("2026-01-02T03:04:05Z"), ChangesLeftOut: 1, ContractsLeftOut: 1, ContractsWithoutReport: 1,
		Contracts: []report.RunContract{{Name: s, Outcome: s, Version: s, PreviousVersion: s + "0", SemverPolicyStatus: s, Changes: []report.RunChange{change}, ChangesLeftOut: 2}, {Name: s + "2", Placeholder: true, Reason: s}}}
}

// runsUntil are records of runs that reported the changes of these fingerprints, oldest first; the list is newest first.
func runsUntil(fingerprints ...string) (records []report.RunRecord) {
	for i, f := range fingerprints {
		c := report.RunContract{Name: "openapi", Outcome: "failed", Version: fmt.Sprintf("1.%d.0", i), Placeholder: f == "unmeasured"}
		if !c.Placeholder {
			for _, one := range strings.Fields(f) {
				c.Changes = append(c.Changes, report.RunChange{Rule: "operation-removed", Level: report.Error, Breaking: true, Message: "`GET /" + one + "` was removed", Fingerprint: one})
			}
		}
		r := report.RunRecord{ID: fmt.Sprintf("aaaaaaa-%016d", i), SHA: fmt.Sprintf("aaaaaa%d", i), RunID: fmt.Sprint(i), Checked: true, Headline: "It breaks.", Version: c.Version, BreakingChangesCount: len(c.Changes),
			GeneratedAt: at(fmt.Sprintf("2026-01-0%dT03:04:05Z", i+1)), Contracts: []report.RunContract{c}}
		records = append([]report.RunRecord{r}, records...)
	}
	return records
}

func TestARunIsComparedWithTheRunBefore(t *testing.T) {
	for _, c := range []struct {
		name, before, now string
		want              string // new, still reported, gone
	}{
		{"the same", "a b", "a b", "0 2 []"},
		{"one more and one less", "a b", "b c", "1 1 [a]"},
		{"all accepted", "a b", "", "0 0 [a b]"},
		{"measured again", "unmeasured", "a", "1 0 []"},
		{"no longer measured", "a", "unmeasured", "0 0 []"},
	} {
		v := runOf(runsUntil(c.before, c.now), 0)
		gone := []string{}
		for _, g := range v.Gone {
			gone = append(gone, g.Fingerprint)
		}
		if got := fmt.Sprint(v.New, v.Still, gone); got != c.want || v.Newer != nil || v.Older == nil {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if unmeasured := len(v.Unmeasured) > 0; unmeasured != (strings.Contains(c.before+c.now, "unmeasured")) {
			t.Errorf("%s: unmeasured %v", c.name, v.Unmeasured)
		}
	}
	if v := runOf(runsUntil("a", "a"), 1); v.Older != nil || v.Newer == nil || v.Contracts[0].Changes[0].New {
		t.Errorf("the oldest run: %+v", v)
	}
}

func TestThePageOfARunHasNothingOfTheNewest(t *testing.T) {
	p := &Page{Title: "Shop", Root: "../", Summary: report.Summary{SHA: "fffffff", Version: "9.9.9", Headline: "the newest"}, RunURL: "https://ci.example/runs/9", Records: runsUntil("a", "a b", "b", "c")}
	p.Records[2].URL = "https://ci.example/runs/1"
	b, err := Run(p, 2)
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for _, bad := range []string{"fffffff", "9.9.9", "the newest", "runs/9"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	for _, want := range []string{"https://ci.example/runs/1", `href="aaaaaaa-0000000000000000.html"`, `href="aaaaaaa-0000000000000002.html"`, "1 new, 1 still reported, 0 no longer reported", `href="../index.html"`, ">new</span>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// The status page links each run that has a record; the page that is alone in its folder links none.
func TestRunsAreLinked(t *testing.T) {
	p := &Page{Title: "x", Contracts: []Contract{{Name: "openapi", Window: 30, Runs: []report.HistoryLine{{SHA: "older", RunID: "1"}, {SHA: "aaaaaa0", RunID: "0"}, {SHA: "aaaaaa1", RunID: "other"}}}}, Records: runsUntil("a", "b")}
	links := regexp.MustCompile(`href="runs/[^"]*-[^"]*"`)
	if got := fmt.Sprint(links.FindAllString(build(t, "index", p), -1)); got != `[href="runs/aaaaaaa-0000000000000000.html"]` {
		t.Errorf("links %s", got)
	}
	p.Alone = true
	if page := build(t, "index", p); strings.Contains(page, "runs/") {
		t.Error("the page that is alone links to runs")
	}
}

func TestVerdictsOfRuns(t *testing.T) {
	for _, c := range []struct {
		record report.RunRecord
		want   string
	}{
		{report.RunRecord{}, "none Not checked"},
		{report.RunRecord{BreakingChangesCount: 1}, "bad Failed, and not all checked"},
		{report.RunRecord{Checked: true}, "bad Failed"},
		{report.RunRecord{Checked: true, Passed: true, BreakingChangesCount: 1}, "warn Passed, with breaking changes"},
		{report.RunRecord{Checked: true, Passed: true, BreakingAccepted: 1}, "warn Passed, with accepted breaking changes"},
		{report.RunRecord{Checked: true, Passed: true, Contracts: []report.RunContract{{FirstRun: true}}}, "none First run"},
		{report.RunRecord{Checked: true, Passed: true}, "ok Passed"},
	} {
		if v := evaluateRun(&c.record); v.Kind+" "+v.Word != c.want || v.Sentence == "" {
			t.Errorf("%+v, want %s", v, c.want)
		}
	}
}
