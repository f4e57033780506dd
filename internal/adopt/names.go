package adopt

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// plainNames say of a file only that an API is described in it; plainFolders say no more of a folder.
var (
	plainNames   = strings.Fields("api apis openapi swagger oas oas3 spec specs specification schema doc docs contract definition reference index main root yaml json")
	plainFolders = append(strings.Fields("specifications schemas documentation contracts definitions components src resources static public assets server servers "+
		"service services app apps packages pkg cmd internal modules libs projects yaml json"), plainNames...)
)

var (
	versionPart = late.Pattern(`^v?[0-9]+(?:[a-z]+[0-9]*)?$`)
	unfit       = late.Pattern(`[^A-Za-z0-9_-]+`)
)

// maxName is how long the name of a contract may be.
const maxName = 64

// Names are the names of contracts by the paths at which they lie: the last parts of each path that tell it from the others.
func Names(paths []string) []string {
	names := make([]string, len(paths))
	taken := map[string]bool{}
	for i, p := range paths {
		parts, every := distinctiveParts(p)
		for n := 1; names[i] == "" && n <= len(parts); n++ {
			if name := joined(parts, n); unique(name, p, paths, n) && !taken[strings.ToLower(name)] {
				names[i] = name
			}
		}
		if stem := fitting(stemOf(p)); names[i] == "" && !taken[strings.ToLower(stem)] {
			names[i] = stem
		}
		if names[i] == "" {
			names[i] = fitting(strings.Join(every, "-"))
		}
		base := names[i]
		for n := 2; taken[strings.ToLower(names[i])]; n++ {
			names[i] = fmt.Sprintf("%s-%d", base[:min(len(base), maxName-8)], n)
		}
		taken[strings.ToLower(names[i])] = true
	}
	return names
}

// unique reports that no other path has this name when it is told by as many parts.
func unique(name, own string, paths []string, n int) bool {
	return !slices.ContainsFunc(paths, func(p string) bool {
		parts, _ := distinctiveParts(p)
		return p != own && strings.EqualFold(joined(parts, n), name)
	})
}

// distinctiveParts are the parts of a path that say more than that an API is described there, and all of them.
func distinctiveParts(p string) (parts, every []string) {
	take := func(some, plain []string) {
		for _, part := range some {
			if part == "." || part == "" {
				continue
			}
			every = append(every, part)
			if !slices.Contains(plain, strings.ToLower(part)) {
				parts = append(parts, part)
			}
		}
	}
	take(strings.Split(path.Dir(p), "/"), plainFolders)
	take(strings.Split(stemOf(p), "."), plainNames)
	return parts, every
}

// Versions are the parts of a path that name a version.
func Versions(p string) string {
	var out []string
	for _, part := range append(strings.Split(path.Dir(p), "/"), strings.Split(stemOf(p), ".")...) {
		if versionPart().MatchString(strings.ToLower(part)) {
			out = append(out, part)
		}
	}
	return strings.Join(out, "/")
}

func stemOf(p string) string { return strings.TrimSuffix(path.Base(p), path.Ext(p)) }

// joined are the last n parts, to which a version belongs without being counted, as a name.
func joined(parts []string, n int) string {
	at := len(parts)
	for ; at > 0 && n > 0; at-- {
		if !versionPart().MatchString(strings.ToLower(parts[at-1])) {
			n--
		}
	}
	return fitting(strings.Join(parts[at:], "-"))
}

// fitting is a text as a name.
func fitting(s string) string {
	s = strings.TrimLeft(strings.Trim(unfit().ReplaceAllString(s, "-"), "-"), "_-")
	s = strings.TrimRight(s[:min(len(s), maxName)], "-")
	if s == "" {
		return "api"
	}
	return s
}
