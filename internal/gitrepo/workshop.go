package gitrepo

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// workshop is the private repository of one publication.
type workshop struct {
	Repo
	*Push
	remote string
	env    []string
}

// carried are the settings of the Repo by which its remotes are reached; the private repository needs them too.
const carried = `^(url\..*|http\..*|credential\..*|core\.sshcommand|protocol\..*)$`

// large are settings for branches with large files: what was fetched stays in its pack, where fast-import sees that a file is there
// already, and no time goes into differences between files of tens of megabytes.
var large = []Setting{{"fetch.unpackLimit", "1"}, {"core.bigFileThreshold", "16m"}}

func (r Repo) workshop(ctx context.Context, p *Push) (*workshop, error) {
	if p.Scratch == "" { // git would make it right here
		return nil, fmt.Errorf("%w: a private repository needs a folder", ErrNoRepository)
	}
	w := &workshop{Repo: Repo{Dir: p.Scratch, Run: named(r.Run), Most: r.Most}, Push: p, remote: p.Remote}
	for _, b := range p.Branches {
		if err := checkBranch(b.Name); err != nil {
			return nil, err
		}
	}
	if err := checkName("remote", p.Remote); err != nil {
		return nil, err
	}
	if !strings.ContainsAny(p.Remote, `/\:`) {
		url, err := r.output(ctx, "remote", "get-url", "--push", p.Remote)
		_, notFolder := r.output(ctx, "rev-parse", "--resolve-git-dir", p.Remote) // a repository beside us, as git takes it too
		switch {
		case err == nil:
			w.remote, r.Dir = url, r.top(ctx) // where git counts the paths of a configuration from
		case notFolder != nil:
			return nil, fmt.Errorf("%w: no remote %q here", ErrRemote, p.Remote)
		}
	}
	var err error
	if w.remote, err = r.local(w.remote); err != nil {
		return nil, err
	}
	w.env = environment(append(missing(r.carriedSettings(ctx), p.Settings), large...))
	if _, err := w.output(ctx, append([]string{"init", "--quiet", "--bare"}, r.format(ctx)...)...); err != nil {
		return nil, fmt.Errorf("make a private repository: %w", err)
	}
	return w, nil
}

// local makes a path independent of the folder that git runs in; a URL and HOST:PATH stay as they are.
func (r Repo) local(remote string) (string, error) {
	colon, slash := strings.IndexByte(remote, ':'), strings.IndexAny(remote, `/\`)
	if colon >= 0 && (slash < 0 || colon < slash) || filepath.IsAbs(remote) {
		return remote, nil
	}
	return filepath.Abs(filepath.Join(r.Dir, remote))
}

// named makes a runner say which repository it means, without which a careful configuration (safe.bareRepository) refuses bare ones.
func named(run Runner) Runner {
	return func(ctx context.Context, c Command) error {
		c.Env = append([]string{"GIT_DIR=."}, c.Env...)
		return run(ctx, c)
	}
}

// top is the folder that git works from: the top of the work tree, or a bare repository itself.
func (r Repo) top(ctx context.Context) string {
	for _, which := range []string{"--show-toplevel", "--absolute-git-dir"} {
		if dir, err := r.output(ctx, "rev-parse", which); err == nil && dir != "" {
			return dir
		}
	}
	return r.Dir
}

// format makes the private repository hash as the Repo does, whatever the user's default. Versions of git before 2.29 know one format and
// not the option.
func (r Repo) format(ctx context.Context) []string {
	if f, err := r.output(ctx, "rev-parse", "--show-object-format"); err == nil && f == "sha256" {
		return []string{"--object-format=sha256"}
	}
	return nil
}

// Setting is one line of git's configuration, handed over in the environment: it stands in no argument and no file.
type Setting struct{ Key, Value string }

// carriedSettings are those settings, read from "key\nvalue\0...".
func (r Repo) carriedSettings(ctx context.Context) []Setting {
	var out bytes.Buffer
	if r.Run(ctx, Command{Dir: r.Dir, Stdout: &out, Args: []string{"config", "--local", "-z", "--get-regexp", carried}}) != nil {
		return nil // no repository, or nothing set: both are fine
	}
	var list []Setting
	for entry := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\x00"), "\x00") {
		if key, value, ok := strings.Cut(entry, "\n"); ok {
			list = append(list, Setting{key, value})
		}
	}
	return list
}

// missing adds the settings that are not there: two credentials in one request are refused.
func missing(have, more []Setting) []Setting {
	for _, s := range more {
		if !slices.ContainsFunc(have, func(h Setting) bool { return strings.EqualFold(h.Key, s.Key) }) {
			have = append(have, s)
		}
	}
	return have
}

func environment(list []Setting) []string {
	env := []string{fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(list))}
	for n, s := range list {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", n, s.Key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n, s.Value))
	}
	return env
}
