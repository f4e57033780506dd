package promtext

import "github.com/romel/govctl/pkg/report"

// The functions below let a row speak of one artifact; they yield nothing where it is absent.

func summary(of func(*report.Summary) []Sample) func(*Figures) []Sample {
	return func(f *Figures) []Sample { return ifMade(f.Summary, of) }
}

func stability(of func(*report.Stability) []Sample) func(*Figures) []Sample {
	return perContract(func(c *Contract) []Sample { return ifMade(c.Stability, of) })
}

func breaking(of func(*report.BreakingCounts) []Sample) func(*Figures) []Sample {
	return perContract(func(c *Contract) []Sample { return ifMade(c.Breaking, of) })
}

func diff(of func(*report.Diff) []Sample) func(*Figures) []Sample {
	return perContract(func(c *Contract) []Sample { return ifMade(c.Diff, of) })
}

func operations(of func(*report.Operations) []Sample) func(*Figures) []Sample {
	return perContract(func(c *Contract) []Sample { return ifMade(c.Operations, of) })
}

// perContract yields the samples of each contract; those of several contracts carry its name.
func perContract(of func(*Contract) []Sample) func(*Figures) []Sample {
	return func(f *Figures) []Sample {
		var all []Sample
		for i := range f.Contracts {
			all = append(all, named(f.Contracts[i].Name, of(&f.Contracts[i]))...)
		}
		return all
	}
}

func named(contract string, samples []Sample) []Sample {
	if contract == "" {
		return samples
	}
	for i := range samples {
		samples[i].Labels = append(samples[i].Labels, Label{"contract", contract})
	}
	return samples
}

func milestones(of func(*report.Milestones) []Sample) func(*Figures) []Sample {
	return func(f *Figures) []Sample { return ifMade(f.Milestones, of) }
}

func taxonomy(of func(*report.TaxonomyMetrics) []Sample) func(*Figures) []Sample {
	return func(f *Figures) []Sample { return ifMade(f.Taxonomy, of) }
}

// contracts yields the samples of each contract of a monorepo, labelled with its name.
func contracts(of func(*report.ContractState) []Sample) func(*Figures) []Sample {
	return summary(func(s *report.Summary) []Sample {
		var all []Sample
		for i := range s.Contracts {
			all = append(all, named(s.Contracts[i].Name, of(&s.Contracts[i]))...)
		}
		return all
	})
}

func ifMade[T any](artifact *T, of func(*T) []Sample) []Sample {
	if artifact == nil {
		return nil
	}
	return of(artifact)
}

func float(v float64) []Sample          { return []Sample{{Value: v}} }
func number(v int) []Sample             { return float(float64(v)) }
func ratio(v report.Ratio) []Sample     { return float(v.Rounded()) }
func percent(v report.Percent) []Sample { return float(report.Ratio(v / 100).Rounded()) }

func truth(v bool) []Sample {
	if v {
		return number(1)
	}
	return number(0)
}

func by(label, value string, n int) Sample { return Sample{[]Label{{label, value}}, float64(n)} }

func each(label string, counts map[string]int) []Sample {
	all := make([]Sample, 0, len(counts))
	for value, n := range counts {
		all = append(all, by(label, value, n))
	}
	return all
}

// oneOf is 1 for the value that holds and 0 for the other known ones.
func oneOf(label, holds string, known ...string) []Sample {
	all := make([]Sample, 0, len(known))
	for _, value := range known {
		n := 0
		if value == holds {
			n = 1
		}
		all = append(all, by(label, value, n))
	}
	return all
}
