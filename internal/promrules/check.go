package promrules

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Row is one check of rule files. It has one of the three functions.
type Row struct {
	ID       string
	Level    report.Level
	Want     string // completes "rule must ..."
	Why      string
	Hint     string
	Profiles []string // in which it applies; all where empty
	Refusal  bool     // Prometheus would not load the file

	Check    func(*checker, *Group, *Rule) []problem
	CheckSet func(*checker) []problem
}

// problem is what a row found.
type problem struct {
	got     string
	hint    string
	subject string        // for CheckSet
	at      *report.Place // the rule's own place where nil
}

// Config says by which conventions rule files are evaluated.
type Config struct {
	Profile    string            // default, mixin, openshift
	Severities map[string]int    // allowed severity labels
	Known      Metrics           // series that exist besides those that the files record; nil: not checked
	Levels     map[string]string // by row: error, warning, info, off
	Scrape     time.Duration     // between two scrapes of a target; 0: not known
	Evaluation time.Duration     // between two evaluations of a group that gives no interval; 0: not known
	Dialect    Dialect           // the program that loads the files; expressions of Loki are not parsed
	Now        time.Time
}

type checker struct {
	Config
	files []*File
	file  *File // the one that is looked at
	exprs *expressions
	ruler *ruler // of the rule whose expression was looked into last

	queries  parser.Parser          // of templates
	recorded func() map[string]bool // names of the series that the files record
}

// Rows is the table of checks in the order of the documentation.
func Rows() []Row {
	return slices.Concat(syntaxRows(), dialectRows(), sanityRows(), logicRows(), flappingRows(), conventionRows(), costRows(), patternRows())
}

// Summary is the row in a sentence.
func (r *Row) Summary() string { return "A rule must " + r.Want + "." }

// Explain returns the row of a check; false for an unknown id.
func Explain(id string) (Row, bool) {
	for _, r := range Rows() {
		if r.ID == id {
			return r, true
		}
	}
	return Row{}, false
}

// Check runs the table over rule files. Findings are ordered by place, then by row.
func Check(sources []Source, cfg Config) report.RulesCheck {
	out := report.RulesCheck{
		Schema: "govctl/rules-check/v1", GeneratedAt: report.At(cfg.Now), Profile: cfg.Profile, Dialect: string(cfg.Dialect), Files: len(sources),
		ByRule: map[string]int{}, Findings: []report.Finding{},
	}
	files, errs := ParseAll(sources, cfg.Dialect)
	c := &checker{Config: cfg, files: files, exprs: newExpressions()}
	c.queries = c.exprs.Parser
	c.recorded = sync.OnceValue(func() map[string]bool { return records(files) })
	rows := Rows()
	for _, err := range errs {
		out.Findings = append(out.Findings, c.refused(&rows[0], err))
	}
	perFile := make([][]report.Finding, len(files))
	each(len(files), func(i int) {
		one := *c
		one.file = files[i]
		perFile[i] = one.look(rows)
	})
	for _, list := range perFile {
		out.Findings = append(out.Findings, list...)
	}
	for i := range rows {
		if rows[i].CheckSet != nil && c.applies(&rows[i]) {
			for _, p := range rows[i].CheckSet(c) {
				out.Findings = append(out.Findings, c.finding(&rows[i], p.subject, p))
			}
		}
	}
	c.total(&out, files)
	out.Findings = report.Bounded(out.Findings)
	return out
}

func (c *checker) total(out *report.RulesCheck, files []*File) {
	refusals := map[string]bool{}
	for _, r := range Rows() {
		refusals[r.ID] = r.Refusal
	}
	sort.SliceStable(out.Findings, func(i, j int) bool {
		a, b := out.Findings[i].New, out.Findings[j].New
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Line != b.Line:
			return a.Line < b.Line
		}
		return out.Findings[i].Rule < out.Findings[j].Rule
	})
	for i := range out.Findings {
		f := &out.Findings[i]
		out.ByRule[f.Rule]++
		if refusals[f.Rule] {
			out.Refused++
		}
		switch f.Level {
		case report.Error:
			out.Totals.Errors++
		case report.Warning:
			out.Totals.Warnings++
		default:
			out.Totals.Infos++
		}
	}
	for _, f := range files {
		out.Groups += len(f.Groups)
		alerts := f.Alerts()
		out.Alerts += alerts
		out.Records -= alerts
		for i := range f.Groups {
			out.Records += len(f.Groups[i].Rules)
		}
	}
	if c.Dialect == Loki {
		out.NotParsed = out.Alerts + out.Records
	}
}

// look runs the rows that look at one rule over the rules of the checker's file.
func (c *checker) look(rows []Row) []report.Finding {
	var out []report.Finding
	for i := range rows {
		row := &rows[i]
		if row.Check == nil || !c.applies(row) {
			continue
		}
		for gi := range c.file.Groups {
			g := &c.file.Groups[gi]
			for ri := range g.Rules {
				r := &g.Rules[ri]
				for _, p := range row.Check(c, g, r) {
					if p.at == nil {
						at := r.Place(c.file.Name)
						p.at = &at
					}
					out = append(out, c.finding(row, "rule "+r.Name(), p))
				}
			}
		}
	}
	return out
}

func (c *checker) applies(r *Row) bool {
	return (len(r.Profiles) == 0 || slices.Contains(r.Profiles, c.Profile)) && c.Levels[r.ID] != "off"
}

func (c *checker) finding(row *Row, subject string, p problem) report.Finding {
	f := report.Finding{Rule: row.ID, Level: row.Level, Category: "rules", Subject: subject, Why: row.Why, Hint: p.hint, New: p.at}
	if level, ok := c.Levels[row.ID]; ok {
		f.Level = report.Level(level)
	}
	if f.Hint == "" {
		f.Hint = row.Hint
	}
	f.Message = subject + " must " + row.Want
	if p.got != "" {
		f.Message += ": " + p.got
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{row.ID, p.at.File, subject, p.got}, "\x00")))
	f.Fingerprint = hex.EncodeToString(sum[:8])
	return f
}

// refused is the finding for a file whose structure cannot be read.
func (c *checker) refused(row *Row, err error) report.Finding {
	var bad *contract.Error
	if !errors.As(err, &bad) {
		bad = &contract.Error{Msg: err.Error()}
	}
	f := c.finding(row, "rule file", problem{got: bad.Msg, hint: bad.Hint, at: &bad.Place})
	f.Message = bad.Msg
	return f
}
