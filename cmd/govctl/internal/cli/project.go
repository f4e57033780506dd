package cli

import (
	"context"
	"errors"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/late"
)

// project is the stable identity of the project on branches that it shares with others: what the configuration says, else the address of
// the remote origin with the path of the configuration, else that path alone.
func (a *app) project(ctx context.Context, cfg config.Config) (string, error) {
	if cfg.Project != "" {
		return cfg.Project, nil
	}
	repo := a.Git()
	prefix, err := repo.Prefix(ctx)
	if errors.Is(err, gitrepo.ErrNoRepository) || errors.Is(err, gitrepo.ErrNoGit) {
		return configPath("", firstOf(a.config, config.File)), nil
	}
	if err != nil { // git refuses a repository of another user, say: that is not the same as no repository
		return "", err
	}
	file := configPath(prefix, firstOf(a.config, config.File))
	origin, err := repo.RemoteURL(ctx, "origin")
	switch {
	case errors.Is(err, gitrepo.ErrRemote):
		return file, nil
	case err != nil:
		return "", err
	case file == config.File:
		return remoteName(origin), nil
	}
	return remoteName(origin) + ":" + file, nil // the colon keeps HOST/A + B/FILE apart from HOST/A/B + FILE
}

// configPath is the path of the configuration from the top of the repository. Of a file outside of it only the name is the same elsewhere.
func configPath(prefix, file string) string {
	if filepath.IsAbs(file) {
		file = fromHere(file)
	}
	file = path.Join(prefix, filepath.ToSlash(file))
	if !filepath.IsLocal(filepath.FromSlash(file)) {
		return path.Base(file)
	}
	return file
}

// fromHere makes an absolute path relative to the current folder, symbolic links resolved where they can be.
func fromHere(file string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return file
	}
	if real, err := filepath.EvalSymlinks(here); err == nil {
		here = real
	}
	if real, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
		file = filepath.Join(real, filepath.Base(file))
	}
	if rel, err := filepath.Rel(here, file); err == nil {
		return rel
	}
	return file
}

// defaultPorts are what a URL of a remote may leave out.
var defaultPorts = map[string]string{"https": "443", "http": "80", "ssh": "22", "git+ssh": "22", "ssh+git": "22", "git": "9418"}

// otherHosts are further addresses of a server, for networks in which port 22 is closed.
var otherHosts = map[string]string{"ssh.github.com:443": "github.com", "altssh.gitlab.com:443": "gitlab.com", "altssh.bitbucket.org:443": "bitbucket.org"}

var (
	drive   = late.Pattern(`^[A-Za-z]:[\\/]`)
	scpLike = late.Pattern(`^(?:[^@/\\]+@)?(\[[^\]]+\]|[^:/\\]+):(.*)$`)
)

// remoteName is a remote's address without what differs between clones of one repository: scheme, credentials, default port, .git, and
// the case of the letters, which hosting services do not tell apart. A path of this machine stays a path.
func remoteName(address string) string {
	if _, inner, ok := strings.Cut(address, "::"); ok && !strings.Contains(address, "[") { // HELPER::ADDRESS
		address = inner
	}
	if scheme, rest, ok := strings.Cut(address, "://"); ok {
		authority, file, _ := strings.Cut(rest, "/")
		if at := strings.LastIndex(authority, "@"); at >= 0 { // before parsing: a password need not be a proper part of a URL
			authority = authority[at+1:]
		}
		u, err := url.Parse(scheme + "://" + authority + "/" + file)
		switch {
		case err != nil:
			return withoutGit(rest[strings.LastIndex(rest, "@")+1:])
		case u.Scheme == "file" || u.Host == "":
			return localPath(u.Path)
		}
		return hosted(u.Scheme, strings.ToLower(u.Hostname()), u.Port(), u.Path)
	}
	if m := scpLike().FindStringSubmatch(address); m != nil && !drive().MatchString(address) {
		return hosted("ssh", strings.ToLower(strings.Trim(m[1], "[]")), "", m[2])
	}
	return localPath(address)
}

func hosted(scheme, host, port, file string) string {
	if strings.Contains(host, ":") { // IPv6
		host = "[" + host + "]"
	}
	if port != "" && port != defaultPorts[scheme] {
		host += ":" + port
	}
	return path.Join(firstOf(otherHosts[host], host), strings.ToLower(withoutGit(file)))
}

func localPath(file string) string {
	file = strings.ReplaceAll(file, `\`, "/")
	if drive().MatchString(strings.TrimPrefix(file, "/")) { // file:///C:/x
		file = strings.TrimPrefix(file, "/")
	}
	return path.Clean(withoutGit(file))
}

func withoutGit(file string) string {
	file = strings.TrimRight(file, "/")
	return strings.TrimRight(strings.TrimSuffix(file, ".git"), "/")
}
