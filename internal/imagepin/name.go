package imagepin

import (
	"errors"
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// Name is an image reference in its parts, with the defaults of Docker filled in.
type Name struct {
	Registry   string // host with its port: docker.io for Docker Hub
	Repository string // with library/ where Docker Hub has it
	Tag        string // empty only with a digest
	Digest     string // empty, or sha256:...
}

// String is the name as people write it, without the digest.
func (n Name) String() string {
	repository := n.Registry + "/" + n.Repository
	if n.Registry == hub {
		repository = strings.TrimPrefix(n.Repository, "library/")
	}
	if n.Tag == "" {
		return repository
	}
	return repository + ":" + n.Tag
}

// hub is the registry of names without a host.
const hub = "docker.io"

// The grammar of references, as the distribution project gives it.
var (
	hostPattern       = late.Pattern(`^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$`)
	repositoryPattern = late.Pattern(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$`)
	tagPattern        = late.Pattern(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	digestPattern     = late.Pattern(`^sha256:[0-9a-f]{64}$`)
)

// maxRepository bounds host and path of a name, as registries do.
const maxRepository = 255

// ParseName reads a reference like python:3.11@sha256:...
func ParseName(s string) (n Name, err error) {
	rest, digest, pinned := strings.Cut(s, "@")
	switch {
	case s == "":
		return n, errors.New("it is empty")
	case pinned && !digestPattern().MatchString(digest):
		return n, fmt.Errorf("the digest %.80q is not sha256: with 64 digits", digest)
	}
	n.Digest = digest
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, '/') {
		rest, n.Tag = rest[:i], rest[i+1:]
		if !tagPattern().MatchString(n.Tag) {
			return n, fmt.Errorf("the tag %.140q is not valid", n.Tag)
		}
	}
	n.Registry, n.Repository = hub, rest
	if host, path, ok := strings.Cut(rest, "/"); ok && (strings.ContainsAny(host, ".:[") || host == "localhost" || strings.ToLower(host) != host) {
		n.Registry, n.Repository = host, path
	}
	if n.Registry == "index.docker.io" {
		n.Registry = hub
	}
	if n.Registry == hub && !strings.Contains(n.Repository, "/") {
		n.Repository = "library/" + n.Repository
	}
	switch {
	case !hostPattern().MatchString(n.Registry):
		return n, fmt.Errorf("the host %.80q is not valid", n.Registry)
	case len(n.Registry)+len(n.Repository) > maxRepository || !repositoryPattern().MatchString(n.Repository):
		return n, fmt.Errorf("the repository %.80q is not valid", n.Repository)
	}
	if n.Tag == "" && !pinned {
		n.Tag = "latest"
	}
	return n, nil
}
