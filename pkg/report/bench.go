package report

// BenchTrendSchema names the shape of BenchTrend.
const BenchTrendSchema = "govctl/evidence-bench/v1"

// BenchTrend is artifacts/aggregate.json, and without samples the detail of the evidence bench: the
// comparison of the last benchmark run with the earlier ones.
type BenchTrend struct {
	Schema        string        `json:"schema"`         // BenchTrendSchema
	Count         int           `json:"count"`          // runs that were read
	RollingWindow int           `json:"rolling_window"` // runs of the rolling mean
	Window        int           `json:"window"`         // earlier runs that the last is compared with
	MinEffect     float64       `json:"min_effect"`     // smallest relative shift that counts
	Alpha         float64       `json:"alpha"`          // of the Mann-Whitney test
	Confirm       int           `json:"confirm"`        // consecutive shifted runs before a regression is an error
	Runs          []BenchRun    `json:"runs"`           // those of the points, oldest first
	Series        []BenchSeries `json:"series"`         // by name and unit
}

// BenchRun is one execution of the benchmarks.
type BenchRun struct {
	Source  string `json:"source"` // file
	Commit  string `json:"commit,omitzero"`
	Machine string `json:"machine,omitzero"` // system and processor, where the format has them
}

// BenchSeries is one benchmark in one unit.
type BenchSeries struct {
	Name        string       `json:"name"`
	Unit        string       `json:"unit"`
	Better      string       `json:"better"`       // lower or higher
	Verdict     string       `json:"verdict"`      // ok, regressed, regressed-unconfirmed, improved, not-known-yet, missing
	Runs        int          `json:"runs"`         // that have it
	Compared    int          `json:"compared"`     // earlier runs behind the verdict
	Median      float64      `json:"median"`       // of its last run
	RollingMean float64      `json:"rolling_mean"` // of the medians of its last runs
	P50         float64      `json:"p50"`          // percentiles of the samples of the runs that are kept
	P90         float64      `json:"p90"`
	P99         float64      `json:"p99"`
	Baseline    *float64     `json:"baseline"`    // median of the medians of the runs before
	Change      *float64     `json:"change"`      // of the last run against the baseline, relative; null without one, or where it is 0
	P           *float64     `json:"p"`           // two-sided, of the Mann-Whitney test; null for single values
	NoiseFloor  *float64     `json:"noise_floor"` // relative shift that noise alone explains
	Streak      int          `json:"streak"`      // latest consecutive runs with a shift
	Sparkline   string       `json:"sparkline"`   // of the medians
	Points      []BenchPoint `json:"points"`      // oldest first
}

// BenchPoint is a series in one run.
type BenchPoint struct {
	Run     int       `json:"run"` // index into runs
	Median  float64   `json:"median"`
	Samples []float64 `json:"samples,omitzero"`
}
