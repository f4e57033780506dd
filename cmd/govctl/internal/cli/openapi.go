package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

func openapiCommand(a *app) *cobra.Command {
	return group("openapi", "Compare, export and explain API contracts", openapiExport(a), openapiDiff(a), openapiRules(a), openapiWaivers(a))
}

func openapiExport(a *app) *cobra.Command {
	var opt contract.Options
	var name string
	c := command("export [SOURCE]", "Print the canonical JSON of a contract", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		doc, err := a.exported(ctx, args, name, opt)
		if err != nil {
			return err
		}
		_, err = a.Stdout.Write(doc.Canonical())
		return err
	})
	c.Long = "Print the canonical JSON of a contract: sorted keys, stable bytes, so that exporting the export changes nothing.\n\n" +
		"SOURCE is a file, - for standard input, an https URL, cmd:COMMAND or git:REV:PATH. Without it the contract is that of the configuration.\n\n" +
		"JSON and YAML 1.2 are read. In YAML, the booleans are true and false; yes, no, on, off and dates are text, in documents that declare\n" +
		"%YAML 1.1, too. Anchors and merge keys (<<) are expanded."
	a.contractFlag(c, &name)
	c.Flags().BoolVar(&opt.AllowRemote, "allow-remote-refs", false, "follow $ref to https addresses")
	c.Flags().BoolVar(&opt.AllowPrivate, "allow-private", false, "also read from private and loopback addresses (also contract.allow_private)")
	c.Flags().BoolVar(&opt.ConvertSwagger, "convert-swagger", false, "read a Swagger 2.0 description by converting it to OpenAPI 3.0")
	c.Flags().BoolVar(&opt.AllowDangling, "allow-dangling-refs", false, "keep references that do not resolve")
	return c
}

// exported reads the contract of the arguments or, without any, the configured one.
func (a *app) exported(ctx context.Context, args []string, name string, opt contract.Options) (*contract.Document, error) {
	if len(args) == 1 {
		return a.reader().Load(ctx, args[0], opt)
	}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return nil, err
	}
	c, err := contractOf(cfg, name)
	if err != nil {
		return nil, err
	}
	if c.Source == "" {
		return nil, usage("nothing to export: contract.source is not set").hint("name the document, or set contract.source in govctl.yaml; --config FILE names another configuration")
	}
	opt.AllowRemote, opt.AllowPrivate = opt.AllowRemote || c.AllowRemoteRefs, opt.AllowPrivate || c.AllowPrivate
	opt.AllowDangling = opt.AllowDangling || c.AllowDangling
	return a.reader().Load(ctx, c.Source, opt)
}

// diffFlags are the flags of `govctl openapi diff`.
type diffFlags struct {
	format, waivers, category string
	contract                  string
	remote, convert           bool
	dangling, private         bool // compare around references that do not resolve; read from private addresses, too
	release                   string
	since                     int
	write                     bool // --out is given
}

func (f diffFlags) reading() contract.Options {
	return contract.Options{AllowRemote: f.remote, AllowPrivate: f.private, ConvertSwagger: f.convert, AllowDangling: f.dangling}
}

func openapiDiff(a *app) *cobra.Command {
	var f diffFlags
	var c *cobra.Command
	c = command("diff [OLD NEW]", "Report what changed between two contracts and what breaks clients", pairOrNothing, func(ctx context.Context, args []string) error {
		var known facts
		f.write = a.writes(c)
		err := a.diff(ctx, args, f, &known)
		return a.outputsOf(known, err)
	})
	c.Long = "Report what changed between two contracts and what breaks clients. Each of OLD and NEW is a file, - for standard input,\n" +
		"an https URL, cmd:COMMAND or git:REV:PATH. Without them the contract of the configuration is compared with its baseline. Exit code 1\n" +
		"means that an unwaived change breaks clients.\n\n" +
		"Rule levels, the gate's category and the waivers are those of govctl.yaml, where it exists; among several contracts, of the one that is\n" +
		"read from the same place or that --contract names. Without a baseline it is a first run." + partHelp
	a.contractFlag(c, &f.contract)
	a.formatFlag(c, &f.format)
	c.Flags().StringVar(&f.waivers, "waivers", "", "`file` of waivers (default: that of the configuration, where it exists)")
	choose(c, &f.category, "category", "", "the widest category that counts as breaking (default: rules.category of the contract)", categories()...)
	c.Flags().IntVar(&f.since, "since-releases", 0, "compare with each of the last `N` release tags, too; NEW is then a file in the work tree")
	c.Flags().StringVar(&f.release, "release-baseline", "", "`source` to compare with and report in addition, without failing (default: release_baseline of the configuration, for its contract)")
	c.Flags().BoolVar(&f.remote, "allow-remote-refs", false, "follow $ref to https addresses")
	c.Flags().BoolVar(&f.dangling, "allow-dangling-refs", false, "compare the other parts where references do not resolve, and report each of them (also allow_dangling_refs of the contract)")
	c.Flags().BoolVar(&f.private, "allow-private", false, "also read from private and loopback addresses (also contract.allow_private)")
	c.Flags().BoolVar(&f.convert, "convert-swagger", false, "read Swagger 2.0 descriptions by converting them to OpenAPI 3.0")
	return c
}

func (a *app) diff(ctx context.Context, args []string, f diffFlags, known *facts) error {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	c, oldSource, newSource, err := a.sides(ctx, cfg, f.contract, args)
	first := errors.Is(err, errNoBaseline)
	if err != nil && !first {
		return err
	}
	opt, err := a.diffOptions(ctx, c, f)
	if err != nil {
		return err
	}
	f.remote, f.private, f.dangling = f.remote || c.AllowRemoteRefs, f.private || c.AllowPrivate, f.dangling || c.AllowDangling
	current, err := a.currentVersion(ctx, c, newSource, "")
	if err != nil {
		return err
	}
	var old, new *contract.Document
	if !first {
		old, new, err = a.loadPair(ctx, oldSource, newSource, f.reading(), "", current)
		first = len(args) == 0 && missing(err) && !errors.Is(err, fs.ErrNotExist) // a revision that nobody has made yet
	}
	if f.write { // with what is wrong with the documents
		if werr := a.writeDiff(ctx, cfg, c, args, f); werr != nil {
			return werr
		}
	}
	if first {
		return a.firstDiff(ctx, c, opt, current, f, known)
	}
	if err != nil {
		return a.printNotChecked(err, f.format)
	}
	opt.Advise = func(d report.Diff) report.Advice {
		return pipeline.Advice(a.released(ctx, pipeline.SemverInput(d, *c.Semver, new), opt.Now))
	}
	state, err := a.stateOfFolder(ctx, cfg)
	if err != nil && len(args) == 0 {
		return err
	}
	opt.Spent = state.Contracts[c.Name].Spent
	opt.NoDigest, opt.All = f.format != "json", a.all || f.format != "json"
	result := apidiff.Compare(ctx, old, new, opt)
	if err := a.sinceReleases(ctx, result, newSource, new, opt, f); err != nil {
		return err
	}
	d := result.Diff
	d.GeneratedAt = report.At(opt.Now)
	known.breaking, known.next = &d.Totals.Breaking, &d.RecommendedVersion
	if f.release == "" && newSource == c.Source {
		f.release = c.ReleaseBaseline
	}
	beside, err := a.besideRelease(ctx, new, opt, f)
	if err != nil {
		return err
	}
	if err := a.printDiff(d, f, beside...); err != nil {
		return err
	}
	stale := a.sayProblems(result.Problems)
	if d.Totals.Breaking > 0 || stale {
		return errFindings
	}
	return nil
}

// released adds the moment and the commit of a release to what the version policy looks at. Git is asked for the commit only where the previous
// version has build metadata, which may name one: it takes as long as a small diff.
func (a *app) released(ctx context.Context, in semver.Input, now time.Time) semver.Input {
	sha := pipeline.UnknownSHA
	if strings.Contains(in.Previous, "+") {
		sha = a.commit(ctx, "")
	}
	return pipeline.Released(in, now, sha)
}

// firstDiff is the diff of a contract that has no baseline.
func (a *app) firstDiff(ctx context.Context, c config.Contract, opt apidiff.Options, version string, f diffFlags, known *facts) error {
	reading := f.reading()
	reading.Version = version
	doc, err := a.reader().Load(ctx, c.Source, reading)
	if err != nil {
		return err
	}
	opt.Advise = func(d report.Diff) report.Advice {
		return pipeline.Advice(a.released(ctx, pipeline.SemverInput(d, *c.Semver, doc), opt.Now))
	}
	d := apidiff.First(doc, opt).Diff
	d.GeneratedAt = report.At(opt.Now)
	known.breaking, known.next = &d.Totals.Breaking, &d.RecommendedVersion
	return a.printDiff(d, f)
}

// writeDiff writes the artifacts of the step diff. What is found is no error here: it is printed afterwards.
func (a *app) writeDiff(ctx context.Context, cfg config.Config, c config.Contract, args []string, f diffFlags) error {
	c.Rules.Category, c.Waivers = firstOf(f.category, c.Rules.Category), firstOf(f.waivers, c.Waivers)
	c.AllowRemoteRefs, c.AllowPrivate, c.AllowDangling = f.remote || c.AllowRemoteRefs, f.private || c.AllowPrivate, f.dangling || c.AllowDangling
	r, err := a.part(ctx, a.withSides(cfg, c, args), runFlags{wait: defaultWait}, pipeline.PartRequest{Steps: []string{"diff"}, Contract: c.Name, Foreign: len(args) == 2})
	if err != nil || r.Worst == report.GateFailed {
		return err
	}
	return a.partError(r)
}

// withSides is the configuration with a contract in it as a command sees it: with the two documents of the arguments, where they are given.
func (a *app) withSides(cfg config.Config, c config.Contract, args []string) config.Config {
	if len(args) == 2 {
		c.Baseline, c.Source = args[0], args[1]
	}
	cfg.Contracts = slices.Clone(cfg.Contracts)
	for i := range cfg.Contracts {
		if cfg.Contracts[i].Name == c.Name {
			cfg.Contracts[i] = c
		}
	}
	return cfg
}

// sayProblems tells which waivers are stale or expired, and whether one of them is an error.
func (a *app) sayProblems(problems []report.Finding) bool {
	failed := false
	for i := range problems {
		p := &problems[i]
		fmt.Fprintf(a.Stderr, "govctl: %s: %s:%d:%d: %s\n", p.Level, oneLine(p.New.File), p.New.Line, p.New.Column, oneLine(p.Message))
		a.hint(p.Hint)
		failed = failed || p.Level == report.Error
	}
	return failed
}

// diffOptions joins the flags with what the configuration says about the contract.
func (a *app) diffOptions(ctx context.Context, c config.Contract, f diffFlags) (apidiff.Options, error) {
	c.Rules.Category = firstOf(f.category, c.Rules.Category)
	now, err := a.clock(a.now)
	if err != nil {
		return apidiff.Options{}, err
	}
	opt, err := pipeline.RuleOptions(c, now())
	if err != nil {
		return opt, err
	}
	file := firstOf(f.waivers, c.Waivers)
	data, err := a.readInput(file)
	if f.waivers == "" && errors.Is(err, fs.ErrNotExist) {
		return opt, nil
	}
	if err != nil {
		return opt, err
	}
	all, err := apidiff.ParseWaivers(ctx, file, data, opt.Now, c.Rules.WaiverMaxDays)
	opt.Waivers = apidiff.WaiversFor(c.Name, all)
	return opt, err
}

func categories() []string {
	var names []string
	for _, c := range rules.Categories() {
		names = append(names, string(c))
	}
	return names
}

// loadPair reads both sides at the same time, and says what it had to overlook. The versions are those that the documents count as; without
// any, or empty, those in them.
func (a *app) loadPair(ctx context.Context, oldSource, newSource string, opt contract.Options, versions ...string) (old, new *contract.Document, err error) {
	if oldSource == "-" && newSource == "-" {
		return nil, nil, usage("only one side can come from standard input")
	}
	r, same := a.reader(), true
	if len(versions) == 2 {
		opt.Version, same = versions[0], versions[0] == versions[1]
	}
	oldInput, err := r.Read(ctx, oldSource, limitsFor(oldSource, opt))
	if err != nil {
		return nil, nil, err
	}
	newInput := oldInput
	if !same {
		opt.Version = versions[1]
	}
	if !same || newSource != oldSource || strings.HasPrefix(newSource, "cmd:") { // a command may print something else the second time
		if newInput, err = r.Read(ctx, newSource, limitsFor(newSource, opt)); err != nil {
			return nil, nil, err
		}
	}
	// every reference that does not resolve is to be named, not only the first
	oldInput, newInput = oldInput.Lenient(), newInput.Lenient()
	old, new, oldErr, newErr := contract.ParsePair(ctx, oldInput, newInput)
	if oldErr != nil || newErr != nil {
		return nil, nil, errors.Join(oldErr, newErr)
	}
	return old, new, a.resolved(opt.AllowDangling, old, new)
}

// resolved refuses documents in which references do not resolve, unless they are allowed to. Each is named.
func (a *app) resolved(allowed bool, docs ...*contract.Document) error {
	if allowed {
		return nil
	}
	var all contract.Unresolved
	for i, doc := range docs {
		var some contract.Unresolved
		if i > 0 && doc.Same(docs[0]) {
			continue
		}
		if errors.As(doc.Unresolved("--allow-dangling-refs compares the other parts, and reports what was not read (also contract.allow_dangling_refs)"), &some) {
			all = append(all, some...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return a.sayAll(all)
}

// maxLines is how long the text and the Markdown of a diff may become, unless all is asked for.
const maxLines = 200

// printDiff writes the diff; its JSON is the artifact itself.
func (a *app) printDiff(d report.Diff, f diffFlags, beside ...render.Note) error {
	if f.format == "json" {
		return a.printJSON(d)
	}
	r, look := a.diffReport(d), a.look()
	r.Notes, look.Lines = append(r.Notes, beside...), maxLines
	return errors.Join(render.Write(a.Stdout, f.format, r, look), a.annotateUnless(f.format, r))
}

// diffRules is an empty report that knows the rules of changes.
func diffRules() *render.Report {
	rows := rules.All()
	r := &render.Report{Title: "API changes", Rules: make([]render.RuleInfo, len(rows))}
	for i, row := range rows {
		r.Rules[i] = render.RuleInfo{ID: row.ID, Level: row.Level, Category: string(row.Category), Summary: row.Summary(), Why: row.Why, Quiet: row.Quiet(),
			URL: "https://github.com/romel/govctl/blob/main/docs/rules.md#" + row.ID}
	}
	r.Rules = append(r.Rules,
		render.RuleInfo{ID: apidiff.ReferenceNotRead, Level: report.Warning, Category: string(rules.Wire), Summary: apidiff.UnreadSummary, Why: apidiff.UnreadWhy},
		render.RuleInfo{ID: apidiff.KeywordWithoutEffect, Level: report.Warning, Category: string(rules.Docs), Summary: apidiff.WithoutEffectSummary, Why: apidiff.WithoutEffectWhy},
	)
	return r
}
