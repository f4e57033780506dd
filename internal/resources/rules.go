package resources

import "github.com/romel/govctl/pkg/report"

const kind = "resources"

// Rules is the table. The rules about limits apply only where a limit was asked for.
var Rules = []report.EvidenceRule{
	{ID: "resource-memory-high", Kind: kind, Level: report.Error, Summary: "A container uses more of its memory limit than allowed.", Why: "At its limit the kernel kills the container.", Hint: "raise the limit of the container, or find what uses the memory"},
	{ID: "resource-memory-growing", Kind: kind, Level: report.Error, Summary: "The memory of a container grows over the window.", Why: "Memory that only grows ends at the limit: the container leaks, or its caches have no bound.", Hint: "compare a heap profile of now with one after the start; --growth is the share that is allowed"},
	{ID: "resource-limit-missing", Kind: kind, Level: report.Warning, Summary: "A container has no memory limit, so that its share is not known.", Why: "A check of the share passes for any use of memory.", Hint: "set a memory limit, or leave the container out with --container"},
	{ID: "resource-not-known-yet", Kind: kind, Level: report.Warning, Summary: "A container has too few rows since its last start to know whether its memory grows.", Why: "A few samples do not show growth; that is not the same as no growth.", Hint: "keep resource_usage.jsonl between the runs: 12 rows of a container are needed in the window"},
	{ID: "resource-container-missing", Kind: kind, Level: report.Warning, Summary: "A container of the window is not in the last sample.", Why: "A container that has stopped is in no limit.", Hint: "start it again; if it was removed on purpose, its rows leave the window"},
	{ID: "resource-restarted", Kind: kind, Level: report.Info, Summary: "A container was restarted within the window.", Why: "Its counters began again, and its memory with them.", Hint: "look at the exit code of the container: 137 is a kill, often for lack of memory"},
	{ID: "resource-rows-unreadable", Kind: kind, Level: report.Warning, Summary: "Lines of the log could not be read.", Why: "The figures are about the other rows alone.", Hint: "remove the lines, or start a new log"},
}

// row is a row of the table; the ids are constants of this package.
func row(id string) *report.EvidenceRule {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i]
		}
	}
	panic("no rule " + id)
}

// found is a finding of a rule.
//
//go:noinline // findings are large, and their copies would be in each caller
func found(id string, subject report.EvidenceSubject, message string) report.Finding {
	return row(id).Finding(subject, message)
}
