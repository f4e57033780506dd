package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/ci"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/hugepages"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// runFlags are the flags of `govctl run`.
type runFlags struct {
	state, sha, runID        string
	format                   string
	synthetic, allowBreaking bool
	allowGiven               bool // the flag was given, be it as --allow-breaking=false
	wait                     time.Duration
	send, dryRun             bool
	allowPrivate             bool
	requireState             bool
	allowDangling            bool
	allowUnsigned, refresh   bool
	remote                   string
	changes                  []string // by changesFiles
	part                     partFlags
	selected                 pipeline.Selection // found
	sign                     signFlags
	settings                 settingFlags
	moved                    []string // found: the settings that differ from the configuration

	policy string
	merged bool
	base   *pipeline.Policy // found: the policy of the revision that --policy names
	trust  *integrity.Trust // found: the keys of that revision, by which the previous state must be signed
}

// defaultWait is how long a command waits for another run in the same folder.
const defaultWait = time.Minute

func runCommand(a *app) *cobra.Command {
	var f runFlags
	var c *cobra.Command
	c = command("run [FOLDER...]", "Run every step of the configuration", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		f.allowGiven = c.Flags().Changed("allow-breaking")
		if len(f.part.merge) == 0 && len(args) > 0 {
			return usage("unexpected argument %q", args[0]).hint("govctl run takes arguments with --merge only: the folders of the shards")
		}
		return a.run(ctx, f, args)
	})
	var steps strings.Builder
	for _, s := range pipeline.Steps() {
		fmt.Fprintf(&steps, "  %-11s %s\n", s.Name, s.About)
	}
	c.Long = "Run every step of the configuration, in this order:\n\n" + steps.String() +
		"\nA step that fails does not stop the others; the exit code is that of the worst step. The contract is compared with the one that\n" +
		"the last run left in the output folder, unless the configuration names a baseline. The same commit and run id again replaces its\n" +
		"line in the history.\n\n" +
		"A repository with many contracts can be assessed in parts: govctl run --shard I/N in each of N parallel jobs, each with an output\n" +
		"folder of its own, and then govctl run --merge with these folders. The files are those of a run without parts. A part exits with 0\n" +
		"whatever it found: the verdict is that of the whole."
	c.Flags().StringVar(&f.state, "state", "", "read the previous state from this output `folder` or git:REF (default: the output folder)")
	c.Flags().BoolVar(&f.requireState, "require-state", false, "fail where there is no previous state, instead of starting a new history")
	c.Flags().BoolVar(&f.allowDangling, "allow-dangling-refs", false, "compare the other parts where references do not resolve (also allow_dangling_refs of the contract)")
	c.Flags().StringVar(&f.policy, "policy", "", "report what the change does to its own policy: compare with that of git:`REV`, the base of the change, or of ci, the base that the CI system names")
	c.Flags().BoolVar(&f.merged, "merged", false, "with --policy: the change is merged, so that its own policy counts under policy.mode: block, too (--send implies it)")
	c.Flags().StringVar(&f.sha, "sha", "", "`commit` of the run (default: that of the CI system, such as GITHUB_SHA, then git)")
	c.Flags().StringVar(&f.runID, "run-id", "", "`identity` of the run (default: that of the CI system, such as GITHUB_RUN_ID, then derived)")
	c.Flags().BoolVar(&f.synthetic, "synthetic", false, "count a refresh without a new commit as a run")
	c.Flags().BoolVar(&f.allowBreaking, "allow-breaking", false, "pass with breaking changes (also ALLOW_BREAKING=1)")
	c.Flags().DurationVar(&f.wait, "wait", defaultWait, "how long to wait for another run in the same folder")
	f.changes = make([]string, len(changesFiles))
	for i, file := range changesFiles {
		c.Flags().StringVar(&f.changes[i], file.flag, "", file.about)
	}
	c.Flags().BoolVar(&f.send, "send", false, "then publish, notify the webhook and update the issues")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "with --send: print what would be sent, and send nothing")
	c.Flags().StringVar(&f.remote, "remote", "origin", "with --send: `remote` to publish to")
	c.Flags().BoolVar(&f.allowPrivate, "allow-private", false, "allow private contract addresses, and with --send private or http:// webhook addresses")
	c.Flags().BoolVar(&f.allowUnsigned, "allow-unsigned", false, "with --send: publish without a signature; the checksums must match")
	c.Flags().BoolVar(&f.refresh, "refresh", false, "with --send: publish again even if the published run has the same result")
	choose(c, &f.format, "format", "text", "what is printed, json as in governance-summary.json", "text", "json")
	f.sign.add(c)
	f.settings.add(c)
	f.part.add(c)
	return c
}

func (a *app) run(ctx context.Context, f runFlags, args []string) error {
	cfg, err := a.evaluating(ctx, &f)
	if err != nil {
		return err
	}
	if a.config == "" && !exists(config.File) {
		return usage("there is no %s here or in a folder above, up to the top of the repository", config.File).hint("govctl init writes one; --config FILE names another")
	}
	if err := sourced(&cfg); err != nil {
		return err
	}
	if f.selected, err = a.selection(ctx, cfg, &f); err != nil {
		return err
	}
	result, err := a.runSteps(ctx, cfg, f, args)
	if err != nil {
		return err
	}
	a.progress("")
	if f.part.shard != "" {
		a.printShard(f.selected, result)
		a.printNotices(result)
		return nil
	}
	if f.format == "json" {
		err = a.printJSON(result.Summary)
	} else {
		a.printRun(result)
	}
	a.printNotices(result)
	if err != nil {
		return err
	}
	if err := a.tellActions(cfg, result); err != nil {
		a.warn("the outputs for GitHub Actions could not be written: " + err.Error())
	}
	if err := a.writeChanges(cfg, f.changes); err != nil {
		return err
	}
	if !f.send {
		return outcome(result.Worst)
	}
	if f.format == "json" { // which is all that standard output gets
		a.Stdout = a.notes()
	}
	return worse(outcome(result.Worst), a.send(ctx, cfg, f))
}

// sourced refuses a configuration that does not say where a contract is. One that has no key about contracts at all may be about alerts or
// milestones alone; one that is about nothing, as init writes it where it finds nothing, is no error, and passes nothing either.
func sourced(cfg *config.Config) error {
	if !cfg.Given("") || cfg.Given("/contract") || cfg.Given("/contracts") {
		return everySource(cfg)
	}
	alerts := cfg.Given("/taxonomy") && cfg.Taxonomy.File != "" && (cfg.Given("/taxonomy/file") || exists(cfg.Taxonomy.File))
	if alerts || cfg.Given("/milestones") {
		return nil
	}
	tip := "set contract.source in govctl.yaml, or taxonomy.file for alerts alone"
	if len(cfg.Taxonomy.Rules) > 0 {
		tip = "govctl taxonomy sync --scaffold writes " + config.Default().Taxonomy.File + " from the rule files, or set contract.source in govctl.yaml"
	}
	return &exitError{code: Findings, err: errors.New("the configuration names neither a contract nor a taxonomy: nothing is governed yet"), tip: tip}
}

func everySource(cfg *config.Config) error {
	for i := range cfg.Contracts {
		one := &cfg.Contracts[i]
		if one.Source == "" {
			return &contract.Error{Place: cfg.KeyPlace(one.At), Msg: strings.ReplaceAll(one.At[1:], "/", ".") + ".source is not set",
				Hint: "name the OpenAPI document, like `source: api/openapi.yaml`; govctl init writes a configuration that finds it"}
		}
	}
	return nil
}

// allowBreaking lays the environment and the flag over what the configuration lets pass.
func (a *app) allowBreaking(cfg *config.Config, f runFlags) error {
	value, given, err := a.breakingAllowed()
	switch {
	case f.allowGiven:
		value = f.allowBreaking
	case err != nil || !given:
		return err
	}
	for i := range cfg.Contracts {
		cfg.Contracts[i].AllowBreaking = value
	}
	return nil
}

// worse is the error with the higher exit code.
func worse(a, b error) error {
	if codeOf(b) > codeOf(a) {
		return b
	}
	return a
}

// runSteps does the steps of a run in the output folder.
func (a *app) runSteps(ctx context.Context, cfg config.Config, f runFlags, args []string) (pipeline.Result, error) {
	shards, err := f.part.folders(args, a.out)
	if err != nil {
		return pipeline.Result{}, err
	}
	keys, err := a.signing(ctx, f.sign)
	if err != nil {
		return pipeline.Result{}, err
	}
	return a.inFolder(ctx, cfg, f, func(job *pipeline.Job) (pipeline.Result, error) {
		job.Required, job.Progress, job.Signing, job.Policy, job.Overrides = f.requireState, a.progress, keys, f.base, a.overrides(f)
		var result pipeline.Result
		var err error
		switch {
		case f.part.shard != "":
			result, err = pipeline.RunShard(ctx, job)
		case len(shards) > 0:
			result, err = pipeline.Merge(ctx, job, shards)
		default:
			result, err = pipeline.Run(ctx, job)
		}
		if refused := (*pipeline.StateError)(nil); errors.As(err, &refused) {
			err = (&exitError{code: int(refused.Outcome), err: err}).hint("%s", refused.Hint)
		}
		return result, err
	})
}

// inFolder opens the output folder, gives do what every job in it needs, and closes the folder again.
func (a *app) inFolder(ctx context.Context, cfg config.Config, f runFlags, do func(*pipeline.Job) (pipeline.Result, error)) (result pipeline.Result, err error) {
	now, err := a.clock(a.now)
	if err != nil {
		return result, err
	}
	sha, runID, err := a.identity(ctx, f)
	if err != nil {
		return result, err
	}
	store, found, err := artifact.Open(a.out, now, f.wait)
	if j := artifact.Holder(a.journal(ctx)); errors.Is(err, artifact.ErrHeld) && j != nil {
		err = fmt.Errorf("%w: process %d, commit %s", err, j.PID, j.SHA)
	}
	if err != nil {
		return result, err
	}
	defer func() { err = a.closed(store, err) }()
	found.Journal = store.Interrupted(a.journal(ctx))
	project, err := a.project(ctx, cfg)
	if err != nil {
		return result, err
	}
	if len(cfg.Contracts) > 1 && a.Grow != nil { // what is in memory of each is little, and soon garbage: it may grow to a multiple before it is collected
		a.Grow(garbageShare)
		hugepages.Heap(min(len(cfg.Contracts)*roomOfContract, mostRoom))
	}
	state, err := a.previousState(ctx, store, found, f.stateConfig(cfg), f)
	if err != nil {
		return result, err
	}
	return do(&pipeline.Job{
		Config: cfg, Store: store, Found: found, Now: now(), Version: Version(), SHA: sha, RunID: runID, Project: project, State: state,
		Versions: a.versions(), Alerts: a.alertsOfRun(), Load: a.loadContract, ReadFile: a.readOfRun, Digest: digestOfInput, Links: a.links(""), Synthetic: f.synthetic, Selection: f.selected,
	})
}

// roomOfContract and mostRoom are by how many bytes the heap of a run over several contracts grows at once: for each, and at most. garbageShare is
// how much garbage there may be then for what is in memory, in percent.
const (
	roomOfContract = 2 << 20
	mostRoom       = 128 << 20
	garbageShare   = 200
)

// alertsOfRun and readOfRun are the inputs of a run. What is wrong with them is an error of the input, whoever reads it.
func (a *app) alertsOfRun() pipeline.Alerts {
	alerts := a.alerts()
	read := alerts.Rules
	alerts.Rules = func(d promrules.Dialect, patterns []string) ([]promrules.Source, error) {
		sources, err := read(d, patterns)
		return sources, asInput(err)
	}
	return alerts
}

func (a *app) readOfRun(name string) ([]byte, error) {
	data, err := a.readInput(name)
	return data, asInput(err)
}

// asInput is the error of a command about its input, as one about the input.
func asInput(err error) error {
	var exit *exitError
	if errors.As(err, &exit) && exit.code == BadInput {
		return &contract.Error{Msg: err.Error(), Hint: exit.tip, Err: err}
	}
	return err
}

// outcome is the exit of a run whose steps have all been reported.
func outcome(worst report.Outcome) error {
	switch worst {
	case report.Passed:
		return nil
	case report.GateFailed:
		return errFindings
	case report.BadInput:
		return errBadInput
	}
	return &exitError{code: Failed, err: errors.New("a step could not do its work")}
}

// loadContract reads a contract for a run. References that do not resolve are left to the run, which names each of them; a service that
// moves from Swagger 2.0 to OpenAPI 3 keeps being measured.
func (a *app) loadContract(ctx context.Context, source string, c config.Contract) (*contract.Document, error) {
	return a.reader().Load(ctx, source, limitsFor(source, contract.Options{AllowRemote: c.AllowRemoteRefs, AllowPrivate: c.AllowPrivate, AllowDangling: true, ConvertSwagger: true,
		Version: c.ReadAs}))
}

// versions leads to the places that semver.version_from names.
func (a *app) versions() pipeline.Versions {
	repo := a.Git()
	return pipeline.Versions{Release: repo.NearestRelease, Show: repo.Show, ReadFile: a.readInput, Getenv: a.Getenv}
}

// commit is the commit that the run belongs to.
func (a *app) commit(ctx context.Context, flag string) string {
	if sha := firstOf(flag, a.system().CommitOf(a.Getenv)); sha != "" {
		return sha
	}
	if head, err := a.Git().Resolve(ctx, "HEAD"); err == nil {
		return head
	}
	return pipeline.UnknownSHA // a folder that is no repository, or a repository without commits
}

// What names of commits and runs may be: they stand in every artifact, in messages and in commit messages.
var (
	commitName = late.Pattern(`^[0-9A-Za-z][0-9A-Za-z._/-]{0,99}$`)
	runName    = late.Pattern(`^[[:print:]]{0,200}$`)
)

// identity is the commit and the identity of a run.
func (a *app) identity(ctx context.Context, f runFlags) (sha, runID string, err error) {
	sha, runID = a.commit(ctx, f.sha), firstOf(f.runID, a.system().RunOf(a.Getenv))
	if !commitName().MatchString(sha) {
		return "", "", usage("%q is not a valid commit", sha).hint("--sha and %s take at most 100 letters, digits and . _ / -", ci.Names(a.system().Commit))
	}
	if !runName().MatchString(runID) {
		return "", "", usage("%q is not a valid run id", runID).hint("--run-id and %s take at most 200 printable characters of ASCII", ci.Names(a.system().Run))
	}
	return sha, runID, nil
}

// progress rewrites one line on a terminal; elsewhere it is silent.
func (a *app) progress(step string) {
	if a.Terminal && !a.quiet {
		fmt.Fprintf(a.Stderr, "\r\x1b[K%s", step)
	}
}

// printNotices prints what is no result: notices, and why steps failed.
func (a *app) printNotices(r pipeline.Result) {
	for _, line := range r.Notices {
		fmt.Fprintf(a.notes(), "govctl: %s\n", oneLine(line))
	}
	for _, s := range r.Steps {
		if s.Status == "failed" {
			for _, reason := range reasons(s, r.Details) {
				fmt.Fprintf(a.Stderr, "govctl: %s: %s\n", s.Name, oneLine(reason))
			}
			a.hint(r.Hints[s.Name])
		}
	}
}

// reasons are why a step failed: one for each of several errors.
func reasons(s report.Step, details map[string][]string) []string {
	if len(details[s.Name]) == 0 {
		return []string{s.Reason}
	}
	return details[s.Name]
}

//go:noinline
func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// truthy reads an environment switch as the original scripts did.
func truthy(s string) bool {
	return s == "1" || strings.EqualFold(s, "true") || strings.EqualFold(s, "yes")
}
