package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	nouns "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// cause is one edit with the findings that it led to: several where it was made in many places.
type cause struct {
	say   string // the edit in words, without the place; empty where it was made once
	list  []*report.Finding
	count int // findings that it stands for
	edits int // further causes of one rule that it stands for; 0: it is one cause
}

// shownPlaces is how many places of one cause are named.
const shownPlaces = 5

// causesOf are the findings by cause, in the order in which they are shown: as they are ranked, and among those of one rank the edits that
// were made in most places first.
func causesOf(r *Report) []*cause {
	type key struct {
		cause            string
		level            report.Level
		waived, breaking bool
	}
	var list []*cause
	known := map[key]*cause{}
	for _, f := range ranked(r.Findings) {
		k := key{f.Cause, f.Level, f.Waived(), f.Breaking}
		c := known[k]
		if c == nil || r.Causes[f.Cause] == "" {
			c = new(cause)
			known[k] = c
			list = append(list, c)
		}
		c.list = append(c.list, f)
		c.count += f.Count()
	}
	for _, c := range list {
		if len(c.list) > 1 {
			c.say = r.Causes[c.list[0].Cause]
			sorting.Stable(c.list, byOperation)
		}
		if c.say == "" {
			c.edits = c.list[0].More
		}
	}
	sorting.Stable(list, func(a, b *cause) int {
		f, g := a.list[0], b.list[0]
		return cmp.Or(rank(f, g), cmp.Compare(min(a.edits, 1), min(b.edits, 1)), cmp.Compare(slices.Index(widest, f.Category), slices.Index(widest, g.Category)), cmp.Compare(b.count, a.count))
	})
	return list
}

// condensed puts one in the place of the further causes of a rule, where there are so many that those of other rules would find no room.
func condensed(list []*cause, lk Look) []*cause {
	serious := 0
	for _, c := range list {
		if c.list[0].Level != report.Info {
			serious++
		}
	}
	if lk.Lines <= 0 || lk.All || serious <= 2*openFindings {
		return list
	}
	type key struct {
		rule   string
		level  report.Level
		waived bool
	}
	shown, rest := map[key]int{}, map[key]*cause{}
	var out []*cause
	for i, c := range list {
		f := c.list[0]
		k := key{f.Rule, f.Level, f.Waived()}
		if shown[k]++; c.edits == 0 && shown[k] <= shownOfRule || f.Level == report.Info {
			out = append(out, c)
			continue
		}
		if rest[k] == nil {
			rest[k] = &cause{list: list[i].list[:1:1]}
			out = append(out, rest[k])
		}
		rest[k].edits += max(c.edits, 1)
		rest[k].count += c.count
	}
	sorting.Stable(out, func(a, b *cause) int {
		return cmp.Or(rank(a.list[0], b.list[0]), cmp.Compare(min(a.edits, 1), min(b.edits, 1)))
	})
	return out
}

// shownOfRule is how many causes of one rule are then shown.
const shownOfRule = 5

// widest are the categories of changes, from what is worst for a client.
var widest = []string{"wire", "validation", "sdk", "docs"}

// byOperation puts findings together that reach the same operation first.
func byOperation(a, b *report.Finding) int {
	if d := first(a.More == 0, b.More == 0); d != 0 {
		return d
	}
	if len(a.Operations) == 0 || len(b.Operations) == 0 {
		return cmp.Compare(len(b.Operations), len(a.Operations))
	}
	return cmp.Or(cmp.Compare(a.Operations[0].Path, b.Operations[0].Path), cmp.Compare(a.Operations[0].Method, b.Operations[0].Method))
}

// quiet reports a cause that asks nothing of anybody: it is counted, not shown.
func (r *Report) quiet(c *cause) bool {
	f := c.list[0]
	if f.Level != report.Info {
		return false
	}
	i := slices.IndexFunc(r.Rules, func(row RuleInfo) bool { return row.ID == f.Rule })
	return i >= 0 && r.Rules[i].Quiet
}

// view is the cause in words: that of its finding, or of the first one with a proof in the name of all.
func (c *cause) view() view {
	f := c.list[0]
	if c.edits > 0 {
		v := viewOf(f)
		return view{Level: v.Level, Label: v.Label, Rule: v.Rule, Message: fmt.Sprintf("%s of this rule, in %s", nouns.Of(c.edits, "more edit"), nouns.Of(c.count, "place"))}
	}
	if c.say == "" {
		return viewOf(f)
	}
	for _, g := range c.list {
		if g.Witness != nil {
			f = g
			break
		}
	}
	v := viewOf(f)
	v.Message, v.Place, v.Operations, v.Print = fmt.Sprintf("%s, in %s", sanitize.Cut(sanitize.Line(c.say), maxMessage), nouns.Of(c.count, "place")), "", "", ""
	v.First = subjectOf(c.list[0]) + printOf(c.list[0])
	for _, g := range c.list {
		if g.More == 0 && len(v.Places) < shownPlaces {
			v.Places = append(v.Places, placeOf(g))
		}
	}
	if more := c.count - len(v.Places); more > 0 {
		v.Places = append(v.Places, fmt.Sprintf("and %d more (--all)", more))
	}
	return v
}

// placeOf is one of many places, in a line.
func placeOf(f *report.Finding) string {
	text := subjectOf(f)
	if at := viewOf(f).Place; at != "" {
		text = at + ": " + text
	}
	if ops := operationsIn(f.Operations, 1); ops != "" && !strings.Contains(text, ops) {
		text += " (" + ops + ")"
	}
	return text + printOf(f)
}

// subjectOf is what a finding is about: the operation as it is written, where it is about one as a whole.
func subjectOf(f *report.Finding) string {
	if len(f.Operations) == 1 {
		if op := operationsIn(f.Operations, 1); strings.Contains(f.Message, op) && !strings.Contains(f.Subject, ".") {
			return op
		}
	}
	return sanitize.Cut(sanitize.Line(f.Subject), maxMessage)
}

// printOf is how a line names the finding for a waiver; empty where none could be wanted.
func printOf(f *report.Finding) string {
	if v := viewOf(f); v.Print != "" {
		return " [" + v.Print + "]"
	}
	return ""
}

// howAll is how a reader gets to see everything; flag is that of the diff, the one report with a limit of lines.
func howAll(lk Look, flag string) string {
	switch {
	case lk.Lines > 0:
		return flag
	case lk.More != "":
		return lk.More + " shows them"
	}
	return "--format json has them"
}

// left counts what a form has no room for.
type left struct {
	errors, warnings, infos, waived, quiet int
}

func (l *left) add(c *cause) {
	switch f := c.list[0]; {
	case f.Waived():
		l.waived += c.count
	case f.Level == report.Error:
		l.errors += c.count
	case f.Level == report.Warning:
		l.warnings += c.count
	default:
		l.infos += c.count
	}
}

// line is the last line: how much is not shown, and how to see it. It is empty where everything is.
func (l *left) line(how string) string {
	var parts []string
	for _, c := range []struct {
		n    int
		noun string
	}{{l.errors, "error"}, {l.warnings, "warning"}, {l.waived, "waived finding"}, {l.infos, "info"}, {l.quiet, "harmless change"}} {
		if c.n > 0 {
			parts = append(parts, nouns.Of(c.n, c.noun))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + " not shown; " + how
}
