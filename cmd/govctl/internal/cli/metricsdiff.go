package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/report"
)

// cardinality are the budgets of `metrics diff`, with the variables and the limits of the original.
var cardinality = []struct {
	flag, env, about string
	key              string
	from             func(*config.Metrics) int
	to               func(*metricscontract.Limits) *int
}{
	{"max-names", "CARD_MAX_NAMES", "metrics", "names_budget", func(m *config.Metrics) int { return m.NamesBudget }, func(l *metricscontract.Limits) *int { return &l.Names }},
	{"max-series-per-metric", "CARD_MAX_SAMPLES_PER", "series of one metric", "series_per_metric", func(m *config.Metrics) int { return m.SeriesPerMetric }, func(l *metricscontract.Limits) *int { return &l.SeriesPerMetric }},
	{"max-series", "CARD_MAX_TOTAL", "series of all metrics", "series_budget", func(m *config.Metrics) int { return m.SeriesBudget }, func(l *metricscontract.Limits) *int { return &l.Series }},
}

// metricsDiffFlags are the flags of `metrics diff`.
type metricsDiffFlags struct {
	rules               []string
	match, allow, state string
	strict              bool
	timeout             time.Duration
	limits              map[string]*string
}

func metricsDiff(a *app) *cobra.Command {
	f := metricsDiffFlags{limits: map[string]*string{}}
	c := a.evidenceCommand("diff [[BEFORE] AFTER]", "Compare metrics, and name the alerts and recording rules that a change concerns",
		"Compare two snapshots of /metrics, or a baseline with a snapshot. A removed metric or label is an error where an alert or recording\n"+
			"rule of taxonomy.rules or --rules reads it, directly or through another recording rule, and a warning where none does.\n\n"+
			"AFTER is what metrics.sources names, and BEFORE the accepted metrics of the output folder, or with --state those of a published state.\n"+
			"With --out the names, types, labels and buckets of AFTER are accepted, unless there is an error that is not waived: they are written\n"+
			"into schemas/metrics.txt, which a run publishes. With --match nothing is accepted.\n\n"+
			"What is over a budget is a warning, and an error where a flag, its variable or the configuration sets the budget.",
		cobra.MaximumNArgs(2), func(ctx context.Context, args []string) (measurement, error) { return a.diffMetrics(ctx, &f, args) })
	flags := c.Flags()
	flags.StringSliceVar(&f.rules, "rules", nil, "rule `files`, folders or globs (default taxonomy.rules)")
	flags.StringVar(&f.match, "match", "", "compare only metrics that this `selector` selects by name, like {__name__=~\"auth_.*\"}")
	flags.StringVar(&f.state, "state", "", "compare with the metrics of this output `folder` or git:REF (default: the output folder)")
	flags.BoolVar(&f.strict, "strict-counters", false, "a counter that is lower than before is an error")
	flags.StringVar(&f.allow, "allow-prefixes", "", "comma separated `prefixes` of metrics that no budget counts (also CARD_ALLOW_PREFIXES)")
	scrapeFlag(c, &f.timeout)
	for _, row := range cardinality {
		f.limits[row.flag] = flags.String(row.flag, "", fmt.Sprintf("most %s; 0: no limit (also %s; default metrics.%s)", row.about, row.env, row.key))
	}
	return c
}

func (a *app) diffMetrics(ctx context.Context, f *metricsDiffFlags, args []string) (measurement, error) {
	m := measurement{kind: "metrics-diff"}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return m, err
	}
	in := metricscontract.DiffInput{}
	if in.Limits, err = a.metricLimits(cfg, f); err != nil {
		return m, err
	}
	if f.match != "" {
		if in.Match, err = selector(f.match); err != nil {
			return m, err
		}
	}
	if in.Rules, err = a.metricRules(cfg, f.rules); err != nil {
		return m, err
	}
	if f.strict && len(args) == 0 && len(cfg.Metrics.Sources) > 1 {
		return m, usage("--strict-counters compares the values of one source, and metrics.sources has %d", len(cfg.Metrics.Sources)).hint("name the source")
	}
	before, after := args[:max(len(args)-1, 0)], args[max(len(args)-1, 0):]
	if in.After, err = a.metricsOf(ctx, cfg, after, f.timeout); err != nil {
		return m.asReason(err)
	}
	known := true
	if len(before) > 0 {
		in.Before, err = a.metricsOf(ctx, cfg, before, f.timeout)
	} else {
		in.Before, known, err = a.acceptedMetrics(ctx, cfg, f.state)
	}
	if err != nil {
		return m.asReason(err)
	}
	m.subjects = []report.EvidenceSubject{{Name: in.After.Name}}
	m.checks = metricscontract.Diff(in)
	if !known {
		m.headline = "There are no accepted metrics yet to compare with; --out writes them"
	}
	series := 0
	for _, one := range in.After.Metrics {
		series += one.Series
	}
	m.figures = []report.Figure{
		{Name: "metrics_contract_metrics", Help: "Metrics of the service.", Value: float64(len(in.After.Metrics))},
		{Name: "metrics_contract_series", Help: "Series of the service.", Value: float64(series)},
	}
	if in.Match == nil { // otherwise the rest was not compared
		m.accepted = []besideFile{{artifact.MetricsContract, in.After.Encode()}}
	}
	return m, nil
}

// metricsOf are the metrics of all sources as one contract; without sources, of those of the configuration.
func (a *app) metricsOf(ctx context.Context, cfg config.Config, sources []string, timeout time.Duration) (metricscontract.Contract, error) {
	if len(sources) == 0 {
		sources = cfg.Metrics.Sources
	}
	if len(sources) == 0 {
		return metricscontract.Contract{}, usage("there are no metrics to read").hint("name a file or an address like http://localhost:8080/metrics, or set metrics.sources in govctl.yaml")
	}
	var all []metricscontract.Contract
	for _, source := range sources {
		shown, data, err := a.metricsText(ctx, source, timeout)
		if err != nil {
			return metricscontract.Contract{}, err
		}
		one, err := metricscontract.ParseContract(shown, data)
		if err != nil {
			return one, err
		}
		all = append(all, one)
	}
	return metricscontract.Merge(all), nil
}

// acceptedMetrics are those of a published state, or of the output folder; known is false where there are none yet.
func (a *app) acceptedMetrics(ctx context.Context, cfg config.Config, source string) (c metricscontract.Contract, known bool, err error) {
	var data []byte
	if source == "" {
		data, err = a.keptMetrics()
	} else {
		data, err = a.publishedMetrics(ctx, cfg, source)
	}
	if err != nil || data == nil {
		return c, false, err
	}
	c, err = metricscontract.ParseContract(artifact.MetricsContract, data)
	return c, true, err
}

// keptMetrics are the accepted metrics of the output folder; nil where there are none.
func (a *app) keptMetrics() ([]byte, error) {
	folder, err := openDir(a.out)
	var data []byte
	if err == nil {
		data, err = fs.ReadFile(folder, artifact.MetricsContract)
	}
	if errors.Is(err, fs.ErrNotExist) { // the report says that there is nothing to compare with
		return nil, nil
	}
	return data, err
}

// publishedMetrics are those of the state that --state names, which is verified as it is for a run.
func (a *app) publishedMetrics(ctx context.Context, cfg config.Config, source string) ([]byte, error) {
	project, err := a.project(ctx, cfg)
	if err != nil {
		return nil, err
	}
	state, err := a.stateElsewhere(ctx, cfg, runFlags{state: source}, pipeline.StateInput{Config: cfg, Project: project})
	return state.Files[artifact.MetricsContract], err
}

// metricLimits are the budgets of flags and variables over those of the configuration.
func (a *app) metricLimits(cfg config.Config, f *metricsDiffFlags) (metricscontract.Limits, error) {
	l := metricscontract.Limits{StrictCounters: f.strict, Allowed: strings.Split(firstOf(f.allow, a.Getenv("CARD_ALLOW_PREFIXES")), ",")}
	for _, row := range cardinality {
		*row.to(&l) = row.from(&cfg.Metrics)
		l.Fail = l.Fail || cfg.Given("/metrics/"+row.key)
		text := firstOf(*f.limits[row.flag], a.Getenv(row.env))
		if text == "" {
			continue
		}
		l.Fail = true
		if err := parseInt(text, row.to(&l)); err != nil || *row.to(&l) < 0 {
			return l, usage("--%s: %q is not a number of %s", row.flag, text, row.about)
		}
	}
	return l, nil
}

// selector reads the matchers of --match.
func selector(text string) ([]*labels.Matcher, error) {
	matchers, err := metricscontract.Selector(text)
	if err != nil {
		return nil, usage("--match: %w", err).hint(`write it like {__name__=~"auth_.*"}`)
	}
	return matchers, nil
}

// metricRules are the rules of the files that --rules or taxonomy.rules names; none where neither does.
func (a *app) metricRules(cfg config.Config, patterns []string) ([]metricscontract.Rule, error) {
	if len(patterns) == 0 {
		patterns = cfg.Taxonomy.Rules
	}
	files, err := a.ruleFiles(cfg, patterns)
	if err != nil {
		return nil, err
	}
	var all []metricscontract.Rule
	for _, file := range files {
		for i := range file.Groups {
			for j := range file.Groups[i].Rules {
				r := &file.Groups[i].Rules[j]
				all = append(all, metricscontract.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, Place: r.Place(file.Name)})
			}
		}
	}
	return all, nil
}

// ruleFiles are the parsed rule files of patterns; none where there are none.
func (a *app) ruleFiles(cfg config.Config, patterns []string) ([]*promrules.File, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	dialect := promrules.Dialect(cfg.Taxonomy.Dialect)
	sources, err := a.ruleSources(dialect, patterns)
	if err != nil {
		return nil, err
	}
	files, errs := promrules.ParseAll(sources, dialect)
	return files, a.sayAll(errors.Join(errs...))
}
