// Package promtext writes the figures of a run in the Prometheus text format, for node_exporter's textfile collector.
package promtext

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/sorting"
)

// Family is a metric with its samples: a gauge, where encode has no other type for it.
type Family struct {
	Name    string
	Help    string
	Samples []Sample
}

// Sample is one value of a family.
type Sample struct {
	Labels []Label
	Value  float64
}

// Label is a name and a value; the value may be any text.
type Label struct{ Name, Value string }

// Encode writes families sorted by name and samples sorted by their labels, so that equal figures give equal bytes. A
// family without samples is left out. There are no timestamps: the textfile collector refuses them.
func Encode(families []Family) []byte { return encode(families, nil, gauge) }

// encode is Encode for metrics of these types by name, of the type other where there is none.
func encode(families []Family, types map[string]string, other string) []byte {
	sorted := make([]*Family, len(families)) // pointers share the code that sorts them
	for i := range families {
		sorted[i] = &families[i]
	}
	sorting.Stable(sorted, func(a, b *Family) int { return cmp.Compare(a.Name, b.Name) })
	var b []byte
	last := ""
	for _, f := range sorted {
		if len(f.Samples) == 0 {
			continue
		}
		metric, kind := metricOf(f.Name, types, other)
		if metric != last {
			b = append(b, "# HELP "+metric+" "+helpEscapes.Replace(strings.ToValidUTF8(f.Help, "\uFFFD"))+"\n"...)
			b = append(b, "# TYPE "+metric+" "+kind+"\n"...)
			last = metric
		}
		lines := make([]string, len(f.Samples))
		for i, s := range f.Samples {
			lines[i] = f.Name + labels(s.Labels) + " " + strconv.FormatFloat(s.Value, 'g', -1, 64) + "\n"
		}
		if kind != histogram { // whose buckets go up
			slices.Sort(lines)
		}
		b = append(b, strings.Join(lines, "")...)
	}
	return b
}

const (
	gauge     = "gauge"
	histogram = "histogram"
)

// metricOf is the metric that a series belongs to, with its type. The series of a histogram have its name with _bucket, _sum and _count.
func metricOf(series string, types map[string]string, other string) (metric, kind string) {
	if at := strings.LastIndexByte(series, '_'); at >= 0 && types[series[:at]] == histogram {
		return series[:at], histogram
	}
	return series, cmp.Or(types[series], other)
}

var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

func labels(all []Label) string {
	if len(all) == 0 {
		return ""
	}
	parts := make([]string, len(all))
	for i, l := range all {
		parts[i] = l.Name + `="` + labelEscapes.Replace(strings.ToValidUTF8(l.Value, "\uFFFD")) + `"`
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ",") + "}"
}
