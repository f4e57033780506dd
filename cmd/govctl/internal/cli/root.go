package cli

import (
	"context"
	"errors"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// chapters are the commands as the help shows them; each lives in the file of its name.
var chapters = []struct {
	title    string
	commands []func(*app) *cobra.Command
}{
	{"The main job:", []func(*app) *cobra.Command{runCommand, initCommand}},
	{"The API contract:", []func(*app) *cobra.Command{openapiCommand, semverCommand, stabilityCommand, milestonesCommand}},
	{"Alerts and their rules:", []func(*app) *cobra.Command{taxonomyCommand, rulesCommand, changelogCommand}},
	{"What is shown and told:", []func(*app) *cobra.Command{badgeCommand, siteCommand, webhookCommand, issuesCommand, commentCommand, publishCommand}},
	{"Trust:", []func(*app) *cobra.Command{checksumsCommand, signCommand, verifyCommand, keyCommand}},
	{"govctl itself:", []func(*app) *cobra.Command{schemaCommand, versionCommand}},
}

// app is one call of govctl: the world and the flags that every command has.
type app struct {
	*Env
	config string // --config
	out    string // --out
	now    string // --now
	github string // --github
}

// Main runs one command line and returns the exit code of the process.
func Main(env *Env, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	root := newRoot(&app{Env: env})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var ran *bodyError
	if errors.As(err, &ran) {
		err = ran.error
		say(env.Stderr, err)
		return codeOf(err)
	}
	if err != nil { // cobra's own refusals: nothing has begun
		say(env.Stderr, usage("%w", err).hint("govctl --help lists the commands"))
		return BadInput
	}
	return Passed
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "govctl",
		Short: "Govern an API contract and an alert taxonomy from CI",
		Long: "govctl diffs an OpenAPI contract and proves what breaks, checks that the version number tells the truth,\n" +
			"keeps rolling stability metrics, and publishes the answers as files that can be verified.\n\n" +
			"Exit codes: 0 passed, 1 findings, 2 wrong command line, configuration or input, 3 govctl could not do its work.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	f := root.PersistentFlags()
	f.StringVar(&a.config, "config", "", "configuration `file` (default govctl.yaml, where it exists)")
	f.StringVar(&a.out, "out", "governance", "output `folder`")
	f.StringVar(&a.now, "now", "", "fix the clock at this `time` (also SOURCE_DATE_EPOCH)")
	f.StringVar(&a.github, "github", "auto", "in GitHub Actions write annotations, summary and outputs: auto or off")
	for _, chapter := range chapters {
		root.AddGroup(&cobra.Group{ID: chapter.title, Title: chapter.title})
		for _, build := range chapter.commands {
			c := build(a)
			c.GroupID = chapter.title
			root.AddCommand(c)
		}
	}
	last := chapters[len(chapters)-1].title
	root.SetHelpCommandGroupID(last)
	root.SetCompletionCommandGroupID(last)
	return root
}

// bodyError marks an error as coming from a command body, so that everything else is a wrong command line.
type bodyError struct{ error }

// command is a cobra command whose body reports through our exit codes.
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

// group is a command that only holds others; called alone, or with a name that it does not hold, it is a wrong command line.
func group(use, short string, children ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(children...)
	return c
}

// Root is the tree of commands, for the man pages.
func Root() *cobra.Command {
	root := newRoot(&app{Env: World()})
	root.DisableAutoGenTag = true
	return root
}
