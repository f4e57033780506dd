package rules

import "github.com/romel/govctl/pkg/report"

// securityRules are of what a call must be authorized by, and of how credentials are sent.
var securityRules = []Rule{
	{ID: "security-required", On: "security", Op: Added, Level: report.Error, Category: Wire, Migration: Manual, Say: "{what} now requires {to}", Why: "A client that calls it without credentials is rejected."},
	{ID: "security-dropped", On: "security", Op: Removed, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} no longer requires {from}", Why: "A client that sends credentials is still served."},
	{ID: "security-alternative-removed", On: "security", Attr: "alternative", Op: Removed, Level: report.Error, Category: Wire, Migration: Manual, Say: "{what} no longer accepts {from}", Why: "A client that authenticates this way is rejected."},
	{ID: "security-alternative-added", On: "security", Attr: "alternative", Op: Added, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} now also accepts {to}", Why: "One more way to authenticate does not affect existing clients."},
	{ID: "security-scope-added", On: "security", Attr: "scope", Op: Added, Level: report.Error, Category: Wire, Migration: Manual, Say: "{what} now needs {to}", Why: "A token without the scope is rejected."},
	{ID: "security-scope-removed", On: "security", Attr: "scope", Op: Removed, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} no longer needs {from}", Why: "A token with the scope is still accepted."},
	{ID: "security-scheme-changed", On: "security-scheme", Op: Changed, Level: report.Error, Category: Wire, Migration: Manual, Say: "{what} has {name} {to} instead of {from}", Why: "Credentials must be sent in another way."},
	{ID: "security-scheme-moved", On: "security-scheme", Attr: "address", Op: Changed, Level: report.Warning, Category: Wire, Migration: Auto, Say: "{what} has {name} {to} instead of {from}", Why: "Clients must switch to the new address; credentials stay the same."},
	{ID: "security-flow-removed", On: "security-scheme", Attr: "flow", Op: Removed, Level: report.Error, Category: Wire, Migration: Manual, Say: "{what} lost the flow {from}", Why: "A client that gets its token this way gets none."},
	{ID: "security-flow-added", On: "security-scheme", Attr: "flow", Op: Added, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} got the flow {to}", Why: "One more way to a token does not affect existing clients."},
	{ID: "security-offered-scope-removed", On: "security-scheme", Attr: "scope", Op: Removed, Level: report.Warning, Category: Wire, Migration: Manual, Say: "{what} no longer offers the scope {from}", Why: "A client that asks for the scope may get no token."},
	{ID: "security-offered-scope-added", On: "security-scheme", Attr: "scope", Op: Added, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} now offers the scope {to}", Why: "A new scope does not affect existing clients."},
}
