package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/pkg/report"
)

func metricsCommand(a *app) *cobra.Command {
	return group("metrics", "The metrics of a service as a contract: assertions, differences", metricsAssert(a), metricsDiff(a), metricsCatalog(a))
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

// maxScrape bounds the answer of a /metrics endpoint, in bytes: what a service exposes is read into memory whole.
const maxScrape = probeclient.MaxBody

// scrapeFlag is the time that each address of metrics may take.
func scrapeFlag(c *cobra.Command, timeout *time.Duration) {
	c.Flags().DurationVar(timeout, "timeout", scrapeTimeout, "how long reading an address may take")
}

func isAddress(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

// metricsText reads a snapshot: a file, - or an http address. shown is its name without credentials.
func (a *app) metricsText(ctx context.Context, source string, timeout time.Duration) (shown string, data []byte, err error) {
	if !isAddress(source) {
		data, err = a.readInput(source)
		return source, data, err
	}
	if timeout <= 0 {
		return "", nil, usage("--timeout must be more than 0")
	}
	u, err := probeclient.Parse(source)
	if err != nil {
		return "", nil, usage("the source: %w", err).hint("write it like http://localhost:8080/metrics")
	}
	shown = probeclient.Public(u)
	data, err = a.scrape(ctx, source, timeout)
	var failed *probeclient.Error
	switch {
	case ctx.Err() != nil:
		return shown, nil, ctx.Err()
	case errors.As(err, &failed): // which names the address
		return shown, nil, &unreachable{err}
	case err != nil:
		return shown, nil, &unreachable{fmt.Errorf("%s: %w", shown, err)}
	}
	return shown, data, nil
}

func (a *app) scrape(ctx context.Context, address string, timeout time.Duration) ([]byte, error) {
	client := probeclient.New(probeclient.Options{Timeout: timeout, UserAgent: "govctl/" + Version(), Now: a.Now, Sleep: sleep})
	answer, err := client.Do(ctx, probeclient.Request{URL: address, MaxBody: maxScrape, Header: http.Header{"Accept": {"text/plain;version=0.0.4,*/*;q=0.1"}}})
	if err != nil {
		return nil, err
	}
	encoding := ""
	for _, h := range answer.Headers {
		if h.Name == "Content-Encoding" {
			encoding = h.Value
		}
	}
	switch {
	case answer.Status != http.StatusOK:
		return nil, fmt.Errorf("the answer has the status %d", answer.Status)
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return nil, errors.New("the answer is compressed, which was not requested")
	case answer.Cut:
		return nil, fmt.Errorf("the answer is larger than %d bytes", maxScrape)
	}
	return answer.Body, nil
}

// snapshot reads and parses a source of metrics.
func (a *app) snapshot(ctx context.Context, source string, timeout time.Duration) (*metricscontract.Snapshot, error) {
	shown, data, err := a.metricsText(ctx, source, timeout)
	if err != nil {
		return nil, err
	}
	if isAddress(source) {
		return metricscontract.ParseAnswer(shown, data)
	}
	return metricscontract.ParseSnapshot(shown, data)
}

// assertFlags are the flags of `metrics assert`.
type assertFlags struct {
	source, before string
	print          bool
	timeout        time.Duration
}

func metricsAssert(a *app) *cobra.Command {
	var f assertFlags
	c := a.evidenceCommand("assert EXPR...", "Check PromQL expressions against a snapshot of metrics",
		"Evaluate each PromQL expression on a snapshot of /metrics, with Prometheus' own engine. An expression passes when its result is not empty:\n"+
			"a selector asserts that a series is there, a comparison that a value is in its range. An expression on a metric that is not in the\n"+
			"snapshot exits 2, unless it is within absent().\n\n"+
			"With --before, the snapshot of that source is one minute older: x - x offset 1m is the difference.",
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) (measurement, error) { return a.assertMetrics(ctx, &f, args) })
	c.Flags().StringVar(&f.source, "source", "", "`file`, - or address of the snapshot")
	c.Flags().StringVar(&f.before, "before", "", "`file` or address of an earlier snapshot")
	c.Flags().BoolVar(&f.print, "print", false, "print the result of each expression to standard error")
	scrapeFlag(c, &f.timeout)
	return c
}

func (a *app) assertMetrics(ctx context.Context, f *assertFlags, exprs []string) (measurement, error) {
	m := measurement{kind: "metrics-assert"}
	if f.source == "" {
		return m, usage("--source is missing").hint("name a file, - for standard input, or an address like http://localhost:8080/metrics")
	}
	after, err := a.snapshot(ctx, f.source, f.timeout)
	var before *metricscontract.Snapshot
	if err == nil && f.before != "" {
		before, err = a.snapshot(ctx, f.before, f.timeout)
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
	m.headline = fmt.Sprintf("%d of %s pass on %s", len(exprs)-len(m.checks), counted(len(exprs), "expression"), after.Name)
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
