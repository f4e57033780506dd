package report

// FirstSeen is recording_rules_first_seen.json: how long the series of each recording rule took to appear in a running
// Prometheus.
type FirstSeen struct {
	Schema         string          `json:"schema"` // govctl/recording-rules-first-seen/v1
	GeneratedAt    Time            `json:"generated_at"`
	Prometheus     string          `json:"prometheus"`      // address, without user and password
	TimeoutSeconds float64         `json:"timeout_seconds"` // how long was waited at most
	Rules          []RuleFirstSeen `json:"rules"`           // recording rules, sorted by name, then place

	// The keys of recording_rules_first_seen.py, kept for its readers. Times are seconds since the epoch.
	Base         string             `json:"base"`          // prometheus
	StartTime    float64            `json:"start_time"`    // of the check
	SnapshotTime float64            `json:"snapshot_time"` // of the end of the check
	Timeout      float64            `json:"timeout"`       // timeout_seconds
	Epoch        map[string]float64 `json:"first_seen_epoch"`
	Offsets      map[string]float64 `json:"first_seen_offsets_sec"` // seconds from start_time
	Unresolved   []string           `json:"unresolved"`             // names of which no series appeared, sorted
}

// RuleFirstSeen is one recording rule.
type RuleFirstSeen struct {
	Name    string   `json:"name"`
	Group   string   `json:"group"`
	At      Place    `json:"at"`
	Seconds *float64 `json:"first_seen_seconds"` // from the start of the check, to a tenth; null when no series appeared
}
