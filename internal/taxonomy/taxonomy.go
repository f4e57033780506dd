// Package taxonomy is the catalogue of a team's alerts: what each means, how bad it is, who it concerns and what to do.
//
// A taxonomy is read with the position of every value and is changed by editing its text, so that what nobody touched
// keeps its bytes: unknown keys, key order, indentation and line ends survive.
package taxonomy

import (
	"sort"
	"strings"
	"sync"
	"unsafe"

	"github.com/romel/govctl/pkg/report"
)

// File is a taxonomy as it was read.
type File struct {
	Name          string
	Legacy        bool // a bare array of alerts, the form before schema_version
	SchemaVersion string
	LastUpdated   string
	Alerts        []Alert
	Misshapen     []Misshape // fields of a wrong type; their values count as absent

	derived  bool   // made from rule files: its places mean nothing
	src      string // the whole text
	list     span   // the array of alerts
	lineOnce sync.Once
	lines    []int32 // offsets of line starts

	blockOnce sync.Once
	blocks    []int32 // characters before every block of the text
	byName    func() map[string][]int
}

// Alert is one entry. Empty strings stand for absent fields and for null.
type Alert struct {
	Name            string
	ID              string
	Group           string
	Severity        string
	Scope           string
	Category        string
	Description     string
	ExprSummary     string
	For             string
	Windows         []string // {long, short} is "short/long"
	Runbook         string
	SLO             string
	Labels          map[string]string
	Owner           string
	CreatedAt       string
	Deprecated      bool
	DeprecatedSince string
	ReplacedBy      string
	Ignores         []Ignore

	foreign bool // it has keys that the model does not know

	index int  // in File.Alerts
	at    span // of the whole entry in the text
}

// Ignore is one lint_ignore of an entry.
type Ignore struct {
	Rule, Reason, Until string
}

// Misshape is a value that the model cannot hold.
type Misshape struct {
	Alert int // index of the entry; header for a field of the file itself
	Field string
	Msg   string // "must be a string, not a number"
	off   int
}

// header stands for the file where a Misshape names an entry.
const header = -1

// span is a piece of the text.
type span struct{ start, end int32 }

func (s span) of(src string) string { return src[s.start:s.end] }

// Bytes is the text of the file as it was read.
func (f *File) Bytes() []byte { return []byte(f.src) }

// text is the text without a copy; nobody may write into it.
func (f *File) text() []byte { return unsafe.Slice(unsafe.StringData(f.src), len(f.src)) }

// Active reports whether the alert is still wanted.
func (a *Alert) Active() bool { return !a.Deprecated }

// HasRunbook reports whether the runbook says something.
func (a *Alert) HasRunbook() bool { return !Placeholder(a.Runbook) }

// Placeholder reports whether a text only holds the place of one: empty, "tbd", "placeholder", or starting with "todo", in any case.
func Placeholder(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || strings.EqualFold(s, "tbd") || strings.EqualFold(s, "placeholder") ||
		len(s) >= 4 && strings.EqualFold(s[:4], "todo")
}

// Selector tells the entries of one name apart: {group="g",severity="critical"}.
func (a *Alert) Selector() string {
	parts := make([]string, 0, 1+len(a.Labels))
	if a.Group != "" {
		parts = append(parts, "group="+quote(a.Group))
	}
	for _, k := range sortedKeys(a.Labels) {
		parts = append(parts, k+"="+quote(a.Labels[k]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

//go:noinline
func quote(s string) string { return `"` + quoter.Replace(s) + `"` }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// named returns the indexes of the entries of each name.
func (f *File) named() map[string][]int { return f.byName() }

func indexNames(alerts []Alert) map[string][]int {
	m := make(map[string][]int, len(alerts))
	single := make([]int, len(alerts)) // names are seldom shared: one list for all of them
	for i := range alerts {
		name := alerts[i].Name
		if _, shared := m[name]; shared {
			m[name] = append(m[name], i)
			continue
		}
		single[i] = i
		m[name] = single[i : i+1 : i+1]
	}
	return m
}

// label names an entry for people: by its name, and by its selector where others have the same name.
func (f *File) label(a *Alert) string {
	switch {
	case a.Name == "":
		return "entry " + itoa(a.index+1)
	case len(f.named()[a.Name]) > 1:
		return a.Name + a.Selector()
	}
	return a.Name
}

// Ref names an entry in a report.
func (f *File) Ref(a *Alert) report.AlertRef {
	ref := report.AlertRef{Alert: a.Name, ID: a.ID, Group: a.Group, Severity: a.Severity}
	if len(f.named()[a.Name]) > 1 {
		ref.Selector = a.Selector()
	}
	if !f.derived {
		p := f.Place(a, "")
		ref.Place = &p
	}
	return ref
}

// other are the keys of an entry that the model does not know, as they are written.
func (f *File) other(a *Alert) map[string]report.Raw {
	var out map[string]report.Raw
	if !a.foreign {
		return out
	}
	for k, v := range f.fields(a) {
		name, _ := unquoted(k.of(f.src))
		if !known(name) {
			if out == nil {
				out = map[string]report.Raw{}
			}
			out[name] = report.Raw(v.of(f.src))
		}
	}
	return out
}

// Report is the entries as readers see them, in the order of the file.
func (f *File) Report() []report.Alert {
	out := make([]report.Alert, len(f.Alerts))
	for i := range f.Alerts {
		a := &f.Alerts[i]
		p := f.Place(a, "")
		out[i] = report.Alert{
			Alert: a.Name, ID: a.ID, Group: a.Group, Severity: a.Severity, Scope: a.Scope, Category: a.Category,
			Description: a.Description, ExprSummary: a.ExprSummary, For: a.For, Windows: a.Windows, Runbook: a.Runbook,
			RunbookComplete: a.HasRunbook(), SLO: a.SLO, Labels: a.Labels, Owner: a.Owner, CreatedAt: a.CreatedAt,
			Deprecated: a.Deprecated, DeprecatedSince: a.DeprecatedSince, ReplacedBy: a.ReplacedBy, Other: f.other(a), Place: &p,
		}
	}
	return out
}
