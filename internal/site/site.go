// Package site builds the status pages: self-contained HTML that people read without any other file.
//
// Every page works from a folder, without JavaScript and without a network, and carries a policy that lets it do nothing else.
package site

import (
	"github.com/romel/govctl/pkg/report"
)

// Page is what the pages show. A nil part is shown as missing, with what to do about it.
type Page struct {
	Title      string
	Now        report.Time // when the pages are built; a summary much older than that is shown as stale
	Summary    report.Summary
	Contracts  []Contract
	Taxonomy   *Taxonomy      // nil where the project keeps no catalogue of alerts
	Policy     *report.Policy // what the change does to its own policy; nil without --policy
	Milestones *report.Milestones
	Evidence   *report.EvidenceVerdict // nil where none is required and there is none
	Figures    []report.EvidenceLine   // of earlier runs, oldest first
	Deliveries []report.Delivery       // receipts of the webhook, oldest first
	Signing    *Signing                // nil when no key signs the files
	Badges     []Badge
	Records    []report.RunRecord // of the runs of the window, newest first
	Repository string             // address of the project's repository, for links to commits
	RunURL     string             // address of the run that built the page
	Alone      bool               // no other page lies beside this one
	Site       string             // address at which the pages are published, for the snippet to embed

	APIChangelog bool   // there is an api-changelog.html
	Feed         string // path from this page to the feed that readers of it can follow; empty where there is none
	Only         string // the contract that the page is about, where it is that of one of several
	Root         string // path from this page to the root of the pages: empty, or "../" for each folder

	rows      []fleetRow // of the contracts, once they are known
	rowsAlone bool
	summaries map[string]*report.Summary // of the contracts, once they are known
}

// Contract is one contract's part of the page.
type Contract struct {
	Name        string
	Diff        *report.Diff
	Semver      *report.Semver
	Operations  *report.Operations
	Stability   *report.Stability          // nil for a placeholder run
	Placeholder *report.PlaceholderMetrics // set for a placeholder run
	Runs        []report.HistoryLine       // latest runs, oldest first, for chart and table
	Window      int                        // runs in the rolling window
	Threshold   float64                    // window ratio below which an alert is raised
	Owner       string                     // who is responsible for it; empty where nobody is named
	WaiverDays  int                        // how far ahead a waiver may expire; 0 where that is not known
	Several     bool                       // it is one of several contracts
	Line        string                     // of the share of stable runs, for the table of several contracts: Line of the contract with its runs
	Changed     report.Time                // of the last run that found a change, for the same table
}

// Taxonomy is the part about alerts.
type Taxonomy struct {
	Alerts     []report.Alert
	Metrics    *report.TaxonomyMetrics
	History    *report.TaxonomyHistory
	Diff       *report.TaxonomyDiff
	Gates      *report.TaxonomyGates
	Lint       *report.TaxonomyLint
	Changelog  []byte  // ALERTS_CHANGELOG.md; empty where there is none
	RunbookMin float64 // percent of active alerts that must have a runbook
}

// Signing is the key under which the files of the run are signed.
type Signing struct {
	KeyID       string
	Fingerprint string
}

// Badge is a badge of the run with its drawing.
type Badge struct {
	File string // name of the JSON file at the root of the site
	report.Badge
	SVG []byte
}

// StaleAfterHours is the age at which figures are shown as stale: the nightly run has been missed, with half a day of grace.
const StaleAfterHours = 36

// refreshSeconds is how often an open page looks for a newer one.
const refreshSeconds = 300

// leastRuns is how many runs a statement about stability needs: with fewer there is no share, no trend, no budget and no alert on a page.
const leastRuns = 10

// missing is how many more runs the stability of the contract needs before it is shown.
func (c *Contract) missing() int {
	have, need := len(c.Runs), leastRuns
	if c.Stability != nil {
		have = c.Stability.WindowTotalCount
	}
	if c.Window > 0 {
		need = min(need, c.Window)
	}
	return max(0, need-have)
}

// Index renders the status page: of several contracts a table, which leads to the page of each.
func Index(p *Page) ([]byte, error) { return render("index", p, overview(p)) }

// Contract renders the status page of one of several contracts; it is in a folder of its name.
func (p *Page) Contract(i int) ([]byte, error) {
	one := p.only(i)
	return render("index", one, overview(one))
}

// Badges renders the page of the badges with the text to copy.
func Badges(p *Page) ([]byte, error) { return render("badges", p, badgeList(p)) }

// Alerts renders the page of the catalogue of alerts.
func Alerts(p *Page) ([]byte, error) { return render("taxonomy", p, catalogue(p)) }

// Changelog renders the page of what was added to the contract and of the changes of the alerts.
func Changelog(p *Page) ([]byte, error) { return render("changelog", p, changes(p)) }

// Runs renders the list of the runs that have a record.
func Runs(p *Page) ([]byte, error) { return render("runs", p, runsOf(p.Records)) }

// Compare renders the page that compares any two of them.
func Compare(p *Page) ([]byte, error) { return render("compare", p, runsOf(p.Records)) }

// Run renders the page of one of them.
func Run(p *Page, i int) ([]byte, error) {
	return draw("run", pageOfRun(p, &p.Records[i]), runOf(p.Records, i), evaluateRun(&p.Records[i]))
}

// Embed renders the small page that others show in a frame, with the snippet for those who want the figures only.
func Embed(p *Page) ([]byte, error) { return render("embed", p, embedding(p)) }
