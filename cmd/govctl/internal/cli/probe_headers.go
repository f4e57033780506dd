package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/evidence"
	"github.com/romel/govctl/internal/headers"
	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

func probeCommand(a *app) *cobra.Command {
	return group("probe", "Running services: the headers of their answers, request flows, latencies", probeHeaders(a), probeSmoke(a), probeLatency(a))
}

// maxTargets bounds the targets of one call.
const maxTargets = 100

// headersFlags are the flags of `probe headers`.
type headersFlags struct {
	mode, profile, caFile, last string
	insecure, accept            bool
	wait, timeout               time.Duration
}

func probeHeaders(a *app) *cobra.Command {
	var f headersFlags
	c := a.evidenceCommand("headers [URL...]", "Check the security headers of running services",
		"Request each target three times - its URL, a path that does not exist below it, and the URL with the method PROPFIND - and check the\n"+
			"headers of each answer: error pages often come from another part of the edge than pages. Targets are the arguments, else the comma\n"+
			"separated SECURITY_HEADER_URLS, else probe.targets. A redirect is followed on the same host only. No proxy is used: probes reach\n"+
			"private and loopback addresses directly.\n\n"+
			"A header that the last evidence has and an answer does not is an error, until it is back or the loss is accepted.",
		cobra.MaximumNArgs(maxTargets), func(ctx context.Context, args []string) (measurement, error) { return a.checkHeaders(ctx, &f, args) })
	flags := c.Flags()
	choose(c, &f.mode, "mode", "direct", "how targets that are no part of the configuration are reached", "direct", "edge")
	choose(c, &f.profile, "profile", "", "what is expected of targets that name no profile themselves (default probe.headers.profile)", "web", "api", "none")
	flags.BoolVar(&f.insecure, "insecure", false, "do not verify certificates")
	flags.StringVar(&f.caFile, "ca-file", "", "`file` with the certificates, in PEM, that those of targets are verified with")
	flags.DurationVar(&f.wait, "wait", 10*time.Second, "how long to try again while nothing listens at a target")
	flags.DurationVar(&f.timeout, "timeout", 10*time.Second, "how long one request with its redirects may take")
	flags.StringVar(&f.last, "last", "", "`file` with the last evidence (default: that in the output folder)")
	flags.BoolVar(&f.accept, "accept-lost", false, "accept that headers of the previous evidence are missing")
	return c
}

func (a *app) checkHeaders(ctx context.Context, f *headersFlags, args []string) (measurement, error) {
	m := measurement{kind: "headers"}
	if f.wait < 0 || f.timeout <= 0 {
		return m, usage("--wait and --timeout must be time spans, and --timeout more than 0")
	}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return m, err
	}
	targets, err := a.headerTargets(f, args, cfg.Probe)
	if err != nil {
		return m, err
	}
	last, err := a.lastHeaders(f)
	if err != nil {
		return m, err
	}
	var probed []headers.Target
	for i := range targets {
		subject, err := targets[i].subject()
		if err != nil {
			return m, err
		}
		m.subjects = append(m.subjects, subject)
	}
	for i := range targets {
		t, err := a.probeTarget(ctx, f, &targets[i], m.subjects[i])
		if err != nil {
			if last != nil {
				m.detail = last // the next run compares with it
			}
			return m.asReason(err)
		}
		probed = append(probed, t)
	}
	compared := last
	if f.accept {
		compared = nil
	}
	found, detail := headers.Evaluate(probed, headerOptions(cfg.Probe.Headers), compared)
	m.checks, m.detail, m.figures = found, detail, headers.Figures(&detail)
	m.tables = map[string]string{"text": headers.Text(&detail), "markdown": headers.Markdown(&detail)}
	return m, nil
}

// headerTargets are the targets of the arguments, of the variable or of the configuration, with their profiles.
func (a *app) headerTargets(f *headersFlags, args []string, cfg config.Probe) ([]headerTarget, error) {
	urls := args
	if len(urls) == 0 {
		urls = strings.FieldsFunc(a.Getenv("SECURITY_HEADER_URLS"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
	}
	var all []headerTarget
	for _, text := range urls {
		all = append(all, headerTarget{ProbeTarget: config.ProbeTarget{URL: text, Mode: f.mode}})
	}
	if len(urls) == 0 {
		for _, t := range cfg.Targets {
			all = append(all, headerTarget{ProbeTarget: t})
		}
	}
	switch {
	case len(all) == 0:
		return nil, usage("there is no target").hint("name addresses, set SECURITY_HEADER_URLS, or list them under probe.targets")
	case len(all) > maxTargets:
		return nil, usage("there are %d targets, more than %d", len(all), maxTargets).hint("check them in several calls with output folders of their own")
	}
	seen := map[[2]string]bool{}
	for i := range all {
		t := &all[i]
		t.Mode = firstOf(t.Mode, "direct")
		t.Headers = firstOf(t.Headers, firstOf(f.profile, cfg.Headers.Profile))
		t.Insecure = t.Insecure || f.insecure
		t.CAFile = firstOf(t.CAFile, f.caFile)
		subject, err := t.subject()
		if err != nil {
			return nil, err
		}
		if key := [2]string{subject.Name, subject.Mode}; seen[key] {
			return nil, usage("the target %s is there twice in the mode %s", oneLine(subject.Name), subject.Mode).hint("give it another name or mode, or leave one out")
		} else {
			seen[key] = true
		}
		if t.AuthorizationEnv != "" {
			if t.authorization = a.Getenv(t.AuthorizationEnv); t.authorization == "" {
				return nil, usage("the variable %s, which probe.targets names for %s, is not set", t.AuthorizationEnv, oneLine(t.Name)).hint("set it to the value of the header Authorization, like Bearer TOKEN")
			}
		}
	}
	return all, nil
}

// headerTarget is a target with the value of its header Authorization.
type headerTarget struct {
	config.ProbeTarget
	authorization string
}

// subject is what is shown of a target. One without a name is called by its host and path.
func (t *headerTarget) subject() (report.EvidenceSubject, error) {
	u, err := probeclient.Parse(t.URL)
	if err != nil {
		return report.EvidenceSubject{}, usage("a target: %w", err).hint("write it like https://localhost:8445/shop") // the text may hold credentials
	}
	name := firstOf(t.Name, u.Host+strings.TrimSuffix(u.EscapedPath(), "/"))
	return report.EvidenceSubject{Name: name, Mode: t.Mode, At: probeclient.Public(u)}, nil
}

// headerOptions are the requirements and permissions of the configuration.
func headerOptions(cfg config.ProbeHeaders) headers.Options {
	o := headers.Options{Allowed: cfg.Allow}
	for _, name := range slices.Sorted(maps.Keys(cfg.Require)) {
		o.Required = append(o.Required, headers.Requirement{Name: http.CanonicalHeaderKey(name), Value: cfg.Require[name]})
	}
	return o
}

// maxHeaderHops is how many redirects of a target are followed.
const maxHeaderHops = 5

// probeTarget makes the three requests. That which has no answer is an unreachable.
func (a *app) probeTarget(ctx context.Context, f *headersFlags, t *headerTarget, subject report.EvidenceSubject) (headers.Target, error) {
	out := headers.Target{Subject: subject, Profile: t.Headers}
	roots, err := a.certificates(t.CAFile)
	if err != nil {
		return out, err
	}
	client := probeclient.New(probeclient.Options{Timeout: f.timeout, Roots: roots, Insecure: t.Insecure, UserAgent: "govctl/" + Version(),
		Now: a.Now, Sleep: sleep})
	u, err := probeclient.Parse(t.URL)
	if err != nil {
		return out, err
	}
	out.Personal = u.User != nil || t.authorization != ""
	for _, r := range headers.Requests(u) {
		request := probeclient.Request{Method: r.Method, URL: r.URL, Redirects: maxHeaderHops, Header: http.Header{}}
		if t.authorization != "" {
			request.Header.Set("Authorization", t.authorization)
		}
		answer, err := client.DoWaiting(ctx, request, f.wait)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err != nil {
			return out, &unreachable{fmt.Errorf("%s, %s request: %w", oneLine(subject.Name), r.Name, err)}
		}
		out.Answers = append(out.Answers, headerAnswer(r, answer))
	}
	return out, nil
}

// headerAnswer is an answer as the rules read it.
func headerAnswer(r headers.Request, from *probeclient.Answer) headers.Answer {
	a := headers.Answer{Request: r.Name, Method: r.Method, At: from.URL, Status: from.Status, Remote: from.Remote}
	for _, h := range from.Headers {
		a.Headers = append(a.Headers, report.HeaderField{Name: h.Name, Value: h.Value})
	}
	for _, h := range from.Hops {
		a.Hops = append(a.Hops, report.HeadersHop{At: h.URL, Status: h.Status, Location: h.Location, Followed: true})
	}
	if from.Location != "" {
		a.Hops = append(a.Hops, report.HeadersHop{At: from.URL, Status: from.Status, Location: from.Location})
	}
	return a
}

// certificates reads a file of certificates; nil, which are those of the system, without one.
func (a *app) certificates(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	data, err := a.readInput(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, usage("%s: there is no certificate in it", name).hint("it must contain certificates in PEM, which begin with -----BEGIN CERTIFICATE-----")
	}
	return pool, nil
}

// lastHeaders is the detail of the last evidence: that of --last, or that in the output folder; nil where there is none.
func (a *app) lastHeaders(f *headersFlags) (*report.HeadersDetail, error) {
	name := f.last
	if name == "" {
		name = filepath.Join(a.out, filepath.FromSlash(artifact.EvidencePath("headers", ".json")))
	}
	data, err := a.readInput(name)
	if errors.Is(err, fs.ErrNotExist) && f.last == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	wrong := func(err error) error {
		return usage("%s: %w", name, err).hint("it must be what an earlier call wrote; remove it to begin without")
	}
	e, err := evidence.Parse("headers.json", data)
	if err != nil {
		return nil, wrong(err)
	}
	if len(e.Detail) == 0 {
		return nil, nil
	}
	var detail report.HeadersDetail
	if err := errors.Join(schemas.Validate("evidence-headers", e.Detail), json.Unmarshal(e.Detail, &detail)); err != nil {
		return nil, wrong(err)
	}
	return &detail, nil
}
