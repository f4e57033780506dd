package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// The bounds of the records of runs. A page is built for each record, so that a larger window keeps no more of them.
const (
	maxRecords      = 200
	maxRecord       = 256 << 10 // bytes
	listedContracts = 500
	listedChanges   = 1000 // of a run
	listedOfOne     = 100  // of a contract
)

// The longest texts of a record, in bytes.
const (
	shortText = 120
	longText  = 400
)

// keepRecord keeps what the run found for the pages, and removes the records that are out of the window. A refresh that nothing new is counted
// for stays the run that it refreshes, as in the history.
func keepRecord(_ context.Context, sc *stepContext) error {
	earlier := readRecords(sc.job.Store.FS(), writtenPaths(sc.job.Store))
	r := sc.recordOf(sc.recordHead(earlier))
	if err := fit(&r); err != nil {
		return err
	}
	kept := 1
	errs := []error{sc.job.Store.JSON(artifact.RunPath(artifact.RunsDir, r.ID, ".json"), r)}
	for i := range earlier {
		switch p := artifact.RunPath(artifact.RunsDir, earlier[i].ID, ".json"); {
		case earlier[i].ID == r.ID:
		case kept >= min(sc.job.Config.Stability.Window, maxRecords):
			errs = append(errs, sc.job.Store.Remove(p))
		default:
			kept++
		}
	}
	errs = append(errs, removeOthers(sc.job.Store, artifact.RunsDir))
	sc.note = count(kept, "run") + " kept"
	return errors.Join(errs...)
}

// writtenPaths are the files of this run.
func writtenPaths(s *artifact.Store) []string {
	var names []string
	for _, f := range s.Written() {
		names = append(names, f.Path)
	}
	return names
}

// removeOthers removes from a folder of runs what this run has not written, which a killed run can have left.
func removeOthers(s *artifact.Store, dir string) error {
	written := map[string]bool{}
	for _, f := range s.Written() {
		written[f.Path] = true
	}
	entries, err := fs.ReadDir(s.FS(), dir)
	errs := []error{ignoreAbsent(err)}
	for _, e := range entries {
		p := dir + "/" + e.Name()
		if id := strings.TrimSuffix(e.Name(), path.Ext(p)); !written[p] && recordName().MatchString(id) {
			errs = append(errs, s.Remove(p))
		}
	}
	return errors.Join(errs...)
}

// recordHead is which run the record is about.
func (sc *stepContext) recordHead(earlier []report.RunRecord) report.RunRecord {
	r := report.RunRecord{Schema: "govctl/run-record/v1", SHA: sc.job.SHA, RunID: sc.job.RunID, GeneratedAt: report.At(sc.job.Now), URL: text(sc.job.Links.Run, longText)}
	for i := range earlier {
		if earlier[i].SHA == r.SHA && sc.countsNothing() {
			r.RunID, r.GeneratedAt, r.URL = earlier[i].RunID, earlier[i].GeneratedAt, earlier[i].URL
			break
		}
	}
	r.ID = recordID(r.SHA, r.RunID)
	return r
}

// stayingRecords are the runs that have a page after this one: those that stay in the window, and this one.
func (r *run) stayingRecords() []report.RunRecord {
	own := report.RunRecord{SHA: r.job.SHA, RunID: r.job.RunID, ID: recordID(r.job.SHA, r.job.RunID)}
	staying := []report.RunRecord{own}
	for _, one := range readRecords(r.job.Store.FS(), writtenPaths(r.job.Store)) {
		if one.ID != own.ID && len(staying) < min(r.job.Config.Stability.Window, maxRecords) {
			staying = append(staying, report.RunRecord{SHA: one.SHA, RunID: one.RunID, ID: one.ID})
		}
	}
	return staying
}

// countsNothing reports a refresh that the history of no contract counts.
func (sc *stepContext) countsNothing() bool {
	if sc.job.Synthetic || !sc.again() || sc.job.State.Partial || sc.job.State.RunID == sc.job.RunID {
		return false
	}
	return !slices.ContainsFunc(sc.records, func(rec *report.ContractRecord) bool { return !rec.Absent && !rec.Refresh && sc.made(rec) })
}

// made reports a record that this run made.
func (r *run) made(rec *report.ContractRecord) bool {
	return rec.SHA == r.job.SHA && rec.RunID == r.job.RunID
}

// recordOf gathers the record of this run.
func (sc *stepContext) recordOf(r report.RunRecord) report.RunRecord {
	s := sc.final
	r.Project, r.Version, r.Headline = s.Project, text(s.Version, shortText), text(s.Headline, longText)
	r.Passed, r.Checked, r.BreakingChangesCount, r.BreakingAccepted = s.Passed, s.Checked, s.BreakingChangesCount, s.BreakingAccepted
	r.Outcome = outcomeWord(s.Passed, s.Checked)
	groups := map[string][]report.RunContract{} // by outcome
	for _, rec := range sc.records {
		c := rec.Report
		switch {
		case rec.Absent:
		case sc.several() && (unremarkable(&c) || !sc.made(rec)):
			r.ContractsWithoutReport++
		default:
			groups[c.Outcome] = append(groups[c.Outcome], c)
		}
	}
	r.Contracts = slices.Concat(groups[report.GateFailed.String()], groups[report.BadInput.String()], groups[report.Passed.String()])
	return r
}

func outcomeWord(passed, checked bool) string {
	switch {
	case passed:
		return report.Passed.String()
	case checked:
		return report.GateFailed.String()
	}
	return report.BadInput.String()
}

// unremarkable reports a contract of which a record has nothing to list.
func unremarkable(c *report.RunContract) bool {
	return c.Outcome == report.Passed.String() && len(c.Changes) == 0 && c.SemverPolicyStatus == "ok" && !c.FirstRun && !c.Placeholder && c.Version == c.PreviousVersion
}

// reportOf is a contract in the record of the run, with the first of its changes.
func reportOf(rec *report.ContractRecord, d *report.Diff) report.RunContract {
	o := &rec.State
	c := report.RunContract{Name: text(o.Name, shortText), Outcome: o.Outcome, Version: text(o.Version, shortText), SemverPolicyStatus: o.SemverPolicyStatus, StabilityRatio: o.StabilityRatio,
		BreakingChangesCount: o.BreakingChangesCount, FirstRun: d != nil && d.FirstRun, Placeholder: o.Placeholder, Changes: []report.RunChange{}}
	if rec.Placeholder != nil && o.Placeholder {
		c.Reason = text(rec.Placeholder.Extensions.Reason, longText)
	}
	if rec.Semver != nil {
		c.PreviousVersion = text(rec.Semver.PreviousVersion, shortText)
	}
	if d != nil && !d.FirstRun {
		addChanges(&c, d.Changes)
	}
	return c
}

// addChanges lists the first changes of a diff, which are the worst, and counts the others.
func addChanges(c *report.RunContract, changes []report.Finding) {
	for i := range changes {
		f := &changes[i]
		if f.More > 0 || len(c.Changes) == listedOfOne {
			c.ChangesLeftOut += f.Count()
			continue
		}
		c.Changes = append(c.Changes, changeRecord(f))
	}
}

func changeRecord(f *report.Finding) report.RunChange {
	c := report.RunChange{Rule: text(f.Rule, shortText), Kind: text(f.Kind, shortText), Level: f.Level, Breaking: f.Breaking, Message: text(f.Message, longText), Fingerprint: text(f.Fingerprint, shortText)}
	if len(f.Operations) > 0 {
		c.Operation = text(f.Operations[0].Method+" "+f.Operations[0].Path, 2*shortText)
	}
	if len(f.Operations) > 1 {
		c.Operations = len(f.Operations)
	}
	if w := f.Waiver; w != nil {
		c.Waiver = &report.RunWaiver{Owner: text(w.Owner, shortText), Until: text(w.Expires, shortText), Reason: text(w.Reason, longText), Expired: w.Expired}
	}
	return c
}

// text is a text of the record: without what does something to the screen of a reader, and cut, before that costs time.
func text(s string, limit int) string { return cut(sanitize.Line(cut(s, limit)), limit) }

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const end = "..."
	return strings.ToValidUTF8(s[:limit-len(end)], "") + end
}

// fit leaves out as much as the bounds ask for: each contract with changes keeps the same number of them, its worst.
func fit(r *report.RunRecord) error {
	all := r.Contracts
	for n := listedChanges; ; n /= 2 {
		listFirst(r, all, min(len(all), listedContracts, n/2+1), n)
		b, err := artifact.Encode(r)
		if err != nil || len(b) <= maxRecord || n == 0 {
			return err
		}
	}
}

// listFirst lists the first contracts, with so many changes in all.
func listFirst(r *report.RunRecord, all []report.RunContract, contracts, changes int) {
	r.Contracts, r.ContractsLeftOut, r.ChangesLeftOut = append([]report.RunContract{}, all[:contracts]...), len(all)-contracts, 0
	changed := 0
	for i := range r.Contracts {
		changed += min(1, len(r.Contracts[i].Changes))
	}
	for i := range r.Contracts {
		c := &r.Contracts[i]
		listed := min(len(c.Changes), changes/max(1, changed))
		c.ChangesLeftOut += len(c.Changes) - listed
		c.Changes = c.Changes[:listed]
		r.ChangesLeftOut += c.ChangesLeftOut
	}
	for i := range all[contracts:] {
		r.ChangesLeftOut += all[contracts+i].ChangesLeftOut + len(all[contracts+i].Changes)
	}
}

// recordName is what an identity of a record looks like: it is the name of a file, and a part of addresses.
var recordName = late.Pattern(`^[0-9a-z]{1,12}-[0-9a-f]{16}$`)

// recordID is the identity of the record of a run: the same for the same commit and run id, in lower case, because some file systems fold it.
func recordID(sha, runID string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", sha, runID))
	head := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(sha))
	return cmp.Or(head[:min(len(head), 12)], "run") + "-" + hex.EncodeToString(sum[:8])
}

// recordIDOf is the identity of the record that a file of an output folder is.
func recordIDOf(p string) (string, bool) {
	id, ok := strings.CutSuffix(path.Base(p), ".json")
	return id, ok && path.Dir(p) == artifact.RunsDir && recordName().MatchString(id)
}

// parseRecord reads a record, which an attacker may have written.
//
//go:noinline
func parseRecord(id string, b []byte) (report.RunRecord, error) {
	p := artifact.RunPath(artifact.RunsDir, id, ".json")
	if len(b) > maxRecord {
		return report.RunRecord{}, fmt.Errorf("read %s: larger than %d bytes", p, maxRecord)
	}
	r, err := artifact.Parse[report.RunRecord](p, b)
	if err == nil && (r.ID != id || recordID(r.SHA, r.RunID) != id) {
		err = fmt.Errorf("read %s: it is the record of another run", p)
	}
	return r, err
}

// readRecords reads the records among the files of an output folder, newest first. Those that cannot be read are left out.
func readRecords(files fs.FS, names []string) []report.RunRecord {
	var all []report.RunRecord
	for _, p := range names {
		id, ok := recordIDOf(p)
		if !ok || len(all) == maxRecords+1 { // those that the state carries, and that of this run
			continue
		}
		b, err := artifact.Read(files, p, maxRecord)
		if err != nil {
			continue
		}
		if r, err := parseRecord(id, b); err == nil {
			all = append(all, r)
		}
	}
	sort.Slice(all, func(i, j int) bool { // runs of one second go by run id, as in the history
		a, b := &all[i], &all[j]
		return cmp.Or(b.GeneratedAt.Compare(a.GeneratedAt.Time), len(b.RunID)-len(a.RunID), strings.Compare(b.RunID, a.RunID), strings.Compare(b.ID, a.ID)) < 0
	})
	return all
}

// records takes over the records of earlier runs. Nothing is decided by them: one that cannot be read is left out, with a notice.
func (r *stateReader) records() {
	var first error
	budget, tried := maxRecords*maxRecord, 0
	for _, f := range r.manifest.Files {
		id, ok := recordIDOf(f.Path)
		if !ok {
			continue
		}
		tried++
		b, err := r.recordBytes(id, f, &budget, tried)
		if err == nil {
			r.state.Files[f.Path] = b
			continue
		}
		first = cmp.Or(first, err)
		r.state.LeftOut = append(r.state.LeftOut, f.Path)
	}
	if n := len(r.state.LeftOut); n > 0 {
		r.state.Notices = append(r.state.Notices, fmt.Sprintf("%s of earlier runs left out of the pages: %s", count(n, "record"), text(first.Error(), longText)))
	}
}

// recordBytes reads and checks one record, the nth. What was read is taken from the budget.
func (r *stateReader) recordBytes(id string, f report.ManifestFile, budget *int, n int) ([]byte, error) {
	if f.Size > maxRecord || *budget <= 0 || n > maxRecords {
		return nil, fmt.Errorf("%s: the records are more or larger than a run writes them", f.Path)
	}
	b, err := r.in.Read(f.Path)
	*budget -= len(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	if digest(b) != f.SHA256 {
		return nil, fmt.Errorf("%s: the record is not as %s lists it", f.Path, artifact.ManifestPath)
	}
	one, err := parseRecord(id, b)
	if err != nil {
		return nil, err
	}
	return b, r.in.owned(f.Path, one.Project)
}

// runPages builds the pages of the runs, with the records beside them, and removes those of runs that have no record any more.
func (s PageSource) runPages(page site.Page) (n int, err error) {
	page.Root, page.Feed = "../", ""
	p := &page
	write := func(name string, html []byte, err error) error {
		if err != nil {
			return err
		}
		n++
		return s.Store.Bytes(artifact.RunPath(artifact.RunPagesDir, name, ".html"), html)
	}
	list, err := site.Runs(p)
	if err := write("index", list, err); err != nil {
		return n, err
	}
	compare, err := site.Compare(p)
	if err := write("compare", compare, err); err != nil {
		return n, err
	}
	for i := range p.Records {
		id := p.Records[i].ID
		html, err := site.Run(p, i)
		if err := write(id, html, err); err != nil {
			return n, err
		}
		b, err := artifact.Read(s.Store.FS(), artifact.RunPath(artifact.RunsDir, id, ".json"), maxRecord)
		if err == nil {
			err = s.Store.Carry(artifact.RunPath(artifact.RunPagesDir, id, ".json"), b)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, removeOthers(s.Store, artifact.RunPagesDir)
}
