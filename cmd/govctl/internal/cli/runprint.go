package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// marks stand before the steps in the printed list.
var marks = map[string]string{"ok": "ok", "findings": "FAIL", "failed": "ERROR", "skipped": "skip"}

// printRun tells what the run found: the verdict first, then each step in a line, then where to look.
func (a *app) printRun(r pipeline.Result) {
	fmt.Fprintln(a.Stdout, oneLine(r.Summary.Headline))
	steps := r.Steps
	if len(r.Summary.Contracts) > listedContracts {
		steps = slices.DeleteFunc(slices.Clone(steps), ofOneContract)
	}
	width := 0
	for _, s := range steps {
		width = max(width, len(s.Name))
	}
	for _, s := range steps {
		fmt.Fprintf(a.Stdout, "  %-5s  %-*s  %s\n", marks[s.Status], width, s.Name, oneLine(s.Reason))
	}
	if len(r.Summary.Contracts) > listedContracts {
		a.printContracts(r)
	}
	a.printPolicy(r.Policy)
	a.printBreaks(r.Breaks)
	fmt.Fprintf(a.Stdout, "files: %s   page: %s\n", a.out, filepath.Join(a.out, filepath.FromSlash(artifact.PagePath)))
}

// listedContracts is of how many contracts a run prints every step; of more it prints those that need attention and counts the rest.
const (
	listedContracts = 10
	shownContracts  = 20
	maxReason       = 160 // bytes of what is said of one
)

// ofOneContract reports a step of one contract of several.
func ofOneContract(s report.Step) bool { return strings.Contains(s.Name, " ") }

// printContracts prints the contracts that need attention, each in a line with the first reason, and how many do not.
func (a *app) printContracts(r pipeline.Result) {
	var names, found []string
	all := r.Summary.Contracts
	for _, outcome := range []report.Outcome{report.GateFailed, report.BadInput, report.Passed} { // BadInput has the word of all that was not checked
		for _, c := range all {
			calm := c.Outcome == report.Passed.String() && !c.Placeholder && c.BreakingChangesCount == 0 && c.SemverPolicyStatus == "ok"
			if c.Outcome == outcome.String() && !calm {
				names, found = append(names, c.Name), append(found, c.Outcome+": "+needs(c, r.Steps))
			}
		}
	}
	shown, width := min(len(names), shownContracts), 0
	for _, name := range names[:shown] {
		width = max(width, len(name))
	}
	for i, name := range names[:shown] {
		fmt.Fprintf(a.Stdout, "  contract %-*s  %s\n", width, name, oneLine(sanitize.Cut(found[i], maxReason)))
	}
	if n := len(names) - shown; n > 0 {
		fmt.Fprintf(a.Stdout, "  %d more need attention: the page has them\n", n)
	}
	fmt.Fprintf(a.Stdout, "  %d of %s need no attention\n", len(all)-len(names), counted(len(all), "contract"))
}

// needs is why a contract needs attention: the reason of its first step with one, or else what is accepted or warned of.
func needs(c report.ContractState, steps []report.Step) string {
	for _, s := range steps {
		if _, of, ok := strings.Cut(s.Name, " "); ok && of == c.Name && (s.Status == "findings" || s.Status == "failed") {
			return s.Reason
		}
	}
	if c.BreakingChangesCount > 0 {
		return counted(c.BreakingChangesCount, "breaking change")
	}
	return "version policy " + c.SemverPolicyStatus
}

// shownBreaks is how many breaking changes a run prints; the page and the files have them all.
const shownBreaks = 5

func (a *app) printBreaks(breaks []report.Finding) {
	for i := range breaks[:min(len(breaks), shownBreaks)] {
		f := &breaks[i]
		at := f.At()
		if at == nil {
			at = &report.Place{}
		}
		mark := ""
		if f.Gone() {
			mark = " (old)"
		}
		fmt.Fprintf(a.Stdout, "  breaks: %s:%d%s: %s\n", oneLine(at.File), at.Line, mark, oneLine(f.Message))
	}
	if n := len(breaks) - shownBreaks; n > 0 {
		fmt.Fprintf(a.Stdout, "  and %d more on the page\n", n)
	}
}
