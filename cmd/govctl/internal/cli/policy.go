package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/policy"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// policyOfCI is the value of --policy that stands for the base which the CI system names.
const policyOfCI = "ci"

// policyRevision is the revision that --policy names.
func policyRevision(flag string) (string, error) {
	rev, ok := strings.CutPrefix(flag, "git:")
	if !ok || rev == "" {
		return "", usage("--policy %s: expected git:REV or ci", flag).hint("name the base of the change: git:HEAD^1 in the merge commit of a pull request, git:origin/main elsewhere; ci is the base that the CI system names")
	}
	return rev, nil
}

// policy reads the policy of the revision that --policy names; nil without the flag. What cannot be read is never left out.
func (a *app) policy(ctx context.Context, cfg config.Config, flag string) (*pipeline.Policy, error) {
	if flag == "" {
		return nil, nil
	}
	if flag == policyOfCI {
		rev := a.system().BaseOf(a.Getenv)
		if rev == "" {
			return nil, usage("--policy %s: %s names no base of a change", flag, a.system().Name).
				hint("only a run of a pull or merge request has one; on a branch, name the revision: --policy git:HEAD^1")
		}
		flag = "git:" + rev
	}
	rev, err := policyRevision(flag)
	if err != nil {
		return nil, err
	}
	p := &pipeline.Policy{Rev: flag}
	if p.SHA, err = a.policyCommit(ctx, flag, rev); err != nil {
		return nil, err
	}
	if p.Base, err = a.policyAt(ctx, p.SHA, rev); err != nil {
		return nil, a.policyError(flag, err)
	}
	p.Head = pipeline.PolicySource{Config: cfg, Read: func(_ context.Context, name string) ([]byte, error) { return a.readOfRun(name) }}
	if name := firstOf(a.config, config.File); exists(name) {
		p.Head.File = filepath.ToSlash(name)
	}
	p.Head.Workflows, err = a.workflows(ctx)
	return p, a.policyError(flag, err)
}

// evaluating is the configuration that a run is evaluated by: that of the work tree, or under --policy the one that counts. The flags and the
// environment adjust it, and the one that does not count in the same way. f keeps what later steps need of the base.
func (a *app) evaluating(ctx context.Context, f *runFlags) (config.Config, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return cfg, err
	}
	if f.base, err = a.policy(ctx, cfg, f.policy); err != nil {
		return cfg, err
	}
	if f.base != nil {
		f.base.Merged = f.merged || f.send && !f.dryRun
		cfg, f.base.Other = f.base.Configurations()
		if f.trust, err = a.baseTrust(ctx, f.base); err != nil {
			return cfg, err
		}
		if err := a.adjust(&f.base.Other, *f); err != nil {
			return cfg, err
		}
		if _, err := a.override(&f.base.Other.Stability, f.settings); err != nil {
			return cfg, err
		}
	}
	if f.moved, err = a.override(&cfg.Stability, f.settings); err != nil {
		return cfg, err
	}
	return cfg, a.adjust(&cfg, *f)
}

// adjust lays the flags and the environment of a run over a configuration.
func (a *app) adjust(cfg *config.Config, f runFlags) error {
	if err := a.allowBreaking(cfg, f); err != nil {
		return err
	}
	for i := range cfg.Contracts {
		one := &cfg.Contracts[i]
		one.AllowDangling = one.AllowDangling || f.allowDangling
		one.AllowPrivate = one.AllowPrivate || f.allowPrivate
	}
	return a.limit(&cfg.Taxonomy, &alertFlags{})
}

// overrides are the flags and variables of this run that let something pass or move a threshold, for the headline.
func (a *app) overrides(f runFlags) []string {
	var out []string
	switch {
	case f.allowGiven && f.allowBreaking:
		out = append(out, a.given("allow-breaking"))
	case !f.allowGiven && truthy(a.Getenv("ALLOW_BREAKING")):
		out = append(out, "ALLOW_BREAKING")
	}
	if f.merged && f.base != nil && f.base.Base.Config.Policy.Mode == config.PolicyBlock {
		out = append(out, a.given("merged"))
	}
	if f.allowDangling {
		out = append(out, a.given("allow-dangling-refs"))
	}
	return append(out, f.moved...)
}

// stateConfig is the configuration that says where the previous state is. A change does not decide where its own past is read from.
func (f *runFlags) stateConfig(cfg config.Config) config.Config {
	if f.base != nil {
		cfg.Project, cfg.Publish = f.base.Base.Config.Project, f.base.Base.Config.Publish
	}
	return cfg
}

// policyCommit is the commit of a revision. It is empty for the commit before the first one of a whole history, where there is no policy.
func (a *app) policyCommit(ctx context.Context, flag, rev string) (string, error) {
	repo := a.Git()
	id, err := repo.Resolve(ctx, rev)
	if !errors.Is(err, gitrepo.ErrNoRevision) {
		return id, a.policyError(flag, err)
	}
	shallow, serr := repo.Shallow(ctx)
	if serr == nil && !shallow && (rev == "HEAD^" || rev == "HEAD^1") {
		if _, herr := repo.Resolve(ctx, "HEAD"); herr == nil {
			return "", nil
		}
	}
	return "", a.policyError(flag, err)
}

// policyError says what can be done about a base that cannot be read.
func (a *app) policyError(flag string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gitrepo.ErrNoRevision):
		return usage("--policy %s: %w", flag, err).hint("the clone may be shallow: fetch-depth: 0 of actions/checkout, or git fetch --unshallow")
	case errors.Is(err, gitrepo.ErrNoRepository), errors.Is(err, gitrepo.ErrNoGit):
		return usage("--policy %s: %w", flag, err).hint("run it inside the repository, where git is installed")
	}
	return fmt.Errorf("--policy %s: %w", flag, err)
}

// policyAt is the policy as a commit has it. A commit without a configuration has the default one.
func (a *app) policyAt(ctx context.Context, commit, rev string) (pipeline.PolicySource, error) {
	read := func(ctx context.Context, name string) ([]byte, error) { return a.readAt(ctx, commit, name) }
	s := pipeline.PolicySource{Read: read, Workflows: map[string][]byte{}}
	name := firstOf(a.config, config.File)
	data, err := read(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.Config, err = config.Parse(ctx, config.File, nil)
		if err == nil {
			s.Workflows, err = a.workflowsAt(ctx, commit)
		}
		return s, err
	case err != nil:
		return s, err
	}
	s.File = "git:" + rev + ":" + filepath.ToSlash(name)
	if s.Config, err = config.Parse(ctx, s.File, data); err != nil {
		return s, err
	}
	if err = ruleIDs(&s.Config); err != nil {
		return s, err
	}
	s.Workflows, err = a.workflowsAt(ctx, commit)
	return s, err
}

// readAt reads a file of a commit. Its error is an fs.ErrNotExist where there is no such file, or no commit at all.
func (a *app) readAt(ctx context.Context, commit, name string) ([]byte, error) {
	if commit == "" {
		return nil, fs.ErrNotExist
	}
	repo, base := a.repoOf(name)
	data, err := repo.Show(ctx, commit, "./"+base)
	if errors.Is(err, gitrepo.ErrNoFile) {
		return nil, fmt.Errorf("%s: %w (%w)", name, err, fs.ErrNotExist)
	}
	return data, err
}

// workflows are the files of the work tree that may run govctl.
func (a *app) workflows(ctx context.Context) (map[string][]byte, error) {
	top, err := a.Git().Root(ctx)
	if err != nil {
		return nil, err
	}
	files, err := openDir(top)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, pattern := range policy.WorkflowFiles() {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if out[name], err = artifact.Read(files, name, maxWorkflow); err != nil {
				return nil, &exitError{code: BadInput, err: err}
			}
		}
	}
	return out, nil
}

// maxWorkflow bounds a workflow file, in bytes.
const maxWorkflow = 4 << 20

// workflowsAt are the files of a commit that may run govctl.
func (a *app) workflowsAt(ctx context.Context, commit string) (map[string][]byte, error) {
	out := map[string][]byte{}
	if commit == "" {
		return out, nil
	}
	repo := a.Git()
	var err error
	if repo.Dir, err = repo.Root(ctx); err != nil {
		return nil, err
	}
	names, err := repo.Files(ctx, commit)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !policy.IsWorkflow(name) {
			continue
		}
		if out[name], err = repo.Show(ctx, commit, name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// baseTrust are the keys that the policy of the base trusts, so that a change cannot bring its own; nil where the base names none.
func (a *app) baseTrust(ctx context.Context, p *pipeline.Policy) (*integrity.Trust, error) {
	name := p.Base.Config.Sign.PublicKeys
	if name == "" {
		return nil, nil
	}
	data, err := p.Base.Read(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("--policy %s: sign.public_keys names %s, which that revision does not have", p.Rev, name).hint("trusted keys are always those of the base")
	}
	if err != nil {
		return nil, a.policyError(p.Rev, err)
	}
	t, err := integrity.ParseTrusted(p.Rev+":"+name, data)
	return t, integrityError(err)
}

// withPolicy adds what the change does to its own policy to a report.
func withPolicy(r *render.Report, p *report.Policy) {
	if p == nil {
		return
	}
	r.Rules = append(r.Rules, policyRules()...)
	r.Findings = append(slices.Clip(r.Findings), p.Findings...)
}

// shownPolicy is how many changes of the policy a run prints; the page and the files have them all.
const shownPolicy = 20

// printPolicy prints the changes of the policy, the weakening ones first.
func (a *app) printPolicy(p *report.Policy) {
	if p == nil {
		return
	}
	all := slices.Clone(p.Findings)
	sorting.Stable(all, func(x, y report.Finding) int { return boolOrder(x.Level == report.Info, y.Level == report.Info) })
	for i := range all[:min(len(all), shownPolicy)] {
		f := &all[i]
		place := ""
		if at := f.At(); at != nil && at.File != "" {
			place = at.File + ": "
			if at.Line > 0 {
				place = fmt.Sprintf("%s:%d: ", at.File, at.Line)
			}
		}
		fmt.Fprintf(a.Stdout, "  policy: %s%s (%s)\n", oneLine(place), oneLine(f.Message), f.Rule)
	}
	if n := len(all) - shownPolicy; n > 0 {
		fmt.Fprintf(a.Stdout, "  and %s of the policy in %s\n", counted(n, "more change"), artifact.PolicyPath)
	}
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// policyRules are the rules of policy findings, as the formats list them.
func policyRules() []render.RuleInfo {
	var out []render.RuleInfo
	for _, rule := range policy.Rules() {
		out = append(out, render.RuleInfo{ID: rule.ID, Level: rule.Level, Category: policy.Category, Summary: "a change " + strings.NewReplacer("{from}", "one value", "{to}", "another").Replace(rule.One),
			Why: rule.Why, URL: "https://github.com/romel/govctl/blob/main/docs/policy.md"})
	}
	return out
}

// evaluatedBy is the configuration that a run was evaluated by: under policy.mode: block, its contracts are those of the base.
func evaluatedBy(cfg config.Config, p *report.Policy, s *report.Summary) config.Config {
	if p == nil || p.Mode != config.PolicyBlock {
		return cfg
	}
	names := contractNames(cfg)
	switch {
	case len(s.Contracts) > 0:
		names = names[:0]
		for _, c := range s.Contracts {
			names = append(names, c.Name)
		}
	default:
		names = names[:1]
	}
	cfg.Contracts = make([]config.Contract, len(names))
	for i, name := range names {
		cfg.Contracts[i].Name = name
	}
	return cfg
}
