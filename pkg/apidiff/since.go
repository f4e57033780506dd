package apidiff

import (
	"slices"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Since adds the breaking changes of a comparison with an earlier release that this one has not
// found: an item that was removed in one release and added differently in a later one is invisible
// between consecutive releases. A waiver is stale only if it matches nothing in both.
func (r *Result) Since(release string, earlier *Result) {
	known := map[string]bool{}
	for i := range r.Diff.Changes {
		known[r.Diff.Changes[i].Fingerprint] = true
	}
	for _, f := range earlier.Diff.Changes {
		if f.Level != report.Error || known[f.Fingerprint] {
			continue
		}
		f.Hint = "found in comparison with release " + release
		r.Diff.Changes = append(r.Diff.Changes, f)
		r.causes[f.Fingerprint] = earlier.causes[f.Fingerprint]
		r.says[f.Cause] = earlier.says[f.Cause]
	}
	sorting.Stable(r.Diff.Changes, byWeight)
	r.Problems = slices.DeleteFunc(r.Problems, func(p report.Finding) bool {
		return p.Rule == waiverStale && !slices.ContainsFunc(earlier.Problems, func(q report.Finding) bool { return q.Rule == p.Rule && *q.New == *p.New })
	})
	r.total()
	r.nameCauses()
}
