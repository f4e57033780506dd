package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// alertFlags are the flags that every command about the taxonomy has.
type alertFlags struct {
	file    string
	rules   []string
	profile string
	dialect string
	failOn  string
	strict  bool
	labels  []string           // that each rule must have
	unread  bool               // rule files are of no use to the command
	limits  map[string]*string // by flag; see limits
}

// limits are the policies that a flag, the environment and govctl.yaml can set, in this order of precedence. The variables are those of
// the original system; one that is empty counts as unset.
var limits = []struct {
	flag, env, key, about string // key: below taxonomy in govctl.yaml
	set                   func(*config.Taxonomy, string) error
}{
	{"runbook-min-percent", "RUNBOOK_MIN_PERCENT", "runbook_min_percent", "minimum share of active alerts with a runbook", func(c *config.Taxonomy, s string) error { return parseFloat(s, &c.RunbookMinPercent) }},
	{"max-churn-delta", "MAX_CHURN_DELTA", "max_churn_delta", "maximum increase of churn over the previous snapshot", func(c *config.Taxonomy, s string) error { return parseInt(s, &c.MaxChurnDelta) }},
	{"max-risk-churn-delta", "MAX_RISK_CHURN_DELTA", "max_risk_churn_delta", "maximum increase of risk churn over the previous snapshot", func(c *config.Taxonomy, s string) error { return parseInt(s, &c.MaxRiskChurnDelta) }},
	{"spike-threshold", "RISK_CHURN_SPIKE_THRESHOLD", "risk_churn_spike_threshold", "risk churn this many times the previous one is a spike", func(c *config.Taxonomy, s string) error { return parseFloat(s, &c.RiskChurnSpikeThreshold) }},
	{"spike-fail", "RISK_CHURN_SPIKE_FAIL", "risk_churn_spike_fail", "true: a spike fails, false: it warns", func(c *config.Taxonomy, s string) error { return parseSwitch(s, &c.RiskChurnSpikeFail) }},
	{"deprecation-max-days", "TAXONOMY_DEPRECATION_MAX_DAYS", "deprecation_max_days", "days after which a deprecated alert must be removed; 0: no limit", func(c *config.Taxonomy, s string) error { return parseInt(s, &c.DeprecationMaxDays) }},
	{"deprecation-strict", "TAXONOMY_DEPRECATION_STRICT", "deprecation_strict", "true: a deprecated alert past the limit fails, false: it warns", func(c *config.Taxonomy, s string) error { return parseSwitch(s, &c.DeprecationStrict) }},
	{"runbook-sla-days", "", "runbook_sla_days", "days that an active alert may wait for a runbook; 0: no policy", func(c *config.Taxonomy, s string) error { return parseInt(s, &c.RunbookSLADays) }},
	{"window", "", "window_days", "days over which churn is counted", func(c *config.Taxonomy, s string) error { return parseInt(s, &c.WindowDays) }},
}

func parseInt(s string, to *int) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return errors.New("must be a non-negative integer")
	}
	*to = n
	return nil
}

func parseFloat(s string, to *float64) error {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v != v || v > 1e9 {
		return errors.New("must be a non-negative number")
	}
	*to = v
	return nil
}

func parseSwitch(s string, to *bool) error {
	v, err := strconv.ParseBool(strings.ToLower(s))
	if err != nil {
		return errors.New("must be 1 or 0")
	}
	*to = v
	return nil
}

// add adds the flags, with the named limits among them.
func (f *alertFlags) add(c *cobra.Command, names ...string) {
	c.Flags().StringVar(&f.file, "taxonomy", "", "the taxonomy `file` (default: taxonomy.file of the configuration)")
	c.Flags().StringArrayVar(&f.rules, "rules", nil, "rule `files`, folders or globs; may be repeated (default: taxonomy.rules of the configuration)")
	choose(c, &f.profile, "profile", "", "which rows apply", taxonomy.Profiles...)
	f.limits = map[string]*string{}
	for _, l := range limits {
		if slices.Contains(names, l.flag) {
			about := l.about
			if l.env != "" {
				about += " (also " + l.env + ")"
			}
			if slices.Contains(switches, "--"+l.flag) {
				f.limits[l.flag] = new(string)
				c.Flags().VarPF(onOff{f.limits[l.flag]}, l.flag, "", about).NoOptDefVal = "true"
				continue
			}
			f.limits[l.flag] = c.Flags().String(l.flag, "", about)
		}
	}
	if slices.Contains(names, "deprecation-strict") {
		c.Flags().BoolVar(&f.strict, "strict", false, "the same as --deprecation-strict")
	}
}

// addDialect is for commands that parse rule files.
func (f *alertFlags) addDialect(c *cobra.Command) {
	choose(c, &f.dialect, "dialect", "", "program that loads the rule files (default: taxonomy.dialect of the configuration, prometheus)", promrules.Dialects...)
}

// addFailOn is for commands that exit 1 by the level of findings.
func (f *alertFlags) addFailOn(c *cobra.Command) {
	choose(c, &f.failOn, "fail-on", "", "lowest level of a finding that exits 1 (default: taxonomy.fail_on of the configuration, error)",
		string(report.Error), string(report.Warning), string(report.Info))
}

// taxonomyConfig is the configuration of the taxonomy with flags and environment laid over it.
func (a *app) taxonomyConfig(ctx context.Context, f *alertFlags) (config.Taxonomy, error) {
	cfg, err := a.configuration(ctx)
	c := cfg.Taxonomy
	if err != nil {
		return c, err
	}
	if err := a.limit(&c, f); err != nil {
		return c, err
	}
	c.File, c.Profile = firstOf(f.file, c.File), firstOf(f.profile, c.Profile)
	c.Dialect, c.FailOn = firstOf(f.dialect, c.Dialect), firstOf(f.failOn, c.FailOn)
	if len(f.rules) > 0 {
		c.Rules = f.rules
	}
	if len(f.labels) > 0 {
		c.RequiredLabels = f.labels
	}
	c.DeprecationStrict = c.DeprecationStrict || f.strict
	return c, nil
}

// limit lays the environment and the flags over the limits of the configuration.
func (a *app) limit(c *config.Taxonomy, f *alertFlags) error {
	for _, l := range limits {
		name, value := l.env, ""
		if l.env != "" {
			value = a.Getenv(l.env)
		}
		if given := f.limits[l.flag]; given != nil && *given != "" {
			name, value = "--"+l.flag, *given
		}
		if value == "" {
			continue
		}
		if err := l.set(c, value); err != nil {
			return usage("%s %q %w", name, value, err)
		}
	}
	return nil
}

// alerts are the ways to the surroundings of a taxonomy in this world.
func (a *app) alerts() pipeline.Alerts {
	return pipeline.Alerts{
		Rules:      a.ruleSources,
		RulesAt:    a.ruleSourcesAt,
		History:    a.taxonomyHistory,
		At:         a.fileAt,
		Repository: a.Getenv("GITHUB_REPOSITORY"),
		Paths: func(patterns []string) ([]string, error) {
			files, _, err := a.paths(patterns, nil)
			return files, err
		},
		HasFile: func(name string) bool {
			_, err := os.Stat(filepath.FromSlash(name)) //nolint:forbidigo // whether a runbook exists is asked here and nowhere else
			return err == nil
		},
	}
}

// ruleSources reads rule files. What only a folder or a glob brought in and holds no rules (unit tests, the configuration of Prometheus) is
// left out, and said so.
func (a *app) ruleSources(d promrules.Dialect, patterns []string) ([]promrules.Source, error) {
	files, named, err := a.paths(patterns, ruleExtensions)
	if err != nil {
		return nil, err
	}
	out, err := a.readRules(d, files, func(name string) bool { return named[name] })
	if err == nil && len(out) == 0 {
		err = noRules(patterns)
	}
	return out, err
}

func noRules(patterns []string) error {
	return usage("no rule files found in %s", strings.Join(patterns, ", ")).hint("a rule file has the key groups; a file that is named explicitly is always read")
}

// readRules reads the files. Of those that nobody named it takes the rule files.
func (a *app) readRules(d promrules.Dialect, files []string, named func(name string) bool) ([]promrules.Source, error) {
	out := make([]promrules.Source, 0, len(files))
	aside := map[string][]string{} // files by what they hold
	for _, name := range files {
		data, err := a.readInput(name)
		if err != nil {
			return nil, err
		}
		if !named(name) {
			if what := d.Aside(name, data); what != "" {
				aside[what] = append(aside[what], name)
				continue
			}
		}
		out = append(out, promrules.Source{Name: name, Data: data})
	}
	if len(aside) > 0 {
		fmt.Fprintf(a.notes(), "govctl: left out: %s\n", leftOut(aside))
	}
	return out, nil
}

// namedAside is how many files that are left out are named for each reason.
const namedAside = 3

// leftOut is one line for all files that are left out.
func leftOut(aside map[string][]string) string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(aside)) {
		names := aside[what]
		shown := names[:min(len(names), namedAside)]
		text := counted(len(names), "file") + " with " + what + " (" + oneLine(strings.Join(shown, ", "))
		if more := len(names) - len(shown); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		parts = append(parts, text+")")
	}
	return strings.Join(parts, "; ")
}

// ruleSourcesAt reads rule files as a commit has them.
func (a *app) ruleSourcesAt(ctx context.Context, rev string, patterns []string) ([]promrules.Source, error) {
	repo := a.Git()
	all, err := repo.Files(ctx, rev)
	if err != nil {
		return nil, err
	}
	var out []promrules.Source
	for _, name := range all {
		if !slices.ContainsFunc(patterns, func(p string) bool { return below(p, name) }) {
			continue
		}
		if err := validName(name); err != nil {
			return nil, err
		}
		data, err := repo.Show(ctx, rev, "./"+name)
		if err != nil {
			return nil, err
		}
		if promrules.Aside(name, data) == "" {
			out = append(out, promrules.Source{Name: name, Data: data})
		}
	}
	return out, nil
}

// repoOf is the repository that a file lies in, and the file's name seen from there.
func (a *app) repoOf(file string) (gitrepo.Repo, string) {
	repo := a.Git()
	dir := filepath.Dir(file)
	if filepath.IsAbs(dir) {
		repo.Dir = dir
	} else {
		repo.Dir = filepath.Join(repo.Dir, dir)
	}
	return repo, filepath.Base(file)
}

// taxonomyHistory reads how a file came to be. Where git cannot tell, the history says why instead.
func (a *app) taxonomyHistory(ctx context.Context, file string) (taxonomy.History, error) {
	repo, name := a.repoOf(file)
	h, err := repo.History(ctx, "HEAD", name)
	for reason, known := range map[string]error{
		"this is not a git repository": gitrepo.ErrNoRepository, "git is not installed": gitrepo.ErrNoGit, "the repository has no commit yet": gitrepo.ErrNoRevision,
	} {
		if errors.Is(err, known) {
			return taxonomy.History{Absent: reason}, nil
		}
	}
	if err != nil {
		return taxonomy.History{}, err
	}
	out := taxonomy.History{Cut: h.Cut, Read: repo.Blobs, Revisions: make([]taxonomy.Revision, len(h.Changes))}
	for i, c := range h.Changes {
		out.Revisions[i] = taxonomy.Revision{Commit: c.Commit, Time: c.Time, Blob: c.Blob}
	}
	return out, nil
}

// fileAt reads a file as a commit has it; its error is an fs.ErrNotExist where there is no such commit, or no such file in it.
func (a *app) fileAt(ctx context.Context, rev, file string) ([]byte, error) {
	repo, name := a.repoOf(file)
	data, err := repo.Followed(ctx, rev, name)
	for _, gone := range []error{gitrepo.ErrNoRevision, gitrepo.ErrNoFile, gitrepo.ErrNoRepository, gitrepo.ErrNoGit, gitrepo.ErrNoTag} {
		if errors.Is(err, gone) {
			return nil, fmt.Errorf("%s: %w (%w)", file, err, fs.ErrNotExist)
		}
	}
	return data, err
}

// alertInput reads the taxonomy of a command with everything that it is compared with.
func (a *app) alertInput(ctx context.Context, f *alertFlags) (config.Taxonomy, taxonomy.Input, error) {
	c, err := a.taxonomyConfig(ctx, f)
	if err != nil {
		return c, taxonomy.Input{}, err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return c, taxonomy.Input{}, err
	}
	data, err := a.readInput(c.File)
	if err != nil {
		return c, taxonomy.Input{}, err
	}
	if f.unread {
		c.Rules, c.Runbooks = nil, nil
	}
	in, err := a.inputOf(c, data, now())
	return c, in, err
}

func (a *app) inputOf(c config.Taxonomy, data []byte, now time.Time) (taxonomy.Input, error) {
	surroundings := a.alerts()
	in, err := surroundings.Input(c, data, now)
	return in, a.sayAll(err)
}

// alone is usable for commands that look at the taxonomy and no further: rule files are not read for them.
func (a *app) alone(ctx context.Context, f *alertFlags) (config.Taxonomy, taxonomy.Input, error) {
	f.unread = true
	return a.usable(ctx, f)
}

// usable is alertInput for commands that compute: fields of a wrong type are an error.
func (a *app) usable(ctx context.Context, f *alertFlags) (config.Taxonomy, taxonomy.Input, error) {
	c, in, err := a.alertInput(ctx, f)
	if err == nil {
		err = in.File.Usable()
	}
	return c, in, err
}

// sayAll prints each of several wrong inputs on a line of its own.
func (a *app) sayAll(err error) error {
	var several interface{ Unwrap() []error }
	if !errors.As(err, &several) || len(several.Unwrap()) < 2 {
		return err
	}
	for _, one := range several.Unwrap() {
		var input *contract.Error
		if !errors.As(one, &input) {
			return err
		}
	}
	for _, one := range several.Unwrap() {
		a.say(one)
	}
	if codeOf(err) == Failed {
		return errFailed
	}
	return errBadInput
}
