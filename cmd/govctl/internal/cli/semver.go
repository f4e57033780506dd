package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

func semverCommand(a *app) *cobra.Command {
	return group("semver", "Check a version against the version policy, or find the lowest accepted one", semverCheck(a), semverNext(a))
}

// semverFlags are the flags of both commands.
type semverFlags struct {
	scheme, zeroMajor, policy string
	current, previous, format string
	contract                  string
	currentBy, previousBy     string // what gives them, for messages: the flag or a variable
	breaking, warnAsFail      bool
	write                     bool // --out is given
	dangling, private         bool // compare around references that do not resolve; read from private addresses, too
}

func (f *semverFlags) add(a *app, c *cobra.Command) {
	a.contractFlag(c, &f.contract)
	choose(c, &f.policy, "policy", "", "what an addition needs (default: semver.policy)", semver.Original, semver.SemVer2)
	choose(c, &f.scheme, "scheme", "", "how versions are read (default: semver.scheme)", "auto", "semver", "calver")
	chooseOf(c, &f.zeroMajor, "zero-major", "zero-major number", "", "major, or minor to let 0.y.z break on a minor increase (default: semver.zero_major)", []string{semver.ZeroMajor, semver.ZeroMinor})
	c.Flags().BoolVar(&f.dangling, "allow-dangling-refs", false, "compare the other parts where references do not resolve (also allow_dangling_refs of the contract)")
	c.Flags().StringVar(&f.previous, "previous", "", "the published `version`; beside two contracts, instead of the one in OLD")
	c.Flags().StringVar(&f.current, "current", "", "the new `version`, with --previous; beside two contracts, instead of the one in NEW")
	c.Flags().BoolVar(&f.private, "allow-private", false, "also read from private and loopback addresses (also contract.allow_private)")
	c.Flags().BoolVar(&f.breaking, "breaking", false, "with --previous: the change breaks clients")
}

// fromEnvironment takes the versions from the variables where the flags do not give them.
func (f *semverFlags) fromEnvironment(getenv func(string) string) {
	for _, v := range []struct {
		to, by   *string
		variable string
	}{{&f.current, &f.currentBy, "CURRENT_API_VERSION"}, {&f.previous, &f.previousBy, "PREVIOUS_API_VERSION"}} {
		if value := getenv(v.variable); *v.to == "" && value != "" {
			*v.to, *v.by = value, v.variable
		}
	}
}

func semverCheck(a *app) *cobra.Command {
	var f semverFlags
	var c *cobra.Command
	c = command("check [OLD NEW]", "Check that the version matches the change", pairOrNothing, func(ctx context.Context, args []string) error {
		f.fromEnvironment(a.Getenv)
		f.write = a.writes(c)
		var known facts
		err := a.checkVersion(ctx, args, f, &known)
		return a.outputsOf(known, err)
	})
	c.Long = "Check that the version of NEW matches its change since OLD: two contracts, or two versions given by --previous and --current. Without any\n" +
		"of these the contract of the configuration is checked against its baseline. CURRENT_API_VERSION and PREVIOUS_API_VERSION set the two versions\n" +
		"where the flags do not. Without a baseline it is a first run." + partHelp
	f.add(a, c)
	c.Flags().BoolVar(&f.warnAsFail, "warn-as-fail", false, "exit 1 on a warning, too (also semver.warn_as_fail)")
	choose(c, &f.format, "format", "text", "what is printed, json as in semver-validation.json", "text", "json")
	return c
}

func semverNext(a *app) *cobra.Command {
	var f semverFlags
	c := command("next [OLD NEW]", "Print the version to publish next", pairOrNothing, func(ctx context.Context, args []string) error {
		var known facts
		err := a.nextVersion(ctx, args, f, &known)
		return a.outputsOf(known, err)
	})
	c.Long = "Print the version to publish next: the lowest that the policy accepts or, for a calendar version, that of the day. A version that is lower\n" +
		"and accepted, too, is named on standard error."
	f.add(a, c)
	textOrJSON(c, &f.format)
	return c
}

// nextVersion is what semver next finds, as JSON.
type nextVersion struct {
	Recommended   string `json:"recommended_version"`
	Lowest        string `json:"lowest_version"`
	ContractMajor string `json:"contract_major,omitempty"` // the lowest info.x-contract-major
}

func (a *app) nextVersion(ctx context.Context, args []string, f semverFlags, known *facts) error {
	in, _, err := a.semverInput(ctx, args, f)
	if err != nil {
		return err
	}
	low, err := semver.Next(in)
	if err != nil {
		return err
	}
	known.next = &low.Recommended
	if f.format == "json" {
		return a.printJSON(nextVersion{low.Recommended, low.Version, low.ContractMajor})
	}
	fmt.Fprintln(a.Stdout, low.Recommended)
	if low.Recommended != low.Version {
		fmt.Fprintf(a.notes(), "govctl: the lowest accepted version is %s\n", low.Version)
	}
	if low.ContractMajor != "" {
		fmt.Fprintf(a.notes(), "govctl: info.x-contract-major must be at least %s\n", low.ContractMajor)
	}
	return nil
}

func pairOrNothing(_ *cobra.Command, args []string) error {
	if len(args) != 0 && len(args) != 2 {
		return fmt.Errorf("takes two contracts or none, got %d", len(args))
	}
	return nil
}

func (a *app) checkVersion(ctx context.Context, args []string, f semverFlags, known *facts) error {
	if f.previous != "" && f.current == "" && len(args) == 0 {
		return usage("%s is given without --current", firstOf(f.previousBy, "--previous")).hint("give the new version with --current or CURRENT_API_VERSION")
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	in, policy, err := a.semverInput(ctx, args, f)
	var verdict report.Semver
	if err == nil {
		verdict, err = semver.Check(in)
	}
	if input := (*contract.Error)(nil); f.write && f.previous == "" && f.current == "" && errors.As(err, &input) {
		if _, werr := a.writeVerdict(ctx, args, f, verdict); werr != nil { // which says what is wrong
			return werr
		}
	}
	if err != nil {
		return err
	}
	verdict.GeneratedAt = report.At(now())
	known.semver, known.next = &verdict.Status, &verdict.RecommendedVersion
	if f.write {
		if verdict, err = a.writeVerdict(ctx, args, f, verdict); err != nil {
			return err
		}
	}
	if err := a.printVerdict(verdict, f.format); err != nil {
		return err
	}
	if semver.Fails(verdict, policy.WarnAsFail) {
		return errFindings
	}
	return nil
}

func (a *app) printVerdict(v report.Semver, format string) error {
	if format == "json" {
		return a.printJSON(v)
	}
	fmt.Fprintf(a.Stdout, "%s: %s\n", v.Status, oneLine(firstOf(append(v.Messages, v.CurrentVersion)...)))
	for _, line := range append(v.Messages[min(1, len(v.Messages)):], v.Recommendations...) {
		fmt.Fprintf(a.Stdout, "  %s\n", oneLine(line))
	}
	if v.LowestVersion != "" {
		fmt.Fprintf(a.Stdout, "  lowest accepted: %s, recommended: %s\n", oneLine(v.LowestVersion), oneLine(v.RecommendedVersion))
	}
	return nil
}

// writeVerdict writes the artifacts of the step semver, and returns the verdict that is in them. Where a version is given beside the documents
// or instead of them, that verdict is the one of this command.
func (a *app) writeVerdict(ctx context.Context, args []string, f semverFlags, verdict report.Semver) (report.Semver, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return verdict, err
	}
	var c config.Contract
	if len(args) == 2 {
		c, err = policyOf(cfg, f.contract, args[1], args[0])
	} else {
		c, err = contractOf(cfg, f.contract)
	}
	if err != nil {
		return verdict, err
	}
	over := f.over(c)
	c.Semver = &over
	c.AllowDangling, c.AllowPrivate = f.dangling || c.AllowDangling, f.private || c.AllowPrivate
	q := pipeline.PartRequest{Steps: []string{"diff", "semver"}, Contract: c.Name, Foreign: len(args) == 2}
	if f.previous != "" || f.current != "" {
		q.Steps, q.Verdict = []string{"semver"}, &verdict
	}
	r, err := a.part(ctx, a.withSides(cfg, c, args), runFlags{wait: defaultWait}, q)
	if err == nil {
		err = a.partError(r)
	}
	if err != nil {
		return verdict, err
	}
	written, err := ofPart[report.Semver](a, of(cfg, c.Name, artifact.SemverPath))
	if err != nil || written == nil {
		return verdict, err
	}
	return *written, nil
}

// semverInput is the change between two contracts, or between two versions that the flags name, and the policy for it.
func (a *app) semverInput(ctx context.Context, args []string, f semverFlags) (semver.Input, config.Semver, error) {
	none, policy := semver.Input{}, config.Semver{}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return none, policy, err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return none, policy, err
	}
	switch named := f.previous != ""; {
	case len(args) > 0 && f.breaking:
		return none, policy, usage("--breaking and two contracts are both given").hint("with two contracts, the comparison determines what breaks")
	case !named && len(args) == 0 && (f.current != "" || f.breaking):
		return none, policy, usage("%s requires --previous, which is not given", f.alone())
	case named && len(args) == 0:
		c, err := policyOf(cfg, f.contract)
		if err != nil {
			return none, policy, err
		}
		policy = f.over(c)
		return pipeline.Released(semver.Input{Previous: f.previous, Current: f.current, Scheme: policy.Scheme, ZeroMajor: policy.ZeroMajor, Policy: policy.Policy, PlannedMajor: policy.PlannedMajor,
			PreviousPlace: report.Place{File: firstOf(f.previousBy, "--previous")}, CurrentPlace: report.Place{File: firstOf(f.currentBy, "--current")},
			Change: semver.Change{Breaking: f.breaking, Changed: true}}, now(), a.commit(ctx, "")), policy, nil
	}
	c, oldSource, newSource, err := a.sides(ctx, cfg, f.contract, args)
	first := errors.Is(err, errNoBaseline)
	if err != nil && !first {
		return none, policy, err
	}
	opt, err := a.diffOptions(ctx, c, diffFlags{})
	if err != nil {
		return none, policy, err
	}
	current, err := a.currentVersion(ctx, c, newSource, f.current)
	if err != nil {
		return none, policy, err
	}
	if first {
		doc, err := a.reader().Load(ctx, newSource, contract.Options{AllowDangling: f.dangling || c.AllowDangling, AllowRemote: c.AllowRemoteRefs,
			AllowPrivate: f.private || c.AllowPrivate, Version: current})
		if err != nil {
			return none, policy, err
		}
		policy = f.over(c)
		return pipeline.Released(pipeline.SemverInput(apidiff.First(doc, opt).Diff, policy, doc), now(), a.commit(ctx, "")), policy, nil
	}
	old, new, err := a.loadPair(ctx, oldSource, newSource, contract.Options{AllowDangling: f.dangling || c.AllowDangling, AllowRemote: c.AllowRemoteRefs,
		AllowPrivate: f.private || c.AllowPrivate}, f.previous, current)
	if err != nil {
		return none, policy, err
	}
	policy = f.over(c)
	d := apidiff.Compare(ctx, old, new, opt).Diff
	in := pipeline.SemverInput(d, policy, new)
	if len(args) == 0 && f.current == "" && f.previous == "" { // as the next run would evaluate
		state, err := a.stateOfFolder(ctx, cfg)
		if err != nil {
			return none, policy, err
		}
		known := map[string]report.PendingBreak{}
		for _, p := range state.Contracts[c.Name].Pending {
			known[p.Fingerprint] = p
		}
		v, err := a.versions().Of(ctx, c.Semver.VersionFrom, "")
		if err != nil {
			return none, policy, err
		}
		in.Told, in.BetweenReleases = pipeline.Told(d, known), v.Between && v.Version == d.Old.Version
	}
	return pipeline.Released(in, now(), a.commit(ctx, "")), policy, nil
}

// alone names the flag or the variable that needs --previous.
func (f *semverFlags) alone() string {
	if f.current != "" {
		return firstOf(f.currentBy, "--current")
	}
	return "--breaking"
}

// over lays the flags over the policy of a contract.
func (f *semverFlags) over(c config.Contract) config.Semver {
	p := *c.Semver
	p.Scheme, p.ZeroMajor, p.WarnAsFail = firstOf(f.scheme, p.Scheme), firstOf(f.zeroMajor, p.ZeroMajor), f.warnAsFail || p.WarnAsFail
	p.Policy = firstOf(f.policy, p.Policy)
	return p
}

// currentVersion is the version that a document counts as: the given one, or that of semver.version_from where the document is the contract of the
// work tree. It is empty where the document has its own.
func (a *app) currentVersion(ctx context.Context, c config.Contract, source, given string) (string, error) {
	if given != "" || source != c.Source {
		return given, nil
	}
	v, err := a.versions().Of(ctx, c.Semver.VersionFrom, "")
	return v.Version, err
}
