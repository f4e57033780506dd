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
	Repository string // address of the project's repository, for links to commits
	RunURL     string // address of the run that built the page
	Alone      bool   // no other page lies beside this one
	Site       string // address at which the pages are published, for the snippet to embed
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

// Index renders the status page.
func Index(p *Page) ([]byte, error) { return render("index", p, overview(p)) }

// Alerts renders the page of the catalogue of alerts.
func Alerts(p *Page) ([]byte, error) { return render("taxonomy", p, catalogue(p)) }

// Changelog renders the page of the changes of the contract and of the alerts.
func Changelog(p *Page) ([]byte, error) { return render("changelog", p, changes(p)) }

// Embed renders the small page that others show in a frame, with the snippet for those who want the figures only.
func Embed(p *Page) ([]byte, error) { return render("embed", p, embedding(p)) }
