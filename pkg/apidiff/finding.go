package apidiff

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// finding is the record as readers see it, and the component or operation that it belongs to.
func (e *engine) finding(r *record) (report.Finding, string) {
	rule := r.rule
	level, verdict := e.judgement(r)
	s := e.subjectOf(r)
	f := report.Finding{
		Rule: rule.ID, Level: level, Category: string(rule.Category), Kind: rule.Kind(), Direction: r.side.String(),
		Subject: s.String(), Why: rule.Why, Migration: rule.Migration, Verdict: verdict,
		Message:    e.message(r, s),
		Old:        place(r.old, r.oldAt),
		New:        place(r.new, r.newAt),
		Operations: e.operationsOf(r.all),
	}
	if r.from != "" {
		f.From = jsontext.Value(r.from)
	}
	if r.to != "" {
		f.To = jsontext.Value(r.to)
	}
	if r.gaps > 0 {
		f.Message = fmt.Sprintf("%s: %s not compared", s.words(r.side), countOf(r.gaps, "pair of schemas was", "pairs of schemas were"))
		f.Hint = "asserted: " + r.budget
	}
	f.Breaking = level == report.Error
	f.Fingerprint = fingerprint(rule.ID, s.String(), r.name, r.from, r.to)
	return f, s.owner
}

// countOf is a count with the words for one and for many.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// judgement is the level in force: that of the row, or the configured one, lowered where the gate does not reach,
// where containment is proved, and where only operations are reached that promise nothing yet.
func (e *engine) judgement(r *record) (report.Level, report.Verdict) {
	level := r.rule.Level
	if l, ok := e.opt.Levels[r.rule.ID]; ok {
		level = l
	}
	if level != report.Error {
		return level, report.NoVerdict
	}
	switch {
	case r.site.safe && r.harm.empty():
		return report.Info, report.Compatible
	case !r.all.empty() && r.harm.empty():
		return report.Info, report.NoVerdict
	case !r.rule.Category.within(e.opt.gate()):
		return report.Warning, report.NoVerdict
	default:
		return report.Error, report.Asserted
	}
}

func (e *engine) subjectOf(r *record) subject {
	var s subject
	switch {
	case r.new.Exists():
		s = subjectAt(e.new.doc, r.new)
	case r.old.Exists():
		s = subjectAt(e.old.doc, r.old)
	case r.newAt.Exists():
		s = subjectAt(e.new.doc, r.newAt)
	default:
		s = subjectAt(e.old.doc, r.oldAt)
	}
	if r.on == "property" && r.attr == "required" {
		s = s.child(r.name)
	}
	return s
}

func (e *engine) message(r *record, s subject) string {
	what := s.words(r.side)
	if r.on == "media-type" || r.on == "body" {
		what, _, _ = strings.Cut(what, " (application/")
	}
	return r.rule.message(what, r.name, shown(r.from), shown(r.to))
}

// shown is a JSON value in a sentence: cut where it is long.
func shown(v string) string {
	const most = 120
	if len(v) > 2 && v[0] == '"' {
		var s string
		if u, err := jsontext.AppendUnquote(nil, v); err == nil {
			s = string(u)
		}
		if len(s) > 0 && !strings.ContainsAny(s, "\"\n") {
			v = "`" + s + "`"
		}
	}
	v = strings.TrimSuffix(strings.TrimPrefix(v, "["), "]")
	if len(v) > most {
		cut := most
		for cut > 0 && v[cut]&0xC0 == 0x80 {
			cut--
		}
		v = v[:cut] + "..."
	}
	return strings.ReplaceAll(v, "\",\"", "\", \"")
}

func place(n, at contract.Node) *report.Place {
	if n.Exists() {
		p := n.Place()
		return &p
	}
	if at.Exists() {
		p := at.Place()
		return &p
	}
	return nil
}

// operationsOf are the operations of a set, sorted by path then method. Equal sets, which are the rule, share one list.
func (e *engine) operationsOf(b bitset) []report.Operation {
	var k []byte
	for _, w := range b {
		k = binary.LittleEndian.AppendUint64(k, w)
	}
	if list, ok := e.sets[string(k)]; ok {
		return list
	}
	list := make([]report.Operation, 0, b.count())
	b.each(func(i int) { list = append(list, e.ops[i].Operation) })
	sortOperations(list)
	list = slices.Compact(list)
	e.sets[string(k)] = list
	return list
}

// fingerprint names a finding whatever line it stands on and however it is worded.
func fingerprint(rule, subject, name, from, to string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{rule, subject, name, from, to}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// result turns the records into a report, worst first.
func (e *engine) result() *Result {
	changes := make([]report.Finding, 0, len(e.list))
	causes, records := map[string]string{}, map[string]*record{}
	for _, r := range e.list {
		if r.all == nil {
			continue // of a pair that turned out equal
		}
		f, owner := e.finding(r)
		if f.Level != Off {
			changes = append(changes, f)
			causes[f.Fingerprint] = owner
			if records[f.Fingerprint] == nil {
				records[f.Fingerprint] = r
			}
		}
	}
	changes = merge(changes)
	problems := waive(changes, slices.Clone(e.opt.Waivers), e.opt.Now)
	slices.SortFunc(changes, byWeight)
	e.proveAll(changes, records)
	res := &Result{ops: e.ops, Problems: problems, causes: causes}
	res.Diff = report.Diff{
		Schema: "govctl/openapi-diff/v1", GeneratedAt: report.At(e.opt.Now),
		Old: e.describe(e.old), New: e.describe(e.new), Changes: changes,
	}
	res.total()
	res.byOp = res.changesByOperation()
	res.trim()
	return res
}

// merge joins findings that differ in nothing but their place: one cause, written more than once.
func merge(list []report.Finding) []report.Finding {
	at := map[string]int{}
	out := list[:0]
	for _, f := range list {
		k := f.Fingerprint + string(f.Level)
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, f)
			continue
		}
		out[i].Operations = joinOperations(out[i].Operations, f.Operations)
	}
	return out
}

func joinOperations(a, b []report.Operation) []report.Operation {
	if slices.Equal(a, b) {
		return a
	}
	all := append(slices.Clone(a), b...)
	sortOperations(all)
	return slices.Compact(all)
}

var levelRanks = map[report.Level]int{report.Error: 0, report.Warning: 1, report.Info: 2}

func byWeight(a, b report.Finding) int {
	return cmp.Or(
		cmp.Compare(levelRanks[a.Level], levelRanks[b.Level]),
		cmp.Compare(Category(a.Category).rank(), Category(b.Category).rank()),
		cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

// describe identifies a contract.
func (e *engine) describe(s *side) report.Contract {
	info := s.doc.Root().Get("info")
	c := report.Contract{
		Source: s.doc.Source(), Title: info.Get("title").Text(), Version: text(info.Get("version")), OpenAPI: s.doc.OpenAPI(),
		Operations: len(s.calls(s.doc.Root().Get("paths"))), Major: text(info.Get("x-contract-major")),
	}
	if !e.opt.NoDigest {
		c.SHA256 = s.doc.SHA256()
	}
	return c
}

// text is a string, or a number as written: versions are often numbers by accident.
func text(n contract.Node) string {
	if n.Kind() == contract.Number {
		return n.Literal()
	}
	return n.Text()
}
