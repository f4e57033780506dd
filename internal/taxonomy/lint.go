package taxonomy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// Row is one lint rule. Check looks at one entry, CheckFile at the whole; a row has one of the two, or both.
type Row struct {
	ID       string
	Level    report.Level
	Want     string // completes "alert must ..." (or "taxonomy must ...", for CheckFile)
	Why      string
	Hint     string   // what to do about it
	Profiles []string // in which it applies; all where empty
	Strict   bool     // an error under --strict, whatever Level says
	Coverage bool     // belongs to `taxonomy sync --check` too

	Needs     func(*linter) bool // false: its input is absent, it stays silent
	Check     func(*linter, *Alert) []problem
	CheckFile func(*linter) []problem
	Fix       func(*linter, *Alert) []edit // the mechanical correction, where there is one
}

// problem is what a row found.
type problem struct {
	field   string // whose place is shown
	got     string // what stands there instead
	hint    string // better than the row's Hint
	subject string // what it is about, for rows that look at the whole
	at      *report.Place
}

// Input is what lint looks at. Only File, Config and Now are needed; a row whose input is absent stays silent.
type Input struct {
	File     *File
	Config   Config
	Now      time.Time
	Rules    []Rule // alerting rules of the rule files
	RuleRead int    // rule files read; 0 means that the taxonomy is not compared with rules
	Previous *File  // an older revision, for renamed alerts

	Repository string            // "owner/name": runbook URLs into it are files
	HasFile    func(string) bool // reports whether the repository has a file or folder at a slash-separated path
	Runbooks   []string          // runbook files of the repository, each expected to serve an alert
}

type linter struct {
	Input
	cover    *Coverage          // nil without rule files
	ids      map[string]int     // first entry of each id
	twins    map[int]int        // an entry -> an earlier one with the same name and selector
	shapes   map[int][]Misshape // by entry
	renamed  map[int]string
	severity []string
}

// Rows is the lint table. Its order is the order of the documentation.
func Rows() []Row {
	return slices.Concat(shapeRows(), wordingRows(), lifecycleRows(), ruleFileRows(), runbookRows())
}

// Table is the lint table with the rows that evaluate waivers.
func Table() []Row { return append(Rows(), waiverRows()...) }

// Summary is the row in a sentence.
func (r *Row) Summary() string {
	if r.Check == nil {
		return "The taxonomy must " + r.Want + "."
	}
	return "An alert must " + r.Want + "."
}

// Lint runs the table over a taxonomy. Findings are ordered by place, then by rule.
func Lint(in Input) report.TaxonomyLint { return lint(in, func(*Row) bool { return true }) }

// Check runs the rows of coverage alone: every alert of the rule files is in the catalogue, with the required fields.
func Check(in Input) report.TaxonomyLint { return lint(in, func(r *Row) bool { return r.Coverage }) }

func lint(in Input, wanted func(*Row) bool) report.TaxonomyLint {
	l := newLinter(in)
	out := report.TaxonomyLint{
		Schema: "govctl/taxonomy-lint/v1", GeneratedAt: report.At(in.Now), File: in.File.Name, Profile: in.Config.Profile,
		Alerts: len(in.File.Alerts), RuleFiles: in.RuleRead, Rules: len(in.Rules), Required: in.Config.RequiredLabels, Severities: severitiesOf(in.Rules),
		Missing: []string{},
		ByRule:  map[string]int{}, Findings: []report.Finding{},
	}
	if l.cover != nil {
		out.Missing = l.cover.MissingNames()
	}
	waivers := l.waivers()
	rows := slices.DeleteFunc(Rows(), func(r Row) bool { return !wanted(&r) || !l.applies(&r) })
	found := make([][]report.Finding, len(rows))
	var wg sync.WaitGroup
	for i := range rows { // no row reads what another one writes
		waivers.ran[rows[i].ID] = true
		wg.Go(func() { found[i] = l.run(&rows[i], waivers) })
	}
	wg.Wait()
	out.Findings = append(out.Findings, slices.Concat(found...)...)
	for _, row := range waiverRows() {
		if wanted(&row) {
			out.Findings = append(out.Findings, waivers.findings(l, &row)...)
		}
	}
	sortFindings(out.Findings)
	for i := range out.Findings {
		count(&out, &out.Findings[i])
	}
	out.Findings = report.Bounded(out.Findings)
	return out
}

func newLinter(in Input) *linter {
	l := &linter{Input: in, severity: in.Config.severityNames()}
	if in.RuleRead > 0 {
		l.cover = in.File.Cover(in.Rules)
	}
	l.ids = make(map[string]int, len(in.File.Alerts))
	for i := range in.File.Alerts {
		if id := in.File.Alerts[i].ID; id != "" {
			if _, again := l.ids[id]; !again {
				l.ids[id] = i
			}
		}
	}
	l.shapes = map[int][]Misshape{}
	for _, m := range in.File.Misshapen {
		l.shapes[m.Alert] = append(l.shapes[m.Alert], m)
	}
	l.twins = in.File.duplicates()
	return l
}

// duplicates finds the entries that nothing tells apart from an earlier one.
func (f *File) duplicates() map[int]int {
	twins := map[int]int{}
	for name, entries := range f.named() {
		if len(entries) < 2 || name == "" {
			continue
		}
		first := make(map[string]int, len(entries))
		for _, i := range entries {
			s := f.Alerts[i].Selector()
			if earlier, again := first[s]; again {
				twins[i] = earlier
			} else {
				first[s] = i
			}
		}
	}
	return twins
}

func (l *linter) applies(r *Row) bool {
	return (len(r.Profiles) == 0 || slices.Contains(r.Profiles, l.Config.Profile)) && l.Config.Levels[r.ID] != "off" &&
		(r.Needs == nil || r.Needs(l))
}

func (l *linter) level(r *Row) report.Level {
	if level, ok := l.Config.Levels[r.ID]; ok {
		return report.Level(level)
	}
	if r.Strict && l.Config.DeprecationStrict {
		return report.Error
	}
	return r.Level
}

func (l *linter) run(row *Row, w *waivers) []report.Finding {
	var out []report.Finding
	if row.CheckFile != nil {
		for _, p := range row.CheckFile(l) {
			out = append(out, l.finding(row, nil, p))
		}
	}
	if row.Check == nil {
		return out
	}
	for i := range l.File.Alerts {
		a := &l.File.Alerts[i]
		for _, p := range row.Check(l, a) {
			f := l.finding(row, a, p)
			f.Waiver = w.use(a, row.ID)
			out = append(out, f)
		}
	}
	return out
}

func (l *linter) finding(row *Row, a *Alert, p problem) report.Finding {
	f := report.Finding{Rule: row.ID, Level: l.level(row), Category: "taxonomy", Subject: p.subject, Hint: p.hint, Why: row.Why, New: p.at}
	if f.Hint == "" {
		f.Hint = row.Hint
	}
	who := "taxonomy"
	if a != nil {
		who = "alert " + l.File.label(a)
		f.Subject = l.File.label(a)
		if f.New == nil {
			at := l.File.Place(a, p.field)
			f.New = &at
		}
	} else if p.subject != "" {
		who = p.subject
	}
	f.Message = who + " must " + row.Want
	if p.got != "" {
		f.Message += ": " + p.got
	}
	sum := sha256.Sum256([]byte(row.ID + "\x00" + f.Subject + "\x00" + p.field))
	f.Fingerprint = hex.EncodeToString(sum[:8])
	return f
}

func sortFindings(list []report.Finding) {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i].New, list[j].New
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Line != b.Line:
			return a.Line < b.Line
		case a.Column != b.Column:
			return a.Column < b.Column
		}
		return list[i].Rule < list[j].Rule
	})
}

func count(out *report.TaxonomyLint, f *report.Finding) {
	out.ByRule[f.Rule]++
	switch {
	case f.Waived():
		out.Totals.Waived++
	case f.Level == report.Error:
		out.Totals.Errors++
	case f.Level == report.Warning:
		out.Totals.Warnings++
	default:
		out.Totals.Infos++
	}
}

// one is the result of a row that found one thing; none the result of one that found nothing.
//
//go:noinline
func one(field, got string) []problem { return []problem{{field: field, got: got}} }

var none []problem

// oneOf lists values for a message: "a, b or c".
func oneOf(values []string) string {
	if len(values) < 2 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}

// severitiesOf counts rules by their severity label; nil where none has one.
func severitiesOf(rules []Rule) map[string]int {
	var out map[string]int
	for i := range rules {
		if s := strings.ToLower(rules[i].Severity()); s != "" {
			if out == nil {
				out = map[string]int{}
			}
			out[s]++
		}
	}
	return out
}
