package report

import "fmt"

// FindingsSchema names the shape of Findings.
const FindingsSchema = "govctl/findings/v1"

// Findings is what --format json prints: the findings of one command, worst first.
type Findings struct {
	Schema   string        `json:"schema"` // FindingsSchema
	Title    string        `json:"title"`
	Headline string        `json:"headline"` // one sentence with the counts
	Tool     string        `json:"tool"`
	Version  string        `json:"version"` // of the tool
	Totals   FindingTotals `json:"totals"`
	Findings []Finding     `json:"findings"`
}

// FindingTotals counts findings by level. A waived one counts under Waived and nowhere else.
type FindingTotals struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	Waived   int `json:"waived"`
}

// From counts the findings of a level and of those above it. Error is the highest.
func (t FindingTotals) From(lowest Level) int {
	n := t.Errors
	if lowest != Error {
		n += t.Warnings
	}
	if lowest == Info {
		n += t.Infos
	}
	return n
}

// Bounds of a list of findings. Counts are made of all findings before.
const (
	maxListBytes = 4 << 20 // that the listed ones take together, about
	leastOfRule  = 10      // of each rule that are listed whatever others take
)

// Bounded leaves of the findings what a report can hold, and puts one with the count in the place of the others of each rule.
func Bounded(findings []Finding) []Finding {
	type group struct {
		rule   string
		level  Level
		waived bool
	}
	kept := make([]Finding, 0, len(findings))
	room, listed, rest := maxListBytes, map[group]int{}, map[group]*Finding{}
	var order []group
	for i := range findings {
		f := &findings[i]
		g := group{f.Rule, f.Level, f.Waived()}
		size := 400 + len(f.Subject) + len(f.Message) + len(f.Hint) + len(f.Why)
		if f.New != nil {
			size += len(f.New.File) + len(f.New.Pointer)
		}
		if room > size || listed[g] < leastOfRule && size < maxListBytes/64 {
			room -= size
			listed[g]++
			kept = append(kept, *f)
			continue
		}
		if rest[g] == nil {
			rest[g] = &Finding{Rule: f.Rule, Level: f.Level, Category: f.Category, Subject: "rest of " + f.Rule, Why: f.Why, New: f.New, Waiver: f.Waiver,
				Hint: "the report would grow too large; the counts are those of all findings"}
			order = append(order, g)
		}
		rest[g].More++
	}
	for _, g := range order {
		f := rest[g]
		f.Message = fmt.Sprintf("and %d more findings of this rule are not listed", f.More)
		kept = append(kept, *f)
	}
	return kept
}
