package cli

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/imagegate"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/report"
)

// imageGateFlags are the flags of `image gate`.
type imageGateFlags struct {
	severities, ignores []string
	digest, scanned     string
	newOnly, baseline   bool
}

func imageGate(a *app) *cobra.Command {
	var f imageGateFlags
	var c *cobra.Command
	c = a.evidenceCommand("gate REPORT...", "Decide on the vulnerabilities that scanners report of an image",
		"Read reports of Trivy, Grype or OSV-Scanner as JSON, or SARIF, and bring their vulnerabilities into one list. One of image.severities (CRITICAL\n"+
			"and HIGH by default) that a version fixes is an error, unless an ignore file of Trivy accepts it. Entries of an ignore file that have expired\n"+
			"or that no report needs are warnings.\n\n"+
			"A report never passes that is empty, truncated, older than image.max_report_age, without a time, or about another image than --digest.\n"+
			"With --new-only what the last run that passed had is a warning with its age; the evidence in the output folder is the memory for it, and\n"+
			"--baseline starts it. With --out the list is also written as SARIF.",
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) (measurement, error) {
			if f.baseline && !a.writes(c) {
				return measurement{}, usage("--baseline needs --out: what it accepts has to be kept").hint("give the output folder that the next run has")
			}
			return a.gateImage(ctx, &f, args)
		})
	flags := c.Flags()
	flags.StringSliceVar(&f.severities, "severity", nil, "severities that fail (default image.severities)")
	flags.StringSliceVar(&f.ignores, "ignore-file", nil, "ignore `files` of Trivy (default image.ignore_files)")
	flags.StringVar(&f.digest, "digest", "", "`digest` of the image that the reports have to be about, alone or behind NAME@")
	flags.StringVar(&f.scanned, "scanned-at", "", "`time` of reports without a date, like 2026-03-10T12:00:00Z")
	flags.BoolVar(&f.newOnly, "new-only", false, "fail only on what the last run that passed did not have")
	flags.BoolVar(&f.baseline, "baseline", false, "accept what there is as known, for --new-only of later runs")
	return c
}

func (a *app) gateImage(ctx context.Context, f *imageGateFlags, args []string) (measurement, error) {
	m := measurement{kind: "image"}
	in, err := a.gateInput(ctx, f)
	if err != nil {
		return m, err
	}
	if in.Reports, err = a.imageReports(f, args); err != nil {
		return m, err
	}
	v, err := imagegate.Evaluate(in)
	if err != nil {
		return m, usage("%w", err)
	}
	sarif, err := v.SARIF(Version())
	if err != nil {
		return m, err
	}
	m.subjects, m.checks, m.figures, m.detail, m.headline = v.Subjects, v.Checks, v.Figures, v.Detail, v.Headline()
	m.beside = []besideFile{{artifact.SARIFPath, append(sarif, '\n')}}
	return m, nil
}

var digestPattern = late.Pattern(`^(?:[^\s@]+@)?(sha256:[0-9a-f]{64})$`)

// gateInput is what the verdict follows from but for the reports.
func (a *app) gateInput(ctx context.Context, f *imageGateFlags) (in imagegate.Input, err error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return in, err
	}
	clock, err := a.clock(a.now)
	if err != nil {
		return in, err
	}
	in = imagegate.Input{Severities: cfg.Image.Severities, IgnoreUnfixed: cfg.Image.IgnoreUnfixed, MaxAge: time.Duration(cfg.Image.MaxReportAge), Now: clock(),
		NewOnly: f.newOnly, Baseline: f.baseline}
	if len(f.severities) > 0 {
		in.Severities = nil
		for _, s := range f.severities {
			s = strings.ToUpper(strings.TrimSpace(s))
			if !slices.Contains(imagegate.Severities, s) {
				return in, usage("--severity: there is no severity %q", s).hint("expected one of %s", strings.Join(imagegate.Severities, ", "))
			}
			in.Severities = append(in.Severities, s)
		}
	}
	if f.digest != "" {
		digest := digestPattern().FindStringSubmatch(f.digest)
		if digest == nil {
			return in, usage("--digest: %q is not a digest", oneLine(f.digest)).hint("write sha256: with 64 digits, or NAME@sha256:...")
		}
		in.Digest = digest[1]
	}
	if in.Ignores, err = a.imageIgnores(ctx, f, cfg); err != nil {
		return in, err
	}
	var last report.ImageGate
	passed, err := a.lastEvidence("image", &last)
	in.Known, in.Last = last.Known, last.Vulnerabilities
	if passed {
		in.Known = last.Vulnerabilities
	}
	return in, err
}

// imageIgnores are the entries of the ignore files. A default file that is not there is none.
func (a *app) imageIgnores(ctx context.Context, f *imageGateFlags, cfg config.Config) (all []imagegate.Ignore, err error) {
	names, optional := f.ignores, false
	if len(names) == 0 {
		names, optional = cfg.Image.IgnoreFiles, !cfg.Given("/image/ignore_files")
	}
	for _, name := range names {
		data, err := a.readInput(name)
		if optional && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var some []imagegate.Ignore
		if err == nil {
			some, err = imagegate.ParseIgnores(ctx, name, data)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (a *app) imageReports(f *imageGateFlags, names []string) (all []imagegate.Report, err error) {
	var scanned time.Time
	if f.scanned != "" {
		if scanned, err = time.Parse(time.RFC3339, f.scanned); err != nil {
			return nil, usage("--scanned-at: %q is not a time", oneLine(f.scanned)).hint("write it like 2026-03-10T12:00:00Z")
		}
	}
	for _, name := range names {
		data, err := a.readInput(name)
		if err != nil {
			return nil, err
		}
		r, err := imagegate.Parse(name, data)
		if err != nil {
			return nil, err
		}
		if r.Created.IsZero() {
			r.Created = scanned
		}
		all = append(all, r)
	}
	return all, nil
}
