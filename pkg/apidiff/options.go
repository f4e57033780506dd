package apidiff

import (
	"cmp"
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
	DeprecationDays int                    // minimum days between a deprecation and its sunset; 0: no minimum
	All             bool                   // list findings up to 4 MB; else all that break, and others up to 1 MB
	NoWitness       bool                   // leave breaking changes asserted
	Accepted        bool                   // for each request that is rejected now, also search the closest accepted one
	NoDigest        bool                   // leave the digests of the contracts out, which cost as much as reading them
	WitnessBudget   int                    // values to try for each; 0: 24

	// Advise returns the version that the changes of a diff require under the version policy; nil:
	// no recommendation.
	Advise func(report.Diff) report.Advice
}

// Off is the level of a disabled rule.
const Off report.Level = "off"

func (o Options) gate() rules.Category { return cmp.Or(o.Gate, rules.Validation) }
