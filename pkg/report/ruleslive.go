package report

// FirstSeen is recording_rules_first_seen.json: how long the series of each recording rule took to appear in a running
// Prometheus.
type FirstSeen struct {
	Schema         string          `json:"schema"` // govctl/recording-rules-first-seen/v1
	GeneratedAt    Time            `json:"generated_at"`
	Prometheus     string          `json:"prometheus"`      // address, without user and password
	TimeoutSeconds float64         `json:"timeout_seconds"` // how long was waited at most
	Rules          []RuleFirstSeen `json:"rules"`           // recording rules, sorted by name, then place
}

// RuleFirstSeen is one recording rule.
type RuleFirstSeen struct {
	Name    string   `json:"name"`
	Group   string   `json:"group"`
	At      Place    `json:"at"`
	Seconds *float64 `json:"first_seen_seconds"` // from the start of the check, to a tenth; null when no series appeared
}
