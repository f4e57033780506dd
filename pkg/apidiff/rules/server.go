package rules

import "github.com/romel/govctl/pkg/report"

// serverRules are of the addresses under which operations are called.
var serverRules = []Rule{
	{ID: "server-removed", On: "server", Op: Removed, Level: report.Error, Category: Wire, Migration: Auto, Say: "{what} was removed", Why: "A client that calls this address reaches a server that the contract does not describe."},
	{ID: "server-added", On: "server", Op: Added, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} was added", Why: "One more address does not affect existing clients."},
	{ID: "server-changed", On: "server", Op: Changed, Level: report.Error, Category: Wire, Migration: Auto, Say: "{what} replaces {from}", Why: "A client that calls the old address reaches a server that the contract does not describe."},
}
