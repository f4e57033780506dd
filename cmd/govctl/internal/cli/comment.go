package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/apichangelog"
	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/changelog"
	"github.com/romel/govctl/internal/ci"
	"github.com/romel/govctl/internal/comment"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/github"
	"github.com/romel/govctl/internal/gitlab"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
)

// maxComment is what a comment may have, below GitHub's 65,536 characters.
const maxComment = 65_000

func commentCommand(a *app) *cobra.Command {
	var f commentFlags
	c := command("comment", "Keep one comment on a pull or merge request up to date", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.comment(ctx, f)
	})
	c.Long = "Write the result of a run as one comment on a pull request, and update that comment afterwards. Where the token is read-only,\n" +
		"as on a fork, the text goes to the step summary, or to stdout where there is none. Reads GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL.\n\n" +
		"In GitLab CI the comment is a note on the merge request. Reads GITLAB_TOKEN (a token with the scope api: the token of a job may not write\n" +
		"notes), CI_API_V4_URL, CI_MERGE_REQUEST_PROJECT_ID or CI_PROJECT_ID, and CI_MERGE_REQUEST_IID.\n\n" +
		"With --only taxonomy the text is that of govctl taxonomy diff --format markdown, in a separate comment; with --since it is compared with\n" +
		"that revision, and no run is needed."
	f.add(c)
	c.Flags().IntVar(&f.pr, "pr", 0, "`number` of the pull or merge request (default: that of the CI system, such as in GITHUB_REF)")
	c.Flags().BoolVar(&f.allowPrivate, "allow-private", false, "allow http:// for a GitLab on a loopback address")
	c.Flags().StringVar(&f.artifactURL, "artifact-url", "", "`address` of the files that the workflow run kept, to link to")
	choose(c, &f.only, "only", "", "comment on this alone, in a separate comment", onlyTaxonomy)
	c.Flags().StringVar(&f.since, "since", "", "for --only taxonomy: the older taxonomy, git:REV or a `file` (default: what the run found)")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the comment and change nothing")
	return c
}

// commentFlags are the flags of `comment`.
type commentFlags struct {
	statusFlags
	pr                   int
	only, since          string
	dryRun, allowPrivate bool
	artifactURL          string
}

const onlyTaxonomy = "taxonomy"

func (a *app) comment(ctx context.Context, f commentFlags) error {
	if f.pr == 0 {
		f.pr = a.system().RequestOf(a.Getenv)
	}
	switch {
	case f.pr <= 0 && !f.dryRun:
		return usage("which pull request?").hint("--pr N, or run it in a workflow of a pull request, or a pipeline of a merge request")
	case f.since != "" && f.only == "":
		return usage("--since is given without --only taxonomy")
	}
	text, clean, err := a.commentText(ctx, f)
	if err != nil {
		return err
	}
	if f.dryRun {
		_, err := fmt.Fprint(a.Stdout, text)
		return err
	}
	if a.system().ID == ci.GitLab {
		return a.mergeRequestNote(ctx, f.pr, f.only, text, clean, f.allowPrivate)
	}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	c, err := a.githubClient(cfg)
	if err != nil {
		return err
	}
	act, err := c.CommentOn(ctx, f.pr, f.only, text, clean, false)
	if errors.Is(err, github.ErrForbidden) {
		return a.tellElsewhere(text)
	}
	if err == nil {
		fmt.Fprintf(a.Stdout, "%s on #%d\n", act.Act, f.pr)
	}
	return err
}

// commentText is the text of the comment, and whether a request that has none need not get one.
func (a *app) commentText(ctx context.Context, f commentFlags) (text string, clean bool, err error) {
	if f.only == onlyTaxonomy {
		return a.taxonomyComment(ctx, f)
	}
	cfg, r, err := a.outwardConfig(ctx, f.statusFlags)
	if err != nil {
		return "", false, err
	}
	if text, err = a.told(cfg, r, f.artifactURL); err != nil {
		return "", false, err
	}
	clean, err = r.clean()
	return text, clean, err
}

// taxonomyComment is the comment about the alerts: what changed since a revision, or what the run found.
func (a *app) taxonomyComment(ctx context.Context, f commentFlags) (text string, clean bool, err error) {
	var d *report.TaxonomyDiff
	if f.since != "" {
		var since report.TaxonomyDiff
		since, err = a.diffTaxonomy(ctx, &alertFlags{}, []string{f.since})
		d = &since
	} else {
		var r *found
		if _, r, err = a.outwardConfig(ctx, f.statusFlags); err == nil {
			d, err = load[report.TaxonomyDiff](r, artifact.AlertDiffPath)
		}
	}
	switch {
	case err != nil:
		return "", false, err
	case d == nil:
		return "", false, usage("the run compared no taxonomy").hint("--since git:REV compares with that revision, without a run")
	}
	parts := []string{changelog.AlertsDelta(*d, 0)}
	if links := comment.Links("", a.runWords(), a.runURL(), f.artifactURL); len(links) > 0 {
		parts = append(parts, strings.Join(links, " | ")+"\n")
	}
	return comment.Join(parts, maxComment), changelog.Empty(*d), nil
}

// mergeRequestNote keeps the note on a merge request of GitLab up to date.
func (a *app) mergeRequestNote(ctx context.Context, request int, topic, text string, clean, allowPrivate bool) error {
	c, err := gitlab.New(gitlab.Config{
		BaseURL: a.Getenv("CI_API_V4_URL"), Token: a.Getenv("GITLAB_TOKEN"), Project: firstOf(a.Getenv("CI_MERGE_REQUEST_PROJECT_ID"), a.Getenv("CI_PROJECT_ID")),
		UserAgent: "govctl/" + Version(), Transport: a.transport(), Clock: gitlab.Clock{Now: a.Now, Sleep: sleep}, Deadline: githubDeadline, AllowHTTP: allowPrivate,
	})
	switch {
	case errors.Is(err, gitlab.ErrNoToken):
		return usage("GITLAB_TOKEN is not set").hint("a project access token with the role Reporter and the scope api; the token of a job may not write notes")
	case err != nil:
		return usage("CI_API_V4_URL, CI_PROJECT_ID, GITLAB_TOKEN: %w", err).hint("GitLab CI sets the first two; --allow-private allows http://127.0.0.1")
	}
	act, err := c.NoteOn(ctx, request, topic, text, clean)
	if errors.Is(err, gitlab.ErrForbidden) {
		return a.tellElsewhere(text)
	}
	if err == nil {
		fmt.Fprintf(a.Stdout, "%s on !%d\n", act, request)
	}
	return err
}

// clean reports a run that a pull request need not hear of: it passed, nothing breaks, nothing was accepted or left unchecked, and the policy
// is that of the base.
func (r *found) clean() (bool, error) {
	s := &r.summary
	p, err := r.policy()
	return s.Passed && s.Checked && s.BreakingChangesCount == 0 && s.BreakingAccepted == 0 && s.SemverPolicyStatus == "ok" && (p == nil || len(p.Findings) == 0), err
}

// policy is what the change of this run does to its own policy; nil without --policy.
func (r *found) policy() (*report.Policy, error) {
	p, err := load[report.Policy](r, artifact.PolicyPath)
	if err != nil || p == nil || p.SHA != r.summary.SHA || p.RunID != r.summary.RunID {
		return nil, err
	}
	return p, nil
}

// tellElsewhere is for a token that may only read, as on a fork: the step summary has the text then, and stdout where there is none.
func (a *app) tellElsewhere(text string) error {
	const why = "the token may not comment on the pull request; "
	written, err := a.summarise(text)
	switch {
	case err != nil:
		return err
	case written:
		a.warn(why + "the step summary has the text")
		return nil
	}
	a.warn(why + "the text follows instead")
	_, err = fmt.Fprint(a.Stdout, text)
	return err
}

// told is what a run found as Markdown, for a comment or a summary.
func (a *app) told(cfg config.Config, r *found, artifactURL string) (string, error) {
	var sections []string
	change, err := r.policy()
	if err != nil {
		return "", err
	}
	cfg = evaluatedBy(cfg, change, &r.summary)
	for i, c := range cfg.Contracts {
		p, err := a.pull(cfg, r, c.Name)
		if err != nil {
			return "", err
		}
		if i == 0 {
			p.Headline, p.Policy = r.summary.Headline, change
			v, err := load[report.EvidenceVerdict](r, artifact.VerdictPath)
			if err != nil {
				return "", err
			}
			if v != nil {
				p.Evidence = v.Kinds
			}
		}
		if len(cfg.Contracts) > 1 {
			p.Contract = c.Name
		}
		if i == len(cfg.Contracts)-1 {
			p.Links = comment.Links(a.pageURL(), a.runWords(), a.runURL(), artifactURL)
			d, err := load[report.TaxonomyDiff](r, artifact.AlertDiffPath)
			if err != nil {
				return "", err
			}
			if d != nil && !changelog.Empty(*d) {
				p.Taxonomy = changelog.AlertsText(*d, maxComment/2)
			}
		}
		sections = append(sections, comment.Sections(p)...)
	}
	return comment.Join(sections, maxComment), nil
}

// willPublish is what the changelog of the API will have by a change; nothing where the change has none, or its release is there already.
func willPublish(cfg config.Config, r *found, name string, diff *report.Diff) (c comment.Changelog, err error) {
	log, err := load[report.APIChangelog](r, of(cfg, name, artifact.APILogPath))
	if err != nil || log == nil || len(diff.Changes) == 0 || len(log.Releases) == 0 {
		return c, err
	}
	if next := &log.Releases[0]; next.Pending && !next.First && !apichangelog.Empty(next) {
		c = comment.Changelog{Version: next.Version, Text: apichangelog.Body(next, "####")}
	}
	return c, nil
}

// pull gathers one contract's part.
func (a *app) pull(cfg config.Config, r *found, name string) (*comment.Request, error) {
	p := &comment.Request{Streak: r.summary.PlaceholderStreak}
	placeholder := r.summary.Placeholder
	for _, one := range r.summary.Contracts {
		if one.Name == name {
			p.Streak, placeholder = one.PlaceholderStreak, one.Placeholder
		}
	}
	diff, err1 := load[report.Diff](r, of(cfg, name, artifact.DiffPath))
	var err2, err3, err4 error
	p.Semver, err2 = load[report.Semver](r, of(cfg, name, artifact.SemverPath))
	p.Operations, err3 = load[report.Operations](r, of(cfg, name, artifact.OperationsPath))
	if !placeholder {
		p.Stability, err4 = load[report.Stability](r, of(cfg, name, artifact.StabilityPath))
	}
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	if diff != nil {
		p.Findings = diff.Changes
		if p.Changelog, err1 = willPublish(cfg, r, name, diff); err1 != nil {
			return nil, err1
		}
		var b bytes.Buffer
		if err := render.Write(&b, "markdown", a.diffReport(*diff), render.Look{Limit: maxComment - 10_000, Lines: maxLines}); err != nil {
			return nil, err
		}
		p.Changes = strings.TrimRight(b.String(), "\n") + "\n"
	}
	return p, nil
}
