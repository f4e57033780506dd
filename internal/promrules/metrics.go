package promrules

import (
	"bytes"
	"strings"

	"github.com/prometheus/common/model"
)

// Metrics are the names of series that exist, with the type of each where it is known.
type Metrics map[string]string

// ReadMetrics reads a list of names, one a line, or what an exporter shows under /metrics. An exposition gives types, and the
// series of histograms and summaries with them. What is no name of a metric is left out.
func ReadMetrics(data []byte) Metrics {
	out := Metrics{}
	for line := range bytes.Lines(data) {
		text := strings.TrimSpace(string(line))
		switch words := strings.Fields(text); {
		case len(words) >= 4 && words[0] == "#" && words[1] == "TYPE":
			out.typed(words[2], words[3])
		case text == "" || text[0] == '#':
		default:
			name, _, _ := strings.Cut(words[0], "{")
			if _, known := out[name]; !known && model.UTF8Validation.IsValidMetricName(name) {
				out[name] = ""
			}
		}
	}
	return out
}

// typed adds the series of a metric of a type.
func (m Metrics) typed(name, kind string) {
	ends := map[string][]string{"histogram": {"_bucket", "_sum", "_count"}, "summary": {"", "_sum", "_count"}}[kind]
	if ends == nil {
		m[name] = kind
		if kind == "counter" && !strings.HasSuffix(name, "_total") {
			m[name+"_total"] = kind // OpenMetrics writes the type without the suffix
		}
		return
	}
	for _, end := range ends {
		if m[name+end] = "counter"; end == "" {
			m[name] = "gauge"
		}
	}
}
