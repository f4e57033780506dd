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
func diff(ctx context.Context, b *bench) error {
	doc, err := b.document(ctx)
	if err != nil {
		return skip("the contract could not be read")
	}
	old, err := b.baseline(ctx)
	if err != nil {
		return unreadable{fmt.Errorf("baseline: %w", err)}
	}
	opt, err := b.options(ctx)
	if err != nil {
		return unreadable{err}
	}
	opt.Advise = b.advise(ctx, doc)
	result := apidiff.First(doc, opt)
	if old != nil {
		result = apidiff.Compare(ctx, old, doc, opt)
	}
	at := report.At(b.job.Now)
	d, ops, broken := result.Diff, result.Operations(), result.Breaking()
	d.GeneratedAt, ops.GeneratedAt, broken.GeneratedAt = at, at, at
	b.note = d.Headline
	if old == nil && b.contract.Baseline != "" && b.contract.Baseline != config.NoBaseline {
		b.note += ": " + b.contract.Baseline + " does not exist"
	}
	b.note += b.sinceRelease(ctx, doc, opt)
	spent, wrong := partition(result.Problems)
	if n := len(wrong); n > 0 {
		b.note += fmt.Sprintf("; %d waiver(s) stale or expired, the first at %s:%d", n, wrong[0].New.File, wrong[0].New.Line)
	}
	if n := len(spent); n > 0 {
		b.note += fmt.Sprintf("; %s spent (govctl openapi waivers prune)", count(n, "waiver"))
	}
	return errors.Join(
		b.job.Store.JSON(b.path(diffFile), d),
		b.job.Store.JSON(b.path(operationsFile), ops),
		b.job.Store.JSON(b.path(breakingFile), broken),
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
func (b *bench) sinceRelease(ctx context.Context, doc *contract.Document, opt apidiff.Options) string {
	if b.contract.ReleaseBaseline == "" {
		return ""
	}
	old, err := b.job.Load(ctx, b.contract.ReleaseBaseline, *b.contract)
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
func (b *bench) baseline(ctx context.Context) (*contract.Document, error) {
	switch b.contract.Baseline {
	case config.NoBaseline:
		return nil, b.job.Store.Remove(baselinePath(b.contract.Name))
	case "":
		data := b.start[b.contract.Name]
		if data == nil {
			return nil, nil
		}
		old, err := b.published(ctx, data)
		if err != nil {
			return nil, err
		}
		if err := b.resolved(old); err != nil {
			return nil, err
		}
		r, err := b.missed(ctx, old)
		if err != nil || r == nil {
			return old, err
		}
		b.contracts[b.contract.Name].release = r
		return r.doc, errors.Join( // in this order: no run that is killed may lose what was accepted
			b.job.Store.Bytes(acceptedPath(b.contract.Name), data), b.job.Store.Bytes(baselinePath(b.contract.Name), r.doc.Canonical()))
	}
	old, err := b.named(ctx)
	if absentRevision(err) {
		if b.job.Required {
			return nil, &contract.Error{Place: b.job.Config.KeyPlace(b.contract.At + "/baseline"), Err: err, Msg: fmt.Sprintf("%s does not exist (--require-state)", b.contract.Baseline), Hint: "fetch the revision, or correct contract.baseline"}
		}
		return nil, b.job.Store.Remove(baselinePath(b.contract.Name))
	}
	if err != nil {
		return nil, err
	}
	if err := b.resolved(old); err != nil {
		return nil, err
	}
	return old, b.job.Store.Bytes(baselinePath(b.contract.Name), old.Canonical())
}

// published is the contract that an earlier run accepted, under the version that it counts as.
func (b *bench) published(ctx context.Context, data []byte) (*contract.Document, error) {
	version, err := b.taken(ctx)
	if err != nil {
		return nil, err
	}
	return contract.Parse(ctx, baselinePath(b.contract.Name), data, contract.Options{AllowDangling: true, Version: version})
}

// named is the baseline that the configuration names.
func (b *bench) named(ctx context.Context) (*contract.Document, error) {
	c := *b.contract
	if rev := revision(c.Baseline); rev != "" && c.Semver.VersionFrom != config.FromInfo {
		var err error
		if rev == gitrepo.LatestTagRevision {
			rev = ""
		}
		if c, err = b.readAs(ctx, rev); err != nil {
			return nil, err
		}
	}
	return b.job.Load(ctx, c.Baseline, c)
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
func (b *bench) options(ctx context.Context) (apidiff.Options, error) {
	opt, err := RuleOptions(*b.contract, b.job.Now)
	if err != nil {
		return opt, err
	}
	data, ok, err := b.readWaivers(ctx)
	if err != nil || !ok {
		return opt, err
	}
	all, err := apidiff.ParseWaivers(ctx, b.contract.Waivers, data, b.job.Now, b.contract.Rules.WaiverMaxDays)
	if err != nil {
		return opt, err
	}
	opt.Waivers, opt.Spent = apidiff.WaiversFor(b.contract.Name, all), b.job.State.Contracts[b.contract.Name].Spent
	return opt, KnownContracts(b.job.Config, all)
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
