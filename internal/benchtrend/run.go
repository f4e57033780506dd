// Package benchtrend compares runs of benchmarks: readers of five formats, a verdict for each benchmark that needs a significant and a
// large shift in consecutive runs, and the aggregate of all runs.
package benchtrend

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Bounds of the input.
const (
	MaxBytes   = 16 << 20 // of one file
	maxRuns    = 10_000   // in all files
	maxSeries  = 2_000    // names with units, in all files
	maxSamples = 400_000  // in all files; those of the window go into aggregate.json, which has to stay below MaxBytes
	maxName    = 500      // bytes
	maxUnit    = 50
	maxValue   = 1e100 // so that sums and differences of values are finite
)

// Run is one execution of the benchmarks. Most formats hold one in each file.
type Run struct {
	Name    string // of its file
	Commit  string
	Machine string // system and processor, where the format says so
	Series  []Series
}

// Series is what one run measured of one benchmark, in one unit.
type Series struct {
	Name    string
	Unit    string
	Better  Better
	Samples []float64
}

// key identifies a series across runs.
type key struct{ name, unit string }

// Better says which direction of a change is an improvement.
type Better string

// The directions.
const (
	Lower  Better = "lower"
	Higher Better = "higher"
)

// collector gathers the samples of one run.
type collector struct {
	run   Run
	index map[key]int
	left  *budget
}

// budget is what may still be read.
type budget struct{ samples, series int }

// add enters a sample; at is its place. The direction is that of the unit where better is empty.
func (c *collector) add(at report.Place, name, unit string, better Better, samples ...float64) error {
	if err := checkNames(at, name, unit); err != nil {
		return err
	}
	k := key{name, unit}
	i, found := c.index[k]
	if !found {
		if c.left.series--; c.left.series < 0 {
			return refuse(at, "more than %d benchmarks", maxSeries)
		}
		if better == "" {
			better = betterOf(unit)
		}
		i = len(c.run.Series)
		c.index[k] = i
		c.run.Series = append(c.run.Series, Series{Name: name, Unit: unit, Better: better})
	}
	for _, v := range samples {
		if math.IsNaN(v) || math.Abs(v) > maxValue {
			return refuse(at, "a value of %s is not a number from %g to %g", name, -maxValue, maxValue)
		}
	}
	if c.left.samples -= len(samples); c.left.samples < 0 {
		return refuse(at, "more than %d samples", maxSamples)
	}
	c.run.Series[i].Samples = append(c.run.Series[i].Samples, samples...)
	return nil
}

func checkNames(at report.Place, name, unit string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return refuse(at, "a benchmark has no name")
	case len(name) > maxName || !printable(name):
		return refuse(at, "the name of a benchmark is longer than %d bytes or not printable", maxName)
	case len(unit) > maxUnit || !printable(unit):
		return refuse(at, "the unit of %s is longer than %d bytes or not printable", name, maxUnit)
	}
	return nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) < 0
}

//go:noinline
func refuse(at report.Place, format string, args ...any) *contract.Error {
	return &contract.Error{Place: at, Msg: fmt.Sprintf(format, args...)}
}

// Input is one file.
type Input struct {
	Name string
	Data []byte
}

// Read reads files, oldest first. The format of each follows from its content. Errors are *contract.Error.
func Read(ctx context.Context, files []Input) ([]Run, error) {
	seen := map[key]bool{}
	left := &budget{samples: maxSamples}
	var all []Run
	for _, f := range files {
		left.series = maxSeries
		runs, err := readFile(ctx, f, left)
		if err != nil {
			return nil, err
		}
		for i := range runs {
			for _, s := range runs[i].Series {
				seen[key{s.Name, s.Unit}] = true
			}
		}
		if all = append(all, runs...); len(seen) > maxSeries {
			return nil, refuse(report.Place{File: f.Name}, "more than %d benchmarks in all files", maxSeries)
		}
		if len(all) > maxRuns {
			return nil, refuse(report.Place{File: f.Name}, "more than %d runs in all files", maxRuns)
		}
	}
	return all, nil
}

func readFile(ctx context.Context, f Input, left *budget) ([]Run, error) {
	at := report.Place{File: f.Name}
	switch text := bytes.TrimSpace(f.Data); {
	case len(f.Data) > MaxBytes:
		return nil, refuse(at, "is larger than %d bytes", MaxBytes)
	case len(text) == 0:
		return nil, refuse(at, "is empty")
	case text[0] == '{' || text[0] == '[' || bytes.HasPrefix(text, []byte(dataPrefix)):
		return readJSON(ctx, f, left)
	}
	return readGo(f, left)
}
