package site

import (
	"fmt"
	"html/template"
	"math"

	"github.com/romel/govctl/pkg/report"
)

// series is one line of a trend.
type series struct {
	Class, Name string // of the style sheet; of the legend
	Now         string // the latest value, for the legend
	values      []float64
}

// trend is a drawing of figures over days, with its legend.
type trend struct {
	Title, Note string
	Picture     template.HTML
	Series      []series
}

// leastDays is how many daily snapshots a trend of the alerts needs at least.
const leastDays = 10

// trends are the lines of the daily history: how much the catalogue of alerts moved, and how many alerts have a runbook.
func trends(h *report.TaxonomyHistory) []trend {
	if h == nil || len(h.History) < leastDays {
		return nil
	}
	n := len(h.History)
	dates := make([]string, n)
	churn, risk, runbooks := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range h.History {
		m := &h.History[i]
		dates[i] = m.SnapshotDate
		churn[i], risk[i] = float64(m.Churn30d), float64(m.RiskChurn30d)
		runbooks[i] = m.RunbookCompletenessPercent.Rounded()
	}
	e := &h.History[n-1]
	moved := []series{{"a", "churn", grouped(e.Churn30d), churn}, {"b", "risk churn", grouped(e.RiskChurn30d), risk}}
	whole := []series{{"a", "runbooks complete", percent(e.RunbookCompletenessPercent.Rounded()), runbooks}}
	top := 4.0
	for i := range churn {
		top = math.Max(top, math.Max(churn[i], risk[i]))
	}
	return []trend{
		{"Alert churn over time", "Alerts added to the catalogue and removed from it in 30 days; risk churn weighs each by its severity.", lines(dates, moved, 0, niceTop(top), ""), moved},
		{"Runbooks over time", "100 % is a runbook for every active alert.", lines(dates, whole, 0, 100, space+"%"), whole[:0]},
	}
}

// niceTop is the next round number at or above v: 1, 2 or 5 times a power of ten.
func niceTop(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*unit >= v {
			return m * unit
		}
	}
	return v
}

// lines draws series over the same days, from low to high.
func lines(dates []string, all []series, low, high float64, unit string) template.HTML {
	const left, right, top, foot, width, height = 44.0, 392.0, 10.0, 134.0, 400.0, 158.0
	name := ""
	for _, s := range all {
		name += fmt.Sprintf("%s now %s, %s on %s. ", s.Name, s.Now, number(s.values[0]), dates[0])
	}
	d := begin("chart trend", width, height, name)
	y := func(v float64) float64 { return foot - (v-low)/(high-low)*(foot-top) }
	for _, v := range []float64{low, (low + high) / 2, high} {
		d.line("grid", left, y(v), right, y(v))
		d.text("tick", left-6, y(v)+4, "end", number(v)+unit)
	}
	d.text("tick", left, foot+18, "start", dates[0])
	d.text("tick", right, foot+18, "end", dates[len(dates)-1])
	for _, s := range all {
		points := make([]point, len(s.values))
		for i, v := range s.values {
			points[i] = point{left + float64(i)/float64(len(s.values)-1)*(right-left), y(math.Min(math.Max(v, low), high))}
		}
		d.path("line "+s.Class, points, open)
		end := points[len(points)-1]
		d.tag("circle", "dot "+s.Class, "", "cx", end.x, "cy", end.y, "r", 3.0)
	}
	return d.end()
}
