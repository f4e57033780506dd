package taxonomy

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// runbookRows follow the runbooks that are files or addresses.
func runbookRows() []Row {
	return []Row{
		{
			ID: "runbook-not-a-url", Level: report.Warning, Want: "have the address of a page as its runbook",
			Why:      "the profile links runbooks from dashboards and messages (runbook_url)",
			Hint:     "write the https address of the page",
			Profiles: []string{"mixin", "openshift"},
			Check: func(l *linter, a *Alert) []problem {
				if !a.Active() || !a.HasRunbook() || isURL(a.Runbook) {
					return none
				}
				return one("runbook", quote(shorten(a.Runbook, 60))+" is none")
			},
		},
		{
			ID: "runbook-file-missing", Level: report.Warning, Want: "have a runbook that exists",
			Why:   "the link is dead when it is needed",
			Hint:  "write the file, or correct the runbook",
			Needs: func(l *linter) bool { return l.HasFile != nil },
			Check: func(l *linter, a *Alert) []problem {
				if file := l.runbookFile(a); file != "" && a.Active() && !l.HasFile(file) {
					return one("runbook", "the repository has no file "+quote(file))
				}
				return none
			},
		},
		{
			ID: "runbook-file-orphan", Level: report.Warning, Want: "serve an alert",
			Why:       "a runbook that no alert points to is not found in need, and grows old unseen",
			Hint:      "name it as the runbook of an alert, or remove it",
			Needs:     func(l *linter) bool { return len(l.Runbooks) > 0 },
			CheckFile: orphanRunbooks,
		},
	}
}

func isURL(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// runbookFile is the path of the runbook in this repository; "" where it is a text, or an address elsewhere.
func (l *linter) runbookFile(a *Alert) string {
	s := strings.TrimSpace(a.Runbook)
	s, _, _ = strings.Cut(s, "#")
	s, _, _ = strings.Cut(s, "?")
	if isURL(s) {
		return l.pathInRepository(s)
	}
	if strings.ContainsAny(s, " \t\n:") || !slices.Contains([]string{".md", ".html", ".adoc", ".rst", ".txt"}, path.Ext(s)) {
		return ""
	}
	return strings.TrimPrefix(path.Clean("/"+s), "/")
}

// pathInRepository is the path that an address of GitHub names in the own repository: .../OWNER/REPO/blob/BRANCH/PATH.
func (l *linter) pathInRepository(address string) string {
	if l.Repository == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.TrimPrefix(u.Path, "/"), "/")
	switch {
	case len(parts) < 3 || !strings.EqualFold(parts[0]+"/"+parts[1], l.Repository): // GitHub does not tell capitals apart
	case u.Host == "raw.githubusercontent.com":
		return path.Join(parts[3:]...)
	case u.Host == "github.com" && len(parts) > 4 && slices.Contains([]string{"blob", "tree", "raw"}, parts[2]):
		return path.Join(parts[4:]...)
	}
	return ""
}

func orphanRunbooks(l *linter) []problem {
	named := map[string]bool{}
	for i := range l.File.Alerts {
		named[l.runbookFile(&l.File.Alerts[i])] = true
	}
	var out []problem
	for _, file := range l.Runbooks {
		if !named[file] {
			out = append(out, problem{subject: "runbook " + file, field: file, at: &report.Place{File: file, Line: 1, Column: 1}})
		}
	}
	return out
}

// shorten cuts a text for a message, at a border of characters.
func shorten(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit-1]) + "…"
}
