package site

import (
	"html/template"

	"github.com/romel/govctl/pkg/report"
)

// changelogView is the page of changes.
type changelogView struct {
	Contracts []releaseNotes
	Alerts    *report.TaxonomyDiff
	Moved     bool // the set of alerts changed
	Written   template.HTML
}

// releaseNotes are the changes of one contract in this run, put together by what they ask of a client.
type releaseNotes struct {
	*Contract
	Groups []group
}

type group struct {
	Title   string
	Changes []report.Finding
	More    int
}

func changes(p *Page) changelogView {
	var v changelogView
	for i := range p.Contracts {
		v.Contracts = append(v.Contracts, releaseNotes{&p.Contracts[i], groups(p.Contracts[i].Diff)})
	}
	if p.Taxonomy == nil {
		return v
	}
	if d := p.Taxonomy.Diff; d != nil {
		v.Alerts = d
		v.Moved = len(d.Added)+len(d.Removed)+len(d.Renamed)+len(d.Modified)+len(d.SeverityTransitions)+len(d.Deprecated)+len(d.Undeprecated) > 0
	}
	v.Written = written(p.Taxonomy.Changelog)
	return v
}

// groups sorts the changes of a diff under the headings of a changelog.
func groups(d *report.Diff) []group {
	if d == nil {
		return nil
	}
	all := []group{{Title: "Breaking"}, {Title: "Breaking, accepted for a time"}, {Title: "Added"}, {Title: "Deprecated"}, {Title: "Removed"}, {Title: "Changed"}}
	for _, f := range d.Changes {
		i := 5
		switch {
		case f.Breaking && f.Waived():
			i = 1
		case f.Breaking:
			i = 0
		case f.Kind == "added":
			i = 2
		case f.Kind == "deprecated":
			i = 3
		case f.Kind == "removed":
			i = 4
		}
		if len(all[i].Changes) == shownChanges {
			all[i].More += f.Count()
			continue
		}
		all[i].Changes = append(all[i].Changes, f)
	}
	return all
}
