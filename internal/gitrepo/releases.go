package gitrepo

import (
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// released splits the tag of a release into what stands before the version, and the version: "users/v1.2.3", "users-v1.2.3", "v1.2.3".
// Prereleases are none.
var released = late.Pattern(`^([A-Za-z0-9@](?:[A-Za-z0-9._/@-]*?[A-Za-z._/@-])?)??(` + wholeVersion + `)$`)

// ReleasesOf are the tags that release the contract at a path, in their order, and what stands in them before the version. In a repository
// with several products these are the tags that carry the name of one of the contract's folders, or of its file; where there are none, those
// that are nothing but a version.
func ReleasesOf(tags []string, contract string) (prefix string, releases []string) {
	byPrefix := map[string][]string{}
	for _, tag := range tags {
		if m := released().FindStringSubmatch(tag); m != nil {
			byPrefix[m[1]] = append(byPrefix[m[1]], tag)
		}
	}
	dir, file := path.Split(contract)
	dir = strings.TrimSuffix(dir, "/")
	names := append([]string{strings.TrimSuffix(file, path.Ext(file))}, strings.Split(dir, "/")...)
	best := -1
	for p := range byPrefix {
		name := strings.TrimRight(p, "/-_@.")
		rank := slices.Index(names, name)
		switch {
		case p == "" || name == "":
			continue
		case name == dir:
			rank = len(names)
		case rank < 0:
			continue
		}
		if rank > best || rank == best && p < prefix { // the innermost folder; then the same one each time
			best, prefix = rank, p
		}
	}
	return prefix, byPrefix[prefix]
}
