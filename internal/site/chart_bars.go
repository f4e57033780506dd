package site

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// part is one piece of a bar, and its line in the legend.
type part struct {
	Class, Name string
	Count       float64
	Share       string
}

// stack is a bar divided into parts.
type stack struct {
	Picture template.HTML
	Parts   []part
}

// stacked draws parts side by side, as wide as their share.
func stacked(name string, parts []part) stack {
	total := 0.0
	for _, p := range parts {
		total += p.Count
	}
	if total <= 0 {
		return stack{}
	}
	label := name + ":"
	for i := range parts {
		parts[i].Share = percent(100 * parts[i].Count / total)
		label += fmt.Sprintf(" %s %s (%s)", parts[i].Name, number(parts[i].Count), parts[i].Share)
	}
	const width = 1000.0
	d := begin("stack", width, 24, label)
	x := 0.0
	for _, p := range parts {
		w := p.Count / total * width
		if w > 0 {
			d.tag("rect", p.Class, fmt.Sprintf("%s: %s (%s)", p.Name, number(p.Count), p.Share), "x", x, "y", 0.0, "width", max(w-2, 0.5), "height", 24.0)
		}
		x += w
	}
	picture := d.end()
	return stack{picture, parts}
}

// severityMix are the active alerts by severity, the heaviest first.
func severityMix(m *report.TaxonomyMetrics) stack {
	var parts []part
	for name, n := range m.ActiveSeverityCounts {
		parts = append(parts, part{Name: name, Count: float64(n)})
	}
	sorting.Stable(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(m.SeverityWeights[b.Name], m.SeverityWeights[a.Name]), cmp.Compare(a.Name, b.Name))
	})
	names := make([]string, len(parts))
	for i := range parts {
		names[i] = parts[i].Name
	}
	for i, class := range severityClasses(names, m.SeverityWeights) {
		parts[i].Class = class
	}
	return stacked("Active alerts by severity", parts)
}

// severityClasses are the colours of severities that are sorted by weight: red is for the heaviest weights only.
func severityClasses(names []string, weights map[string]int) []string {
	classes := make([]string, len(names))
	next := 0
	for i, name := range names {
		switch w := weights[name]; {
		case w >= 5:
		case w >= 3:
			next = max(next, 1)
		case w == 2:
			next = max(next, 2)
		default:
			next = max(next, 3)
		}
		classes[i] = fmt.Sprintf("s%d", min(next, 5))
		next++
	}
	return classes
}

// milestoneStates are the parts of the milestone bar in their order.
var milestoneStates = []part{{Class: "done", Name: "done"}, {Class: "doing", Name: "in-progress"}, {Class: "stuck", Name: "blocked"}, {Class: "todo", Name: "not-started"}}

// milestoneBar is the weight of the milestones by their state.
func milestoneBar(m *report.Milestones) stack {
	parts := slices.Clone(milestoneStates)
	for _, item := range m.Items {
		for i := range parts {
			if parts[i].Name == item.Status {
				parts[i].Count += item.Weight
			}
		}
	}
	return stacked("Weight of the milestones", parts)
}

// progress draws one share of a whole with the mark that it should reach; a mark of 0 is none.
func progress(name string, value, mark float64) template.HTML {
	const width = 1000.0
	label := name + " " + percent(value)
	if mark > 0 {
		label += ", target " + percent(mark)
	}
	d := begin("stack", width, 24, label)
	d.tag("rect", "rest", "", "x", 0.0, "y", 0.0, "width", width, "height", 24.0)
	class := "done"
	if value < mark {
		class = "short"
	}
	d.tag("rect", class, "", "x", 0.0, "y", 0.0, "width", min(max(value, 0), 100)*width/100, "height", 24.0)
	if mark > 0 && mark < 100 {
		d.tag("rect", "wanted", "", "x", mark*width/100-1.5, "y", 0.0, "width", 3.0, "height", 24.0)
	}
	return d.end()
}

// interval draws how sure the share of stable runs is: the share as a mark on the bar of its 95 % interval, beside the alert threshold.
func interval(c *Contract) template.HTML {
	if c.Stability == nil {
		return ""
	}
	const left, width, top, height = 10.0, 300.0, 6.0, 10.0
	s := c.Stability
	low, high, now := s.Extensions.WilsonLow.Rounded(), s.Extensions.WilsonHigh.Rounded(), s.WindowStabilityRatio.Rounded()
	if high <= low {
		return ""
	}
	at := func(ratio float64) float64 { return left + min(max(ratio, 0), 1)*width }
	d := begin("interval", width+2*left, 40, fmt.Sprintf("Share of stable runs %s, 95 %% interval from %s to %s, alert below %s", percent(100*now), percent(100*low), percent(100*high), percent(100*c.Threshold)))
	d.tag("rect", "rest", "", "x", left, "y", top, "width", width, "height", height, "rx", 3.0)
	d.tag("rect", "span", "95"+space+"% interval: "+percent(100*low)+" to "+percent(100*high), "x", at(low), "y", top, "width", at(high)-at(low), "height", height, "rx", 3.0)
	d.line("threshold", at(c.Threshold), top-4, at(c.Threshold), top+height+4)
	d.tag("circle", "end", "", "cx", at(now), "cy", top+height/2, "r", 5.0)
	for _, tick := range []float64{0, 0.5, 1} {
		d.text("tick", at(tick), 36, map[float64]string{0: "start", 0.5: "middle", 1: "end"}[tick], percent(100*tick))
	}
	return d.end()
}
