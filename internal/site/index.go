package site

import (
	"fmt"
	"html/template"
	"path"
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// The most rows that the page shows at first and in all; the files behind it have the rest.
const (
	shownChanges = 200
	openChanges  = 20 // of them; the others are folded
	shownRuns    = 15
	shownNames   = 12
)

// indexView is what the status page shows beside the page itself.
type indexView struct {
	Urgent     []notice // above the figures
	Mild       []notice // below them
	Tiles      []tile
	Badges     []Badge // those of the whole
	Contracts  []contractView
	Alerts     *alertsView
	Waivers    []acceptance
	Deliveries []parcel
	Milestones stack
	Evidence   []evidenceView
}

// good is the share of stable runs that looks well, as on the badge of the original.
const good = 0.95

// tile is one figure at the top of the page.
type tile struct {
	Label, Value, Note, Kind string
	Live                     string // key of governance-summary.json that a script keeps up to date
}

// contractView is one contract with what is drawn for it.
type contractView struct {
	*Contract
	Badges               []Badge // of this contract alone, where there are several
	Chart                template.HTML
	Changes, Folded      []report.Finding
	MoreChanges          int
	Recent, Earlier      []sample // newest first
	Budget               template.HTML
	Added, Removed       []report.Operation
	Changed              []report.ChangedOperation
	Deprecated           []report.Operation
	MoreOps              int
	SemverKind, Headline string
}

// alertsView is the panel about alerts.
type alertsView struct {
	*Taxonomy
	Mix      stack
	Runbooks template.HTML
	Trends   []trend
	Days     int // of history
}

func overview(p *Page) indexView {
	v := indexView{Tiles: tiles(p), Waivers: acceptances(p)}
	v.Urgent, v.Mild = notices(p)
	for i := range p.Contracts {
		c := viewOf(&p.Contracts[i])
		c.Badges = within(p.Badges, c.Name)
		v.Contracts = append(v.Contracts, c)
	}
	v.Badges = within(p.Badges, ".")
	all := parcels(p.Deliveries)
	v.Deliveries = all[:min(len(all), shownDeliveries)]
	if p.Milestones != nil {
		v.Milestones = milestoneBar(p.Milestones)
	}
	v.Evidence = evidenceViews(p)
	if t := p.Taxonomy; t != nil && t.Metrics != nil {
		v.Alerts = &alertsView{Taxonomy: t, Mix: severityMix(t.Metrics), Trends: trends(t.History),
			Runbooks: progress("Active alerts with a runbook", t.Metrics.RunbookCompletenessPercent.Rounded(), t.RunbookMin)}
		if t.History != nil {
			v.Alerts.Days = len(t.History.History)
		}
	}
	return v
}

// within are the badges of one folder of the site.
func within(all []Badge, folder string) []Badge {
	return slices.DeleteFunc(slices.Clone(all), func(b Badge) bool { return path.Dir(b.File) != folder })
}

func viewOf(c *Contract) contractView {
	v := contractView{Contract: c, Chart: runChart(c), SemverKind: "none"}
	if c.Diff != nil {
		v.Changes = c.Diff.Changes[:min(len(c.Diff.Changes), shownChanges)]
		for i := range c.Diff.Changes[len(v.Changes):] {
			v.MoreChanges += c.Diff.Changes[len(v.Changes)+i].Count()
		}
		if len(v.Changes) > openChanges {
			v.Changes, v.Folded = v.Changes[:openChanges], v.Changes[openChanges:]
		}
		v.Headline = c.Diff.Headline
	}
	if c.Semver != nil {
		v.SemverKind = semverKinds[c.Semver.Status]
	}
	all := samples(c.Runs, c.Window)
	for i := len(all) - 1; i >= 0; i-- {
		if len(v.Recent) < shownRuns {
			v.Recent = append(v.Recent, all[i])
		} else {
			v.Earlier = append(v.Earlier, all[i])
		}
	}
	if s := c.Stability; s != nil && s.Extensions.Budget.AllowedBreakingRuns > 0 {
		b := s.Extensions.Budget
		v.Budget = spent(b)
	}
	if o := c.Operations; o != nil && c.Diff != nil && !c.Diff.FirstRun {
		const most = 15
		v.Added, v.Removed = o.Added[:min(len(o.Added), most)], o.Removed[:min(len(o.Removed), most)]
		v.Changed, v.Deprecated = o.Changed[:min(len(o.Changed), most)], o.Deprecated[:min(len(o.Deprecated), most)]
		v.MoreOps = o.Counts.Added + o.Counts.Removed + o.Counts.Changed + o.Counts.Deprecated - len(v.Added) - len(v.Removed) - len(v.Changed) - len(v.Deprecated)
	}
	return v
}

// spent draws the budget as one box for each breaking run that the window allows; those beyond are drawn too.
func spent(b report.Budget) template.HTML {
	const most = 40
	n := min(max(b.AllowedBreakingRuns, b.Used), most)
	d := begin("budget", float64(n)*14, 12, fmt.Sprintf("%d of %s used", b.Used, plural(b.AllowedBreakingRuns, "allowed breaking run")))
	for i := range n {
		class := "rest"
		switch {
		case i < b.Used && i >= b.AllowedBreakingRuns:
			class = "over"
		case i < b.Used:
			class = "used"
		}
		d.tag("rect", class, "", "x", float64(i)*14, "y", 0.0, "width", 11.0, "height", 12.0, "rx", 2.0)
	}
	return d.end()
}

var semverKinds = map[string]string{"ok": "ok", "warn": "warn", "fail": "bad"}

// tiles are the figures that answer before a reader scrolls.
func tiles(p *Page) []tile {
	all := []tile{stabilityTile(p), breakingTile(p), semverTile(p)}
	if len(p.Contracts) == 1 && p.Contracts[0].Stability != nil {
		m := p.Contracts[0].Stability
		all = append(all, tile{Label: "Score of this run", Value: number(m.Score), Note: "mean of the window " + number(m.WindowMeanScore), Kind: grade(m.Score.Rounded(), 75, 50)})
	}
	all = append(all, operationsTile(p))
	if t := p.Taxonomy; t != nil && t.Metrics != nil {
		m := t.Metrics
		all = append(all, tile{Label: "Runbooks", Value: percent(m.RunbookCompletenessPercent.Rounded()), Kind: grade(m.RunbookCompletenessPercent.Rounded(), t.RunbookMin, t.RunbookMin/2),
			Note: fmt.Sprintf("%d of %s", m.RunbooksComplete, plural(m.ActiveAlerts, "active alert"))})
	}
	if m := p.Milestones; m != nil {
		all = append(all, tile{Label: "Milestones", Value: percent(m.Totals.Percent.Rounded()), Kind: "plain", Note: fmt.Sprintf("%d of %d done", m.ByStatus["done"], len(m.Items))})
	}
	return all
}

// grade is the kind of a value where more is better.
func grade(v, well, fair float64) string {
	switch {
	case v >= well:
		return "ok"
	case v >= fair:
		return "warn"
	}
	return "bad"
}

func stabilityTile(p *Page) tile {
	t := tile{Label: "Stable runs", Live: "stability"}
	switch {
	case blank(p):
		t.Value, t.Kind = "unknown", "none"
		return t
	case p.Summary.Placeholder && !measured(p):
		t.Value, t.Kind, t.Note = "not measured", "none", "for "+plural(p.Summary.PlaceholderStreak, "run")
		return t
	}
	ratio := p.Summary.StabilityRatio.Rounded()
	t.Value, t.Kind = percent(100*ratio), grade(ratio, good, 0)
	for _, c := range p.Contracts {
		if ratio < c.Threshold {
			t.Kind = "bad"
		}
	}
	if len(p.Contracts) == 1 && p.Contracts[0].Stability != nil {
		e := p.Contracts[0].Stability.Extensions
		t.Note = fmt.Sprintf("95%s%% interval %.0f to %s", space, 100*e.WilsonLow.Rounded(), percent(float64(int(100*e.WilsonHigh.Rounded()+0.5))))
	} else if len(p.Contracts) > 1 {
		t.Note = "the least stable contract"
		if p.Summary.Placeholder {
			t.Note = "the least stable contract of those measured"
		}
	}
	return t
}

func operationsTile(p *Page) tile {
	s := &p.Summary
	t := tile{Label: "Operations", Value: fmt.Sprintf("+%d \u2212%d", s.OperationsAdded, s.OperationsRemoved), Kind: "plain", Live: "operations", Note: "added and removed"}
	classified := slices.ContainsFunc(p.Contracts, func(c Contract) bool { return c.Operations != nil })
	switch {
	case !classified:
		t.Value, t.Kind, t.Note = "unknown", "none", "nothing was compared"
	case s.OperationsRemoved > 0:
		t.Kind = "warn"
	}
	return t
}

func breakingTile(p *Page) tile {
	t := tile{Label: "Breaking changes", Value: grouped(p.Summary.BreakingChangesCount), Kind: "ok", Live: "breaking"}
	proved, waived, compared := 0, 0, false
	for _, c := range p.Contracts {
		if c.Diff != nil {
			compared = true
			proved += c.Diff.Totals.Proved
			waived += c.Diff.Totals.Waived
		}
	}
	switch {
	case !compared:
		t.Value, t.Kind, t.Note = "unknown", "none", "nothing was compared"
	case firstRun(p):
		t.Kind, t.Note = "plain", "nothing to compare with yet"
	case p.Summary.BreakingChangesCount > 0:
		t.Kind = "bad"
		t.Note = fmt.Sprintf("%d confirmed by an example", proved)
	default:
		t.Note = "in this run"
	}
	if waived > 0 {
		t.Note += fmt.Sprintf(", %d waived", waived)
	}
	return t
}

func semverTile(p *Page) tile {
	t := tile{Label: "Version policy", Value: p.Summary.SemverPolicyStatus, Kind: semverKinds[p.Summary.SemverPolicyStatus], Live: "semver"}
	if t.Kind == "" {
		t.Kind, t.Value = "none", "unknown"
	}
	if len(p.Contracts) == 1 && p.Contracts[0].Semver != nil {
		v := p.Contracts[0].Semver
		t.Note = v.CurrentVersion
		if v.PreviousVersion != "" && v.PreviousVersion != v.CurrentVersion {
			t.Note = v.PreviousVersion + " \u2192 " + v.CurrentVersion
		}
	}
	return t
}
