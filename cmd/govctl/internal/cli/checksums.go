package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
)

func checksumsCommand(a *app) *cobra.Command {
	return group("checksums", "Write and verify digests of the published files", checksumsWrite(a), checksumsVerify(a))
}

// memberFlags choose the files that a checksum list covers.
type memberFlags struct {
	include, only   []string
	all, requireAll bool
}

func checksumsWrite(a *app) *cobra.Command {
	var f memberFlags
	c := command("write", "Write checksums.json, SHA256SUMS and the badge", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.writeChecksums(ctx, f)
	})
	c.Long = "Write the digests of the files in the output folder, in three forms. Covered are the files that the manifest of the last run lists, and these:\n\n  " +
		strings.Join(integrity.DefaultMembers(), "\n  ") +
		"\n\nThe manifest is rewritten with these digests, and the pages in site/ get a manifest and checksums of their own. A missing file\n" +
		"is listed under \"missing\" and causes a warning. A signature over an older list is removed."
	c.Flags().StringArrayVar(&f.include, "include", nil, "cover these files too: a path below the output folder, or a `pattern` with * and ?")
	c.Flags().StringArrayVar(&f.only, "only", nil, "cover these files, a path or a `pattern`, instead; such as the archives of a release")
	c.Flags().BoolVar(&f.all, "all", false, "cover what the manifest lists and nothing else")
	c.Flags().BoolVar(&f.requireAll, "require-all", false, "fail where a file is missing")
	c.MarkFlagsMutuallyExclusive("only", "all")
	return c
}

func (a *app) writeChecksums(ctx context.Context, f memberFlags) (err error) {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	files, err := openDir(a.out)
	if err != nil {
		return usage("%s: %w", a.out, cause(err)).hint("govctl run makes the output folder")
	}
	names, err := members(files, f)
	if err != nil {
		return err
	}
	store, _, err := artifact.Open(a.out, now, time.Minute)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	store.Begin("checksums")
	sums, err := pipeline.WriteBundles(ctx, store, pipeline.BundleRequest{At: now(), Include: names, Rehash: true})
	if err != nil {
		return err
	}
	for _, p := range sums.Missing {
		fmt.Fprintf(a.notes(), "govctl: warning: %s is missing\n", oneLine(p))
	}
	if len(sums.Missing) > 0 && f.requireAll {
		return &exitError{code: Findings, err: fmt.Errorf("%d expected files are missing", len(sums.Missing))}
	}
	_, err = fmt.Fprintf(a.Stdout, "%s (%d)\n", sums.AggregateSHA256, sums.Count)
	return err
}

// members are the paths to cover besides those that the manifest lists.
func members(files fs.FS, f memberFlags) ([]string, error) {
	names := integrity.DefaultMembers()
	_, err := fs.Stat(files, artifact.ManifestPath)
	switch {
	case f.all && err != nil:
		return nil, usage("--all: %s: %w", artifact.ManifestPath, cause(err)).hint("govctl run writes the manifest")
	case len(f.only) > 0 && err == nil:
		return nil, usage("--only: %s lists the files of this folder, and all of them are covered", artifact.ManifestPath).
			hint("leave --only away, or name with --out a folder that no run has written")
	case f.all || len(f.only) > 0:
		names = nil
	}
	only, err := matching(files, "only", f.only)
	if err != nil {
		return nil, err
	}
	include, err := matching(files, "include", f.include)
	if err != nil {
		return nil, err
	}
	names = slices.Concat(names, only, include)
	return slices.DeleteFunc(names, func(p string) bool { return p == artifact.ManifestPath || !integrity.Coverable(integrity.Folder, p) }), nil
}

// matching are the paths that the patterns of a flag name. A path without * and ? stays, so that its absence is told.
func matching(files fs.FS, flag string, patterns []string) (names []string, _ error) {
	for _, pattern := range patterns {
		pattern = path.Clean(filepath.ToSlash(pattern))
		if !strings.ContainsAny(pattern, `*?[`) {
			names = append(names, pattern)
			continue
		}
		found, err := fs.Glob(files, pattern)
		if err != nil || len(found) == 0 {
			return nil, usage("--%s %s matches no file of the output folder", flag, pattern)
		}
		for _, name := range found {
			if err := validName(name); err != nil {
				return nil, err
			}
		}
		names = append(names, found...)
	}
	return names, nil
}

func checksumsVerify(a *app) *cobra.Command {
	var f verifyFlags
	var c *cobra.Command
	c = command("verify [FOLDER]", "Check files against checksums.json, without a signature", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		f.explicit = c.Flag("out").Changed
		v, err := a.examine(args, &f, false, func(r integrity.Request) (report.Verification, error) { return integrity.VerifyChecksums(ctx, r) })
		if err != nil {
			return integrityError(err)
		}
		if f.format == "text" {
			for _, file := range v.Files {
				fmt.Fprintf(a.Stdout, "%s: %s\n", oneLine(file.Path), fileVerdict(file))
			}
		}
		return a.printVerification(v, f.format, fmt.Sprintf("%s (%d)", v.Aggregate, v.Count), "CHECKSUMS_FAIL")
	})
	c.Long = "Check files against checksums.json. This verifies integrity only; govctl verify also verifies the signature."
	f.files(c)
	a.formatFlag(c, &f.format)
	return c
}

func fileVerdict(f report.FileVerdict) string {
	if f.NewPath != "" {
		return f.Verdict + " to " + oneLine(f.NewPath)
	}
	return f.Verdict
}
