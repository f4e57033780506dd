package taxonomy

import (
	"sort"
	"strings"
	"time"
)

// Config is the policy that a taxonomy is measured by. DefaultConfig has the values of the original system.
type Config struct {
	Profile    string         // default, mixin, openshift
	Severities map[string]int // allowed severities with their weights
	Scopes     []string       // allowed scopes
	Categories []string       // allowed categories

	RequiredLabels []string // that each alerting rule must have

	DeprecationMaxDays int  // 0: no limit
	DeprecationStrict  bool // past the limit is an error

	WindowDays     int // of churn
	RunbookSLADays int // 0: no policy
	Levels         map[string]string
}

// Profiles are the names of the profiles, the default one first.
var Profiles = []string{"default", "mixin", "openshift"}

// DefaultConfig returns the policy of a profile.
func DefaultConfig(profile string) Config {
	c := Config{
		Profile:    profile,
		Severities: map[string]int{"critical": 5, "high": 3, "medium": 2, "low": 1, "warning": 1, "info": 1},
		Scopes:     []string{"service", "system", "multi-service", "dimension", "route", "agent", "fleet"},
		Categories: []string{
			"latency", "error-rate", "throughput", "quality", "guardrail", "availability", "latency-acceleration",
			"error-acceleration", "error-budget-burn", "error-burn-fast", "error-burn-slow",
		},
		WindowDays: 30,
	}
	switch profile {
	case "mixin": // https://monitoring.mixins.dev: critical pages, warning makes a ticket, info is for dashboards
		c.Severities = map[string]int{"critical": 5, "warning": 1, "info": 1}
	case "openshift": // its alerting guidelines know "none" for alerts that only feed others
		c.Severities = map[string]int{"critical": 5, "warning": 1, "info": 1, "none": 0}
	}
	return c
}

// Weight is the weight of a severity; 1 for one that the configuration does not know.
func (c *Config) Weight(severity string) int {
	if w, ok := c.Severities[severity]; ok {
		return w
	}
	return 1
}

// severityNames are the allowed severities, heaviest first.
func (c *Config) severityNames() []string {
	names := sortedKeys(c.Severities)
	sort.SliceStable(names, func(i, j int) bool { return c.Severities[names[i]] > c.Severities[names[j]] })
	return names
}

// deprecatedAge is how many whole days a deprecated alert has been so; false where it does not say since when.
func (a *Alert) deprecatedAge(now time.Time) (days int, ok bool) {
	since, ok := parseTime(a.DeprecatedSince)
	if !ok {
		return 0, false
	}
	return max(0, int(now.Sub(since).Hours()/24)), true
}

// parseTime reads an ISO 8601 time in UTC or with an offset, or a date.
func parseTime(s string) (time.Time, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, false // most entries have none, and an error is dear
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), true
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}
