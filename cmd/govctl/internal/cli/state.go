package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/pipeline"
)

// previousState reads what earlier runs left: from the source of --state, or from the output folder itself. With a state from elsewhere the
// output folder forgets its own.
func (a *app) previousState(ctx context.Context, store *artifact.Store, found artifact.Found, cfg config.Config, f runFlags) (pipeline.State, error) {
	project, err := a.project(ctx, cfg)
	if err != nil {
		return pipeline.State{}, err
	}
	in := pipeline.StateInput{Config: cfg, Project: project, Journal: found.Journal, Required: f.requireState, Selection: f.selected, Version: Version(), Policy: f.base}
	if f.state == "" {
		return a.stateInPlace(ctx, store, in, f)
	}
	state, err := a.stateElsewhere(ctx, cfg, f, in)
	if err == nil && sameFolder(f.state, a.out) {
		err = state.Hold()
	}
	state.Elsewhere = true
	return state, err
}

// stateElsewhere reads and verifies the state that --state names.
func (a *app) stateElsewhere(ctx context.Context, cfg config.Config, f runFlags, in pipeline.StateInput) (pipeline.State, error) {
	source, err := a.stateSource(ctx, f.state, cfg)
	if err != nil {
		return pipeline.State{}, err
	}
	in.Copied, in.Journal = true, nil
	if in.Former, err = a.pathIdentity(ctx); err != nil {
		return pipeline.State{}, err
	}
	if source.absent != "" {
		if f.requireState {
			return pipeline.State{}, (&exitError{code: Failed, err: fmt.Errorf("--state %s: %s (--require-state)", f.state, source.absent)}).
				hint("fetch the branch, check its name and publish.folder, or run once without --require-state to start a new history")
		}
		fmt.Fprintf(a.notes(), "govctl: --state %s: %s: no previous state found; starting a new history\n", oneLine(f.state), oneLine(source.absent))
		return pipeline.State{}, nil
	}
	checked, err := a.verifiedState(ctx, cfg, source, f)
	if err != nil {
		return pipeline.State{}, stateError("--state "+f.state, err)
	}
	in.Read, in.List, in.Size = checked.read, source.list, source.size
	state, err := pipeline.ReadState(in)
	if err != nil {
		return state, stateError("--state "+f.state, err)
	}
	if state.Summary == nil && len(state.Contracts) == 0 && len(state.Files) == 0 {
		fmt.Fprintf(a.notes(), "govctl: --state %s: no previous state found; starting a new history\n", oneLine(f.state))
	}
	return state, nil
}

// stateError is a refused state as the command line reports it.
func stateError(source string, err error) error {
	var refused *pipeline.StateError
	if !errors.As(err, &refused) {
		return fmt.Errorf("%s: %w", source, err)
	}
	return (&exitError{code: int(refused.Outcome), err: fmt.Errorf("%s: %w", source, err)}).hint("%s", refused.Hint)
}

// stateInPlace reads the state of the output folder. A folder whose files git tracks is none: whoever makes a commit could write there.
func (a *app) stateInPlace(ctx context.Context, store *artifact.Store, in pipeline.StateInput, f runFlags) (pipeline.State, error) {
	tracked, err := a.Git().Tracks(ctx, a.out)
	if err != nil {
		return pipeline.State{}, err
	}
	if tracked {
		fmt.Fprintf(a.notes(), "govctl: warning: git tracks files of %s, so they are not used as the previous state\nhint: name the state with --state, or take the folder out of git: git rm -r --cached %s\n", oneLine(a.out), oneLine(a.out))
		if in.Required {
			return pipeline.State{}, (&exitError{code: Failed, err: errors.New("there is no previous state (--require-state)")}).hint("name it with --state")
		}
		return pipeline.State{Elsewhere: true}, nil
	}
	placed, err := a.placedState(ctx, store.FS(), in.Config)
	if err != nil {
		return pipeline.State{}, err
	}
	placed.Required, placed.Renamed, placed.Journal, placed.Selection, placed.Version = in.Required, in.Renamed, in.Journal, in.Selection, in.Version
	if in.Journal != nil { // the files of a run that was killed are not those that the manifest lists
		placed.Selection.Names, placed.Selection.Changed = nil, nil
	}
	if len(placed.Selection.Names) > 0 || placed.Selection.Changed != nil {
		if err := a.verifyPlaced(ctx, &placed, f); err != nil {
			return pipeline.State{}, stateError("the previous state in "+a.out, err)
		}
	}
	state, err := pipeline.ReadState(placed)
	if err != nil {
		return state, stateError("the previous state in "+a.out, err)
	}
	return state, nil
}

// verifyPlaced checks the list of an output folder of which a run takes files over, and with trusted keys its signature: the digests of these
// files are signed again without reading them.
func (a *app) verifyPlaced(ctx context.Context, in *pipeline.StateInput, f runFlags) error {
	checked, err := a.verifiedState(ctx, in.Config, stateFolder{read: in.Read, list: in.List}, f)
	if err == nil {
		in.Read = checked.read
	}
	return err
}

// placedState is how the state of an output folder is read where it is.
func (a *app) placedState(ctx context.Context, files fs.FS, cfg config.Config) (in pipeline.StateInput, err error) {
	in.Config = cfg
	if in.Project, err = a.project(ctx, cfg); err != nil {
		return in, err
	}
	if in.Former, err = a.pathIdentity(ctx); err != nil {
		return in, err
	}
	in.Read = func(p string) ([]byte, error) { return artifact.Read(files, p, artifact.Most(p)) }
	in.Open = files.Open
	in.List = func(dir string) ([]string, error) { return fileNames(files, dir) }
	in.Size = func(p string) (int64, error) { return fileSize(files, p) }
	return in, nil
}

// pathIdentity is the identity that the project had before its repository had an origin.
func (a *app) pathIdentity(ctx context.Context) (string, error) {
	prefix, err := a.Git().Prefix(ctx)
	if err == nil || errors.Is(err, gitrepo.ErrNoRepository) || errors.Is(err, gitrepo.ErrNoGit) {
		return configPath(prefix, firstOf(a.config, config.File)), nil
	}
	return "", err
}

func fileNames(files fs.FS, dir string) ([]string, error) {
	entries, err := fs.ReadDir(files, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

func fileSize(files fs.FS, p string) (int64, error) {
	info, err := fs.Stat(files, p)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// stateFolder is a previous state, wherever it is.
type stateFolder struct {
	absent string // why there is none; the functions are nil then
	read   func(p string) ([]byte, error)
	list   func(dir string) ([]string, error) // the names in a folder; none where it is not there
	size   func(p string) (int64, error)
}

// stateSource opens an output folder, or the folder of this project on a branch.
func (a *app) stateSource(ctx context.Context, source string, cfg config.Config) (stateFolder, error) {
	rev, ok := strings.CutPrefix(source, "git:")
	if !ok {
		root, err := openDir(source)
		if errors.Is(err, fs.ErrNotExist) {
			return stateFolder{}, usage("--state %s: %w", source, cause(err)).hint("name an output folder of govctl, or git:REF")
		}
		if err != nil {
			return stateFolder{}, err
		}
		return stateFolder{
			read: func(p string) ([]byte, error) { return artifact.Read(root, p, artifact.Most(p)) },
			list: func(dir string) ([]string, error) { return fileNames(root, dir) },
			size: func(p string) (int64, error) { return fileSize(root, p) },
		}, nil
	}
	if rev == "" {
		return stateFolder{}, usage("--state git: names no revision").hint("name a branch: git:origin/schemas")
	}
	repo := a.Git()
	id, err := repo.Resolve(ctx, rev)
	switch {
	case errors.Is(err, gitrepo.ErrNoRepository):
		return stateFolder{}, usage("--state %s: %w", source, err).hint("run it inside the repository, or name an output folder of govctl")
	case errors.Is(err, gitrepo.ErrNoRevision):
		return stateFolder{absent: "there is no such revision"}, nil
	case err != nil:
		return stateFolder{}, fmt.Errorf("--state %s: %w", source, err)
	}
	return stateFolder{
		read: func(p string) ([]byte, error) {
			repo.Most = artifact.Most(p)
			b, err := repo.Show(ctx, id, path.Join(cfg.Publish.Folder, p))
			if errors.Is(err, gitrepo.ErrNoFile) {
				return nil, absentState(p + " does not exist")
			}
			return b, err
		},
		list: func(dir string) ([]string, error) {
			names, err := repo.List(ctx, id, path.Join(cfg.Publish.Folder, dir))
			if errors.Is(err, gitrepo.ErrNoFile) {
				return nil, nil
			}
			return names, err
		},
		size: func(p string) (int64, error) { return repo.Size(ctx, id, path.Join(cfg.Publish.Folder, p)) },
	}, nil
}

// absentState says what of a state is not there; it is an fs.ErrNotExist.
type absentState string

func (e absentState) Error() string        { return string(e) }
func (e absentState) Is(target error) bool { return target == fs.ErrNotExist }

// journal is the file that says which run is writing into the output folder: in the directory of git, else in the user's cache folder. Empty
// where there is neither.
func (a *app) journal(ctx context.Context) string {
	out, err := filepath.Abs(a.out)
	if err != nil {
		return ""
	}
	dir, err := a.Git().GitDir(ctx)
	if err != nil {
		if dir, err = os.UserCacheDir(); err != nil {
			return ""
		}
	}
	sum := sha256.Sum256([]byte(out))
	return filepath.Join(dir, "govctl", "run-"+hex.EncodeToString(sum[:8])+".json")
}
