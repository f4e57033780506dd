package rules

import "github.com/romel/govctl/pkg/report"

// operationRules are of whole operations, and of the names of path parameters, which never travel.
var operationRules = []Rule{
	{ID: "operation-added", On: "operation", Op: Added, Level: report.Info, Category: Wire, Migration: Auto, Say: "{what} was added", Why: "A new operation does not affect existing clients."},
	{ID: "operation-removed", On: "operation", Op: Removed, Level: report.Error, Category: Wire, Migration: MigrationNone, Say: "{what} was removed", Why: "A client that calls it gets an error."},
	{ID: "operation-removed-deprecated", On: "operation", Op: Removed, When: "deprecated", Level: report.Warning, Category: Wire, Migration: MigrationNone, Say: "{what} was removed; it was deprecated, without a sunset date", Why: "Deprecation announced the removal but no date: clients may not have moved yet."},
	{ID: "operation-removed-before-sunset", On: "operation", Op: Removed, When: "before-sunset", Level: report.Error, Category: Wire, Migration: MigrationNone, Say: "{what} was removed before its sunset date {from}", Why: "The old contract promised the operation until that date."},
	{ID: "operation-removed-after-sunset", On: "operation", Op: Removed, When: "after-sunset", Level: report.Info, Category: Wire, Migration: MigrationNone, Say: "{what} was removed after its sunset date {from}", Why: "It was deprecated, its date was announced, and the date has passed."},
	{ID: "operation-removed-unstable", On: "operation", Op: Removed, When: "unstable", Level: report.Info, Category: Wire, Migration: MigrationNone, Say: "{what} was removed; it was never promised (x-stability-level {from})", Why: "A draft or alpha operation makes no promise yet."},
	{ID: "path-parameter-renamed", On: "parameter", Attr: "name", Op: Renamed, Level: report.Info, Category: SDK, Migration: Auto, Say: "{what} was renamed from {from} to {to}", Why: "The name of a path parameter is never sent; generated code may use it for an argument."},
}
