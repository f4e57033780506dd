package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/ci"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/pipeline"
)

// partFlags say which contracts a run assesses.
type partFlags struct {
	changed   string
	contracts []string
	shard     string
	merge     []string
}

func (f *partFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.changed, "changed", "", "assess only the contracts whose files differ from `REV`; the others keep their state")
	c.Flags().StringSliceVar(&f.contracts, "contract", nil, "assess only the contract of this `name` (several: repeat it); the others keep their state")
	c.Flags().StringVar(&f.shard, "shard", "", "assess only the contracts of part `I/N`, or of the part that the engine numbers with auto, for --merge")
	c.Flags().StringSliceVar(&f.merge, "merge", nil, "do the rest of a run over the parts in this `folder` (several: repeat it, or name more as arguments)")
	c.MarkFlagsMutuallyExclusive("shard", "merge", "changed")
	c.MarkFlagsMutuallyExclusive("shard", "merge", "contract")
}

// whole reports that no flag asks for a part.
func (f *partFlags) whole() bool { return f.shard == "" && len(f.merge) == 0 }

// selection is what the flags say about a configuration.
func (a *app) selection(ctx context.Context, cfg config.Config, f *runFlags) (s pipeline.Selection, err error) {
	p := &f.part
	s.Names, s.Merged = p.contracts, len(p.merge) > 0
	if unknown := s.Unknown(cfg); len(unknown) > 0 {
		var names []string
		for i := range cfg.Contracts {
			names = append(names, cfg.Contracts[i].Name)
		}
		hint := config.Nearest(unknown[0], names)
		if hint == "" {
			hint = "contract.name and contracts[].name in " + config.File + " name them"
		}
		return s, usage("--contract %s: there is no such contract", unknown[0]).hint("%s", hint)
	}
	if p.shard != "" {
		if s.Shard, s.Of, err = ci.Shard(p.shard, a.Getenv); err != nil {
			return s, usage("%w", err).hint("--shard 3/8, or --shard auto in an engine that numbers its parallel jobs")
		}
	}
	if p.changed != "" {
		s.Changed, err = a.changedSince(ctx, p.changed)
	}
	if !p.whole() && firstOf(f.runID, a.system().RunOf(a.Getenv)) == "" {
		return s, usage("the parts of a run need an identity in common").hint("pass the same --run-id to each --shard and to --merge; in a CI system that govctl knows it is that of the run")
	}
	return s, err
}

// changedSince says which files are no longer what a record was made from; nil where the configuration differs from the revision, so that every
// contract counts as changed.
func (a *app) changedSince(ctx context.Context, rev string) (gitrepo.Changed, error) {
	changed, err := a.Git().ChangedSince(ctx, rev)
	switch {
	case errors.Is(err, gitrepo.ErrNoRevision):
		return nil, usage("--changed %s: there is no such revision", rev).hint("fetch it: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 for GitLab")
	case errors.Is(err, gitrepo.ErrNoRepository), errors.Is(err, gitrepo.ErrNoGit):
		return nil, usage("--changed %s: %w", rev, err).hint("it needs the repository and git")
	case err != nil:
		return nil, fmt.Errorf("--changed %s: %w", rev, err)
	}
	own, blob := path.Clean(filepath.ToSlash(firstOf(a.config, config.File))), ""
	if text, err := a.readInput(own); err == nil {
		blob = gitrepo.BlobID(string(text))
	}
	if changed(own, blob) {
		fmt.Fprintf(a.notes(), "govctl: --changed %s: %s differs, so that every contract is assessed\n", oneLine(rev), own)
		return nil, nil
	}
	return changed, nil
}

// folders opens the folders of the parts; one that is named twice counts once.
func (f *partFlags) folders(args []string, out string) ([]pipeline.ShardFolder, error) {
	var all []pipeline.ShardFolder
	for _, dir := range append(slices.Clone(f.merge), args...) {
		name := filepath.Clean(dir)
		if slices.ContainsFunc(all, func(o pipeline.ShardFolder) bool { return o.Name == name }) {
			continue
		}
		files, err := openDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &exitError{code: Failed, err: fmt.Errorf("--merge %s: %w", dir, cause(err)), tip: "fetch the output folder of every shard first"}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, pipeline.ShardFolder{Name: name, Files: files, Own: sameFolder(dir, out)})
	}
	return all, nil
}

// printShard tells what a part has done. It has no verdict: that is of the whole.
func (a *app) printShard(s pipeline.Selection, r pipeline.Result) {
	fmt.Fprintf(a.Stdout, "Shard %d of %d: %s assessed.\n", s.Shard, s.Of, counted(r.Assessed, "contract"))
	width := 0
	for _, step := range r.Steps {
		width = max(width, len(step.Name))
	}
	for _, step := range r.Steps {
		if step.Status == "findings" || step.Status == "failed" {
			fmt.Fprintf(a.Stdout, "  %-5s  %-*s  %s\n", marks[step.Status], width, step.Name, oneLine(step.Reason))
		}
	}
	fmt.Fprintf(a.Stdout, "files: %s   next: govctl run --merge, with the folders of all shards\n", a.out)
}
