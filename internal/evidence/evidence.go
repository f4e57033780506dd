// Package evidence is what commands find outside of the repository, in one envelope for all of them: how an envelope is completed,
// read and evaluated. It starts nothing and reads no files.
package evidence

import (
	"cmp"
	"slices"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Kind is one row of the table of kinds.
type Kind struct {
	Name    string // of the file and in the configuration
	Command string // that writes it
	About   string
	// Nightly evidence counts for other commits, too: what it is about changes without one.
	Nightly bool
}

// Kinds is the table, in the order of docs/evidence.md.
var Kinds = []Kind{
	{Name: "headers", Command: "probe headers", About: "security headers of running services"},
	{Name: "smoke", Command: "probe smoke", About: "request flows against a running service"},
	{Name: "latency", Command: "probe latency", About: "latencies of running services", Nightly: true},
	{Name: "metrics-assert", Command: "metrics assert", About: "PromQL expressions on the metrics of a service"},
	{Name: "metrics-diff", Command: "metrics diff", About: "metrics that were removed or changed, and the alerts that read them"},
	{Name: "metrics-catalog", Command: "metrics catalog", About: "the catalogue of metrics and recording rules"},
	{Name: "image-pin", Command: "image pin", About: "digests of base images", Nightly: true},
	{Name: "image", Command: "image gate", About: "vulnerabilities that a scanner reports", Nightly: true},
	{Name: "bench", Command: "trend bench", About: "benchmarks against those of earlier runs", Nightly: true},
	{Name: "resources", Command: "trend resources", About: "processor, memory and network of containers", Nightly: true},
	{Name: "docs", Command: "docs sync", About: "generated blocks of documents"},
}

// Lookup is the row of a kind.
func Lookup(name string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}

// Names lists the kinds in the order of the table.
func Names() []string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = k.Name
	}
	return names
}

// Complete brings an envelope into its final form: it sorts and bounds the checks, and derives status and verdict from them.
func Complete(e *report.Evidence) {
	e.Schema = report.EvidenceSchema
	sorting.Stable(e.Checks, compare)
	e.Checks = report.Bounded(e.Checks)
	if e.Figures == nil {
		e.Figures = []report.Figure{}
	}
	if e.Subjects == nil {
		e.Subjects = []report.EvidenceSubject{}
	}
	e.Status = status(e)
	e.Passed = e.Status == report.EvidenceOK || e.Status == report.EvidenceWarn
}

var rank = map[report.Level]int{report.Error: 0, report.Warning: 1, report.Info: 2}

func compare(a, b report.Finding) int {
	waived := func(f *report.Finding) int {
		if f.Waived() {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(waived(&a), waived(&b)), cmp.Compare(rank[a.Level], rank[b.Level]),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Mode, b.Mode))
}

// status is what follows from the checks.
func status(e *report.Evidence) string {
	t := Count(e.Checks)
	switch {
	case e.Reason != "":
		return report.EvidenceError
	case t.Errors > 0:
		return report.EvidenceFail
	case t.Warnings > 0:
		return report.EvidenceWarn
	}
	return report.EvidenceOK
}

// Count counts findings by level; a waived one counts under Waived alone.
func Count(checks []report.Finding) (t report.FindingTotals) {
	for i := range checks {
		n := checks[i].Count()
		switch {
		case checks[i].Waived():
			t.Waived += n
		case checks[i].Level == report.Error:
			t.Errors += n
		case checks[i].Level == report.Warning:
			t.Warnings += n
		default:
			t.Infos += n
		}
	}
	return t
}
