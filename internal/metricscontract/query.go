package metricscontract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Step is how long before the snapshot that of Before lies.
const Step = time.Minute

// maxExpression bounds an expression, in bytes: what is nested deeper than a parser bears is longer.
const maxExpression = 4096

// Source holds one snapshot, or two a minute apart, for expressions.
type Source struct {
	engine *promql.Engine
	parser parser.Parser
	series map[string][]storage.Series // by metric
	names  []string
}

// at is the time of the snapshot; nothing depends on when that is.
var at = time.UnixMilli(1_700_000_000_000)

// NewSource makes snapshots readable for expressions; before may be nil.
func NewSource(after, before *Snapshot) *Source {
	p := parser.NewParser(parser.Options{})
	s := &Source{parser: p, series: map[string][]storage.Series{}, engine: promql.NewEngine(promql.EngineOpts{
		MaxSamples: 5_000_000, Timeout: 30 * time.Second, LookbackDelta: Step / 2, Parser: p,
		EnableAtModifier: true, EnableNegativeOffset: true, NoStepSubqueryIntervalFn: func(int64) int64 { return Step.Milliseconds() },
	})}
	points := map[uint64][]chunks.Sample{}
	sets := map[uint64]labels.Labels{}
	for _, one := range []struct {
		snapshot *Snapshot
		at       time.Time
	}{{before, at.Add(-Step)}, {after, at}} {
		if one.snapshot == nil {
			continue
		}
		for _, x := range one.snapshot.Series {
			h := x.Labels.Hash()
			sets[h] = x.Labels
			points[h] = append(points[h], sample{one.at.UnixMilli(), x.Value})
		}
		s.names = append(s.names, one.snapshot.Names()...)
	}
	for h, set := range sets {
		name := set.Get(model.MetricNameLabel)
		s.series[name] = append(s.series[name], storage.NewListSeries(set, points[h]))
	}
	slices.Sort(s.names)
	s.names = slices.Compact(s.names)
	return s
}

// UnknownName is the error of an expression that reads a metric which is not in the snapshot: its result would be empty whatever the
// service does.
type UnknownName struct {
	Name  string
	Known []string
}

func (e *UnknownName) Error() string {
	return fmt.Sprintf("there is no metric %q in the snapshot", e.Name)
}

// Eval evaluates an expression. What is wrong with the expression is its error; an expression that fails to hold has an empty result.
func (s *Source) Eval(ctx context.Context, text string) (promql.Vector, error) {
	if len(text) > maxExpression {
		return nil, fmt.Errorf("the expression is %s long, more than %d", count.Of(len(text), "byte"), maxExpression)
	}
	expr, err := s.parser.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	if err := s.usable(expr); err != nil {
		return nil, err
	}
	q, err := s.engine.NewInstantQuery(ctx, s, nil, text, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	r := q.Exec(ctx)
	if r.Err != nil {
		return nil, r.Err
	}
	v, err := r.Vector()
	v = slices.Clone(v)
	sort.Slice(v, func(i, j int) bool { return labels.Compare(v[i].Metric, v[j].Metric) < 0 })
	return v, err
}

// usable refuses expressions of which an empty result would say nothing, or that never have one.
func (s *Source) usable(expr parser.Expr) error {
	if t := expr.Type(); t != parser.ValueTypeVector {
		return fmt.Errorf("the expression is a %s, and must be an instant vector, as a selector or a comparison is", parser.DocumentedType(t))
	}
	if b, ok := strip(expr).(*parser.BinaryExpr); ok && b.ReturnBool {
		return errors.New("with bool the result is never empty, so that the expression is always true: leave bool out")
	}
	return s.known(expr)
}

func strip(expr parser.Expr) parser.Expr {
	for {
		p, ok := expr.(*parser.ParenExpr)
		if !ok {
			return expr
		}
		expr = p.Expr
	}
}

// known refuses names that are not in the snapshot, unless the expression asks whether they are.
func (s *Source) known(expr parser.Expr) error {
	var unknown *UnknownName
	parser.Inspect(expr, func(node parser.Node, path []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok || slices.ContainsFunc(path, asksForAbsence) {
			return nil
		}
		for _, m := range selector.LabelMatchers {
			if unknown == nil && m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual && s.series[m.Value] == nil {
				unknown = &UnknownName{m.Value, s.names}
			}
		}
		return nil
	})
	if unknown != nil {
		return unknown
	}
	return nil
}

func asksForAbsence(n parser.Node) bool {
	call, ok := n.(*parser.Call)
	return ok && strings.HasPrefix(call.Func.Name, "absent")
}

// Querier lets the engine read the snapshots.
func (s *Source) Querier(int64, int64) (storage.Querier, error) { return querier{s}, nil }

type querier struct{ *Source }

func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	set := &found{}
	for name, list := range q.series {
		if !accepts(matchers, model.MetricNameLabel, name) {
			continue
		}
		for _, one := range list {
			if l := one.Labels(); !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(l.Get(m.Name)) }) {
				set.series = append(set.series, one)
			}
		}
	}
	sorting.Stable(set.series, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	return set
}

func accepts(matchers []*labels.Matcher, name, value string) bool {
	return !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return m.Name == name && !m.Matches(value) })
}

var errNoListing = errors.New("label names and values of a snapshot are not listed")

func (querier) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, errNoListing
}

func (querier) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, errNoListing
}

func (querier) Close() error { return nil }

type found struct {
	series []storage.Series
	next   int
}

func (f *found) Next() bool                      { f.next++; return f.next <= len(f.series) }
func (f *found) At() storage.Series              { return f.series[f.next-1] }
func (*found) Err() error                        { return nil }
func (*found) Warnings() annotations.Annotations { return nil }

// sample is a value at a time, in ms.
type sample struct {
	t int64
	v float64
}

func (s sample) T() int64                    { return s.t }
func (sample) ST() int64                     { return 0 }
func (s sample) F() float64                  { return s.v }
func (sample) H() *histogram.Histogram       { return nil }
func (sample) FH() *histogram.FloatHistogram { return nil }
func (sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample         { return s }

// Assert evaluates an expression on a snapshot: a finding where its result is empty.
func (s *Source) Assert(ctx context.Context, subject report.EvidenceSubject, text string) (promql.Vector, []report.Finding, error) {
	v, err := s.Eval(ctx, text)
	if err != nil || len(v) > 0 {
		return v, nil, err
	}
	f := row("metrics-assertion").Finding(subject, "the expression has an empty result: "+text, text)
	f.Expected, f.Actual = text, "nothing"
	return nil, []report.Finding{f}, nil
}

// Selector reads the matchers of an instant vector selector.
func Selector(text string) ([]*labels.Matcher, error) {
	if len(text) > maxExpression {
		return nil, fmt.Errorf("the selector is %s long, more than %d", count.Of(len(text), "byte"), maxExpression)
	}
	return parser.NewParser(parser.Options{}).ParseMetricSelector(text)
}
