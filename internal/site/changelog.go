package site

import (
	"html/template"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// changelogView is the page of the changes of the alerts, and of what was added to the contracts.
type changelogView struct {
	Contracts []releaseNotes
	Calm      int // contracts in which nothing changed
	Alerts    *report.TaxonomyDiff
	Moved     bool // the set of alerts changed
	Written   template.HTML
}

// releaseNotes are the changes of one contract in this run that break nobody. Those that break are on its status page.
type releaseNotes struct {
	*Contract
	Href             string // of the status page
	Breaks, Accepted int
	Groups           []group
	Counts           string // instead of groups, where there are many contracts
}

type group struct {
	Title   string
	Changes []string
	More    int
}

// shownNotes is how many changes of a kind the changelog names, listedContracts of how many contracts: of more it has the numbers.
const (
	shownNotes      = 50
	listedContracts = 10
)

func changes(p *Page) changelogView {
	var v changelogView
	for i := range p.Contracts {
		c := &p.Contracts[i]
		if len(p.Contracts) > 1 && c.Diff != nil && len(c.Diff.Changes) == 0 {
			v.Calm++
			continue
		}
		n := releaseNotes{Contract: c, Href: "index.html", Breaks: findingCount(c.breaks()), Groups: groups(c.Diff)}
		if c.Diff != nil {
			n.Accepted = len(report.AcceptedOf(c.Diff.Changes).Changes)
		}
		if len(p.Contracts) > 1 {
			n.Href = c.Name + "/index.html"
		}
		if len(p.Contracts) > listedContracts {
			n.Counts, n.Groups = counted(n.Groups), nil
		}
		v.Contracts = append(v.Contracts, n)
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

// groups sorts the changes of a diff that break nobody under the headings of a changelog.
func groups(d *report.Diff) []group {
	if d == nil {
		return nil
	}
	all := []group{{Title: "Added"}, {Title: "Deprecated"}, {Title: "Removed"}, {Title: "Changed"}}
	for i := range d.Changes {
		f := &d.Changes[i]
		if f.Breaking {
			continue
		}
		g := &all[3]
		for k, kind := range []string{"added", "deprecated", "removed"} {
			if f.Kind == kind {
				g = &all[k]
			}
		}
		if len(g.Changes) == shownNotes {
			g.More += f.Count()
			continue
		}
		g.Changes = append(g.Changes, f.Message)
	}
	return all
}

// counted are the numbers of changes under each heading, in words.
func counted(all []group) string {
	var parts []string
	for _, g := range all {
		if n := len(g.Changes) + g.More; n > 0 {
			parts = append(parts, grouped(n)+" "+strings.ToLower(g.Title))
		}
	}
	return strings.Join(parts, ", ")
}
