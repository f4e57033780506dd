package site

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// The most rows that the page shows at first and in all; the files behind it have the rest.
const (
	shownChanges = 200
	openChanges  = 20 // of them; the others are folded
	shownRuns    = 15
	shownWaivers = 50
	shownSteps   = 20 // of single contracts among several
)

// indexView is what the status page shows beside the page itself.
type indexView struct {
	Urgent     []notice // above the figures
	Mild       []notice // below them
	Tiles      []tile
	Fleet      *fleetView // of several contracts, instead of what follows
	Contracts  []contractView
	Alerts     *alertsView
	Waivers    []acceptance
	MoreWaived int
	Deliveries []parcel
	Steps      []stepView
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
	Missing         int           // runs until stability is evaluated
	Chart, Interval template.HTML // empty until then
	Changes         changeList
	Recent, Earlier []sample // newest first
	Budget          template.HTML
	Added, Removed  []report.Operation
	Changed         []report.ChangedOperation
	Deprecated      []report.Operation
	MoreOps         int
	SemverKind      string
}

// alertsView is the panel about alerts.
type alertsView struct {
	*Taxonomy
	Mix      stack
	Runbooks template.HTML
	Trends   []trend
	Missing  int // daily snapshots until a trend is drawn
}

func overview(p *Page) indexView {
	v := indexView{Tiles: tiles(p), Waivers: acceptances(p), Steps: stepViews(p)}
	v.MoreWaived = max(0, len(v.Waivers)-shownWaivers)
	v.Waivers = v.Waivers[:len(v.Waivers)-v.MoreWaived]
	v.Urgent, v.Mild = notices(p)
	if len(p.Contracts) > 1 {
		v.Fleet = fleet(p)
	} else {
		for i := range p.Contracts {
			c := viewOf(&p.Contracts[i], p.Repository)
			p.linkRuns(c.Recent)
			p.linkRuns(c.Earlier)
			v.Contracts = append(v.Contracts, c)
		}
	}
	all := parcels(p.Deliveries)
	v.Deliveries = all[:min(len(all), shownDeliveries)]
	if p.Milestones != nil {
		v.Milestones = milestoneBar(p.Milestones)
	}
	v.Evidence = evidenceViews(p)
	if t := p.Taxonomy; t != nil && t.Metrics != nil {
		v.Alerts = &alertsView{Taxonomy: t, Mix: severityMix(t.Metrics), Trends: trends(t.History),
			Runbooks: progress("Active alerts with a runbook", t.Metrics.RunbookCompletenessPercent.Rounded(), t.RunbookMin)}
		v.Alerts.Missing = leastDays
		if t.History != nil {
			v.Alerts.Missing = max(0, leastDays-len(t.History.History))
		}
	}
	return v
}

// stepView is a step of the run; where there are several contracts it may stand for the same step of many of them.
type stepView struct {
	report.Step
	Many int // contracts in which it had nothing to report
}

// stepViews are the steps of a run. Of several contracts those are put together that need no attention.
func stepViews(p *Page) []stepView {
	if len(p.Contracts) < 2 {
		all := make([]stepView, len(p.Summary.Steps))
		for i, s := range p.Summary.Steps {
			all[i].Step = s
		}
		return all
	}
	var all []stepView
	calm := map[string]int{} // by name and status
	loud := 0
	for _, s := range p.Summary.Steps {
		name, _, ofContract := strings.Cut(s.Name, " ")
		quiet := s.Status == "ok" || s.Status == "skipped"
		if !ofContract {
			all = append(all, stepView{Step: s})
			continue
		}
		if !quiet {
			if loud++; loud <= shownSteps {
				all = append(all, stepView{Step: s})
				continue
			}
			s.Reason = "see the pages of the contracts"
		} else {
			s.Reason = ""
		}
		key := name + " " + s.Status
		i, known := calm[key]
		if !known {
			i = len(all)
			calm[key] = i
			s.Name = name
			all = append(all, stepView{Step: s})
		}
		all[i].Many++
	}
	return all
}

func viewOf(c *Contract, repository string) contractView {
	v := contractView{Contract: c, Missing: c.missing(), SemverKind: "none"}
	if v.Missing == 0 {
		v.Chart, v.Interval = runChart(c), interval(c)
	}
	if c.Diff != nil {
		v.Changes = listed(c.Diff, repository)
	}
	if c.Semver != nil {
		v.SemverKind = semverKinds[c.Semver.Status]
	}
	all := samples(c.Runs, c.Window)
	if len(all) == 1 && c.Diff != nil {
		all[0].First = c.Diff.FirstRun
	}
	for i := len(all) - 1; i >= 0; i-- {
		if len(v.Recent) < shownRuns {
			v.Recent = append(v.Recent, all[i])
		} else {
			v.Earlier = append(v.Earlier, all[i])
		}
	}
	if s := c.Stability; s != nil && v.Missing == 0 && s.Extensions.Budget.AllowedBreakingRuns > 0 {
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
	all := []tile{breakingTile(p), semverTile(p), stabilityTile(p), operationsTile(p)}
	if len(p.Contracts) > 1 {
		all[1] = attentionTile(p)
	}
	if t := p.Taxonomy; t != nil && t.Metrics != nil {
		m := t.Metrics
		runbooks := tile{Label: "Runbooks", Value: percent(m.RunbookCompletenessPercent.Rounded()), Kind: grade(m.RunbookCompletenessPercent.Rounded(), t.RunbookMin, t.RunbookMin/2),
			Note: fmt.Sprintf("%d of %s", m.RunbooksComplete, plural(m.ActiveAlerts, "active alert"))}
		if m.ActiveAlerts == 0 {
			runbooks.Value, runbooks.Kind, runbooks.Note = "none", "none", "no active alert"
		}
		all = append(all, runbooks)
	}
	if m := p.Milestones; m != nil {
		one := tile{Label: "Milestones", Value: fmt.Sprintf("%d of %d", m.ByStatus["done"], len(m.Items)), Kind: "plain", Note: "done"}
		if len(m.Items) == 0 {
			one.Value, one.Kind, one.Note = "none", "none", "the list is empty"
		}
		all = append(all, one)
	}
	return all
}

// attentionTile is how many of several contracts need attention.
func attentionTile(p *Page) tile {
	n := 0
	for _, r := range rowsOf(p) {
		if r.rank < passedRank {
			n++
		}
	}
	t := tile{Label: "Need attention", Value: grouped(n), Kind: "ok", Note: "of " + plural(len(p.Contracts), "contract")}
	switch {
	case blank(p) || firstRun(p):
		t.Kind = "plain"
	case n > 0 && !p.Summary.Passed:
		t.Kind = "bad"
	case n > 0:
		t.Kind = "warn"
	}
	return t
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
	t := tile{Label: "Stable runs", Kind: "none", Live: "stability"}
	switch {
	case blank(p):
		t.Value = "unknown"
		return t
	case p.Summary.Placeholder && !measured(p):
		t.Value, t.Note = "not measured", "for "+plural(p.Summary.PlaceholderStreak, "run")
		return t
	}
	n, least := toEvaluate(p)
	if n > 0 {
		t.Value, t.Live, t.Note = "not evaluated yet", "", plural(n, "more run")+" until then"
		if n > 1 {
			t.Note = fmt.Sprintf("%d more runs until then", n)
		}
		return t
	}
	ratio := p.Summary.StabilityRatio.Rounded()
	if least != nil {
		ratio = least.Stability.WindowStabilityRatio.Rounded()
	}
	t.Value, t.Kind = percent(100*ratio), grade(ratio, good, 0)
	for _, c := range p.Contracts {
		if ratio < c.Threshold {
			t.Kind = "bad"
		}
	}
	switch {
	case least != nil && len(p.Contracts) == 1:
		t.Note = fmt.Sprintf("%d of the last %d", least.Stability.WindowStableCount, least.Stability.WindowTotalCount)
	case least != nil:
		t.Label, t.Note, t.Live = "Least stable", least.Name, ""
	}
	return t
}

// toEvaluate is the least stable contract of those that have enough runs, and where there is none, how many runs are missing.
func toEvaluate(p *Page) (missing int, least *Contract) {
	for i := range p.Contracts {
		c := &p.Contracts[i]
		if c.Stability == nil {
			continue
		}
		switch n := c.missing(); {
		case n > 0 && (missing == 0 || n < missing):
			missing = n
		case n > 0:
		case least == nil || c.Stability.WindowStabilityRatio < least.Stability.WindowStabilityRatio:
			least = c
		}
	}
	if least != nil {
		return 0, least
	}
	return missing, nil
}

func operationsTile(p *Page) tile {
	s := &p.Summary
	t := tile{Label: "Operations", Value: fmt.Sprintf("+%d \u2212%d", s.OperationsAdded, s.OperationsRemoved), Kind: "plain", Live: "operations", Note: "added and removed, of " + grouped(operations(p))}
	if p.Only != "" {
		t.Live = "" // the summary has them for all contracts together
	}
	classified := slices.ContainsFunc(p.Contracts, func(c Contract) bool { return c.Operations != nil })
	switch {
	case !classified:
		t.Value, t.Kind, t.Note = "unknown", "none", "nothing was compared"
	case firstRun(p):
		t.Value, t.Live, t.Note = grouped(operations(p)), "", "in all"
	case s.OperationsRemoved > 0:
		t.Kind = "warn"
	}
	return t
}

// operations is how many operations the contracts describe now.
func operations(p *Page) (n int) {
	for _, c := range p.Contracts {
		if c.Operations != nil {
			n += c.Operations.Counts.TotalNew
		}
	}
	return n
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
		t.Value, t.Kind, t.Live, t.Note = "unknown", "none", "", "nothing to compare with yet"
	case p.Summary.BreakingChangesCount > 0:
		t.Kind = "bad"
		t.Note = fmt.Sprintf("%d confirmed by an example", proved)
	default:
		t.Note = "in this run"
	}
	if waived > 0 {
		t.Note += fmt.Sprintf(", %d accepted", waived)
	}
	return t
}

func semverTile(p *Page) tile {
	t := tile{Label: "Version policy", Value: p.Summary.SemverPolicyStatus, Kind: semverKinds[p.Summary.SemverPolicyStatus], Live: "semver"}
	if t.Kind == "" {
		t.Kind, t.Value = "none", "unknown"
	}
	if firstRun(p) && !blank(p) {
		t.Value, t.Kind, t.Live = "not checked yet", "none", ""
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
