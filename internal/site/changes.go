package site

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// changeList are the changes of a diff by cause, in the order of the worst of each.
type changeList struct {
	Open, Folded []cause
	More         int // that only the file has
	Levels       []string
	All          int // on the page
}

// cause is one edit with the changes that it made; a change that is alone with its cause has no title.
type cause struct {
	Title       string
	First, Rest []listedChange
}

// listedChange is a change with what the list can be filtered and grouped by.
type listedChange struct {
	*report.Finding
	Level string // breaking, accepted, warning or other
	Ops   string // the operations that it reaches, one a line, where the text does not name them all

	OldLine string // address of the line that was removed, where it can be known
}

// changeLevels are what the list can be filtered by, in the order of the choice.
var changeLevels = []string{"breaking", "accepted", "warning", "other"}

// openInCause is how many changes of one cause are shown at first.
const openInCause = 3

// listed are the changes of a diff that the page shows.
func listed(d *report.Diff, repository string) changeList {
	shown := d.Changes[:min(len(d.Changes), shownChanges)]
	v := changeList{All: len(shown)}
	for i := range d.Changes[len(shown):] {
		v.More += d.Changes[len(shown)+i].Count()
	}
	at := map[string]int{}
	var causes []cause
	met := map[string]bool{}
	for i := range shown {
		f := &shown[i]
		l := listedChange{Finding: f, Level: changeLevel(f), Ops: manyOperations(f.Operations), OldLine: oldLine(repository, f)}
		met[l.Level] = true
		n, known := at[f.Cause]
		if !known || f.Cause == "" {
			n = len(causes)
			at[f.Cause] = n
			causes = append(causes, cause{})
		}
		causes[n].First = append(causes[n].First, l)
	}
	for _, level := range changeLevels {
		if met[level] {
			v.Levels = append(v.Levels, level)
		}
	}
	open := 0
	for i := range causes {
		c := &causes[i]
		if n := len(c.First); n > 1 {
			c.Title = titleOf(d, c.First[0].Finding) + ", in " + plural(n, "place")
			cut := min(n, openInCause)
			c.First, c.Rest = c.First[:cut], c.First[cut:]
		}
		if open < openChanges {
			v.Open = append(v.Open, *c)
		} else {
			v.Folded = append(v.Folded, *c)
		}
		open += len(c.First)
	}
	return v
}

// titleOf is what the changes of a cause have in common.
func titleOf(d *report.Diff, f *report.Finding) string {
	if t := d.Causes[f.Cause]; t != "" {
		return t
	}
	return strings.ReplaceAll(f.Rule, "-", " ")
}

func changeLevel(f *report.Finding) string {
	switch {
	case f.Waived():
		return "accepted"
	case f.Breaking:
		return "breaking"
	case f.Level == report.Warning:
		return "warning"
	}
	return "other"
}

// namedOperations is how many operations the text of a change names.
const namedOperations = 3

// manyOperations are the operations of a change whose text does not name them all: as many as a written finding lists.
func manyOperations(ops []report.Operation) string {
	if len(ops) <= namedOperations {
		return ""
	}
	var names []string
	for _, o := range ops[:min(len(ops), report.ListedOperations)] {
		names = append(names, sanitize.Line(sanitize.Cut(o.Method+" "+o.Path, 200)))
	}
	return strings.Join(names, "\n")
}

// gitPlace is a file of a revision, as baselines name it: git:REVISION:PATH.
var gitPlace = late.Pattern(`^git:([0-9A-Za-z][0-9A-Za-z._/-]*):([0-9A-Za-z_.][0-9A-Za-z_./-]*)$`)

// oldLine is the address of the line of the old document that a change removed, where the baseline is a file of a revision of the
// repository; empty elsewhere.
func oldLine(repository string, f *report.Finding) string {
	if !f.Gone() || web(repository) == "" || f.Old.Line == 0 {
		return ""
	}
	m := gitPlace().FindStringSubmatch(f.Old.File)
	if m == nil || strings.Contains(m[1]+m[2], "..") || strings.HasPrefix(m[1], "latest-tag") {
		return ""
	}
	return fmt.Sprintf("%s/blob/%s/%s#L%d", strings.TrimSuffix(repository, "/"), m[1], m[2], f.Old.Line)
}
