package badge

import (
	"math"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// line is a badge in a line.
func line(b report.Badge) string { return b.Label + " | " + b.Message + " | " + b.Color }

func TestBadges(t *testing.T) {
	stability := func(score report.Percent, stable, total, streak int) report.Badge {
		return Stability(&report.Stability{Score: score, WindowStableCount: stable, WindowTotalCount: total, CurrentStableStreak: streak})
	}
	summary := func(ratio report.Ratio, placeholder bool, semver string) *report.Summary {
		return &report.Summary{StabilityRatio: ratio, Placeholder: placeholder, SemverPolicyStatus: semver}
	}
	milestones := func(p report.Percent) report.Badge {
		return Milestones(&report.Milestones{Totals: report.MilestoneTotals{Percent: p}})
	}
	for _, c := range []struct {
		got  report.Badge
		want string
	}{
		{Breaking(&report.Breaking{}), "api stability | stable | brightgreen"},
		{Breaking(&report.Breaking{Breaking: true, Total: 1}), "api stability | breaking:1 | red"},
		{Breaking(&report.Breaking{Breaking: true, Total: 12}), "api stability | breaking:12 | red"},

		// The score, at every limit of its scale.
		{stability(100, 30, 30, 12), "api stability | score:100 | 100% stable | streak:12 | brightgreen"},
		{stability(90, 29, 30, 0), "api stability | score:90 | 96% stable | streak:0 | brightgreen"},
		{stability(89.99, 2, 3, 1), "api stability | score:89.99 | 66% stable | streak:1 | green"},
		{stability(75, 29, 100, 1), "api stability | score:75 | 29% stable | streak:1 | green"},
		{stability(74.99, 57, 100, 1), "api stability | score:74.99 | 57% stable | streak:1 | yellow"},
		{stability(50, 1, 1, 1), "api stability | score:50 | 100% stable | streak:1 | yellow"},
		{stability(49.99, 1, 1, 1), "api stability | score:49.99 | 100% stable | streak:1 | orange"},
		{stability(25, 1, 1, 1), "api stability | score:25 | 100% stable | streak:1 | orange"},
		{stability(24.99, 0, 1, 0), "api stability | score:24.99 | 0% stable | streak:0 | red"},
		{stability(0, 0, 0, 0), "api stability | score:0 | 0% stable | streak:0 | red"},
		{stability(89.996, 1, 1, 1), "api stability | score:90 | 100% stable | streak:1 | brightgreen"}, // the colour of what is shown
		{Stability(nil), "api stability | placeholder | lightgrey"},

		{PlaceholderStreak(0), "placeholder streak | 0 | brightgreen"},
		{PlaceholderStreak(1), "placeholder streak | 1 | green"},
		{PlaceholderStreak(2), "placeholder streak | 2 | green"},
		{PlaceholderStreak(3), "placeholder streak | 3 | yellow"},
		{PlaceholderStreak(4), "placeholder streak | 4 | yellow"},
		{PlaceholderStreak(5), "placeholder streak | 5 | red"},
		{PlaceholderStreak(500), "placeholder streak | 500 | red"},

		{Summary(summary(1, false, "ok")), "governance | 100.0% | brightgreen"},
		{Summary(summary(0.95, false, "ok")), "governance | 95.0% | brightgreen"},
		{Summary(summary(19.0/20, false, "ok")), "governance | 95.0% | brightgreen"},
		{Summary(summary(0.9499, false, "ok")), "governance | 95.0% | yellow"},
		{Summary(summary(0.872, false, "ok")), "governance | 87.2% | yellow"},
		{Summary(summary(0.85, false, "ok")), "governance | 85.0% | yellow"},
		{Summary(summary(0.8499, false, "ok")), "governance | 85.0% | orange"},
		{Summary(summary(0.70, false, "ok")), "governance | 70.0% | orange"},
		{Summary(summary(0.6999, false, "ok")), "governance | 70.0% | red"},
		{Summary(summary(0, false, "ok")), "governance | 0.0% | red"},
		{Summary(summary(1, true, "ok")), "governance | placeholder | lightgrey"},

		{Combined(summary(0.872, false, "ok")), "gov+semver | 87.2%/ok | yellow"},
		{Combined(summary(1, false, "ok")), "gov+semver | 100.0%/ok | brightgreen"},
		{Combined(summary(1, false, "warn")), "gov+semver | 100.0%/warn | yellow"},
		{Combined(summary(0.72, false, "warn")), "gov+semver | 72.0%/warn | orange"},
		{Combined(summary(0.5, false, "warn")), "gov+semver | 50.0%/warn | red"},
		{Combined(summary(1, false, "fail")), "gov+semver | 100.0%/fail | red"},
		{Combined(summary(1, false, "unknown")), "gov+semver | 100.0%/unknown | brightgreen"},
		{Combined(summary(1, true, "unknown")), "gov+semver | placeholder/unknown | lightgrey"},
		{Combined(summary(1, true, "warn")), "gov+semver | placeholder/warn | lightgrey"},
		{Combined(summary(1, true, "fail")), "gov+semver | placeholder/fail | red"},

		{PayloadVersion(1), "gov-webhook | v1 | blue"},

		{milestones(100), "milestones | 100% | brightgreen"},
		{milestones(90), "milestones | 90% | brightgreen"},
		{milestones(89.99), "milestones | 89.99% | green"},
		{milestones(75), "milestones | 75% | green"},
		{milestones(74.99), "milestones | 74.99% | yellow"},
		{milestones(55), "milestones | 55% | yellow"},
		{milestones(54.99), "milestones | 54.99% | orange"},
		{milestones(35), "milestones | 35% | orange"},
		{milestones(34.99), "milestones | 34.99% | red"},
		{milestones(0), "milestones | 0% | red"},

		{New("alerts", "", Blue), "alerts | none | blue"},
	} {
		if line(c.got) != c.want || c.got.SchemaVersion != 1 || c.got.CacheSeconds != 300 {
			t.Errorf("got  %s (%d, %d s)\nwant %s", line(c.got), c.got.SchemaVersion, c.got.CacheSeconds, c.want)
		}
	}
}

func TestScale(t *testing.T) {
	s := Scale{[]Row{{AtMost, 0, BrightGreen}, {Below, 5, Green}, {"?", 6, Blue}, {AtLeast, 90, Orange}}, Red}
	for _, c := range []struct {
		value float64
		want  string
	}{{-1, BrightGreen}, {0, BrightGreen}, {0.01, Green}, {4.99, Green}, {5, Red}, {89.99, Red}, {90, Orange}, {math.Inf(1), Orange}, {math.NaN(), Red}} {
		if got := s.Color(c.value); got != c.want {
			t.Errorf("%v is %s, want %s", c.value, got, c.want)
		}
	}
}
