package imagegate

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Ignore is an entry of a file of accepted vulnerabilities.
type Ignore struct {
	ID        string
	Paths     []string // globs; none: everywhere
	PURLs     []string // none: every package
	Expires   time.Time
	Statement string
	Place     report.Place
}

// maxIgnores bounds the entries of one file.
const maxIgnores = 20_000

// ParseIgnores reads .trivyignore, or .trivyignore.yaml by its extension. Its error is a *contract.Error.
func ParseIgnores(ctx context.Context, name string, data []byte) ([]Ignore, error) {
	if ext := path.Ext(name); ext == ".yaml" || ext == ".yml" {
		return parseYAML(ctx, name, data)
	}
	return parseLines(name, string(data))
}

// parseLines reads one id a line, with exp:DATE behind it, and comments.
func parseLines(name, text string) (all []Ignore, err error) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		one := Ignore{ID: words[0], Place: report.Place{File: name, Line: number, Column: 1}}
		for _, word := range words[1:] {
			date, ok := strings.CutPrefix(word, "exp:")
			if one.Expires, err = time.Parse(time.DateOnly, date); err != nil || !ok {
				return nil, &contract.Error{Place: one.Place, Msg: fmt.Sprintf("%.80q follows the id, and is not a date", word), Hint: one.ID + " exp:2026-12-31"}
			}
		}
		if all = append(all, one); len(all) > maxIgnores {
			return nil, &contract.Error{Place: one.Place, Msg: fmt.Sprintf("there are more than %d entries", maxIgnores), Hint: "name packages or paths instead"}
		}
	}
	return all, nil
}

// sections are the keys of .trivyignore.yaml. The entries of the others are about what no report of vulnerabilities has.
var sections = []string{"vulnerabilities", "misconfigurations", "secrets", "licenses"}

var entryKeys = []string{"id", "paths", "purls", "statement", "expired_at"}

func parseYAML(ctx context.Context, name string, data []byte) (all []Ignore, err error) {
	if strings.TrimSpace(string(data)) == "" {
		return nil, nil
	}
	root, err := contract.ParseValue(ctx, name, data, contract.Options{MaxBytes: 4 << 20})
	if err != nil {
		return nil, err
	}
	if root.Kind() != contract.Object {
		return nil, &contract.Error{Place: root.Place(), Msg: "accepted vulnerabilities must be an object", Hint: "vulnerabilities: [{id: CVE-2026-1, statement:, expired_at:}]"}
	}
	for key, v := range root.Fields() {
		if !slices.Contains(sections, key) {
			return nil, &contract.Error{Place: v.KeyPlace(), Msg: fmt.Sprintf("unknown key %q", key), Hint: "the keys are " + strings.Join(sections, ", ")}
		}
	}
	for _, n := range root.Get("vulnerabilities").Items() {
		one, err := parseEntry(n)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func parseEntry(n contract.Node) (one Ignore, err error) {
	one.Place = n.Place()
	fail := func(at report.Place, format string, args ...any) (Ignore, error) {
		return one, &contract.Error{Place: at, Msg: fmt.Sprintf(format, args...), Hint: "- {id: CVE-2026-1, paths: [], purls: [], statement:, expired_at: 2026-12-31}"}
	}
	if n.Kind() != contract.Object {
		return fail(one.Place, "an entry must be an object")
	}
	for key, v := range n.Fields() {
		if !slices.Contains(entryKeys, key) {
			return fail(v.KeyPlace(), "unknown key %q", key)
		}
	}
	one.ID, one.Statement = strings.TrimSpace(n.Get("id").Text()), n.Get("statement").Text()
	if one.ID == "" {
		return fail(one.Place, "an entry needs an id")
	}
	for key, to := range map[string]*[]string{"paths": &one.Paths, "purls": &one.PURLs} {
		for _, item := range n.Get(key).Items() {
			*to = append(*to, item.Text())
		}
	}
	if at := n.Get("expired_at"); at.Exists() {
		if one.Expires, err = time.Parse(time.DateOnly, at.Text()); err != nil {
			return fail(at.Place(), "expired_at must be a date")
		}
	}
	return one, nil
}

// expired is as Trivy has it: on its date an entry no longer holds.
func (i *Ignore) expired(now time.Time) bool { return !i.Expires.IsZero() && i.Expires.Before(now) }

// covers reports whether the entry is about the vulnerability.
func (i *Ignore) covers(v *Vulnerability) bool {
	return slices.Contains(v.IDs, i.ID) &&
		(len(i.Paths) == 0 || slices.ContainsFunc(i.Paths, func(p string) bool { return slices.ContainsFunc(v.Targets, func(t string) bool { return glob(p, t) }) })) &&
		(len(i.PURLs) == 0 || slices.ContainsFunc(i.PURLs, func(p string) bool {
			return slices.ContainsFunc(v.PURLs, func(have string) bool { return samePackage(p, have) })
		}))
}

// vulnerabilityID is the id of something that reports of vulnerabilities have: entries about misconfigurations and secrets are not stale.
var vulnerabilityID = late.Pattern(`^(CVE|GHSA|GO|PYSEC|RUSTSEC|DSA|DLA|USN|RHSA|ELSA|ALAS2?|SUSE-SU|OSV|MAL|TEMP|NSWG-ECO|SNYK)[-:]`)

// glob reports whether a path fits a pattern in which ** stands for any number of folders.
func glob(pattern, name string) bool {
	parts := strings.Split(strings.Trim(name, "/"), "/")
	reached := make([]bool, len(parts)+1) // how many parts of the name the pattern so far may have used
	reached[0] = true
	for _, p := range strings.Split(strings.Trim(pattern, "/"), "/") {
		next := make([]bool, len(parts)+1)
		for i, ok := range reached {
			switch {
			case p == "**":
				next[i] = ok || i > 0 && next[i-1]
			case ok && i < len(parts):
				fits, err := path.Match(p, parts[i])
				next[i+1] = err == nil && fits
			}
		}
		reached = next
	}
	return reached[len(parts)]
}

// samePackage reports whether a package URL is that of an entry, whose version and qualifiers may be left out.
func samePackage(entry, have string) bool {
	if !strings.Contains(entry, "?") {
		have, _, _ = strings.Cut(have, "?")
	}
	if i := strings.LastIndexByte(have, '@'); i > strings.LastIndexByte(have, '/') && !strings.Contains(entry, "@") {
		have = have[:i]
	}
	return entry == have
}
