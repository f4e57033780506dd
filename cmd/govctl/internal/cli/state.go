package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/gitrepo"
	"github.com/romel/govctl/pkg/pipeline"
)

// maxState bounds one file of a previous state, in bytes.
const maxState = 1 << 30

// takeState brings the files of an earlier output folder, or of a published branch, into the output folder before the run begins.
func (a *app) takeState(ctx context.Context, store *artifact.Store, source string) error {
	if source == "" {
		return nil
	}
	read, err := a.stateReader(source)
	if err != nil {
		return err
	}
	store.Begin("state")
	manifest, err := read(ctx, artifact.ManifestPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing published yet: a first run
	}
	if err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	return pipeline.TakeState(store, manifest, func(p string) ([]byte, error) { return read(ctx, p) })
}

// stateReader reads files of an output folder, wherever it lies. Its error for an absent file is an fs.ErrNotExist.
func (a *app) stateReader(source string) (func(context.Context, string) ([]byte, error), error) {
	if rev, ok := strings.CutPrefix(source, "git:"); ok {
		return func(ctx context.Context, p string) ([]byte, error) {
			b, err := a.Git().Show(ctx, rev, p)
			if errors.Is(err, gitrepo.ErrNoFile) || errors.Is(err, gitrepo.ErrNoRevision) {
				return nil, fs.ErrNotExist
			}
			return b, err
		}, nil
	}
	root, err := openDir(source)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("--state %s: %w", source, cause(err)).hint("name an output folder of govctl, or git:REF")
	}
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, p string) ([]byte, error) { return artifact.Read(root, p, maxState) }, nil
}
