package resources

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// gauges are the figures of each container, with the names of the original's README.
var gauges = []struct {
	name, help string
	value      func(*report.ResourceContainer) *float64
}{
	{"resource_trend_cpu_pct", "Latest processor use of a container, in percent of one processor.", func(c *report.ResourceContainer) *float64 { return c.CPUPct.Latest }},
	{"resource_trend_cpu_pct_window_avg", "Average processor use over the window.", func(c *report.ResourceContainer) *float64 { return c.CPUPct.Avg }},
	{"resource_trend_cpu_pct_window_max", "Greatest processor use in the window.", func(c *report.ResourceContainer) *float64 { return c.CPUPct.Max }},
	{"resource_trend_mem_pct", "Latest memory use of a container, in percent of its limit.", func(c *report.ResourceContainer) *float64 { return c.MemPct.Latest }},
	{"resource_trend_mem_pct_window_avg", "Average memory use over the window.", func(c *report.ResourceContainer) *float64 { return c.MemPct.Avg }},
	{"resource_trend_mem_pct_window_max", "Greatest memory use in the window.", func(c *report.ResourceContainer) *float64 { return c.MemPct.Max }},
	{"resource_trend_net_rx_bytes", "Bytes that a container has received since it began.", func(c *report.ResourceContainer) *float64 { return float(c.NetRx) }},
	{"resource_trend_net_tx_bytes", "Bytes that a container has sent since it began.", func(c *report.ResourceContainer) *float64 { return float(c.NetTx) }},
}

func float(n *int64) *float64 {
	if n == nil {
		return nil
	}
	v := float64(*n)
	return &v
}

// Figures are the gauges of at most so many containers of the last sample, by name. 0 is all.
func Figures(t *report.ResourceTrend, most int) []report.Figure {
	all := []report.Figure{{Name: "resource_trend_window_size", Help: "Rows that the window has.", Value: float64(t.Rows)}}
	n := 0
	for i := range t.Containers {
		c := &t.Containers[i]
		if !c.Current {
			continue
		}
		if n++; most > 0 && n > most {
			break
		}
		for _, g := range gauges {
			if v := g.value(c); v != nil {
				all = append(all, report.Figure{Name: g.name, Help: g.help, Labels: map[string]string{"container": c.Name}, Value: *v})
			}
		}
	}
	return all
}

// Bounds reads the borders of a histogram, like 0,25,50,75,100.
func Bounds(text string) (out []float64, err error) {
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%.40q is not a number", part)
		}
		if len(out) > 0 && v <= out[len(out)-1] {
			return nil, fmt.Errorf("%g is not greater than the border before it", v)
		}
		if out = append(out, v); len(out) > 100 {
			return nil, fmt.Errorf("more than 100 borders")
		}
	}
	return out, nil
}

// Histogram counts the rows of the window below each border, as the series of a histogram: name_bucket with le, name_sum and name_count.
// Rows leave the window, so that the series fall, too: rate() of them means nothing.
func Histogram(name, help string, rows []report.ResourceRow, bounds []float64, value func(*report.ResourceRow) *float64) (out []report.Figure) {
	var values []float64
	for i := range rows {
		if v := value(&rows[i]); v != nil {
			values = append(values, *v)
		}
	}
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	bucket := func(le string, n int) {
		out = append(out, report.Figure{Name: name + "_bucket", Help: help, Labels: map[string]string{"le": le}, Value: float64(n)})
	}
	for _, b := range bounds {
		bucket(strconv.FormatFloat(b, 'g', -1, 64), sortedUpTo(values, b))
	}
	bucket("+Inf", len(values))
	return append(out, report.Figure{Name: name + "_sum", Help: help, Value: rounded(sum(values))},
		report.Figure{Name: name + "_count", Help: help, Value: float64(len(values))})
}

// sortedUpTo is how many of the sorted values are at most b.
func sortedUpTo(values []float64, b float64) int {
	n, _ := slices.BinarySearchFunc(values, b, func(v, b float64) int {
		if v <= b {
			return -1
		}
		return 1
	})
	return n
}
