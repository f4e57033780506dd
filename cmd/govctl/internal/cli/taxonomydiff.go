package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/changelog"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

func taxonomyDiff(a *app) *cobra.Command {
	var f alertFlags
	var format string
	c := command("diff [OLD [NEW]]", "Report how the alerts changed between two revisions", cobra.MaximumNArgs(2), func(ctx context.Context, args []string) error {
		d, err := a.diffTaxonomy(ctx, &f, args)
		if err != nil {
			return err
		}
		switch format {
		case "json":
			return a.printJSON(d)
		case "markdown":
			_, err = fmt.Fprint(a.Stdout, changelog.AlertsDelta(d, 0))
			return err
		}
		return a.printDelta(d)
	})
	c.Long = "OLD and NEW are files or git:REV (the taxonomy of that revision); OLD is git:HEAD and NEW the file itself where they are left out.\n" +
		"Two rule files can be compared, too. A difference is not a failure."
	f.add(c)
	f.addDialect(c)
	choose(c, &format, "format", "text", "what is printed, markdown for a pull request, json as in taxonomy-diff.json", "text", "markdown", "json")
	return c
}

func (a *app) diffTaxonomy(ctx context.Context, f *alertFlags, args []string) (report.TaxonomyDiff, error) {
	c, err := a.taxonomyConfig(ctx, f)
	if err != nil {
		return report.TaxonomyDiff{}, err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return report.TaxonomyDiff{}, err
	}
	args = append(args, []string{"git:HEAD", c.File}[len(args):]...)
	old, err := a.taxonomySide(ctx, args[0], c)
	if err != nil {
		return report.TaxonomyDiff{}, err
	}
	new, err := a.taxonomySide(ctx, args[1], c)
	if err != nil {
		return report.TaxonomyDiff{}, err
	}
	return taxonomy.Diff(taxonomy.DiffInput{Old: old.Side, New: new.Side, Config: pipeline.TaxonomyConfig(c), Now: now(),
		SameExpr: promrules.SameExpr, TextDiffers: !bytes.Equal(old.text, new.text), Rewritten: taxonomy.Rewritten(old.text, new.text)}), nil
}

// alertSide is one side of a comparison with its text.
type alertSide struct {
	taxonomy.Side
	text []byte
}

// taxonomySide reads a side: a taxonomy or a rule file, or git:REV with or without a path.
func (a *app) taxonomySide(ctx context.Context, source string, c config.Taxonomy) (alertSide, error) {
	s := alertSide{Side: taxonomy.Side{Source: source}}
	rev, isGit := strings.CutPrefix(source, "git:")
	name := source
	var err error
	if isGit {
		rev, name, s.text, err = a.taxonomyAt(ctx, rev, c.File)
	} else {
		s.text, err = a.readInput(source)
	}
	if err != nil {
		return s, err
	}
	if ext := filepath.Ext(source); ext == ".yml" || ext == ".yaml" {
		return s, s.fromRules(name)
	}
	if s.File, err = taxonomy.Parse(name, s.text); err == nil {
		err = s.File.Usable()
	}
	if err == nil && len(c.Rules) > 0 {
		s.Rules, err = a.rulesOfSide(ctx, rev, isGit, c)
	}
	return s, err
}

// taxonomyAt reads what REV or REV:PATH names: the taxonomy as that revision has it, under the name that it had then. A revision from before
// the taxonomy has an empty one.
func (a *app) taxonomyAt(ctx context.Context, source, file string) (rev, name string, text []byte, err error) {
	repo, base := a.repoOf(file)
	rev, path, named := strings.Cut(source, ":")
	if named && path != "" {
		repo, name = a.Git(), path+" of "+rev
		text, err = repo.Show(ctx, rev, path)
	} else {
		name = file + " of " + rev
		text, err = repo.Followed(ctx, rev, base)
	}
	switch {
	case errors.Is(err, gitrepo.ErrNoFile) && path == "":
		fmt.Fprintf(a.notes(), "govctl: %s has no %s: compared with an empty taxonomy\n", oneLine(rev), oneLine(file))
		return rev, name, []byte(taxonomy.Empty), nil
	case errors.Is(err, gitrepo.ErrNoRepository):
		err = usage("git:%s: %w", source, err)
	case errors.Is(err, gitrepo.ErrNoRevision):
		if cut, _ := repo.Shallow(ctx); cut { // what cannot be asked is answered by the first error
			err = (&exitError{code: Failed, err: fmt.Errorf("this clone is shallow: %w", err)}).hint("%s", (*taxonomy.ShallowError)(nil).Hint())
		} else if child, before := strings.CutSuffix(rev, "^"); before && path == "" {
			if _, alone := repo.Resolve(ctx, child); alone == nil {
				fmt.Fprintf(a.notes(), "govctl: %s is the first commit: compared with an empty taxonomy\n", oneLine(child))
				return rev, name, []byte(taxonomy.Empty), nil
			}
		}
	}
	return rev, name, text, err
}

// rulesOfSide are the rules that belong to a side: those of the revision, or those of the work tree.
func (a *app) rulesOfSide(ctx context.Context, rev string, isGit bool, c config.Taxonomy) ([]taxonomy.Rule, error) {
	var sources []promrules.Source
	var err error
	dialect := promrules.Dialect(c.Dialect)
	if isGit {
		dialect = "" // it may have been another one then
		sources, err = a.ruleSourcesAt(ctx, rev, c.Rules)
	} else {
		sources, err = a.ruleSources(dialect, c.Rules)
	}
	if err != nil {
		return nil, err
	}
	files, errs := promrules.ParseAll(sources, dialect)
	return append([]taxonomy.Rule{}, pipeline.AlertRules(files)...), a.sayAll(errors.Join(errs...))
}

func (s *alertSide) fromRules(name string) error {
	f, err := promrules.Parse(name, s.text)
	if err != nil {
		return err
	}
	s.Rules = pipeline.AlertRules([]*promrules.File{f})
	s.File, err = taxonomy.FromRules(name, s.Rules)
	return err
}

// printDelta writes a diff for a terminal.
func (a *app) printDelta(d report.TaxonomyDiff) error {
	if changelog.Empty(d) {
		what := "no alert changed"
		switch {
		case d.Bulk != "":
			what = "reformatted; no alert changed"
		case d.FormattingOnly:
			what = "no alert changed; the text did elsewhere"
		}
		fmt.Fprintln(a.Stdout, what)
		return nil
	}
	fmt.Fprintf(a.Stdout, "churn %d (+%d -%d), risk churn %d; %d changed in what they do, %d in wording\n", d.Churn, len(d.Added), len(d.Removed), d.RiskChurn, d.SemanticChurn, d.CosmeticChurn)
	refs := func(mark string, list []report.AlertRef) {
		for i := range list {
			fmt.Fprintf(a.Stdout, "  %-11s %s (%s)\n", mark, oneLine(list[i].Alert+list[i].Selector), oneLine(list[i].Severity))
		}
	}
	refs("added", d.Added)
	refs("removed", d.Removed)
	for _, r := range d.Renamed {
		fmt.Fprintf(a.Stdout, "  %-11s %s to %s\n", "renamed", oneLine(r.From), oneLine(r.To))
	}
	for _, t := range d.SeverityTransitions {
		fmt.Fprintf(a.Stdout, "  %-11s %s: %s to %s\n", "severity", oneLine(t.Alert+t.Selector), oneLine(t.From), oneLine(t.To))
	}
	refs("deprecated", d.Deprecated)
	refs("active again", d.Undeprecated)
	for _, m := range d.Modified {
		var fields []string
		for _, f := range m.Fields {
			fields = append(fields, f.Field)
		}
		fmt.Fprintf(a.Stdout, "  %-11s %s: %s\n", "modified", oneLine(m.Alert+m.Selector), strings.Join(fields, ", "))
	}
	if d.Bulk != "" {
		fmt.Fprintf(a.Stdout, "  this is a bulk edit: %s\n", d.Bulk)
	}
	return nil
}

func changelogCommand(a *app) *cobra.Command {
	return group("changelog", "Changes of the API and of the alerts, for people", changelogAPI(a), changelogAlerts(a))
}

func changelogAlerts(a *app) *cobra.Command {
	var f alertFlags
	var since, file, sha, format string
	c := command("alerts", "Print the changes of the alerts since a revision", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		d, err := a.diffTaxonomy(ctx, &f, []string{since})
		if err != nil {
			return err
		}
		commit := a.commit(ctx, sha)
		switch {
		case format == "json" && file != "":
			return usage("--append and --format json are both given").hint("a changelog is Markdown")
		case format == "json":
			return a.printJSON(d)
		}
		if file == "" {
			if !changelog.Empty(d) {
				fmt.Fprint(a.Stdout, changelog.AlertsSection(d, commit))
			}
			return nil
		}
		return a.appendAlerts(file, d, commit)
	})
	c.Long = "Print a section for the changes since --since, or append it to a file: newest last, once for each commit, and nothing where no\nalert changed."
	f.add(c)
	f.addDialect(c)
	c.Flags().StringVar(&since, "since", "git:HEAD^", "the older taxonomy: git:REV or a `file`")
	choose(c, &format, "format", "markdown", "what is printed, json as in taxonomy-diff.json", "markdown", "json")
	c.Flags().StringVar(&file, "append", "", "append the section to this `file`")
	c.Flags().StringVar(&sha, "sha", "", "`commit` that the section is about (default: that of the CI system, such as GITHUB_SHA, then git)")
	return c
}

func (a *app) appendAlerts(file string, d report.TaxonomyDiff, sha string) error {
	old, err := a.readInput(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, added := changelog.Alerts(old, d, sha)
	if !added {
		fmt.Fprintf(a.Stdout, "%s: nothing to add\n", oneLine(file))
		return nil
	}
	if err := artifact.Replace(file, text); err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "%s: section added\n", oneLine(file))
	return nil
}
