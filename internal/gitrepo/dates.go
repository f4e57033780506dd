package gitrepo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TagDates are the times of all tags: of an annotated tag that of the tag, else that of its commit.
func (r Repo) TagDates(ctx context.Context) (map[string]time.Time, error) {
	out, err := r.output(ctx, "for-each-ref", "--format=%(creatordate:unix) %(refname:strip=2)", "refs/tags")
	if err != nil {
		return nil, err
	}
	dates := map[string]time.Time{}
	for line := range strings.SplitSeq(out, "\n") {
		seconds, tag, ok := strings.Cut(line, " ")
		if !ok || seconds == "" { // a tag of something else than a commit has no time
			continue
		}
		n, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("git for-each-ref: unexpected time %q", seconds)
		}
		dates[tag] = time.Unix(n, 0).UTC()
	}
	return dates, nil
}
