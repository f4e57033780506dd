package smoke

import (
	"context"
	"errors"
	"fmt"

	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/pkg/report"
)

// Target is a health address.
type Target struct {
	Name     string
	URL      string
	Required bool
}

// Target asks a health address until it answers with a status of 2xx. err is that of a required one that gave no answer at all.
func (r *Runner) Target(ctx context.Context, t Target) (out report.SmokeResult, found []report.Finding, err error) {
	out = report.SmokeResult{Name: t.Name, Required: t.Required}
	u, err := probeclient.Parse(t.URL)
	if err != nil {
		return out, nil, err
	}
	out.URL = probeclient.Public(u)
	r.Secrets.addAddress(u)
	var failed error
	for out.Attempts = 1; ; out.Attempts++ {
		var answer *probeclient.Answer
		answer, failed = r.Do(ctx, probeclient.Request{URL: t.URL, Redirects: maxRedirects}, false)
		out.Status, out.LatencyMS = nil, nil
		if failed == nil {
			latency := float64(answer.Duration.Microseconds()) / 1000
			out.Status, out.LatencyMS, out.Success = &answer.Status, &latency, answer.Status/100 == 2
		}
		if out.Success || out.Attempts > r.Retries || ctx.Err() != nil {
			break
		}
		if err := r.Sleep(ctx, r.Delay); err != nil {
			return out, nil, err
		}
	}
	if out.Success {
		return out, nil, nil
	}
	message := ""
	if failed != nil {
		message = r.Secrets.Hide(failed.Error())
	} else {
		message = fmt.Sprintf("%s answers %d", out.URL, *out.Status)
	}
	out.Error = &message
	if t.Required && failed != nil {
		var unanswered *probeclient.Error
		if errors.As(failed, &unanswered) {
			failed = fmt.Errorf("%s: %w", t.Name, failed)
		}
		return out, nil, failed
	}
	rule := "smoke-target-unhealthy"
	if !t.Required {
		rule = "smoke-target-optional"
	}
	return out, []report.Finding{row(rule).Finding(report.EvidenceSubject{Name: t.Name, At: out.URL}, message)}, nil
}

// Figures are those of the evidence. The two of targets are also the content of smoke_metrics.prom.
func Figures(d *report.Smoke) (targets, all []report.Figure) {
	for _, r := range d.Results {
		labels := map[string]string{"name": r.Name}
		up := 0.0
		if r.Success {
			up = 1
		}
		targets = append(targets, report.Figure{Name: "smoke_target_up", Help: "Whether the health address answers with a status of 2xx.", Labels: labels, Value: up})
		if r.LatencyMS != nil {
			targets = append(targets, report.Figure{Name: "smoke_target_latency_ms", Help: "Milliseconds until the answer of the health address.", Labels: labels, Value: *r.LatencyMS})
		}
	}
	all = append(all, targets...)
	failed := 0.0
	for i := range d.Flows {
		if !d.Flows[i].Passed {
			failed++
		}
	}
	all = append(all,
		report.Figure{Name: "smoke_flows", Help: "Request flows that were run.", Value: float64(len(d.Flows))},
		report.Figure{Name: "smoke_flows_failed", Help: "Request flows of which an answer was not as expected.", Value: failed})
	if o := d.Operations; o != nil {
		all = append(all,
			report.Figure{Name: "smoke_operations_exercised", Help: "Operations of the contract that the flows used.", Value: float64(o.Exercised)},
			report.Figure{Name: "smoke_operations", Help: "Operations of the contract.", Value: float64(o.Total)})
	}
	return targets, all
}
