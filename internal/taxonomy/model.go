package taxonomy

// A textField is one field of the model that holds a text. The table is the order of the model: changelogs, Markdown
// and scaffolds follow it.
type textField struct {
	name     string
	required bool // of every entry
	semantic bool // a change of it changes what the alert does, not only what is said about it
	of       func(*Alert) *string
}

var textFields = []textField{
	{"alert", true, true, func(a *Alert) *string { return &a.Name }},
	{"id", false, false, func(a *Alert) *string { return &a.ID }},
	{"group", true, false, func(a *Alert) *string { return &a.Group }},
	{"severity", true, true, func(a *Alert) *string { return &a.Severity }},
	{"scope", false, false, func(a *Alert) *string { return &a.Scope }},
	{"category", false, false, func(a *Alert) *string { return &a.Category }},
	{"description", true, false, func(a *Alert) *string { return &a.Description }},
	{"expr_summary", false, false, func(a *Alert) *string { return &a.ExprSummary }},
	{"for", false, true, func(a *Alert) *string { return &a.For }},
	{"runbook", false, false, func(a *Alert) *string { return &a.Runbook }},
	{"slo", false, false, func(a *Alert) *string { return &a.SLO }},
	{"owner", false, false, func(a *Alert) *string { return &a.Owner }},
	{"created_at", false, false, func(a *Alert) *string { return &a.CreatedAt }},
	{"deprecated_since", false, false, func(a *Alert) *string { return &a.DeprecatedSince }},
	{"replaced_by", false, false, func(a *Alert) *string { return &a.ReplacedBy }},
}

var textFieldOf = func() map[string]*textField {
	m := make(map[string]*textField, len(textFields))
	for i := range textFields {
		m[textFields[i].name] = &textFields[i]
	}
	return m
}()

// known reports whether the model has a field.
func known(name string) bool {
	switch name {
	case "deprecated", "windows", "labels", "lint_ignore":
		return true
	}
	return textFieldOf[name] != nil
}

// Required lists the fields that every entry must have.
func Required() []string {
	var names []string
	for _, t := range textFields {
		if t.required {
			names = append(names, t.name)
		}
	}
	return names
}
