package site

import (
	"path"
	"strings"
)

// badgesView is the page of the badges.
type badgesView struct {
	Rows  []badgeRow // of the whole, then of each contract
	Rest  []badgeText
	Site  string // without a slash at the end
	Known bool   // the address of the site
}

// badgeRow is one badge with the text that shows it elsewhere.
type badgeRow struct {
	Badge
	Label, Picture string // what it says; where it is
	Page           string // to which it leads
}

// badgeText is the Markdown of the badges of one contract that are not drawn.
type badgeText struct{ Name, Markdown string }

// drawnBadges bounds the drawings: those of hundreds of contracts would be megabytes.
const drawnBadges = 40

func badgeList(p *Page) badgesView {
	v := badgesView{Site: strings.TrimSuffix(web(p.Site), "/")}
	if v.Known = v.Site != ""; !v.Known {
		v.Site = placeholderSite
	}
	for i := range 2 * len(p.Badges) { // those of the whole, then those of the contracts, which are sorted
		b := p.Badges[i%len(p.Badges)]
		if (path.Dir(b.File) != ".") != (i >= len(p.Badges)) {
			continue
		}
		r := badgeRow{Badge: b, Label: markdownLabel(b.Label), Picture: v.Site + "/" + strings.TrimSuffix(b.File, ".json") + ".svg", Page: v.Site + "/"}
		if folder := path.Dir(b.File); folder != "." {
			r.Label, r.Page = folder+" "+r.Label, v.Site+"/"+folder+"/index.html"
		}
		if len(v.Rows) < drawnBadges {
			v.Rows = append(v.Rows, r)
			continue
		}
		if n := len(v.Rest); n == 0 || v.Rest[n-1].Name != path.Dir(b.File) {
			v.Rest = append(v.Rest, badgeText{Name: path.Dir(b.File)})
		}
		v.Rest[len(v.Rest)-1].Markdown += r.Markdown() + "\n"
	}
	return v
}

// Markdown shows the badge as a link to its page.
func (r badgeRow) Markdown() string { return "[![" + r.Label + "](" + r.Picture + ")](" + r.Page + ")" }

// markdownLabel is a label that ends no link of Markdown.
func markdownLabel(s string) string {
	return strings.NewReplacer("[", "(", "]", ")", "\\", "/").Replace(s)
}
