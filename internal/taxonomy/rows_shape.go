package taxonomy

import (
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// shapeRows ask whether the taxonomy has the fields, types and values of its model.
func shapeRows() []Row {
	return []Row{
		{
			ID: "schema-violation", Level: report.Error, Want: "fit the schema of the taxonomy", Coverage: true,
			Why:   "a value of the wrong type is absent for every tool that reads the file",
			Hint:  "govctl schema show alerts_taxonomy describes every field",
			Check: misshapen, CheckFile: misshapenHeader,
		},
		{
			ID: "required-field", Level: report.Error, Want: "have the fields alert, group, severity and description", Coverage: true,
			Why:   "without them the alert cannot be identified, ranked or understood",
			Hint:  "fill them in",
			Check: missingFields, Fix: fixFromRule,
		},
		{
			ID: "schema-version-missing", Level: report.Warning, Want: "say its schema_version",
			Why:       "readers need to know which shape they read; a bare array is the shape from before there were versions",
			Hint:      `add "schema_version": "1" at the top of the object; govctl taxonomy lint --fix does it`,
			CheckFile: versionMissing, Fix: nil,
		},
		{
			ID: "last-updated-invalid", Level: report.Error, Want: "give last_updated as a time",
			Why:       "the age of the taxonomy is computed from it",
			Hint:      "write it like 2025-09-17T10:23:45Z, or leave it out: it is read from git",
			CheckFile: lastUpdatedInvalid,
		},
		{
			ID: "severity-unknown", Level: report.Error, Want: "have a known severity",
			Why:  "weights, routes and gates use the severity; an unknown one has no weight",
			Hint: "the known ones are taxonomy.severities in govctl.yaml",
			Check: func(l *linter, a *Alert) []problem {
				return l.unknown("severity", "severities", a.Severity, l.severity)
			},
			Fix: func(l *linter, a *Alert) []edit { return l.respell(a, "severity", a.Severity, l.severity) },
		},
		{
			ID: "scope-unknown", Level: report.Error, Want: "have a known scope",
			Why:   "dashboards and filters group by scope",
			Hint:  "the known ones are taxonomy.scopes in govctl.yaml",
			Check: func(l *linter, a *Alert) []problem { return l.unknown("scope", "scopes", a.Scope, l.Config.Scopes) },
			Fix:   func(l *linter, a *Alert) []edit { return l.respell(a, "scope", a.Scope, l.Config.Scopes) },
		},
		{
			ID: "category-unknown", Level: report.Error, Want: "have a known category",
			Why:  "dashboards and filters group by category",
			Hint: "the known ones are taxonomy.categories in govctl.yaml",
			Check: func(l *linter, a *Alert) []problem {
				return l.unknown("category", "categories", a.Category, l.Config.Categories)
			},
			Fix: func(l *linter, a *Alert) []edit { return l.respell(a, "category", a.Category, l.Config.Categories) },
		},
		{
			ID: "duplicate-id", Level: report.Error, Want: "have a unique id",
			Why:   "the id is what keeps an alert the same through renames",
			Hint:  "give the younger entry another id",
			Check: duplicateID,
		},
		{
			ID: "duplicate-name", Level: report.Error, Want: "differ from other entries of its name in group or labels", Coverage: true,
			Why:   "the rule that fires cannot be matched to one of the two entries",
			Hint:  `merge the entries, or give each the "group" or "labels" of the rules it governs`,
			Check: duplicateName,
		},
		{
			ID: "created-at-invalid", Level: report.Warning, Want: "give created_at as a time",
			Why:   "the time an alert waited for its runbook is counted from it",
			Hint:  "write it like 2025-09-17T10:23:45Z",
			Check: func(_ *linter, a *Alert) []problem { return badTime("created_at", a.CreatedAt) },
		},
	}
}

func misshapen(l *linter, a *Alert) []problem {
	var out []problem
	for _, m := range l.shapes[a.index] {
		p := l.File.misshapePlace(m)
		out = append(out, problem{field: m.Field, got: m.Field + " " + m.Msg, at: &p})
	}
	return out
}

func misshapenHeader(l *linter) []problem {
	var out []problem
	for _, m := range l.shapes[header] {
		p := l.File.misshapePlace(m)
		out = append(out, problem{field: m.Field, got: m.Field + " " + m.Msg, at: &p})
	}
	return out
}

// missingFields is one problem for all that an entry lacks: whoever mends it mends all of it.
func missingFields(l *linter, a *Alert) []problem {
	var absent, empty []string
	for _, t := range textFields {
		if !t.required || strings.TrimSpace(*t.of(a)) != "" {
			continue
		}
		_, _, there := l.File.find(a, t.name)
		switch {
		case !there:
			absent = append(absent, t.name)
		case t.name != "description" && !l.misshapenField(a, t.name): // an empty description is a placeholder
			empty = append(empty, t.name)
		}
	}
	if len(absent)+len(empty) == 0 {
		return none
	}
	var got []string
	if len(absent) > 0 {
		got = append(got, listed(absent)+isOrAre(absent)+" missing")
	}
	if len(empty) > 0 {
		got = append(got, listed(empty)+isOrAre(empty)+" empty")
	}
	p := problem{got: strings.Join(got, ", ")}
	if l.cover != nil && l.cover.active(a) {
		p.hint = "govctl taxonomy lint --fix takes over what the rule at " + l.rulesOf(a) + " says"
	}
	return []problem{p}
}

// listed joins names: "a, b and c".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func isOrAre(names []string) string {
	if len(names) == 1 {
		return " is"
	}
	return " are"
}

func (l *linter) misshapenField(a *Alert, field string) bool {
	return slices.ContainsFunc(l.shapes[a.index], func(m Misshape) bool { return m.Field == field })
}

// fixFromRule takes what an entry lacks from the rule that it governs.
func fixFromRule(l *linter, a *Alert) []edit {
	if l.cover == nil || !l.cover.active(a) {
		return nil
	}
	rule := &l.Rules[l.cover.governed[a.index][0]]
	found := map[string]string{"group": rule.Group, "severity": rule.Severity(), "description": rule.Description}
	var out []edit
	for _, t := range textFields {
		if v := found[t.name]; t.required && *t.of(a) == "" && v != "" {
			if _, _, there := l.File.find(a, t.name); !there {
				out = append(out, l.File.addField(a, t.name, literal(v)))
			}
		}
	}
	return out
}

func versionMissing(l *linter) []problem {
	if l.File.SchemaVersion != "" && !l.File.Legacy {
		return none
	}
	got := "it is a bare array, the older form"
	if !l.File.Legacy {
		got = "there is no schema_version"
	}
	p := l.File.placeAt(len(l.File.src)-len(strings.TrimPrefix(l.File.src, bom)), "")
	return []problem{{got: got, at: &p, field: "schema_version"}}
}

func lastUpdatedInvalid(l *linter) []problem {
	if _, ok := parseTime(l.File.LastUpdated); ok || l.File.LastUpdated == "" {
		return none
	}
	p := l.File.placeAt(strings.Index(l.File.src, `"last_updated"`), "/last_updated")
	return []problem{{got: quote(l.File.LastUpdated) + " is none", at: &p, field: "last_updated"}}
}

// unknown is the problem of a value that is set and not among the known ones.
func (l *linter) unknown(field, key, got string, values []string) []problem {
	if got == "" || slices.Contains(values, got) {
		return none
	}
	p := problem{field: field, got: quote(got) + " is not known", hint: "use " + oneOf(values) + "; or list " + quote(got) + " with them as taxonomy." + key + " in govctl.yaml"}
	if like := alike(got, values); like != "" {
		p.hint = "write " + quote(like) + "; govctl taxonomy lint --fix does it"
	}
	return []problem{p}
}

// alike is the known value that differs from got in case, spaces and separators only.
func alike(got string, values []string) string {
	plain := strings.NewReplacer("_", "-", " ", "-")
	got = strings.ToLower(plain.Replace(strings.TrimSpace(got)))
	for _, v := range values {
		if strings.ToLower(plain.Replace(v)) == got {
			return v
		}
	}
	return ""
}

func (l *linter) respell(a *Alert, field, got string, values []string) []edit {
	if like := alike(got, values); like != "" && like != got {
		return []edit{l.File.setText(a, field, like)}
	}
	return nil
}

func duplicateID(l *linter, a *Alert) []problem {
	if first, ok := l.ids[a.ID]; ok && first != a.index {
		other := &l.File.Alerts[first]
		return one("id", quote(a.ID)+" is that of "+l.File.label(other)+" in line "+itoa(l.File.Place(other, "").Line))
	}
	return none
}

func duplicateName(l *linter, a *Alert) []problem {
	if i, ok := l.twins[a.index]; ok {
		return one("alert", "the entry in line "+itoa(l.File.Place(&l.File.Alerts[i], "").Line)+" has the same name, group and labels")
	}
	return none
}

func badTime(field, text string) []problem {
	if _, ok := parseTime(text); ok || text == "" {
		return none
	}
	return one(field, quote(text)+" is not a valid time")
}
