package rules

import "github.com/romel/govctl/pkg/report"

// callbackRules are of the calls that the API makes itself, and of the links from one call to the
// next.
var callbackRules = []Rule{
	{ID: "callback-added", On: "callback", Op: Added, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} was added", Why: "A client that does not register for it is not called."},
	{ID: "callback-removed", On: "callback", Op: Removed, Level: report.Error, Category: Wire, Migration: MigrationNone, Say: "{what} was removed", Why: "A client that waits to be called is never called."},
	{ID: "webhook-added", On: "webhook", Op: Added, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} was added", Why: "A client that does not register for it is not called."},
	{ID: "webhook-removed", On: "webhook", Op: Removed, Level: report.Error, Category: Wire, Migration: MigrationNone, Say: "{what} was removed", Why: "A client that waits to be called is never called."},
	{ID: "webhook-removed-unstable", On: "webhook", Op: Removed, When: "unstable", Level: report.Info, Category: Wire, Migration: MigrationNone, Say: "{what} was removed; it was never promised (x-stability-level {from})", Why: "A draft or alpha webhook makes no promise yet."},
	{ID: "link-added", On: "link", Op: Added, Level: report.Info, Category: SDK, Migration: Auto, Say: "{what} was added", Why: "A new link does not affect existing clients."},
	{ID: "link-removed", On: "link", Op: Removed, Level: report.Error, Category: SDK, Migration: Manual, Say: "{what} was removed", Why: "Generated code that follows the link loses its method."},
	{ID: "link-changed", On: "link", Op: Changed, Level: report.Error, Category: SDK, Migration: Manual, Say: "{what} has another {name}", Why: "Generated code that follows the link calls something else."},
}
