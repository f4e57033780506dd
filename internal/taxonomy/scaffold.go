package taxonomy

import (
	"sort"
	"strings"
)

// FromAnnotations is what the annotations of a rule describe: a description and a runbook, each empty where there is none.
func FromAnnotations(annotations map[string]string) (description, runbook string) {
	first := func(keys ...string) string {
		for _, key := range keys {
			if text := strings.TrimSpace(annotations[key]); text != "" {
				return text
			}
		}
		return ""
	}
	return first("description", "message", "summary"), first("runbook_url", "runbook")
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
	waits := map[kind]bool{}       // whose rules wait for different times: no one for is theirs
	severities := map[string]int{} // by group
	for _, r := range rules {
		k := kind{r.Group, r.Severity()}
		if first[k] == nil {
			first[k] = r
			severities[r.Group]++
		}
		waits[k] = waits[k] || first[k].For != r.For && !sameDuration(orZero(first[k].For), orZero(r.For))
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
		if waits[k] {
			a.For = ""
		}
		if severities[k.group] > 1 && k.severity != "" || f.taken(&a) {
			a.Labels = map[string]string{"severity": k.severity}
		}
		out = append(out, a)
	}
	return out
}

// orZero is the for of a rule, which fires at once where it has none.
func orZero(wait string) string {
	if wait == "" {
		return "0m"
	}
	return wait
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
	a := Alert{Name: r.Name, Group: r.Group, Severity: r.Severity(), Description: r.Description, For: r.For, Runbook: r.Runbook}
	if a.Severity == "" || strings.Contains(a.Severity, "{{") {
		a.Severity = "TODO"
	}
	if a.Group == "" {
		a.Group = "TODO"
	}
	if a.Description == "" {
		a.Description = "TODO: describe what is wrong when " + r.Name + " fires"
	}
	if a.Runbook == "" {
		a.Runbook = "TODO: describe what to do, or link the page that does"
	}
	return a
}
