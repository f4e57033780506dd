package policy

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// workflowFiles are where files that run govctl are, as patterns of path.Match.
var workflowFiles = []string{
	".github/workflows/*.yml", ".github/workflows/*.yaml", ".github/actions/*/action.yml", ".github/actions/*/action.yaml", "action.yml", "action.yaml",
	".gitlab-ci.yml", ".gitlab/*.yml", ".gitlab/*.yaml", ".pre-commit-config.yaml",
}

// IsWorkflow reports whether the file at a path, counted from the top of the repository, may run govctl in continuous integration.
func IsWorkflow(file string) bool {
	return slices.ContainsFunc(workflowFiles, func(pattern string) bool {
		ok, _ := path.Match(pattern, file) // the patterns are well-formed
		return ok
	})
}

// WorkflowFiles are the patterns of such files, for fs.Glob.
func WorkflowFiles() []string { return slices.Clone(workflowFiles) }

func (c *comparison) workflows() {
	for _, file := range union(c.base.Workflows, c.head.Workflows) {
		was, is := c.base.Workflows[file], c.head.Workflows[file]
		before, now := runs(was, "govctl"), runs(is, "govctl")
		switch {
		case !before && !now, bytes.Equal(was, is):
		case !before:
			c.add(addedWorkflow, change{subject: file, kind: "added", new: mention(file, is), say: file + " runs govctl from now on"})
		case !now:
			c.add(changedWorkflow, change{subject: file, kind: "removed", new: removedFrom(file, is), say: file + " no longer runs govctl"})
		default:
			say := file + " runs govctl and is changed"
			if runs(was, policyFlag) && !runs(is, policyFlag) {
				say = file + " no longer passes " + policyFlag + ": from the merge on, changes of policy are not reported"
			}
			c.add(changedWorkflow, change{subject: file, kind: "changed", new: &report.Place{File: file, Line: firstDifference(was, is), Column: 1}, say: say})
		}
	}
}

const policyFlag = "--policy"

func runs(text []byte, what string) bool { return bytes.Contains(bytes.ToLower(text), []byte(what)) }

// mention is the first line that names govctl.
func mention(file string, text []byte) *report.Place {
	before, _, _ := bytes.Cut(bytes.ToLower(text), []byte("govctl"))
	return &report.Place{File: file, Line: 1 + bytes.Count(before, []byte("\n")), Column: 1}
}

// removedFrom is the top of a file that is still there.
func removedFrom(file string, text []byte) *report.Place {
	if text == nil {
		return &report.Place{File: file}
	}
	return &report.Place{File: file, Line: 1, Column: 1}
}

// firstDifference is the first line, from 1, in which the new text differs from the old one.
func firstDifference(old, new []byte) int {
	a, b := lines(old), lines(new)
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return min(n+1, len(b))
}

func lines(text []byte) []string { return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") }
