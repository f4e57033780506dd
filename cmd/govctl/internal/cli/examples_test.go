package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// words splits a command line as a shell does, as far as single quotes go.
func words(line string) (out []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}

// parsed reads a command line as far as it goes without running it.
func parsed(line string) (*cobra.Command, error) {
	c, rest, err := Root().Find(words(line)[1:])
	if err == nil {
		c.InitDefaultVersionFlag()
		err = c.ParseFlags(withSwitches(rest))
	}
	if err == nil {
		err = c.ValidateArgs(c.Flags().Args())
	}
	if err == nil {
		err = c.ValidateRequiredFlags()
	}
	if err == nil {
		err = c.ValidateFlagGroups()
	}
	return c, err
}

// TestExamples: every command shows one, and each is a command line that the command takes.
func TestExamples(t *testing.T) {
	for _, line := range examples {
		c, err := parsed(line)
		switch {
		case err != nil:
			t.Errorf("%s: %v", line, err)
		case !slices.Contains(strings.Split(c.Example, "\n"), "  "+line):
			t.Errorf("%s is not in the help of %s", line, c.CommandPath())
		}
	}
	for _, c := range leaves(Root()) {
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
	}
}

// TestPlaceholdersAreKnown: a new word for an argument that names a file is missing in pathWords until somebody says what it is.
func TestPlaceholdersAreKnown(t *testing.T) {
	others := []string{"ID", "NAME", "KEY", "EXPR", "URL", "NAME:URL"}
	for _, c := range leaves(Root()) {
		for _, word := range placeholders(c.Use) {
			if !slices.Contains(pathWords, word) && !slices.Contains(others, word) {
				t.Errorf("%s: is %s a path? Then it belongs into pathWords, else into this test", c.CommandPath(), word)
			}
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			word, about := pflag.UnquoteUsage(f)
			if text := strings.ToLower(about); f.Value.Type() == "string" && !slices.Contains(pathWords, word) && strings.HasSuffix(f.Name, "file") {
				t.Errorf("%s --%s: %s names a file, and its placeholder is %q", c.CommandPath(), f.Name, text, word)
			}
		})
	}
}

// TestEnumeratedFlagsAreCompleted: the shell offers the values of each flag that takes one of a few words.
func TestEnumeratedFlagsAreCompleted(t *testing.T) {
	for _, c := range leaves(Root()) {
		check := func(f *pflag.Flag) {
			value, ok := f.Value.(*choice)
			if !ok {
				return
			}
			offer, ok := c.GetFlagCompletionFunc(f.Name)
			if !ok {
				t.Errorf("%s --%s is not completed", c.CommandPath(), f.Name)
				return
			}
			if got, _ := offer(c, nil, ""); !slices.Equal(got, value.words) {
				t.Errorf("%s --%s offers %q, want %q", c.CommandPath(), f.Name, got, value.words)
			}
		}
		c.LocalFlags().VisitAll(check)
		c.InheritedFlags().VisitAll(check)
	}
}

// TestIDsAreCompleted: the shell offers the ids that a command explains.
func TestIDsAreCompleted(t *testing.T) {
	for _, c := range leaves(Root()) {
		if !slices.Contains(placeholders(c.Use), "ID") {
			continue
		}
		if c.ValidArgsFunction == nil {
			t.Errorf("%s offers no ids", c.CommandPath())
			continue
		}
		ids, _ := c.ValidArgsFunction(c, nil, "")
		if len(ids) < 10 || slices.Contains(ids, "") {
			t.Errorf("%s offers %d ids", c.CommandPath(), len(ids))
		}
	}
}
