package taxonomy

import (
	"sort"

	"github.com/romel/govctl/pkg/report"
)

// Rule is one alerting rule of a rule file, as far as the taxonomy has to do with it.
type Rule struct {
	Name        string
	Group       string
	Expr        string
	For         string
	Labels      map[string]string // of the rule and of its group
	Description string            // from its annotations; see FromAnnotations
	Runbook     string
	File        string
	Line        int // of the name
	Column      int
}

// Place is where the rule's name stands.
func (r *Rule) Place() report.Place {
	return report.Place{File: r.File, Line: r.Line, Column: r.Column}
}

// Severity is the rule's severity label.
func (r *Rule) Severity() string { return r.Labels["severity"] }

func (r *Rule) ref() report.AlertRef {
	p := r.Place()
	return report.AlertRef{Alert: r.Name, Group: r.Group, Severity: r.Severity(), Place: &p}
}

// Coverage says which entry governs which rule.
type Coverage struct {
	Missing []int // rules that no entry governs, in the order of the rules

	rules     []Rule
	governed  [][]int32     // by entry: the rules that it governs
	ambiguous map[int]int32 // entry -> a rule that it and another entry select equally well
	tied      map[int]bool  // those other entries
}

// Cover matches rules with entries. An entry governs every rule of its name; where several entries have one name, a
// rule belongs to the one whose group and labels it has, the one with most such labels where several do.
func (f *File) Cover(rules []Rule) *Coverage {
	c := &Coverage{rules: rules, governed: make([][]int32, len(f.Alerts)), ambiguous: map[int]int32{}, tied: map[int]bool{}}
	single := make([]int32, len(rules))
	govern := func(entry, rule int) {
		if c.governed[entry] == nil { // most entries govern one rule: a list of one costs nothing
			single[rule] = int32(rule)
			c.governed[entry] = single[rule : rule+1 : rule+1]
			return
		}
		c.governed[entry] = append(c.governed[entry], int32(rule))
	}
	for i := range rules {
		entries := f.named()[rules[i].Name]
		switch len(entries) {
		case 0:
			c.Missing = append(c.Missing, i)
		case 1:
			govern(entries[0], i)
		default:
			best, tie := f.choose(entries, &rules[i])
			if best < 0 {
				c.Missing = append(c.Missing, i)
				continue
			}
			govern(best, i)
			if tie >= 0 {
				c.ambiguous[best] = int32(i)
				c.tied[tie] = true
			}
		}
	}
	return c
}

// choose returns the entry that selects the rule best, and another that selects it just as well; -1 for none.
// Entries with one selector are duplicates, which is a finding of its own: among them the severity decides.
func (f *File) choose(entries []int, r *Rule) (best, tie int) {
	best, tie = -1, -1
	grouped := false
	for _, i := range entries[1:] {
		grouped = grouped || f.Alerts[i].Group != f.Alerts[entries[0]].Group
	}
	for _, i := range entries {
		a := &f.Alerts[i]
		if grouped && a.Group != r.Group || !subset(a.Labels, r.Labels) {
			continue
		}
		switch {
		case best < 0 || len(a.Labels) > len(f.Alerts[best].Labels):
			best, tie = i, -1
		case len(a.Labels) < len(f.Alerts[best].Labels):
		case a.Selector() != f.Alerts[best].Selector():
			tie = i
		case f.Alerts[best].Severity != r.Severity() && a.Severity == r.Severity():
			best = i
		}
	}
	return best, tie
}

func subset(small, large map[string]string) bool {
	for k, v := range small {
		if got, ok := large[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// MissingNames are the names of the rules without an entry, sorted, each once.
func (c *Coverage) MissingNames() []string {
	seen := make(map[string]bool, len(c.Missing))
	names := make([]string, 0, len(c.Missing))
	for _, i := range c.Missing {
		if name := c.rules[i].Name; !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// active reports whether a rule file evaluates the entry.
func (c *Coverage) active(a *Alert) bool { return len(c.governed[a.index]) > 0 }
