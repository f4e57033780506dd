package badge

import (
	"fmt"
	"strconv"

	"github.com/romel/govctl/pkg/report"
)

// The scales of the badges about the contract, as the original published them.
var (
	scoreScale = Scale{[]Row{{AtLeast, 90, BrightGreen}, {AtLeast, 75, Green}, {AtLeast, 50, Yellow}, {AtLeast, 25, Orange}}, Red}

	streakScale = Scale{[]Row{{AtMost, 0, BrightGreen}, {AtMost, 2, Green}, {AtMost, 4, Yellow}}, Red}

	ratioScale = Scale{[]Row{{AtLeast, 0.95, BrightGreen}, {AtLeast, 0.85, Yellow}, {AtLeast, 0.70, Orange}}, Red}

	milestoneScale = Scale{[]Row{{AtLeast, 90, BrightGreen}, {AtLeast, 75, Green}, {AtLeast, 55, Yellow}, {AtLeast, 35, Orange}}, Red}
)

// placeholder is the message of badges whose figure means nothing while measuring fails.
const placeholder = "placeholder"

// Breaking is breaking-badge.json; nil is a run that could not compare.
func Breaking(b *report.Breaking) report.Badge {
	if b == nil {
		return New("api stability", "unknown", LightGrey)
	}
	if !b.Breaking {
		return New("api stability", "stable", BrightGreen)
	}
	return New("api stability", fmt.Sprintf("breaking:%d", b.Total), Red)
}

// Stability is stability-badge.json; nil metrics are those of a placeholder run. The share is computed from the counts and
// cut to whole percents: 29 stable runs of 30 are 96 %, never 97.
func Stability(m *report.Stability) report.Badge {
	if m == nil {
		return New("api stability", placeholder, LightGrey)
	}
	percent := 0
	if m.WindowTotalCount > 0 {
		percent = 100 * m.WindowStableCount / m.WindowTotalCount
	}
	score := m.Score.Rounded()
	return New("api stability", fmt.Sprintf("score:%s | %d%% stable | streak:%d", short(score), percent, m.CurrentStableStreak), scoreScale.Color(score))
}

// PlaceholderStreak is placeholder-streak-badge.json.
func PlaceholderStreak(streak int) report.Badge {
	return New("placeholder streak", strconv.Itoa(streak), streakScale.Color(float64(streak)))
}

// Summary is governance-summary-badge.json.
func Summary(s *report.Summary) report.Badge {
	return New("governance", ratio(s), summaryColor(s))
}

// Combined is governance-combined-badge.json. A failed version policy is red even while metrics are a placeholder.
func Combined(s *report.Summary) report.Badge {
	color := summaryColor(s)
	switch {
	case s.SemverPolicyStatus == "fail":
		color = Red
	case s.SemverPolicyStatus == "warn" && color == BrightGreen:
		color = Yellow
	}
	return New("gov+semver", ratio(s)+"/"+s.SemverPolicyStatus, color)
}

func summaryColor(s *report.Summary) string {
	if s.Placeholder {
		return LightGrey
	}
	return ratioScale.Color(s.StabilityRatio.Rounded())
}

// ratio is the window's ratio as a percentage with one decimal; while it means nothing, the word that says so.
func ratio(s *report.Summary) string {
	if s.Placeholder {
		return placeholder
	}
	return fmt.Sprintf("%.1f%%", 100*s.StabilityRatio.Rounded())
}

// PayloadVersion is payload-version-badge.json.
func PayloadVersion(version int) report.Badge {
	return New("gov-webhook", fmt.Sprintf("v%d", version), Blue)
}

// Milestones is milestones-badge.json.
func Milestones(m *report.Milestones) report.Badge {
	percent := m.Totals.Percent.Rounded()
	return New("milestones", short(percent)+"%", milestoneScale.Color(percent))
}

// short writes a number with as many decimals as it has.
func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
