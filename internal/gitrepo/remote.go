package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// RemoteRefs returns the commit of each ref of a remote, by the full name of the ref; of an annotated tag, the commit that it points to.
func (r Repo) RemoteRefs(ctx context.Context, remote string) (map[string]string, error) {
	if err := checkName("remote", remote); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := r.Run(ctx, Command{Dir: r.Dir, Args: []string{"ls-remote", "--", remote}, Stdout: &out})
	var refused *Error
	if errors.As(err, &refused) {
		return nil, fmt.Errorf("%w: %s", ErrRemote, clean(refused.Stderr))
	}
	if err != nil {
		return nil, err
	}
	refs := map[string]string{}
	for line := range strings.Lines(out.String()) {
		// "^{}" follows the line of an annotated tag, and replaces the id of the tag object.
		if id, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			refs[strings.TrimSuffix(name, "^{}")] = id
		}
	}
	return refs, nil
}
