package pipeline

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// firstBadges stand before the others on the page, in this order.
var firstBadges = []string{
	artifact.CombinedBadge, artifact.SummaryBadge, artifact.StabilityBadge, artifact.BreakingBadge, artifact.StreakBadge, artifact.MilestonesBadge,
}

// IsBadge reports a status file that is a badge.
func IsBadge(name string) bool {
	base := path.Base(name)
	return path.Ext(base) == ".json" && (strings.HasSuffix(base, "-badge.json") || strings.HasPrefix(base, "badge-"))
}

// PublishBadges copies those of the files that are badges to the root of the site, each with its drawing beside it. The badge of the
// checksums is not among them: it is made from the files of the site.
func PublishBadges(store *artifact.Store, files []string) ([]site.Badge, error) {
	names := slices.DeleteFunc(slices.Clone(files), func(f string) bool {
		return !strings.HasPrefix(f, "status/") || !IsBadge(f) || f == artifact.ChecksumsBadge
	})
	rank := func(f string) int {
		if i := slices.Index(firstBadges, f); i >= 0 {
			return i
		}
		return len(firstBadges)
	}
	sorting.Stable(names, func(a, b string) int { return cmp.Or(rank(a)-rank(b), strings.Compare(a, b)) })
	all := make([]site.Badge, 0, len(names))
	for _, f := range names {
		v, err := artifact.Load[report.Badge](store.FS(), f)
		if err != nil {
			return nil, err
		}
		one := site.Badge{File: strings.TrimPrefix(f, "status/"), Badge: v, SVG: badge.SVG(v)}
		target := path.Join("site", one.File)
		if err := store.JSON(target, v); err != nil {
			return nil, err
		}
		if err := store.Bytes(strings.TrimSuffix(target, ".json")+".svg", one.SVG); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
