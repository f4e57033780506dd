package report

import "slices"

// Accepted are the breaking changes that waivers accept: how many, by whom, and the first day on
// which one of the waivers expires.
type Accepted struct {
	Changes []Finding
	Owners  []string // sorted, each once
	Until   string   // YYYY-MM-DD
}

// AcceptedOf returns what waivers accept among the changes of a diff.
func AcceptedOf(changes []Finding) (a Accepted) {
	for i := range changes {
		f := &changes[i]
		if !f.Waived() || f.Level != Error {
			continue
		}
		a.Changes = append(a.Changes, *f)
		if !slices.Contains(a.Owners, f.Waiver.Owner) {
			a.Owners = append(a.Owners, f.Waiver.Owner)
		}
		if a.Until == "" || f.Waiver.Expires < a.Until {
			a.Until = f.Waiver.Expires
		}
	}
	slices.Sort(a.Owners)
	return a
}
