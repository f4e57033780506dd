package benchtrend

import (
	"github.com/romel/govctl/pkg/contract"
)

// percentiles are the figures that stand for the samples where a file has none; each is a series of its own.
var percentiles = []struct{ field, suffix string }{
	{"p50", ""}, {"p90", " p90"}, {"p95", " p95"}, {"p99", " p99"},
}

// results reads quantile_bench_*.json with results[]: samples, or percentiles, of each benchmark.
func (d *document) results() ([]Run, error) {
	c := d.collect(d.root.Get("commit_hash").Text())
	for _, n := range d.root.Get("results").Items() {
		name, err := text(n.Get("name"), "name")
		var unit string
		if err == nil {
			unit, err = text(n.Get("unit"), "unit")
		}
		var samples []float64
		if err == nil {
			samples, err = numbers(n.Get("samples"))
		}
		switch {
		case err != nil:
		case len(samples) > 0:
			err = c.add(n.Place(), name, unit, "", samples...)
		default:
			err = c.percentiles(n, name, unit, "")
		}
		if err != nil {
			return nil, err
		}
	}
	return []Run{c.run}, nil
}

// percentiles enters those of a benchmark; ending is that of their fields.
func (c *collector) percentiles(n contract.Node, name, unit, ending string) error {
	found := false
	for _, p := range percentiles {
		if !n.Get(p.field + ending).Exists() {
			continue
		}
		v, err := field(n, p.field+ending)
		if err == nil {
			err = c.add(n.Place(), name+p.suffix, unit, "", v)
		}
		if err != nil {
			return err
		}
		found = true
	}
	if !found {
		return refuse(n.Place(), "the benchmark %q has neither samples nor percentiles", name)
	}
	return nil
}

// phases reads quantile_bench_*.json as the original's script writes it: percentiles of each phase in milliseconds, and how much faster
// the phases with a cache are than those without.
func (d *document) phases() ([]Run, error) {
	c := d.collect(d.root.Get("commit_hash").Text())
	for _, n := range d.root.Get("phases").Items() {
		label, err := text(n.Get("label"), "label")
		if err == nil {
			err = c.percentiles(n, label, "ms", "_ms")
		}
		if err != nil {
			return nil, err
		}
	}
	for name, n := range d.root.Get("relative_speedup_vs_disabled").Fields() {
		v, err := number(n, name)
		if err == nil {
			err = c.add(n.Place(), name, speedupUnit, Higher, v)
		}
		if err != nil {
			return nil, err
		}
	}
	return []Run{c.run}, nil
}

// speedupUnit is the unit of a figure that says how many times as fast something is.
const speedupUnit = "x"
