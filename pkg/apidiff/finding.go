package apidiff

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// findings are what readers see of the records, worst first.
type findings struct {
	list     []report.Finding
	owners   map[string]string // by fingerprint: the component or the operation that was edited
	says     map[string]string // by cause: the edit in words, without the place
	problems []report.Finding  // of waivers
}

// A finder makes findings of records.
type finder struct {
	contracts
	sets   map[string][]report.Operation // by bitset
	tokens map[contract.Node]string      // long keys as they are shown
}

// findingsOf are the findings for the records that operations reach, with the waivers applied, and
// the records by the fingerprints of their findings.
func findingsOf(c contracts, g graph) (findings, map[string]*record) {
	f := finder{contracts: c, sets: map[string][]report.Operation{}, tokens: map[contract.Node]string{}}
	out, records := findings{owners: map[string]string{}, says: map[string]string{}}, map[string]*record{}
	list := make([]report.Finding, 0, len(g.records))
	for _, r := range g.records {
		if r.reach == nil {
			continue // of a pair that turned out equal
		}
		one, s := f.finding(r)
		if one.Level == Off {
			continue
		}
		list = append(list, one)
		out.owners[one.Fingerprint] = s.owner
		if out.says[one.Cause] == "" {
			out.says[one.Cause] = causeMessage(r, s)
		}
		if records[one.Fingerprint] == nil {
			records[one.Fingerprint] = r
		}
	}
	out.list = merge(list)
	out.problems = waive(out.list, slices.Clone(c.opt.Waivers), c.opt.Spent, c.opt.Now)
	sorting.Stable(out.list, byWeight)
	return out, records
}

// finding is the record as readers see it, and what it is about.
func (e *finder) finding(r *record) (report.Finding, subject) {
	rule := r.rule
	level, verdict := e.assessment(r)
	s := e.subjectOf(r)
	f := report.Finding{
		Rule: rule.ID, Level: level, Category: string(rule.CategoryWhen(r.When)), Kind: rule.Kind(), Direction: r.Side.String(),
		Subject: s.String(), Why: rule.Why, Migration: rule.Migration, Verdict: verdict,
		Message:    messageOf(r, s),
		Old:        place(r.Old, r.OldAt),
		New:        place(r.New, r.NewAt),
		Operations: e.operationsOf(&r.all),
	}
	if r.From != "" {
		f.From = jsontext.Value(r.From)
	}
	if r.To != "" {
		f.To = jsontext.Value(r.To)
	}
	if r.gaps > 0 {
		f.Message = fmt.Sprintf("%s: %s not compared", s.phrase(r.Side), countOf(r.gaps, "pair of schemas was", "pairs of schemas were"))
		f.Hint = "asserted: " + r.budget
	}
	f.Breaking = level == report.Error
	f.Fingerprint = fingerprint(rule.ID, f.Subject, r.Name, r.From, r.To)
	f.Cause = causeOf(r, s)
	shorten(&f) // at once: addresses of many findings below long keys take gigabytes
	return f, s
}

// countOf is a count with the words for one and for many.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func plural(n int, word string) string {
	return countOf(n, word, word+"s")
}

// assessment is the level in force: that of the row, or the configured one, lowered where the gate
// does not reach, where containment is proved, and where only operations are reached that promise
// nothing yet.
func (e *finder) assessment(r *record) (report.Level, report.Verdict) {
	level := r.rule.Level
	if l, ok := e.opt.Levels[r.rule.ID]; ok {
		level = l
	}
	if level != report.Error {
		return level, report.NoVerdict
	}
	switch {
	case r.node.safe && r.harm.empty():
		return report.Info, report.Compatible
	case !r.all.empty() && r.harm.empty():
		return report.Info, report.NoVerdict
	case r.rule.Grows(r.When) && e.opt.GrowthBreaks:
		return report.Error, report.Asserted
	case !r.rule.CategoryWhen(r.When).Within(e.opt.gate()):
		return report.Warning, report.NoVerdict
	default:
		return report.Error, report.Asserted
	}
}

func (e *finder) subjectOf(r *record) subject {
	doc, at := e.new, cmp.Or(r.New, r.Old, r.NewAt, r.OldAt)
	if at == r.Old || at == r.OldAt {
		doc = e.old
	}
	s := subjectAt(doc, at, e.tokens)
	if r.On == "property" && r.Attr == "required" {
		s = s.child(r.Name)
	}
	return s
}

func messageOf(r *record, s subject) string {
	if at := strings.LastIndexByte(s.path, '|'); at >= 0 && r.Attr == "union-branch" { // it is the schema that gains or loses it
		s.path = s.path[:at]
	}
	return messageAbout(r, s.phrase(r.Side))
}

func messageAbout(r *record, what string) string {
	if r.On == "media-type" || r.On == "body" {
		what, _, _ = strings.Cut(what, " (application/")
	}
	return r.rule.Message(what, r.Name, shown(r.From), shown(r.To))
}

// shown is a JSON value in a sentence: cut where it is long.
func shown(v string) string {
	const most = 120
	if len(v) > 2 && v[0] == '"' {
		if s, err := jsontext.AppendUnquote(nil, v); err == nil && len(s) > 0 && !bytes.ContainsAny(s, "\"\n") {
			v = "`" + string(s) + "`"
		}
	}
	v = strings.TrimSuffix(strings.TrimPrefix(v, "["), "]")
	if len(v) > most {
		v = firstBytes(v, most) + "..."
	}
	return strings.ReplaceAll(v, "\",\"", "\", \"")
}

func place(n, at contract.Node) *report.Place {
	if n = jsonvalue.First(n, at); !n.Exists() {
		return nil
	}
	p, length := n.PlaceWithin(maxText)
	if length > maxText {
		p.Pointer += cutMark(length)
	}
	return &p
}

// operationsOf are the operations of a set, sorted by path then method. Equal sets, which are the
// rule, share one list.
func (e *finder) operationsOf(b *bitset) []report.Operation {
	k := binary.LittleEndian.AppendUint64(nil, uint64(b.from))
	for _, w := range b.words {
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

func sortOperations(list []report.Operation) {
	sorting.Stable(list, func(a, b report.Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
}

// fingerprint names a finding whatever line it stands on and however it is worded.
func fingerprint(rule, subject, name, from, to string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{rule, subject, name, from, to}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// merge joins findings that differ in nothing but their place: one cause, written more than once.
func merge(list []report.Finding) []report.Finding {
	at := map[string]int{}
	out := list[:0]
	for _, f := range list {
		k := f.Fingerprint + string(f.Level)
		if i, known := at[k]; known {
			out[i].Operations = joinOperations(out[i].Operations, f.Operations)
			continue
		}
		at[k] = len(out)
		out = append(out, f)
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
		cmp.Compare(rules.Category(a.Category).Rank(), rules.Category(b.Category).Rank()),
		cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint))
}
