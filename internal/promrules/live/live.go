// Package live holds rule files against a running Prometheus: whether it has loaded the rules as they are written, whether they
// evaluate, and whether the series that recording rules promise appear.
package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Options say which server is asked, and how patiently.
type Options struct {
	Base    *url.URL // below which /api/v1 lies
	HTTP    *http.Client
	Token   string        // bearer token; empty for none
	Timeout time.Duration // for rules to evaluate and series to appear
	Every   time.Duration // between two looks
	PerCall time.Duration // for one answer
	Now     func() time.Time
	Sleep   func(ctx context.Context, d time.Duration) error
}

// Result is what the check found.
type Result struct {
	FirstSeen report.FirstSeen
	Findings  []report.Finding
	Rules     int // that were looked for
}

// watched is one rule of the files and what is known of it.
type watched struct {
	group   string
	rule    *promrules.Rule
	labels  map[string]string
	place   report.Place
	problem *report.Finding // nil when the server has it as it is written, and it evaluates
	settled bool            // waiting changes nothing
	seen    *float64        // seconds until the first series, for recording rules
}

// Check asks until every rule evaluates and every recorded series is there, or until the timeout. A server that cannot be
// reached is asked again until then, too; the error is an *Error.
func Check(ctx context.Context, files []*promrules.File, o Options) (Result, error) {
	c := &client{base: o.Base, http: o.HTTP, token: o.Token, perCall: o.PerCall}
	list := watch(files)
	start := o.Now()
	for {
		err := look(ctx, c, list, func() float64 { return math.Round(10*o.Now().Sub(start).Seconds()) / 10 })
		var refused *Error
		left := o.Timeout - o.Now().Sub(start)
		switch {
		case ctx.Err() != nil:
			return Result{}, ctx.Err()
		case err != nil && (left <= 0 || !errors.As(err, &refused) || !refused.Retry):
			return Result{}, err
		case err == nil && (left <= 0 || done(list)):
			return result(list, start, o), nil
		}
		if err := o.Sleep(ctx, min(o.Every, max(left, time.Millisecond))); err != nil {
			return Result{}, err
		}
	}
}

func watch(files []*promrules.File) []*watched {
	var list []*watched
	for _, f := range files {
		for i := range f.Groups {
			g := &f.Groups[i]
			for j := range g.Rules {
				r := &g.Rules[j]
				list = append(list, &watched{group: g.Name, rule: r, labels: g.AllLabels(r), place: r.Place(f.Name)})
			}
		}
	}
	return list
}

func done(list []*watched) bool {
	for _, w := range list {
		waiting := w.problem != nil && !w.settled
		if waiting || w.problem == nil && w.rule.Record != "" && w.seen == nil {
			return false
		}
	}
	return true
}

// loaded is a rule as the API shows it.
type loaded struct {
	Type          string            `json:"type"`
	Name          string            `json:"name"`
	Query         string            `json:"query"`
	Duration      float64           `json:"duration"` // seconds
	KeepFiringFor float64           `json:"keepFiringFor"`
	Labels        map[string]string `json:"labels"`
	Health        string            `json:"health"`
	LastError     string            `json:"lastError"`
}

type ruleGroups struct {
	Groups []struct {
		Name  string   `json:"name"`
		Rules []loaded `json:"rules"`
	} `json:"groups"`
}

// look brings what is known of each rule up to date.
func look(ctx context.Context, c *client, list []*watched, elapsed func() float64) error {
	var remote ruleGroups
	if err := c.get(ctx, "api/v1/rules", nil, &remote); err != nil {
		return err
	}
	groups := map[string][]loaded{}
	for _, g := range remote.Groups {
		groups[g.Name] = append(groups[g.Name], g.Rules...)
	}
	for _, w := range list {
		w.compare(groups)
		if w.problem != nil || w.rule.Record == "" || w.seen != nil {
			continue
		}
		there, err := w.materialised(ctx, c)
		if err != nil {
			return err
		}
		if there {
			seconds := elapsed()
			w.seen = &seconds
		}
	}
	return nil
}

// compare finds the rule among those of the server and says what is wrong with it.
func (w *watched) compare(groups map[string][]loaded) {
	w.problem, w.settled = nil, false
	kind := "alerting"
	if w.rule.Record != "" {
		kind = "recording"
	}
	var named []loaded
	for _, r := range groups[w.group] {
		if r.Type == kind && r.Name == w.rule.Name() {
			named = append(named, r)
		}
	}
	if len(named) == 0 {
		w.settled = true
		w.complain(ruleMissing, w.rule.Name()+" is not loaded in group "+w.group, elsewhere(groups, kind, w.rule.Name()))
		return
	}
	var difference string
	for _, r := range named {
		var same bool
		if difference, same = w.differs(&r); same {
			w.evaluates(&r)
			return
		}
	}
	w.settled = true
	w.complain(ruleDiffers, fmt.Sprintf("%s is loaded differently: %s", w.rule.Name(), difference), "")
}

// elsewhere is the hint for a rule that another group has.
func elsewhere(groups map[string][]loaded, kind, name string) string {
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		if slices.ContainsFunc(groups[g], func(r loaded) bool { return r.Type == kind && r.Name == name }) {
			return "a rule of this name is in group " + short(g)
		}
	}
	return ""
}

// differs says in what a loaded rule is not the written one.
func (w *watched) differs(r *loaded) (string, bool) {
	switch {
	case !promrules.SameExpr(w.rule.Expr, r.Query):
		return fmt.Sprintf("its expression is %s", short(r.Query)), false
	case !maps.Equal(nonEmpty(w.labels), nonEmpty(r.Labels)):
		return fmt.Sprintf("its labels are %s", short(listed(r.Labels))), false
	case seconds(w.rule.For) != r.Duration:
		return fmt.Sprintf("its for is %gs", r.Duration), false
	case seconds(w.rule.KeepFiringFor) != r.KeepFiringFor:
		return fmt.Sprintf("its keep_firing_for is %gs", r.KeepFiringFor), false
	}
	return "", true
}

func nonEmpty(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		if v != "" {
			out[k] = v
		}
	}
	return out
}

func listed(m map[string]string) string {
	parts := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+"="+strconv.Quote(m[k]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// seconds of a duration as it is written; the rule parser has checked it.
func seconds(duration string) float64 {
	d, err := model.ParseDuration(duration)
	if err != nil {
		return 0
	}
	return time.Duration(d).Seconds()
}

func (w *watched) evaluates(r *loaded) {
	switch r.Health {
	case "ok":
	case "err":
		w.complain(ruleUnhealthy, fmt.Sprintf("%s does not evaluate: %s", w.rule.Name(), short(or(r.LastError, "no reason given"))), "")
	default:
		w.complain(ruleUnevaluated, w.rule.Name()+" has not been evaluated yet", "")
	}
}

func (w *watched) complain(id, message, hint string) {
	f := finding(id, w.place, w.group+"/"+w.rule.Name(), message)
	f.Hint = or(hint, f.Hint)
	w.problem = &f
}

// materialised reports whether the server has a series that the rule records.
func (w *watched) materialised(ctx context.Context, c *client) (bool, error) {
	selector := fmt.Sprintf("{__name__=%q", w.rule.Record)
	for _, k := range slices.Sorted(maps.Keys(w.labels)) {
		name := k
		if !model.LegacyValidation.IsValidLabelName(k) { // servers before 3.0 know no quoted names
			name = strconv.Quote(k)
		}
		selector += fmt.Sprintf(", %s=%q", name, w.labels[k])
	}
	var answer struct {
		Result []any `json:"result"`
	}
	err := c.get(ctx, "api/v1/query", url.Values{"query": {"count(" + selector + "})"}}, &answer)
	return len(answer.Result) > 0, err
}

func result(list []*watched, start time.Time, o Options) Result {
	out := Result{Rules: len(list), FirstSeen: report.FirstSeen{Schema: "govctl/recording-rules-first-seen/v1", GeneratedAt: report.At(start),
		Prometheus: shown(o.Base), TimeoutSeconds: o.Timeout.Seconds()}}
	for _, w := range list {
		if w.problem != nil {
			out.Findings = append(out.Findings, *w.problem)
		} else if w.rule.Record != "" && w.seen == nil {
			out.Findings = append(out.Findings, finding(ruleNoSeries, w.place, w.group+"/"+w.rule.Name(),
				fmt.Sprintf("no series of %s appeared within %s", w.rule.Name(), o.Timeout)))
		}
		if w.rule.Record != "" {
			out.FirstSeen.Rules = append(out.FirstSeen.Rules, report.RuleFirstSeen{Name: w.rule.Record, Group: w.group, At: w.place, Seconds: w.seen})
		}
	}
	sorting.Stable(out.FirstSeen.Rules, func(a, b report.RuleFirstSeen) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line))
	})
	byName(&out.FirstSeen, start, o.Now())
	return out
}

// byName fills in the keys that go by the name of the series. Where several rules record one name, the first that was seen counts.
func byName(f *report.FirstSeen, start, end time.Time) {
	epoch := func(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
	f.Base, f.Timeout, f.StartTime, f.SnapshotTime = f.Prometheus, f.TimeoutSeconds, epoch(start), epoch(end)
	f.Epoch, f.Offsets, f.Unresolved = map[string]float64{}, map[string]float64{}, []string{}
	for _, r := range f.Rules {
		if r.Seconds == nil {
			continue
		}
		if first, known := f.Offsets[r.Name]; !known || *r.Seconds < first {
			f.Offsets[r.Name] = *r.Seconds
			f.Epoch[r.Name] = epoch(start.Add(time.Duration(math.Round(*r.Seconds*10)) * 100 * time.Millisecond))
		}
	}
	for _, r := range f.Rules {
		if _, seen := f.Offsets[r.Name]; !seen {
			f.Unresolved = append(f.Unresolved, r.Name)
		}
	}
	f.Unresolved = slices.Compact(f.Unresolved) // the rules are sorted by name
}
