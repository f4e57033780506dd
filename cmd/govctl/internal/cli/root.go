package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/romel/govctl/internal/config"
)

// chapters are the commands as the help shows them; each lives in the file of its name.
var chapters = []struct {
	title    string
	commands []func(*app) *cobra.Command
}{
	{"Start here:", []func(*app) *cobra.Command{runCommand, initCommand}},
	{"API contract:", []func(*app) *cobra.Command{openapiCommand, semverCommand, stabilityCommand, milestonesCommand}},
	{"Alerts and rules:", []func(*app) *cobra.Command{taxonomyCommand, rulesCommand, changelogCommand}},
	{"Operational evidence:", []func(*app) *cobra.Command{probeCommand, metricsCommand, imageCommand, trendCommand, docsCommand}},
	{"Reporting and notifications:", []func(*app) *cobra.Command{badgeCommand, siteCommand, webhookCommand, issuesCommand, commentCommand, publishCommand, sendCommand}},
	{"Integrity:", []func(*app) *cobra.Command{checksumsCommand, signCommand, verifyCommand, keyCommand}},
	{"govctl itself:", []func(*app) *cobra.Command{doctorCommand, explainCommand, schemaCommand, versionCommand}},
}

// app is one call of govctl: the world and the flags that every command has.
type app struct {
	*Env
	config string // --config
	out    string // --out
	now    string // --now
	github string // --github
	color  string // --color
	folder string // -C
	quiet  bool   // --quiet
	all    bool   // --all of commands that print findings

	hinted  map[string]bool // the hints that were printed
	scratch scratch

	variables map[string]string // the flags that a variable set, with its name
	rereads   rereads
	from      string // the folder in which the process was started; empty while it is there
}

// grace is how long a command that was interrupted may take to leave things whole, before the process ends under it.
const grace = 5 * time.Second

// Main runs one command line and returns the exit code of the process.
func Main(env *Env, args []string) int {
	if holdsSecret(env.Getenv) {
		seal()
	}
	a := &app{Env: env}
	if err := validArguments(args); err != nil {
		a.say(err)
		return codeOf(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 1)
	for _, s := range endings() {
		signal.Notify(signals, s)
	}
	defer signal.Stop(signals)
	root := newRoot(a)
	root.SetArgs(withSwitches(args))
	defer a.leave()
	var called *cobra.Command
	ended := make(chan error, 1)
	go func() {
		var err error
		called, err = root.ExecuteContextC(ctx)
		ended <- err
	}()
	for ctx.Err() == nil {
		select {
		case err := <-ended:
			return a.exit(called, err)
		case s := <-signals:
			if s != syscall.SIGHUP || !a.rereads.ask() {
				cancel()
			}
		}
	}
	select {
	case err := <-ended:
		return a.exit(called, err)
	case <-signals: // a second one ends the process at once
	case <-time.NewTimer(grace).C: // what the command waits for, a pipe say, does not look at the context
	}
	a.scratch.remove(true)
	a.say(errors.New("interrupted"))
	return Failed
}

// endings are the signals that end a command. One that the caller has switched off, as nohup does, stays off.
func endings() []os.Signal {
	all := []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}
	return slices.DeleteFunc(all, signal.Ignored)
}

// validArguments refuses an argument that no output could show: most of them name files.
func validArguments(args []string) error {
	for _, arg := range args {
		if !utf8.ValidString(arg) {
			return usage("the argument %q is not valid UTF-8", arg).hint("if it names a file, rename the file")
		}
	}
	return nil
}

// exit says what a command came to, and is its exit code.
func (a *app) exit(called *cobra.Command, err error) int {
	var ran *bodyError
	var refused *exitError
	switch {
	case errors.As(err, &ran):
		err = ran.error
	case err != nil && !errors.As(err, &refused): // cobra's own refusals: nothing has begun
		err = usage("%w", err).hint("%s --help shows its usage", called.CommandPath())
	}
	if err != nil {
		a.say(err)
	}
	return codeOf(err)
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "govctl",
		Short: "Govern an API contract and an alert taxonomy from CI",
		Long: "govctl compares OpenAPI contracts and reports what breaks clients, checks that the version matches,\n" +
			"keeps rolling stability metrics, checks alerts and rules, and publishes signed files.\n\n" +
			"Exit codes: 0 passed, 1 findings, 2 wrong command line, configuration or input, 3 govctl could not do its work.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuchCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Version:       Version(),

		PersistentPreRunE:          a.prepare,
		SuggestionsMinimumDistance: suggested,
	}
	root.SetVersionTemplate("govctl {{.Version}}\n")
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(refuseFlag)
	f := root.PersistentFlags()
	f.StringVar(&a.config, "config", "", "configuration `file` (default govctl.yaml, here or in the nearest folder above)")
	f.StringVarP(&a.out, "out", "o", "governance", "output `folder`")
	f.StringVarP(&a.folder, "directory", "C", "", "change to this `folder` first, like git -C; configuration and paths are relative to it")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "print results, errors and failures, but no notes")
	a.color = "auto"
	f.Var(&choice{&a.color, "--color mode", []string{"auto", "always", "never"}}, "color", "colours in text: auto (on a terminal, unless NO_COLOR is set), always or never")
	complete(root, "color", func() []string { return []string{"auto", "always", "never"} })
	f.StringVar(&a.now, "now", "", "use this `time` as the current time (also SOURCE_DATE_EPOCH)")
	a.github = "auto"
	f.Var(&choice{&a.github, "--github mode", []string{"auto", "off"}}, "github", "in GitHub Actions write annotations, summary and outputs: auto or off")
	complete(root, "github", func() []string { return []string{"auto", "off"} })
	for _, chapter := range chapters {
		root.AddGroup(&cobra.Group{ID: chapter.title, Title: chapter.title})
		for _, build := range chapter.commands {
			c := build(a)
			c.GroupID = chapter.title
			root.AddCommand(c)
		}
	}
	a.outputFlags(root)
	addExamples(root)
	last := chapters[len(chapters)-1].title
	root.SetHelpCommandGroupID(last)
	root.SetCompletionCommandGroupID(last)
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Args = noSuchCommand
		c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	return root
}

// refuseFlag says what is wrong with a flag, and which one was meant.
func refuseFlag(c *cobra.Command, err error) error {
	var refused *exitError
	if errors.As(err, &refused) { // by a flag of ours, which says it better
		return refused
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	if args := c.Flags().Args(); c.HasSubCommands() && len(args) > 0 { // the flag belongs to a command that does not exist
		return noSuchCommand(c, args)
	}
	if meant := flagMeant(c, unknown.GetSpecifiedName()); meant != "" {
		return usage("%w", err).hint("%s", meant)
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	if near := config.Nearest("--"+unknown.GetSpecifiedName(), names); near != "" {
		return usage("%w", err).hint("%s", near)
	}
	return err
}

// suggested is how many letters a name may be off to be suggested.
const suggested = 2

// noSuchCommand refuses the arguments of a command that only holds others.
func noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	c.SuggestionsMinimumDistance = suggested
	hint := fmt.Sprintf("%s --help lists the commands", c.CommandPath())
	if meant := commandMeant(c, args); meant != "" {
		hint = meant
	} else if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %s?", strings.Join(near, " or "))
	}
	return usage("unknown command %q for %q", args[0], c.CommandPath()).hint("%s", hint)
}

// helpCommand is cobra's, but a topic that does not exist is a wrong command line.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [command]", Short: "Help about any command",
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return noSuchCommand(c, args[len(args)-max(1, len(rest)):])
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	}
}

// bodyError marks an error as coming from a command body, so that everything else is a wrong command line.
type bodyError struct{ error }

// command is a cobra command whose body reports through our exit codes.
//
//go:noinline
func command(use, short string, args cobra.PositionalArgs, body func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, given []string) error {
			if err := body(cmd.Context(), given); err != nil {
				return &bodyError{err}
			}
			return nil
		},
	}
}

// group is a command that only holds others; called alone it shows its help, with a name that it does not hold it is a wrong command line.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: noSuchCommand, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(children...)
	return c
}

// Root is the tree of commands, for the man pages.
func Root() *cobra.Command {
	root := newRoot(&app{Env: World()})
	root.DisableAutoGenTag = true
	return root
}
