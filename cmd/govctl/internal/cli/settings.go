package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
)

// runSetting is a figure of the stability metrics that a flag or a variable sets for one run.
type runSetting struct {
	flag, env, key, about string
	set                   func(*config.Stability, string) error
	get                   func(*config.Stability) string
}

// settings have the bounds of their keys in the schema of the configuration.
var settings = []runSetting{
	{"window", "STABILITY_WINDOW", "window", "runs in the window",
		func(s *config.Stability, v string) error { return parseRange(v, 1, 10_000, &s.Window) }, func(s *config.Stability) string { return strconv.Itoa(s.Window) }},
	{"alert-threshold", "STABILITY_ALERT_THRESHOLD", "alert_threshold", "stable share of the window, from 0 to 1, below which an alert opens",
		func(s *config.Stability, v string) error { return parseShare(v, &s.AlertThreshold) },
		func(s *config.Stability) string { return strconv.FormatFloat(s.AlertThreshold, 'f', -1, 64) }},
	{"placeholder-max-runs", "PLACEHOLDER_MAX_RUNS", "placeholder_max_runs", "placeholder runs in a row after which a run fails; 0: never",
		func(s *config.Stability, v string) error {
			return parseRange(v, 0, maxSetting, &s.PlaceholderMaxRuns)
		}, func(s *config.Stability) string { return strconv.Itoa(s.PlaceholderMaxRuns) }},
	{"placeholder-streak-alert-threshold", "PLACEHOLDER_STREAK_ALERT_THRESHOLD", "placeholder_streak_alert_threshold", "placeholder runs in a row at which an alert opens; 0: never",
		func(s *config.Stability, v string) error {
			return parseRange(v, 0, maxSetting, &s.PlaceholderStreakAlertThreshold)
		}, func(s *config.Stability) string { return strconv.Itoa(s.PlaceholderStreakAlertThreshold) }},
}

// maxSetting bounds a number of runs, far above any history.
const maxSetting = 1_000_000_000

func parseRange(s string, least, most int, to *int) error {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < least || n > most {
		return fmt.Errorf("is not a whole number from %d to %d", least, most)
	}
	*to = n
	return nil
}

func parseShare(s string, to *float64) error {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(v >= 0 && v <= 1) { // NaN is in no range
		return errors.New("is not a number from 0 to 1")
	}
	*to = v
	return nil
}

// settingFlags are the flags of the settings, by name.
type settingFlags map[string]*string

// add adds a flag for each setting.
func (f *settingFlags) add(c *cobra.Command) {
	*f = settingFlags{}
	for _, s := range settings {
		(*f)[s.flag] = c.Flags().String(s.flag, "", fmt.Sprintf("a `number`: %s (also %s; default: stability.%s)", s.about, s.env, s.key))
	}
}

// given is the value of a setting and what sets it: the flag, else the variable. Both are empty where neither does.
func (s *runSetting) given(a *app, f settingFlags) (name, value string) {
	if v := f[s.flag]; v != nil && *v != "" {
		return "--" + s.flag, *v
	}
	if v := a.Getenv(s.env); v != "" {
		return s.env, v
	}
	return "", ""
}

// override lays the flags and variables over the configuration, and names those that differ from it.
func (a *app) override(c *config.Stability, f settingFlags) ([]string, error) {
	var differ []string
	for _, s := range settings {
		name, value := s.given(a, f)
		if name == "" {
			continue
		}
		before := s.get(c)
		if err := s.set(c, value); err != nil {
			return nil, usage("%s %q %w", name, value, err).hint("it sets stability.%s for this run", s.key)
		}
		if now := s.get(c); now != before {
			differ = append(differ, fmt.Sprintf("%s=%s (%s in the configuration)", name, now, before))
		}
	}
	return differ, nil
}

// breakingAllowed is the value of ALLOW_BREAKING; given is false where it is not set.
func (a *app) breakingAllowed() (value, given bool, err error) {
	switch v := strings.ToLower(strings.TrimSpace(a.Getenv("ALLOW_BREAKING"))); v {
	case "":
		return false, false, nil
	case "1", "true", "yes":
		return true, true, nil
	case "0", "false", "no":
		return false, true, nil
	default:
		return false, true, usage("ALLOW_BREAKING %q must be 1 or 0", v).hint("1, true and yes: breaking changes pass; 0, false and no: they do not")
	}
}
