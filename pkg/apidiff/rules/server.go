package rules

import "github.com/romel/govctl/pkg/report"

// serverRules are of the addresses under which operations are called.
var serverRules = []Rule{
	{ID: "server-removed", On: "server", Op: Removed, Level: report.Error, Category: Wire, Migration: Auto, Say: "{what} was removed", Why: "A client that calls this address reaches nothing the contract speaks of."},
	{ID: "server-added", On: "server", Op: Added, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} was added", Why: "One more address takes nothing away."},
	{ID: "server-changed", On: "server", Op: Changed, Level: report.Error, Category: Wire, Migration: Auto, Say: "{what} stands in place of {from}", Why: "A client that calls the old address reaches nothing the contract speaks of."},
}
