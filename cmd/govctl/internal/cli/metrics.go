package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/report"
)

func metricsCommand(a *app) *cobra.Command {
	return group("metrics", "The metrics of a service as a contract: assertions, differences", metricsAssert(a), metricsDiff(a))
}

// unreachable is the error of a target that gave no answer that could be read. A command of evidence makes a reason of it.
type unreachable struct{ err error }

func (u *unreachable) Error() string { return u.err.Error() }
func (u *unreachable) Unwrap() error { return u.err }

// asReason is m with the reason of a target that could not be reached; every other error stays one.
func (m measurement) asReason(err error) (measurement, error) {
	var u *unreachable
	if !errors.As(err, &u) {
		return m, err
	}
	m.reason = u.Error()
	return m, nil
}

// scrapeTimeout is how long a /metrics endpoint may take, as long as Prometheus waits by default.
const scrapeTimeout = 10 * time.Second

// metricsText reads a snapshot: a file, - or an http address. shown is its name without credentials.
func (a *app) metricsText(ctx context.Context, source string) (shown string, data []byte, err error) {
	if !strings.HasPrefix(source, "http://") && !strings.HasPrefix(source, "https://") {
		data, err = a.readInput(source)
		return source, data, err
	}
	u, err := url.Parse(source)
	if err != nil || u.Host == "" {
		return "", nil, usage("the source is no address").hint("write it like http://localhost:8080/metrics")
	}
	public := *u
	public.User, public.RawQuery = nil, ""
	shown = public.String()
	ctx, cancel := context.WithTimeout(ctx, scrapeTimeout)
	defer cancel()
	data, err = a.scrape(ctx, u)
	var failed *url.Error
	if errors.As(err, &failed) { // which repeats the address with its credentials
		err = failed.Err
	}
	if err != nil {
		return shown, nil, &unreachable{fmt.Errorf("%s: %w", shown, err)}
	}
	return shown, data, nil
}

func (a *app) scrape(ctx context.Context, u *url.URL) (data []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/plain;version=0.0.4,*/*;q=0.1")
	client := *a.HTTP()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer has the status %d", answer.StatusCode)
	}
	data, err = io.ReadAll(io.LimitReader(answer.Body, metricscontract.MaxBytes+1))
	if err == nil && len(data) > metricscontract.MaxBytes {
		err = fmt.Errorf("the answer is larger than %d bytes", metricscontract.MaxBytes)
	}
	return data, err
}

// snapshot reads and parses a source of metrics.
func (a *app) snapshot(ctx context.Context, source string) (*metricscontract.Snapshot, error) {
	shown, data, err := a.metricsText(ctx, source)
	if err != nil {
		return nil, err
	}
	return metricscontract.ParseSnapshot(shown, data)
}

// assertFlags are the flags of `metrics assert`.
type assertFlags struct {
	source, before string
	print          bool
}

func metricsAssert(a *app) *cobra.Command {
	var f assertFlags
	c := a.evidenceCommand("assert EXPR...", "Check that PromQL expressions hold on a snapshot of metrics",
		"Evaluate each PromQL expression on a snapshot of /metrics, with Prometheus' own engine. An expression holds when its result is not empty:\n"+
			"a selector asserts that a series is there, a comparison that a value is in its range. An expression on a metric that is not in the\n"+
			"snapshot exits 2, unless it is within absent().\n\n"+
			"With --before, the snapshot of that source is one minute older: x - x offset 1m is the difference.",
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) (measurement, error) { return a.assertMetrics(ctx, &f, args) })
	c.Flags().StringVar(&f.source, "source", "", "`file`, - or address of the snapshot")
	c.Flags().StringVar(&f.before, "before", "", "`file` or address of an earlier snapshot")
	c.Flags().BoolVar(&f.print, "print", false, "print the result of each expression to standard error")
	return c
}

func (a *app) assertMetrics(ctx context.Context, f *assertFlags, exprs []string) (measurement, error) {
	m := measurement{kind: "metrics-assert"}
	if f.source == "" {
		return m, usage("--source is missing").hint("name a file, - for standard input, or an address like http://localhost:8080/metrics")
	}
	after, err := a.snapshot(ctx, f.source)
	var before *metricscontract.Snapshot
	if err == nil && f.before != "" {
		before, err = a.snapshot(ctx, f.before)
	}
	if err != nil {
		return m.asReason(err)
	}
	source := metricscontract.NewSource(after, before)
	subject := report.EvidenceSubject{Name: after.Name}
	m.subjects = []report.EvidenceSubject{subject}
	for _, expr := range exprs {
		result, found, err := source.Assert(ctx, subject, expr)
		if err != nil {
			return m, exprError(expr, err)
		}
		if f.print {
			a.printVector(expr, result)
		}
		m.checks = append(m.checks, found...)
	}
	m.figures = []report.Figure{
		{Name: "metrics_assertions", Help: "Expressions that were evaluated.", Value: float64(len(exprs))},
		{Name: "metrics_assertions_failed", Help: "Expressions with an empty result.", Value: float64(len(m.checks))},
	}
	m.headline = fmt.Sprintf("%d of %s hold on %s", len(exprs)-len(m.checks), counted(len(exprs), "expression"), after.Name)
	return m, nil
}

// exprError is the error of an expression that cannot be evaluated.
func exprError(expr string, err error) error {
	refused := usage("%s: %w", oneLine(expr), err)
	var unknown *metricscontract.UnknownName
	if errors.As(err, &unknown) {
		return refused.hint("%s", firstOf(config.Nearest(unknown.Name, unknown.Known), "absent(x) asserts that a metric is not there"))
	}
	return refused
}

// printVector shows the result of an expression as Prometheus writes one.
func (a *app) printVector(expr string, v promql.Vector) {
	fmt.Fprintf(a.Stderr, "%s\n", oneLine(expr))
	for _, s := range v {
		fmt.Fprintf(a.Stderr, "  %s %g\n", oneLine(s.Metric.String()), s.F)
	}
}

// cardinality are the budgets of `metrics diff`, with the variables and the limits of the original.
var cardinality = []struct {
	flag, env, about string
	limit            int
	to               func(*metricscontract.Limits) *int
}{
	{"max-names", "CARD_MAX_NAMES", "metrics", 200, func(l *metricscontract.Limits) *int { return &l.Names }},
	{"max-series-per-metric", "CARD_MAX_SAMPLES_PER", "series of one metric", 100, func(l *metricscontract.Limits) *int { return &l.SeriesPerMetric }},
	{"max-series", "CARD_MAX_TOTAL", "series of all metrics", 2000, func(l *metricscontract.Limits) *int { return &l.Series }},
}

// metricsDiffFlags are the flags of `metrics diff`.
type metricsDiffFlags struct {
	alertFlags
	match, allow string
	strict       bool
	limits       map[string]*string
}

func metricsDiff(a *app) *cobra.Command {
	f := metricsDiffFlags{limits: map[string]*string{}}
	c := a.evidenceCommand("diff BEFORE AFTER", "Compare metrics, and name the alerts and recording rules that a change concerns",
		"Compare two snapshots of /metrics, or a baseline with a snapshot. A metric or label that is gone is an error where an alert or recording\n"+
			"rule of taxonomy.rules or --rules reads it, directly or through another recording rule, and a warning where none does.\n\n"+
			"With --out the names, types, labels and buckets of AFTER are written into schemas/metrics.txt: a baseline for the next comparison.\n"+
			"What is over a budget is a warning, and an error where a flag or its variable sets the budget.",
		cobra.ExactArgs(2), func(ctx context.Context, args []string) (measurement, error) { return a.diffMetrics(ctx, &f, args) })
	flags := c.Flags()
	flags.StringSliceVar(&f.rules, "rules", nil, "rule `files`, folders or globs (default taxonomy.rules)")
	flags.StringVar(&f.match, "match", "", "compare only metrics that this `selector` selects by name, like {__name__=~\"auth_.*\"}")
	flags.BoolVar(&f.strict, "strict-counters", false, "a counter that is lower than before is an error")
	flags.StringVar(&f.allow, "allow-prefixes", "", "comma separated `prefixes` of metrics that no budget counts (also CARD_ALLOW_PREFIXES)")
	for _, row := range cardinality {
		f.limits[row.flag] = flags.String(row.flag, "", fmt.Sprintf("most %s; 0: no limit (also %s; default %d)", row.about, row.env, row.limit))
	}
	return c
}

func (a *app) diffMetrics(ctx context.Context, f *metricsDiffFlags, args []string) (measurement, error) {
	m := measurement{kind: "metrics-diff"}
	in := metricscontract.DiffInput{}
	var err error
	if in.Limits, err = a.metricLimits(f); err != nil {
		return m, err
	}
	if f.match != "" {
		if in.Match, err = selector(f.match); err != nil {
			return m, err
		}
	}
	if in.Rules, err = a.metricRules(ctx, f); err != nil {
		return m, err
	}
	for i, to := range []*metricscontract.Contract{&in.Before, &in.After} {
		shown, data, err := a.metricsText(ctx, args[i])
		if err == nil {
			*to, err = metricscontract.ParseContract(shown, data)
		}
		if err != nil {
			return m.asReason(err)
		}
	}
	m.subjects = []report.EvidenceSubject{{Name: in.After.Name}}
	m.checks = metricscontract.Diff(in)
	series := 0
	for _, one := range in.After.Metrics {
		series += one.Series
	}
	m.figures = []report.Figure{
		{Name: "metrics_contract_metrics", Help: "Metrics of the service.", Value: float64(len(in.After.Metrics))},
		{Name: "metrics_contract_series", Help: "Series of the service.", Value: float64(series)},
	}
	m.beside = []besideFile{{"schemas/metrics.txt", in.After.Encode()}}
	return m, nil
}

// metricLimits are the budgets of flags and variables over those of the original.
func (a *app) metricLimits(f *metricsDiffFlags) (metricscontract.Limits, error) {
	l := metricscontract.Limits{StrictCounters: f.strict, Allowed: strings.Split(firstOf(f.allow, a.Getenv("CARD_ALLOW_PREFIXES")), ",")}
	for _, row := range cardinality {
		*row.to(&l) = row.limit
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
func (a *app) metricRules(ctx context.Context, f *metricsDiffFlags) ([]metricscontract.Rule, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return nil, err
	}
	patterns := slices.Clone(f.rules)
	if len(patterns) == 0 {
		patterns = cfg.Taxonomy.Rules
	}
	if len(patterns) == 0 {
		return nil, nil
	}
	dialect := promrules.Dialect(cfg.Taxonomy.Dialect)
	sources, err := a.ruleSources(dialect, patterns)
	if err != nil {
		return nil, err
	}
	files, errs := promrules.ParseAll(sources, dialect)
	if err := a.sayAll(errors.Join(errs...)); err != nil {
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
