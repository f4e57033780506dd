package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/count"
)

// choice is the value of a flag that takes one of a few words. Any other word is refused while the command line is read.
type choice struct {
	to    *string
	noun  string // what the words are, for messages
	words []string
}

func (c *choice) String() string { return *c.to }
func (c *choice) Type() string   { return "word" }

// Set takes a word of the list. An empty one leaves the default as it is: a workflow may hand on a variable that is not set.
func (c *choice) Set(word string) error {
	if word == "" {
		return nil
	}
	if !slices.Contains(c.words, word) {
		return usage("there is no %s %q", c.noun, word).hint("%s", c.hint(word))
	}
	*c.to = word
	return nil
}

// choices is the value of a flag that may be repeated, each time with one of a few words.
type choices struct {
	to    *[]string
	noun  string
	words []string
}

func (s *choices) String() string { return strings.Join(*s.to, ",") }
func (s *choices) Type() string   { return s.noun }

// Set adds words, with commas between them.
func (s *choices) Set(words string) error {
	for word := range strings.SplitSeq(words, ",") {
		var one string
		if err := (&choice{&one, s.noun, s.words}).Set(word); err != nil {
			return err
		}
		if one != "" && !slices.Contains(*s.to, one) {
			*s.to = append(*s.to, one)
		}
	}
	return nil
}

// hint is the nearest word, or all of them.
func (c *choice) hint(word string) string {
	return firstOf(config.Nearest(word, c.words), "the "+count.Noun(2, c.noun)+" are "+listed(c.words))
}

// listed writes words as a sentence does: a, b and c.
func listed(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// choose adds a flag that takes one of the words; its name says what they are. Help, completion and refusal read the one list.
func choose(c *cobra.Command, to *string, name, standard, about string, words ...string) {
	chooseOf(c, to, name, strings.ReplaceAll(name, "-", " "), standard, about+": "+listed(words), words)
}

func chooseOf(c *cobra.Command, to *string, name, noun, standard, about string, words []string) {
	*to = standard
	c.Flags().VarP(&choice{to, noun, words}, name, shorthands[name], about)
	complete(c, name, func() []string { return words })
}

// shorthands are the flags of single commands that have a short form; those of every command have theirs in root.go.
var shorthands = map[string]string{"format": "f"}

// completeIDs offers the ids of a table for the arguments of a command.
func completeIDs(c *cobra.Command, ids func() []string) {
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return ids(), cobra.ShellCompDirectiveNoFileComp
	}
}

// tableIDs are the ids of the rows of a table, which is made when they are asked for.
func tableIDs[T any](rows func() []T, id func(T) string) func() []string {
	return func() []string {
		var ids []string
		for _, r := range rows() {
			ids = append(ids, id(r))
		}
		return ids
	}
}

// chooseSome adds a flag that may be repeated.
func chooseSome(c *cobra.Command, to *[]string, name, noun, about string, words []string) {
	c.Flags().Var(&choices{to, noun, words}, name, about)
	complete(c, name, func() []string { return words })
}

// complete offers words for a flag that was added to the command.
func complete(c *cobra.Command, flag string, words func() []string) {
	offer := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(), cobra.ShellCompDirectiveNoFileComp
	}
	if err := c.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // the flag is not there, or was completed before
	}
}
