// Package apichangelog words the changes of an API for developers of its clients: one release after the other, in each what breaks
// first and how to migrate, then deprecations, additions and other changes by group of operations.
//
// Names, summaries and values come from documents that strangers can send. A sentence is a list of spans, and each format escapes
// them in its own way.
package apichangelog

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Unreleased is the version of what no release has yet.
const Unreleased = "Unreleased"

// Changelog is the releases of an API, newest first.
type Changelog struct {
	Title    string
	Releases []*Release
	More     int // older releases that are left out
}

// Release is what a version changed.
type Release struct {
	Version, Previous string
	Date              time.Time // zero where it is not known
	First             bool      // there is nothing to compare with
	Operations        int       // of the first release
	Entries           []*Entry  // by kind, group and weight
	Counts            counts    // of the things that changed
	More              counts    // entries that are left out
	NotRead           int       // changes that the comparison could only count
}

// Kind is the section of a release in which a change is listed.
type Kind uint8

// The kinds, in their order. Wording is counted and not listed.
const (
	Breaking Kind = iota
	Deprecated
	Added
	Changed
	Wording
)

// kinds are what formats call them: an id, the title of the section, the noun for counts.
var kinds = [...]struct{ id, title, noun string }{
	{"breaking", "Breaking changes", "breaking change"}, {"deprecated", "Deprecated", "deprecation"}, {"added", "Added", "addition"},
	{"changed", "Changed", "other change"}, {"wording", "", ""},
}

// counts are figures by kind.
type counts [Wording + 1]int

// Entry is one edit, or the same edit in several places.
type Entry struct {
	Kind       Kind
	Group      string
	Rule       string
	Things     []thing // what was edited
	Count      int     // findings that it stands for
	Operations []report.Operation
	predicate  string // what happened to the things, with {from} and {to}
	from, to   []Span
	Note       []Span // a date, a condition
	Migration  *Migration
	findings   []*report.Finding
	labels     *labels
}

// Input is what a release is made from. The contracts are those that were compared.
type Input struct {
	Version, Previous string
	Date              time.Time
	Changes           []report.Finding
	Old, New          *contract.Document
}

// maxEntries bounds the entries of a release.
const maxEntries = 300

// First is a release that has nothing before it.
func First(version string, date time.Time, doc *contract.Document) *Release {
	return &Release{Version: version, Date: date, First: true, Operations: countOperations(doc)}
}

// New is the release that a comparison found.
func New(in *Input) *Release {
	r := &Release{Version: in.Version, Previous: in.Previous, Date: in.Date}
	b := builder{labels: newLabels(in.Old, in.New), old: in.Old, new: in.New, byKey: map[key]*Entry{}}
	b.several = b.causesOfSeveralGroups(in.Changes)
	deprecated := map[string]bool{}
	for i := range in.Changes {
		f := &in.Changes[i]
		deprecated[f.Subject] = deprecated[f.Subject] || f.Kind == "deprecated"
	}
	for i := range in.Changes {
		f := &in.Changes[i]
		kind := kindOf(f)
		switch {
		case f.Rule == "sunset-added" && deprecated[f.Subject]: // the deprecation names the date
		case kind == Wording:
			r.Counts[Wording] += f.Count()
		case f.More > 0:
			r.NotRead += f.More
		default:
			b.add(kind, f)
		}
	}
	sorting.Stable(b.list, byKind)
	candidates := b.added()
	for _, e := range b.list {
		if len(r.Entries) >= maxEntries {
			r.More[e.Kind]++
			r.Counts[e.Kind] += len(e.findings)
			continue
		}
		b.finish(e, candidates)
		r.Counts[e.Kind] += len(e.Things)
		r.Entries = append(r.Entries, e)
	}
	return r
}

// Empty reports whether nothing changed.
func (r *Release) Empty() bool {
	return !r.First && len(r.Entries) == 0 && r.NotRead == 0 && r.Counts[Wording] == 0
}

// of are the entries of a kind.
func (r *Release) of(k Kind) []*Entry {
	var out []*Entry
	for _, e := range r.Entries {
		if e.Kind == k {
			out = append(out, e)
		}
	}
	return out
}

// kindOf is the section for a finding. A break that a waiver accepts breaks clients nevertheless.
func kindOf(f *report.Finding) Kind {
	switch {
	case f.Breaking || f.Waived() && f.Level == report.Error:
		return Breaking
	case deprecations.has(f.Rule):
		return Deprecated
	case f.Level == report.Info && (f.Category == "docs" || unseen.has(f.Rule)):
		return Wording
	case f.Kind == "added":
		return Added
	}
	return Changed
}

// names are words between spaces.
type names string

func (n names) has(name string) bool { return name != "" && strings.Contains(string(n), " "+name+" ") }

// deprecations are the rules about what is going to be removed.
const deprecations names = " operation-deprecated operation-deprecated-without-sunset operation-deprecated-too-late deprecated sunset-added sunset-delayed sunset-invalid "

// unseen are the rules about what no client sees on the wire: names within the document.
const unseen names = " schema-added schema-removed schema-renamed path-parameter-renamed operation-id-added "

// key is what edits have in common that are one entry.
type key struct {
	kind              Kind
	group, rule, from string
	to                string
}

type builder struct {
	labels
	old, new *contract.Document
	several  map[string]bool // causes that reach several groups
	byKey    map[key]*Entry
	list     []*Entry
}

// perGroup are the rules whose edits are listed in each group: everybody looks for new operations among those of their kind.
const perGroup names = " operation-added operation-removed operation-removed-deprecated operation-removed-after-sunset operation-removed-before-sunset " +
	"operation-deprecated operation-deprecated-without-sunset operation-deprecated-too-late "

// causesOfSeveralGroups are the edits that were made once and show in several groups.
func (b *builder) causesOfSeveralGroups(changes []report.Finding) map[string]bool {
	group, several := map[string]string{}, map[string]bool{}
	for i := range changes {
		f := &changes[i]
		if f.Cause == "" || perGroup.has(f.Rule) {
			continue
		}
		g := b.groupOf(f)
		if known, ok := group[f.Cause]; ok && known != g {
			several[f.Cause] = true
		}
		group[f.Cause] = g
	}
	return several
}

func (b *builder) add(kind Kind, f *report.Finding) {
	group := b.groupOf(f)
	if b.several[f.Cause] {
		group = severalGroups
	}
	k := key{kind, group, f.Rule, string(f.From), string(f.To)}
	e := b.byKey[k]
	if e == nil {
		e = &Entry{Kind: kind, Group: group, Rule: f.Rule, labels: &b.labels}
		b.byKey[k] = e
		b.list = append(b.list, e)
	}
	e.findings = append(e.findings, f)
	e.Count += f.Count()
}

// finish words an entry.
func (b *builder) finish(e *Entry, candidates additions) {
	known := map[string]bool{}
	ops := map[report.Operation]bool{}
	for _, f := range e.findings {
		for _, op := range f.Operations {
			if !ops[op] {
				ops[op] = true
				e.Operations = append(e.Operations, op)
			}
		}
		t := b.thingOf(f)
		if id := t.id(); !known[id] {
			known[id] = true
			e.Things = append(e.Things, t)
		}
	}
	f := e.findings[0]
	row := sentenceOf(f)
	if row.is == "" || slices.ContainsFunc(e.Things, func(t thing) bool { return t.raw != "" }) {
		e.inOwnWords()
	}
	e.predicate = row.is
	e.from, e.to = value(f, f.From), value(f, f.To)
	e.Note = b.note(f)
	if e.Kind == Breaking || removes(f) {
		e.Migration = b.migration(e, row, candidates)
	}
}

// inOwnWords gives an entry the messages of its findings.
func (e *Entry) inOwnWords() {
	e.Things = nil
	for _, f := range e.findings {
		e.Things = append(e.Things, thing{raw: f.Message})
	}
}

// removes reports a change that takes something away without breaking by the rules, as after its deprecation.
func removes(f *report.Finding) bool { return f.Kind == "removed" && f.Level == report.Warning }

// byKind orders entries: by kind, what is most serious first, then by group.
func byKind(a, b *Entry) int {
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(groupRank(a.Group), groupRank(b.Group)),
		strings.Compare(a.Group, b.Group),
		cmp.Compare(levelRank(a.findings[0]), levelRank(b.findings[0])),
		cmp.Compare(b.Count, a.Count),
	)
}

func levelRank(f *report.Finding) int {
	return slices.Index([]report.Level{report.Error, report.Warning, report.Info}, f.Level)
}
