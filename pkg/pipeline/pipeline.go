// Package pipeline is `govctl run`: the ordered list of steps. Steps exchange files in one output folder and nothing else,
// so that each of them can also run alone.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/config"
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
	RunID   string         // identity of the run; empty: derived from commit, time and contracts
	Version string         // of govctl, for the manifest

	// Load reads a contract. ReadFile reads an input file; its error is an fs.ErrNotExist where there is none.
	Load     func(ctx context.Context, source string, c config.Contract) (*contract.Document, error)
	ReadFile func(name string) ([]byte, error)
	// Progress is told about each step when it begins; nil is silence.
	Progress func(step string)

	// Alerts leads to what surrounds the alert taxonomy.
	Alerts Alerts

	// Signing is nil where no key is configured.
	Signing *Signing

	// Links lead from the pages to the repository and the run.
	Links Links

	// Synthetic lets a refresh without a new commit count as a run.
	Synthetic bool
}

// UnknownSHA stands for the commit of a folder that is no repository.
const UnknownSHA = "0000000"

// Result is what a run came to.
type Result struct {
	Steps   []report.Step
	Summary report.Summary
	Worst   Class
	Repairs []string          // what an interrupted earlier run left behind, and what was done about it
	Hints   map[string]string // what the user can do about a step that failed, by its name
	SHA     string
	RunID   string
	Breaks  []report.Finding // what breaks clients, worst first
}

// Class orders the outcomes of a step; the worst one is the outcome of the run.
type Class int

// The classes, best first.
const (
	Fine     Class = iota
	Findings       // a gate failed
	Input          // an input is wrong
	Broken         // the work could not be done
)

// Step is one row of the run.
type step struct {
	name  string
	about string
	// needs are files of this run without which the step is skipped; makes are the files that go away when it fails, so that
	// no reader takes an older run's for this one's. Both are relative to the folder of a contract where once is false.
	needs, makes []string
	once         bool // for the whole run, not for each contract
	run          func(context.Context, *bench) error
}

// steps is the main job, in order.
var steps = []step{
	{name: "export", about: "read the contract and write its canonical form", run: export},
	{name: "diff", about: "compare with the baseline and classify the operations", makes: []string{diffFile, operationsFile, breakingFile}, run: diff},
	{name: "semver", about: "hold the version against the change", needs: []string{diffFile}, makes: []string{semverFile}, run: semverPolicy},
	{name: "stability", about: "record the run and compute the metrics", run: stabilityMetrics},
	{name: "gate", about: "decide whether the change may pass", needs: []string{breakingFile}, run: gate},
	{name: "taxonomy", about: "lint the alert taxonomy against its rules", makes: []string{artifact.LintPath, artifact.AlertsPath, artifact.AlertsPagePath}, once: true, run: lintTaxonomy},
	{name: "alerts", about: "measure churn, runbooks and age of the alerts", makes: []string{artifact.MetricsPath}, once: true, run: measureTaxonomy},
	{name: "alert-gates", about: "hold the alerts against their limits and their past", needs: []string{artifact.MetricsPath}, makes: []string{artifact.GatesPath}, once: true, run: gateTaxonomy},
	{name: "changelog", about: "tell how the alerts moved since the last run", makes: []string{artifact.AlertDiffPath}, once: true, run: alertChangelog},
	{name: "milestones", about: "sum up the milestones", makes: []string{artifact.MilestonesPath, artifact.MilestonesBadge}, once: true, run: milestones},
	{name: "summary", about: "write what a dashboard fetches", once: true, run: summary},
	{name: "reasons", about: "judge which alerts open and recover", needs: []string{artifact.SummaryPath}, makes: []string{artifact.AlertStatePath}, once: true, run: reasons},
	{name: "badges", about: "write the badges", once: true, run: badges},
	{name: "metrics", about: "write the figures for Prometheus", once: true, run: metrics},
	{name: "site", about: "build the pages", once: true, run: pages},
	{name: "checksums", about: "take the digest of every file", once: true, run: checksums},
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

// tolerated marks a failure that the placeholder limit judges, instead of failing the run by itself.
type tolerated struct{ error }

func (t tolerated) Unwrap() error { return t.error }

// ErrInterrupted is the error of a run that was told to stop. What it found by then says nothing about the contract; the folder is to
// be left as a killed run leaves it.
var ErrInterrupted = errors.New("the run was interrupted")

// Run does every step and writes the manifest. Its error is about the run as a whole: nothing could be written.
func Run(ctx context.Context, j *Job) (Result, error) {
	r := &run{job: j, docs: map[string]loaded{}, published: map[string]string{}, hints: map[string]string{}}
	if err := r.begin(ctx); err != nil {
		return Result{}, err
	}
	for _, s := range steps {
		for _, b := range r.places(s) {
			r.do(ctx, s, b)
			if ctx.Err() != nil {
				return Result{}, fmt.Errorf("%w in the step %s", ErrInterrupted, s.name)
			}
		}
	}
	if err := r.end(); err != nil {
		return Result{}, err
	}
	breaks, err := r.breaks()
	return Result{Steps: r.steps, Summary: r.final, Worst: r.worst, Repairs: r.repairs, Hints: r.hints, SHA: r.job.SHA, RunID: r.job.RunID, Breaks: breaks}, err
}

// do runs one step and records how it ended. Whatever happens in it, the next step follows.
func (r *run) do(ctx context.Context, s step, b *bench) {
	name := s.name
	if b.contract != nil && len(r.job.Config.Contracts) > 1 {
		name += " " + b.contract.Name
	}
	if r.job.Progress != nil {
		r.job.Progress(name)
	}
	r.job.Store.Begin(s.name)
	err := b.lacks(s.needs)
	if err == nil {
		err = s.run(ctx, b)
	}
	out := report.Step{Name: name, Status: "ok", Reason: b.note}
	class := Fine
	var none skip
	var found finding
	var mild tolerated
	var input *contract.Error
	switch {
	case err == nil:
	case errors.As(err, &none):
		out.Status, out.Reason = "skipped", err.Error()
	case errors.As(err, &found):
		out.Status, out.Reason, class = "findings", err.Error(), Findings
	case errors.As(err, &mild):
		out.Status, out.Reason = "failed", err.Error()
	case errors.As(err, &input):
		out.Status, out.Reason, class = "failed", err.Error(), Input
	default:
		out.Status, out.Reason, class = "failed", err.Error(), Broken
	}
	if err != nil && !errors.As(err, &found) {
		for _, p := range s.makes {
			if rerr := r.job.Store.Remove(b.path(p)); rerr != nil {
				out.Reason, class = errors.Join(err, rerr).Error(), Broken
			}
		}
	}
	if errors.As(err, &input) && input.Hint != "" {
		r.hints[name] = input.Hint
	}
	r.steps = append(r.steps, out)
	r.worst = max(r.worst, class)
}

// lacks is the skip for the first needed file that this run did not write.
func (b *bench) lacks(needs []string) error {
	for _, p := range needs {
		if !b.wrote(b.path(p)) {
			return skip(fmt.Sprintf("%s was not written", b.path(p)))
		}
	}
	return nil
}

// breaks gathers the breaking changes of all contracts.
func (r *run) breaks() ([]report.Finding, error) {
	var all []report.Finding
	for _, b := range r.benches() {
		d, err := written[report.Diff](b, diffFile)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		for _, f := range d.Changes {
			if f.Breaking {
				all = append(all, f)
			}
		}
	}
	return all, nil
}
