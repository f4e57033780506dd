package subschema

import (
	"cmp"
	"slices"
	"time"

	"github.com/romel/govctl/pkg/apidiff/formats"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

// A Comparer compares schemas of two contracts, keyword by keyword.
type Comparer struct {
	Old, New *Catalog
	Same     bool // both sides follow the same dialect: equal hashes are equal meanings
	Meter    *work.Meter
	Prover   *prover
	Now      time.Time // decides about sunset dates
}

// A Comparison is what differs between two schemas themselves, and the pairs of schemas below them
// that may differ as well.
type Comparison struct {
	old, new           *Schema
	mode               Mode
	oldEntry, newEntry contract.Node // nodes as written; absent where several meet
	Found              []Difference
	Below              []Pair
}

// note adds a difference.
func (s *Comparison) note(d Difference) { s.Found = append(s.Found, d) }

// A Pair is a pair of uses of schemas under a pair that is compared.
type Pair struct {
	Old, New Use
	Step     []string // keywords and names that lead to it; nil where there is no plain way
	Mode     Mode
	Choice   bool // to one of several alternatives: the same value stands there
	Safe     bool // another alternative accepts all that this one loses
	Unstable bool // to a property that promises nothing: nothing below breaks
}

// Differ reports whether two uses can differ in what they accept, as far as hashes show.
func (e *Comparer) Differ(o, n Use) bool {
	if e.EqualAsWritten(o, n) {
		return false
	}
	return (!e.Same || o.Schema.meaning() != n.Schema.meaning()) && !o.Schema.unknown && !n.Schema.unknown
}

// EqualAsWritten reports whether two uses are written alike, to the last annotation.
func (e *Comparer) EqualAsWritten(o, n Use) bool {
	return e.Same && o.Entry.Exists() && n.Entry.Exists() && e.Old.Closure(o.Entry) == e.New.Closure(n.Entry)
}

// pair notes that two uses are to be compared below s.
func (e *Comparer) pair(s *Comparison, step []string, o, n Use, m Mode) *Pair {
	s.Below = append(s.Below, Pair{Old: o, New: n, Step: step, Mode: m})
	return &s.Below[len(s.Below)-1]
}

// Differences compares the normal forms of two schemas; what they contain it leaves to the caller.
// It is no recursion: schemas may refer to each other in a chain as long as the document.
func (e *Comparer) Differences(old, new *Schema, oldEntry, newEntry contract.Node, m Mode) Comparison {
	s := Comparison{old: old, new: new, mode: m, oldEntry: oldEntry, newEntry: newEntry}
	e.compare(&s)
	return s
}

func (e *Comparer) compare(s *Comparison) {
	a, b := s.old.Meant(), s.new.Meant()
	if s.old.Unconstrained() || s.new.Unconstrained() || s.mode&ByLetter != 0 {
		a, b = s.old.Normal(), s.new.Normal() // the keywords that came or went are named, not the type
	}
	switch {
	case a.uninhabited || b.uninhabited:
		e.compareNever(s, a, b)
	case e.compareSchema(s, a, b):
	case len(a.unions) != len(b.unions):
		e.compareRecomposed(s, a, b)
	case e.listed(s, a, b):
		e.compareTypes(s, a, b, a.Types, b.Types)
		e.compareEnum(s, a, b)
	default:
		e.compareTypes(s, a, b, a.Types, b.Types)
		if len(a.unions) > 0 {
			e.compareNull(s, a, b, a.nulls(), b.nulls())
		}
		e.compareEnum(s, a, b)
		e.compareScalars(s, a, b)
		e.compareArray(s, a, b)
		e.compareObject(s, a, b)
		for i := range a.unions {
			e.compareUnion(s, a.unions[i], b.unions[i])
		}
		if slices.ContainsFunc(s.Found, func(d Difference) bool { return d.Attr == "union-branch" }) && e.equal(s.old, s.new, s.mode) {
			e.compareListed(s, a, b)
		}
		e.compareLogic(s, a, b)
	}
	e.compareUnknown(s, a, b)
}

func (e *Comparer) compareNever(s *Comparison, a, b *NormalForm) {
	if a.uninhabited != b.uninhabited {
		e.forbidden(s, b.uninhabited, a.uninhabitedAt, b.uninhabitedAt)
	}
}

// forbidden reports that what could be there no longer can, or the other way round.
func (e *Comparer) forbidden(s *Comparison, now bool, was, is contract.Node) {
	if now {
		e.report(s, Difference{Attr: "forbidden", Op: rules.Added, New: is})
	} else {
		e.report(s, Difference{Attr: "forbidden", Op: rules.Removed, Old: was})
	}
}

// compareSchema says in one word that a value was unconstrained and is no longer, or the other way
// round, where more than one keyword would have to be named. It reports whether nothing else has to
// be compared.
func (e *Comparer) compareSchema(s *Comparison, a, b *NormalForm) bool {
	came, went := s.old.Unconstrained() && !s.old.orNull && b.Weight() > 1, s.new.Unconstrained() && !s.new.orNull && a.Weight() > 1
	return (came || went) && e.oneSided(s, Difference{Attr: "schema", Old: at(s.old.nodes, 0), New: at(s.new.nodes, 0)})
}

// compareScalars compares the keywords for plain values and the simple limits.
func (e *Comparer) compareScalars(s *Comparison, a, b *NormalForm) {
	shared := a.Types & b.Types
	if shared&Number != 0 {
		e.compareBound(s, "maximum", a.max, b.max)
		e.compareBound(s, "minimum", a.min, b.min)
		e.compareMultiple(s, a, b)
	}
	for _, c := range []struct {
		attr string
		of   Types
		a, b count
	}{
		{"max-length", String, a.maxLength, b.maxLength}, {"min-length", String, a.minLength, b.minLength},
		{"max-items", Array, a.maxItems, b.maxItems}, {"min-items", Array, a.minItems, b.minItems},
		{"max-properties", Object, a.maxProps, b.maxProps}, {"min-properties", Object, a.minProps, b.minProps},
		{"max-contains", Array, a.maxContains, b.maxContains}, {"min-contains", Array, a.minContains, b.minContains},
	} {
		if shared&c.of != 0 {
			e.compareCount(s, c.attr, c.a, c.b)
		}
	}
	if shared&String != 0 {
		e.comparePatterns(s, a, b)
	}
	if shared&(String|Number) != 0 {
		e.compareFormat(s, a, b)
	}
	if formats.Spelled(a.Encoding) != formats.Spelled(b.Encoding) {
		e.compareText(s, "content-encoding", a.Encoding, b.Encoding)
	}
	if formats.Spelled(a.MediaType) != formats.Spelled(b.MediaType) {
		e.compareText(s, "content-media-type", a.MediaType, b.MediaType)
	}
	if len(a.contentSchema)+len(b.contentSchema) > 0 {
		e.pair(s, nil, e.Old.All(a.contentSchema), e.New.All(b.contentSchema), s.mode.Inner()&^AsText)
	}
}

func (e *Comparer) compareLogic(s *Comparison, a, b *NormalForm) {
	e.compareNots(s, a, b)
	e.compareConds(s, a, b)
}

// oneSided reports what only one side says, and whether that is so.
func (e *Comparer) oneSided(s *Comparison, d Difference) bool {
	switch {
	case d.Old.Exists() == d.New.Exists():
		return false
	case d.New.Exists():
		d.Op, d.From = rules.Added, ""
	default:
		d.Op, d.To = rules.Removed, ""
	}
	e.report(s, d)
	return true
}

// reportChange reports what was done to a set, unless it is equal: in and out are as of changeOf.
func (e *Comparer) reportChange(s *Comparison, d Difference, in, out bool) {
	if op, changed := changeOf(in, out); changed {
		d.Op = op
		e.report(s, d)
	}
}

// report notes a difference of a schema.
func (e *Comparer) report(s *Comparison, d Difference) {
	if e.Meter.Spent() {
		return // what led to it may be wrong; the pair is reported as not compared
	}
	e.Meter.Charge(work.PerDifference)
	d.On, d.Side = "property", s.mode.Side()
	d.OldAt = cmp.Or(d.OldAt, d.Old, s.oldEntry, at(s.old.nodes, 0))
	d.NewAt = cmp.Or(d.NewAt, d.New, s.newEntry, at(s.new.nodes, 0))
	s.note(d)
}
