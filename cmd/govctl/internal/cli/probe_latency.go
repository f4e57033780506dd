package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/latency"
	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/internal/readserver"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// latencyFlags are the flags of `probe latency`.
type latencyFlags struct {
	samples           int
	listen, caFile    string
	insecure          bool
	interval, timeout time.Duration
}

// The defaults of a call that samples and ends: short enough for a job.
const (
	defaultSamples = 20
	shortInterval  = time.Second
)

func probeLatency(a *app) *cobra.Command {
	var f latencyFlags
	c := a.evidenceCommand("latency [NAME:URL...]", "Sample the latencies of running services",
		"Request each target again and again, and check how long the answers take and how many requests fail. A latency is the time until the\n"+
			"headers of an answer, over a new connection each time. A status of 200 to 399 is a success; redirects are not followed.\n\n"+
			"Targets are the arguments, else those of probe.latency.targets_file where it has some, else LATENCY_SAMPLE_TARGETS (NAME:URL, separated\n"+
			"by commas), else probe.targets. The interval is --interval, else LATENCY_SAMPLE_INTERVAL (seconds, or like 15s), else\n"+
			"probe.latency.interval, else 1s; with --listen 15s.\n\n"+
			"With --listen it samples until it is interrupted, writes no evidence, and serves /metrics for Prometheus and /service-latencies as JSON.\n"+
			"SIGHUP makes it read its targets again. Anyone who can connect can read both.",
		cobra.MaximumNArgs(maxTargets), func(ctx context.Context, args []string) (measurement, error) { return a.measureLatency(ctx, &f, args) })
	flags := c.Flags()
	flags.IntVar(&f.samples, "samples", defaultSamples, "how many samples to take of each target")
	flags.StringVar(&f.listen, "listen", "", "`address` like 127.0.0.1:9118 to serve samples at, until interrupted")
	flags.DurationVar(&f.interval, "interval", 0, "time between two samples of a target")
	flags.DurationVar(&f.timeout, "timeout", 10*time.Second, "how long one request may take")
	flags.BoolVar(&f.insecure, "insecure", false, "do not verify certificates")
	flags.StringVar(&f.caFile, "ca-file", "", "`file` with the certificates, in PEM, that those of targets are verified with")
	c.MarkFlagsMutuallyExclusive("samples", "listen")
	return c
}

func (a *app) measureLatency(ctx context.Context, f *latencyFlags, args []string) (measurement, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return measurement{}, err
	}
	if f.interval, err = a.latencyInterval(f, &cfg); err != nil {
		return measurement{}, err
	}
	limits := latency.Limits{GoodMS: cfg.Probe.Latency.GoodMS, WarnMS: cfg.Probe.Latency.WarnMS}
	switch most := cfg.Probe.Latency.Samples; {
	case limits.WarnMS < limits.GoodMS:
		return measurement{}, &contract.Error{Place: cfg.KeyPlace("/probe/latency/warn_ms"), Msg: fmt.Sprintf("probe.latency.warn_ms is %g, less than good_ms, %g", limits.WarnMS, limits.GoodMS),
			Hint: "samples up to good_ms are good, further ones up to warn_ms are warn"}
	case f.timeout <= 0:
		return measurement{}, usage("--timeout must be more than 0")
	case f.listen == "" && (f.samples < 1 || f.samples > most):
		return measurement{}, usage("--samples must be 1 to %d, which is probe.latency.samples", most)
	}
	targets, source, err := a.latencyTargets(ctx, f, args, cfg.Probe)
	if err != nil {
		return measurement{}, err
	}
	sampler := latency.New(latency.Options{Limits: limits, Keep: cfg.Probe.Latency.Samples, Clock: latency.Clock{Now: a.Now, Sleep: sleep}}, targets, source)
	if f.listen != "" {
		return measurement{}, a.serveLatency(ctx, f, args, sampler)
	}
	if err := sampler.Run(ctx, f.interval, f.samples); err != nil {
		return measurement{}, err
	}
	return latencyEvidence(sampler, targets, source, limits), nil
}

// latencyEvidence is what samples that are at an end come to.
func latencyEvidence(sampler *latency.Sampler, targets []latency.Target, source string, limits latency.Limits) measurement {
	found := sampler.Latencies()
	m := measurement{kind: "latency", checks: latency.Evaluate(found.Services, limits), figures: sampler.Figures(),
		tables: map[string]string{"text": latency.Text(found.Services)},
		detail: report.LatencyDetail{Schema: report.LatencySchema, Source: source, GoodMS: limits.GoodMS, WarnMS: limits.WarnMS, ServiceLatencies: found}}
	for _, t := range targets {
		m.subjects = append(m.subjects, report.EvidenceSubject{Name: t.Name, At: t.URL})
	}
	if name, err := sampler.Unanswered(); err != nil {
		m.reason = fmt.Sprintf("%s: no request had an answer: %v", oneLine(name), err)
	}
	return m
}

// latencyInterval is the time between two samples.
func (a *app) latencyInterval(f *latencyFlags, cfg *config.Config) (time.Duration, error) {
	const variable = "LATENCY_SAMPLE_INTERVAL"
	text := a.Getenv(variable)
	switch {
	case f.interval < 0:
		return 0, usage("--interval must not be negative")
	case f.interval > 0:
		return f.interval, nil
	case text != "":
		d, err := time.ParseDuration(text)
		if n, wrong := strconv.ParseFloat(text, 64); wrong == nil && n < 1e9 {
			d, err = time.Duration(n*float64(time.Second)), nil
		}
		if err != nil || d <= 0 {
			return 0, usage("%s %q is not a time span", variable, oneLine(text)).hint("write it in seconds, or like 15s")
		}
		return d, nil
	case f.listen == "" && !cfg.Given("/probe/latency/interval"):
		return shortInterval, nil
	case cfg.Probe.Latency.Interval <= 0:
		return 0, &contract.Error{Place: cfg.KeyPlace("/probe/latency/interval"), Msg: "probe.latency.interval must be more than 0", Hint: "write it like 15s"}
	}
	return time.Duration(cfg.Probe.Latency.Interval), nil
}

// latencyTargets are the targets with their source.
func (a *app) latencyTargets(ctx context.Context, f *latencyFlags, args []string, cfg config.Probe) (all []latency.Target, source string, err error) {
	listed, source, err := a.listedTargets(ctx, args, cfg)
	switch {
	case err != nil:
		return nil, "", err
	case len(listed) == 0:
		return nil, "", usage("there is no target").hint("name targets like api:http://localhost:8010/health, set LATENCY_SAMPLE_TARGETS, or list them under probe.targets")
	case len(listed) > maxTargets:
		return nil, "", usage("there are %d targets, more than %d", len(listed), maxTargets)
	}
	seen := map[string]bool{}
	for i := range listed {
		t := &listed[i]
		t.Insecure, t.CAFile = t.Insecure || f.insecure, firstOf(t.CAFile, f.caFile)
		one, err := a.latencyTarget(t, f.timeout)
		if err != nil {
			return nil, "", err
		}
		if seen[one.Name] {
			return nil, "", usage("the target %s is there twice", oneLine(one.Name)).hint("give it another name, or leave one out")
		}
		seen[one.Name] = true
		all = append(all, one)
	}
	return all, source, nil
}

// listedTargets are the entries of the first list that has some.
func (a *app) listedTargets(ctx context.Context, args []string, cfg config.Probe) (all []config.ProbeTarget, source string, err error) {
	var named []latency.Named
	for _, text := range args {
		one, err := latency.ParseNamed(text)
		if err != nil {
			return nil, "", usage("an argument: %w", err).hint("write it like api:http://localhost:8010/health")
		}
		named = append(named, one)
	}
	source = "args"
	if len(named) == 0 {
		source = "persisted"
		data, err := a.readInput(cfg.Latency.TargetsFile)
		if err == nil {
			named, err = latency.ParseFile(ctx, cfg.Latency.TargetsFile, data)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, "", err
		}
	}
	if len(named) == 0 {
		source = "env"
		if named, err = latency.ParseList(a.Getenv("LATENCY_SAMPLE_TARGETS")); err != nil {
			return nil, "", usage("LATENCY_SAMPLE_TARGETS: %w", err).hint("write it like api:http://localhost:8010/health,web:http://localhost:8080/")
		}
	}
	if len(named) == 0 {
		return cfg.Targets, "config", nil
	}
	for _, n := range named {
		all = append(all, config.ProbeTarget{Name: n.Name, URL: n.URL})
	}
	return all, source, nil
}

// latencyTarget is an entry with the request that samples it. A service that is reached at the edge, too, has another name there.
func (a *app) latencyTarget(t *config.ProbeTarget, timeout time.Duration) (latency.Target, error) {
	subject, err := (&headerTarget{ProbeTarget: *t}).subject()
	if err != nil {
		return latency.Target{}, err
	}
	roots, err := a.certificates(t.CAFile)
	if err != nil {
		return latency.Target{}, err
	}
	request := probeclient.Request{URL: t.URL, Header: http.Header{}}
	if t.AuthorizationEnv != "" {
		value := a.Getenv(t.AuthorizationEnv)
		if value == "" {
			return latency.Target{}, usage("the variable %s, which probe.targets names for %s, is not set", t.AuthorizationEnv, oneLine(t.Name)).hint("set it to the value of the header Authorization, like Bearer TOKEN")
		}
		request.Header.Set("Authorization", value)
	}
	client := probeclient.New(probeclient.Options{Timeout: timeout, Roots: roots, Insecure: t.Insecure, UserAgent: "govctl/" + Version(), Now: a.Now, Sleep: sleep})
	name := subject.Name
	if t.Mode == "edge" {
		name += "-edge"
	}
	return latency.Target{Name: name, URL: subject.At, Get: func(ctx context.Context) (int, error) {
		answer, err := client.Do(ctx, request)
		if err != nil {
			return 0, err
		}
		return answer.Status, nil
	}}, nil
}

// serveLatency samples and serves until the context ends, which is no error.
func (a *app) serveLatency(ctx context.Context, f *latencyFlags, args []string, sampler *latency.Sampler) error {
	address, err := net.ResolveTCPAddr("tcp", f.listen)
	if err != nil {
		return usage("--listen %q is no address", oneLine(f.listen)).hint("write it like 127.0.0.1:9118")
	}
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return &exitError{code: Failed, err: fmt.Errorf("listen at %s: %w", oneLine(f.listen), err)}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go a.rereadTargets(ctx, f, args, sampler)
	sampled := make(chan error, 1)
	go func() { sampled <- sampler.Run(ctx, f.interval, 0) }()
	fmt.Fprintf(a.Stderr, "govctl: %s every %s, served at http://%s/metrics and /service-latencies\n", counted(len(sampler.Latencies().Services), "target"), f.interval, listener.Addr())
	err = readserver.Serve(ctx, listener, map[string]readserver.Document{
		"/metrics":           {Type: "text/plain; version=0.0.4; charset=utf-8", Make: func() ([]byte, error) { return promtext.Exposition(sampler.Exposition(), latency.Types), nil }},
		"/service-latencies": {Type: "application/json", Make: func() ([]byte, error) { return artifact.Encode(sampler.Latencies()) }},
	})
	cancel()
	if ended := <-sampled; err == nil && !errors.Is(ended, context.Canceled) {
		return ended
	}
	return err
}

// rereadTargets reads the targets again when it is asked to. Those that cannot be read change nothing.
func (a *app) rereadTargets(ctx context.Context, f *latencyFlags, args []string, sampler *latency.Sampler) {
	asked := a.rereads.take()
	for {
		select {
		case <-ctx.Done():
			return
		case <-asked:
		}
		cfg, err := a.configuration(ctx)
		var targets []latency.Target
		var source string
		if err == nil {
			targets, source, err = a.latencyTargets(ctx, f, args, cfg.Probe)
		}
		if err != nil {
			a.warn("the targets stay as they are: " + strings.TrimSpace(err.Error()))
			continue
		}
		sampler.Replace(targets, source)
		a.warn(fmt.Sprintf("read the targets again: %d from %s", len(targets), source))
	}
}
