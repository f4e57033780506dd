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
		v, err := known[report.Badge](PageSource{Store: store, Files: files}, f)
		if err != nil {
			return nil, err
		}
		one, err := publishBadge(store, report.NamedBadge{Path: f, Badge: *v})
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// publishBadge copies a badge to the site, with its drawing beside it.
func publishBadge(store *artifact.Store, b report.NamedBadge) (site.Badge, error) {
	one := site.Badge{File: strings.TrimPrefix(b.Path, "status/"), Badge: b.Badge, SVG: badge.SVG(b.Badge)}
	target := path.Join(Pages.Root, one.File)
	if err := store.JSON(target, b.Badge); err != nil {
		return one, err
	}
	return one, store.Bytes(strings.TrimSuffix(target, ".json")+".svg", one.SVG)
}

// publishBadges copies the badges of the whole to the site, and lists those of the contracts after them. It returns the number of files.
func (s PageSource) publishBadges() ([]site.Badge, int, error) {
	own := s.Files
	if s.several() {
		own = slices.DeleteFunc(slices.Clone(own), func(f string) bool { return path.Dir(f) != "status" })
	}
	all, err := PublishBadges(s.Store, own)
	n := 2 * len(all)
	for _, rec := range s.records {
		for _, b := range rec.Badges {
			all = append(all, site.Badge{File: strings.TrimPrefix(b.Path, "status/"), Badge: b.Badge, SVG: badge.SVG(b.Badge)})
		}
	}
	return all, n, err
}
