package github

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// Run is what the issues are written from.
type Run struct {
	Summary         report.Summary
	State           report.AlertState
	Breaking        *report.Breaking // nil: only the count is known
	Threshold       float64          // of the stability ratio
	PageURL, RunURL string
}

// Alert is one alert as an issue: wanted while Open, closed with the reason Why afterwards.
type Alert struct {
	ID      string
	Prefix  string // of its title, by which issues of the original tools are found
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
}

// kind is a row of the table of alert issues.
type kind struct {
	id, prefix    string
	labels        []string
	title         func(r *Run, a *report.Incident) string
	lines         func(r *Run, a *report.Incident) []string
	causes, steps []string
	runbook       string // its section in docs/runbooks.md
}

// runbooks is where the runbooks are published.
const runbooks = "https://github.com/romel/govctl/blob/main/docs/runbooks.md#"

func kinds() []kind {
	return []kind{
		{"stability_drop", "API stability degradation alert", []string{"api-stability", "automated", "alert"},
			func(r *Run, _ *report.Incident) string {
				return fmt.Sprintf("API stability degradation alert (ratio %.2f)", r.Summary.StabilityRatio.Rounded())
			}, stabilityLines,
			[]string{"Breaking changes reached several of the latest runs.", "Runs that could not be measured count as not stable."},
			[]string{"Look at the breaking changes of the latest runs on the status page.", "Check that the version number matched each of them.", "Group the breaking changes that remain, or hold them back for the next major version.", "The alert closes by itself once the ratio is back at the threshold."},
			"govctlstabilitydrop",
		},
		{"placeholder_streak", "Placeholder metrics streak alert", []string{"api-stability", "automated", "placeholder-streak"},
			func(r *Run, _ *report.Incident) string {
				return fmt.Sprintf("Placeholder metrics streak alert (streak %d)", r.Summary.PlaceholderStreak)
			}, streakLines,
			[]string{"The contract could not be exported, read or compared.", "A dependency or download failed before the metrics were made.", "The workflow may not write to the branch of the artifacts."},
			[]string{"Open the log of the latest failed run.", "Find the first step that failed; the metrics are made after the export and the diff.", "Look at the reason in `stability-metrics.json`.", "Check that the branch of the artifacts moved.", "Run the failed job again with debug logging.", "After the repair, see the streak go back to 0 on the next run."},
			"govctlplaceholderstreak",
		},
		{"breaking", "Breaking API changes detected", []string{"api-breaking", "automated"},
			func(_ *Run, a *report.Incident) string {
				return fmt.Sprintf("Breaking API changes detected (%s)", a.SHA[:min(len(a.SHA), 7)])
			}, breakingLines,
			[]string{"The contract was changed in a way that existing callers notice."},
			[]string{"Decide for each change: revert it, waive it with a reason and an end date, or raise the major version.", "Notify the clients that are affected.", "The alert closes by itself with the next change that breaks nothing."},
			"govctlbreakingchange",
		},
	}
}

func stabilityLines(r *Run, _ *report.Incident) []string {
	return []string{
		fmt.Sprintf("Stability ratio of the window: **%.2f** (threshold %.2f)", r.Summary.StabilityRatio.Rounded(), r.Threshold),
		fmt.Sprintf("Breaking changes in the latest run: %d", r.Summary.BreakingChangesCount),
		"Version policy: " + sanitize.Code(r.Summary.SemverPolicyStatus),
	}
}

func streakLines(r *Run, _ *report.Incident) []string {
	return []string{fmt.Sprintf("Consecutive runs without metrics: **%d**", r.Summary.PlaceholderStreak)}
}

// maxListed bounds the changes that an issue lists.
const maxListed = 50

func breakingLines(r *Run, a *report.Incident) []string {
	lines := []string{"Commit: " + sanitize.Code(a.SHA)}
	if a.Version != "" {
		lines = append(lines, "Version: "+sanitize.Code(a.Version))
	}
	if r.Breaking == nil || a.SHA != r.Summary.SHA {
		return append(lines, fmt.Sprintf("Breaking changes: **%d**", r.Summary.BreakingChangesCount))
	}
	lines = append(lines, fmt.Sprintf("Breaking changes: **%d**", r.Breaking.Total))
	for i, c := range r.Breaking.Changes {
		if i == maxListed {
			return append(lines, fmt.Sprintf("and %d more", len(r.Breaking.Changes)-i))
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", sanitize.Code(c.Rule), sanitize.Code(c.Operation), sanitize.Cut(sanitize.Markdown(c.Text), 500)))
	}
	return lines
}

// Alerts are the issues that a run asks for, in a fixed order.
func Alerts(r *Run) []Alert {
	var list []Alert
	for _, k := range kinds() {
		for i := range r.State.Alerts {
			in := &r.State.Alerts[i]
			if in.Reason != k.id {
				continue
			}
			list = append(list, Alert{
				ID: k.id, Prefix: k.prefix, Title: sanitize.Line(k.title(r, in)), Labels: k.labels, Lines: k.lines(r, in), Causes: k.causes, Steps: k.steps,
				Links: links(runbooks+k.runbook, r.PageURL, r.RunURL), Open: in.Open, Episode: in.Opened, Since: in.Since, Why: in.Why,
			})
		}
	}
	return list
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

// marker is the first line of an issue's body; nothing that is quoted further down can take its place.
func (a *Alert) marker() string { return "<!-- govctl:alert=" + a.ID + " -->" }

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
	fmt.Fprintf(&b, "%s\n%s\n\n", a.marker(), a.stamp())
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
