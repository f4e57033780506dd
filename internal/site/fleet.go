package site

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// fleetRow is one contract in the table of several.
type fleetRow struct {
	Name, Href       string
	State, Kind      string // a word to filter by, and its colour
	Version, Require string // what it is, and what it must be at least
	Breaks, Accepted int
	Share, Spark     string // of the stable runs
	Changed, Owner   string
	Next             string // what to do, in a sentence
	rank             int
}

// fleetStates are the states of a contract by the word of its verdict, what needs attention first.
var fleetStates = []struct{ word, state, next string }{
	{"Failed", "failed", ""},
	{"Failed, and not all checked", "failed", ""},
	{"Not checked", "not checked", "could not be checked: its page names the reason"},
	{"Not measured", "not measured", "could not be measured: its page names the reason"},
	{"Nothing here yet", "not measured", "has no figures yet"},
	{"Passed, with breaking changes", "breaking", "breaks its clients, and its version declares it"},
	{"Passed, with a warning", "warning", "has a warning of the version policy"},
	{"Passed, with accepted breaking changes", "accepted", "has breaking changes that are accepted for a time"},
	{"First run", "first run", ""},
	{"Passed", "passed", ""},
}

// passedRank is where the states begin that need no attention.
var passedRank = len(fleetStates) - 2

// rowsOf are the contracts of a page, what needs attention first.
func rowsOf(p *Page) []fleetRow {
	if p.rows == nil || p.rowsAlone != p.Alone { // links lead from one of the two
		p.rows, p.rowsAlone = sortedRows(p), p.Alone
	}
	return p.rows
}

func sortedRows(p *Page) []fleetRow {
	rows := make([]fleetRow, len(p.Contracts))
	for i := range p.Contracts {
		rows[i] = rowOf(p, i)
	}
	sorting.Stable(rows, func(a, b fleetRow) int {
		return cmp.Or(a.rank-b.rank, b.Breaks-a.Breaks, strings.Compare(a.Name, b.Name))
	})
	return rows
}

func rowOf(p *Page, i int) fleetRow {
	one := p.only(i)
	c, v := &one.Contracts[0], evaluate(one)
	r := fleetRow{Name: c.Name, Kind: v.Kind, State: v.Word, Version: one.Summary.Version, Breaks: one.Summary.BreakingChangesCount,
		Accepted: acceptedChanges(one), Changed: day(c.Changed), Owner: c.Owner, Require: requiredVersion(c.Semver)}
	for rank, s := range fleetStates {
		if s.word == v.Word {
			r.rank, r.State, r.Next = rank, s.state, s.next
		}
	}
	if r.Next == "" && len(v.Ways) > 0 {
		r.Next = strings.TrimSuffix(v.Ways[0].Text, ":")
	}
	if !p.Alone {
		r.Href = c.Name + "/index.html"
	}
	if n := c.missing(); n > 0 || c.Stability == nil {
		return r
	}
	r.Share, r.Spark = percent(100*c.Stability.WindowStabilityRatio.Rounded()), c.Line
	return r
}

// Line draws the share of stable runs over the latest runs, from a half to 1, as a path of 64 by 10; what lies below a half is at the foot. It is
// empty where there are too few of them.
func Line(c *Contract) string {
	if c.Stability == nil || c.missing() > 0 {
		return ""
	}
	const shown, step, height = 16, 4, 10.0
	var b strings.Builder
	was, run := -1, 0
	for _, s := range last(samples(c.Runs, c.Window), shown) {
		y := int(height - (max(s.ratio, 0.5)-0.5)*2*height)
		switch {
		case was < 0:
			fmt.Fprintf(&b, "M0 %d", y)
		case y != was:
			fmt.Fprintf(&b, "h%dV%d", run, y)
			run = 0
		}
		was = y
		run += step
	}
	if run > 0 {
		fmt.Fprintf(&b, "h%d", run)
	}
	return b.String()
}

// LastChange is when a run last found a change of the contract; the zero time where none of these runs did.
func LastChange(runs []report.HistoryLine) report.Time {
	for i := len(runs) - 1; i >= 0; i-- {
		n := runs[i].Incompatible + runs[i].DeletedOrRemoved
		for _, changes := range runs[i].Counts {
			n += changes
		}
		if n > 0 || runs[i].Breaking {
			return runs[i].Timestamp
		}
	}
	return report.Time{}
}

// only is the page of one contract of several, in a folder of its name.
func (p *Page) only(i int) *Page {
	c := p.Contracts[i]
	c.Several = true
	one := *p
	one.Only, one.Root, one.Contracts = c.Name, "../", []Contract{c}
	one.Taxonomy, one.Milestones, one.Evidence, one.Policy = nil, nil, nil, nil
	one.Figures, one.Deliveries, one.Badges = nil, nil, nil
	one.rows, one.summaries = nil, nil
	one.Summary = summaryOf(p, &c)
	return &one
}

// parts are what the summary says of each contract, by name: the steps without that name.
func (p *Page) parts() map[string]*report.Summary {
	if p.summaries == nil {
		p.summaries = map[string]*report.Summary{}
		for i := range p.Contracts {
			p.summaries[p.Contracts[i].Name] = &report.Summary{}
		}
		for _, c := range p.Summary.Contracts {
			if of := p.summaries[c.Name]; of != nil {
				of.Contracts = append(of.Contracts, c)
			}
		}
		for _, n := range p.Summary.NotChecked {
			if of := p.summaries[n.Contract]; of != nil {
				of.NotChecked = append(of.NotChecked, n)
			}
		}
		for _, step := range p.Summary.Steps {
			name, contract, ok := strings.Cut(step.Name, " ")
			if of := p.summaries[contract]; ok && of != nil {
				step.Name = name
				of.Steps = append(of.Steps, step)
			}
		}
	}
	return p.summaries
}

// summaryOf is the summary of the run as far as it is about one contract.
func summaryOf(p *Page, c *Contract) report.Summary {
	s := report.Summary{SHA: p.Summary.SHA, RunID: p.Summary.RunID, GeneratedAt: p.Summary.GeneratedAt, SemverPolicyStatus: "unknown", StabilityRatio: 1}
	passed := p.Summary.Passed
	of := p.parts()[c.Name]
	for _, state := range of.Contracts {
		if state.Name == c.Name {
			s.StabilityRatio, s.Placeholder, s.PlaceholderStreak = state.StabilityRatio, state.Placeholder, state.PlaceholderStreak
			s.BreakingChangesCount, s.SemverPolicyStatus, s.Version = state.BreakingChangesCount, state.SemverPolicyStatus, state.Version
			passed = state.Outcome == "" && passed || state.Outcome == report.Passed.String()
		}
	}
	s.NotChecked, s.Steps = of.NotChecked, of.Steps
	if c.Operations != nil {
		s.OperationsAdded, s.OperationsRemoved = c.Operations.Counts.Added, c.Operations.Counts.Removed
	}
	s.Passed, s.Checked = passed, len(s.NotChecked) == 0
	s.Headline = sentenceOf(&s, c)
	return s
}

// sentenceOf is what a run found about one contract of several, in a sentence.
func sentenceOf(s *report.Summary, c *Contract) string {
	ways := fmt.Sprintf("The API breaks its clients in %s", plural(s.BreakingChangesCount, "way"))
	failed := s.SemverPolicyStatus == "fail"
	switch {
	case len(s.NotChecked) > 0:
		return "The contract was not checked: " + strings.TrimSuffix(s.NotChecked[0].Reason, ".") + "."
	case s.Placeholder:
		return "The contract could not be measured" + times(s.PlaceholderStreak) + "."
	case s.BreakingChangesCount > 0 && failed:
		return ways + ", and the version does not declare it."
	case failed:
		return "The version number does not match the change."
	case s.BreakingChangesCount > 0:
		return ways + "."
	case c.Diff != nil && c.Diff.FirstRun:
		return "There is nothing to compare with yet."
	case !s.Passed:
		return "The API is compatible, but a step of the run failed."
	}
	return "The API is compatible."
}

// fleetView is the table of several contracts.
type fleetView struct {
	Rows   []fleetRow
	States []string // that occur, in the order of the table
	Owners bool     // some contract has an owner
}

func fleet(p *Page) *fleetView {
	v := &fleetView{Rows: rowsOf(p)}
	for i := range v.Rows {
		v.Owners = v.Owners || v.Rows[i].Owner != ""
		if s := v.Rows[i].State; len(v.States) == 0 || v.States[len(v.States)-1] != s {
			v.States = append(v.States, s)
		}
	}
	return v
}
