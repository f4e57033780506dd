package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// diff compares the contract with its baseline and writes the three answers that follow from it.
func diff(ctx context.Context, sc *stepContext) error {
	doc, err := sc.document(ctx)
	if err != nil {
		return skip("the contract could not be read")
	}
	old, err := sc.baseline(ctx)
	if err != nil {
		return unreadable{fmt.Errorf("baseline: %w", err)}
	}
	opt, err := sc.options(ctx)
	if err != nil {
		return unreadable{err}
	}
	opt.Advise = sc.advise(ctx, doc)
	result := apidiff.First(doc, opt)
	if old != nil {
		opt.Accepted = true // which the changelog shows
		result = apidiff.Compare(ctx, old, doc, opt)
		sc.compared = &comparison{old, doc, result}
	}
	at := report.At(sc.job.Now)
	d, ops, broken := result.Diff, result.Operations(), result.Breaking()
	d.GeneratedAt, ops.GeneratedAt, broken.GeneratedAt = at, at, at
	sc.note = d.Headline
	if old == nil && sc.contract.Baseline != "" && sc.contract.Baseline != config.NoBaseline {
		sc.note += ": " + sc.contract.Baseline + " does not exist"
	}
	sc.note += sc.sinceRelease(ctx, doc, opt)
	spent, wrong := partition(result.Problems)
	if n := len(wrong); n > 0 {
		sc.note += fmt.Sprintf("; %d waiver(s) stale or expired, the first at %s:%d", n, wrong[0].New.File, wrong[0].New.Line)
	}
	if n := len(spent); n > 0 {
		sc.note += fmt.Sprintf("; %s spent (govctl openapi waivers prune)", count(n, "waiver"))
	}
	return errors.Join(
		sc.job.Store.JSON(sc.path(diffFile), d),
		sc.job.Store.JSON(sc.path(operationsFile), ops),
		sc.job.Store.JSON(sc.path(breakingFile), broken),
	)
}

// partition are the waivers that have done their work, and those with which something is wrong.
func partition(problems []report.Finding) (spent, wrong []report.Finding) {
	for _, p := range problems {
		if p.Rule == apidiff.WaiverSpent {
			spent = append(spent, p)
		} else {
			wrong = append(wrong, p)
		}
	}
	return spent, wrong
}

// sinceRelease is what the second baseline adds to the note of the step. It is reported and never fails a run.
func (sc *stepContext) sinceRelease(ctx context.Context, doc *contract.Document, opt apidiff.Options) string {
	if sc.contract.ReleaseBaseline == "" {
		return ""
	}
	old, err := sc.job.Load(ctx, sc.contract.ReleaseBaseline, *sc.contract)
	switch {
	case absent(err):
		return "; no release to compare with"
	case err != nil:
		return fmt.Sprintf("; the release could not be read: %v", err)
	}
	opt.NoWitness, opt.Waivers = true, nil // one line tells no proof
	return "; since the release: " + apidiff.Compare(ctx, old, doc, opt).Diff.Headline
}

// baseline is the contract to compare with; nil for a first run.
func (sc *stepContext) baseline(ctx context.Context) (*contract.Document, error) {
	switch sc.contract.Baseline {
	case config.NoBaseline:
		return nil, sc.job.Store.Remove(baselinePath(sc.contract.Name))
	case "":
		start := sc.start[sc.contract.Name]
		if !start.Exists() {
			return nil, nil
		}
		old, err := sc.accepted(ctx, start)
		if err != nil {
			return nil, err
		}
		r, err := sc.missed(ctx, old)
		if err != nil || r == nil {
			return old, err
		}
		sc.contracts[sc.contract.Name].release = r
		data, err := start.Bytes()
		if err != nil {
			return nil, err
		}
		return r.doc, errors.Join( // in this order: no run that is killed may lose what was accepted
			sc.job.Store.Bytes(acceptedPath(sc.contract.Name), data), sc.job.Store.Bytes(baselinePath(sc.contract.Name), r.doc.Canonical()))
	}
	old, err := sc.named(ctx)
	if absentRevision(err) {
		if sc.job.Required {
			return nil, &contract.Error{Place: sc.job.Config.KeyPlace(sc.contract.At + "/baseline"), Err: err, Msg: fmt.Sprintf("%s does not exist (--require-state)", sc.contract.Baseline), Hint: "fetch the revision, or correct contract.baseline"}
		}
		return nil, sc.job.Store.Remove(baselinePath(sc.contract.Name))
	}
	if err != nil {
		return nil, err
	}
	if err := errors.Join(sc.fits(old, baselinePath(sc.contract.Name)), sc.resolved(old)); err != nil {
		return nil, err
	}
	return old, sc.job.Store.Bytes(baselinePath(sc.contract.Name), old.Canonical())
}

// accepted is the contract that an earlier run accepted. What the contract still is need not be read again.
func (sc *stepContext) accepted(ctx context.Context, start Stored) (*contract.Document, error) {
	version, err := sc.taken(ctx)
	if err != nil {
		return nil, err
	}
	if doc, err := sc.document(ctx); err == nil && version == "" && doc.SHA256() == start.SHA256 {
		return doc.Under(baselinePath(sc.contract.Name)), nil
	}
	data, err := start.Bytes()
	if err != nil {
		return nil, err
	}
	old, err := sc.published(ctx, data)
	if err == nil {
		err = sc.resolved(old)
	}
	return old, err
}

// published is the contract that an earlier run accepted, under the version that it counts as.
func (sc *stepContext) published(ctx context.Context, data []byte) (*contract.Document, error) {
	version, err := sc.taken(ctx)
	if err != nil {
		return nil, err
	}
	opt := contract.ReadBack()
	opt.SHA256 = sc.start[sc.contract.Name].SHA256
	opt.Version = version
	return contract.Parse(ctx, baselinePath(sc.contract.Name), data, opt)
}

// named is the baseline that the configuration names.
func (sc *stepContext) named(ctx context.Context) (*contract.Document, error) {
	c := *sc.contract
	if rev := revision(c.Baseline); rev != "" && c.Semver.VersionFrom != config.FromInfo {
		var err error
		if rev == gitrepo.LatestTagRevision {
			rev = ""
		}
		if c, err = sc.readAs(ctx, rev); err != nil {
			return nil, err
		}
	}
	return sc.job.Load(ctx, c.Baseline, c)
}

// absent reports a source that is not there, as opposed to one that cannot be read.
func absent(err error) bool { return absentRevision(err) || errors.Is(err, fs.ErrNotExist) }

// absentRevision reports a revision that nobody has made yet, or one without the file: the baseline of a first run. A plain file that the
// configuration names is expected to be there.
func absentRevision(err error) bool {
	for _, kind := range []error{gitrepo.ErrNoRevision, gitrepo.ErrNoFile, gitrepo.ErrNoTag} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// options are the rules of this contract, with its waivers.
func (sc *stepContext) options(ctx context.Context) (apidiff.Options, error) {
	opt, err := RuleOptions(*sc.contract, sc.job.Now)
	if err != nil {
		return opt, err
	}
	data, ok, err := sc.readWaivers(ctx)
	if err != nil || !ok {
		return opt, err
	}
	all, err := apidiff.ParseWaivers(ctx, sc.contract.Waivers, data, sc.job.Now, sc.contract.Rules.WaiverMaxDays)
	if err != nil {
		return opt, err
	}
	opt.Waivers, opt.Spent = apidiff.WaiversFor(sc.contract.Name, all), sc.job.State.Contracts[sc.contract.Name].Spent
	return opt, KnownContracts(sc.job.Config, all)
}

// KnownContracts refuses waivers for contracts that the configuration does not have.
func KnownContracts(cfg config.Config, waivers []apidiff.Waiver) error {
	var names []string
	for i := range cfg.Contracts {
		names = append(names, cfg.Contracts[i].Name)
	}
	for i := range waivers {
		if w := &waivers[i]; w.Contract != "" && !slices.Contains(names, w.Contract) {
			hint := config.Nearest(w.Contract, names)
			if hint == "" {
				hint = "contract.name and contracts[].name in " + config.File + " name them"
			}
			return &contract.Error{Place: w.Place, Msg: fmt.Sprintf("there is no contract %q for the waiver", w.Contract), Hint: hint}
		}
	}
	return nil
}

// RuleOptions are the rules as the configuration adjusts them. The error of a rule that does not exist is a *contract.Error.
func RuleOptions(c config.Contract, now time.Time) (apidiff.Options, error) {
	opt := apidiff.Options{Gate: rules.Category(c.Rules.Category), Levels: map[string]report.Level{}, Now: now, DeprecationDays: c.Rules.DeprecationDays,
		GrowthBreaks: c.Rules.ResponseGrowth == config.GrowthBreaks}
	for id, level := range c.Rules.Levels {
		if _, ok := rules.Lookup(id); !ok {
			return opt, &contract.Error{Place: report.Place{File: config.File}, Msg: fmt.Sprintf("contract.rules.levels: there is no rule %q", id), Hint: "govctl openapi rules lists them all"}
		}
		opt.Levels[id] = report.Level(level)
	}
	return opt, nil
}
