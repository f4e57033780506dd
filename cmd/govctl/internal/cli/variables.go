package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/romel/govctl/internal/config"
)

// variablePrefix begins the names of the variables that set flags: GOVCTL_ALLOW_BREAKING is --allow-breaking.
const variablePrefix = "GOVCTL_"

// variableOf is the variable that sets a flag.
func variableOf(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// unsettable are the flags that no variable sets: they do something else than the command. GOVCTL_VERSION often names the release to install.
var unsettable = []string{"help", "version"}

// fromVariables sets the flags that have a variable and are not on the command line, as if they were.
func (a *app) fromVariables(c *cobra.Command) error {
	var bad error
	c.Flags().VisitAll(func(f *pflag.Flag) {
		name := variableOf(f.Name)
		value := a.Getenv(name)
		if bad != nil || value == "" || f.Changed || slices.Contains(unsettable, f.Name) || shadows(c, f) {
			return
		}
		if err := c.Flags().Set(f.Name, value); err != nil {
			bad = wrongVariable(name, err)
			return
		}
		if a.variables == nil {
			a.variables = map[string]string{}
		}
		a.variables[f.Name] = name
	})
	return bad
}

// shadows reports a flag of a command that has the name of a flag of every command, as badge render --color has: the variable is of the latter.
func shadows(c *cobra.Command, f *pflag.Flag) bool {
	global := c.Root().PersistentFlags().Lookup(f.Name)
	return global != nil && global != f
}

// wrongVariable is the error of a flag as the error of its variable.
func wrongVariable(name string, err error) error {
	var refused *exitError
	if errors.As(err, &refused) {
		return usage("%s: %w", name, refused.err).hint("%s", refused.tip)
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		err = invalid.Unwrap()
	}
	return usage("%s: %w", name, err).hint("it sets the flag --%s; unset it or correct it", strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, variablePrefix), "_", "-")))
}

// given is how a flag was set, for messages: by its name on the command line, or by its variable.
func (a *app) given(flag string) string {
	return firstOf(a.variables[flag], "--"+flag)
}

// misspeltVariables warns of each variable that is almost one of ours: who misspells it believes that it has an effect. One that is like none
// may be of something else, like the name of the release to install.
func (a *app) misspeltVariables(root *cobra.Command) {
	if a.Environ == nil {
		return
	}
	var ours []string
	for _, kv := range a.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		if rest, ok := strings.CutPrefix(name, variablePrefix); ok && value != "" {
			ours = append(ours, rest)
		}
	}
	if len(ours) == 0 {
		return
	}
	known := append(flagVariables(root), "HELP", "VERSION")
	slices.Sort(ours)
	for _, name := range ours {
		if slices.Contains(known, name) {
			continue
		}
		if near := config.Misspelt(name, known); near != "" {
			fmt.Fprintf(a.notes(), "govctl: warning: the variable %s sets no flag of any command\nhint: %s\n", variablePrefix+oneLine(name), strings.Replace(near, `"`, `"`+variablePrefix, 1))
		}
	}
}

// flagVariables are the variables of all flags of all commands, sorted and without the prefix.
func flagVariables(root *cobra.Command) []string {
	var names []string
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		add := func(f *pflag.Flag) {
			names = append(names, strings.TrimPrefix(variableOf(f.Name), variablePrefix))
		}
		c.PersistentFlags().VisitAll(add)
		c.Flags().VisitAll(add)
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(root)
	slices.Sort(names)
	return slices.Compact(names)
}
