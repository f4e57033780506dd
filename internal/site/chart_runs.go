package site

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// The most runs that the two sizes of the chart of runs hold.
const (
	wideRuns   = 500
	narrowRuns = 40
)

// sample is one run on the chart: the share of stable runs in the window that ends with it.
type sample struct {
	report.HistoryLine
	First  bool // it had nothing to compare with
	ratio  float64
	Record string // address of the page of the run; empty where it has none
}

func stable(r *report.HistoryLine) bool { return !r.Breaking && !r.Placeholder }

// samples computes the rolling share for each run. The first runs of the list see a window that is not yet full.
func samples(runs []report.HistoryLine, window int) []sample {
	all := make([]sample, len(runs))
	good := 0
	window = max(window, 1)
	for i := range runs {
		if stable(&runs[i]) {
			good++
		}
		if i >= window && stable(&runs[i-window]) {
			good--
		}
		all[i] = sample{HistoryLine: runs[i], ratio: float64(good) / float64(min(i+1, window))}
	}
	return all
}

// runChart draws the share of stable runs over the runs with the alert threshold, and under it the score of each run. There are two
// drawings, of which the style sheet shows one: a wide one, and a narrow one with the latest runs for a phone.
func runChart(c *Contract) template.HTML {
	all := samples(c.Runs, c.Window)
	if len(all) < 2 {
		return ""
	}
	wide := plot{c: c, runs: last(all, wideRuns), width: 720}
	narrow := plot{c: c, runs: last(all, narrowRuns), width: 340}
	return wide.draw("wide") + narrow.draw("narrow")
}

func last[T any](list []T, n int) []T { return list[max(0, len(list)-n):] }

// plot is one drawing of the runs.
type plot struct {
	c     *Contract
	runs  []sample
	width float64
	floor float64 // ratio at the foot
	d     *drawing
}

// The parts of the drawing, in pixels from the top.
const (
	plotLeft, plotRight  = 44.0, 60.0
	ratioTop, ratioFoot  = 14.0, 164.0
	scoreTop, scoreFoot  = 186.0, 230.0
	plotHeight, axisText = 252.0, 247.0
)

func (p *plot) draw(class string) template.HTML {
	p.d = begin("chart "+class, p.width, plotHeight, p.summary())
	p.floor = p.lowest()
	p.grid()
	p.scores()
	p.ratios()
	p.marks()
	p.dates()
	return p.d.end()
}

// summary is the chart in a sentence.
func (p *plot) summary() string {
	breaking, placeholder := 0, 0
	for i := range p.runs {
		switch {
		case p.runs[i].Placeholder:
			placeholder++
		case p.runs[i].Breaking:
			breaking++
		}
	}
	end := p.runs[len(p.runs)-1]
	return fmt.Sprintf("Share of stable runs over the last %s, now %s, alert below %s; %d breaking, %d not measured. The table of runs has the figures.",
		plural(len(p.runs), "run"), percent(100*end.ratio), percent(100*p.c.Threshold), breaking, placeholder)
}

func (p *plot) step() float64 { return (p.width - plotLeft - plotRight) / float64(len(p.runs)) }
func (p *plot) x(i int) float64 {
	return plotLeft + (float64(i)+0.5)*p.step()
}
func (p *plot) y(ratio float64) float64 {
	return ratioFoot - (ratio-p.floor)/(1-p.floor)*(ratioFoot-ratioTop)
}

// lowest is where the axis of the share begins: at a half while line and threshold lie well above it, so that small moves show.
func (p *plot) lowest() float64 {
	const half, room = 0.5, 0.05
	low := p.c.Threshold
	for i := range p.runs {
		low = math.Min(low, p.runs[i].ratio)
	}
	if low < half+room || low >= 1 {
		return 0
	}
	return half
}

func (p *plot) grid() {
	right := p.width - plotRight
	for i := range 6 {
		v := p.floor + (1-p.floor)*float64(i)/5
		p.d.line("grid", plotLeft, p.y(v), right, p.y(v))
		p.d.text("tick", plotLeft-6, p.y(v)+4, "end", percent(100*v))
	}
	p.d.line("grid", plotLeft, scoreFoot, right, scoreFoot)
	p.d.text("tick", plotLeft-6, scoreTop+8, "end", "100")
	p.d.text("tick", plotLeft-6, scoreFoot+1, "end", "0")
	p.d.text("tick", right+6, scoreTop+8, "start", "score")
	at := p.y(p.c.Threshold)
	p.d.line("threshold", plotLeft, at, right, at)
	p.d.text("limit", right+6, at+4, "start", "alert")
}

// scores draws a bar for each run: as high as its score, full and hollow where nothing was measured. Bars as thin as a hair flicker, so
// that equal ones beside each other are drawn as one.
func (p *plot) scores() {
	gap, thin := math.Min(p.step()*0.25, 3), p.step() < 3
	if thin {
		gap = 0
	}
	for i := 0; i < len(p.runs); {
		class, score := p.bar(i)
		n, title := 1, describe(&p.runs[i])
		for thin && i+n < len(p.runs) {
			if c, s := p.bar(i + n); c != class || s != score {
				break
			}
			n++
		}
		if n > 1 {
			title = fmt.Sprintf("%s from %s to %s, score %s", plural(n, "run"), day(p.runs[i].Timestamp), day(p.runs[i+n-1].Timestamp), number(score))
		}
		h := math.Max(1.5, math.Min(1, score/100)*(scoreFoot-scoreTop))
		if class != "bar void" {
			p.d.tag("rect", class, title, "x", p.x(i)-p.step()/2+gap/2, "y", scoreFoot-h, "width", math.Max(float64(n)*p.step()-gap, 0.6), "height", h)
		}
		i += n
	}
}

// bar is the class and the height of a run's bar, from 0 to 100.
func (p *plot) bar(i int) (class string, score float64) {
	r := &p.runs[i]
	switch {
	case r.Placeholder && p.step() < 4:
		return "bar void", 100 // no room for an outline
	case r.Placeholder:
		return "bar hollow", 100
	case r.Breaking:
		class = "bar broken"
	default:
		class = "bar"
	}
	if r.Score == nil {
		return class, 100
	}
	return class, r.Score.Rounded()
}

func describe(r *sample) string {
	parts := []string{day(r.Timestamp), shortSHA(r.SHA)}
	if r.Version != "" {
		parts = append(parts, r.Version)
	}
	switch {
	case r.Placeholder:
		parts = append(parts, "not measured")
	case r.Breaking:
		parts = append(parts, "breaking")
	}
	if r.Score != nil {
		parts = append(parts, "score "+number(*r.Score))
	}
	return strings.Join(append(parts, percent(100*r.ratio)+" stable"), ", ")
}

func (p *plot) ratios() {
	points := make([]point, len(p.runs))
	for i := range p.runs {
		points[i] = point{p.x(i), p.y(p.runs[i].ratio)}
	}
	if p.floor == 0 { // an area says how much of the whole
		p.d.path("area", points, ratioFoot)
	}
	p.d.path("ratio", points, open)
	end := points[len(points)-1]
	if stable(&p.runs[len(p.runs)-1].HistoryLine) { // the others have a mark of their own
		p.d.tag("circle", "end", "", "cx", end.x, "cy", end.y, "r", 3.5)
	}
}

// marks are a triangle on each breaking run and a ring on each that was not measured; shapes tell them apart without colour.
func (p *plot) marks() {
	size := math.Max(3.5, math.Min(5, p.step()*0.7))
	for i := range p.runs {
		x, y := p.x(i), p.y(p.runs[i].ratio)
		switch {
		case p.runs[i].Placeholder:
			p.d.tag("circle", "mark hollow", describe(&p.runs[i]), "cx", x, "cy", y, "r", size*0.9)
		case p.runs[i].Breaking:
			p.d.tag("path", "mark broken", describe(&p.runs[i]), "d", "M"+px(x-size)+" "+px(y-size*0.8)+"h"+px(2*size)+"L"+px(x)+" "+px(y+size)+"Z")
		}
	}
}

// dates are under the first and the last run, and under some between them where there is room.
func (p *plot) dates() {
	const apart = 150.0 // pixels
	n := len(p.runs)
	steps := min(max(int((p.width-plotLeft-plotRight)/apart), 1), n-1)
	shown := ""
	for k := range steps + 1 {
		i := k * (n - 1) / steps
		anchor, x := "middle", p.x(i)
		switch k {
		case 0:
			anchor, x = "start", plotLeft
		case steps:
			anchor, x = "end", p.width-plotRight
		}
		if d := day(p.runs[i].Timestamp); d != shown {
			p.d.text("tick", x, axisText, anchor, d)
			shown = d
		}
	}
}
