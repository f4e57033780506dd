package site

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// catalogueView is the page of all alerts.
type catalogueView struct {
	Rows                           []alertRow
	Severities, Scopes, Categories []string
	Active, Deprecated             int
	Without                        string // classes that name the columns in which nothing stands
	HasWindows, HasSLO             bool   // of any alert: the column is there
}

// alertRow is one alert with the id of its row, which links to it.
type alertRow struct {
	*report.Alert
	Anchor, Link string
	Class        string // of its severity
	Text         string // its description
	Written      string // its runbook, where that is a text and no address
	WindowList   string // its windows as one text
}

// allDescriptions bounds the descriptions of all alerts together, in bytes: a page of thousands must still come quickly.
const allDescriptions = 1 << 20

func catalogue(p *Page) catalogueView {
	v := catalogueView{}
	t := p.Taxonomy
	if t == nil {
		return v
	}
	weights := map[string]int{}
	if t.Metrics != nil {
		weights = t.Metrics.SeverityWeights
	}
	severities, scopes, categories := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range t.Alerts {
		a := &t.Alerts[i]
		v.HasWindows, v.HasSLO = v.HasWindows || len(a.Windows) > 0, v.HasSLO || a.SLO != ""
		severities[a.Severity], scopes[a.Scope], categories[a.Category] = true, true, true
		if a.Deprecated {
			v.Deprecated++
		} else {
			v.Active++
		}
	}
	v.Severities = choices(severities, weights)
	v.Scopes, v.Categories = choices(scopes, nil), choices(categories, nil)
	v.Without = emptyColumns(t.Alerts)
	classes := severityClasses(v.Severities, weights)
	seen := map[string]int{}
	room := min(longest, max(allDescriptions/max(len(t.Alerts), 1), 120))
	for i := range t.Alerts {
		a := &t.Alerts[i]
		rank := slices.Index(v.Severities, a.Severity)
		v.Rows = append(v.Rows, alertRow{Alert: a, Anchor: anchor(a, seen), Link: web(a.Runbook), Class: "s5", WindowList: strings.Join(a.Windows, ", "), Text: sanitize.Cut(a.Description, room)})
		if a.RunbookComplete && v.Rows[i].Link == "" {
			v.Rows[i].Written = sanitize.Cut(a.Runbook, room)
		}
		if rank >= 0 {
			v.Rows[i].Class = classes[rank]
		}
	}
	sorting.Stable(v.Rows, func(a, b alertRow) int { return strings.Compare(a.Alert.Alert, b.Alert.Alert) })
	return v
}

// columns are those of the table that may be empty, by the class that hides each.
var columns = []struct {
	class string
	text  func(*report.Alert) string
}{
	{"without-scope", func(a *report.Alert) string { return a.Scope }},
	{"without-category", func(a *report.Alert) string { return a.Category }},
	{"without-for", func(a *report.Alert) string { return a.For }},
	{"without-owner", func(a *report.Alert) string { return a.Owner }},
}

func emptyColumns(alerts []report.Alert) string {
	var classes []string
	for _, c := range columns {
		if !slices.ContainsFunc(alerts, func(a report.Alert) bool { return c.text(&a) != "" }) {
			classes = append(classes, c.class)
		}
	}
	return strings.Join(classes, " ")
}

// choices are the values of a filter: by weight where there is one, then by name.
func choices(set map[string]bool, weights map[string]int) []string {
	var all []string
	for s := range set {
		if s != "" {
			all = append(all, s)
		}
	}
	sorting.Stable(all, func(a, b string) int { return cmp.Or(cmp.Compare(weights[b], weights[a]), strings.Compare(a, b)) })
	return all
}

// anchor is the id of an alert's row: its own id or its name, in letters, digits and hyphens, numbered where it is not the first.
func anchor(a *report.Alert, seen map[string]int) string {
	name := a.ID
	if name == "" {
		name = a.Alert
	}
	slug := []rune("alert-")
	for _, r := range name {
		if len(slug) >= 80 {
			break
		}
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			slug = append(slug, r)
		default:
			slug = append(slug, '-')
		}
	}
	id := string(slug)
	seen[id]++
	if n := seen[id]; n > 1 {
		return anchor(&report.Alert{ID: fmt.Sprintf("%s-%d", strings.TrimPrefix(id, "alert-")[:min(len(id)-6, 60)], n)}, seen)
	}
	return id
}
