package milestone

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

const good = `[
  {"id": "api", "title": "Public API", "weight": 5, "status": "done"},
  {"id": "sdk", "title": "Client libraries", "weight": 2.5, "status": "in_progress"},
  {"id": "docs", "title": "Handbook", "weight": 0.5, "status": "not-started"},
  {"id": "audit", "title": "Security audit", "weight": 2, "status": "blocked"}
]`

func summarize(text string) (string, error) {
	m, err := Summarize(context.Background(), "project_milestones.json", []byte(text), report.Time{})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v of %v, %v %%, %v;", m.Totals.WeightDone, m.Totals.WeightTotal, m.Totals.Percent.Rounded(), m.ByStatus)
	for _, i := range m.Items {
		fmt.Fprintf(&b, " %s=%s:%v", i.ID, i.Status, i.WeightPct.Rounded())
	}
	fmt.Fprintf(&b, "; %d %d %d %d %v %v %v", m.TotalMilestones, m.CompletedMilestones, m.InProgressMilestones, m.NotStartedMilestones, m.TotalWeight, m.CompletedWeight, m.CompletionPercentage)
	return b.String(), nil
}

func TestSummarize(t *testing.T) {
	const want = "5 of 10, 50 %, map[blocked:1 done:1 in-progress:1 not-started:1]; api=done:50 sdk=in-progress:25 docs=not-started:5 audit=blocked:20; 4 1 1 1 10 5 50"
	for _, text := range []string{good, `{"milestones": ` + good + `}`, `{"$schema": "x", "last_updated": "2025-09-17", "milestones": ` + good + `}`} {
		if got, err := summarize(text); err != nil || got != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
	for text, want := range map[string]string{
		`[]`: "0 of 0, 0 %, map[blocked:0 done:0 in-progress:0 not-started:0];; 0 0 0 0 0 0 0",
		`[{"id":"a","title":"A","weight":0,"status":"done"}]`:                                                       "0 of 0, 0 %, map[blocked:0 done:1 in-progress:0 not-started:0]; a=done:0; 1 1 0 0 0 0 0",
		`[{"id":"a","title":"A","weight":0.1,"status":"done"},{"id":"b","title":"B","weight":0.2,"status":"done"}]`: "0.3 of 0.3, 100 %, map[blocked:0 done:2 in-progress:0 not-started:0]; a=done:33.33 b=done:66.67; 2 2 0 0 0.3 0.3 100",
	} {
		if got, err := summarize(text); err != nil || got != want {
			t.Errorf("%s\ngot  %s, %v\nwant %s", text, got, err, want)
		}
	}
}

// TestAsTheOriginalRead: a milestone without a status is not started, ids may be numbers, and weights may be in quotes.
func TestAsTheOriginalRead(t *testing.T) {
	m, err := Summarize(t.Context(), "m.json", []byte(`[{"id": 7, "title": "A", "weight": "2"}, {"id": "b", "title": "B", "weight": 2, "status": "done"}]`), report.Time{})
	if err != nil || m.Items[0].ID != "7" || m.Items[0].Status != NotStarted || m.Items[0].Weight != 2 || m.Totals.Percent != 50 {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := Summarize(t.Context(), "m.json", []byte(`[{"id": 7, "title": "A", "weight": 1}, {"id": "7", "title": "B", "weight": 1}]`), report.Time{}); err == nil {
		t.Error("the id 7 is there twice")
	}
}

func TestRefused(t *testing.T) {
	item := func(field string) string {
		m := map[string]string{"id": `"a"`, "title": `"A"`, "weight": "1", "status": `"done"`}
		key, value, _ := strings.Cut(field, "=")
		m[key] = value
		var parts []string
		for _, k := range []string{"id", "title", "weight", "status", "state"} {
			if m[k] != "" {
				parts = append(parts, fmt.Sprintf("%q: %s", k, m[k]))
			}
		}
		return "[\n{" + strings.Join(parts, ", ") + "}]"
	}
	for text, want := range map[string]string{
		"":                        "project_milestones.json",
		"{":                       "project_milestones.json:1",
		`"x"`:                     "project_milestones.json:1:1: milestones are a string, not an array",
		`{}`:                      `project_milestones.json:1:1: the object has no "milestones"`,
		`{"milestones": 1}`:       "project_milestones.json:1:16: milestones are a number, not an array",
		`{"milestone": []}`:       `project_milestones.json:1:2: unknown key "milestone" did you mean "milestones"?`,
		`[1]`:                     "project_milestones.json:1:2: a milestone is a number, not an object",
		item("id="):               "project_milestones.json:2:1: the milestone has no id",
		item("title="):            "project_milestones.json:2:1: the milestone has no title",
		item("weight="):           "project_milestones.json:2:1: the milestone has no weight",
		item("id=true"):           "project_milestones.json:2:8: id is not a non-empty string",
		item(`id="  "`):           "project_milestones.json:2:8: id is not a non-empty string",
		item(`title=null`):        "project_milestones.json:2:22: title is not a non-empty string",
		item(`weight=-1`):         "project_milestones.json:2:37: weight is not a number from 0 to 1000000000",
		item(`weight="-5"`):       "project_milestones.json:2:37: weight is not a number",
		item(`weight="NaN"`):      "project_milestones.json:2:37: weight is not a number",
		item(`weight="many"`):     "project_milestones.json:2:37: weight is not a number",
		item(`weight=""`):         "project_milestones.json:2:37: weight is not a number",
		item(`weight=1e10`):       "project_milestones.json:2:37: weight is not a number",
		item(`weight=true`):       "project_milestones.json:2:37: weight is not a number",
		item(`status="finished"`): `project_milestones.json:2:50: unknown status "finished" expected one of done, in-progress, not-started, blocked`,
		item(`status="Done"`):     `project_milestones.json:2:50: unknown status "Done"`,
		item(`status=7`):          `project_milestones.json:2:50: unknown status "7"`,
		item(`state="done"`):      `project_milestones.json:2:58: unknown key "state"`,
		strings.Replace(good, `"sdk"`, `"api"`, 1): `project_milestones.json:3:10: duplicate milestone id "api", first in line 2`,
		`[{"id": "a", "id": "b"}]`:                 "project_milestones.json:1:",
	} {
		_, err := summarize(text)
		e := (*contract.Error)(nil)
		if !errors.As(err, &e) || !strings.HasPrefix(e.Error()+" "+e.Hint, want) {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func FuzzSummarize(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(`{"milestones":[{"id":"a","title":"A","weight":1e9,"status":"done"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Summarize(context.Background(), "m.json", bytes.Clone(data), report.Time{})
		if err != nil {
			return
		}
		if p := m.Totals.Percent; p < 0 || p > 100 || m.Totals.WeightDone > m.Totals.WeightTotal {
			t.Fatalf("%+v", m.Totals)
		}
	})
}

// The original's own file and what its tools made of it.
func TestOriginalFile(t *testing.T) {
	data, err := os.ReadFile("../../../shared/data/seed-repo/project_milestones.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared/data is absent")
	}
	m, err := Summarize(context.Background(), "project_milestones.json", data, report.Time{})
	if err != nil || m.TotalMilestones != 9 || m.CompletedMilestones != 9 || m.TotalWeight != 23 || m.CompletedWeight != 23 || m.CompletionPercentage != 100 {
		t.Errorf("got %+v, %v", m, err)
	}
}
