package benchtrend

import (
	"github.com/romel/govctl/pkg/contract"
)

// aggregate reads an earlier aggregate.json: its runs come before those of the files after it. Without samples, as in the detail of
// the evidence, the medians stand for them.
func (d *document) aggregate() ([]Run, error) {
	var runs []*collector
	for _, n := range d.root.Get("runs").Items() {
		c := d.collect(n.Get("commit").Text())
		c.run.Name, c.run.Machine = n.Get("source").Text(), n.Get("machine").Text()
		runs = append(runs, c)
		if len(runs) > maxRuns {
			return nil, refuse(n.Place(), "more than %d runs", maxRuns)
		}
	}
	for i, s := range d.root.Get("series").Items() {
		if i >= maxSeries {
			return nil, refuse(s.Place(), "more than %d benchmarks", maxSeries)
		}
		for _, p := range s.Get("points").Items() {
			at, err := field(p, "run")
			if err != nil {
				return nil, err
			}
			if at < 0 || at >= float64(len(runs)) || at != float64(int(at)) {
				return nil, refuse(p.Place(), "run is not the index of one of the runs (%d)", len(runs))
			}
			if err := d.point(runs[int(at)], s, p); err != nil {
				return nil, err
			}
		}
	}
	out := make([]Run, len(runs))
	for i, c := range runs {
		out[i] = c.run
	}
	return out, nil
}

// point enters one series of an earlier run.
func (d *document) point(c *collector, s, p contract.Node) error {
	samples, err := numbers(p.Get("samples"))
	if err == nil && len(samples) == 0 {
		var v float64
		v, err = field(p, "median")
		samples = []float64{v}
	}
	name, unit := "", ""
	if err == nil {
		name, err = text(s.Get("name"), "name")
	}
	if err == nil {
		unit, err = text(s.Get("unit"), "unit")
	}
	if err != nil {
		return err
	}
	better := Lower
	if s.Get("better").Text() == string(Higher) {
		better = Higher
	}
	d.left.series = maxSeries // counted once for all runs
	return c.add(p.Place(), name, unit, better, samples...)
}
