package site

import "html/template"

// APIChangelog is the changelog of a contract for developers of its clients.
type APIChangelog struct {
	Contract string // name, where there are several
	Title    string // of the page
	Releases []APIRelease
	More     int // older releases that are not listed
}

// APIRelease is a release of it. The HTML is made by the package that words the changes, which has escaped every text in it.
type APIRelease struct {
	ID, Version, Date, Summary string
	Body                       template.HTML // the first entries
	Left                       int           // entries that are not among them
	Full                       template.HTML // all entries; empty where these are the first ones
	Page                       bool          // it has a page of its own
}

// All is the HTML of all entries.
func (r APIRelease) All() template.HTML {
	if r.Full != "" {
		return r.Full
	}
	return r.Body
}

// apiView is a page of a changelog of the API: all releases, one of them, or the changelogs of several contracts.
type apiView struct {
	*APIChangelog
	One          *APIRelease
	Newer, Older *APIRelease
	List         []APIChangelog
}

// APIReleases renders the page with all releases.
func APIReleases(p *Page, c *APIChangelog) ([]byte, error) {
	return render("api-changelog", p, apiView{APIChangelog: c})
}

// APIReleasePage renders the page of one release, which is in a folder beside that of all.
func APIReleasePage(p *Page, c *APIChangelog, i int) ([]byte, error) {
	v := apiView{APIChangelog: c, One: &c.Releases[i]}
	if i > 0 {
		v.Newer = &c.Releases[i-1]
	}
	if i+1 < len(c.Releases) && c.Releases[i+1].Page {
		v.Older = &c.Releases[i+1]
	}
	return render("api-changelog", p, v)
}

// APIChangelogs renders the list of the changelogs of several contracts.
func APIChangelogs(p *Page, list []APIChangelog) ([]byte, error) {
	return render("api-changelog", p, apiView{APIChangelog: &APIChangelog{Title: "API changelogs"}, List: list})
}
