package report

// HistoryLine is one line of history.jsonl: one run. Lines of older tools may lack any key but the first six.
type HistoryLine struct {
	Timestamp        Time           `json:"timestamp"`
	SHA              string         `json:"sha"`
	RunID            string         `json:"run_id,omitzero"`
	Project          string         `json:"project,omitzero"`
	Contract         string         `json:"contract,omitzero"`
	Breaking         bool           `json:"breaking"`
	Placeholder      bool           `json:"placeholder"`
	Incompatible     int            `json:"incompatible"`
	DeletedOrRemoved int            `json:"deleted_or_removed"`
	Score            *Percent       `json:"score,omitzero"` // absent for a placeholder
	Version          string         `json:"version,omitzero"`
	Synthetic        bool           `json:"synthetic,omitzero"`
	Counts           map[string]int `json:"counts,omitzero"` // changes by category
}

// Stability is stability-metrics.json of a full run. A run is stable when it found no unwaived breaking change
// and produced full metrics.
type Stability struct {
	SchemaVersion         int                 `json:"schema_version"` // 1
	Timestamp             Time                `json:"timestamp"`
	SHA                   string              `json:"sha"`
	Breaking              bool                `json:"breaking"`
	Placeholder           bool                `json:"placeholder"`
	Incompatible          int                 `json:"incompatible"`
	DeletedOrRemoved      int                 `json:"deleted_or_removed"`
	Score                 Percent             `json:"score"`       // 0..100
	WindowSize            int                 `json:"window_size"` // configured window, in runs
	WindowTotalCount      int                 `json:"window_total_count"`
	WindowStableCount     int                 `json:"window_stable_count"`
	WindowStabilityRatio  Ratio               `json:"window_stability_ratio"`
	CurrentStableStreak   int                 `json:"current_stable_streak"`
	LongestStableStreak   int                 `json:"longest_stable_streak"`
	OverallStabilityRatio Ratio               `json:"overall_stability_ratio"`
	WindowMeanScore       Percent             `json:"window_mean_score"` // over the window's full runs; 0 with none
	Extensions            StabilityExtensions `json:"extensions"`
}

// StabilityExtensions are figures that the original format does not have.
type StabilityExtensions struct {
	PlaceholderStreak  int            `json:"placeholder_streak"` // latest consecutive placeholder runs
	TotalRuns          int            `json:"total_runs"`
	BreakingRuns       int            `json:"breaking_runs"`
	StableRuns         int            `json:"stable_runs"`
	PlaceholderRuns    int            `json:"placeholder_runs"`
	StabilityRatio     Ratio          `json:"stability_ratio"` // same as overall_stability_ratio
	WindowBreakingRuns int            `json:"window_breaking_runs"`
	WilsonLow          Ratio          `json:"wilson_low"` // 95 % Wilson interval of the window ratio
	WilsonHigh         Ratio          `json:"wilson_high"`
	Budget             Budget         `json:"budget"`
	Anomaly            bool           `json:"anomaly"`
	AnomalyReason      string         `json:"anomaly_reason,omitzero"`
	HistorySHA256      string         `json:"history_sha256"` // over exactly the lines the figures were computed from
	HistoryLines       int            `json:"history_lines"`
	SkippedLines       []SkippedLine  `json:"skipped_lines"` // malformed lines, kept in the file and left out of the figures
	SkippedTotal       int            `json:"skipped_total"` // all of them; SkippedLines names the first ones
	Counts             map[string]int `json:"counts"`        // changes by category over the window
	GeneratedAt        Time           `json:"generated_at"`
}

// SkippedLine names a history line that could not be read.
type SkippedLine struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// RotatedHistory is what the lines of a run history come to that are in files beside history.jsonl, so that a run need not read them. It
// counts while there are as many files with as many bytes.
type RotatedHistory struct {
	Files               int           `json:"files"`
	Bytes               int64         `json:"bytes"`     // of all the files
	Lines               int           `json:"lines"`     // readable ones
	AllLines            int           `json:"all_lines"` // with those that cannot be read
	StableRuns          int           `json:"stable_runs"`
	BreakingRuns        int           `json:"breaking_runs"`
	PlaceholderRuns     int           `json:"placeholder_runs"`
	CurrentStableStreak int           `json:"current_stable_streak"`
	LongestStableStreak int           `json:"longest_stable_streak"`
	PlaceholderStreak   int           `json:"placeholder_streak"`
	SkippedTotal        int           `json:"skipped_total"`
	SkippedLines        []SkippedLine `json:"skipped_lines,omitzero,omitempty"`
	DigestState         string        `json:"digest_state"` // of SHA-256 after these lines, base64: the digest of the history continues from there
}

// Budget is the breaking-change budget of the window.
type Budget struct {
	AllowedBreakingRuns int     `json:"allowed_breaking_runs"` // breaking runs that the alert threshold leaves room for
	Used                int     `json:"used"`                  // breaking runs in the window; placeholders spend nothing
	Left                int     `json:"left"`                  // negative when overspent
	BurnRate            float64 `json:"burn_rate"`             // breaking share of the window's last third over the whole window's; 0 when nothing burns
}

// PlaceholderMetrics is stability-metrics.json when measuring itself failed. Readers look at Placeholder first:
// the ratio of 1.0 means nothing.
type PlaceholderMetrics struct {
	SchemaVersion        int                   `json:"schema_version"`
	WindowStabilityRatio Ratio                 `json:"window_stability_ratio"` // always 1
	Placeholder          bool                  `json:"placeholder"`            // always true
	Extensions           PlaceholderExtensions `json:"extensions"`
}

// PlaceholderExtensions say how long measuring has been failing, and why this time.
type PlaceholderExtensions struct {
	PlaceholderStreak int    `json:"placeholder_streak"`
	Reason            string `json:"reason,omitzero"`
	GeneratedAt       Time   `json:"generated_at"`
}
