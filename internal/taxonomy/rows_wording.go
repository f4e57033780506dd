package taxonomy

import (
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// wordingRows ask whether an entry says something to the person who is woken by it.
func wordingRows() []Row {
	return []Row{
		{
			ID: "description-placeholder", Level: report.Error, Want: "have a description while it is active",
			Why:  "the person who gets the alert reads the description first",
			Hint: "write in one sentence what is wrong when it fires",
			Check: func(l *linter, a *Alert) []problem {
				if a.Active() && Placeholder(a.Description) && l.has(a, "description") {
					return one("description", quote(a.Description)+" is a placeholder")
				}
				return none
			},
		},
		{
			ID: "runbook-placeholder", Level: report.Error, Want: "have a runbook while it is active",
			Why:  "an alert without instructions cannot be acted on",
			Hint: "write the first steps, or the address of the page that has them",
			Check: func(l *linter, a *Alert) []problem {
				switch {
				case !a.Active() || a.HasRunbook() || l.misshapenField(a, "runbook"):
					return none
				case strings.TrimSpace(a.Runbook) == "":
					return one("runbook", "there is none")
				}
				return one("runbook", quote(a.Runbook)+" is a placeholder")
			},
		},
		{
			ID: "for-invalid", Level: report.Warning, Want: "give for as a duration",
			Why:  "it is compared with the rule and with the windows",
			Hint: "write it as Prometheus does: 5m, 1h30m, 0m",
			Check: func(_ *linter, a *Alert) []problem {
				if _, ok := duration(a.For); ok || a.For == "" {
					return none
				}
				return one("for", quote(a.For)+" is none")
			},
		},
		{
			ID: "for-outside-windows", Level: report.Error, Want: "name its for among its windows",
			Why:   "an alert that waits for another time than it looks at is described wrongly or built wrongly",
			Hint:  "correct for or windows after the rule",
			Check: forOutsideWindows,
		},
	}
}

// has reports whether an entry has a text in a field, even an empty one.
func (l *linter) has(a *Alert, field string) bool {
	_, _, ok := l.File.find(a, field)
	return ok && !l.misshapenField(a, field)
}

func forOutsideWindows(_ *linter, a *Alert) []problem {
	waits := durations(a.For)
	waits = slices.DeleteFunc(waits, func(d time.Duration) bool { return d == 0 }) // without waiting there is nothing to compare
	if len(waits) == 0 || len(a.Windows) == 0 {
		return none
	}
	for _, w := range a.Windows {
		named := durations(w)
		if slices.ContainsFunc(waits, func(d time.Duration) bool { return slices.Contains(named, d) }) ||
			len(named) == 0 && w != "" && strings.Contains(a.For, w) {
			return none
		}
	}
	return one("for", quote(a.For)+" is not among "+oneOf(a.Windows))
}
