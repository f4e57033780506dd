package github

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// wanted is the alerts of a run with the given stability ratio; a ratio of 1 is a recovery.
func wanted(ratio float64, episode int) []Alert {
	return Alerts(&Run{
		Summary: report.Summary{SHA: "abc1234def", StabilityRatio: report.Ratio(ratio), SemverPolicyStatus: "ok"}, Threshold: 0.8,
		State: report.AlertState{Alerts: []report.Incident{{Reason: "semver_fail", Open: true}, {Reason: "stability_drop", Open: ratio < 0.8, Opened: episode,
			Since: report.At(epoch), SHA: "abc1234def", Why: "window moved on"}}},
		PageURL: "https://o.github.io/r/", RunURL: "https://github.com/o/r/actions/runs/1",
	})
}

func (f *fake) sync(alerts []Alert) []Action {
	f.t.Helper()
	f.log = nil
	got, err := f.client().SyncIssues(f.t.Context(), alerts, Issues{Suppress: []string{"governance-hold", "Do-Not-Close"}})
	if err != nil {
		f.t.Fatal(err)
	}
	return got
}

func acts(list []Action) string {
	var out []string
	for _, a := range list {
		out = append(out, fmt.Sprintf("%s %d", a.Act, a.Number))
	}
	return strings.Join(out, ", ")
}

// crowd adds three pages of issues and pull requests of other people.
func (f *fake) crowd() {
	for n := range 250 {
		i := f.add("person"+strconv.Itoa(n), "API stability degradation alert (ratio 0.10)", "an old copy")
		if n%3 == 0 {
			i.Pull = &struct{}{}
		}
	}
}

func TestIssueLifecycle(t *testing.T) {
	f := newFake(t)
	f.crowd()
	stranger := f.add("stranger", "look", "<!-- govctl:alert=stability_drop -->\n<!-- govctl:episode=1 facts=0 -->\nmine")
	if got := acts(f.sync(wanted(0.72, 1))); got != "open 252" {
		t.Fatal(got)
	}
	i := f.find(252)
	if i.Title != "API stability degradation alert (ratio 0.72)" || !slices.Equal(i.Labels, []label{{"api-stability"}, {"automated"}, {"alert"}}) {
		t.Errorf("title %q, labels %v", i.Title, i.Labels)
	}
	for _, want := range []string{"<!-- govctl:alert=stability_drop -->\n", "**0.72** (threshold 0.80)", "**What to do**", "[Runbook](<https://github.com/romel/govctl/blob/main/docs/runbooks.md#govctlstabilitydrop>) | [Status page](<https://o.github.io/r/>) | [Workflow run](<https://github.com/o/r/actions/runs/1>)"} {
		if !strings.Contains(i.Body, want) {
			t.Errorf("no %q in\n%s", want, i.Body)
		}
	}
	if got := acts(f.sync(wanted(0.72, 1))); got != "nothing 252" || len(f.changes()) != 0 {
		t.Errorf("the same facts: %s, %v", got, f.changes())
	}
	if got := acts(f.sync(wanted(0.61, 1))); got != "update 252" || i.Title != "API stability degradation alert (ratio 0.61)" || len(i.comments) != 1 {
		t.Errorf("new facts: %s, %q, %d comments", got, i.Title, len(i.comments))
	}
	if !strings.Contains(i.comments[0].Body, "**0.61**") {
		t.Errorf("comment %q", i.comments[0].Body)
	}
	if got := acts(f.sync(wanted(0.95, 1))); got != "close 252" || i.State != "closed" || i.StateReason != "completed" || !strings.Contains(i.comments[1].Body, "Recovered: window moved on.") {
		t.Errorf("recovered: %s, %+v", got, i)
	}
	if got := acts(f.sync(wanted(0.95, 1))); got != "nothing 0" {
		t.Errorf("healthy: %s", got)
	}
	if got := acts(f.sync(wanted(0.5, 2))); got != "open 253" {
		t.Errorf("a new episode: %s", got)
	}
	if stranger.Body != "<!-- govctl:alert=stability_drop -->\n<!-- govctl:episode=1 facts=0 -->\nmine" || stranger.State != "open" {
		t.Errorf("the stranger's issue was touched: %+v", stranger)
	}
	pages := 0
	for _, l := range f.log {
		if l == "GET /repos/o/r/issues" {
			pages++
		}
	}
	if pages < 3 {
		t.Errorf("only %d pages were read", pages)
	}
}

func TestIssueOfTheOriginalToolsIsFoundByItsTitle(t *testing.T) {
	f := newFake(t)
	f.crowd()
	i := f.add(bot, "API stability degradation alert (ratio 0.70)", "written by a script")
	if got := acts(f.sync(wanted(0.72, 1))); got != "update 251" || !strings.HasPrefix(i.Body, "<!-- govctl:alert=stability_drop -->") {
		t.Errorf("%s: %.100s", got, i.Body)
	}
}

func TestSuppressionLabelsHoldAnIssueOpen(t *testing.T) {
	for _, name := range []string{"governance-hold", "GOVERNANCE-Hold", "do-not-close"} {
		f := newFake(t)
		f.sync(wanted(0.72, 1))
		i := f.find(1)
		i.Labels = append(i.Labels, label{name})
		if got := acts(f.sync(wanted(0.95, 1))); got != "held 1" || i.State != "open" || len(f.changes()) != 0 {
			t.Errorf("%s: %s, %s", name, got, i.State)
		}
	}
}

func TestClosedByAPerson(t *testing.T) {
	f := newFake(t)
	f.sync(wanted(0.72, 1))
	i := f.find(1)
	i.State, i.StateReason, i.ClosedAt = "closed", "completed", "2025-09-02T00:00:00Z"
	if got := acts(f.sync(wanted(0.72, 1))); got != "reopen 1" || i.State != "open" || len(i.comments) != 1 {
		t.Errorf("as completed: %s, %+v", got, i)
	}
	i.State, i.StateReason = "closed", "not_planned"
	for range 2 {
		if got := acts(f.sync(wanted(0.7, 1))); got != "declined 1" || len(f.changes()) != 0 {
			t.Errorf("as not planned: %s", got)
		}
	}
	f.sync(wanted(0.95, 1))
	if got := acts(f.sync(wanted(0.6, 2))); got != "open 2" {
		t.Errorf("after a recovery: %s", got)
	}
}

// TestClosedAsADuplicate: the person tracks the condition in an issue of theirs.
func TestClosedAsADuplicate(t *testing.T) {
	f := newFake(t)
	f.sync(wanted(0.72, 1))
	i := f.find(1)
	i.State, i.StateReason = "closed", "duplicate"
	if got := acts(f.sync(wanted(0.7, 1))); got != "declined 1" || len(f.changes()) != 0 {
		t.Errorf("%s, %v", got, f.changes())
	}
	f.sync(wanted(0.95, 1))
	if got := acts(f.sync(wanted(0.6, 2))); got != "open 2" {
		t.Errorf("after a recovery: %s", got)
	}
}

func TestOneOpenIssueForEachAlert(t *testing.T) {
	f := newFake(t)
	f.sync(wanted(0.72, 1))
	first := f.find(1)
	f.add(bot, first.Title, first.Body)
	f.add(bot, "API stability degradation alert (ratio 0.70)", "of the original tools")
	f.add(bot, first.Title, first.Body, "governance-hold")
	f.add("stranger", first.Title, first.Body)
	if got := acts(f.sync(wanted(0.72, 1))); got != "nothing 1, close as duplicate 2, held 4, close as duplicate 3" {
		t.Error(got)
	}
	for _, i := range f.issues {
		if merged := i.Number == 2 || i.Number == 3; merged != (i.State == "closed") || merged && (len(i.comments) != 1 || !strings.Contains(i.comments[0].Body, "Duplicate of #1")) {
			t.Errorf("%+v", i)
		}
	}
	if f.sync(wanted(0.72, 1)); len(f.changes()) != 0 {
		t.Errorf("again: %v", f.changes())
	}
	first.State, first.StateReason = "closed", "completed"
	f.find(4).State = "closed"
	if got := acts(f.sync(wanted(0.72, 1))); !strings.HasPrefix(got, "reopen ") {
		t.Errorf("one that was closed in favour of another counts as closed by a person: %s", got)
	}
}

func TestARecoveryClosesAllIssuesOfItsAlert(t *testing.T) {
	f := newFake(t)
	f.sync(wanted(0.72, 1))
	f.add(bot, f.find(1).Title, f.find(1).Body)
	if got := acts(f.sync(wanted(0.95, 1))); got != "close 1, close 2" || f.find(2).State != "closed" {
		t.Error(got)
	}
}

func TestOneAlertThatFailsLeavesTheOthersAlone(t *testing.T) {
	both := Alerts(&Run{Summary: report.Summary{SHA: "abc1234def"}, State: report.AlertState{Alerts: []report.Incident{
		{Reason: "stability_drop", Open: true, Opened: 1}, {Reason: "breaking", Open: true, Opened: 1, SHA: "abc1234def"}}}})
	for _, c := range []struct{ status, issues int }{{422, 1}, {403, 0}} {
		f := newFake(t)
		f.faults = []fault{{method: "POST", path: "/repos/o/r/issues", status: c.status, body: `{"message":"Validation Failed","errors":[{"message":"body is odd"}]}`}}
		if _, err := f.client().SyncIssues(t.Context(), both, Issues{}); err == nil || !strings.Contains(err.Error(), "body is odd") || len(f.issues) != c.issues {
			t.Errorf("%d: %v, %d issues", c.status, err, len(f.issues))
		}
	}
}

// TestALostAnswerCreatesNothingTwice: GitHub did the work, but we never heard of it.
func TestALostAnswerCreatesNothingTwice(t *testing.T) {
	f := newFake(t)
	f.faults = []fault{{method: "POST", path: "/repos/o/r/issues", lose: true}}
	if got := acts(f.sync(wanted(0.72, 1))); got != "open 1" || len(f.issues) != 1 {
		t.Errorf("%s, %d issues", got, len(f.issues))
	}
	f.faults = []fault{{method: "POST", path: "/repos/o/r/issues/1/comments", lose: true}}
	f.sync(wanted(0.61, 1))
	if n := len(f.find(1).comments); n != 1 {
		t.Errorf("%d comments", n)
	}
	// The run dies between the comment and the body: the next one finds the comment.
	f.find(1).comments = append(f.find(1).comments, comment{ID: 7, Body: "<!-- govctl:told=" + wanted(0.5, 1)[0].facts() + " -->\nx", User: user{bot}})
	f.sync(wanted(0.5, 1))
	if n := len(f.find(1).comments); n != 2 {
		t.Errorf("%d comments", n)
	}
	f.faults = []fault{{method: "POST", path: "/repos/o/r/issues/1/comments", status: 502}, {method: "PATCH", path: "/repos/o/r/issues/1", status: 500}}
	if got := acts(f.sync(wanted(0.4, 1))); got != "update 1" || len(f.find(1).comments) != 3 || !strings.Contains(f.find(1).Body, "0.40") {
		t.Errorf("%s, %d comments", got, len(f.find(1).comments))
	}
}

func TestFactsThatComeBackAreToldAgain(t *testing.T) {
	f := newFake(t)
	for _, ratio := range []float64{0.7, 0.6, 0.7, 0.6} {
		f.sync(wanted(ratio, 1))
	}
	if n := len(f.find(1).comments); n != 3 {
		t.Errorf("%d comments", n)
	}
}

func TestRateLimits(t *testing.T) {
	reset := strconv.FormatInt(epoch.Add(90*time.Second).Unix(), 10)
	for _, c := range []struct {
		name string
		x    fault
		wait time.Duration
	}{
		{"429 with Retry-After", fault{status: 429, header: map[string]string{"Retry-After": "17"}}, 17 * time.Second},
		{"403 with Retry-After", fault{status: 403, header: map[string]string{"Retry-After": "17"}}, 17 * time.Second},
		{"403 with nothing left", fault{status: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}}, 91 * time.Second},
		{"429 with nothing left", fault{status: 429, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}}, 91 * time.Second},
		{"403 in words", fault{status: 403, body: `{"message":"You have exceeded a secondary rate limit."}`}, time.Minute},
		{"429 in no words", fault{status: 429}, time.Minute},
	} {
		for _, hit := range []struct{ method, path string }{{"GET", "/repos/o/r/issues"}, {"POST", "/repos/o/r/issues"}} {
			f := newFake(t)
			c.x.method, c.x.path = hit.method, hit.path
			f.faults = []fault{c.x}
			if got := acts(f.sync(wanted(0.72, 1))); got != "open 1" || len(f.issues) != 1 {
				t.Errorf("%s, %s: %s", c.name, hit.method, got)
			}
			if !slices.Contains(f.clock.slept, c.wait) {
				t.Errorf("%s, %s: slept %v, want %s among it", c.name, hit.method, f.clock.slept, c.wait)
			}
		}
	}
}

func TestARateLimitBeyondTheDeadlineIsAnError(t *testing.T) {
	f := newFake(t)
	f.faults = []fault{{method: "GET", path: "/repos", status: 429, header: map[string]string{"Retry-After": "3600"}}}
	_, err := f.client().SyncIssues(t.Context(), wanted(0.72, 1), Issues{})
	if !errors.Is(err, ErrLimited) || strings.Contains(err.Error(), f.URL) {
		t.Errorf("got %v", err)
	}
	f.faults = nil
	for range 9 {
		f.faults = append(f.faults, fault{method: "GET", path: "/repos", status: 403, body: `{"message":"secondary rate limit","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`})
	}
	_, err = f.client().SyncIssues(t.Context(), wanted(0.72, 1), Issues{})
	if !errors.Is(err, ErrLimited) {
		t.Errorf("got %v", err)
	}
	f.faults = nil
}

func TestChangesAreASecondApart(t *testing.T) {
	f := newFake(t)
	all := Alerts(&Run{Summary: report.Summary{SHA: "abc1234def", BreakingChangesCount: 2}, State: report.AlertState{Alerts: []report.Incident{
		{Reason: "stability_drop", Open: true, Opened: 1}, {Reason: "placeholder_streak", Open: true, Opened: 1}, {Reason: "breaking", Open: true, Opened: 1, SHA: "abc1234def"}}}})
	if got := acts(f.sync(all)); got != "open 1, open 2, open 3" {
		t.Fatal(got)
	}
	var last time.Time
	for i, l := range f.log {
		if strings.HasPrefix(l, "POST") {
			if !last.IsZero() && f.times[i].Sub(last) < time.Second {
				t.Errorf("changes %s apart", f.times[i].Sub(last))
			}
			last = f.times[i]
		}
	}
	if f.find(3).Title != "Breaking API changes detected (abc1234)" || f.find(2).Title != "Placeholder metrics streak alert (streak 0)" {
		t.Errorf("titles %q, %q", f.find(2).Title, f.find(3).Title)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		status int
		is     error
		says   string
	}{{403, ErrForbidden, "Resource not accessible by integration"}, {401, nil, "not valid"}, {404, nil, "GitHub answered 404"}} {
		f := newFake(t)
		f.faults = []fault{{method: "POST", path: "/repos/o/r/issues", status: c.status, body: `{"message":"Resource not accessible by integration"}`}}
		_, err := f.client().SyncIssues(t.Context(), wanted(0.72, 1), Issues{})
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "t0ken") {
			t.Errorf("%d: %v", c.status, err)
		}
		if len(f.issues) != 0 {
			t.Error("an issue appeared")
		}
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	f := newFake(t)
	got, err := f.client().SyncIssues(t.Context(), wanted(0.72, 1), Issues{DryRun: true})
	if err != nil || acts(got) != "open 0" || len(f.changes()) != 0 {
		t.Errorf("%v, %v, %v", acts(got), err, f.changes())
	}
}

func TestConfiguration(t *testing.T) {
	good := Config{BaseURL: "https://api.github.com", Token: "t", Repository: "o/r", Clock: (&stopped{}).clock()}
	for _, change := range []func(*Config){
		func(c *Config) { c.Token = "" }, func(c *Config) { c.Repository = "o" }, func(c *Config) { c.Repository = "o/r/x" },
		func(c *Config) { c.Repository = "o/r?x" }, func(c *Config) { c.BaseURL = "api.github.com" }, func(c *Config) { c.BaseURL = "ftp://x" },
		func(c *Config) { c.BaseURL = "https://u:p@x.example" }, func(c *Config) { c.BaseURL = "https://x.example?a=b" }, func(c *Config) { c.Token = "a\nb" },
	} {
		bad := good
		change(&bad)
		if _, err := New(bad); err == nil {
			t.Errorf("%+v passed", bad)
		}
	}
	c, err := New(Config{BaseURL: "https://ghe.example.com/api/v3", Token: "t", Repository: "o/r", Clock: (&stopped{}).clock()})
	if err != nil || c.api.BaseURL.String() != "https://ghe.example.com/api/v3/" {
		t.Errorf("%v %v", c, err)
	}
}

// TestRunbooksOfIssues: each kind of issue links a section of docs/runbooks.md that is there.
func TestRunbooksOfIssues(t *testing.T) {
	page, err := os.ReadFile("../../docs/runbooks.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(string(page), -1) {
		sections[strings.ToLower(m[1])] = true
	}
	run := &Run{}
	for _, id := range []string{"stability_drop", "placeholder_streak", "breaking"} {
		run.State.Alerts = append(run.State.Alerts, report.Incident{Reason: id, Open: true, SHA: "aaaaaaa"})
	}
	alerts := Alerts(run)
	if len(alerts) != 3 {
		t.Fatalf("%d issues", len(alerts))
	}
	seen := map[string]bool{}
	for i := range alerts {
		m := regexp.MustCompile(`\[Runbook\]\(<https://github\.com/romel/govctl/blob/main/docs/runbooks\.md#([a-z]+)>\)`).FindStringSubmatch(alerts[i].Body())
		if m == nil || !sections[m[1]] || seen[m[1]] {
			t.Errorf("%s: %v\n%s", alerts[i].ID, m, alerts[i].Body())
			continue
		}
		seen[m[1]] = true
	}
}

// ofContracts are the breaking alerts of contracts, of which those named in open are open.
func ofContracts(open string, names ...string) []Alert {
	r := Run{Summary: report.Summary{SHA: "abc1234def", BreakingChangesCount: 9}}
	for i, name := range names {
		isOpen := strings.Contains(open, name)
		r.State.Alerts = append(r.State.Alerts, report.Incident{Contract: name, Reason: "breaking", Open: isOpen, Opened: 1, Since: report.At(epoch), SHA: "abc1234def"})
		r.Summary.Contracts = append(r.Summary.Contracts, report.ContractState{Name: name, BreakingChangesCount: i + 1})
	}
	return Alerts(&r)
}

// TestEachContractHasItsIssue: they do not touch each other, and each shows the figures of its contract.
func TestEachContractHasItsIssue(t *testing.T) {
	for _, names := range [][]string{{"a", "ab"}, {"ab", "a"}} {
		f := newFake(t)
		first := ofContracts(names[0], names...)
		first[1].Open = false
		if got := acts(f.sync(first)); got != "open 1, nothing 0" {
			t.Errorf("%v: one is open: %s", names, got)
		}
		for _, want := range []string{"nothing 1, open 2", "nothing 1, nothing 2"} {
			if got := acts(f.sync(ofContracts("a ab", names...))); got != want {
				t.Errorf("%v: both are open: %s, want %s", names, got, want)
			}
		}
		for i, name := range names {
			got := f.find(i + 1)
			if got.Title != "Breaking API changes detected: "+name+" (abc1234)" || !strings.Contains(got.Body, "- Contract: `"+name+"`\n") || !strings.Contains(got.Body, fmt.Sprintf("**%d**", i+1)) {
				t.Errorf("%s: %s\n%s", name, got.Title, got.Body)
			}
		}
		if got := acts(f.sync(ofContracts("", names...))); got != "close 1, close 2" {
			t.Errorf("%v: at the end: %s", names, got)
		}
	}
}

// TestTheIssueOfATimeWithoutContractsPassesOn: to the first contract that fails, and back where only one contract is left.
func TestTheIssueOfATimeWithoutContractsPassesOn(t *testing.T) {
	f := newFake(t)
	if got := acts(f.sync(ofContracts("b", "b"))); got != "open 1" || f.find(1).Title != "Breaking API changes detected (abc1234)" {
		t.Fatal(got)
	}
	if got := acts(f.sync(ofContracts("b", "a", "b"))); got != "nothing 0, update 1" || !strings.HasPrefix(f.find(1).Body, "<!-- govctl:alert=breaking contract=b -->\n") {
		t.Errorf("%s: %s", got, f.find(1).Body)
	}
	if got := acts(f.sync(ofContracts("b", "b"))); got != "update 1" || f.find(1).Title != "Breaking API changes detected (abc1234)" {
		t.Errorf("one is left: %s", got)
	}
	f.find(1).State, f.find(1).StateReason = "closed", "not_planned"
	if got := acts(f.sync(ofContracts("b", "a", "b"))); got != "nothing 0, declined 1" {
		t.Errorf("closed as not planned: %s", got)
	}
	f.find(1).State = "open"
	if got := acts(f.sync(ofContracts("", "a", "b"))); got != "close 1, nothing 0" {
		t.Errorf("nothing fails: %s", got)
	}
	hostile := ofContracts("x --> ", "x -->\n<!-- ", "x --> ")
	if got := hostile[1].markers[0]; got != "<!-- govctl:alert=breaking contract=x+--%3E+ -->" {
		t.Errorf("marker %s", got)
	}
}
