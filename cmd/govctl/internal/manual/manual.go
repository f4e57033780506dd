// Package manual writes the manual of the commands from their tree: one Markdown page for the documentation and the web, and one man
// page for each command. It is not a part of the program.
package manual

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Entry is a command as the manual describes it.
type Entry struct {
	Path     string // "govctl openapi diff"
	Use      string // the command line, without "[flags]"
	Short    string
	About    string // paragraphs as in the help; an indented one is a list
	Example  string
	Group    string // title of the group of its top command; empty for help and completion
	Flags    []Flag
	Children []string // paths; a command with children does nothing by itself
}

// Flag is a flag as the manual describes it.
type Flag struct {
	Name     string // "-f, --format word"
	Standard string // the default; empty where it is the zero value of the type
	About    string
}

// Entries walks the tree of commands: parents before their children, commands of a group in the order of the help.
func Entries(root *cobra.Command) []Entry {
	groups := map[string]string{}
	for _, g := range root.Groups() {
		groups[g.ID] = strings.TrimSuffix(g.Title, ":")
	}
	all := []Entry{entry(root, "")}
	for _, g := range root.Groups() {
		for _, c := range root.Commands() {
			if c.GroupID == g.ID {
				all = walk(all, c, groups[g.ID])
			}
		}
	}
	return all
}

func walk(all []Entry, c *cobra.Command, group string) []Entry {
	if !c.IsAvailableCommand() {
		return all
	}
	if c.Name() == "completion" || c.Name() == "help" { // cobra's own
		group = ""
	}
	all = append(all, entry(c, group))
	for _, child := range c.Commands() {
		all = walk(all, child, group)
	}
	return all
}

func entry(c *cobra.Command, group string) Entry {
	e := Entry{Path: c.CommandPath(), Use: strings.TrimSuffix(c.UseLine(), " [flags]"), Short: c.Short, About: c.Long, Group: group,
		Example: strings.ReplaceAll(strings.TrimPrefix(c.Example, "  "), "\n  ", "\n")}
	if e.About == "" {
		e.About = c.Short + "."
	}
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() {
			e.Children = append(e.Children, child.CommandPath())
		}
	}
	e.Flags = flags(c)
	return e
}

// flags are those of a command; for the root, those of every command.
func flags(c *cobra.Command) (list []Flag) {
	global := c.Root().PersistentFlags()
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	add := func(f *pflag.Flag) {
		if f.Name != "help" && !f.Hidden && f.Deprecated == "" && (c == c.Root() || global.Lookup(f.Name) == nil) {
			set.AddFlag(f)
		}
	}
	if c == c.Root() {
		global.VisitAll(add)
	} else {
		c.InheritedFlags().VisitAll(add)
		c.LocalFlags().VisitAll(add)
	}
	set.VisitAll(func(f *pflag.Flag) {
		value, about := pflag.UnquoteUsage(f)
		one := Flag{Name: "--" + f.Name, About: strings.Join(strings.Fields(about), " ")}
		if f.Shorthand != "" {
			one.Name = "-" + f.Shorthand + ", " + one.Name
		}
		if value != "" {
			one.Name += " " + value
		}
		switch f.DefValue {
		case "", "[]", "false", "0s", "0":
		default:
			one.Standard = f.DefValue
		}
		list = append(list, one)
	})
	return list
}
