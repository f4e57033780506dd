package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

func semverCommand(a *app) *cobra.Command {
	return group("semver", "The version policy: check a version, or find the lowest accepted one", semverCheck(a), semverNext(a))
}

// semverFlags are the flags of both commands.
type semverFlags struct {
	scheme, zeroMajor, policy string
	current, previous, format string
	contract                  string
	breaking, warnAsFail      bool
	dangling, private         bool // compare around references that do not resolve; read from private addresses, too
}

func (f *semverFlags) add(a *app, c *cobra.Command) {
	a.contractFlag(c, &f.contract)
	choose(c, &f.policy, "policy", "", "what an addition needs (default: semver.policy)", semver.Original, semver.SemVer2)
	choose(c, &f.scheme, "scheme", "", "how versions are read (default: semver.scheme)", "auto", "semver", "calver")
	chooseOf(c, &f.zeroMajor, "zero-major", "zero-major number", "", "major, or minor to let 0.y.z break on a minor increase (default: semver.zero_major)", []string{semver.ZeroMajor, semver.ZeroMinor})
	c.Flags().BoolVar(&f.dangling, "allow-dangling-refs", false, "compare the rest where references do not resolve (also allow_dangling_refs of the contract)")
	c.Flags().StringVar(&f.previous, "previous", "", "the published `version`; beside two contracts, instead of the one in OLD")
	c.Flags().StringVar(&f.current, "current", "", "the new `version`, with --previous; beside two contracts, instead of the one in NEW")
	c.Flags().BoolVar(&f.private, "allow-private", false, "read from private and loopback addresses, too (also contract.allow_private)")
	c.Flags().BoolVar(&f.breaking, "breaking", false, "with --previous: the change breaks clients")
}

func semverCheck(a *app) *cobra.Command {
	var f semverFlags
	c := command("check [OLD NEW]", "Hold the version against the change", pairOrNothing, func(ctx context.Context, args []string) error {
		return a.checkVersion(ctx, args, f)
	})
	c.Long = "Hold the version of NEW against its change since OLD: two contracts, or two versions given by --previous and --current. Without any\n" +
		"of these the contract of the configuration is checked against its baseline."
	f.add(a, c)
	c.Flags().BoolVar(&f.warnAsFail, "warn-as-fail", false, "exit 1 on a warning, too (also semver.warn_as_fail)")
	choose(c, &f.format, "format", "text", "what is printed, json as in semver-validation.json", "text", "json")
	return c
}

func semverNext(a *app) *cobra.Command {
	var f semverFlags
	c := command("next [OLD NEW]", "Print the version to publish next", pairOrNothing, func(ctx context.Context, args []string) error {
		in, _, err := a.semverInput(ctx, args, f)
		if err != nil {
			return err
		}
		low, err := semver.Next(in)
		if err != nil {
			return err
		}
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

func pairOrNothing(_ *cobra.Command, args []string) error {
	if len(args) != 0 && len(args) != 2 {
		return fmt.Errorf("takes two contracts or none, got %d", len(args))
	}
	return nil
}

func (a *app) checkVersion(ctx context.Context, args []string, f semverFlags) error {
	if f.previous != "" && f.current == "" && len(args) == 0 {
		return usage("--previous is given without --current").hint("give the new version with --current")
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	in, policy, err := a.semverInput(ctx, args, f)
	if err != nil {
		return err
	}
	verdict, err := semver.Check(in)
	if err != nil {
		return err
	}
	verdict.GeneratedAt = report.At(now())
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
		return none, policy, usage("--breaking and two contracts are both given").hint("two contracts say what breaks")
	case !named && len(args) == 0 && (f.current != "" || f.breaking):
		return none, policy, usage("--current and --breaking are about the version of --previous, which is not given")
	case named && len(args) == 0:
		c, err := policyOf(cfg, f.contract)
		if err != nil {
			return none, policy, err
		}
		policy = f.over(c)
		return pipeline.Released(semver.Input{Previous: f.previous, Current: f.current, Scheme: policy.Scheme, ZeroMajor: policy.ZeroMajor, Policy: policy.Policy, PlannedMajor: policy.PlannedMajor,
			PreviousPlace: report.Place{File: "--previous"}, CurrentPlace: report.Place{File: "--current"},
			Change: semver.Change{Breaking: f.breaking, Changed: true}}, now(), a.commit(ctx, "")), policy, nil
	}
	c, oldSource, newSource, err := a.sides(ctx, cfg, f.contract, args)
	if err != nil {
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
	old, new, err := a.loadPair(ctx, oldSource, newSource, contract.Options{AllowDangling: f.dangling || c.AllowDangling, AllowRemote: c.AllowRemoteRefs,
		AllowPrivate: f.private || c.AllowPrivate}, f.previous, current)
	if err != nil {
		return none, policy, err
	}
	policy = f.over(c)
	d := apidiff.Compare(ctx, old, new, opt).Diff
	in := pipeline.SemverInput(d, policy, new)
	if len(args) == 0 && f.current == "" && f.previous == "" { // as the next run would judge
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
