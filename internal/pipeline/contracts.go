package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/apichangelog"
	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// The bounds of what a record of a contract has of its changes: of those that no waiver covers, and of the others.
const recordedChanges, recordedWaived = 100, 1000

const contractRecordSchema = "govctl/contract-record/v1"

// alone is a run about one contract. It shares with the run of all what that does not change while contracts are assessed, and writes through
// a store of its own.
func (r *run) alone(i int) *stepContext {
	job := *r.job
	job.Store = r.job.Store.Part()
	name := job.Config.Contracts[i].Name
	one := newRun(&job)
	one.start, one.policy, one.final.Checked = r.start, r.policy, true // badges have their colours; the run takes them away where it was not checked
	r.joining.Lock()
	if doc, ok := r.docs[name]; ok { // it was read to name the run
		one.docs[name] = doc
		delete(r.docs, name)
	}
	r.joining.Unlock()
	sc := one.stepContext(i)
	job.Store.Adopt(r.job.Store.Listed(publishedPath(name), baselinePath(name), acceptedPath(name), sc.path(historyFile), sc.path(apiLogFile), sc.path(apiReleaseFile)))
	return sc
}

// assess does the steps of one contract, and writes its record and its pages. What it has read and found is in these files alone.
func (r *run) assess(ctx context.Context, sc *stepContext, i int) (*report.ContractRecord, error) {
	for _, s := range steps {
		if s.once || s.when != nil && !s.when(sc.job) {
			continue
		}
		sc.do(ctx, s, sc)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w in the step %s", ErrInterrupted, s.name)
		}
	}
	sc.job.Store.Begin("badges")
	if err := sc.contractBadges(); err != nil {
		return nil, err
	}
	record, err := sc.record(ctx)
	if err != nil {
		return nil, err
	}
	record.Refresh, record.Inputs, record.Govctl = sc.refresh(ctx), sc.inputs(ctx), sc.job.Version
	if record.Settings, err = settingsOf(sc.job.Config, *sc.contract); err != nil {
		return nil, err
	}
	sc.job.Store.Begin("site")
	if sc.several() {
		pages := sc.source()
		pages.runs = r.linked
		if _, err := pages.contractPages(i, record); err != nil {
			record.PageError = err.Error()
		}
	}
	record.Files = slices.DeleteFunc(sc.job.Store.Written(), func(f report.ManifestFile) bool { return f.Path == acceptedPath(sc.contract.Name) }) // which may go away with the manifest
	sc.job.Store.Begin("record")
	text, err := artifact.Encode(record)
	if err != nil {
		return nil, err
	}
	if err := sc.job.Store.Bytes(sc.path(recordFile), text); err != nil {
		return nil, err
	}
	r.joining.Lock()
	defer r.joining.Unlock()
	r.job.Store.Join(sc.job.Store)
	if r.job.Policy != nil { // which may have to be asked again about the same document
		r.docs[sc.contract.Name] = sc.docs[sc.contract.Name]
	}
	var again report.ContractRecord // numbers are rounded when they are written: whoever reads the file must find what this run finds
	if err := json.Unmarshal(text, &again); err != nil {
		return nil, err
	}
	again.Accepted, again.Kept = record.Accepted, record.Kept
	return &again, nil
}

// settingsOf identifies what the configuration says about a contract. Other settings change nothing that is in its record.
func settingsOf(cfg config.Config, c config.Contract) (string, error) {
	text, err := artifact.Encode(struct {
		Contract  config.Contract  `json:"contract"`
		Stability config.Stability `json:"stability"`
		Audience  string           `json:"audience"`
		Changelog string           `json:"changelog"`
	}{c, cfg.Stability, cfg.Changelog.Audience, cfg.Changelog.API})
	return digest(text), err
}

// inputs are the files by which a change of the contract shows. There are none for a contract that does not come from a file or could not be read,
// or whose verdict depends on what moves without a file: a baseline that is named, a tag, the environment.
func (sc *stepContext) inputs(ctx context.Context) []report.Input {
	c := sc.contract
	file, fromFile := strings.CutPrefix(c.Semver.VersionFrom, config.FromFile)
	if !plainFile(c.Source) || c.ReleaseBaseline != "" || c.Baseline != "" && c.Baseline != config.NoBaseline || !fromFile && fromOr(file) != config.FromInfo {
		return nil
	}
	doc, _ := sc.document(ctx) // there is one where only references do not resolve
	if doc == nil {
		return nil
	}
	all := map[string]string{} // what git calls the content, by path
	for _, f := range doc.Files() {
		all[cleanPath(f.Name)] = gitrepo.BlobID(f.Text)
	}
	for _, e := range doc.Dangling() {
		if _, read := all[cleanPath(e.Place.File)]; e.Err != nil || !read { // the file is not there, or not what it should be
			return nil
		}
	}
	var others []string
	if c.Waivers != "" {
		others = append(others, c.Waivers)
	}
	if fromFile {
		if i := strings.LastIndex(file, ":"); i > 1 { // not the drive of Windows
			file = file[:i]
		}
		others = append(others, file)
	}
	for _, name := range others {
		text, err := sc.job.ReadFile(name)
		if ignoreAbsent(err) != nil {
			return nil
		}
		if all[cleanPath(name)] = ""; err == nil {
			all[cleanPath(name)] = gitrepo.BlobID(string(text))
		}
	}
	var inputs []report.Input
	for _, name := range sortedKeys(all) {
		if !plainFile(name) {
			return nil
		}
		inputs = append(inputs, report.Input{Path: name, Blob: all[name]})
	}
	return inputs
}

func cleanPath(name string) string { return path.Clean(filepath.ToSlash(name)) }

// plainFile reports a source that is a file of the work tree.
func plainFile(source string) bool {
	return source != "" && source != "-" && !strings.Contains(source, ":") && !filepath.IsAbs(source)
}

// several reports that the contract is one of several.
func (r *run) several() bool { return len(r.job.Config.Contracts) > 1 }

// record is what the steps of the contract came to.
func (sc *stepContext) record(ctx context.Context) (*report.ContractRecord, error) {
	v := sc.contracts[sc.contract.Name]
	rec := &report.ContractRecord{Schema: contractRecordSchema, GeneratedAt: report.At(sc.job.Now), SHA: sc.job.SHA, RunID: sc.job.RunID, Project: sc.job.Project,
		Gated: v.gated, Absent: !sc.configured(), Steps: sc.ownSteps(), Accepted: sc.row(v, true), Kept: sc.row(v, false)}
	before := sc.start[sc.contract.Name]
	rec.Reverted = before.Exists() && before.SHA256 == sc.digestOf(publishedPath(sc.contract.Name))
	d, err1 := written[report.Diff](sc, diffFile)
	ops, err2 := written[report.Operations](sc, operationsFile)
	broken, err3 := written[report.Breaking](sc, breakingFile)
	policy, err4 := written[report.Semver](sc, semverFile)
	empty, err5 := sc.describesNothing(ctx)
	log, err6 := written[report.APIChangelog](sc, apiLogFile)
	runs, err7 := sc.source().runsIn(sc.path(historyFile))
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, sc.figures(rec)); err != nil {
		return nil, err
	}
	rec.Diff, rec.Semver, rec.Empty, rec.ChangedAt = condensed(d), policy, empty, site.LastChange(runs)
	rec.Line = site.Line(&site.Contract{Stability: rec.Stability, Runs: runs, Window: sc.job.Config.Stability.Window})
	if ops != nil {
		rec.Operations = &report.Operations{Schema: ops.Schema, GeneratedAt: ops.GeneratedAt, Counts: ops.Counts}
	}
	if broken != nil {
		rec.Breaking = &report.BreakingCounts{Breaking: broken.Breaking, Total: broken.Total, Incompatible: broken.Incompatible, DeletedOrRemoved: broken.DeletedOrRemoved, Waived: len(broken.Waived)}
	}
	rec.State = stateOf(rec, sc.contract.Name, v.outcome)
	rec.Report = reportOf(rec, d)
	rec.Changelog = newest(log)
	rec.Badges, err1 = sc.ownBadges()
	return rec, err1
}

// figures are those of the stability of the contract.
func (sc *stepContext) figures(rec *report.ContractRecord) error {
	view, err := written[stabilityView](sc, stabilityFile)
	switch {
	case err != nil || view == nil:
	case view.Placeholder:
		rec.Placeholder, err = written[report.PlaceholderMetrics](sc, stabilityFile)
	default:
		rec.Stability, err = written[report.Stability](sc, stabilityFile)
	}
	return err
}

// stateOf is the contract in the summary.
func stateOf(rec *report.ContractRecord, name string, outcome report.Outcome) report.ContractState {
	s := report.ContractState{Name: name, Placeholder: true, StabilityRatio: 1, SemverPolicyStatus: "unknown", Outcome: outcome.String()}
	switch {
	case rec.Stability != nil:
		s.StabilityRatio, s.Placeholder, s.PlaceholderStreak = rec.Stability.WindowStabilityRatio, rec.Stability.Placeholder, rec.Stability.Extensions.PlaceholderStreak
	case rec.Placeholder != nil:
		s.StabilityRatio, s.PlaceholderStreak = rec.Placeholder.WindowStabilityRatio, rec.Placeholder.Extensions.PlaceholderStreak
	}
	if rec.Absent {
		s.Placeholder = false
	}
	if rec.Breaking != nil {
		s.BreakingChangesCount = rec.Breaking.Total
	}
	if rec.Semver != nil {
		s.SemverPolicyStatus, s.Version = rec.Semver.Status, rec.Semver.CurrentVersion
	}
	return s
}

// newest is the newest release of a changelog; nil where there is none.
func newest(log *report.APIChangelog) *report.ContractRelease {
	if log == nil || len(log.Releases) == 0 {
		return nil
	}
	r := &log.Releases[0]
	return &report.ContractRelease{Title: text(apichangelog.Title(log), longText), Version: text(r.Version, shortText), Date: r.Date, Summary: text(r.Summary, longText)}
}

// condensed is a diff with what the overviews and the messages of a run need: its first changes, without what proves and explains them. The
// others of a kind count as one.
func condensed(d *report.Diff) *report.Diff {
	if d == nil {
		return nil
	}
	short := *d
	short.Changes, short.Causes = []report.Finding{}, nil
	listed, waived := 0, 0
	for i := range d.Changes {
		f := &d.Changes[i]
		n, most := &listed, recordedChanges
		if f.Waiver != nil {
			n, most = &waived, recordedWaived
		}
		if *n < most && f.More == 0 {
			*n++
			short.Changes = append(short.Changes, brief(f))
			continue
		}
		at := slices.IndexFunc(short.Changes, func(o report.Finding) bool {
			return o.More > 0 && o.Kind == f.Kind && o.Breaking == f.Breaking && o.Level == f.Level
		})
		if at < 0 {
			at = len(short.Changes)
			short.Changes = append(short.Changes, report.Finding{Rule: text(f.Rule, shortText), Level: f.Level, Kind: text(f.Kind, shortText), Breaking: f.Breaking, Message: "further changes"})
		}
		short.Changes[at].More += f.Count()
	}
	return &short
}

func brief(f *report.Finding) report.Finding {
	b := report.Finding{Rule: text(f.Rule, shortText), Level: f.Level, Category: f.Category, Kind: text(f.Kind, shortText), Message: text(f.Message, longText), Breaking: f.Breaking,
		Verdict: f.Verdict, Fingerprint: text(f.Fingerprint, shortText), Old: f.Old, New: f.New}
	if f.Waiver != nil {
		w := *f.Waiver
		w.Reason, w.Owner, w.Ticket = text(w.Reason, longText), text(w.Owner, shortText), text(w.Ticket, shortText)
		b.Waiver = &w
	}
	return b
}

// ownSteps are the steps of the contract.
func (sc *stepContext) ownSteps() []report.ContractStep {
	own := []report.ContractStep{}
	for i := range sc.ended {
		if sc.ended[i].contract == sc.contract.Name {
			own = append(own, sc.ended[i].ContractStep)
		}
	}
	return own
}

// heavy is from how many bytes on a contract takes the place of a second one: so much may be read at a time, whatever the number of cores.
const heavy = 4 << 20

// workers is how many contracts are assessed at a time.
func workers() int { return min(runtime.GOMAXPROCS(0), 8) }

// assessAll does the steps of every contract that the run does not take over, several at a time.
func (r *run) assessAll(ctx context.Context) error {
	places := newPlaces(workers())
	var group sync.WaitGroup
	errs := make([]error, len(r.records))
	for i := range r.records {
		if r.records[i] != nil || r.job.Selection.of(r.job.Config.Contracts[i].Name, nil) == leaveIt {
			continue
		}
		sc := r.alone(i)
		n := places.take(1 + sc.job.State.Contracts[sc.contract.Name].Published.Size/heavy)
		group.Go(func() {
			defer places.give(n)
			r.records[i], errs[i] = r.assess(ctx, sc, i)
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// places bound what is done at a time.
type places struct {
	all  int
	free chan struct{}
}

func newPlaces(n int) *places {
	p := &places{n, make(chan struct{}, n)}
	p.give(n)
	return p
}

// take waits for so many places, at most for all. One caller alone may wait.
func (p *places) take(n int) int {
	n = min(n, p.all)
	for range n {
		<-p.free
	}
	return n
}

func (p *places) give(n int) {
	for range n {
		p.free <- struct{}{}
	}
}

// enterAll enters the steps of the contracts, by the order of the table and then by that of the contracts.
func (r *run) enterAll() {
	for _, s := range steps {
		for _, rec := range r.records {
			if rec == nil { // of another shard
				continue
			}
			for _, one := range rec.Steps {
				if name, _, _ := strings.Cut(one.Name, " "); name == s.name {
					r.enter(doneStep{one, name, rec.State.Name})
				}
			}
		}
	}
}

// doneStep is a step that was done: the row of the table and the contract, empty for a step of the whole run.
type doneStep struct {
	report.ContractStep
	row, contract string
}

// ownBadges are the badges of the contract, as they were written.
func (sc *stepContext) ownBadges() (all []report.NamedBadge, err error) {
	for _, p := range []string{artifact.BreakingBadge, artifact.StabilityBadge, artifact.StreakBadge} {
		v, err := written[report.Badge](sc, p)
		if err != nil {
			return nil, err
		}
		if v != nil { // of single steps, not all are there
			all = append(all, report.NamedBadge{Path: sc.path(p), Badge: *v})
		}
	}
	return all, nil
}
