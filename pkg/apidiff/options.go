package apidiff

import (
	"time"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/report"
)

// Options are the settings of a comparison. The zero Options are the defaults.
type Options struct {
	Gate            rules.Category          // changes of this category and the ones inside it break; Validation when empty
	Levels          map[string]report.Level // by rule id; "off" leaves the findings out
	GrowthBreaks    bool                    // response growth breaks, whatever the gate's category
	Waivers         []Waiver
	Spent           []report.AcceptedBreak // waived changes that are in the old contract: their waivers are spent
	Now             time.Time              // decides about sunset dates and the expiry of waivers
	DeprecationDays int                    // days that must lie between a deprecation and its sunset; 0: nobody asks
	All             bool                   // list every finding that 4 MB hold; else those that break, and of the others what a megabyte holds
	NoWitness       bool                   // leave breaking changes asserted
	Accepted        bool                   // beside each request that is rejected now, look for the nearest one that is accepted
	NoDigest        bool                   // leave the digests of the contracts out, which cost as much as reading them
	WitnessBudget   int                    // values to try for each; 0: 24

	// Advise is the version that the counted changes of a diff ask for, under the version policy in force; nil: nothing is recommended.
	Advise func(report.Diff) report.Advice
}

// Off is the level of a rule that is not wanted.
const Off report.Level = "off"

func (o Options) gate() rules.Category {
	if o.Gate == "" {
		return rules.Validation
	}
	return o.Gate
}
