package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestChoicesRefuseOtherWords tries every flag that takes one of a few words with a word of none, on every command.
func TestChoicesRefuseOtherWords(t *testing.T) {
	tried := 0
	for _, c := range everyCommand(Root()) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() != "word" {
				if f.Name == "format" {
					t.Errorf("%s --format takes any word", c.CommandPath())
				}
				return
			}
			tried++
			words := f.Value.(*choice).words
			for word, hint := range map[string]string{"xyzzyplugh": "hint: the ", words[0] + "x": "hint: did you mean \"" + words[0] + "\"?"} {
				var out, talk bytes.Buffer
				env := World()
				env.Stdout, env.Stderr = &out, &talk
				args := append(strings.Fields(c.CommandPath())[1:], "--"+f.Name, word)
				if code := Main(env, args); code != BadInput || out.Len() > 0 {
					t.Errorf("%s: exit code %d, stdout %q", strings.Join(args, " "), code, out.String())
				}
				if !strings.Contains(talk.String(), "there is no ") || !strings.Contains(talk.String(), hint) {
					t.Errorf("%s: %s", strings.Join(args, " "), talk.String())
				}
			}
			if offer, ok := c.GetFlagCompletionFunc(f.Name); !ok {
				t.Errorf("%s --%s has no completion", c.CommandPath(), f.Name)
			} else if got, _ := offer(c, nil, ""); len(got) != len(words) {
				t.Errorf("%s --%s completes to %v", c.CommandPath(), f.Name, got)
			}
		})
	}
	if tried < 20 {
		t.Errorf("only %d flags were tried", tried)
	}
}

// everyCommand lists the commands that do something, those of cobra aside.
func everyCommand(root *cobra.Command) (all []*cobra.Command) {
	for _, c := range root.Commands() {
		switch {
		case c.Name() == "completion" || c.Name() == "help":
		case c.HasSubCommands():
			all = append(all, everyCommand(c)...)
		default:
			all = append(all, c)
		}
	}
	return all
}
