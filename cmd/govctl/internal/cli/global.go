package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// prepare does what the flags of every command ask for, before the command begins.
func (a *app) prepare(c *cobra.Command, args []string) error {
	if err := a.fromVariables(c); err != nil {
		return err
	}
	a.misspeltVariables(c.Root())
	if a.out == "" {
		return usage("--out is empty").hint("name the output folder, or leave the flag out for governance/")
	}
	switch a.color {
	case "always":
		a.Colour = true
	case "never":
		a.Colour = false
	}
	if a.folder != "" {
		if err := a.enter(a.folder); err != nil {
			return usage("-C %w", err).hint("name a folder that exists; it is relative to the current one")
		}
	}
	return a.useConfigurationAbove(c, args)
}

// enter makes a folder the current one, until leave.
func (a *app) enter(folder string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := os.Chdir(folder); err != nil {
		return fmt.Errorf("%s: %w", folder, cause(err))
	}
	a.from = firstOf(a.from, here)
	return nil
}

// leave returns to the folder in which the process was started.
func (a *app) leave() {
	if a.from == "" {
		return
	}
	if err := os.Chdir(a.from); err != nil {
		a.say(fmt.Errorf("return to the first folder: %w", cause(err)))
	}
}

// notes is the stream for what is neither a result nor an error; --quiet discards it.
//
//go:noinline
func (a *app) notes() io.Writer {
	if a.quiet {
		return io.Discard
	}
	return a.Stderr
}

// switches are boolean flags that took a value of their own before: `--spike-fail 0` still is `--spike-fail=0`.
var switches = []string{"--spike-fail", "--deprecation-strict"}

// withSwitches is a command line in which the flags of switches have their values.
func withSwitches(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(out, args[i:]...)
		}
		if slices.Contains(switches, args[i]) && i+1 < len(args) && isSwitch(args[i+1]) {
			out = append(out, args[i]+"="+args[i+1])
			i++
			continue
		}
		out = append(out, args[i])
	}
	return out
}

func isSwitch(s string) bool {
	return slices.Contains([]string{"0", "1", "true", "false"}, strings.ToLower(s))
}

// onOff is the value of a boolean flag that knows whether it was given: it holds 1, 0 or nothing.
type onOff struct{ to *string }

func (o onOff) String() string   { return *o.to }
func (o onOff) Type() string     { return "bool" }
func (o onOff) IsBoolFlag() bool { return true }

// Set takes what parseSwitch takes. An empty value leaves the default as it is, as for every flag that a workflow may hand on.
func (o onOff) Set(s string) error {
	var on bool
	switch err := parseSwitch(s, &on); {
	case s == "":
		return nil
	case err != nil:
		return errors.New("must be true or false")
	}
	*o.to = map[bool]string{true: "1", false: "0"}[on]
	return nil
}
