package promtext

import (
	"maps"
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// Evidence returns the figures of a kind of evidence as gauges. The help of the first figure of a name is that of all.
func Evidence(figures []report.Figure) []byte { return Encode(familiesOf(figures)) }

// Untyped returns figures for which no type of the text format fits, such as the buckets of a histogram that falls.
func Untyped(figures []report.Figure) []byte { return encode(familiesOf(figures), nil, "untyped") }

// Exposition returns figures as metrics of the given types; those without one are gauges. The series of a histogram are figures of their own,
// and keep their order.
func Exposition(figures []report.Figure, types map[string]string) []byte {
	return encode(familiesOf(figures), types, gauge)
}

func familiesOf(figures []report.Figure) (all []Family) {
	families := map[string]*Family{}
	for _, f := range figures {
		family := families[f.Name]
		if family == nil {
			family = &Family{Name: f.Name, Help: f.Help}
			families[f.Name] = family
		}
		s := Sample{Value: f.Value}
		for _, name := range slices.Sorted(maps.Keys(f.Labels)) {
			s.Labels = append(s.Labels, Label{name, f.Labels[name]})
		}
		family.Samples = append(family.Samples, s)
	}
	for _, name := range slices.Sorted(maps.Keys(families)) {
		all = append(all, *families[name])
	}
	return all
}

// evidence yields a sample for each kind of evidence, labelled with it.
func evidence(of func(*report.EvidenceState) []Sample) func(*Figures) []Sample {
	return summary(func(s *report.Summary) []Sample {
		var all []Sample
		for i := range s.Evidence {
			for _, sample := range of(&s.Evidence[i]) {
				sample.Labels = append([]Label{{"kind", s.Evidence[i].Kind}}, sample.Labels...)
				all = append(all, sample)
			}
		}
		return all
	})
}
