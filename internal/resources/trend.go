package resources

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// Options are the window and the limits that were asked for.
type Options struct {
	Window    int      // latest rows of all containers
	MaxMemPct *float64 // of the limit of a container
	Growth    *float64 // of the memory over the window, in percent
}

// MaxWindow bounds the window, in rows.
const MaxWindow = 100_000

// growthRows are the fewest rows of a container from which growth follows.
const growthRows = 12

// Trend are the figures over the last rows of a log, of which the last added are those of this call.
func Trend(l Log, added int, o Options) report.ResourceTrend {
	rows := l.Rows[max(0, len(l.Rows)-max(o.Window, added)):]
	t := report.ResourceTrend{Schema: report.ResourceTrendSchema, Window: o.Window, Rows: len(rows), Skipped: l.Skipped, Containers: []report.ResourceContainer{}}
	of := map[string][]report.ResourceRow{}
	current := map[string]bool{}
	for i, r := range rows {
		of[r.Container] = append(of[r.Container], r)
		current[r.Container] = current[r.Container] || i >= len(rows)-added
	}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		c := containerOf(of[name])
		c.Name, c.Current = name, current[name]
		t.Containers = append(t.Containers, c)
	}
	return t
}

// containerOf are the figures of the rows of one container.
func containerOf(rows []report.ResourceRow) report.ResourceContainer {
	last := rows[len(rows)-1]
	c := report.ResourceContainer{Rows: len(rows), MemUsed: last.MemUsed, NetRx: last.NetRx, NetTx: last.NetTx}
	var cpu, mem []float64
	started := 0
	for i, r := range rows {
		cpu = append(cpu, r.CPUPct)
		if r.MemPct != nil {
			mem = append(mem, *r.MemPct)
		}
		if r.Reset {
			c.Resets++
			started = i
		}
	}
	c.CPUPct, c.MemPct = share(cpu), share(mem)
	if last.MemPct == nil { // the limit is gone
		c.MemPct = report.ResourceShare{}
	}
	c.Growth = growth(rows[started:])
	return c
}

func share(values []float64) report.ResourceShare {
	if len(values) == 0 {
		return report.ResourceShare{}
	}
	latest, avg := values[len(values)-1], rounded(sum(values)/float64(len(values)))
	most := slices.Max(values)
	return report.ResourceShare{Latest: &latest, Avg: &avg, Max: &most}
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

// rounded has more decimals than any source.
func rounded(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// growth compares the median memory of the last third of rows with that of the first, in percent. Medians do not follow a single peak.
func growth(rows []report.ResourceRow) *float64 {
	third := len(rows) / 3
	if len(rows) < growthRows {
		return nil
	}
	first, last := medianUsed(rows[:third]), medianUsed(rows[len(rows)-third:])
	return percent(last-first, first)
}

func medianUsed(rows []report.ResourceRow) float64 {
	used := make([]float64, len(rows))
	for i, r := range rows {
		used[i] = float64(r.MemUsed)
	}
	slices.Sort(used)
	n := len(used)
	return (used[(n-1)/2] + used[n/2]) / 2
}

// Check are the findings of a trend.
func Check(t *report.ResourceTrend, o Options) (out []report.Finding) {
	for i := range t.Containers {
		c := &t.Containers[i]
		subject := report.EvidenceSubject{Name: c.Name}
		add := func(id, format string, args ...any) {
			out = append(out, found(id, subject, fmt.Sprintf(format, args...)))
		}
		if c.Resets > 0 {
			add("resource-restarted", "%s was restarted %s in %s", c.Name, count.Of(c.Resets, "time"), count.Of(c.Rows, "row"))
		}
		if !c.Current {
			add("resource-container-missing", "%s is not in the last sample", c.Name)
			continue
		}
		switch {
		case o.MaxMemPct == nil:
		case c.MemPct.Latest == nil:
			add("resource-limit-missing", "%s has no memory limit", c.Name)
		case *c.MemPct.Latest > *o.MaxMemPct:
			add("resource-memory-high", "%s uses %.1f %% of its memory limit, more than %g %%", c.Name, *c.MemPct.Latest, *o.MaxMemPct)
		}
		switch {
		case o.Growth == nil:
		case c.Growth == nil:
			add("resource-not-known-yet", "whether the memory of %s grows is not known yet: too few rows", c.Name)
		case *c.Growth > *o.Growth:
			add("resource-memory-growing", "the memory of %s grew by %.1f %% over %s, more than %g %%", c.Name, *c.Growth, count.Of(c.Rows, "row"), *o.Growth)
		}
	}
	if t.Skipped > 0 {
		out = append(out, found("resource-rows-unreadable", report.EvidenceSubject{Name: "log"}, count.Of(t.Skipped, "line")+" of the log could not be read"))
	}
	return out
}
