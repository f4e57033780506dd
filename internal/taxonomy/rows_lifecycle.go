package taxonomy

import (
	"strings"
	"time"

	counts "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// lifecycleRows ask whether an alert that nobody wants any more is on its way out, and whether renames can be followed.
func lifecycleRows() []Row {
	return []Row{
		{
			ID: "deprecation-not-described", Level: report.Error, Want: "mention its deprecation in the description",
			Why:   "readers of tables and chats see the description, not the flag",
			Hint:  `begin the description with "Deprecated: "; govctl taxonomy lint --fix does it`,
			Check: deprecationNotDescribed,
			Fix: func(l *linter, a *Alert) []edit {
				return []edit{l.File.setText(a, "description", strings.TrimRight("Deprecated: "+a.Description, " "))}
			},
		},
		{
			ID: "deprecated-since-invalid", Level: report.Error, Want: "give deprecated_since as an ISO 8601 time in UTC",
			Why:   "the age of the deprecation is counted from it",
			Hint:  "write it like 2025-09-17T10:23:45Z",
			Check: func(_ *linter, a *Alert) []problem { return badTime("deprecated_since", a.DeprecatedSince) },
			Fix: func(l *linter, a *Alert) []edit { // Python's isoformat leaves the zone out
				if t, err := time.Parse("2006-01-02T15:04:05", a.DeprecatedSince); err == nil {
					return []edit{l.File.setText(a, "deprecated_since", t.Format(time.RFC3339))}
				}
				return nil
			},
		},
		{
			ID: "deprecated-without-date", Level: report.Warning, Want: "say since when it is deprecated",
			Why:  "without a date there is no reminder to remove it",
			Hint: `add "deprecated_since" with a time like 2025-09-17T10:23:45Z`,
			Check: func(_ *linter, a *Alert) []problem {
				if a.Deprecated && a.DeprecatedSince == "" {
					return one("deprecated", "there is no deprecated_since")
				}
				return none
			},
		},
		{
			ID: "deprecated-too-long", Level: report.Warning, Strict: true, Want: "be removed from the taxonomy when its deprecation is over",
			Why:   "entries that are never removed hide the ones that matter",
			Hint:  "remove the entry, or raise TAXONOMY_DEPRECATION_MAX_DAYS",
			Needs: func(l *linter) bool { return l.Config.DeprecationMaxDays > 0 },
			Check: func(l *linter, a *Alert) []problem {
				days, ok := a.deprecatedAge(l.Now)
				if !a.Deprecated || !ok || days <= l.Config.DeprecationMaxDays {
					return none
				}
				return one("deprecated_since", "it has been deprecated for "+counts.Of(days, "day")+", the limit is "+itoa(l.Config.DeprecationMaxDays))
			},
		},
		{
			ID: "replaced-by-unknown", Level: report.Warning, Want: "name an alert of the taxonomy in replaced_by",
			Why:  "anyone who looks for the old alert has to find the new one",
			Hint: "write the name or the id of the alert that took its place",
			Check: func(l *linter, a *Alert) []problem {
				if a.ReplacedBy == "" || len(l.File.named()[a.ReplacedBy]) > 0 {
					return none
				}
				if _, ok := l.ids[a.ReplacedBy]; ok {
					return none
				}
				return one("replaced_by", "there is no "+quote(a.ReplacedBy))
			},
		},
		{
			ID: "renamed-without-id", Level: report.Warning, Want: "keep an id through its renaming",
			Why:   "without an id a rename counts as one alert removed and another added, and its history is lost",
			Hint:  "give the entry an id before it is renamed, and keep it",
			Needs: func(l *linter) bool { return l.Previous != nil },
			Check: renamedWithoutID,
		},
	}
}

func deprecationNotDescribed(l *linter, a *Alert) []problem {
	if !a.Deprecated || strings.Contains(strings.ToLower(a.Description), "deprecat") || !l.has(a, "description") {
		return none
	}
	return one("description", quote(a.Description))
}

// renamedWithoutID finds an entry that is new under its name and says the same as one that is gone.
func renamedWithoutID(l *linter, a *Alert) []problem {
	if l.renamed == nil {
		l.renamed = renames(l.Previous, l.File)
	}
	if old, ok := l.renamed[a.index]; ok {
		return one("alert", "it seems to be "+quote(old)+" under a new name")
	}
	return none
}

func renames(old, now *File) map[int]string {
	ids := map[string]bool{}
	for i := range old.Alerts {
		ids[old.Alerts[i].ID] = true
	}
	gone := map[string]string{} // what an entry says -> its old name
	for i := range old.Alerts {
		a := &old.Alerts[i]
		if said := a.says(); said != "" && len(now.named()[a.Name]) == 0 {
			gone[said] = a.Name
		}
	}
	out := map[int]string{}
	for i := range now.Alerts {
		a := &now.Alerts[i]
		if len(old.named()[a.Name]) > 0 || a.ID != "" && ids[a.ID] {
			continue
		}
		if name, ok := gone[a.says()]; ok {
			out[i] = name
		}
	}
	return out
}

// says is what an entry tells about its alert; "" where it tells nothing of its own.
func (a *Alert) says() string {
	if Placeholder(a.Description) {
		return ""
	}
	return a.Group + "\x00" + a.Description
}
