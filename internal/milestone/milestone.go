// Package milestone reads the project's milestones and says how much of their weight is done.
package milestone

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Schema is the schema name of milestone-summary.json.
const Schema = "govctl/milestone-summary/v1"

// The statuses of a milestone.
const (
	Done       = "done"
	InProgress = "in-progress"
	NotStarted = "not-started"
	Blocked    = "blocked"
)

var statuses = []string{Done, InProgress, NotStarted, Blocked}

// A file of milestones is written by people: these bounds are far above what they write, and a sum stays exact.
const (
	maxBytes  = 4 << 20
	maxWeight = 1e9
)

// Summarize reads project_milestones.json, an array of {id, title, weight, status} or an object that holds it under
// "milestones", and adds it up. Statuses may be spelled with an underscore; a milestone without one is not started. Bad input gives a *contract.Error with its
// place. now becomes generated_at and last_updated.
func Summarize(ctx context.Context, name string, data []byte, now report.Time) (report.Milestones, error) {
	out := report.Milestones{Schema: Schema, GeneratedAt: now, LastUpdated: now, ByStatus: map[string]int{}, Items: []report.Milestone{}}
	root, err := contract.ParseValue(ctx, name, data, contract.Options{MaxBytes: maxBytes, MaxDepth: 50})
	if err != nil {
		return out, err
	}
	list, err := items(root)
	if err != nil {
		return out, err
	}
	first := map[string]report.Place{}
	for _, n := range list.Items() {
		m, err := item(n)
		if err != nil {
			return out, err
		}
		if at, twice := first[m.ID]; twice {
			return out, &contract.Error{Place: n.Get("id").Place(), Msg: fmt.Sprintf("duplicate milestone id %q, first in line %d", m.ID, at.Line), Hint: "give each milestone its own id"}
		}
		first[m.ID] = n.Get("id").Place()
		out.Items = append(out.Items, m)
	}
	total(&out)
	return out, nil
}

// items finds the array.
func items(root contract.Node) (contract.Node, error) {
	list := root
	if root.Kind() == contract.Object {
		if err := onlyKeys(root, "milestones", "$schema", "schema_version", "last_updated"); err != nil {
			return root, err
		}
		if list = root.Get("milestones"); !list.Exists() {
			return root, &contract.Error{Place: root.Place(), Msg: `the object has no "milestones"`, Hint: `write {"milestones": [...]} or a plain array`}
		}
	}
	if list.Kind() != contract.Array {
		return root, &contract.Error{Place: list.Place(), Msg: fmt.Sprintf("milestones are %s, not an array", list.Kind()), Hint: `write [{"id": "...", "title": "...", "weight": 1, "status": "not-started"}]`}
	}
	return list, nil
}

func item(n contract.Node) (m report.Milestone, err error) {
	if n.Kind() != contract.Object {
		return m, &contract.Error{Place: n.Place(), Msg: fmt.Sprintf("a milestone is %s, not an object", n.Kind())}
	}
	if err = onlyKeys(n, "id", "title", "weight", "status"); err != nil {
		return m, err
	}
	if m.ID, err = identity(n); err != nil {
		return m, err
	}
	if m.Title, err = text(n, "title"); err != nil {
		return m, err
	}
	if m.Weight, err = weight(n); err != nil {
		return m, err
	}
	m.Status, err = status(n)
	return m, err
}

// onlyKeys refuses an unknown key and names the one that may have been meant.
func onlyKeys(n contract.Node, known ...string) error {
	for key, v := range n.Fields() {
		if slices.Contains(known, key) {
			continue
		}
		hint := "expected one of " + strings.Join(known, ", ")
		for _, k := range known {
			if strings.EqualFold(k, key) || strings.HasPrefix(key, k) || strings.HasPrefix(k, key) && len(key) > 1 {
				hint = fmt.Sprintf("did you mean %q?", k)
			}
		}
		return &contract.Error{Place: v.KeyPlace(), Msg: fmt.Sprintf("unknown key %q", key), Hint: hint}
	}
	return nil
}

func missing(n contract.Node, key string) error {
	return &contract.Error{Place: n.Place(), Msg: fmt.Sprintf("the milestone has no %s", key)}
}

func text(n contract.Node, key string) (string, error) {
	v := n.Get(key)
	switch {
	case !v.Exists():
		return "", missing(n, key)
	case v.Kind() != contract.String || strings.TrimSpace(v.Text()) == "":
		return "", &contract.Error{Place: v.Place(), Msg: fmt.Sprintf("%s is not a non-empty string", key)}
	}
	return v.Text(), nil
}

// identity is the id, which may be a number, as in the original's files.
func identity(n contract.Node) (string, error) {
	if v := n.Get("id"); v.Kind() == contract.Number {
		return v.Literal(), nil
	}
	return text(n, "id")
}

// weight may be written in quotes, as in the original's files.
func weight(n contract.Node) (float64, error) {
	v := n.Get("weight")
	if !v.Exists() {
		return 0, missing(n, "weight")
	}
	written := v.Literal() // empty where it is not a number
	if v.Kind() == contract.String {
		written = strings.TrimSpace(v.Text())
	}
	w, err := strconv.ParseFloat(written, 64)
	if err != nil || !(w >= 0 && w <= maxWeight) { // NaN is in no range
		return 0, &contract.Error{Place: v.Place(), Msg: fmt.Sprintf("weight is not a number from 0 to %d", int(maxWeight)), Hint: "write a number, like 2 or 0.5"}
	}
	return w, nil
}

func status(n contract.Node) (string, error) {
	v := n.Get("status")
	if !v.Exists() { // as the original read it
		return NotStarted, nil
	}
	s := strings.ReplaceAll(v.Text(), "_", "-")
	if !slices.Contains(statuses, s) {
		return "", &contract.Error{Place: v.Place(), Msg: fmt.Sprintf("unknown status %q", v.Value()), Hint: "expected one of " + strings.Join(statuses, ", ")}
	}
	return s, nil
}

// total fills in all sums and shares.
func total(out *report.Milestones) {
	for _, s := range statuses {
		out.ByStatus[s] = 0
	}
	for _, m := range out.Items {
		out.ByStatus[m.Status]++
		out.Totals.WeightTotal += m.Weight
		if m.Status == Done {
			out.Totals.WeightDone += m.Weight
		}
	}
	out.Totals.WeightTotal, out.Totals.WeightDone = tidy(out.Totals.WeightTotal), tidy(out.Totals.WeightDone)
	for i := range out.Items {
		out.Items[i].WeightPct = percent(out.Items[i].Weight, out.Totals.WeightTotal)
	}
	out.Totals.Percent = percent(out.Totals.WeightDone, out.Totals.WeightTotal)

	out.TotalMilestones, out.CompletedMilestones = len(out.Items), out.ByStatus[Done]
	out.InProgressMilestones, out.NotStartedMilestones = out.ByStatus[InProgress], out.ByStatus[NotStarted]
	out.TotalWeight, out.CompletedWeight, out.CompletionPercentage = out.Totals.WeightTotal, out.Totals.WeightDone, out.Totals.Percent
}

// tidy removes what adding decimal fractions leaves behind: 0.1 + 0.2 is 0.3.
func tidy(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// percent is 0 where there is no weight at all.
func percent(part, whole float64) report.Percent {
	if whole == 0 {
		return 0
	}
	return report.Percent(min(100, 100*part/whole))
}
