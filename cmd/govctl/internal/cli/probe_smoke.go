package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/internal/smoke"
	"github.com/romel/govctl/internal/smoke/hurl"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// smokeFlags are the flags of `probe smoke`.
type smokeFlags struct {
	base, user, contract, conform, from, caFile string
	timeout, retries, delay                     string
	variables                                   []string
}

// The defaults of the original.
const (
	smokeBase    = "http://localhost:8000"
	smokeUser    = "admin"
	smokeTimeout = 3 * time.Second
	smokeRetries = 5
	smokeDelay   = 2 * time.Second
)

func probeSmoke(a *app) *cobra.Command {
	var f smokeFlags
	c := a.evidenceCommand("smoke [FILE...]", "Run request flows against a service, and compare its answers with the contract",
		"Ask the health addresses, then run each flow: requests in a subset of Hurl, with what is expected of the answers. Each request and answer\n"+
			"is compared with the contract, too. Flows are the arguments, else probe.smoke.flows; health addresses are probe.smoke.targets and\n"+
			"those of API_HEALTH_URL, PROM_READY_URL and GRAFANA_HEALTH_URL.\n\n"+
			"Flows have the variables base, user and, from SMOKE_PASSWORD, password. Others are those of --variable and of the environment:\n"+
			"HURL_VARIABLE_NAME, as hurl reads it. Values of variables, fields and headers with names of secrets are not shown.",
		cobra.ArbitraryArgs, func(ctx context.Context, args []string) (measurement, error) { return a.smoke(ctx, &f, args) })
	flags := c.Flags()
	flags.StringVar(&f.base, "base", "", "`address` of the service, the variable base (default "+smokeBase+")")
	flags.StringVar(&f.user, "user", smokeUser, "`name` of the user, the variable user")
	flags.StringArrayVar(&f.variables, "variable", nil, "a further variable as `NAME=VALUE`, which is not secret")
	a.contractFlag(c, &f.contract)
	choose(c, &f.conform, "conform", "", "level of findings about the contract (default probe.smoke.conform)", "error", "warning", "off")
	flags.StringVar(&f.from, "from", "", "compare what hurl exchanged instead: `file` report.json of hurl --report-json")
	flags.StringVar(&f.caFile, "ca-file", "", "`file` with the certificates, in PEM, that those of services are verified with")
	flags.StringVar(&f.timeout, "timeout", "", "how `long` one request may take, in seconds or like 500ms (also SMOKE_TIMEOUT; default 3)")
	flags.StringVar(&f.retries, "retries", "", "how `often` to try again while nothing answers (also SMOKE_RETRIES; default 5)")
	flags.StringVar(&f.delay, "delay", "", "how `long` to wait before that, in seconds or like 500ms (also SMOKE_DELAY; default 2)")
	return c
}

// smoke asks the targets and runs the flows.
func (a *app) smoke(ctx context.Context, f *smokeFlags, args []string) (measurement, error) {
	m := measurement{kind: "smoke"}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return m, err
	}
	in := cfg.Probe.Smoke
	flows, err := a.smokeFlows(f, args, in)
	if err != nil {
		return m, err
	}
	targets := a.smokeTargets(in.Targets)
	if len(flows) == 0 && len(targets) == 0 && f.from == "" {
		return m, usage("there is no flow and no health address").hint("name flows, or list them under probe.smoke.flows")
	}
	r, err := a.smokeRunner(f)
	if err != nil {
		return m, err
	}
	if r.Variables, err = a.smokeVariables(f, flows); err != nil {
		return m, err
	}
	r.Secrets.AddVariables(r.Variables)
	if err := a.smokeContract(ctx, f, cfg, r, flows); err != nil {
		return m, err
	}
	d := report.Smoke{Schema: report.SmokeSchema, Results: []report.SmokeResult{}, Flows: []report.SmokeFlow{}}
	err = a.askTargets(ctx, r, targets, &m, &d)
	if err == nil && f.from != "" {
		err = a.hurlReport(f.from, r, &m, &d)
	}
	for i := 0; err == nil && i < len(flows); i++ {
		var flow report.SmokeFlow
		var found []report.Finding
		m.subjects = append(m.subjects, report.EvidenceSubject{Name: flows[i].Name})
		flow, found, err = r.Flow(ctx, flows[i])
		d.Flows, m.checks = append(d.Flows, flow), append(m.checks, found...)
	}
	return a.smoked(r, m, d, err)
}

// smoked completes what was measured, also where something could not be reached.
func (a *app) smoked(r *smoke.Runner, m measurement, d report.Smoke, err error) (measurement, error) {
	if r.Contract != nil {
		exercised, total := r.Contract.Exercised()
		d.Operations = &report.SmokeOperations{Contract: r.Contract.Source(), Exercised: exercised, Total: total}
		if err == nil && len(d.Flows) > 0 {
			m.checks = append(m.checks, r.Uncompared(d.Flows[0].Name)...)
		}
	}
	r.Secrets.Findings(m.checks)
	r.Secrets.Report(&d)
	targets, figures := smoke.Figures(&d)
	encoded, bad := artifact.Encode(d)
	if bad != nil {
		return m, bad
	}
	m.detail, m.figures, m.headline = d, figures, smokeHeadline(&d)
	m.beside = []besideFile{{artifact.SmokePath, encoded}, {artifact.SmokePromPath, promtext.Evidence(targets)}}
	m.tables = map[string]string{"text": smoke.Text(&d), "markdown": smoke.Markdown(&d)}
	var failed *probeclient.Error
	if errors.As(err, &failed) {
		err = &unreachable{errors.New(r.Secrets.Hide(err.Error()))}
	}
	if err != nil {
		return m.asReason(err)
	}
	return m, nil
}

func smokeHeadline(d *report.Smoke) string {
	passed, requests := 0, 0
	for i := range d.Flows {
		requests += len(d.Flows[i].Entries)
		if d.Flows[i].Passed {
			passed++
		}
	}
	text := fmt.Sprintf("%d of %s passed with %s", passed, counted(len(d.Flows), "flow"), counted(requests, "request"))
	if o := d.Operations; o != nil {
		text += fmt.Sprintf("; they use %d of %s of %s", o.Exercised, counted(o.Total, "operation"), o.Contract)
	}
	return text
}

// smokeFlows reads the flows of the arguments or of the configuration.
func (a *app) smokeFlows(f *smokeFlags, args []string, cfg config.ProbeSmoke) (flows []*hurl.File, err error) {
	patterns := args
	if len(patterns) == 0 && f.from == "" {
		patterns = cfg.Flows
	}
	if f.from != "" && len(patterns) > 0 {
		return nil, usage("--from and flows cannot be combined").hint("--from compares what hurl has exchanged already; nothing is sent")
	}
	names, _, err := a.paths(patterns, []string{".hurl"})
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := a.readInput(name)
		if err != nil {
			return nil, err
		}
		flow, err := hurl.Parse(name, data)
		if err != nil {
			return nil, err
		}
		flows = append(flows, flow)
	}
	return flows, nil
}

// healthVariables name the health addresses of the original.
var healthVariables = []struct{ env, name string }{{"API_HEALTH_URL", "api"}, {"PROM_READY_URL", "prometheus"}, {"GRAFANA_HEALTH_URL", "grafana"}}

// smokeTargets are the configured health addresses, and those of the variables in their place or after them.
func (a *app) smokeTargets(configured []config.SmokeTarget) (all []smoke.Target) {
	for _, t := range configured {
		all = append(all, smoke.Target{Name: t.Name, URL: t.URL, Required: t.Required == nil || *t.Required})
	}
	for _, v := range healthVariables {
		address := a.Getenv(v.env)
		if address == "" {
			continue
		}
		at := -1
		for i := range all {
			if all[i].Name == v.name {
				at = i
			}
		}
		if at < 0 {
			at = len(all)
			all = append(all, smoke.Target{Name: v.name, Required: true})
		}
		all[at].URL = address
	}
	return all
}

// smokeRunner is a runner with the client and the time spans of flags and variables.
func (a *app) smokeRunner(f *smokeFlags) (*smoke.Runner, error) {
	r := &smoke.Runner{Sleep: sleep, Retries: smokeRetries, Secrets: &smoke.Secrets{}}
	timeout, err := a.smokeSpan(f.timeout, "timeout", "SMOKE_TIMEOUT", smokeTimeout)
	if err == nil && timeout == 0 {
		err = usage("--timeout must be more than 0")
	}
	if err == nil {
		r.Delay, err = a.smokeSpan(f.delay, "delay", "SMOKE_DELAY", smokeDelay)
	}
	if err != nil {
		return nil, err
	}
	if text := firstOf(f.retries, a.Getenv("SMOKE_RETRIES")); text != "" {
		if err := parseInt(text, &r.Retries); err != nil || r.Retries < 0 || r.Retries > maxSmokeRetries {
			return nil, usage("--retries: %q is not a number from 0 to %d", text, maxSmokeRetries)
		}
	}
	roots, err := a.certificates(f.caFile)
	if err != nil {
		return nil, err
	}
	options := probeclient.Options{Timeout: timeout, Roots: roots, UserAgent: "govctl/" + Version(), Verbatim: true, Now: a.Now, Sleep: sleep}
	verifying := probeclient.New(options)
	options.Insecure = true
	trusting := probeclient.New(options)
	r.Do = func(ctx context.Context, request probeclient.Request, insecure bool) (*probeclient.Answer, error) {
		if insecure {
			return trusting.Do(ctx, request)
		}
		return verifying.Do(ctx, request)
	}
	return r, nil
}

// Bounds of flags.
const (
	maxSmokeRetries = 1_000
	maxSmokeSpan    = 10 * time.Minute
)

// smokeSpan reads a time span: a number of seconds, as the original's variables have it, or one with a unit.
func (a *app) smokeSpan(text, flag, env string, standard time.Duration) (time.Duration, error) {
	if text = firstOf(text, a.Getenv(env)); text == "" {
		return standard, nil
	}
	span, err := time.ParseDuration(text)
	if seconds, number := strconv.ParseFloat(text, 64); number == nil && seconds >= 0 && seconds <= maxSmokeSpan.Seconds() {
		span, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || span < 0 || span > maxSmokeSpan {
		return 0, usage("--%s: %q is not a time span from 0 to %s", flag, text, maxSmokeSpan).hint("a number of seconds, or one with a unit, like 500ms")
	}
	return span, nil
}

// smokeVariables are the variables of flows. Each flow has a value for every variable that it reads.
func (a *app) smokeVariables(f *smokeFlags, flows []*hurl.File) (hurl.Variables, error) {
	v := hurl.Variables{"base": strings.TrimRight(firstOf(f.base, smokeBase), "/"), "user": f.user}
	if _, err := probeclient.Parse(v["base"].(string)); err != nil {
		return nil, usage("--base: %w", err)
	}
	if password := a.Getenv("SMOKE_PASSWORD"); password != "" {
		v["password"] = password
	}
	for _, pair := range f.variables {
		name, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok || name == "":
			return nil, usage("--variable is of the form NAME=VALUE")
		case smoke.IsSecret(name):
			return nil, usage("--variable %s: other processes can read a secret on the command line", oneLine(name)).hint("set the environment variable HURL_VARIABLE_%s", oneLine(name))
		}
		v[name] = value
	}
	for _, flow := range flows {
		for {
			name, line := flow.Undefined(v)
			if name == "" {
				break
			}
			value := a.Getenv("HURL_VARIABLE_" + name)
			if value == "" {
				hint := fmt.Sprintf("--variable %s=VALUE, or the environment variable HURL_VARIABLE_%s", name, name)
				if name == "password" {
					hint = "set the environment variable SMOKE_PASSWORD"
				} else if smoke.IsSecret(name) {
					hint = "set the environment variable HURL_VARIABLE_" + name
				}
				return nil, &contract.Error{Place: report.Place{File: flow.Name, Line: line}, Msg: "the variable " + name + " has no value", Hint: hint}
			}
			v[name] = value
		}
	}
	return v, nil
}

// smokeContract gives the runner the contract that exchanges are compared with.
func (a *app) smokeContract(ctx context.Context, f *smokeFlags, cfg config.Config, r *smoke.Runner, flows []*hurl.File) error {
	in := cfg.Probe.Smoke
	level := firstOf(f.conform, in.Conform)
	name := firstOf(f.contract, in.Contract)
	if level == "off" || len(flows) == 0 && f.from == "" {
		return nil
	}
	r.Level = report.Level(level)
	c, err := contractOf(cfg, name)
	if err != nil {
		return err
	}
	if c.Source == "" && name == "" && f.conform == "" {
		return nil
	}
	doc, err := a.exported(ctx, nil, name, contract.Options{ConvertSwagger: true})
	if err != nil {
		return err
	}
	base := ""
	uses := f.base != ""
	for _, flow := range flows {
		uses = uses || flow.Uses("base")
	}
	if uses {
		u, err := probeclient.Parse(firstOf(f.base, smokeBase))
		if err != nil {
			return usage("--base: %w", err)
		}
		r.Base, base = u, u.Path
	}
	r.Contract = smoke.NewContract(doc, base)
	r.Contract.Undocumented = in.Undocumented
	return nil
}

// askTargets asks the health addresses. Its error is that of the first required one that did not answer; the others are asked, too.
func (a *app) askTargets(ctx context.Context, r *smoke.Runner, targets []smoke.Target, m *measurement, d *report.Smoke) (first error) {
	for _, t := range targets {
		u, err := probeclient.Parse(t.URL)
		if err != nil {
			return usage("the health address %s: %w", oneLine(t.Name), err)
		}
		m.subjects = append(m.subjects, report.EvidenceSubject{Name: t.Name, At: probeclient.Public(u)})
		result, found, err := r.Target(ctx, t)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d.Results, m.checks = append(d.Results, result), append(m.checks, found...)
		if first == nil {
			first = err
		}
	}
	return first
}

// hurlReport reads what hurl has exchanged.
func (a *app) hurlReport(name string, r *smoke.Runner, m *measurement, d *report.Smoke) error {
	data, err := a.readInput(name)
	if err != nil {
		return err
	}
	flows, found, err := r.HurlReport(data, func(body string) ([]byte, error) {
		if !filepath.IsLocal(body) {
			return nil, errors.New("the report names a file outside of its folder")
		}
		return a.readInput(filepath.Join(filepath.Dir(name), body))
	})
	var known *exitError
	if err != nil && !errors.As(err, &known) {
		return usage("%s: %w", name, err).hint("hurl --report-json DIR writes it as DIR/report.json")
	}
	if err != nil {
		return err
	}
	for _, flow := range flows {
		m.subjects = append(m.subjects, report.EvidenceSubject{Name: flow.Name})
	}
	d.Flows, m.checks = flows, append(m.checks, found...)
	return nil
}
