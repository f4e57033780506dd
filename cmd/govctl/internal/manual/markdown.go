package manual

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// ExitCode is a row of the table of exit codes.
type ExitCode struct {
	Code  int
	Means string
}

// ExitCodes are the same for every command.
var ExitCodes = []ExitCode{
	{0, "passed: every gate was checked and passed"},
	{1, "findings: a policy gate failed, a signature did not verify"},
	{2, "the command line, the configuration or an input file is wrong; the message names file, line and column, and a `hint:` names the fix"},
	{3, "govctl could not do its work: input and output, network, git"},
}

// Markdown is docs/commands.md.
func Markdown(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nGenerated from the commands themselves; `make update` rewrites this page. `govctl COMMAND --help` prints the same, and the man pages of a\n" +
		"release (`man govctl-run`) are made from the same tree.\n\n## Exit codes\n\nThe same for every command:\n\n| Code | Meaning |\n|---|---|\n")
	for _, row := range ExitCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", row.Code, row.Means)
	}
	b.WriteString("\nResults go to standard output, or into the file of `--output`. Diagnostics go to standard error; `--quiet` leaves out the notes. An error before a command\n" +
		"starts is 2. Every report takes `--format json`. Text is wrapped on a terminal only. Each flag has a [variable](config.md#environment-variables):\n" +
		"`GOVCTL_FORMAT=json` is `--format json`.\n")
	group := ""
	for _, e := range Entries(root) {
		switch {
		case e.Path == root.Name():
			b.WriteString("\n## Flags of every command\n")
			flagTable(&b, e.Flags)
			continue
		case e.Group == "" || len(e.Children) > 0:
			continue
		case e.Group != group:
			group = e.Group
			fmt.Fprintf(&b, "\n## %s\n", group)
		}
		fmt.Fprintf(&b, "\n### %s\n\n```text\n%s\n```\n\n%s\n", e.Path, e.Use, paragraphs(e.About))
		flagTable(&b, e.Flags)
		fmt.Fprintf(&b, "\n```text\n%s\n```\n", e.Example)
	}
	return b.String()
}

// paragraphs is help text as Markdown: what is indented there, such as a list of steps, is a block.
func paragraphs(help string) string {
	parts := strings.Split(help, "\n\n")
	for i, p := range parts {
		if strings.HasPrefix(p, "  ") {
			parts[i] = "```text\n" + strings.TrimRight(p, "\n") + "\n```"
		} else {
			parts[i] = plain(p)
		}
	}
	return strings.Join(parts, "\n\n")
}

func flagTable(b *strings.Builder, flags []Flag) {
	if len(flags) == 0 {
		return
	}
	b.WriteString("\n| Flag | Default | |\n|---|---|---|\n")
	for _, f := range flags {
		standard := ""
		if f.Standard != "" {
			standard = "`" + f.Standard + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.Name, standard, plain(strings.ReplaceAll(f.About, "|", `\|`)))
	}
}

// plain keeps a text from being markup.
func plain(s string) string {
	return strings.NewReplacer("<", "&lt;", "*", `\*`, "_", `\_`).Replace(s)
}
