// Package pipeline is `govctl run`: the ordered list of steps. Steps exchange files in one output folder and nothing else,
// so that each of them can also run alone.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Job is one call of `govctl run`: what to govern, and the world it may touch.
type Job struct {
	Config  config.Config
	Store   *artifact.Store
	Found   artifact.Found // what the store met when it was opened
	Now     time.Time      // the time of the run
	SHA     string         // commit of the run; UnknownSHA outside a repository
	Project string         // stable identity of the project
	State   State          // what earlier runs left
	RunID   string         // identity of the run; empty: derived from commit, time and contracts
	Version string         // of govctl, for the manifest

	// Load reads a contract. ReadFile reads an input file; its error is an fs.ErrNotExist where there is none.
	Load     func(ctx context.Context, source string, c config.Contract) (*contract.Document, error)
	ReadFile func(name string) ([]byte, error)
	Digest   func(name string) (string, error) // of an input file, in hexadecimal; nil: files are read for it
	// Versions leads to the places that semver.version_from names; its ReadFile is that of the job where it has none.
	Versions Versions
	// Progress is told about each step when it begins; nil is silence.
	Progress func(step string)

	// Alerts leads to what surrounds the alert taxonomy.
	Alerts Alerts

	// Signing is nil where no key is configured.
	Signing *Signing

	// Policy is the policy of the base branch, for `run --policy`; nil without it. Config is then the first of Policy.Configurations.
	Policy *Policy
	// Overrides are the flags and environment variables of this run that let something pass, for the headline.
	Overrides []string

	// Links lead from the pages to the repository and the run.
	Links Links

	// Required refuses baselines of the configuration that are not there (--require-state).
	Required bool

	// Selection is which contracts are assessed.
	Selection Selection

	// Synthetic lets a refresh without a new commit count as a run.
	Synthetic bool
}

// UnknownSHA stands for the commit of a folder that is no repository.
const UnknownSHA = "0000000"

// Result is what a run came to.
type Result struct {
	Steps    []report.Step
	Summary  report.Summary
	Worst    report.Outcome
	Notices  []string            // what an interrupted earlier run left behind, and what was done about it
	Hints    map[string]string   // what the user can do about a step that failed, by its name
	Details  map[string][]string // the single errors behind the reason of a step, by its name, where there are several
	SHA      string
	RunID    string
	Breaks   []report.Finding // what breaks clients, worst first
	Assessed int              // contracts of a shard
	Policy   *report.Policy   // what the change does to its own policy; nil without --policy
}

// Step is one row of the run.
type step struct {
	name  string
	about string
	// needs are files of this run without which the step is skipped; makes are the files that go away when it fails, so that
	// no reader takes an older run's for this one's. Both are relative to the folder of a contract where once is false.
	needs, makes []string
	once         bool            // for the whole run, not for each contract
	when         func(*Job) bool // nil: in every run
	run          func(context.Context, *stepContext) error
}

// steps is the main job, in order.
var steps = []step{
	{name: "export", about: "read the contract and write its canonical form", run: export},
	{name: "diff", about: "compare with the baseline and classify the operations", makes: []string{diffFile, operationsFile, breakingFile}, run: diff},
	{name: "semver", about: "check that the version matches the change", needs: []string{diffFile}, makes: []string{semverFile}, run: semverPolicy},
	{name: "stability", about: "record the run and compute the metrics", run: stabilityMetrics},
	{name: "gate", about: "apply the gate to the change", needs: []string{breakingFile}, run: gate},
	{name: "api-changelog", about: "list what the next version of the API publishes", run: apiChangelog},
	{name: "taxonomy", about: "lint the alert taxonomy against its rules", makes: []string{artifact.LintPath, artifact.AlertsPath, artifact.AlertsPagePath}, once: true, run: lintTaxonomy},
	{name: "alerts", about: "measure churn, runbooks and age of the alerts", makes: []string{artifact.MetricsPath}, once: true, run: measureTaxonomy},
	{name: "alert-gates", about: "check the alerts against their limits and their history", needs: []string{artifact.MetricsPath}, makes: []string{artifact.GatesPath}, once: true, run: gateTaxonomy},
	{name: "changelog", about: "list how the alerts changed since the last run", makes: []string{artifact.AlertDiffPath}, once: true, run: alertChangelog},
	{name: "milestones", about: "summarise the milestones", makes: []string{artifact.MilestonesPath, artifact.MilestonesBadge}, once: true, run: milestones},
	{name: "evidence", about: "check the evidence in the folder, if it is required or present", makes: []string{artifact.VerdictPath}, once: true, when: hasEvidence, run: evaluateEvidence},
	{name: "policy", about: "compare the policy with that of the base, with --policy only", makes: []string{artifact.PolicyPath}, once: true, when: hasPolicy, run: evaluatePolicy},
	{name: "summary", about: "write the summary for dashboards", once: true, run: summary},
	{name: "reasons", about: "decide which alerts open and recover", needs: []string{artifact.SummaryPath}, once: true, run: reasons},
	{name: "record", about: "keep a record of the run for the pages", needs: []string{artifact.SummaryPath}, once: true, run: keepRecord},
	{name: "badges", about: "write the badges", once: true, run: badges},
	{name: "metrics", about: "write the figures for Prometheus", once: true, run: metrics},
	{name: "site", about: "build the pages", once: true, run: pages},
	{name: "manifest", about: "list the files with the commit and the time of the run", once: true, run: manifest},
	{name: "checksums", about: "compute the digest of every file", needs: []string{artifact.ManifestPath}, makes: []string{artifact.ChecksumsPath, Pages.At(integrity.ChecksumsFile)}, once: true, run: checksums},
	{name: "sign", about: "sign the checksums, where a key is configured", needs: []string{artifact.ChecksumsPath}, makes: signedFiles(), once: true, run: sign},
}

// StepInfo is a row of the table for readers.
type StepInfo struct{ Name, About string }

// Steps lists the steps of a run in order.
func Steps() []StepInfo {
	list := make([]StepInfo, len(steps))
	for i, s := range steps {
		list[i] = StepInfo{s.name, s.about}
	}
	return list
}

// skip is the outcome of a step that had nothing to do.
type skip string

func (s skip) Error() string { return string(s) }

// Finding is the outcome of a step whose gate failed. Its text is the reason.
type finding string

func (f finding) Error() string { return string(f) }

// unreadable marks an error about what a contract is read from or compared with. Under gate: none it fails no run; the placeholder limit
// does. An error of writing is none of these.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

// ErrInterrupted is the error of a run that was told to stop. What it found by then says nothing about the contract; the folder is to
// be left as a killed run leaves it.
var ErrInterrupted = errors.New("the run was interrupted")

// Run does every step: those of each contract, and then those of the whole. Its error is about the run as a whole: nothing could be written.
func Run(ctx context.Context, j *Job) (Result, error) {
	r := newRun(j)
	if err := r.begin(ctx); err != nil {
		return Result{}, err
	}
	if err := r.assessAll(ctx); err != nil {
		return Result{}, err
	}
	return r.whole(ctx)
}

// whole does the steps of the whole run over the records of its contracts.
func (r *run) whole(ctx context.Context) (Result, error) {
	r.enterAll()
	for _, s := range steps {
		if !s.once || s.when != nil && !s.when(r.job) {
			continue
		}
		r.do(ctx, s, &stepContext{run: r})
		if ctx.Err() != nil {
			return Result{}, fmt.Errorf("%w in the step %s", ErrInterrupted, s.name)
		}
	}
	if err := r.correct(ctx); err != nil {
		return Result{}, err
	}
	if err := r.end(); err != nil {
		return Result{}, err
	}
	breaks, err := r.breaks()
	return Result{Steps: r.steps, Summary: r.final, Worst: r.worst, Notices: r.notices, Hints: r.hints, Details: r.details, SHA: r.job.SHA, RunID: r.job.RunID, Breaks: breaks, Policy: r.policyReport}, err
}

// correct writes summary, record and badges again where a step after them could not do its work: they say that everything was checked.
func (r *run) correct(ctx context.Context) error {
	if !r.final.Checked || len(r.unchecked) == 0 {
		return nil
	}
	sc := &stepContext{run: r}
	r.found = nil
	return errors.Join(summary(ctx, sc), keepRecord(ctx, sc), badges(ctx, sc))
}

// do runs one step and enters how it ended. Whatever happens in it, the next step follows.
func (r *run) do(ctx context.Context, s step, sc *stepContext) {
	d := doneStep{row: s.name}
	d.Name = s.name
	if sc.contract != nil {
		d.contract = sc.contract.Name
		if r.several() {
			d.Name += " " + d.contract
		}
	}
	if r.job.Progress != nil {
		r.job.Progress(d.Name)
	}
	r.job.Store.Begin(s.name)
	err := sc.lacks(s.needs)
	switch {
	case err == nil && !sc.configured():
		err = skip("no contract is configured")
	case err == nil:
		err = s.run(ctx, sc)
	}
	out, outcome := evaluated(err, sc.note)
	d.Status, d.Reason = out.Status, out.Reason
	if err != nil && out.Status != statusFindings {
		for _, p := range s.makes {
			if rerr := r.job.Store.Remove(sc.path(p)); rerr != nil {
				d.Reason, outcome = errors.Join(err, rerr).Error(), report.WorkFailed
			}
		}
	}
	var input *contract.Error
	if errors.As(err, &input) {
		d.Hint = input.Hint
	}
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) && len(several.Unwrap()) > 1 {
		for _, one := range several.Unwrap() {
			d.Details = append(d.Details, one.Error())
		}
	}
	var u unreadable
	d.Exit, d.Tolerated = int(outcome), errors.As(err, &u) && sc.contract != nil && sc.contract.Gate == "none"
	r.enter(d)
}

// The statuses of a step, as files have them.
const (
	statusOK       = "ok"
	statusFindings = "findings"
	statusFailed   = "failed"
	statusSkipped  = "skipped"
)

// evaluated is how a step ended that returned err.
func evaluated(err error, note string) (report.Step, report.Outcome) {
	var none skip
	var found finding
	switch {
	case err == nil:
		return report.Step{Status: statusOK, Reason: note}, report.Passed
	case errors.As(err, &none):
		return report.Step{Status: statusSkipped, Reason: err.Error()}, report.Passed
	case errors.As(err, &found):
		return report.Step{Status: statusFindings, Reason: err.Error()}, report.GateFailed
	}
	return report.Step{Status: statusFailed, Reason: err.Error()}, OutcomeOf(err)
}

// OutcomeOf is what an error of a step means: the input is wrong, or the work could not be done.
func OutcomeOf(err error) report.Outcome {
	var input *contract.Error
	if (errors.As(err, &input) || absentRevision(err)) && !errors.Is(err, contract.ErrOutside) {
		return report.BadInput
	}
	return report.WorkFailed
}

// enter enters a step that was done into the outcome of its contract and of the run. What could not be checked is said of both, and counts for
// the run unless the contract has no gate.
func (r *run) enter(d doneStep) {
	r.steps, r.ended = append(r.steps, d.Step), append(r.ended, d)
	if d.Hint != "" {
		r.hints[d.Name] = d.Hint
	}
	if d.Details != nil {
		r.details[d.Name] = d.Details
	}
	outcome := report.Outcome(d.Exit)
	if v := r.contracts[d.contract]; v != nil {
		v.outcome = max(v.outcome, outcome)
		v.gated = v.gated || d.row == "gate" && d.Status == statusOK
	}
	if !outcome.Checked() {
		r.unchecked = append(r.unchecked, report.NotChecked{Step: d.row, Contract: d.contract, Reason: d.Reason})
		if d.Tolerated {
			return
		}
	}
	r.worst = max(r.worst, outcome)
}

// lacks is the skip for the first needed file that this run did not write.
func (sc *stepContext) lacks(needs []string) error {
	for _, p := range needs {
		if !sc.wrote(sc.path(p)) {
			return skip(fmt.Sprintf("%s was not written", sc.path(p)))
		}
	}
	return nil
}

// breaks gathers the breaking changes: all of them where there is one contract, the first of each of several.
func (r *run) breaks() ([]report.Finding, error) {
	var all []report.Finding
	for i, rec := range r.records {
		d := rec.Diff
		if !r.several() {
			var err error
			if d, err = written[report.Diff](r.stepContext(i), diffFile); err != nil {
				return nil, err
			}
		}
		if d == nil {
			continue
		}
		for _, f := range d.Changes {
			if f.Breaking && f.More == 0 {
				all = append(all, f)
			}
		}
	}
	return all, nil
}
