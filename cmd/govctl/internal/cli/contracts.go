package cli

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
)

// contractFlag adds --contract, which a monorepo needs. Completion reads the names from the configuration.
func (a *app) contractFlag(c *cobra.Command, name *string) {
	c.Flags().StringVar(name, "contract", "", "`name` of the contract, where the configuration has several")
	complete(c, "contract", func() []string {
		cfg, err := a.configuration(c.Context())
		if err != nil {
			return nil
		}
		return contractNames(cfg)
	})
}

func contractNames(cfg config.Config) []string {
	names := make([]string, len(cfg.Contracts))
	for i := range cfg.Contracts {
		names[i] = cfg.Contracts[i].Name
	}
	return names
}

// contractOf is the contract that a command is about: the one that the flag names, or the only one.
func contractOf(cfg config.Config, name string) (config.Contract, error) {
	names := contractNames(cfg)
	if name == "" && len(names) > 1 {
		return config.Contract{}, usage("which contract? The configuration has %s", listed(names)).hint("name it with --contract %s", names[0])
	}
	for i := range cfg.Contracts {
		if name == "" || cfg.Contracts[i].Name == name {
			return cfg.Contracts[i], nil
		}
	}
	return config.Contract{}, usage("there is no contract %q", name).hint("%s", firstOf(config.Nearest(name, names), "the configuration has "+listed(names)))
}

// policyOf is the contract whose rules hold between two documents: the named one, else the one that is read from the place of one
// of them. Where neither says, and the contracts agree in what they ask, it does not matter which.
func policyOf(cfg config.Config, name string, sources ...string) (config.Contract, error) {
	if name != "" {
		return contractOf(cfg, name)
	}
	for _, source := range sources {
		for i := range cfg.Contracts {
			if place(cfg.Contracts[i].Source) == place(source) && source != "" {
				return cfg.Contracts[i], nil
			}
		}
	}
	for i := range cfg.Contracts {
		if !reflect.DeepEqual(demands(cfg.Contracts[i]), demands(cfg.Contracts[0])) {
			return contractOf(cfg, name)
		}
	}
	return cfg.Contracts[0], nil
}

// place is the file that a source names, in the work tree or in a revision.
func place(source string) string {
	if at, ok := strings.CutPrefix(source, "git:"); ok {
		if i := strings.LastIndex(at, ":"); i >= 0 {
			source = at[i+1:]
		}
	}
	return path.Clean(strings.TrimPrefix(source, "./"))
}

// demands is what a contract asks of its changes, without what makes it this contract.
func demands(c config.Contract) config.Contract {
	return config.Contract{AllowRemoteRefs: c.AllowRemoteRefs, AllowPrivate: c.AllowPrivate, Rules: c.Rules, Waivers: c.Waivers, Semver: c.Semver}
}

// sides are the contract and the two documents that a command compares: those of the arguments or, without any, the configured contract
// and what it was published as.
func (a *app) sides(ctx context.Context, cfg config.Config, name string, args []string) (c config.Contract, old, new string, err error) {
	if len(args) == 2 {
		c, err = policyOf(cfg, name, args[1], args[0])
		return c, args[0], args[1], err
	}
	if c, err = contractOf(cfg, name); err != nil {
		return c, "", "", err
	}
	if c.Source == "" {
		return c, "", "", usage("nothing to compare: contract.source is not set").hint("give two contracts, or set contract.source in govctl.yaml; --config FILE names another configuration")
	}
	old, err = a.baseline(ctx, cfg, c)
	return c, old, c.Source, err
}

// errNoBaseline is the error of a contract that no run has published yet: there is nothing to compare with.
var errNoBaseline = errors.New("there is no baseline yet")

// baseline is where the document lies that the next run compares the contract with.
func (a *app) baseline(ctx context.Context, cfg config.Config, c config.Contract) (string, error) {
	if c.Baseline == config.NoBaseline {
		return "", usage("the contract %s is configured without a baseline: %w", c.Name, errNoBaseline).hint("give the two documents to compare")
	}
	if c.Baseline != "" {
		return c.Baseline, nil
	}
	files, err := openDir(a.out)
	if err == nil {
		var in pipeline.StateInput
		if in, err = a.placedState(ctx, files, cfg); err != nil {
			return "", err
		}
		var file string
		if file, err = pipeline.AcceptedFile(in, c.Name); err == nil {
			return path.Join(a.out, file), nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", usage("nothing to compare: %s has no contract %s: %w", a.out, c.Name, errNoBaseline).hint("govctl run publishes one; or give the two documents to compare")
	}
	return "", stateError("the previous state in "+a.out, err)
}
