package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/report"
)

// tellActions writes annotations, summary and outputs of a run where GitHub Actions runs it.
func (a *app) tellActions(cfg config.Config, result pipeline.Result) error {
	if !a.actions() {
		return nil
	}
	r, err := a.findings(statusFlags{}, cfg)
	if err != nil {
		return err
	}
	text, err := a.told(cfg, r, "")
	if err != nil {
		return err
	}
	d := report.Diff{Headline: result.Summary.Headline, Changes: result.Breaks}
	if len(cfg.Contracts) == 1 {
		d.New.Source = cfg.Contracts[0].Source
	}
	_, err = a.summarise(text)
	shown := a.diffReport(d)
	withPolicy(shown, result.Policy)
	withNotChecked(shown, &r.summary)
	next, nerr := nextVersions(cfg, r)
	s := &r.summary
	ratio := s.StabilityRatio.Rounded()
	f := facts{breaking: &s.BreakingChangesCount, semver: &s.SemverPolicyStatus, next: &next, ratio: &ratio, reasons: &r.state.Reasons, passed: &s.Passed, checked: &s.Checked}
	return errors.Join(a.annotate(shown), err, nerr, a.outputs(f))
}

// nextVersions are the versions to publish next, as the version policy of this run recommends them.
func nextVersions(cfg config.Config, r *found) (string, error) {
	var all []string
	for i := range cfg.Contracts {
		name := cfg.Contracts[i].Name
		v, err := load[report.Semver](r, of(cfg, name, artifact.SemverPath))
		if err != nil {
			return "", err
		}
		switch {
		case v == nil || v.RecommendedVersion == "":
		case len(cfg.Contracts) == 1:
			return v.RecommendedVersion, nil
		default:
			all = append(all, name+"="+v.RecommendedVersion)
		}
	}
	return strings.Join(all, ","), nil
}

// send does the outward steps of a run. The files are published before the webhook is told, so that a run which dies in between leaves the
// notice to the next one under the same delivery id; the receipts follow. A step that fails does not stop the others.
func (a *app) send(ctx context.Context, cfg config.Config, f runFlags) error {
	r, err := a.findings(statusFlags{}, cfg)
	if err != nil {
		return err
	}
	var failed failures
	try := func(what string, err error) { failed.add(a, what, err) }
	publish := publishFlags{remote: f.remote, dir: a.out, name: botName, email: botAddress, deadline: publishDeadline, unsigned: f.allowUnsigned, dryRun: f.dryRun,
		unlessSame: !f.refresh}
	w := webhookFlags{allowPrivate: f.allowPrivate, dryRun: f.dryRun}
	all, err := a.outlets(cfg, w)
	try("webhook", err)
	for _, o := range all {
		defer o.Close()
		try(o.name(), a.queue(cfg, r, o, f.dryRun))
	}
	try("publish", a.publish(ctx, publish))
	if len(all) > 0 && a.notifyAll(ctx, cfg, r, all, w, try) {
		try("publish", a.publish(ctx, publish))
	}
	if a.Getenv("GITHUB_TOKEN") != "" && a.Getenv("GITHUB_REPOSITORY") != "" && !a.elsewhere() {
		try("issues", a.issuesSync(ctx, statusFlags{}, f.dryRun))
	}
	return failed.outcome()
}

// notifyAll delivers to each receiver, and reports whether there are receipts to publish.
func (a *app) notifyAll(ctx context.Context, cfg config.Config, r *found, all []*outlet, f webhookFlags, try func(string, error)) bool {
	_, before, err := a.deliveries(r)
	try("webhook", err)
	for _, o := range all {
		if f.dryRun {
			try(o.name(), a.showRequests(ctx, cfg, r, o))
			continue
		}
		try(o.name(), a.deliver(ctx, cfg, r, o, f))
	}
	_, after, err := a.deliveries(r)
	return err == nil && len(after) != len(before)
}

// failures are what went wrong in the steps of a command that goes on after each.
type failures struct {
	worst int
	tips  []string
}

// add says it at once, with each hint once.
func (f *failures) add(a *app, what string, err error) {
	if err == nil {
		return
	}
	f.worst = max(f.worst, codeOf(err))
	if !errors.Is(err, errFindings) && !errors.Is(err, errBadInput) { // which are said
		a.warn(what + ": " + err.Error())
	}
	var one *exitError
	if errors.As(err, &one) && one.tip != "" && !slices.Contains(f.tips, one.tip) {
		f.tips = append(f.tips, one.tip)
		fmt.Fprintf(a.Stderr, "hint: %s\n", oneLine(one.tip))
	}
}

func (f *failures) outcome() error {
	if f.worst == Passed {
		return nil
	}
	return &exitError{code: f.worst, err: errFailed}
}

// diffReport is a diff as the formats take it.
func (a *app) diffReport(d report.Diff) *render.Report {
	r := diffRules()
	r.Headline, r.Tool, r.Subject, r.Findings, r.Causes = d.Headline, a.tool(), d.New.Source, d.Changes, d.Causes
	for _, line := range apidiff.Advice(d) {
		r.Notes = append(r.Notes, render.Note{Label: line[0], Text: line[1]})
	}
	return r
}

// changesFile is a flag of `govctl run` that writes the changes of all contracts into a file in a format of the table of formats.
type changesFile struct{ flag, format, about string }

var changesFiles = []changesFile{
	{"sarif", "sarif", "write the changes to this `file` for code scanning, too"},
	{"code-quality", "gitlab", "write the changes to this `file` as a Code Quality report of GitLab, too"},
	{"junit", "junit", "write the changes to this `file` as JUnit XML, too"},
}

// writeChanges writes the files that were asked for; the names are in the order of the table.
func (a *app) writeChanges(cfg config.Config, names []string) error {
	if !slices.ContainsFunc(names, func(name string) bool { return name != "" }) {
		return nil
	}
	all, err := a.allChanges(cfg)
	if err != nil {
		return err
	}
	for i, name := range names {
		if name == "" {
			continue
		}
		var b bytes.Buffer
		look := a.look()
		look.More = "" // of a command that does not print findings
		if err := render.Write(&b, changesFiles[i].format, all, look); err != nil {
			return err
		}
		if err := artifact.Replace(name, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// allChanges are the changes of all contracts, with what the change does to its policy and what was not checked.
func (a *app) allChanges(cfg config.Config) (*render.Report, error) {
	r, err := a.findings(statusFlags{}, cfg)
	if err != nil {
		return nil, err
	}
	all := a.diffReport(report.Diff{Headline: r.summary.Headline})
	for _, c := range cfg.Contracts {
		d, err := load[report.Diff](r, of(cfg, c.Name, artifact.DiffPath))
		if err != nil {
			return nil, err
		}
		if d != nil {
			all.Subject = firstOf(all.Subject, d.New.Source)
			all.Findings = append(all.Findings, d.Changes...)
		}
	}
	change, err := r.policy()
	if err != nil {
		return nil, err
	}
	withPolicy(all, change)
	withNotChecked(all, &r.summary)
	return all, nil
}
