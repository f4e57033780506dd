package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/github"
	"github.com/romel/govctl/pkg/report"
)

// githubDeadline bounds all requests of one command, waits for rate limits included.
const githubDeadline = 5 * time.Minute

func issuesCommand(a *app) *cobra.Command {
	var f statusFlags
	var dryRun bool
	sync := command("sync", "Open, update and close the alert issues", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.issuesSync(ctx, f, dryRun)
	})
	sync.Long = "Synchronise the alert issues of the repository with the result of a run: one open issue for each alert, of several contracts\n" +
		"one for each of them, updated when the facts change, closed when it recovers. Reads GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL."
	f.add(sync)
	sync.Flags().BoolVar(&dryRun, "dry-run", false, "print what would be done and change nothing")
	return group("issues", "Keep alert issues on GitHub", sync)
}

func (a *app) githubClient(cfg config.Config) (*github.Client, error) {
	c, err := github.New(github.Config{
		BaseURL: firstOf(a.Getenv("GITHUB_API_URL"), "https://api.github.com"), Token: a.Getenv("GITHUB_TOKEN"), Repository: a.Getenv("GITHUB_REPOSITORY"),
		Author: cfg.GitHub.Author, UserAgent: "govctl/" + Version(), Transport: a.transport(),
		Clock: github.Clock{Now: a.Now, Sleep: sleep}, Deadline: githubDeadline,
	})
	if errors.Is(err, github.ErrNoToken) {
		return nil, usage("GITHUB_TOKEN is not set").hint("in a workflow: env: GITHUB_TOKEN: ${{ github.token }}")
	}
	if err != nil {
		return nil, usage("GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_TOKEN: %w", err).hint("like GITHUB_REPOSITORY=owner/name and GITHUB_API_URL=https://api.github.com; in a workflow they are set")
	}
	return c, nil
}

func (a *app) issuesSync(ctx context.Context, f statusFlags, dryRun bool) error {
	cfg, r, err := a.outwardConfig(ctx, f)
	if err != nil {
		return err
	}
	broken, err := breakingOf(cfg, r)
	if err != nil {
		return err
	}
	c, err := a.githubClient(cfg)
	if err != nil {
		return err
	}
	alerts := github.Alerts(&github.Run{Summary: r.summary, State: r.state, Breaking: broken, Threshold: cfg.Stability.AlertThreshold, PageURL: a.pageURL(), RunURL: a.runURL()})
	actions, err := c.SyncIssues(ctx, alerts, github.Issues{Suppress: cfg.GitHub.SuppressionLabels, DryRun: dryRun})
	said := 0
	for _, act := range actions {
		if len(cfg.Contracts) > 1 && act.Act == github.Nothing && act.Number == 0 {
			continue // of hundreds of contracts, most have no alert
		}
		said++
		fmt.Fprintln(a.Stdout, issueLine(act, dryRun))
	}
	if said == 0 && err == nil {
		fmt.Fprintln(a.Stdout, "no alert is open")
	}
	if errors.Is(err, github.ErrForbidden) {
		return (&exitError{code: Failed, err: err}).hint("the job of the workflow needs permissions: issues: write")
	}
	return err
}

// breakingOf is what breaks in each contract; those that were not compared are not in it.
func breakingOf(cfg config.Config, r *found) (map[string]*report.Breaking, error) {
	all := map[string]*report.Breaking{}
	for _, c := range cfg.Contracts {
		one, err := load[report.Breaking](r, of(cfg, c.Name, artifact.BreakingPath))
		if err != nil {
			return nil, err
		}
		all[c.Name] = one
	}
	return all, nil
}

func issueLine(act github.Action, dryRun bool) string {
	line := fmt.Sprintf("%s: %s", act.Alert, act.Act)
	if act.Number > 0 {
		line += fmt.Sprintf(" #%d", act.Number)
	}
	if dryRun && act.Act != github.Nothing {
		line += " (dry run)"
	}
	return line
}
