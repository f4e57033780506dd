package latency

import (
	"fmt"
	"strconv"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

const kind = "latency"

// Rules is the table.
var Rules = []report.EvidenceRule{
	{ID: "latency-failure-rate", Kind: kind, Level: report.Error, Summary: "More than a tenth of the requests to a service failed.", Why: "Clients get errors, or no answer in time, as often as the samples do.", Hint: "look at the log of the service, at what it depends on, and at name resolution; check that the address is one that answers 200"},
	{ID: "latency-high", Kind: kind, Level: report.Error, Summary: "A tenth of the requests to a service took longer than probe.latency.warn_ms.", Why: "Clients wait for the service as long as the samples do.", Hint: "compare with the last deployment; raise probe.latency.warn_ms only where that time was agreed on"},
	{ID: "latency-raised", Kind: kind, Level: report.Warning, Summary: "A tenth of the requests to a service took longer than probe.latency.good_ms.", Why: "It is not good any more, and not yet high.", Hint: "look at what has changed before it is high"},
}

// row is a row of the table; the ids are constants of this package.
func row(id string) *report.EvidenceRule {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i]
		}
	}
	panic("no rule " + id)
}

// maxFailurePct is the share of failed requests that is accepted, in percent.
const maxFailurePct = 10

// Evaluate applies the rules to the samples of each service. The limit is that of the 90th percentile: the 99th of fewer than 100 samples is
// the slowest one, which an accident can decide.
func Evaluate(services []report.ServiceLatency, l Limits) (found []report.Finding) {
	for i := range services {
		v := &services[i]
		subject := report.EvidenceSubject{Name: v.Name, At: v.URL}
		s := &v.Stats
		if s.FailureRatePct > maxFailurePct {
			f := row("latency-failure-rate").Finding(subject, fmt.Sprintf("%d of %d requests failed", s.Attempts-s.OK, s.Attempts))
			f.Expected, f.Actual = fmt.Sprintf("at most %d %%", maxFailurePct), number(s.FailureRatePct)+" %"
			found = append(found, f)
		}
		if s.P90MS == nil || *s.P90MS <= l.GoodMS {
			continue
		}
		rule, limit := "latency-raised", l.GoodMS
		if *s.P90MS > l.WarnMS {
			rule, limit = "latency-high", l.WarnMS
		}
		f := row(rule).Finding(subject, fmt.Sprintf("the 90th percentile of %d latencies is %s ms, above %s ms", s.OK, number(*s.P90MS), number(limit)))
		f.Expected, f.Actual = "at most "+number(limit)+" ms", number(*s.P90MS)+" ms"
		found = append(found, f)
	}
	return found
}

// number has one digit after the point where it needs one.
func number(v float64) string {
	return strconv.FormatFloat(float64(int64(v*10+0.5))/10, 'g', -1, 64)
}

// Figures are the gauges of samples that are at an end. A job that begins anew each time cannot have counters.
func (s *Sampler) Figures() []report.Figure {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []report.Figure{s.count()}
	for _, v := range s.services {
		stats := Stats(v.window.list())
		out = append(out, current(v.Name, stats)...)
		out = append(out, report.Figure{Name: "internal_service_latency_failure_ratio", Help: "Share of the requests that failed.",
			Labels: map[string]string{"service": v.Name}, Value: stats.FailureRatePct / 100})
		for _, q := range []struct {
			quantile string
			ms       *float64
		}{{"0.5", stats.P50MS}, {"0.9", stats.P90MS}, {"0.99", stats.P99MS}} {
			if q.ms != nil {
				out = append(out, report.Figure{Name: "internal_service_latency_quantile_ms", Help: "Latency of successful requests by nearest rank, in milliseconds.",
					Labels: map[string]string{"service": v.Name, "quantile": q.quantile}, Value: *q.ms})
			}
		}
	}
	return out
}

// Text is the table of services below the findings.
func Text(services []report.ServiceLatency) string {
	text := fmt.Sprintf("%-24s %8s %8s %8s %8s %9s %s\n", "service", "p50 ms", "p90 ms", "p99 ms", "max ms", "failed", "latest")
	for i := range services {
		s := &services[i].Stats
		text += fmt.Sprintf("%-24s %8s %8s %8s %8s %8s%% %s\n", sanitize.Line(services[i].Name), shown(s.P50MS), shown(s.P90MS), shown(s.P99MS), shown(s.MaxMS),
			number(s.FailureRatePct), s.LatestClass)
	}
	return text
}

func shown(ms *float64) string {
	if ms == nil {
		return "-"
	}
	return number(*ms)
}
