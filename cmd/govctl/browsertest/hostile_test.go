//go:build browser

package browsertest

import (
	"fmt"

	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// evil ends every context that a page could put it in, and then runs something or turns the text around.
const evil = "</script></style></title></textarea><script>window.pwned=1;alert(1)</script><img src=x onerror=window.pwned=2><svg onload=window.pwned=3>\"'` onmouseover=window.pwned=4 javascript:window.pwned=5" +
	" <iframe srcdoc='<script>parent.pwned=6</script>'></iframe>{{.}}${window.pwned=7} \u202etxt.exe\u2066\u200f\x1b]0;x\x07 <!-- &lt;script&gt;"

func hostile() *site.Page {
	p := filled(evil)
	for _, address := range []string{"javascript:window.pwned=8", "JaVaScRiPt:window.pwned=9", "data:text/html,<script>parent.pwned=10</script>", "//evil.example/x", " javascript:window.pwned=11", "java\tscript:window.pwned=12"} {
		p.Taxonomy.Alerts = append(p.Taxonomy.Alerts, report.Alert{Alert: address, ID: address, Severity: "high", Runbook: address, RunbookComplete: true})
		p.Taxonomy.Changelog = append(p.Taxonomy.Changelog, fmt.Sprintf("\n- [%s](<%s>) ![x](<%s>) <a href=\"%s\">x</a>\n", "link", address, address, address)...)
	}
	return p
}

// filled is a page of which every text is s.
func filled(s string) *site.Page {
	p := trouble()
	p.Title, p.Repository, p.RunURL, p.Site = s, s, s, s
	p.Summary.SHA, p.Summary.Version, p.Summary.Headline = s, s, s
	p.Summary.Steps = []report.Step{{Name: s, Status: "failed", Reason: s}, {Name: s, Status: s, Reason: s}}
	op := report.Operation{Method: s, Path: s}
	c := &p.Contracts[0]
	c.Name = s
	c.Diff.Headline, c.Diff.New.Title, c.Diff.New.Version, c.Diff.New.SHA256 = s, s, s, s
	c.Diff.Changes = []report.Finding{{Rule: s, Level: report.Error, Breaking: true, Kind: s, Message: s, Hint: s, Migration: s, New: &report.Place{File: s, Line: 3, Column: 4}, Operations: []report.Operation{op, op},
		Witness: &report.Witness{Value: report.Raw(fmt.Sprintf("%q", s)), AcceptedBy: "old", Refusal: s, Curl: s, ConfirmedBy: []string{s}}},
		{Rule: s, Message: s, Level: report.Warning, Waiver: &report.Waiver{Reason: s, Owner: s, Expires: s, Ticket: s}}}
	c.Semver = &report.Semver{Status: s, CurrentVersion: s, PreviousVersion: s, Scheme: s, Messages: []string{s}, Recommendations: []string{s}, ExpectedVersion: s}
	c.Operations = &report.Operations{Added: []report.Operation{op}, Removed: []report.Operation{op}, Deprecated: []report.Operation{op}, Changed: []report.ChangedOperation{{Method: s, Path: s}}}
	c.Stability.Extensions.Anomaly, c.Stability.Extensions.AnomalyReason = true, s
	c.Stability.Extensions.SkippedLines[0].Reason = s
	for i := range c.Runs {
		c.Runs[i].SHA, c.Runs[i].Version, c.Runs[i].RunID = s, s, s
	}
	t := p.Taxonomy
	for i := range t.Alerts {
		a := &t.Alerts[i]
		a.Alert, a.ID, a.Severity, a.Scope, a.Category, a.Description, a.For, a.Runbook, a.Owner, a.ReplacedBy, a.DeprecatedSince = s, s, s, s, s, s, s, s, s, s, s
	}
	t.Metrics.ActiveSeverityCounts, t.Metrics.HistoryNote = map[string]int{s: 3, "high": 2}, s
	t.Metrics.RunbookSLA.Open = []report.OpenRunbook{{Name: s}}
	t.Gates.Gates[0] = report.Gate{Name: s, Status: s, Message: s}
	t.Lint.Missing = []string{s}
	t.Diff.Added[0].Alert, t.Diff.Added[0].Severity, t.Diff.Added[0].Group, t.Diff.Bulk = s, s, s, s
	t.Changelog = []byte("# " + s + "\n\n" + s + "\n")
	p.Milestones.Items[0].Title = s
	p.Deliveries[1].Host, p.Deliveries[1].Error, p.Deliveries[0].Reasons, p.Deliveries[1].LastStatus = s, s, []string{s}, 0
	for i := range p.Badges {
		p.Badges[i].Label, p.Badges[i].Message = s, s
	}
	return p
}
