package integrity

import (
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
)

// list is a checksum list as read: every entry has a valid path and digest, and the paths rise.
type list struct {
	report.Checksums        // an entry without a size has Size -1
	generated        string // generated_at as written; it may come from another tool
	foreign          bool   // it does not name our schema: another tool wrote it
}

// wireChecksums is checksums.json as any tool writes it; a nil member was absent or null.
type wireChecksums struct {
	Schema      jsontext.Value `json:"schema"`
	GeneratedAt *string        `json:"generated_at"`
	Artifacts   *[]struct {
		Path   *string `json:"path"`
		SHA256 *string `json:"sha256"`
		Size   *int64  `json:"size"`
	} `json:"artifacts"`
	AggregateSHA256 *string  `json:"aggregate_sha256"`
	Count           *int     `json:"count"`
	Missing         []string `json:"missing"`
}

// parseList reads checksums.json. What it says about itself, count and aggregate, is not yet believed.
func parseList(file string, data []byte) (*list, error) {
	var w wireChecksums
	if err := decode(file, data, &w); err != nil {
		return nil, err
	}
	for name, absent := range map[string]bool{"artifacts": w.Artifacts == nil, "aggregate_sha256": w.AggregateSHA256 == nil, "count": w.Count == nil} {
		if absent {
			return nil, refuse("shape-wrong", file, "it has no %s", name)
		}
	}
	if n := len(*w.Artifacts); n > maxArtifacts {
		return nil, refuse("too-large", file, "%d files are listed, more than %d", n, maxArtifacts)
	}
	l := &list{foreign: len(w.Schema) == 0, Checksums: report.Checksums{Schema: checksumsSchema, Artifacts: []report.Checksum{}, AggregateSHA256: *w.AggregateSHA256, Count: *w.Count, Missing: w.Missing}}
	if w.GeneratedAt != nil {
		l.generated = *w.GeneratedAt
		if _, err := parseTime(l.generated); err != nil {
			return nil, refuse("shape-wrong", file, "generated_at is not an RFC 3339 time")
		}
	}
	for i, a := range *w.Artifacts {
		if a.Path == nil || a.SHA256 == nil {
			return nil, refuse("shape-wrong", file, "entry %d has no path or no sha256", i+1)
		}
		e := report.Checksum{Path: *a.Path, SHA256: *a.SHA256, Size: -1}
		if a.Size != nil {
			e.Size = *a.Size
		}
		before := ""
		if i > 0 {
			before = l.Artifacts[i-1].Path
		}
		if bad := badEntry(file, before, e, a.Size != nil); bad != nil {
			return nil, bad
		}
		l.Artifacts = append(l.Artifacts, e)
	}
	return l, nil
}

func badEntry(file, before string, e report.Checksum, sized bool) *refusal {
	why := badPath(e.Path)
	switch {
	case why != "":
		return refuse("path-unsafe", file, "%.200q: %s", e.Path, why)
	case !isDigest(e.SHA256):
		return refuse("digest-malformed", file, "the sha256 of %s is not 64 lower-case hex digits", e.Path)
	case sized && e.Size < 0:
		return refuse("shape-wrong", file, "the size of %s is negative", e.Path)
	case before != "" && e.Path == before:
		return refuse("path-duplicate", file, "%s is listed twice", e.Path)
	case before != "" && e.Path < before:
		return refuse("list-unsorted", file, "%s is listed after %s", e.Path, before)
	}
	return nil
}

func isDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// timeForms are RFC 3339 and what Python's isoformat makes of a time without a zone, which older files hold; it is UTC there.
var timeForms = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"}

// parseTime reads a time of a file; the empty string is the zero time.
func parseTime(s string) (t time.Time, err error) {
	if s == "" {
		return t, nil
	}
	for _, form := range timeForms {
		if t, err = time.Parse(form, s); err == nil {
			return t.UTC(), nil
		}
	}
	return t, err
}

// Holds reports whether any file of a checksum list lies in a folder: whether the list's paths can start from there.
func Holds(checksums []byte, folder fs.FS) bool {
	l, err := parseList(ChecksumsFile, checksums)
	return err == nil && slices.ContainsFunc(l.Artifacts, func(a report.Checksum) bool {
		_, err := fs.Lstat(folder, a.Path)
		return err == nil
	})
}
