package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// PartRequest says which steps of a run a command does alone.
type PartRequest struct {
	Steps    []string       // in the order of the table
	Contract string         // among several contracts, the one that the steps are about; empty: all
	Verdict  *report.Semver // written by the step semver, for versions that no contract of this run has
	Reason   string         // recorded by the step stability as a placeholder, for this reason; empty: what the folder says is recorded
	Foreign  bool           // the contracts are those of the command line, not those of the configuration
}

// Part does steps of a run as a CI step of its own: it writes the artifacts that a run writes, the badges that follow from them, and a summary
// that lists what was not done. No gate is applied, so that nothing has passed, and the next run compares with what it would have compared
// with. What earlier parts of the same commit and run have written counts, too.
func Part(ctx context.Context, j *Job, q PartRequest) (Result, error) {
	if j.RunID == "" && !slices.ContainsFunc(q.Steps, func(s string) bool { return partOutputs[s] != nil && s != "milestones" }) {
		j.RunID = localRun + fmt.Sprint(j.Now.Unix()) // no contract is read to name the run
	}
	r := newRun(j)
	if err := r.begin(ctx); err != nil {
		return Result{}, err
	}
	if err := r.keepState(q); err != nil {
		return Result{}, err
	}
	if err := r.adopt(q); err != nil {
		return Result{}, err
	}
	for _, s := range steps {
		if !slices.Contains(q.Steps, s.name) {
			continue
		}
		if s.name == "diff" {
			s.run = readAndDiff
		}
		if s.name == "semver" && q.Verdict != nil {
			s.needs, s.run = nil, func(_ context.Context, sc *stepContext) error {
				sc.note = q.Verdict.Status + ": " + strings.Join(q.Verdict.Messages, "; ")
				return sc.job.Store.JSON(sc.path(semverFile), *q.Verdict)
			}
		}
		if s.name == "stability" && q.Reason != "" {
			r.placeholder = q.Reason
		}
		for _, b := range r.places(s) {
			if b.contract != nil && q.Contract != "" && b.contract.Name != q.Contract {
				continue
			}
			r.do(ctx, s, b)
			if ctx.Err() != nil {
				return Result{}, fmt.Errorf("%w in the step %s", ErrInterrupted, s.name)
			}
		}
	}
	out := Result{Worst: r.worst, Notices: r.notices, Hints: r.hints, Details: r.details, SHA: r.job.SHA, RunID: r.job.RunID}
	if err := r.endPart(ctx, q); err != nil {
		return Result{}, err
	}
	out.Steps, out.Summary = r.steps, r.final
	return out, nil
}

// readAndDiff is the step diff where no step export has said what is wrong with the contract.
func readAndDiff(ctx context.Context, sc *stepContext) error {
	if _, err := sc.document(ctx); err != nil {
		return err
	}
	return diff(ctx, sc)
}

// keepState keeps in the folder what the next run needs of the state, although this is no run: the contracts that were published and accepted,
// and the number of lines of the histories.
func (r *run) keepState(q PartRequest) error {
	var errs []error
	for name, c := range r.job.State.Contracts {
		if v := r.contracts[name]; v != nil {
			v.lines, v.rotated = c.HistoryLines, c.Rotated
		}
		if c.Published.Exists() {
			errs = append(errs, keep(r.job.Store, publishedPath(name), c.Published))
		}
		if q.Foreign && c.Accepted.Exists() && c.Accepted.SHA256 != c.Published.SHA256 {
			errs = append(errs, keep(r.job.Store, acceptedPath(name), c.Accepted))
		}
	}
	return errors.Join(errs...)
}

// localRun begins the identity of a run outside CI.
const localRun = "local-"

// partOutputs are the files of the steps that commands do alone.
var partOutputs = map[string][]string{
	"diff": {diffFile, operationsFile, breakingFile}, "semver": {semverFile}, "stability": {stabilityFile},
	"milestones": {artifact.MilestonesPath},
}

// adopt takes over what earlier parts of the same commit and run have found. The step stability takes the files of the diff in any case: it
// records what the folder says.
func (r *run) adopt(q PartRequest) error {
	s := r.job.State
	same := s.RunID == r.job.RunID || strings.HasPrefix(s.RunID, localRun) && strings.HasPrefix(r.job.RunID, localRun)
	taken := slices.Clone(q.Steps)
	if s.Partial && s.SHA == r.job.SHA && same {
		for _, step := range s.Steps {
			name, contract, _ := strings.Cut(step.Name, " ")
			if slices.Contains(q.Steps, name) && (q.Contract == "" || contract == "" || contract == q.Contract) {
				continue
			}
			r.steps, taken = append(r.steps, step), append(taken, name)
			r.ended = append(r.ended, doneStep{report.ContractStep{Step: step}, name, contract})
			if step.Status == statusFailed {
				r.unchecked = append(r.unchecked, report.NotChecked{Step: name, Contract: contract, Reason: step.Reason})
			}
			if err := r.take(name, contract); err != nil {
				return err
			}
		}
	}
	if slices.Contains(q.Steps, "stability") && !slices.Contains(taken, "diff") && q.Reason == "" {
		taken = append(taken, "diff")
		if err := r.take("diff", q.Contract); err != nil {
			return err
		}
	}
	return r.clear(taken)
}

// clear takes away what older runs have found in steps that were not done now, so that no reader takes it for this.
func (r *run) clear(done []string) error {
	var errs []error
	for _, b := range r.stepContexts() {
		errs = append(errs, r.job.Store.Remove(b.path(recordFile))) // that of a run
	}
	for _, s := range steps {
		if slices.Contains(done, s.name) || s.name == "checksums" || s.name == "sign" {
			continue
		}
		for _, b := range r.places(s) {
			for _, p := range s.makes {
				errs = append(errs, r.job.Store.Remove(b.path(p)))
			}
		}
	}
	return errors.Join(errs...)
}

// take makes the files of a step count as those of this part.
func (r *run) take(step, contract string) error {
	for _, b := range r.stepContexts() {
		if contract != "" && b.contract.Name != contract {
			continue
		}
		for _, p := range partOutputs[step] {
			at := b.path(p)
			if step == "milestones" {
				at = p
			}
			text, err := artifact.Read(r.job.Store.FS(), at, artifact.Most(at))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err == nil {
				err = r.job.Store.Carry(at, text)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// endPart writes what follows from the steps: their badges, the summary, the pages where there are some, the manifest and the checksums.
func (r *run) endPart(ctx context.Context, q PartRequest) error {
	sc := &stepContext{run: r}
	r.job.Store.Begin("badges")
	r.final.Checked = r.worst.Checked()
	if err := r.partBadges(q); err != nil {
		return err
	}
	if err := r.partRecords(ctx); err != nil {
		return err
	}
	r.sortSteps()
	r.job.Store.Begin("summary")
	r.unchecked = append(r.unchecked, report.NotChecked{Step: "gate", Reason: "only " + r.done() + " of a run was done: govctl run applies the gates"})
	if err := summary(ctx, sc); err != nil {
		return err
	}
	r.final.Headline = r.partHeadline()
	r.job.Store.Begin("badges")
	err := errors.Join(r.job.Store.JSON(artifact.SummaryPath, r.final), sc.badge(artifact.SummaryBadge, badge.Summary(&r.final)), sc.badge(artifact.CombinedBadge, badge.Combined(&r.final)))
	if err != nil {
		return err
	}
	if _, serr := fs.Stat(r.job.Store.FS(), artifact.IndexPath); serr == nil {
		r.job.Store.Begin("site")
		if err := r.partPages(sc.source()); err != nil {
			return err
		}
	}
	for i, rec := range r.records {
		v := r.contracts[rec.State.Name]
		v.outcome = max(v.outcome, report.BadInput) // not checked as a whole
		rec.Kept = r.stepContext(i).row(v, false)
	}
	r.job.Store.Begin("manifest")
	head := r.manifest()
	head.Files = Artifacts.lists(r.job.Store.Written())
	if err := r.job.Store.JSON(artifact.ManifestPath, head); err != nil {
		return err
	}
	r.job.Store.Begin("checksums")
	_, err = WriteBundles(ctx, r.job.Store, BundleRequest{At: r.job.Now})
	return err
}

// partPages builds the pages from what is there.
func (r *run) partPages(s PageSource) error {
	if r.several() {
		s.records, s.runs = r.records, r.linked
	}
	_, err := s.build()
	return err
}

// partRecords makes the records of the contracts from what the steps found. They are not written: a record in the folder is that of a run.
func (r *run) partRecords(ctx context.Context) error {
	for i, sc := range r.stepContexts() {
		var err error
		if r.records[i], err = sc.record(ctx); err != nil {
			return err
		}
	}
	return nil
}

// partBadges writes the badges of the steps that were done, as a run does. One that is there from an older run says that nothing is known.
func (r *run) partBadges(q PartRequest) error {
	var errs []error
	there := func(p string) bool { _, err := fs.Stat(r.job.Store.FS(), p); return err == nil }
	for _, b := range r.stepContexts() {
		mine := q.Contract == "" || b.contract.Name == q.Contract
		if mine && slices.Contains(q.Steps, "diff") || there(b.path(artifact.BreakingBadge)) {
			errs = append(errs, b.breakingBadge())
		}
		if mine && slices.Contains(q.Steps, "stability") || there(b.path(artifact.StabilityBadge)) {
			errs = append(errs, b.stabilityBadges())
		}
	}
	m, err := written[report.Milestones](&stepContext{run: r}, artifact.MilestonesPath)
	if m != nil {
		err = (&stepContext{run: r}).badge(artifact.MilestonesBadge, badge.Milestones(m))
	}
	return errors.Join(append(errs, err)...)
}

// sortSteps puts the steps of several parts into the order of the table.
func (r *run) sortSteps() {
	rank := func(s report.Step) int {
		name, _, _ := strings.Cut(s.Name, " ")
		return slices.IndexFunc(steps, func(row step) bool { return row.name == name })
	}
	sorting.Stable(r.steps, func(a, b report.Step) int { return rank(a) - rank(b) })
}

// done names the steps that were done, each once.
func (r *run) done() string {
	var names []string
	for _, s := range r.steps {
		if name, _, _ := strings.Cut(s.Name, " "); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// partHeadline says what was done and what it found, without a verdict.
func (r *run) partHeadline() string {
	text := fmt.Sprintf("Not a complete run: only %s was done, and no gate was applied", r.done())
	for _, s := range r.steps {
		if s.Status == statusFailed || s.Status == statusFindings {
			return text + "; " + strings.TrimSuffix(failure(r.steps), ".") + "."
		}
	}
	if slices.ContainsFunc(r.steps, func(s report.Step) bool { return strings.HasPrefix(s.Name, "diff") }) {
		text += "; " + count(r.final.BreakingChangesCount, "breaking change")
	}
	return text + "."
}
