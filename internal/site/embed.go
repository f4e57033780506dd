package site

import (
	"strings"
)

// embedView is the small page for frames.
type embedView struct {
	Tiles []tile
	Badge *Badge
	Site  string // without a slash at the end
}

// placeholderSite stands in the snippet where the address of the pages is not known.
const placeholderSite = "https://OWNER.github.io/REPOSITORY"

func embedding(p *Page) embedView {
	v := embedView{Tiles: []tile{stabilityTile(p), breakingTile(p), semverTile(p)}, Site: strings.TrimSuffix(web(p.Site), "/")}
	if v.Site == "" {
		v.Site = placeholderSite
	}
	for i := range p.Badges {
		if p.Badges[i].File == "governance-combined-badge.json" {
			v.Badge = &p.Badges[i]
		}
	}
	return v
}
