package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/promrules/live"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
)

// liveFlags are the flags of `rules live`.
type liveFlags struct {
	alertFlags
	prometheus, format     string
	timeout, every, answer time.Duration
	dryRun                 bool
}

func rulesLive(a *app) *cobra.Command {
	var f liveFlags
	c := command("live [FILE...]", "Check rule files against a running Prometheus", cobra.ArbitraryArgs,
		func(ctx context.Context, args []string) error { return a.checkLive(ctx, &f, args) })
	c.Long = "Ask a running Prometheus whether it has loaded the rules of the files as they are written (expressions are compared by\n" +
		"meaning, not by layout), whether they evaluate, and whether the series of recording rules appear before --timeout. How long each\n" +
		"took is in " + artifact.FirstSeenPath + " of the output folder.\n\n" +
		"PROMETHEUS_TOKEN is sent as bearer token. Redirects are not followed. A server that does not answer exits 3."
	f.add(c)
	f.addDialect(c)
	flags := c.Flags()
	flags.StringVar(&f.prometheus, "prometheus", "", "`address` below which /api/v1 lies (also PROMETHEUS_URL; default "+defaultPrometheus+")")
	flags.DurationVar(&f.timeout, "timeout", 2*time.Minute, "how long rules may take to evaluate and series to appear")
	flags.DurationVar(&f.every, "every", 2*time.Second, "how often to look")
	flags.DurationVar(&f.answer, "answer-timeout", 10*time.Second, "how long one answer may take")
	flags.BoolVar(&f.dryRun, "dry-run", false, "write no file")
	a.formatFlag(c, &f.format)
	return c
}

func (a *app) checkLive(ctx context.Context, f *liveFlags, args []string) error {
	options, err := a.liveOptions(f)
	if err != nil {
		return err
	}
	files, err := a.liveRules(ctx, f, args)
	if err != nil {
		return err
	}
	got, err := live.Check(ctx, files, options)
	var refused *live.Error
	if errors.As(err, &refused) {
		return (&exitError{code: Failed, err: err}).hint("%s", refused.Hint)
	}
	if err != nil {
		return err
	}
	if !f.dryRun {
		if err := a.writeFirstSeen(got.FirstSeen); err != nil {
			return err
		}
	}
	return a.printLive(got, f.format)
}

// defaultPrometheus is where a Prometheus listens that was started without further ado.
const defaultPrometheus = "http://localhost:9090"

func (a *app) liveOptions(f *liveFlags) (live.Options, error) {
	o := live.Options{HTTP: a.HTTP(), Token: a.Getenv("PROMETHEUS_TOKEN"), Timeout: f.timeout, Every: max(f.every, 10*time.Millisecond), PerCall: f.answer,
		Now: a.Now, Sleep: sleep}
	address := firstOf(f.prometheus, a.Getenv("PROMETHEUS_URL"))
	if address == "" {
		address = defaultPrometheus
		fmt.Fprintf(a.notes(), "govctl: asking %s; --prometheus or PROMETHEUS_URL names another server\n", address)
	}
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return o, usage("--prometheus is no http or https address").hint("write it like http://localhost:9090")
	}
	o.Base = base
	if f.timeout < 0 || f.answer <= 0 {
		return o, usage("--timeout and --answer-timeout must be positive")
	}
	return o, nil
}

func (a *app) liveRules(ctx context.Context, f *liveFlags, args []string) ([]*promrules.File, error) {
	c, err := a.taxonomyConfig(ctx, &f.alertFlags)
	if err != nil {
		return nil, err
	}
	patterns := append(args, f.rules...)
	if len(patterns) == 0 {
		patterns = c.Rules
	}
	if len(patterns) == 0 {
		return nil, usage("no rule files to look for").hint("name them, or set taxonomy.rules in govctl.yaml")
	}
	dialect := promrules.Dialect(c.Dialect)
	sources, err := a.ruleSources(dialect, patterns)
	if err != nil {
		return nil, err
	}
	files, errs := promrules.ParseAll(sources, dialect)
	return files, a.sayAll(errors.Join(errs...))
}

func (a *app) writeFirstSeen(seen report.FirstSeen) error {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	seen.GeneratedAt = report.At(now())
	store, _, err := artifact.Open(a.out, now, defaultWait)
	if err != nil {
		return err
	}
	store.Begin("rules live")
	return errors.Join(store.JSON(artifact.FirstSeenPath, seen), store.Close())
}

func (a *app) printLive(got live.Result, format string) error {
	seen := 0
	for _, r := range got.FirstSeen.Rules {
		if r.Seconds != nil {
			seen++
		}
	}
	r := render.Report{Title: "Prometheus rules on " + got.FirstSeen.Prometheus, Tool: a.tool(), Subject: "rules", Findings: got.Findings,
		Headline: fmt.Sprintf("%s looked for on %s: %s; %d of %s with series", counted(got.Rules, "rule"), got.FirstSeen.Prometheus,
			counted(len(got.Findings), "error"), seen, counted(len(got.FirstSeen.Rules), "recording rule"))}
	for _, f := range live.Findings {
		r.Rules = append(r.Rules, render.RuleInfo{ID: f.ID, Level: report.Error, Category: "rules", Summary: f.About, Why: f.Why})
	}
	if err := render.Write(a.Stdout, format, &r, a.look()); err != nil {
		return err
	}
	if len(got.Findings) > 0 {
		return errFindings
	}
	return nil
}
