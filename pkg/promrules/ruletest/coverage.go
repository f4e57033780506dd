package ruletest

import (
	"cmp"
	"fmt"
	"maps"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Wanted is what coverage is measured against.
type Wanted struct {
	Rules    []Group    // further rules that count, besides those that the tests load
	Critical []Critical // alerts for which a test must observe firing
	Minimum  *float64   // percent; nil without a gate
}

// Critical is an alert with the severity critical in the taxonomy.
type Critical struct {
	Name  string
	Place report.Place // of its entry
}

// Cover reports which rules the tests do not cover. An alerting rule has two branches, firing and
// silent, each covered by a passing case that observes it; a recording rule has one, covered if it
// yields samples that an expression case or an asserted alert reads.
func Cover(files []File, want Wanted) (report.RuleCoverage, []report.Finding) {
	critical := map[string]bool{}
	for _, c := range want.Critical {
		critical[c.Name] = true
	}
	all := collect(files, want.Rules)
	sum := report.RuleCoverage{Rules: make([]report.CoveredRule, 0, len(all)), Passed: true}
	var findings []report.Finding
	for _, r := range all {
		r.Critical = r.Kind == report.AlertRule && critical[r.Name]
		add(&sum, r)
		if f, ok := uncovered(r); ok {
			findings = append(findings, f)
		}
		delete(critical, r.Name)
	}
	for _, c := range want.Critical {
		if critical[c.Name] {
			findings = append(findings, finding(ruleCritical, c.Place, c.Name, fmt.Sprintf("critical alert %s has no rule in the rule files", c.Name)))
		}
	}
	sum.Percent = 100
	if sum.Branches > 0 {
		sum.Percent = report.Percent(100 * float64(sum.BranchesCovered) / float64(sum.Branches))
	}
	if want.Minimum != nil {
		least := report.Percent(*want.Minimum)
		sum.MinPercent = &least
		if sum.Percent < least {
			sum.Passed = false
			findings = append(findings, belowMinimum(&sum))
		}
	}
	return sum, findings
}

func belowMinimum(sum *report.RuleCoverage) report.Finding {
	f := finding(ruleBelowMinimum, report.Place{}, "coverage", fmt.Sprintf("unit tests cover %d of %d branches, %.2f %%, which is less than %g %%",
		sum.BranchesCovered, sum.Branches, sum.Percent.Rounded(), float64(*sum.MinPercent)))
	f.New = nil
	return f
}

// Count reads a rule file in any format that promrules supports, to count its rules without running
// them.
func Count(file string, data []byte, p parser.Parser) ([]Group, error) {
	f, err := promrules.Parse(file, data)
	if err != nil {
		return nil, err
	}
	groups := make([]Group, 0, len(f.Groups))
	for i := range f.Groups {
		group := Group{File: file, Name: f.Groups[i].Name}
		for j := range f.Groups[i].Rules {
			r := &f.Groups[i].Rules[j]
			query := r.Expr
			if expr, err := p.ParseExpr(query); err == nil { // Loki's expressions are none of Prometheus'
				query = expr.String()
			}
			group.Rules = append(group.Rules, Rule{Alert: r.Alert, Record: r.Record, query: query, Place: r.Whole(file)})
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// collect merges what all tests show of each rule, by the place of the rule.
func collect(files []File, extra []Group) []report.CoveredRule {
	type key struct {
		file         string
		line, column int
	}
	rules := map[key]*report.CoveredRule{}
	entry := func(g *Group, r *Rule) *report.CoveredRule {
		k := key{r.Place.File, r.Place.Line, r.Place.Column}
		if rules[k] == nil {
			kind := report.RecordingRule
			if r.Alert != "" {
				kind = report.AlertRule
			}
			rules[k] = &report.CoveredRule{Name: r.Name(), Kind: kind, Group: g.Name, At: r.Place}
		}
		return rules[k]
	}
	visit := func(groups []Group, f func(*Rule, *report.CoveredRule)) {
		for i := range groups {
			for j := range groups[i].Rules {
				f(&groups[i].Rules[j], entry(&groups[i], &groups[i].Rules[j]))
			}
		}
	}
	loaded := map[string]bool{}
	for _, file := range files {
		visit(file.Rules, func(r *Rule, c *report.CoveredRule) { loaded[c.Group+"\x00"+r.Name()+"\x00"+r.query] = true })
	}
	for i := range extra {
		for j := range extra[i].Rules { // an object and the file that was cut out of it for the tests hold one rule
			if g, r := &extra[i], &extra[i].Rules[j]; !loaded[g.Name+"\x00"+r.Name()+"\x00"+r.query] {
				entry(g, r)
			}
		}
	}
	for _, file := range files {
		for _, p := range file.proofs {
			visit(file.Rules, func(r *Rule, c *report.CoveredRule) {
				c.Firing += p.firing[r]
				c.Silent += p.silent[r]
				c.Recorded = c.Recorded || len(p.recorded[r]) > 0
				c.Direct = c.Direct || p.direct[r]
				c.Through = c.Through || p.through[r]
			})
		}
	}
	out := make([]report.CoveredRule, 0, len(rules))
	for c := range maps.Values(rules) {
		out = append(out, *c)
	}
	sorting.Stable(out, func(a, b report.CoveredRule) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
	})
	return out
}

func add(sum *report.RuleCoverage, r report.CoveredRule) {
	sum.Rules = append(sum.Rules, r)
	if r.Kind == report.RecordingRule {
		sum.RecordingRules++
		sum.Branches++
		if r.Direct || r.Through {
			sum.RecordingRulesCovered++
			sum.BranchesCovered++
		}
		return
	}
	sum.Alerts++
	sum.Branches += 2
	if r.Firing > 0 {
		sum.AlertsFiring++
		sum.BranchesCovered++
	}
	if r.Silent > 0 {
		sum.AlertsSilent++
		sum.BranchesCovered++
	}
}

// uncovered is the finding of a rule that is not covered whole.
func uncovered(r report.CoveredRule) (report.Finding, bool) {
	subject := r.Group + "/" + r.Name
	say := func(id, format string) (report.Finding, bool) {
		return finding(id, r.At, subject, fmt.Sprintf(format, r.Name)), true
	}
	switch {
	case r.Kind == report.RecordingRule && r.Recorded && !r.Direct && !r.Through:
		return say(ruleUnrecorded, "no unit test checks what recording rule %s records")
	case r.Kind == report.RecordingRule && !r.Recorded:
		return say(ruleUnrecorded, "recording rule %s yields no sample in any unit test")
	case r.Kind == report.RecordingRule:
		return report.Finding{}, false
	case r.Critical && r.Firing == 0:
		return say(ruleCritical, "no unit test shows critical alert %s firing")
	case r.Firing == 0 && r.Silent == 0:
		return say(ruleNeverTested, "no unit test asserts anything about alert %s")
	case r.Silent == 0:
		return say(ruleOnlyFiring, "unit tests show alert %s firing, and never silent")
	case r.Firing == 0:
		return say(ruleOnlySilent, "unit tests show alert %s silent, and never firing")
	}
	return report.Finding{}, false
}
