package taxonomy

import (
	"sort"
	"strings"
)

// describe is what a rule's annotations say about it.
func describe(r *Rule) string {
	for _, key := range []string{"description", "message", "summary"} {
		if text := strings.TrimSpace(r.Annotations[key]); text != "" {
			return text
		}
	}
	return ""
}

// Scaffold returns the entries that the rules without one need, sorted by name: one for each name, or one for each group and
// severity where rules of one name differ in them.
func (f *File) Scaffold(rules []Rule) []Alert {
	missing := f.Cover(rules).Missing
	byName := map[string][]*Rule{}
	for _, i := range missing {
		r := &rules[i]
		byName[r.Name] = append(byName[r.Name], r)
	}
	var out []Alert
	for _, name := range sortedKeys(byName) {
		out = append(out, f.entries(byName[name])...)
	}
	return out
}

// entries are the entries for rules of one name.
func (f *File) entries(rules []*Rule) []Alert {
	type kind struct{ group, severity string }
	first := map[kind]*Rule{}
	severities := map[string]int{} // by group
	for _, r := range rules {
		k := kind{r.Group, r.Severity()}
		if first[k] == nil {
			first[k] = r
			severities[r.Group]++
		}
	}
	kinds := make([]kind, 0, len(first))
	for k := range first {
		kinds = append(kinds, k)
	}
	sort.Slice(kinds, func(i, j int) bool {
		if kinds[i].group != kinds[j].group {
			return kinds[i].group < kinds[j].group
		}
		return kinds[i].severity < kinds[j].severity
	})
	out := make([]Alert, 0, len(kinds))
	for _, k := range kinds {
		a := scaffold(first[k])
		if severities[k.group] > 1 && k.severity != "" || f.taken(&a) {
			a.Labels = map[string]string{"severity": k.severity}
		}
		out = append(out, a)
	}
	return out
}

// taken reports whether an entry of the file has the name and the selector already.
func (f *File) taken(a *Alert) bool {
	for _, i := range f.named()[a.Name] {
		if f.Alerts[i].Selector() == a.Selector() {
			return true
		}
	}
	return false
}

// scaffold is the entry that a rule gives by itself.
func scaffold(r *Rule) Alert {
	a := Alert{Name: r.Name, Group: r.Group, Severity: r.Severity(), Description: describe(r), For: r.For, Runbook: r.runbook()}
	if a.Severity == "" || strings.Contains(a.Severity, "{{") {
		a.Severity = "TODO"
	}
	if a.Group == "" {
		a.Group = "TODO"
	}
	if a.Description == "" {
		a.Description = "TODO: say what is wrong when " + r.Name + " fires"
	}
	if a.Runbook == "" {
		a.Runbook = "TODO: say what to do about it, or link the page that does"
	}
	return a
}

func (r *Rule) runbook() string {
	for _, key := range []string{"runbook_url", "runbook"} {
		if text := strings.TrimSpace(r.Annotations[key]); text != "" {
			return text
		}
	}
	return ""
}
