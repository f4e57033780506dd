package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/evidence"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

// pageRuns is how many runs the pages know of.
const pageRuns = 1000

// Links lead from the pages to what surrounds them; empty ones are left out.
type Links struct {
	Repository string // address of the repository
	Run        string // address of the run
	Site       string // address at which the pages will be found
}

// PageSource is an output folder from which pages are built.
type PageSource struct {
	Store  *artifact.Store
	Files  []string // of the run that is shown: others in the folder are older and count for nothing
	Config config.Config
	Now    report.Time
	Links  Links
	Signed *site.Signing // nil when no key signs the folder

	runs    []report.RunRecord       // of the window, newest first; nil: those of the folder
	records []*report.ContractRecord // of several contracts, in the order of the configuration; nil: those of the folder
}

// source is the run as the pages see it.
func (sc *stepContext) source() PageSource {
	s := PageSource{Store: sc.job.Store, Files: writtenPaths(sc.job.Store), Config: sc.job.Config, Now: report.At(sc.job.Now), Links: sc.job.Links}
	if sc.job.Signing != nil {
		key := sc.job.Signing.Key.Public()
		s.Signed = &site.Signing{KeyID: key.ID(), Fingerprint: key.Fingerprint()}
	}
	return s
}

// pages builds the pages of the whole and the copies of their badges. Those of each of several contracts are there already.
func pages(_ context.Context, sc *stepContext) error {
	s := sc.source()
	n := 0
	for _, rec := range sc.records {
		if rec.PageError != "" {
			return fmt.Errorf("the pages of %s: %s", rec.State.Name, rec.PageError)
		}
		n += pagesOf(rec)
	}
	if sc.several() {
		s.records = sc.records
	}
	made, err := s.overview()
	sc.note = count(n+made, "file")
	return err
}

// pagesOf is how many files of the pages a contract has.
func pagesOf(rec *report.ContractRecord) (n int) {
	for _, f := range rec.Files {
		if strings.HasPrefix(f.Path, Pages.Root+"/") {
			n++
		}
	}
	return n
}

// pageFile is one page: where it lies, what it shows, and what makes it.
type pageFile struct {
	path string
	page *site.Page
	make func(*site.Page) ([]byte, error)
}

// Build writes the folder site/ and the status page beside the artifacts, and returns the number of files.
func (s PageSource) Build() (n int, err error) {
	if s.several() {
		if s.records, err = s.readContracts(); err != nil {
			return 0, err
		}
		s.runs = readRecords(s.Store.FS(), s.Files)
	}
	n, err = s.build()
	for i, rec := range s.records {
		err = errors.Join(err, s.list(i, rec))
	}
	return n, err
}

// list lists the pages of a contract anew in its record.
func (s PageSource) list(i int, rec *report.ContractRecord) error {
	rec.Files = slices.DeleteFunc(rec.Files, func(f report.ManifestFile) bool { return strings.HasPrefix(f.Path, Pages.Root+"/") })
	for _, f := range s.Store.Written() {
		if strings.HasPrefix(f.Path, path.Join(Pages.Root, rec.State.Name)+"/") {
			rec.Files = append(rec.Files, f)
		}
	}
	sorting.Stable(rec.Files, func(a, b report.ManifestFile) int { return strings.Compare(a.Path, b.Path) })
	return s.Store.JSON(contractFile(s.Config, s.Config.Contracts[i].Name, recordFile), rec)
}

// build writes the pages of the contracts, where there are several, and those of the whole.
func (s PageSource) build() (n int, err error) {
	for i := range s.records {
		made, err := s.contractPages(i, s.records[i])
		if n += made; err != nil {
			return n, err
		}
	}
	made, err := s.overview()
	return n + made, err
}

// several reports that there is more than one contract: each has a folder of its own then.
func (s PageSource) several() bool { return len(s.Config.Contracts) > 1 }

// readContracts reads the records of the contracts.
func (s PageSource) readContracts() ([]*report.ContractRecord, error) {
	records := make([]*report.ContractRecord, len(s.Config.Contracts))
	for i := range records {
		p := contractFile(s.Config, s.Config.Contracts[i].Name, recordFile)
		rec, err := known[report.ContractRecord](s, p)
		if err == nil && rec == nil {
			err = fmt.Errorf("%s is not there: govctl run makes it", p)
		}
		if err != nil {
			return nil, err
		}
		records[i] = rec
	}
	return records, nil
}

// overview writes the pages of the whole.
func (s PageSource) overview() (int, error) {
	page, err := s.page()
	if err != nil {
		return 0, err
	}
	badges, n, err := s.publishBadges()
	if err != nil {
		return 0, err
	}
	page.Badges = badges
	var log *apiLogOf
	if s.several() {
		page.APIChangelog = slices.ContainsFunc(s.records, func(r *report.ContractRecord) bool { return r.Changelog != nil })
	} else if log, err = s.apiLog(0); err != nil {
		return n, err
	}
	alone := page
	alone.Alone, alone.APIChangelog = true, false
	if log != nil {
		page.APIChangelog, page.Feed = true, path.Base(artifact.APIFeedPath)
	}
	for _, f := range []pageFile{
		{artifact.IndexPath, &alone, site.Index},
		{artifact.PagePath, &page, site.Index},
		{artifact.AlertsHTMLPath, &page, site.Alerts},
		{artifact.ChangelogPath, &page, site.Changelog},
		{artifact.BadgesPath, &page, site.Badges},
		{artifact.EmbedPath, &page, site.Embed},
	} {
		html, err := f.make(f.page)
		if err != nil {
			return n, err
		}
		if err := s.Store.Bytes(f.path, html); err != nil {
			return n, err
		}
		n++
	}
	runs, err := s.runPages(page)
	if n += runs; err != nil {
		return n, err
	}
	made, err := s.apiOverview(page, log)
	if n += made; err != nil {
		return n, err
	}
	copied, err := s.copyFigures()
	return n + copied, err
}

// contractPages writes the page of one of several contracts, its badges, the pages of its changelog and the copies of its files.
func (s PageSource) contractPages(i int, rec *report.ContractRecord) (int, error) {
	page, err := s.contractPage(i, rec)
	if err != nil {
		return 0, err
	}
	log, err := s.apiLog(i)
	if err != nil {
		return 0, err
	}
	page.APIChangelog = log != nil
	html, err := page.Contract(0)
	if err == nil {
		err = s.Store.Bytes(path.Join(Pages.Root, rec.State.Name, "index.html"), html)
	}
	if err != nil {
		return 0, err
	}
	n := 1
	for _, b := range rec.Badges {
		if _, err := publishBadge(s.Store, b); err != nil {
			return n, err
		}
		n += 2
	}
	if log != nil {
		w := apiPageWriter{PageSource: s, page: page, each: max(releasePages/len(s.Config.Contracts), leastPages)}
		_, err := w.contract(*log)
		if n += w.written; err != nil {
			return n, err
		}
	}
	copied, err := s.copyFiles(path.Join(Pages.Root, rec.State.Name), contractFile(s.Config, rec.State.Name, historyFile))
	return n + copied, err
}

// contractPage is the page of one of several contracts, as its record and its files have it.
func (s PageSource) contractPage(i int, rec *report.ContractRecord) (site.Page, error) {
	p := site.Page{Title: "API", Now: s.Now, Signing: s.Signed, Repository: s.Links.Repository, RunURL: s.Links.Run, Site: s.Links.Site, Records: s.runs}
	c, err := s.contract(i)
	p.Contracts = []site.Contract{c}
	p.Summary = report.Summary{SHA: rec.SHA, RunID: rec.RunID, GeneratedAt: rec.GeneratedAt, Project: rec.Project, Contracts: []report.ContractState{rec.State}}
	for _, one := range rec.Steps {
		p.Summary.Steps = append(p.Summary.Steps, one.Step)
		if !report.Outcome(one.Exit).Checked() {
			name, _, _ := strings.Cut(one.Name, " ")
			p.Summary.NotChecked = append(p.Summary.NotChecked, report.NotChecked{Step: name, Contract: rec.State.Name, Reason: one.Reason})
		}
	}
	return p, err
}

// copyFigures copies what the table of files calls served to the root of the pages: embedded snippets, dashboards and scripts fetch it there.
// Every alert is written as one array, which is what dashboards read.
func (s PageSource) copyFigures() (int, error) {
	if err := s.Store.Bytes(artifact.NoJekyllPath, nil); err != nil {
		return 0, err
	}
	history := historyFile
	if s.several() {
		history = ""
	}
	n, err := s.copyFiles(Pages.Root, artifact.SummaryPath, history)
	n++
	if err != nil || !slices.Contains(s.Files, artifact.AlertsPath) {
		return n, err
	}
	lines, err := artifact.Read(s.Store.FS(), artifact.AlertsPath, artifact.Most(artifact.AlertsPath))
	if err != nil {
		return n, err
	}
	array := bytes.ReplaceAll(bytes.TrimSuffix(lines, []byte("\n")), []byte("\n"), []byte(",\n"))
	return n + 1, s.Store.Bytes(artifact.AlertsArrayPath, slices.Concat([]byte("[\n"), array, []byte("\n]\n")))
}

// copyFiles writes the copies that belong into a folder of the pages, of the files of the run and of further ones, and removes those of files
// that are gone.
func (s PageSource) copyFiles(folder string, more ...string) (int, error) {
	made := map[string]bool{artifact.NoJekyllPath: true}
	from := path.Join(integrity.Folder, strings.TrimPrefix(folder, Pages.Root))
	for _, file := range append(slices.Clone(s.Files), more...) {
		if dir := path.Dir(file); dir != from && path.Dir(dir) != from { // most files of many contracts
			continue
		}
		at := artifact.PageCopy(file)
		if at == "" || made[at] || path.Dir(at) != folder {
			continue
		}
		there, err := s.copyFile(at, file)
		if err != nil {
			return len(made) - 1, err
		}
		made[at] = there
	}
	n := 0
	for _, there := range made {
		if there {
			n++
		}
	}
	return n - 1, s.dropCopies(folder, made)
}

// copyFile writes the copy of a file; false where there is nothing to copy.
func (s PageSource) copyFile(at, file string) (bool, error) {
	if path.Base(file) != path.Base(historyFile) {
		if sum := s.Store.Sum(file); sum != "" && s.Store.Link(at, file, sum) == nil {
			return true, nil
		}
	}
	data, err := s.copyOf(file)
	if err != nil || data == nil {
		return false, err
	}
	return true, s.Store.Bytes(at, data)
}

// copyOf is what the copy of a file holds; nil where there is no history. Of a history it is the runs that the pages know of: each publication
// stores the copy anew, and the whole history is on the branch of the artifacts.
func (s PageSource) copyOf(file string) (data []byte, err error) {
	if path.Base(file) != path.Base(historyFile) {
		return artifact.Read(s.Store.FS(), file, artifact.Most(file))
	}
	err = s.history(file, func(f io.Reader) (err error) {
		data, err = stability.Lines(f, pageRuns)
		return err
	})
	return data, err
}

// dropCopies removes from a folder of the pages the copies of files that are gone.
func (s PageSource) dropCopies(folder string, made map[string]bool) error {
	entries, err := fs.ReadDir(s.Store.FS(), folder)
	errs := []error{ignoreAbsent(err)}
	for _, e := range entries {
		if p := path.Join(folder, e.Name()); !e.IsDir() && !made[p] && artifact.IsPageCopy(p) {
			errs = append(errs, s.Store.Remove(p))
		}
	}
	return errors.Join(errs...)
}

// page gathers what the run wrote.
func (s PageSource) page() (site.Page, error) {
	p := site.Page{Title: "API", Now: s.Now, Signing: s.Signed, Repository: s.Links.Repository, RunURL: s.Links.Run, Site: s.Links.Site}
	summary, err := artifact.Load[report.Summary](s.Store.FS(), artifact.SummaryPath)
	if err != nil {
		return p, err
	}
	p.Summary = summary
	if p.Milestones, err = known[report.Milestones](s, artifact.MilestonesPath); err != nil {
		return p, err
	}
	if p.Policy, err = known[report.Policy](s, artifact.PolicyPath); err != nil {
		return p, err
	}
	if p.Evidence, err = known[report.EvidenceVerdict](s, artifact.VerdictPath); err != nil {
		return p, err
	}
	if p.Figures, err = s.figures(); err != nil {
		return p, err
	}
	for i := range s.records {
		p.Contracts = append(p.Contracts, s.row(i))
	}
	if !s.several() {
		c, err := s.contract(0)
		if err != nil {
			return p, err
		}
		if c.Diff != nil && c.Diff.New.Title != "" {
			p.Title = c.Diff.New.Title
		}
		p.Contracts = []site.Contract{c}
	}
	p.Records = readRecords(s.Store.FS(), s.Files)
	if p.Deliveries, err = s.deliveries(); err != nil {
		return p, err
	}
	p.Taxonomy, err = s.taxonomy()
	return p, err
}

// contract is a contract of the configuration with all that its page shows.
func (s PageSource) contract(i int) (site.Contract, error) {
	c := s.configured(i)
	at := func(p string) string { return contractFile(s.Config, c.Name, p) }
	var errs [6]error
	c.Diff, errs[0] = known[report.Diff](s, at(diffFile))
	c.Semver, errs[1] = known[report.Semver](s, at(semverFile))
	c.Operations, errs[2] = known[report.Operations](s, at(operationsFile))
	view, err := known[stabilityView](s, at(stabilityFile))
	switch {
	case err != nil:
		errs[3] = err
	case view == nil:
	case view.Placeholder:
		c.Placeholder, errs[4] = known[report.PlaceholderMetrics](s, at(stabilityFile))
	default:
		c.Stability, errs[4] = known[report.Stability](s, at(stabilityFile))
	}
	c.Runs, errs[5] = s.runsIn(at(historyFile))
	return c, errors.Join(errs[:]...)
}

// row is a contract of the configuration with what the overviews show of it.
func (s PageSource) row(i int) site.Contract {
	c, rec := s.configured(i), s.records[i]
	c.Diff, c.Semver, c.Operations, c.Stability, c.Placeholder, c.Line, c.Changed = rec.Diff, rec.Semver, rec.Operations, rec.Stability, rec.Placeholder, rec.Line, rec.ChangedAt
	return c
}

func (s PageSource) configured(i int) site.Contract {
	c := &s.Config.Contracts[i]
	return site.Contract{Name: c.Name, Window: s.Config.Stability.Window, Threshold: s.Config.Stability.AlertThreshold, Several: s.several(), Owner: c.Owner, WaiverDays: c.Rules.WaiverMaxDays}
}

func (s PageSource) runsIn(file string) (runs []report.HistoryLine, err error) {
	err = s.history(file, func(f io.Reader) (err error) {
		runs, err = stability.Tail(f, pageRuns)
		return err
	})
	return runs, err
}

// history reads a run history, where there is one.
func (s PageSource) history(file string, read func(io.Reader) error) error {
	f, err := s.Store.FS().Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read run history: %w", err)
	}
	return errors.Join(read(f), f.Close())
}

// figures are those of evidence in earlier runs.
func (s PageSource) figures() ([]report.EvidenceLine, error) {
	data, err := s.memory(artifact.FiguresPath)
	if err != nil {
		return nil, err
	}
	return evidence.Lines(data), nil
}

// deliveries are the receipts of the webhook. Lines that cannot be read say nothing here; the command that appends to the file names them.
func (s PageSource) deliveries() ([]report.Delivery, error) {
	data, err := s.memory(artifact.DeliveriesPath)
	if err != nil {
		return nil, err
	}
	lines, _ := notify.ParseLog(data)
	return lines, nil
}

// memory is a file that runs only add to; nil where there is none.
func (s PageSource) memory(file string) ([]byte, error) {
	data, err := artifact.Read(s.Store.FS(), file, artifact.Most(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// taxonomy is the part about alerts; nil where the project has no catalogue.
func (s PageSource) taxonomy() (*site.Taxonomy, error) {
	t := &site.Taxonomy{RunbookMin: s.Config.Taxonomy.RunbookMinPercent}
	var errs [7]error
	t.Lint, errs[0] = known[report.TaxonomyLint](s, artifact.LintPath)
	t.Metrics, errs[1] = known[report.TaxonomyMetrics](s, artifact.MetricsPath)
	if t.Lint == nil && t.Metrics == nil {
		return nil, errors.Join(errs[:]...)
	}
	t.Gates, errs[2] = known[report.TaxonomyGates](s, artifact.GatesPath)
	t.Diff, errs[3] = known[report.TaxonomyDiff](s, artifact.AlertDiffPath)
	history, err := ReadSnapshots(s.Store.FS())
	t.History, errs[4] = &history, err
	t.Changelog, errs[5] = s.memory(artifact.AlertLogPath)
	if slices.Contains(s.Files, artifact.AlertsPath) {
		t.Alerts, errs[6] = s.alerts()
	}
	return t, errors.Join(errs[:]...)
}

func (s PageSource) alerts() ([]report.Alert, error) {
	data, err := artifact.Read(s.Store.FS(), artifact.AlertsPath, artifact.Most(artifact.AlertsPath))
	if err != nil {
		return nil, err
	}
	var all []report.Alert
	for line := range bytes.Lines(data) {
		var a report.Alert
		if err := json.Unmarshal(line, &a); err != nil {
			return nil, fmt.Errorf("read %s: alert %d: %w", artifact.AlertsPath, len(all)+1, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// known is an artifact of the run that is shown; nil when that run did not write it.
func known[T any](s PageSource, p string) (*T, error) {
	if v, err := artifact.Again[T](s.Store, p); v != nil || err != nil {
		return v, err
	}
	if !slices.Contains(s.Files, p) {
		return nil, nil
	}
	v, err := artifact.Load[T](s.Store.FS(), p)
	if err != nil {
		return nil, err
	}
	return &v, nil
}
