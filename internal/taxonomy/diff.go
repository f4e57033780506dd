package taxonomy

import (
	"bytes"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// Side is one side of a comparison.
type Side struct {
	Source string // as the user named it
	File   *File
	Rules  []Rule // alerting rules of that revision; nil where expressions are not compared
}

// DiffInput is what Diff compares. SameExpr reports whether two expressions differ in layout only.
type DiffInput struct {
	Old, New    Side
	Config      Config
	Now         time.Time
	SameExpr    func(a, b string) bool
	TextDiffers bool // the two texts are not the same bytes
	Rewritten   bool // most lines lie where they differ; see Rewritten
}

// Diff is how the set of alerts moved from Old to New.
func Diff(in DiffInput) report.TaxonomyDiff {
	d := report.TaxonomyDiff{
		Schema: "govctl/taxonomy-diff/v1", GeneratedAt: report.At(in.Now), Old: side(in.Old, in.Config), New: side(in.New, in.Config),
		Added: []report.AlertRef{}, Removed: []report.AlertRef{}, Renamed: []report.AlertRename{}, Modified: []report.AlertChange{},
		SeverityTransitions: []report.SeverityTransition{}, Deprecated: []report.AlertRef{}, Undeprecated: []report.AlertRef{},
	}
	p := pairUp(in.Old.File, in.New.File)
	for _, i := range p.removed {
		a := &in.Old.File.Alerts[i]
		d.Removed = append(d.Removed, in.Old.File.Ref(a))
		d.WeightedRemoved += in.Config.Weight(a.Severity)
	}
	for _, i := range p.added {
		a := &in.New.File.Alerts[i]
		d.Added = append(d.Added, in.New.File.Ref(a))
		d.WeightedAdded += in.Config.Weight(a.Severity)
	}
	c := comparison{DiffInput: in, out: &d, oldExprs: exprsOf(in.Old), newExprs: exprsOf(in.New)}
	for _, pair := range p.same {
		c.compare(pair[0], pair[1])
	}
	d.Churn = len(d.Added) + len(d.Removed)
	d.RiskChurn = d.WeightedAdded + d.WeightedRemoved
	d.SemanticChurn += d.Churn
	d.FormattingOnly = in.TextDiffers && d.SemanticChurn+d.CosmeticChurn == 0
	d.Bulk = bulk(&d, in.Rewritten)
	sortDiff(&d)
	return d
}

func side(s Side, cfg Config) report.TaxonomySide {
	out := report.TaxonomySide{Source: s.Source, Alerts: len(s.File.Alerts)}
	complete := 0
	for i := range s.File.Alerts {
		a := &s.File.Alerts[i]
		out.Weight += cfg.Weight(a.Severity)
		if a.Active() {
			out.Active++
			if a.HasRunbook() {
				complete++
			}
		}
	}
	out.RunbookCompletenessPercent = completeness(complete, out.Active)
	return out
}

// completeness is the share of active alerts with a runbook, 100 where there are none.
func completeness(complete, active int) report.Percent {
	if active == 0 {
		return 100
	}
	return report.Percent(100 * float64(complete) / float64(active))
}

// pairs says which entries of two taxonomies are the same alert.
type pairs struct {
	same           [][2]int
	removed, added []int
}

// pairUp finds the same alert by id first, then by name, group and labels, then by name alone.
func pairUp(old, now *File) pairs {
	var p pairs
	taken := make([]bool, len(now.Alerts))
	found := make([]int, len(old.Alerts))
	for i := range found {
		found[i] = -1
	}
	next := make([]int, len(now.Alerts)) // the entry of the same key that comes after this one
	pair := func(key func(a *Alert) string) {
		first := map[string]int{}
		for j := len(now.Alerts) - 1; j >= 0; j-- {
			if taken[j] {
				continue
			}
			if k := key(&now.Alerts[j]); k != "" {
				next[j] = -1
				if after, more := first[k]; more {
					next[j] = after
				}
				first[k] = j
			}
		}
		for i := range old.Alerts {
			if found[i] >= 0 || len(first) == 0 {
				continue
			}
			k := key(&old.Alerts[i])
			if j, open := first[k]; open && j >= 0 {
				found[i], taken[j], first[k] = j, true, next[j]
			}
		}
	}
	pair(func(a *Alert) string { return a.ID })
	pair(func(a *Alert) string { return a.Name + "\x00" + a.Selector() })
	pair(func(a *Alert) string { return a.Name + "\x00" + a.Severity })
	pair(func(a *Alert) string { return a.Name })
	for i, j := range found {
		if j < 0 {
			p.removed = append(p.removed, i)
		} else {
			p.same = append(p.same, [2]int{i, j})
		}
	}
	for j := range taken {
		if !taken[j] {
			p.added = append(p.added, j)
		}
	}
	return p
}

type comparison struct {
	DiffInput
	out                *report.TaxonomyDiff
	oldExprs, newExprs [][]string
}

// exprsOf are the expressions of the rules of each entry, sorted.
func exprsOf(s Side) [][]string {
	if s.Rules == nil {
		return nil
	}
	c := s.File.Cover(s.Rules)
	out := make([][]string, len(s.File.Alerts))
	for i, rules := range c.governed {
		for _, r := range rules {
			out[i] = append(out[i], s.Rules[r].Expr)
		}
		sort.Strings(out[i])
	}
	return out
}

// compare writes down what changed between the two forms of one alert.
func (c *comparison) compare(i, j int) {
	old, now := &c.Old.File.Alerts[i], &c.New.File.Alerts[j]
	semantic, cosmetic := false, false
	ref := func() report.AlertRef { return c.New.File.Ref(now) } // its place is dear, and most alerts did not change
	if old.Name != now.Name {
		c.out.Renamed = append(c.out.Renamed, report.AlertRename{ID: now.ID, From: old.Name, To: now.Name})
		cosmetic = true
	}
	if old.Severity != now.Severity {
		c.out.SeverityTransitions = append(c.out.SeverityTransitions, report.SeverityTransition{AlertRef: ref(), From: old.Severity, To: now.Severity})
		semantic = true
	}
	switch {
	case now.Deprecated && !old.Deprecated:
		c.out.Deprecated = append(c.out.Deprecated, ref())
		semantic = true
	case old.Deprecated && !now.Deprecated:
		c.out.Undeprecated = append(c.out.Undeprecated, ref())
		semantic = true
	}
	if fields := c.fields(old, now); len(fields) > 0 {
		change := report.AlertChange{AlertRef: ref(), Fields: fields}
		for _, f := range fields {
			change.Semantic = change.Semantic || f.Semantic
		}
		c.out.Modified = append(c.out.Modified, change)
		semantic = semantic || change.Semantic
		cosmetic = true
	}
	switch {
	case semantic:
		c.out.SemanticChurn++
	case cosmetic:
		c.out.CosmeticChurn++
	}
}

// fields are the fields that differ, in the order of the model; a new name and deprecation have lists of their own.
func (c *comparison) fields(old, now *Alert) []report.FieldChange {
	var out []report.FieldChange
	for _, t := range textFields {
		from, to := *t.of(old), *t.of(now)
		if from == to || t.name == "alert" {
			continue
		}
		semantic := t.semantic && (t.name != "for" || !sameDuration(from, to))
		out = append(out, report.FieldChange{Field: t.name, From: from, To: to, Semantic: semantic})
	}
	if !slices.Equal(old.Windows, now.Windows) {
		from, to := strings.Join(old.Windows, ", "), strings.Join(now.Windows, ", ")
		out = append(out, report.FieldChange{Field: "windows", From: from, To: to, Semantic: true})
	}
	if !maps.Equal(old.Labels, now.Labels) {
		from, to := labelText(old.Labels), labelText(now.Labels)
		out = append(out, report.FieldChange{Field: "labels", From: from, To: to, Semantic: true})
	}
	if c.oldExprs != nil && c.newExprs != nil {
		from, to := c.oldExprs[old.index], c.newExprs[now.index]
		if a, b := strings.Join(from, " || "), strings.Join(to, " || "); a != b {
			out = append(out, report.FieldChange{Field: "expr", From: a, To: b, Semantic: !c.sameExprs(from, to)})
		}
	}
	return out
}

func labelText(labels map[string]string) string {
	parts := make([]string, 0, len(labels))
	for _, k := range sortedKeys(labels) {
		parts = append(parts, k+"="+quote(labels[k]))
	}
	return strings.Join(parts, ",")
}

func (c *comparison) sameExprs(a, b []string) bool {
	if len(a) != len(b) || c.SameExpr == nil {
		return false
	}
	used := make([]bool, len(b))
outer:
	for _, x := range a {
		for i, y := range b {
			if !used[i] && c.SameExpr(x, y) {
				used[i] = true
				continue outer
			}
		}
		return false
	}
	return true
}

// Rewritten reports whether at least half of the lines lie between the first and the last one in which two texts differ: a new layout, and not
// the new version number in one line.
func Rewritten(old, now []byte) bool {
	most := 1 + max(bytes.Count(old, newline), bytes.Count(now, newline))
	for {
		before, restOld, moreOld := bytes.Cut(old, newline)
		after, restNow, moreNow := bytes.Cut(now, newline)
		if !moreOld || !moreNow || !bytes.Equal(before, after) {
			break
		}
		old, now = restOld, restNow
	}
	for {
		i, j := bytes.LastIndexByte(old, '\n'), bytes.LastIndexByte(now, '\n')
		if i < 0 || j < 0 || !bytes.Equal(old[i:], now[j:]) {
			break
		}
		old, now = old[:i], now[:j]
	}
	left := 1 + max(bytes.Count(old, newline), bytes.Count(now, newline))
	return 2*left >= most
}

var newline = []byte("\n")

// bulk names a change that touches at least half of the alerts, and at least five, at once: no team decides on so many one by one.
func bulk(d *report.TaxonomyDiff, rewritten bool) string {
	many := max(5, (max(d.Old.Alerts, d.New.Alerts)+1)/2)
	switch {
	case d.FormattingOnly && rewritten:
		return "reformat"
	case len(d.Added) >= many:
		return "import"
	case len(d.Removed) >= many:
		return "removal"
	case d.SemanticChurn >= many:
		return "rewrite"
	case d.CosmeticChurn >= many:
		return "reformat"
	}
	return ""
}

func sortDiff(d *report.TaxonomyDiff) {
	byRef := func(list []report.AlertRef) {
		sort.SliceStable(list, func(i, j int) bool { return refLess(&list[i], &list[j]) })
	}
	byRef(d.Added)
	byRef(d.Removed)
	byRef(d.Deprecated)
	byRef(d.Undeprecated)
	sort.SliceStable(d.Renamed, func(i, j int) bool { return d.Renamed[i].To < d.Renamed[j].To })
	sort.SliceStable(d.Modified, func(i, j int) bool { return refLess(&d.Modified[i].AlertRef, &d.Modified[j].AlertRef) })
	sort.SliceStable(d.SeverityTransitions, func(i, j int) bool {
		return refLess(&d.SeverityTransitions[i].AlertRef, &d.SeverityTransitions[j].AlertRef)
	})
}

func refLess(a, b *report.AlertRef) bool {
	if a.Alert != b.Alert {
		return a.Alert < b.Alert
	}
	return a.Selector < b.Selector
}

// FromRules is the taxonomy that rule files alone give: what a scaffold into an empty file would write.
func FromRules(name string, rules []Rule) (*File, error) {
	empty, err := Parse(name, []byte(Empty))
	if err != nil {
		return nil, err
	}
	text, err := empty.Append(empty.Scaffold(rules))
	if err != nil {
		return nil, err
	}
	f, err := Parse(name, text)
	if err != nil {
		return nil, err
	}
	f.derived = true
	return f, nil
}
