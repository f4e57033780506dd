package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/benchtrend"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/docblocks"
	"github.com/romel/govctl/internal/evidence"
	"github.com/romel/govctl/internal/headers"
	"github.com/romel/govctl/internal/imagegate"
	"github.com/romel/govctl/internal/imagepin"
	"github.com/romel/govctl/internal/latency"
	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/internal/resources"
	"github.com/romel/govctl/internal/smoke"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
	"github.com/romel/govctl/testdata/probe"
)

// evidenceTables are the tables of rules of all kinds of evidence, in the order of evidence.Kinds.
var evidenceTables = [][]report.EvidenceRule{headers.Rules, smoke.Rules, latency.Rules, metricscontract.Rules, imagepin.Rules, imagegate.Rules, benchtrend.Rules, resources.Rules, docblocks.Rules}

// evidenceRules are the rules of all kinds of evidence.
func evidenceRules() []report.EvidenceRule { return slices.Concat(evidenceTables...) }

// probeCase are the files of the case of a rule: what it is silent on, and what it reports.
func probeCase(rule string) (good, bad string) {
	for _, name := range []struct {
		pattern string
		to      *string
	}{{"good.*", &good}, {"bad.*", &bad}} {
		if found, _ := fs.Glob(probe.Files, path.Join(rule, name.pattern)); len(found) > 0 { // the patterns are well-formed
			*name.to = found[0]
		}
	}
	return good, bad
}

// measurement is what a command of evidence has measured. Status, identity and waivers are added to it by the frame.
type measurement struct {
	kind     string // a row of evidence.Kinds
	subjects []report.EvidenceSubject
	checks   []report.Finding
	figures  []report.Figure
	detail   any    // of the kind; nil without
	reason   string // why it could not be measured; empty where it was. The command then exits 3
	headline string // one sentence before the findings; empty: the counts
	beside   []besideFile
	accepted []besideFile      // written only where the evidence passes: what the next measurement is compared with
	tables   map[string]string // by format of findings: what is printed after them; none for formats that are not named
}

// besideFile is a further file that the command writes with --out, by its path in the output folder.
type besideFile struct {
	path string
	data []byte
}

// evidenceCommand gives a command that makes evidence its flags, its help and its body. What body returns with a nil error is printed, and
// with --out written; its error is that of the command: *contract.Error or usage for wrong input.
func (a *app) evidenceCommand(use, short, long string, args cobra.PositionalArgs, body func(context.Context, []string) (measurement, error)) *cobra.Command {
	var format string
	var of runFlags
	var c *cobra.Command
	c = command(use, short, args, func(ctx context.Context, args []string) error {
		m, err := body(ctx, args)
		if err != nil {
			return err
		}
		if m.kind == "" { // it did something else
			return nil
		}
		return a.reportEvidence(ctx, m, of, format, a.writes(c))
	})
	c.Long = long + "\n\nWith --out the evidence is written into status/evidence of that folder, where `govctl run` checks it. Findings that a waiver of\n" +
		"evidence.waivers covers do not fail. What could not be reached or measured exits 3."
	c.Flags().StringVar(&of.sha, "sha", "", "`commit` that the evidence is about (default: that of the CI system, such as GITHUB_SHA, then git)")
	c.Flags().StringVar(&of.runID, "run-id", "", "`identity` of the run (default: that of the CI system, such as GITHUB_RUN_ID)")
	a.formatFlag(c, &format)
	return c
}

// reportEvidence completes, writes and prints evidence, and is the outcome of the command.
func (a *app) reportEvidence(ctx context.Context, m measurement, of runFlags, format string, write bool) error {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	e, err := a.envelope(ctx, cfg, m, of)
	if err != nil {
		return err
	}
	if write {
		if e.Passed {
			m.beside = append(m.beside, m.accepted...)
		}
		if err := a.writeEvidence(e, m.beside); err != nil {
			return err
		}
	}
	if format == "json" {
		err = a.printJSON(e)
	} else {
		r := a.evidenceReport(e, m.headline)
		err = errors.Join(render.Write(a.Stdout, format, r, a.look()), a.annotateUnless(format, r))
		if table := m.tables[format]; err == nil && table != "" {
			_, err = fmt.Fprintf(a.Stdout, "\n%s", table)
		}
	}
	switch {
	case err != nil:
		return err
	case e.Status == report.EvidenceError:
		return &exitError{code: Failed, err: errors.New(e.Reason)}
	case e.Status == report.EvidenceFail:
		return errFindings
	}
	return nil
}

// envelope is what was measured with the identity of the commit, the time, and the waivers of the day.
func (a *app) envelope(ctx context.Context, cfg config.Config, m measurement, of runFlags) (e report.Evidence, err error) {
	clock, err := a.clock(a.now)
	if err != nil {
		return e, err
	}
	now := clock()
	e = report.Evidence{Kind: m.kind, GeneratedAt: report.At(now), Govctl: Version(), Subjects: m.subjects, Checks: m.checks, Figures: m.figures, Reason: oneLine(m.reason)}
	if e.SHA, e.RunID, err = a.identity(ctx, of); err != nil {
		return e, err
	}
	if m.detail != nil {
		if e.Detail, err = artifact.Encode(m.detail); err != nil {
			return e, err
		}
	}
	waivers, err := a.evidenceWaivers(ctx, cfg)
	if err != nil {
		return e, err
	}
	evidence.Apply(&e, waivers, now)
	evidence.Complete(&e)
	return e, evidence.Seal(&e)
}

// evidenceWaivers are those of the configured file; none where the default file is not there.
func (a *app) evidenceWaivers(ctx context.Context, cfg config.Config) ([]evidence.Waiver, error) {
	name := cfg.Evidence.Waivers
	data, err := a.readInput(name)
	if errors.Is(err, fs.ErrNotExist) && !cfg.Given("/evidence/waivers") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	clock, err := a.clock(a.now)
	if err != nil {
		return nil, err
	}
	return evidence.ParseWaivers(ctx, name, data, clock())
}

// writeEvidence writes the envelope, its figures and what the command writes beside them.
func (a *app) writeEvidence(e report.Evidence, beside []besideFile) (err error) {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	store, _, err := artifact.Open(a.out, now, defaultWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	store.Begin("evidence " + e.Kind)
	errs := []error{store.JSON(artifact.EvidencePath(e.Kind, ".json"), e), store.Bytes(artifact.EvidencePath(e.Kind, ".prom"), promtext.Evidence(e.Figures))}
	for _, f := range beside {
		errs = append(errs, store.Bytes(f.path, f.data))
	}
	return errors.Join(errs...)
}

// lastEvidence reads the detail of evidence of the last run in the output folder, and whether it passed. Without such a file, to stays as
// it is.
func (a *app) lastEvidence(kind string, to any) (passed bool, err error) {
	name := artifact.EvidencePath(kind, ".json")
	shown := filepath.ToSlash(filepath.Join(a.out, name))
	folder, err := openDir(a.out)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	var data []byte
	if err == nil {
		data, err = artifact.Read(folder, name, evidence.MaxFile)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, &exitError{code: BadInput, err: fmt.Errorf("%s: %w", shown, err)}
	}
	e, err := evidence.Parse(name, data)
	if err == nil && len(e.Detail) > 0 {
		if err = schemas.Validate("evidence-"+kind, e.Detail); err == nil {
			err = json.Unmarshal(e.Detail, to)
		}
	}
	if err != nil {
		return false, &contract.Error{Place: report.Place{File: shown}, Msg: oneLine(err.Error()), Hint: "it is what the last run has seen; delete it to start again"}
	}
	return e.Passed, nil
}

// evidenceReport is the envelope as it is printed.
func (a *app) evidenceReport(e report.Evidence, headline string) *render.Report {
	kind, _ := evidence.Lookup(e.Kind)
	if headline == "" {
		t := evidence.Count(e.Checks)
		headline = fmt.Sprintf("%s checked: %s, %s, %d waived", counted(len(e.Subjects), "subject"), counted(t.Errors, "error"), counted(t.Warnings, "warning"), t.Waived)
	}
	if e.Reason != "" {
		headline = "Not checked: " + e.Reason
	}
	r := &render.Report{Title: strings.ToUpper(kind.About[:1]) + kind.About[1:], Headline: headline, Tool: a.tool(), Subject: e.Kind, Findings: e.Checks}
	for _, row := range evidenceRules() {
		if row.Kind == e.Kind {
			r.Rules = append(r.Rules, render.RuleInfo{ID: row.ID, Level: row.Level, Category: "evidence", Summary: row.Summary, Why: row.Why, URL: evidencePageURL + row.ID})
		}
	}
	return r
}

// evidencePageURL is where the rules of evidence are explained, each below its id.
const evidencePageURL = "https://github.com/romel/govctl/blob/main/docs/evidence-rules.md#"
