// Package promtext writes the figures of a run in the Prometheus text format, for node_exporter's textfile collector.
package promtext

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/sorting"
)

// Family is a gauge with its samples.
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
func Encode(families []Family) []byte { return encode(families, "gauge") }

func encode(families []Family, kind string) []byte {
	families = slices.Clone(families)
	sorting.Stable(families, func(a, b Family) int { return cmp.Compare(a.Name, b.Name) })
	var b []byte
	for _, f := range families {
		if len(f.Samples) == 0 {
			continue
		}
		b = append(b, "# HELP "+f.Name+" "+helpEscapes.Replace(strings.ToValidUTF8(f.Help, "\uFFFD"))+"\n"...)
		b = append(b, "# TYPE "+f.Name+" "+kind+"\n"...)
		lines := make([]string, len(f.Samples))
		for i, s := range f.Samples {
			lines[i] = f.Name + labels(s.Labels) + " " + strconv.FormatFloat(s.Value, 'g', -1, 64) + "\n"
		}
		slices.Sort(lines)
		b = append(b, strings.Join(lines, "")...)
	}
	return b
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
