package ruletest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Failure is a failed expectation, or a rule that cannot be evaluated.
type Failure struct {
	Place    report.Place // of the case in the test file
	Subject  string       // name of the alert, or the expression
	At       time.Duration
	Message  string   // one line
	Expected []string // sorted
	Got      []string // sorted
	Text     string   // what promtool prints
	Hint     string   // explanation; may be empty

	off float64 // by which the values that came differ from those expected, relatively; 0 where other things differ
}

// firstOf are the items of a list that a failure names: all, until the failures of the file are long, and then the first ones.
func firstOf[T any](b *budget, list []T) []T {
	const few = 3
	if b.listed > maxListed {
		return list[:min(len(list), few)]
	}
	b.listed += len(list)
	return list
}

// compared charges what it costs to set what is expected beside what came.
func (t *testRun) compared(want, got int) {
	t.spend(nil, 20*(want+got)+want*got/10)
}

func (t *testRun) fail(f Failure) { t.out.Failures = append(t.out.Failures, f) }

// evalFailure is the failure of a rule that cannot be evaluated.
func (t *testRun) evalFailure(r *ruleState) Failure {
	return Failure{
		Place: r.Place, Subject: r.Name(), At: t.now.Sub(t.start),
		Message: fmt.Sprintf("rule %s cannot be evaluated at %s: %v", r.Name(), model.Duration(t.now.Sub(t.start)), r.err),
		Text:    fmt.Sprintf("    rule: %s, time: %s, err: %v", r.Name(), t.now.Sub(time.Unix(0, 0).UTC()), r.err),
	}
}

// instance is a firing alert as cases see it.
type instance struct{ labels, annotations labels.Labels }

func compareInstances(a, b instance) int {
	if d := labels.Compare(a.labels, b.labels); d != 0 {
		return d
	}
	return labels.Compare(a.annotations, b.annotations)
}

func sameInstance(a, b instance) bool {
	return labels.Equal(a.labels, b.labels) && labels.Equal(a.annotations, b.annotations)
}

func (i instance) String() string {
	return "Labels:" + i.labels.String() + "\nAnnotations:" + i.annotations.String()
}

// checkAlerts compares what fires now with the cases of a time.
func (t *testRun) checkAlerts(at model.Duration) {
	for _, c := range t.group.alerts {
		if c.at != at {
			continue
		}
		got := t.firing(c.name)
		if t.compared(len(c.expected), len(got)); t.excess != nil {
			return
		}
		want := make([]instance, 0, len(c.expected))
		for _, e := range c.expected {
			all := map[string]string{}
			for k, v := range e.labels {
				all[k] = v
			}
			all[labels.AlertName] = c.name // the user gives the others only
			want = append(want, instance{labels.FromMap(all), labels.FromMap(e.annotations)})
		}
		sorting.Stable(want, compareInstances)
		sorting.Stable(got, compareInstances)
		t.out.Assertions++
		if slices.EqualFunc(want, got, sameInstance) {
			t.proof.asserted(t.rules, c.name)
			continue
		}
		t.fail(t.alertFailure(c, want, got))
	}
}

// firing are the firing alerts of a name in all groups.
func (t *testRun) firing(name string) []instance {
	var out []instance
	for _, g := range t.rules {
		for _, r := range g.rules {
			if r.Alert != name {
				continue
			}
			for _, key := range r.alerting.order {
				if a := r.alerting.active[key]; a.state == firing {
					out = append(out, instance{a.labels, a.annotations})
				}
			}
		}
	}
	return out
}

func (t *testRun) alertFailure(c alertCase, want, got []instance) Failure {
	named := ""
	if t.group.name != "" {
		named = fmt.Sprintf("    name: %s,\n", t.group.name)
	}
	shownWant, shownGot := firstOf(t.budget, want), firstOf(t.budget, got)
	return Failure{
		Place: c.place, Subject: c.name, At: time.Duration(c.at),
		Expected: texts(shownWant), Got: texts(shownGot),
		Message: fmt.Sprintf("alert %s at %s: %s", c.name, c.at, difference(want, got, t.known(c.name))),
		Text: fmt.Sprintf("%s    alertname: %s, time: %s, \n        exp:%v, \n        got:%v",
			named, c.name, c.at, indent(listing(shownWant), "            "), indent(listing(shownGot), "            ")),
	}
}

// known reports whether a rule of the name is loaded.
func (t *testRun) known(alert string) bool {
	return slices.ContainsFunc(t.rules, func(g *ruleGroup) bool {
		return slices.ContainsFunc(g.rules, func(r *ruleState) bool { return r.Alert == alert })
	})
}

// difference says in a line how what fires differs from what is expected.
func difference(want, got []instance, known bool) string {
	missing, extra := without(want, got), without(got, want)
	switch {
	case !known:
		return "no rule of this name is in the rule files"
	case len(got) == 0:
		return fmt.Sprintf("expected %s, but none fires", count(len(want), "firing alert"))
	case len(want) == 0:
		return fmt.Sprintf("expected none to fire, but %s: %s", plural(len(got), "one does", "%d do"), oneLine(got[0]))
	case len(missing) == 1 && len(extra) == 1:
		return fmt.Sprintf("expected %s, got %s", oneLine(missing[0]), oneLine(extra[0]))
	case len(missing) > 0:
		return fmt.Sprintf("%d of %d expected do not fire, first %s", len(missing), len(want), oneLine(missing[0]))
	}
	if n := len(want) - len(got); n > 0 {
		return fmt.Sprintf("%d more expected than fire: two expected alerts are the same", n)
	}
	return fmt.Sprintf("%d more than expected, first %s", len(got)-len(want), oneLine(append(extra, got...)[0]))
}

func without(all, remove []instance) []instance {
	return slices.DeleteFunc(slices.Clone(all), func(i instance) bool {
		return slices.ContainsFunc(remove, func(o instance) bool { return sameInstance(i, o) })
	})
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

func oneLine(i instance) string {
	if i.annotations.IsEmpty() {
		return i.labels.String()
	}
	return i.labels.String() + " with " + i.annotations.String()
}

func texts(list []instance) []string {
	out := make([]string, 0, len(list))
	for _, i := range list {
		out = append(out, oneLine(i))
	}
	return out
}

// listing writes instances as promtool does.
func listing(list []instance) string {
	if len(list) == 0 {
		return "[]"
	}
	var b strings.Builder
	b.WriteString("[")
	for i, one := range list {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n" + strconv.Itoa(i) + ":" + indent("\n"+one.String(), "  "))
	}
	b.WriteString("\n]")
	return b.String()
}

// indent puts a prefix before all lines but the first.
func indent(lines, prefix string) string { return strings.ReplaceAll(lines, "\n", "\n"+prefix) }

// sample is a result of an expression as cases see it.
type sample struct {
	labels    labels.Labels
	value     float64
	histogram string
}

func (s sample) String() string {
	if s.histogram != "" {
		return s.labels.String() + " " + s.histogram
	}
	return s.labels.String() + " " + strconv.FormatFloat(s.value, 'E', -1, 64)
}

// checkExprs compares the results of expressions with their cases, after all rules were evaluated to the end.
func (t *testRun) checkExprs(ctx context.Context) {
	for _, c := range t.group.exprs {
		if t.excess != nil {
			return
		}
		when := fmt.Sprintf("    expr: %q, time: %s,", c.expr.text, c.at)
		t.out.Assertions++
		vector, err := t.query(ctx, c.expr.text, t.start.Add(time.Duration(c.at)))
		var want []sample
		if err == nil {
			want, err = t.wanted(c)
		}
		if err != nil {
			t.fail(Failure{Place: c.place, Subject: c.expr.text, At: time.Duration(c.at), Text: when + " err: " + err.Error(),
				Message: fmt.Sprintf("expression %s at %s: %v", quoted(c.expr.text), c.at, err)})
			continue
		}
		got := samplesOf(vector)
		if slices.EqualFunc(want, got, t.sameSample) {
			t.proof.queried(t, c)
			continue
		}
		t.compared(len(want), len(got))
		off := farthest(want, got)
		want, got = firstOf(t.budget, want), firstOf(t.budget, got)
		t.fail(Failure{
			Place: c.place, Subject: c.expr.text, At: time.Duration(c.at), Expected: strs(want), Got: strs(got), off: off,
			Message: fmt.Sprintf("expression %s at %s: expected %s, got %s", quoted(c.expr.text), c.at, brief(want), brief(got)),
			Text:    fmt.Sprintf("%s\n        exp: %v\n        got: %v", when, joined(want), joined(got)),
		})
	}
}

func samplesOf(vector promql.Vector) []sample {
	var got []sample
	for _, s := range vector {
		got = append(got, sample{s.Metric.Copy(), s.F, histogramText(s.H)})
	}
	sortSamples(got)
	return got
}

// sortSamples sorts with promtool's own comparison, which is true of equals, too: so these come out in its order.
func sortSamples(list []sample) {
	sort.Slice(list, func(i, j int) bool { return labels.Compare(list[i].labels, list[j].labels) <= 0 })
}

// histogramText is the notation of a histogram; empty without one.
func histogramText(h *histogram.FloatHistogram) string {
	if h == nil {
		return ""
	}
	return h.TestExpression()
}

// wanted reads the expected samples of a case.
func (t *testRun) wanted(c exprCase) ([]sample, error) {
	var want []sample
	for _, e := range c.expected {
		lset, err := t.parser.ParseMetric(e.labels.text)
		var h *histogram.FloatHistogram
		if err == nil && e.histogram.text != "" {
			h, err = t.histogram(e.histogram.text)
		}
		if err != nil {
			return nil, fmt.Errorf("labels %q: %w", e.labels.text, err)
		}
		want = append(want, sample{lset, e.value, histogramText(h)})
	}
	sortSamples(want)
	return want, nil
}

// histogram reads one histogram of the series notation.
func (t *testRun) histogram(text string) (*histogram.FloatHistogram, error) {
	line := "{} " + text
	if _, _, bytes, err := shorten(line); err != nil {
		return nil, err
	} else if bytes > maxInputBytes/4 {
		return nil, errors.New("expected 1 value")
	}
	_, values, err := t.parser.ParseSeriesDesc(line)
	switch {
	case err != nil:
		return nil, err
	case len(values) != 1:
		return nil, fmt.Errorf("expected 1 value, got %d", len(values))
	case values[0].Histogram == nil:
		return nil, fmt.Errorf("expected histogram, got %v", values[0])
	}
	return values[0].Histogram, nil
}

// sameSample compares exactly, or, with fuzzy_compare, to the neighbouring floating-point number.
func (t *testRun) sameSample(a, b sample) bool {
	near := a.value == b.value || t.near(a.value, b.value) || t.file.fuzzy &&
		(math.Nextafter(a.value, math.Inf(-1)) == b.value || math.Nextafter(a.value, math.Inf(1)) == b.value)
	return near && a.histogram == b.histogram && labels.Equal(a.labels, b.labels)
}

func strs(list []sample) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, s.String())
	}
	return out
}

func joined(list []sample) string {
	if len(list) == 0 {
		return "nil"
	}
	return strings.Join(strs(list), ", ")
}

// brief shows a result in a line of a message.
func brief(list []sample) string {
	switch len(list) {
	case 0:
		return "no sample"
	case 1:
		return list[0].String()
	}
	return fmt.Sprintf("%d samples, first %s", len(list), list[0])
}
