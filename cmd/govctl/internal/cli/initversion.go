package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/romel/govctl/internal/adopt"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/contract"
)

// How much of the past init reads to find out where versions come from, at most.
const (
	maxReleasesRead = 12 // release tags of one contract
	maxDatedRead    = 20 // contracts
)

// datedBy enters into each chosen contract the release tags that its version comes from, where the history shows that it comes from them:
// between releases the contract changed, and info.version did not.
func (e *explorer) datedBy(ctx context.Context) {
	tags, err := e.Git().Tags(ctx, "HEAD")
	if err != nil || len(tags) == 0 { // no repository, no commit, or nothing was released
		return
	}
	for i, f := range e.chosen(adopt.Contract) {
		if i == maxDatedRead || ctx.Err() != nil {
			return
		}
		prefix, releases := gitrepo.ReleasesOf(tags, f.path)
		f.contract.tagged = e.constantOver(ctx, f, prefix, releases)
	}
}

// errOlder ends the reading of releases: what comes next says nothing any more.
var errOlder = errors.New("enough releases were read")

// constantOver is the setting for a contract whose info.version was the same in its last releases although the contract changed between them;
// nil for any other.
func (e *explorer) constantOver(ctx context.Context, f *foundFile, prefix string, releases []string) *setting {
	names := make([]string, min(len(releases), maxReleasesRead))
	for i := range names {
		names[i] = "refs/tags/" + releases[i] + ":./" + path.Clean(f.path)
	}
	var before []byte
	same, changed := 0, false // releases with this version, and whether the contract changed between them
	err := e.Git().Blobs(ctx, names, func(_ string, data []byte) error {
		if e.read, e.bytes = e.read+1, e.bytes+int64(len(data)); e.spent() {
			return errOlder
		}
		if same == 0 || !bytes.Equal(before, data) {
			root, err := contract.ParseValue(ctx, f.path, data, contract.Options{})
			if err != nil || pipeline.TextOf(root.Find("/info/version")) != f.contract.version {
				return errOlder
			}
			changed = changed || same > 0
		}
		before = data
		same++
		return nil
	})
	if err != nil && !errors.Is(err, errOlder) && !errors.Is(err, gitrepo.ErrNoFile) || !changed || bare(releases[0][len(prefix):]) == bare(f.contract.version) {
		return nil
	}
	from := config.FromTag
	if prefix != "" {
		from = config.FromTags + prefix
	}
	return &setting{
		fmt.Sprintf("info.version was %q in the releases from %s to %s, between which the contract changed: the version is that of the tag", f.contract.version, releases[same-1], releases[0]),
		"semver: {version_from: " + yamlText(from) + "}",
	}
}

// bare is a version without the v before it.
func bare(version string) string { return strings.TrimPrefix(version, "v") }
