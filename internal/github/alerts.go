package github

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// Run is what the issues are written from.
type Run struct {
	Summary         report.Summary
	State           report.AlertState
	Breaking        map[string]*report.Breaking // by contract; of one that is not in it only the count is known
	Threshold       float64                     // of the stability ratio
	PageURL, RunURL string
}

// of are the figures of a run about the contract of an alert. A run over one contract has them in its summary.
func (r *Run) of(contract string) report.ContractState {
	s := &r.Summary
	for i := range s.Contracts {
		if s.Contracts[i].Name == contract {
			return s.Contracts[i]
		}
	}
	return report.ContractState{Name: contract, StabilityRatio: s.StabilityRatio, PlaceholderStreak: s.PlaceholderStreak,
		BreakingChangesCount: s.BreakingChangesCount, SemverPolicyStatus: s.SemverPolicyStatus}
}

// breaking is what breaks in the contract of an alert. Early states do not name the only contract.
func (r *Run) breaking(contract string) *report.Breaking {
	for name, one := range r.Breaking {
		if name == contract || len(r.Breaking) == 1 {
			return one
		}
	}
	return nil
}

// several reports a state with alerts of more than one contract.
func (r *Run) several() bool {
	all := r.State.Alerts
	return slices.ContainsFunc(all, func(a report.Incident) bool { return a.Contract != all[0].Contract })
}

// Alert is one alert as an issue: wanted while Open, closed with the reason Why afterwards.
type Alert struct {
	ID      string // with the name of the contract, where the project has several
	Prefix  string // of its title, by which issues of the original tools are found; empty where another contract inherits them
	Title   string
	Labels  []string
	Lines   []string // the facts, in Markdown; when they change, people are told
	Causes  []string
	Steps   []string // remediation
	Links   []string
	Open    bool
	Episode int
	Since   report.Time
	Why     string

	markers []string // the first lines by which its issues are found; the first of them is what a new one gets
}

// kind is a row of the table of alert issues.
type kind struct {
	id, prefix    string
	labels        []string
	fact          func(c *report.ContractState, a *report.Incident) string // what the title says beside the prefix
	lines         func(r *Run, c *report.ContractState, a *report.Incident) []string
	causes, steps []string
	runbook       string // its section in docs/runbooks.md
}

// runbooks is where the runbooks are published.
const runbooks = "https://github.com/romel/govctl/blob/main/docs/runbooks.md#"

func kinds() []kind {
	return []kind{
		{"stability_drop", "API stability degradation alert", []string{"api-stability", "automated", "alert"},
			func(c *report.ContractState, _ *report.Incident) string {
				return fmt.Sprintf("ratio %.2f", c.StabilityRatio.Rounded())
			}, stabilityLines,
			[]string{"Breaking changes reached several of the latest runs.", "Runs that could not be measured count as not stable."},
			[]string{"Look at the breaking changes of the latest runs on the status page.", "Check that the version number matched each of them.", "Group the breaking changes that remain, or hold them back for the next major version.", "The alert closes by itself once the ratio is back at the threshold."},
			"govctlstabilitydrop",
		},
		{"placeholder_streak", "Placeholder metrics streak alert", []string{"api-stability", "automated", "placeholder-streak"},
			func(c *report.ContractState, _ *report.Incident) string {
				return fmt.Sprintf("streak %d", c.PlaceholderStreak)
			}, streakLines,
			[]string{"The contract could not be exported, read or compared.", "A dependency or download failed before the metrics were made.", "The workflow may not write to the branch of the artifacts."},
			[]string{"Open the log of the latest failed run.", "Find the first step that failed; the metrics are made after the export and the diff.", "Look at the reason in `stability-metrics.json`.", "Check that the branch of the artifacts moved.", "Run the failed job again with debug logging.", "After the repair, see the streak go back to 0 on the next run."},
			"govctlplaceholderstreak",
		},
		{"breaking", "Breaking API changes detected", []string{"api-breaking", "automated"},
			func(_ *report.ContractState, a *report.Incident) string { return a.SHA[:min(len(a.SHA), 7)] }, breakingLines,
			[]string{"The contract was changed in a way that existing callers notice."},
			[]string{"Decide for each change: revert it, waive it with a reason and an end date, or raise the major version.", "Notify the clients that are affected.", "The alert closes by itself with the next change that breaks nothing."},
			"govctlbreakingchange",
		},
	}
}

func stabilityLines(r *Run, c *report.ContractState, _ *report.Incident) []string {
	return []string{
		fmt.Sprintf("Stability ratio of the window: **%.2f** (threshold %.2f)", c.StabilityRatio.Rounded(), r.Threshold),
		fmt.Sprintf("Breaking changes in the latest run: %d", c.BreakingChangesCount),
		"Version policy: " + sanitize.Code(c.SemverPolicyStatus),
	}
}

func streakLines(_ *Run, c *report.ContractState, _ *report.Incident) []string {
	return []string{fmt.Sprintf("Consecutive runs without metrics: **%d**", c.PlaceholderStreak)}
}

// maxListed bounds the changes that an issue lists.
const maxListed = 50

func breakingLines(r *Run, c *report.ContractState, a *report.Incident) []string {
	lines := []string{"Commit: " + sanitize.Code(a.SHA)}
	if a.Version != "" {
		lines = append(lines, "Version: "+sanitize.Code(a.Version))
	}
	found := r.breaking(a.Contract)
	if found == nil || a.SHA != r.Summary.SHA {
		return append(lines, fmt.Sprintf("Breaking changes: **%d**", c.BreakingChangesCount))
	}
	lines = append(lines, fmt.Sprintf("Breaking changes: **%d**", found.Total))
	for i, c := range found.Changes {
		if i == maxListed {
			return append(lines, fmt.Sprintf("and %d more", len(found.Changes)-i))
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", sanitize.Code(c.Rule), sanitize.Code(c.Operation), sanitize.Cut(sanitize.Markdown(c.Text), 500)))
	}
	return lines
}

// Alerts are the issues that a run asks for, in a fixed order: of several contracts, each has its own.
func Alerts(r *Run) []Alert {
	var list []Alert
	for _, k := range kinds() {
		heir := k.heir(r)
		for i := range r.State.Alerts {
			if in := &r.State.Alerts[i]; in.Reason == k.id {
				list = append(list, k.alert(r, in, i == heir))
			}
		}
	}
	return list
}

// heir is the alert that the issue of a time without contracts passes to: the first that is open, else the first.
func (k *kind) heir(r *Run) int {
	all := r.State.Alerts
	open := slices.IndexFunc(all, func(a report.Incident) bool { return a.Reason == k.id && a.Open })
	if open >= 0 {
		return open
	}
	return slices.IndexFunc(all, func(a report.Incident) bool { return a.Reason == k.id })
}

func (k *kind) alert(r *Run, in *report.Incident, heir bool) Alert {
	c := r.of(in.Contract)
	title := k.prefix
	a := Alert{
		ID: k.id, Labels: k.labels, Lines: k.lines(r, &c, in), Causes: k.causes, Steps: k.steps,
		Links: links(runbooks+k.runbook, r.PageURL, r.RunURL), Open: in.Open, Episode: in.Opened, Since: in.Since, Why: in.Why,
	}
	alone, named := k.marker(""), k.marker(in.Contract)
	switch {
	case !r.several():
		a.markers = []string{alone, named}
	case heir:
		a.markers = []string{named, alone}
	default:
		a.markers = []string{named}
	}
	if heir {
		a.Prefix = k.prefix
	}
	if r.several() {
		a.ID += " " + sanitize.Line(in.Contract)
		title += ": " + in.Contract
		a.Lines = append([]string{"Contract: " + sanitize.Code(in.Contract)}, a.Lines...)
	}
	a.Title = sanitize.Line(title + " (" + k.fact(&c, in) + ")")
	return a
}

// marker is the first line of an issue's body; nothing that is quoted further down can take its place.
func (k *kind) marker(contract string) string {
	if contract != "" {
		contract = " contract=" + url.QueryEscape(contract)
	}
	return "<!-- govctl:alert=" + k.id + contract + " -->"
}

// links are the ways to the runbook, to the status page and to the workflow run, as far as they are web addresses.
func links(runbook, page, run string) (list []string) {
	for _, link := range []string{sanitize.Link("Runbook", runbook), sanitize.Link("Status page", page), sanitize.Link("Workflow run", run)} {
		if link != "" {
			list = append(list, link)
		}
	}
	return list
}

// marked reports whether the body of an issue is about the alert.
func (a *Alert) marked(body string) bool {
	return slices.ContainsFunc(a.markers, func(m string) bool { return strings.HasPrefix(body, m) })
}

// facts is a digest of what people should hear about.
func (a *Alert) facts() string {
	sum := sha256.Sum256([]byte(a.Title + "\n" + strings.Join(a.Lines, "\n")))
	return hex.EncodeToString(sum[:8])
}

// stamp is the second line: which episode the issue is about, and the facts that it shows.
func (a *Alert) stamp() string {
	return fmt.Sprintf("<!-- govctl:episode=%d facts=%s -->", a.Episode, a.facts())
}

// Body is the text of the issue.
func (a *Alert) Body() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", a.markers[0], a.stamp())
	for _, line := range a.Lines {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	b.WriteString("\n**Common causes**\n\n")
	for _, c := range a.Causes {
		fmt.Fprintf(&b, "- %s\n", c)
	}
	b.WriteString("\n**What to do**\n\n")
	for i, s := range a.Steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, s)
	}
	if len(a.Links) > 0 {
		b.WriteString("\n" + strings.Join(a.Links, " | ") + "\n")
	}
	return sanitize.Fit(b.String(), maxBody, sanitize.Characters)
}
