package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

// Alerts are the ways from a taxonomy to what surrounds it. A nil function leaves out what it would tell.
type Alerts struct {
	// Rules reads the rule files of a dialect that patterns name. RulesAt reads them as a commit has them.
	Rules   func(d promrules.Dialect, patterns []string) ([]promrules.Source, error)
	RulesAt func(ctx context.Context, rev string, patterns []string) ([]promrules.Source, error)
	// History tells how the file came to be; At reads it from a commit. Its error is an fs.ErrNotExist where the commit, or the file in it, is not there.
	History func(ctx context.Context, file string) (taxonomy.History, error)
	At      func(ctx context.Context, rev, file string) ([]byte, error)
	// Paths lists the files that patterns name; HasFile asks for one.
	Paths      func(patterns []string) ([]string, error)
	HasFile    func(name string) bool
	Repository string // "owner/name" on GitHub; runbook addresses in it are files
}

// TaxonomyConfig is the policy of a configuration; what it leaves empty is that of the profile.
func TaxonomyConfig(c config.Taxonomy) taxonomy.Config {
	out := taxonomy.DefaultConfig(c.Profile)
	if len(c.Severities) > 0 {
		out.Severities = c.Severities
	}
	if len(c.Scopes) > 0 {
		out.Scopes = c.Scopes
	}
	if len(c.Categories) > 0 {
		out.Categories = c.Categories
	}
	if c.WindowDays > 0 {
		out.WindowDays = c.WindowDays
	}
	out.DeprecationMaxDays, out.DeprecationStrict, out.RunbookSLADays = c.DeprecationMaxDays, c.DeprecationStrict, c.RunbookSLADays
	out.Levels, out.RequiredLabels = c.Levels, c.RequiredLabels
	return out
}

// TaxonomyThresholds are the limits of the gates.
func TaxonomyThresholds(c config.Taxonomy) taxonomy.Thresholds {
	return taxonomy.Thresholds{
		RunbookMinPercent: c.RunbookMinPercent, MaxChurnDelta: c.MaxChurnDelta, MaxRiskChurnDelta: c.MaxRiskChurnDelta,
		SpikeThreshold: c.RiskChurnSpikeThreshold, SpikeFail: c.RiskChurnSpikeFail,
		DeprecationMaxDays: c.DeprecationMaxDays, DeprecationStrict: c.DeprecationStrict,
	}
}

// AlertRules are the alerting rules of rule files, as the taxonomy takes them.
func AlertRules(files []*promrules.File) []taxonomy.Rule {
	n := 0
	for _, f := range files {
		n += f.Alerts()
	}
	out := make([]taxonomy.Rule, 0, n)
	for _, f := range files {
		for i := range f.Groups {
			g := &f.Groups[i]
			for j := range g.Rules {
				if r := &g.Rules[j]; r.Alert != "" {
					at := r.Place(f.Name)
					rule := taxonomy.Rule{Name: r.Alert, Group: g.Name, Expr: r.Expr, For: r.For, Labels: g.AllLabels(r), File: f.Name, Line: at.Line, Column: at.Column}
					rule.Description, rule.Runbook = taxonomy.FromAnnotations(r.Annotations)
					out = append(out, rule)
				}
			}
		}
	}
	return out
}

// Input is a taxonomy with everything that lint compares it with.
func (a *Alerts) Input(c config.Taxonomy, data []byte, now time.Time) (taxonomy.Input, error) {
	in := taxonomy.Input{Config: TaxonomyConfig(c), Now: now, Repository: a.Repository, HasFile: a.HasFile}
	var err, errRules error
	var wg sync.WaitGroup
	wg.Go(func() { in.Rules, in.RuleRead, errRules = a.rules(c) })
	in.File, err = taxonomy.Parse(c.File, data)
	wg.Wait()
	if err = cmp.Or(err, errRules); err != nil {
		return in, err
	}
	if a.Paths != nil && len(c.Runbooks) > 0 {
		in.Runbooks, err = a.Paths(c.Runbooks)
	}
	return in, err
}

// rules reads rule files; the errors of all files that are wrong come together.
func (a *Alerts) rules(c config.Taxonomy) ([]taxonomy.Rule, int, error) {
	if a.Rules == nil || len(c.Rules) == 0 {
		return nil, 0, nil
	}
	dialect := promrules.Dialect(c.Dialect)
	sources, err := a.Rules(dialect, c.Rules)
	if err != nil {
		return nil, 0, err
	}
	files, err := promrules.Loadable(sources, dialect, c.Levels)
	if err != nil {
		return nil, 0, err
	}
	return AlertRules(files), len(files), nil
}

// parseRules reads rule files of an earlier commit, which may have been of another dialect.
func parseRules(sources []promrules.Source) ([]taxonomy.Rule, int, error) {
	files, errs := promrules.ParseAll(sources, "")
	if err := errors.Join(errs...); err != nil {
		return nil, 0, err
	}
	return AlertRules(files), len(files), nil
}

// Measure computes the metrics of a taxonomy that was read before.
func (a *Alerts) Measure(ctx context.Context, in taxonomy.Input) (report.TaxonomyMetrics, error) {
	h := taxonomy.History{Absent: "this is not a git repository"}
	if a.History != nil {
		var err error
		if h, err = a.History(ctx, in.File.Name); err != nil {
			return report.TaxonomyMetrics{}, fmt.Errorf("read the history of %s: %w", in.File.Name, err)
		}
	}
	return taxonomy.Measure(ctx, taxonomy.MetricsInput{File: in.File, Config: in.Config, Now: in.Now, History: h})
}

// DiffSince compares a taxonomy with what it was in a commit. The error is an fs.ErrNotExist where that commit has none.
func (a *Alerts) DiffSince(ctx context.Context, rev string, c config.Taxonomy, in taxonomy.Input) (report.TaxonomyDiff, error) {
	data, err := a.At(ctx, rev, c.File)
	if err != nil {
		return report.TaxonomyDiff{}, err
	}
	old, err := taxonomy.Parse(c.File+" of "+rev, data)
	if err != nil {
		return report.TaxonomyDiff{}, err
	}
	d := taxonomy.DiffInput{
		Old: taxonomy.Side{Source: "git:" + rev + ":" + c.File, File: old}, New: taxonomy.Side{Source: c.File, File: in.File, Rules: in.Rules},
		Config: in.Config, Now: in.Now, SameExpr: promrules.SameExpr, TextDiffers: string(data) != string(in.File.Bytes()),
	}
	d.Rewritten = d.TextDiffers && taxonomy.Rewritten(data, in.File.Bytes())
	if a.RulesAt != nil && in.RuleRead > 0 {
		sources, err := a.RulesAt(ctx, rev, c.Rules)
		if err == nil {
			d.Old.Rules, _, err = parseRules(sources)
		}
		if err != nil { // rule files that were broken then are no reason to tell nothing now
			d.Old.Rules = nil
		}
	}
	return taxonomy.Diff(d), nil
}
