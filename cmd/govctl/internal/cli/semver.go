package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/config"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/pipeline"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

func semverCommand(a *app) *cobra.Command {
	return group("semver", "The version policy: check a version, or find the lowest accepted one", semverCheck(a), semverNext(a))
}

// semverFlags are the flags of both commands.
type semverFlags struct {
	scheme, zeroMajor, current, previous, format string
	breaking, warnAsFail                         bool
}

func (f *semverFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.scheme, "scheme", "", "how versions are read: auto, semver, calver (default: the configuration)")
	c.Flags().StringVar(&f.zeroMajor, "zero-major", "", "major, or minor to let 0.y.z break on a minor increase")
	c.Flags().StringVar(&f.previous, "previous", "", "the published `version`, instead of comparing two contracts")
	c.Flags().BoolVar(&f.breaking, "breaking", false, "with --previous: the change breaks clients")
}

func semverCheck(a *app) *cobra.Command {
	var f semverFlags
	c := command("check [OLD NEW]", "Hold the version against the change", pairOrNothing, func(ctx context.Context, args []string) error {
		return a.checkVersion(ctx, args, f)
	})
	c.Long = "Hold the version of NEW against its change since OLD. Without arguments the two versions are given by --previous and --current."
	f.add(c)
	c.Flags().StringVar(&f.current, "current", "", "the new `version`, with --previous")
	c.Flags().BoolVar(&f.warnAsFail, "warn-as-fail", false, "exit 1 on a warning, too")
	c.Flags().StringVar(&f.format, "format", "text", "text, or json as in semver-validation.json")
	return c
}

func semverNext(a *app) *cobra.Command {
	var f semverFlags
	c := command("next [OLD NEW]", "Print the lowest version that the policy accepts", pairOrNothing, func(ctx context.Context, args []string) error {
		in, err := a.semverInput(ctx, args, f)
		if err != nil {
			return err
		}
		low, err := semver.Next(in)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.Stdout, low.Version)
		if low.ContractMajor != "" {
			fmt.Fprintf(a.Stderr, "govctl: info.x-contract-major must be at least %s\n", low.ContractMajor)
		}
		return nil
	})
	f.add(c)
	return c
}

func pairOrNothing(_ *cobra.Command, args []string) error {
	if len(args) != 0 && len(args) != 2 {
		return fmt.Errorf("takes two contracts or none, got %d", len(args))
	}
	return nil
}

func (a *app) checkVersion(ctx context.Context, args []string, f semverFlags) error {
	if err := textOrJSON(f.format); err != nil {
		return err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	in, err := a.semverInput(ctx, args, f)
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
	if verdict.Status == "fail" || verdict.Status == "warn" && f.warnAsFail {
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
	return nil
}

// semverInput is the change between two contracts, or between two versions that the flags name.
func (a *app) semverInput(ctx context.Context, args []string, f semverFlags) (semver.Input, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return semver.Input{}, err
	}
	c := cfg.Contracts[0]
	scheme, zero := firstOf(f.scheme, c.Semver.Scheme), firstOf(f.zeroMajor, c.Semver.ZeroMajor)
	if len(args) == 0 {
		if f.previous == "" {
			return semver.Input{}, usage("nothing to compare").hint("give two contracts, or --previous with a version")
		}
		return semver.Input{Previous: f.previous, Current: f.current, Scheme: scheme, ZeroMajor: zero,
			PreviousPlace: report.Place{File: "--previous"}, CurrentPlace: report.Place{File: "--current"},
			Change: semver.Change{Breaking: f.breaking, Changed: true}}, nil
	}
	return a.comparedVersions(ctx, args, c, scheme, zero)
}

func (a *app) comparedVersions(ctx context.Context, args []string, c config.Contract, scheme, zero string) (semver.Input, error) {
	opt, err := a.diffOptions(ctx, c, diffFlags{})
	if err != nil {
		return semver.Input{}, err
	}
	old, new, err := a.loadPair(ctx, args[0], args[1], contract.Options{AllowDangling: true})
	if err != nil {
		return semver.Input{}, err
	}
	return pipeline.SemverInput(apidiff.Compare(ctx, old, new, opt).Diff, scheme, zero, new), nil
}
