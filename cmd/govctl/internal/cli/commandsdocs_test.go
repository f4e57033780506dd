package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestCommandsPage keeps docs/commands.md equal to the tree of commands.
func TestCommandsPage(t *testing.T) { held(t, "commands.md", commandsPage()) }

// held keeps a generated page equal to what it is generated from.
func held(t *testing.T, name, want string) {
	t.Helper()
	page := "../../../../docs/" + name
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/%s is not what it is generated from (%v); run make update", name, err)
	}
}

func commandsPage() string {
	var b strings.Builder
	b.WriteString("# Commands\n\nGenerated from the commands themselves; `make update` rewrites this page, and `govctl COMMAND --help` says the same. `go run ./cmd/govctl/internal/man DIR`\n" +
		"writes man pages.\n\n## Exit codes\n\nThe same for every command:\n\n| Code | Means |\n|---|---|\n")
	for _, row := range []struct {
		code  int
		means string
	}{
		{Passed, "passed: every gate was looked at and holds"},
		{Findings, "findings: a policy gate failed, a signature did not verify"},
		{BadInput, "the command line, the configuration or an input file is wrong; the message names file, line and column, and a `hint:` says how to fix it"},
		{Failed, "govctl could not do its work: input and output, network, git"},
	} {
		fmt.Fprintf(&b, "| %d | %s |\n", row.code, row.means)
	}
	b.WriteString("\nResults go to standard output, or into the file of `--output`; diagnostics go to standard error, notes among them unless `--quiet` is given. What fails before a\n" +
		"command begins is 2. Every report takes `--format json`. Text is wrapped on a terminal only. Each flag has a [variable](config.md#environment-variables):\n" +
		"`GOVCTL_FORMAT=json` is `--format json`.\n\n## Flags of every command\n")
	root := Root()
	flagTable(&b, root.PersistentFlags())
	for _, chapter := range root.Groups() {
		fmt.Fprintf(&b, "\n## %s\n", strings.TrimSuffix(chapter.Title, ":"))
		for _, c := range root.Commands() {
			if c.GroupID == chapter.ID && c.Name() != "help" && c.Name() != "completion" {
				commandSection(&b, c)
			}
		}
	}
	return b.String()
}

func commandSection(b *strings.Builder, c *cobra.Command) {
	if c.HasSubCommands() {
		for _, child := range c.Commands() {
			commandSection(b, child)
		}
		return
	}
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	fmt.Fprintf(b, "\n### %s\n\n```text\n%s\n```\n\n%s\n", c.CommandPath(), strings.TrimSuffix(c.UseLine(), " [flags]"), paragraphs(about))
	local := pflag.NewFlagSet("", pflag.ContinueOnError)
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) {
		if c.Root().PersistentFlags().Lookup(f.Name) == nil {
			local.AddFlag(f)
		}
	})
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" && c.Root().PersistentFlags().Lookup(f.Name) == nil {
			local.AddFlag(f)
		}
	})
	flagTable(b, local)
	fmt.Fprintf(b, "\n```text\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(c.Example, "  "), "\n  ", "\n"))
}

// paragraphs is help text as Markdown: what is indented there, a list of steps say, is a block.
func paragraphs(help string) string {
	parts := strings.Split(help, "\n\n")
	for i, p := range parts {
		if strings.HasPrefix(p, "  ") {
			list, rest, _ := strings.Cut(p+"\n", "\n\n")
			parts[i] = "```text\n" + strings.TrimRight(list, "\n") + "\n```" + rest
		} else {
			parts[i] = inline(p)
		}
	}
	return strings.Join(parts, "\n\n")
}

func flagTable(b *strings.Builder, flags *pflag.FlagSet) {
	if !flags.HasFlags() {
		return
	}
	b.WriteString("\n| Flag | Default | |\n|---|---|---|\n")
	flags.VisitAll(func(f *pflag.Flag) {
		name, about := pflag.UnquoteUsage(f)
		flag := "--" + f.Name
		if f.Shorthand != "" {
			flag = "-" + f.Shorthand + ", " + flag
		}
		if name != "" {
			flag += " " + name
		}
		standard := ""
		switch f.DefValue {
		case "", "[]", "false", "0s", "0":
		default:
			standard = "`" + f.DefValue + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", flag, standard, inline(cell(oneSpace(about))))
	})
}

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

// inline keeps a plain text from being markup.
func inline(s string) string {
	return strings.NewReplacer("<", "&lt;", "*", `\*`, "_", `\_`).Replace(s)
}
