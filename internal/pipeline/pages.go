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

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/evidence"
	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/internal/site"
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
}

// section is one contract's part of the page.
func (sc *stepContext) section() (site.Contract, error) {
	return sc.source().contract(sc.contract.Name, sc.folder)
}

// source is the run as the pages see it.
func (sc *stepContext) source() PageSource {
	return PageSource{Store: sc.job.Store, Files: writtenPaths(sc.job.Store), Config: sc.job.Config, Now: report.At(sc.job.Now), Links: sc.job.Links}
}

// pages builds the pages of the public site and its copies of the badges.
func pages(_ context.Context, sc *stepContext) error {
	s := sc.source()
	if sc.job.Signing != nil {
		key := sc.job.Signing.Key.Public()
		s.Signed = &site.Signing{KeyID: key.ID(), Fingerprint: key.Fingerprint()}
	}
	n, err := s.Build()
	sc.note = count(n, "file")
	return err
}

// pageFile is one page: where it lies, what it shows, and what makes it.
type pageFile struct {
	path string
	page *site.Page
	make func(*site.Page) ([]byte, error)
}

// Build writes the folder site/ and the status page beside the artifacts, and returns the number of files.
func (s PageSource) Build() (int, error) {
	page, err := s.page()
	if err != nil {
		return 0, err
	}
	if page.Badges, err = PublishBadges(s.Store, s.Files); err != nil {
		return 0, err
	}
	n := 2 * len(page.Badges)
	logs, err := s.apiLogs()
	if err != nil {
		return n, err
	}
	alone := page
	alone.Alone = true
	page.APIChangelog = len(logs) > 0
	if len(logs) == 1 && logs[0].contract == "" {
		page.Feed = path.Base(artifact.APIFeedPath)
	}
	list := []pageFile{
		{artifact.IndexPath, &alone, site.Index},
		{artifact.PagePath, &page, site.Index},
		{artifact.AlertsHTMLPath, &page, site.Alerts},
		{artifact.ChangelogPath, &page, site.Changelog},
		{artifact.BadgesPath, &page, site.Badges},
		{artifact.EmbedPath, &page, site.Embed},
	}
	for i := range page.Contracts {
		if len(page.Contracts) > 1 {
			list = append(list, pageFile{path.Join("site", page.Contracts[i].Name, "index.html"), &page, func(p *site.Page) ([]byte, error) { return p.Contract(i) }})
		}
	}
	for _, f := range list {
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
	if err != nil {
		return n, err
	}
	made, err := s.apiPages(page, logs)
	if err != nil {
		return n + made, err
	}
	copied, err := s.copyFigures()
	return n + runs + made + copied, err
}

// copyFigures copies what the table of files calls served to the root of the pages: embedded snippets, dashboards and scripts fetch it there.
// Every alert is written as one array, which is what dashboards read.
func (s PageSource) copyFigures() (n int, err error) {
	names := append(slices.Clone(s.Files), artifact.SummaryPath)
	for i := range s.Config.Contracts {
		names = append(names, path.Join(s.folder(s.Config.Contracts[i].Name), path.Base(historyFile))) // which no manifest lists
	}
	made := map[string]bool{artifact.NoJekyllPath: true}
	if err := s.Store.Bytes(artifact.NoJekyllPath, nil); err != nil {
		return n, err
	}
	for _, file := range names {
		at := artifact.PageCopy(file)
		if at == "" || made[at] {
			continue
		}
		data, err := s.copyOf(file)
		if err == nil && data != nil {
			made[at], err = true, s.Store.Bytes(at, data)
		}
		if err != nil {
			return n, err
		}
	}
	n = len(made)
	if err := s.dropCopies(made); err != nil {
		return n, err
	}
	if !slices.Contains(s.Files, artifact.AlertsPath) {
		return n, nil
	}
	lines, err := artifact.Read(s.Store.FS(), artifact.AlertsPath, maxContract)
	if err != nil {
		return n, err
	}
	array := bytes.ReplaceAll(bytes.TrimSuffix(lines, []byte("\n")), []byte("\n"), []byte(",\n"))
	return n + 1, s.Store.Bytes(artifact.AlertsArrayPath, slices.Concat([]byte("[\n"), array, []byte("\n]\n")))
}

// copyOf is what the copy of a file holds; nil where there is no history. Of a history it is the runs that the pages know of: each publication
// stores the copy anew, and the whole history is on the branch of the artifacts.
func (s PageSource) copyOf(file string) (data []byte, err error) {
	if path.Base(file) != path.Base(historyFile) {
		return artifact.Read(s.Store.FS(), file, maxContract)
	}
	err = s.history(file, func(f io.Reader) (err error) {
		data, err = stability.Lines(f, pageRuns)
		return err
	})
	return data, err
}

// dropCopies removes the copies of files that are gone.
func (s PageSource) dropCopies(made map[string]bool) error {
	return fs.WalkDir(s.Store.FS(), "site", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || made[p] || !artifact.IsPageCopy(p) {
			return err
		}
		return s.Store.Remove(p)
	})
}

// folder is where the files of a contract are.
func (s PageSource) folder(contract string) string {
	if len(s.Config.Contracts) > 1 {
		return path.Join("status", contract)
	}
	return "status"
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
	for i := range s.Config.Contracts {
		c, err := s.contract(s.Config.Contracts[i].Name, s.folder(s.Config.Contracts[i].Name))
		if err != nil {
			return p, err
		}
		if c.Diff != nil && c.Diff.New.Title != "" && len(s.Config.Contracts) == 1 {
			p.Title = c.Diff.New.Title
		}
		c.Several, c.Owner, c.WaiverDays = len(s.Config.Contracts) > 1, s.Config.Contracts[i].Owner, s.Config.Contracts[i].Rules.WaiverMaxDays
		p.Contracts = append(p.Contracts, c)
	}
	p.Records = readRecords(s.Store.FS(), s.Files)
	if p.Deliveries, err = s.deliveries(); err != nil {
		return p, err
	}
	p.Taxonomy, err = s.taxonomy()
	return p, err
}

// contract is one contract's part of the page.
func (s PageSource) contract(name, folder string) (site.Contract, error) {
	c := site.Contract{Name: name, Window: s.Config.Stability.Window, Threshold: s.Config.Stability.AlertThreshold}
	at := func(p string) string { return path.Join(folder, path.Base(p)) }
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
	c.Runs, errs[5] = s.runs(at(historyFile))
	return c, errors.Join(errs[:]...)
}

func (s PageSource) runs(file string) (runs []report.HistoryLine, err error) {
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
	data, err := artifact.Read(s.Store.FS(), file, maxContract)
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
	data, err := artifact.Read(s.Store.FS(), artifact.AlertsPath, maxContract)
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
	if !slices.Contains(s.Files, p) {
		return nil, nil
	}
	v, err := artifact.Load[T](s.Store.FS(), p)
	if err != nil {
		return nil, err
	}
	return &v, nil
}
