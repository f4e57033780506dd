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

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Unreleased is the version of what no release has yet.
const Unreleased = "Unreleased"

// release is what a version changed.
type release struct {
	version, previous string
	date              time.Time // zero where it is not known
	entries           []*entry  // by kind, group and weight
	counts            counts    // of the things that changed
	more              int       // entries that are left out
	notRead           int       // changes that the comparison could only count
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

// entry is one edit, or the same edit in several places.
type entry struct {
	kind       Kind
	group      string
	rule       string
	things     []thing // what was edited
	count      int     // findings that it stands for
	operations []report.Operation
	predicate  string // what happened to the things, with {from} and {to}
	from, to   []Span
	note       []Span // a date, a condition
	migration  *migration
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

// First is a release that has nothing before it; whole reports that it is the first of the API, and not of the changelog alone.
func First(version string, date time.Time, doc *contract.Document, whole bool) report.APIRelease {
	r := release{version: version, date: date}
	out := r.report()
	operations := count.Of(countOperations(doc), "operation")
	if out.First, out.Summary = true, "First release, with "+operations+"."; !whole {
		out.Summary = "This changelog begins with this version, which has " + operations + "."
	}
	return out
}

// New is the release that a comparison found.
func New(in *Input) report.APIRelease { return newRelease(in).report() }

func newRelease(in *Input) *release {
	r := &release{version: in.Version, previous: in.Previous, date: in.Date}
	b := builder{labels: newLabels(in.Old, in.New), old: in.Old, new: in.New, byKey: map[key]*entry{}}
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
			r.counts[Wording] += f.Count()
		case f.More > 0:
			r.notRead += f.More
		default:
			b.add(kind, f)
		}
	}
	b.list = together(b.list)
	sorting.Stable(b.list, byKind)
	candidates := b.added()
	for _, e := range b.list {
		if len(r.entries) >= maxEntries {
			r.more++
			r.counts[e.kind] += len(e.findings)
			continue
		}
		b.finish(e, candidates)
		r.counts[e.kind] += len(e.things)
		r.entries = append(r.entries, e)
	}
	return r
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
	byKey    map[key]*entry
	list     []*entry
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
		e = &entry{kind: kind, group: group, rule: f.Rule, labels: &b.labels}
		b.byKey[k] = e
		b.list = append(b.list, e)
	}
	e.findings = append(e.findings, f)
	e.count += f.Count()
}

// crowded is how many breaks a release lists by group. With more, the same edit in several groups is one entry.
const crowded = 20

// together are the entries of a release, where there are many breaks with one for each edit that was made in several groups.
func together(list []*entry) []*entry {
	breaks := 0
	for _, e := range list {
		if e.kind == Breaking {
			breaks++
		}
	}
	if breaks <= crowded {
		return list
	}
	known := map[key]*entry{}
	return slices.DeleteFunc(list, func(e *entry) bool {
		if e.kind != Breaking || perGroup.has(e.rule) {
			return false
		}
		f := e.findings[0]
		k := key{kind: e.kind, rule: e.rule, from: string(f.From), to: string(f.To)}
		first := known[k]
		if first == nil {
			known[k] = e
			return false
		}
		first.group = severalGroups
		first.findings = append(first.findings, e.findings...)
		first.count += e.count
		return true
	})
}

// finish words an entry.
func (b *builder) finish(e *entry, candidates additions) {
	known := map[string]bool{}
	ops := map[report.Operation]bool{}
	for _, f := range e.findings {
		for _, op := range f.Operations {
			if !ops[op] {
				ops[op] = true
				e.operations = append(e.operations, op)
			}
		}
		t := b.thingOf(f)
		if id := t.id(); !known[id] {
			known[id] = true
			e.things = append(e.things, t)
		}
	}
	f := e.findings[0]
	row := sentenceOf(f)
	if row.is == "" || slices.ContainsFunc(e.things, func(t thing) bool { return t.raw != "" }) {
		e.inOwnWords()
	}
	e.predicate = row.is
	e.from, e.to = value(f, f.From), value(f, f.To)
	e.note = b.note(f)
	if e.kind == Breaking || removes(f) {
		e.migration = b.migration(e, row, candidates)
	}
}

// inOwnWords gives an entry the messages of its findings.
func (e *entry) inOwnWords() {
	e.things = nil
	for _, f := range e.findings {
		e.things = append(e.things, thing{raw: withCode(f)})
	}
}

// withCode is the message of a finding with its operation as code.
func withCode(f *report.Finding) string {
	if len(f.Operations) == 0 {
		return f.Message
	}
	call := f.Operations[0].Method + " " + f.Operations[0].Path
	if strings.Contains(call, "`") || strings.Contains(f.Message, "`"+call) {
		return f.Message
	}
	return strings.Replace(f.Message, call, "`"+call+"`", 1)
}

// removes reports a change that takes something away without breaking by the rules, as after its deprecation.
func removes(f *report.Finding) bool { return f.Kind == "removed" && f.Level == report.Warning }

// byKind orders entries: by kind, what is most serious first, then by group.
func byKind(a, b *entry) int {
	return cmp.Or(
		cmp.Compare(a.kind, b.kind),
		cmp.Compare(groupRank(a.group), groupRank(b.group)),
		strings.Compare(a.group, b.group),
		cmp.Compare(levelRank(a.findings[0]), levelRank(b.findings[0])),
		cmp.Compare(b.count, a.count),
	)
}

func levelRank(f *report.Finding) int {
	return slices.Index([]report.Level{report.Error, report.Warning, report.Info}, f.Level)
}
