package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/benchtrend"
	"github.com/romel/govctl/pkg/report"
)

func trendCommand(a *app) *cobra.Command {
	return group("trend", "Measurements of many runs: benchmarks, resources of containers", trendBench(a), trendResources(a))
}

// benchFlags are the flags of `trend bench`.
type benchFlags struct {
	jsonOut, mdOut   string
	rolling, speedup string
	higher           []string
}

func trendBench(a *app) *cobra.Command {
	var f benchFlags
	c := a.evidenceCommand("bench [FILE...]", "Compare the last run of benchmarks with the runs before it",
		"Compare the last FILE with those before it; they are named oldest first, and the files of a glob are sorted by name. A file is one run:\n"+
			"the output of go test -bench, a JSON file of github-action-benchmark ([{name, unit, value}]), hyperfine or k6, or quantile_bench_*.json.\n"+
			"An aggregate.json, or the data.js of github-action-benchmark, is many runs. Without FILE the variables INPUT_GLOB and BENCH_OUT name\n"+
			"the files, the last run being that of BENCH_OUT.\n\n"+
			"A shift counts where it is at least trend.bench.min_effect and above the noise of the runs before. With 6 samples or more on both sides\n"+
			"it also has to be significant (Mann-Whitney); single values need 8 earlier runs. A worse run is a warning, and an error once\n"+
			"trend.bench.confirm consecutive runs are worse. With too few runs the verdict is \"not known yet\", a warning. A FILE that is also that of\n"+
			"--json-out may be missing, as it is before the first run.\n\n"+
			"With --out aggregate.json and aggregate.md are written into the folder artifacts below it.",
		cobra.ArbitraryArgs, func(ctx context.Context, args []string) (measurement, error) {
			return a.compareBenchmarks(ctx, &f, args)
		})
	flags := c.Flags()
	flags.StringVar(&f.jsonOut, "json-out", "", "write aggregate.json to this `file` (also JSON_OUT)")
	flags.StringVar(&f.mdOut, "md-out", "", "write aggregate.md to this `file` (also MD_OUT)")
	flags.StringVar(&f.rolling, "rolling-window", "", "`runs` of the rolling mean (also BENCH_ROLLING_WINDOW; default 5)")
	flags.StringVar(&f.speedup, "min-speedup", "", "least `value` of each benchmark with the unit x (also MIN_SPEEDUP; default: no floor)")
	flags.StringSliceVar(&f.higher, "higher-is-better", nil, "`units`, names or globs of names that are better when higher (default: rates, such as MB/s, and speedups)")
	return c
}

func (a *app) compareBenchmarks(ctx context.Context, f *benchFlags, args []string) (measurement, error) {
	m := measurement{kind: "bench"}
	o, err := a.benchOptions(ctx, f)
	if err != nil {
		return m, err
	}
	out := firstOf(f.jsonOut, a.Getenv("JSON_OUT"))
	files, err := a.benchFiles(args, out)
	if err != nil {
		return m, err
	}
	runs, err := benchtrend.Read(ctx, files)
	if err != nil {
		return m, err
	}
	r := benchtrend.Aggregate(runs, o)
	data, err := artifact.Encode(r.Trend)
	if err != nil {
		return m, err
	}
	table := benchtrend.Markdown(&r.Trend)
	if err := writeAll([]besideFile{{out, data}, {firstOf(f.mdOut, a.Getenv("MD_OUT")), table}}); err != nil {
		return m, err
	}
	m.subjects, m.checks, m.figures, m.detail = r.Subjects, r.Findings, r.Figures, benchtrend.WithoutSamples(r.Trend)
	m.beside = []besideFile{{artifact.BenchPath, data}, {artifact.BenchTablePath, table}}
	m.headline = benchHeadline(&r.Trend)
	return m, nil
}

func benchHeadline(t *report.BenchTrend) string {
	count := map[string]int{}
	for _, s := range t.Series {
		count[s.Verdict]++
	}
	return fmt.Sprintf("%s in %s: %d ok, %d improved, %d regressed, %d not confirmed, %d not known yet, %d missing",
		counted(len(t.Series), "benchmark"), counted(t.Count, "run"), count[benchtrend.OK], count[benchtrend.Improved], count[benchtrend.Regressed],
		count[benchtrend.Unconfirmed], count[benchtrend.NotKnownYet], count[benchtrend.Missing])
}

// benchOptions are the settings of the configuration and of the flags, with the variables of the original.
func (a *app) benchOptions(ctx context.Context, f *benchFlags) (benchtrend.Options, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return benchtrend.Options{}, err
	}
	b := cfg.Trend.Bench
	o := benchtrend.Options{Window: b.Window, MinEffect: b.MinEffect, Alpha: b.Alpha, Confirm: b.Confirm, Rolling: 5, Higher: f.higher}
	if text := firstOf(f.rolling, a.Getenv("BENCH_ROLLING_WINDOW")); text != "" {
		if o.Rolling, err = strconv.Atoi(text); err != nil || o.Rolling < 1 || o.Rolling > benchtrend.MaxWindow {
			return o, usage("--rolling-window: %q is not a number of runs from 1 to %d", text, benchtrend.MaxWindow)
		}
	}
	if text := firstOf(f.speedup, a.Getenv("MIN_SPEEDUP")); text != "" {
		if err := parseFloat(text, &o.MinSpeedup); err != nil {
			return o, usage("--min-speedup: %q %w", text, err)
		}
	}
	return o, nil
}

// benchFiles reads the files that the arguments name, or the variables of the original where there are none. The file that the result goes
// to does not exist before the first run.
func (a *app) benchFiles(args []string, out string) ([]benchtrend.Input, error) {
	patterns := slices.Clone(args)
	if _, err := stat(out); len(args) > 1 && errors.Is(err, fs.ErrNotExist) {
		patterns = slices.DeleteFunc(patterns, func(p string) bool { return p == out })
	}
	last := ""
	if len(args) == 0 {
		if glob := a.Getenv("INPUT_GLOB"); glob != "" {
			patterns = append(patterns, glob)
		}
		last = a.Getenv("BENCH_OUT")
	}
	names, err := a.benchNames(patterns, last)
	if err != nil {
		return nil, err
	}
	var files []benchtrend.Input
	size := 0
	for _, name := range names {
		data, err := a.readInput(name)
		if err != nil {
			return nil, err
		}
		if size += len(data); size > maxInput {
			return nil, usage("the files of benchmarks are larger than %d bytes together", maxInput).hint("give an aggregate.json for the earlier runs")
		}
		files = append(files, benchtrend.Input{Name: name, Data: data})
	}
	return files, nil
}

// benchNames are the files that patterns name, in their order, and after them the last. What a glob matches is a run once; a file that is
// named twice is two.
func (a *app) benchNames(patterns []string, last string) (names []string, err error) {
	for _, pattern := range patterns {
		if pattern == "-" {
			names = append(names, pattern)
			continue
		}
		found, named, err := a.paths([]string{pattern}, nil)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			if named[name] || !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if last != "" {
		names = append(slices.DeleteFunc(names, func(name string) bool { return name == last }), last)
	}
	if len(names) == 0 {
		return nil, usage("no file of benchmarks is named").hint("name files, oldest first, or set INPUT_GLOB, like artifacts/quantile_bench_*.json")
	}
	return names, nil
}
