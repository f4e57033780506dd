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

// takeState brings the files of an earlier output folder, or of a published branch, into the output folder before the run begins. A state
// that is not there yet makes a first run, and is told: a name that is misspelt would look the same.
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
		fmt.Fprintf(a.Stderr, "govctl: --state %s: %s, so this run begins without a past\n", oneLine(source), oneLine(err.Error()))
		return nil
	}
	if err == nil {
		err = pipeline.TakeState(store, manifest, func(p string) ([]byte, error) { return read(ctx, p) })
	}
	switch {
	case errors.Is(err, gitrepo.ErrNoRepository):
		return usage("--state %s: %w", source, err).hint("run it inside the repository, or name an output folder of govctl")
	case errors.Is(err, pipeline.ErrState):
		return usage("--state %s: %w", source, err).hint("it is no state that govctl left; without --state the run begins with what the output folder holds")
	case err != nil:
		return fmt.Errorf("--state %s: %w", source, err)
	}
	return nil
}

// stateReader reads files of an output folder, wherever it lies. Its error for an absent file is an fs.ErrNotExist.
func (a *app) stateReader(source string) (func(context.Context, string) ([]byte, error), error) {
	if rev, ok := strings.CutPrefix(source, "git:"); ok {
		if rev == "" {
			return nil, usage("--state git: names no revision").hint("name a branch: git:origin/schemas")
		}
		return func(ctx context.Context, p string) ([]byte, error) {
			b, err := a.Git().Show(ctx, rev, p)
			if errors.Is(err, gitrepo.ErrNoFile) {
				return nil, absentState("it holds no " + p)
			}
			if errors.Is(err, gitrepo.ErrNoRevision) {
				return nil, absentState("there is no such revision")
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
	return func(_ context.Context, p string) ([]byte, error) {
		b, err := artifact.Read(root, p, maxState)
		if errors.Is(err, fs.ErrNotExist) {
			err = absentState("it holds no " + p)
		}
		return b, err
	}, nil
}

// absentState says what of a state is not there; it is an fs.ErrNotExist.
type absentState string

func (e absentState) Error() string        { return string(e) }
func (e absentState) Is(target error) bool { return target == fs.ErrNotExist }
