package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/promrules/ruletest"
	"github.com/romel/govctl/pkg/report"
)

// testFlags are the flags of `rules test`.
type testFlags struct {
	alertFlags
	run, features   []string
	format, minimum string
	unknown, cover  bool
	found           bool
}

func rulesTest(a *app) *cobra.Command {
	var f testFlags
	c := command("test FILE...", "Run promtool's unit tests of rules, and report which rules are untested", cobra.MinimumNArgs(1),
		func(ctx context.Context, args []string) error { return a.testRules(ctx, &f, args) })
	c.Long = "Run unit-test files of promtool (promtool test rules) unchanged and in process; FILE may be a folder or a glob, of which only\n" +
		"test files are taken. A case that fails exits 1, a malformed file 2.\n\n" +
		"With --coverage: an alerting rule has two branches, firing and silent, each covered by a case that passes and observes it; a\n" +
		"recording rule is covered when it yields samples that a case reads, or that an asserted alert is built on. Alerts that the\n" +
		"taxonomy calls critical must be shown firing. --rules names rule files that count although no test loads them."
	f.add(c)
	f.addDialect(c)
	flags := c.Flags()
	flags.StringArrayVar(&f.run, "run", nil, "run only tests whose name matches the `regexp`; may be repeated")
	flags.StringSliceVar(&f.features, "enable-feature", nil, "promtool's feature `names`: "+strings.Join(featureNames(), ", "))
	flags.BoolVar(&f.unknown, "ignore-unknown-fields", false, "accept unknown keys in rule files")
	flags.BoolVar(&f.found, "found", false, "a search found the files: leave out those that contain no tests, and pass where none is left (for hooks)")
	flags.BoolVar(&f.cover, "coverage", false, "report which rules the tests cover")
	flags.StringVar(&f.minimum, "min-coverage", "", "least `percent` of branches that must be covered; implies --coverage")
	a.formatFlag(c, &f.format)
	return c
}

// features are promtool's names of what --enable-feature switches on. Some were experiments once and are part of the language
// now; promtool goes on accepting their names, so that command lines of then still work.
var features = []struct {
	name string
	set  func(*ruletest.Features)
}{
	{"promql-experimental-functions", func(f *ruletest.Features) { f.ExperimentalFunctions = true }},
	{"promql-delayed-name-removal", func(f *ruletest.Features) { f.DelayedNameRemoval = true }},
	{"promql-binop-fill-modifiers", func(f *ruletest.Features) { f.BinopFillModifiers = true }},
	{"promql-unquoted-utf8-names", func(f *ruletest.Features) { f.UnquotedUTF8Names = true }},
	{"promql-extended-range-selectors", func(*ruletest.Features) {}},
	{"promql-duration-expr", func(*ruletest.Features) {}},
}

func featureNames() []string {
	var names []string
	for _, f := range features {
		names = append(names, f.name)
	}
	return names
}

func (a *app) testRules(ctx context.Context, f *testFlags, args []string) error {
	options, err := a.testOptions(f)
	if err != nil {
		return err
	}
	c, err := a.taxonomyConfig(ctx, &f.alertFlags)
	if err != nil {
		return err
	}
	switch promrules.Dialect(c.Dialect) {
	case promrules.Loki:
		return usage("rules of Loki cannot be tested: their expressions are LogQL").hint("lokitool rules check reads LogQL; name another --dialect for files with PromQL")
	case promrules.Prometheus:
	default:
		options.IgnoreUnknown = true // rules check knows the keys of the dialect
	}
	names, err := a.testFiles(args, f.found)
	if err != nil || len(names) == 0 {
		return err
	}
	want, err := a.wantedCoverage(c, f, options.Features)
	if err != nil {
		return err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	files, err := ruletest.Run(ctx, names, options)
	if err != nil {
		return err
	}
	got := ruletest.Report(files)
	got.GeneratedAt = report.At(now())
	if f.cover || f.minimum != "" {
		ruletest.AddCoverage(&got, files, want)
	}
	return a.printTests(got, f.format)
}

func (a *app) testOptions(f *testFlags) (ruletest.Options, error) {
	o := ruletest.Options{Read: a.readInput, Glob: ruleFiles, IgnoreUnknown: f.unknown}
	for _, name := range f.features {
		known := false
		for _, feature := range features {
			if feature.name == name {
				feature.set(&o.Features)
				known = true
			}
		}
		if !known {
			return o, usage("there is no feature %q", name).hint("%s", firstOf(config.Nearest(name, featureNames()), "the features are "+listed(featureNames())))
		}
	}
	if len(f.run) > 0 {
		run, err := regexp.Compile(strings.Join(f.run, "|"))
		if err != nil {
			return o, usage("--run: %w", err)
		}
		o.Run = run
	}
	return o, nil
}

// testFiles are the test files that patterns name. What a folder or a glob brings in besides tests is left out.
// testFiles are the files with tests among those that the patterns name. Where a search found them, none is an answer, too.
func (a *app) testFiles(patterns []string, found bool) ([]string, error) {
	files, named, err := a.paths(patterns, []string{".yml", ".yaml"})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range files {
		if !named[name] || found {
			data, err := a.readInput(name)
			if err != nil {
				return nil, err
			}
			if !promrules.IsTest(name, data) {
				continue
			}
		}
		out = append(out, name)
	}
	if len(out) == 0 && !found {
		return nil, usage("no test file is among %s", strings.Join(patterns, ", ")).hint("a test file has the keys rule_files and tests")
	}
	return out, nil
}

// wantedCoverage is what the tests are measured against: the minimum, rule files beyond those that they load, and the critical
// alerts of the taxonomy, where there is one.
func (a *app) wantedCoverage(c config.Taxonomy, f *testFlags, features ruletest.Features) (ruletest.Wanted, error) {
	var want ruletest.Wanted
	if f.minimum != "" {
		least, err := strconv.ParseFloat(f.minimum, 64)
		if err != nil || !(0 <= least && least <= 100) {
			return want, usage("--min-coverage %q is no percentage", f.minimum).hint("write a number from 0 to 100")
		}
		want.Minimum = &least
	}
	if !f.cover && want.Minimum == nil {
		return want, nil
	}
	var err error
	if want.Critical, err = a.criticalAlerts(c.File, f.file != ""); err != nil || len(c.Rules) == 0 {
		return want, err
	}
	sources, err := a.ruleSources(promrules.Dialect(c.Dialect), c.Rules)
	if err != nil {
		return want, err
	}
	for _, s := range sources {
		groups, err := ruletest.Count(filepath.Clean(s.Name), s.Data, ruletest.Parser(features))
		if err != nil {
			return want, err
		}
		want.Rules = append(want.Rules, groups...)
	}
	return want, nil
}

// criticalAlerts are the active alerts that a taxonomy calls critical. One that nobody named need not exist.
func (a *app) criticalAlerts(name string, asked bool) ([]ruletest.Critical, error) {
	data, err := a.readInput(name)
	if !asked && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	file, err := taxonomy.Parse(name, data)
	if err != nil {
		return nil, err
	}
	var out []ruletest.Critical
	for i := range file.Alerts {
		if alert := &file.Alerts[i]; alert.Active() && strings.EqualFold(alert.Severity, "critical") {
			out = append(out, ruletest.Critical{Name: alert.Name, Place: file.Place(alert, "alert")})
		}
	}
	return out, nil
}

func (a *app) printTests(got report.RuleTests, format string) error {
	var err error
	switch format {
	case "json":
		err = a.printJSON(got)
	case "junit":
		_, err = a.Stdout.Write(ruletest.JUnit(got))
	default:
		r := render.Report{Title: "Unit tests of Prometheus rules", Headline: testHeadline(got), Tool: a.tool(), Subject: "tests", Findings: got.Findings}
		for _, c := range ruletest.Checks {
			r.Rules = append(r.Rules, render.RuleInfo{ID: c.ID, Level: c.Level, Category: "rules", Summary: c.About, Why: c.Why})
		}
		err = render.Write(a.Stdout, format, &r, a.look())
	}
	switch {
	case err != nil:
		return err
	case got.Invalid > 0:
		return errBadInput
	case !got.Passed:
		return errFindings
	}
	return nil
}

func testHeadline(got report.RuleTests) string {
	s := fmt.Sprintf("%s with %s: %d failed, %d invalid", counted(got.Tests, "test"), counted(got.Assertions, "assertion"), got.Failed, got.Invalid)
	if c := got.Coverage; c != nil {
		s += fmt.Sprintf("; coverage %g %%: %d of %s shown firing and %d silent, %d of %s covered", c.Percent.Rounded(),
			c.AlertsFiring, counted(c.Alerts, "alert"), c.AlertsSilent, c.RecordingRulesCovered, counted(c.RecordingRules, "recording rule"))
	}
	return s
}
