package site

import (
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// runsView is the list of the runs that have a record.
type runsView struct {
	Runs         []runRow // newest first
	From, To     string   // the two newest, which are compared where no others are named
	Many         bool     // there are two to compare
	AnyContracts bool     // a run has several contracts
	Lists        []compareList
}

// compareList is a list of the page that compares; its script fills it.
type compareList struct{ ID, Title, About string }

var compareLists = []compareList{
	{"appeared", "Appeared", "Reported by the later run only."},
	{"gone", "Gone", "Reported by the earlier run only: accepted into the baseline since then, or taken back."},
	{"stayed", "Stayed", "Reported by both."},
}

// runRow is one run of the list.
type runRow struct {
	*report.RunRecord
	verdict
}

// runView is the page of one run.
type runView struct {
	*report.RunRecord
	Older, Newer *report.RunRecord // nil at the ends
	Contracts    []runContract
	Gone         []runChange // reported by the run before, and not by this one
	New, Still   int         // reported by this one
	Partial      bool        // one of the two records leaves changes out
	Unmeasured   []string    // contracts that one of the two runs did not measure: nothing is said about their changes
}

// runContract is one contract of a run.
type runContract struct {
	*report.RunContract
	Kind    string // of its outcome
	Changes []runChange
}

// runChange is a change with what the page says beside it.
type runChange struct {
	report.RunChange
	Contract string // empty where there is only one
	New      bool   // the run before did not report it
}

// runVerdicts are tried in order; the first that holds is the word over the page.
var runVerdicts = []struct {
	kind, word string
	holds      func(*report.RunRecord) bool
}{
	{"none", "Not checked", func(r *report.RunRecord) bool { return !r.Checked && r.BreakingChangesCount == 0 }},
	{"bad", "Failed, and not all checked", func(r *report.RunRecord) bool { return !r.Checked }},
	{"bad", "Failed", func(r *report.RunRecord) bool { return !r.Passed }},
	{"warn", "Passed, with breaking changes", func(r *report.RunRecord) bool { return r.BreakingChangesCount > 0 }},
	{"warn", "Passed, with accepted breaking changes", func(r *report.RunRecord) bool { return r.BreakingAccepted > 0 }},
	{"none", "First run", func(r *report.RunRecord) bool { return len(r.Contracts) == 1 && r.Contracts[0].FirstRun }},
	{"ok", "Passed", func(*report.RunRecord) bool { return true }},
}

func evaluateRun(r *report.RunRecord) verdict {
	v := verdict{Sentence: capital(strings.TrimPrefix(r.Headline, "First run: "))}
	for _, row := range runVerdicts {
		if row.holds(r) {
			v.Kind, v.Word = row.kind, row.word
			break
		}
	}
	if v.Sentence == "" {
		v.Sentence = "The run wrote no summary."
	}
	return v
}

// pageOfRun is the page as it would have been for an earlier run: nothing of the newest one is on it, so that it stays as it is.
func pageOfRun(p *Page, r *report.RunRecord) *Page {
	return &Page{Title: p.Title, Root: p.Root, APIChangelog: p.APIChangelog, Repository: p.Repository, RunURL: r.URL, Records: p.Records,
		Summary: report.Summary{SHA: r.SHA, RunID: r.RunID, GeneratedAt: r.GeneratedAt, Version: r.Version}}
}

func runsOf(records []report.RunRecord) runsView {
	v := runsView{Many: len(records) > 1, Lists: compareLists}
	for i := range records {
		row := runRow{RunRecord: &records[i], verdict: evaluateRun(&records[i])}
		v.AnyContracts = v.AnyContracts || severalContracts(row.RunRecord)
		v.Runs = append(v.Runs, row)
	}
	if v.Many {
		v.From, v.To = records[1].ID, records[0].ID
	}
	return v
}

func severalContracts(r *report.RunRecord) bool {
	return len(r.Contracts)+r.ContractsWithoutReport+r.ContractsLeftOut > 1
}

var outcomeKinds = map[string]string{"passed": "ok", "failed": "bad"}

func runOf(records []report.RunRecord, i int) runView {
	v := runView{RunRecord: &records[i]}
	if i > 0 {
		v.Newer = &records[i-1]
	}
	known := map[string]bool{}
	if i+1 < len(records) {
		v.Older = &records[i+1]
		known = v.compare(v.Older)
	}
	for j := range v.RunRecord.Contracts {
		c := &v.RunRecord.Contracts[j]
		one := runContract{RunContract: c, Kind: outcomeKinds[c.Outcome]}
		if one.Kind == "" {
			one.Kind = "none"
		}
		for _, change := range c.Changes {
			isNew := !known[identity(c.Name, &change)]
			if isNew {
				v.New++
			} else {
				v.Still++
			}
			one.Changes = append(one.Changes, runChange{RunChange: change, New: isNew && v.Older != nil})
		}
		v.Contracts = append(v.Contracts, one)
	}
	return v
}

// compare finds what of an older run is gone, and returns what that run reported.
func (v *runView) compare(older *report.RunRecord) map[string]bool {
	now, before := map[string]bool{}, map[string]bool{}
	blind := map[string]bool{}
	for i := range v.RunRecord.Contracts {
		c := &v.RunRecord.Contracts[i]
		blind[c.Name] = c.Placeholder
		for j := range c.Changes {
			now[identity(c.Name, &c.Changes[j])] = true
		}
	}
	for i := range older.Contracts {
		c := &older.Contracts[i]
		if c.Placeholder || blind[c.Name] {
			v.Unmeasured = append(v.Unmeasured, c.Name)
		}
		for j := range c.Changes {
			id := identity(c.Name, &c.Changes[j])
			before[id] = true
			if !now[id] && !blind[c.Name] {
				gone := runChange{RunChange: c.Changes[j]}
				if severalContracts(older) {
					gone.Contract = c.Name
				}
				v.Gone = append(v.Gone, gone)
			}
		}
	}
	v.Partial = older.ChangesLeftOut+older.ContractsLeftOut+v.ChangesLeftOut+v.ContractsLeftOut > 0
	return before
}

// identity is by what a change is known in two runs.
func identity(contract string, c *report.RunChange) string {
	if c.Fingerprint == "" {
		return contract + "\n" + c.Rule + "\n" + c.Message
	}
	return contract + "\n" + c.Fingerprint
}

// linkRuns gives the rows of the table of runs the addresses of their pages.
func (p *Page) linkRuns(rows []sample) {
	if p.Alone {
		return
	}
	ids := map[[2]string]string{}
	for i := range p.Records {
		ids[[2]string{p.Records[i].SHA, p.Records[i].RunID}] = p.Records[i].ID
	}
	for i := range rows {
		if id := ids[[2]string{rows[i].SHA, rows[i].RunID}]; id != "" {
			rows[i].Record = p.Root + "runs/" + id + ".html"
		}
	}
}
