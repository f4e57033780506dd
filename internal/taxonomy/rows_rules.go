package taxonomy

import (
	"strings"

	"github.com/romel/govctl/pkg/report"
)

func withRules(l *linter) bool { return l.cover != nil }

// ruleFileRows compare the taxonomy with the rule files, both ways.
func ruleFileRows() []Row {
	return []Row{
		{
			ID: "not-catalogued", Level: report.Error, Want: "have an entry for every alert of the rule files", Coverage: true, Needs: withRules,
			Why:       "an alert outside the catalogue has no owner, no runbook and no lifecycle",
			Hint:      "govctl taxonomy sync --scaffold adds an entry to fill in",
			CheckFile: notCatalogued,
		},
		{
			ID: "ambiguous-selector", Level: report.Warning, Want: "select its rules alone", Coverage: true, Needs: withRules,
			Why:  "a rule that two entries select equally well is governed by whichever comes first",
			Hint: "add a label to one of the entries that distinguishes their rules",
			Check: func(l *linter, a *Alert) []problem {
				rule, ok := l.cover.ambiguous[a.index]
				if !ok {
					return none
				}
				return one("labels", "another entry selects the rule at "+l.Rules[rule].at()+" as well")
			},
		},
		{
			ID: "deprecated-still-evaluated", Level: report.Error, Want: "be removed from the rule files when it is deprecated", Needs: withRules,
			Why:  "a deprecated alert that still fires notifies people without need",
			Hint: "remove the rule, or take the deprecation back",
			Check: func(l *linter, a *Alert) []problem {
				if !a.Deprecated || !l.cover.active(a) {
					return none
				}
				return one("deprecated", "its rule stands at "+l.rulesOf(a))
			},
		},
		{
			ID: "not-evaluated", Level: report.Warning, Want: "be in a rule file or be deprecated", Needs: withRules,
			Why:  "the catalogue lists an alert that can never fire",
			Hint: "deprecate the entry, or restore its rule",
			Check: func(l *linter, a *Alert) []problem {
				if a.Deprecated || l.cover.active(a) || l.cover.tied[a.index] || a.Name == "" {
					return none
				}
				return one("alert", "no rule file has it")
			},
		},
		{
			ID: "severity-differs", Level: report.Warning, Want: "have the severity of its rule", Needs: withRules,
			Why:   "the label routes the alert, the taxonomy says how bad it is: one of the two is wrong",
			Hint:  "correct the entry or the rule's severity label",
			Check: severityDiffers,
		},
		{
			ID: "required-label-missing", Level: report.Error, Want: "have the required labels on its rules", Needs: labelsRequired,
			Why:   "routing, grouping and silences go by these labels: an alert without one reaches no one, or the wrong people",
			Hint:  "add the label to the rule or to its group, or take it out of taxonomy.required_labels",
			Check: requiredLabels,
		},
		{
			ID: "for-differs", Level: report.Warning, Want: "have the for of its rule", Needs: withRules,
			Why:   "the catalogue states how long the condition holds before the alert notifies anyone",
			Hint:  "take over the for of the rule; govctl taxonomy lint --fix does it",
			Check: func(l *linter, a *Alert) []problem { found, _ := forDiffers(l, a); return found },
			Fix: func(l *linter, a *Alert) []edit {
				if p, want := forDiffers(l, a); len(p) > 0 && want != "" {
					return []edit{l.File.setText(a, "for", want)}
				}
				return nil
			},
		},
	}
}

func (r *Rule) at() string {
	return r.File + ":" + itoa(r.Line)
}

// rulesOf names where the rules of an entry stand, the first ones of many.
func (l *linter) rulesOf(a *Alert) string {
	rules := l.cover.governed[a.index]
	places := make([]string, 0, 3)
	for _, i := range rules[:min(len(rules), 3)] {
		places = append(places, l.Rules[i].at())
	}
	text := strings.Join(places, ", ")
	if n := len(rules) - len(places); n > 0 {
		text += " and " + itoa(n) + " more"
	}
	return text
}

func notCatalogued(l *linter) []problem {
	var out []problem
	seen := map[string]bool{}
	for _, i := range l.cover.Missing {
		r := &l.Rules[i]
		subject := r.Name + "{group=" + quote(r.Group) + "}"
		if seen[subject] {
			continue
		}
		seen[subject] = true
		p := r.Place()
		got := quote(r.Name) + " of group " + quote(r.Group) + " is not in it"
		if len(l.File.named()[r.Name]) > 0 {
			got = "no entry of the name " + quote(r.Name) + " selects the rule of group " + quote(r.Group)
		}
		out = append(out, problem{field: r.Name + "\x00" + r.Group, got: got, at: &p})
	}
	return out
}

func severityDiffers(l *linter, a *Alert) []problem {
	if a.Severity == "" {
		return none
	}
	for _, i := range l.cover.governed[a.index] {
		r := &l.Rules[i]
		if s := r.Severity(); s != "" && s != a.Severity && !strings.Contains(s, "{{") {
			p := one("severity", "it says "+quote(a.Severity)+", the rule at "+r.at()+" says "+quote(s))
			if l.severities(a) > 1 {
				p[0].hint = `its rules have several severities: give each an entry of its own with "labels": {"severity": ...}`
			}
			return p
		}
	}
	return none
}

// severities counts the severity labels of the rules of an entry.
func (l *linter) severities(a *Alert) int {
	seen := map[string]bool{}
	for _, i := range l.cover.governed[a.index] {
		seen[l.Rules[i].Severity()] = true
	}
	return len(seen)
}

// forDiffers finds a rule with another for; want is the for of all its rules, "" where they differ among themselves.
func forDiffers(l *linter, a *Alert) (found []problem, want string) {
	if _, ok := duration(a.For); !ok {
		return none, ""
	}
	agree := true
	for _, i := range l.cover.governed[a.index] {
		r := &l.Rules[i]
		wait := r.For
		if wait == "" {
			wait = "0m"
		}
		agree = agree && (want == "" || sameDuration(want, wait))
		want = wait
		if found == nil && !sameDuration(a.For, wait) {
			found = one("for", "it says "+quote(a.For)+", the rule at "+r.at()+" says "+quote(wait))
		}
	}
	if !agree && found != nil {
		want = ""
		found[0].hint = "its rules wait for different times: give each its own entry with labels that distinguish them, or leave for out"
	}
	return found, want
}

func labelsRequired(l *linter) bool { return withRules(l) && len(l.Config.RequiredLabels) > 0 }

// requiredLabels finds the rules of an entry that lack a label. One that is empty counts as missing: Prometheus drops it.
func requiredLabels(l *linter, a *Alert) []problem {
	var out []problem
	for _, i := range l.cover.governed[a.index] {
		r := &l.Rules[i]
		var missing []string
		for _, label := range l.Config.RequiredLabels {
			if r.Labels[label] == "" {
				missing = append(missing, label)
			}
		}
		if len(missing) > 0 {
			p := r.Place()
			out = append(out, problem{field: r.Name + "\x00" + r.Group, got: "its rule of group " + quote(r.Group) + " has no " + strings.Join(missing, ", "), at: &p})
		}
	}
	return out
}
