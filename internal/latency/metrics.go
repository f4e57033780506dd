package latency

import (
	"slices"
	"strconv"

	"github.com/romel/govctl/pkg/report"
)

// The metrics of the sampler. The names with _ms are those that dashboards and rules of the original read.
const (
	seconds  = "internal_service_latency_seconds"
	lastMS   = "internal_service_latency_last_ms"
	class    = "internal_service_latency_class"
	attempts = "internal_service_latency_attempts_total"
	okTotal  = "internal_service_latency_ok_total"
	targets  = "internal_service_latency_targets"
)

// Types are the types of the metrics that are no gauges.
var Types = map[string]string{seconds: "histogram", attempts: "counter", okTotal: "counter"}

var help = map[string]string{
	seconds:  "Latency of sampled requests; failed ones with the time until the error.",
	lastMS:   "Latency of the latest successful request, in milliseconds.",
	class:    "Class of the latest request: 0 good, 1 warn, 2 high, 3 not available.",
	attempts: "Requests that were made.",
	okTotal:  "Requests that were successful.",
	targets:  "Services that are sampled, by the source of their list.",
}

// bounds are the upper ends of the buckets in seconds. The ends of the classes and the limit of the alerts are among them, so that a
// quantile is not interpolated past them.
var bounds = []float64{.005, .01, .025, .05, .1, .15, .25, .4, .8, 1, 2.5, 5, 10}

type histogram struct {
	counts [14]uint64 // by bucket, not cumulative; the last has no upper end
	sum    float64
}

func (h *histogram) observe(v float64) {
	i, _ := slices.BinarySearch(bounds, v)
	h.counts[i]++
	h.sum += v
}

func (h *histogram) count() (n uint64) {
	for _, c := range h.counts {
		n += c
	}
	return n
}

// Exposition are the values of all metrics. Those of a histogram are named as in the text format.
func (s *Sampler) Exposition() []report.Figure {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []report.Figure
	for _, v := range s.services {
		labels := map[string]string{"service": v.Name}
		for i := range v.total {
			out = append(out, v.total[i].figures(v.Name, i == outcome(true))...)
		}
		failed, ok := v.total[0].count(), v.total[1].count()
		out = append(out, figure(attempts, labels, float64(failed+ok)), figure(okTotal, labels, float64(ok)))
		out = append(out, current(v.Name, Stats(v.window.list()))...)
	}
	return append(out, s.count())
}

// count is the number of targets with their source.
func (s *Sampler) count() report.Figure {
	return figure(targets, map[string]string{"source": s.source}, float64(len(s.services)))
}

func figure(name string, labels map[string]string, value float64) report.Figure {
	return report.Figure{Name: name, Help: help[name], Labels: labels, Value: value}
}

// current are the gauges of the latest samples; none before the first.
func current(service string, stats report.LatencyStats) (out []report.Figure) {
	labels := map[string]string{"service": service}
	if stats.Attempts == 0 {
		return nil
	}
	if stats.LatestMS != nil {
		out = append(out, figure(lastMS, labels, *stats.LatestMS))
	}
	return append(out, figure(class, labels, float64(slices.Index(classes, stats.LatestClass))))
}

// figures are the series of a histogram, the buckets with the number of all values up to their ends.
func (h *histogram) figures(service string, success bool) (out []report.Figure) {
	labels := map[string]string{"service": service, "success": strconv.FormatBool(success)}
	below := uint64(0)
	for i, c := range h.counts {
		below += c
		end := "+Inf"
		if i < len(bounds) {
			end = strconv.FormatFloat(bounds[i], 'g', -1, 64)
		}
		bucket := map[string]string{"service": service, "success": labels["success"], "le": end}
		out = append(out, report.Figure{Name: seconds + "_bucket", Help: help[seconds], Labels: bucket, Value: float64(below)})
	}
	return append(out, report.Figure{Name: seconds + "_sum", Help: help[seconds], Labels: labels, Value: h.sum},
		report.Figure{Name: seconds + "_count", Help: help[seconds], Labels: labels, Value: float64(below)})
}
