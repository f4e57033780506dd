package headers

import (
	"net/http"
	"net/url"

	"github.com/romel/govctl/pkg/report"
)

// Request is one request to a target.
type Request struct{ Name, Method, URL string }

// unknownPath is below every target, and nothing is at it.
const unknownPath = "govctl-probe-unknown-path"

// probeMethod is one that pages and APIs refuse. It is safe (RFC 4918, 9.1), so that it changes nothing where a service knows it, and a service
// routes it as it does the methods of HTTP itself.
const probeMethod = "PROPFIND"

// Requests are the requests to make to a target.
func Requests(target *url.URL) []Request {
	unknown := target.JoinPath(unknownPath)
	unknown.RawQuery, unknown.Fragment = "", ""
	return []Request{
		{RequestURL, http.MethodGet, target.String()},
		{RequestUnknown, http.MethodGet, unknown.String()},
		{RequestMethod, probeMethod, target.String()},
	}
}

// Figures are the rules that apply and those that failed, by target.
func Figures(d *report.HeadersDetail) []report.Figure {
	figures := []report.Figure{}
	for i, t := range d.Targets {
		var applied, failed float64
		for _, r := range d.Matrix {
			if r.Cells[i] != "" {
				applied++
			}
			if r.Cells[i] == string(report.Error) {
				failed++
			}
		}
		labels := map[string]string{"target": t.Name, "mode": t.Mode}
		figures = append(figures,
			report.Figure{Name: "probe_header_checks", Help: "Rules that apply to the target.", Labels: labels, Value: applied},
			report.Figure{Name: "probe_header_checks_failed", Help: "Rules of the level error that the target breaks.", Labels: labels, Value: failed})
	}
	return figures
}
