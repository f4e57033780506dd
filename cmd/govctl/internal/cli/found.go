package cli

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/ci"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
)

const githubServer = "https://github.com"

// system is the CI system that runs us. Outside of those that we know the variables of GitHub count, wherever somebody sets them.
//
//go:noinline
func (a *app) system() *ci.System { return ci.Or(ci.Detect(a.Getenv)) }

// elsewhere reports a CI system other than GitHub's, which has no issues and pull requests of GitHub.
func (a *app) elsewhere() bool { return a.system().ID != ci.GitHub }

// found is what a run left behind, as the outward steps read it.
type found struct {
	files   fs.FS
	dir     string // that a store opens to write beside what was found
	flat    bool   // the status files lie at the top of the folder
	summary report.Summary
	state   report.AlertState
}

// statusFlags say where the outward steps read.
type statusFlags struct{ status, previous string }

// findings reads what a run found: from the output folder, or from the status folder that --status names.
func (a *app) findings(f statusFlags, cfg config.Config) (*found, error) {
	r := &found{dir: a.out}
	if f.status != "" {
		r.dir = f.status
		if abs, err := filepath.Abs(f.status); err == nil && filepath.Base(abs) == "status" {
			r.dir = filepath.Dir(abs)
		} else {
			r.flat = !exists(filepath.Join(f.status, filepath.FromSlash(artifact.SummaryPath)))
		}
	}
	var err error
	if r.files, err = openDir(r.dir); err != nil {
		return nil, usage("%s: %w", r.dir, cause(err)).hint("govctl run writes what this command reads")
	}
	s, err := load[report.Summary](r, artifact.SummaryPath)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, usage("%s: there is no %s", r.dir, r.path(artifact.SummaryPath)).hint("govctl run writes it")
	}
	r.summary = *s
	return r, a.readState(r, f, cfg)
}

// readState takes the state that the run wrote, or evaluates it from the folder of the run before.
func (a *app) readState(r *found, f statusFlags, cfg config.Config) error {
	state, err := load[report.AlertState](r, artifact.AlertStatePath)
	if err != nil {
		return err
	}
	if state != nil && f.previous == "" && state.SHA == r.summary.SHA && state.RunID == r.summary.RunID {
		r.state = *state
		return nil
	}
	in := notify.Input{Summary: r.summary, At: r.summary.GeneratedAt, State: state}
	if f.previous != "" {
		before, err := a.previous(f.previous)
		if err != nil {
			return err
		}
		if in.Previous, err = load[report.Summary](before, artifact.SummaryPath); err == nil {
			in.State, err = load[report.AlertState](before, artifact.AlertStatePath)
		}
		if err != nil {
			return err
		}
	}
	r.state = notify.Evaluate(in, pipeline.Thresholds(cfg))
	return nil
}

func (a *app) previous(dir string) (*found, error) {
	r := &found{dir: dir, flat: !exists(filepath.Join(dir, filepath.FromSlash(artifact.SummaryPath)))}
	var err error
	if r.files, err = openDir(dir); err != nil {
		return nil, usage("%s: %w", dir, cause(err))
	}
	return r, nil
}

// path is where a status file lies in the folder.
func (r *found) path(p string) string {
	if r.flat {
		return strings.TrimPrefix(p, "status/")
	}
	return p
}

// load reads one artifact; nil where the run did not write it. One that does not fit its schema is the user's to mend.
func load[T any](r *found, p string) (*T, error) {
	v, err := artifact.Load[T](r.files, r.path(p))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &exitError{code: BadInput, err: err}
	}
	return &v, nil
}

// of is where a contract's own file lies: among several contracts, in the folder of its name.
func of(cfg config.Config, name, p string) string {
	if len(cfg.Contracts) < 2 {
		return p
	}
	return path.Join(path.Dir(p), name, path.Base(p))
}

// repository is the path of the repository on the server of the CI system; empty where it names none.
func (a *app) repository() string { return a.system().RepositoryOf(a.Getenv) }

// runURL is the page of the run; empty where the CI system names none.
func (a *app) runURL() string { return a.system().LinkOf(a.Getenv) }

// runWords are what people call the page of the run.
func (a *app) runWords() string {
	switch a.system().ID {
	case ci.GitHub:
		return "Workflow run"
	case ci.GitLab:
		return "Pipeline"
	}
	return "CI run"
}

// pageURL is where github.com or GitLab serves the site of the repository; empty for another server, whose pages lie where its owner decided.
func (a *app) pageURL() string {
	if a.elsewhere() {
		return a.system().PagesOf(a.Getenv)
	}
	owner, name, ok := strings.Cut(a.repository(), "/")
	if !ok || firstOf(a.Getenv("GITHUB_SERVER_URL"), githubServer) != githubServer {
		return ""
	}
	host := strings.ToLower(owner) + ".github.io"
	if strings.EqualFold(name, host) {
		return "https://" + host + "/"
	}
	return "https://" + host + "/" + name + "/"
}

// outward is what every command that reaches out has.
func (a *app) outwardConfig(ctx context.Context, f statusFlags) (config.Config, *found, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return cfg, nil, err
	}
	r, err := a.findings(f, cfg)
	return cfg, r, err
}
