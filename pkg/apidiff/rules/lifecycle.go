package rules

import "github.com/romel/govctl/pkg/report"

// lifecycleRules are of what a contract announces: deprecation, the date of a removal, the level of
// stability.
var lifecycleRules = []Rule{
	{ID: "operation-deprecated", On: "operation", Attr: "deprecated", Op: Added, Level: report.Info, Category: Docs, Migration: Manual, Say: "{what} was deprecated", Why: "Deprecation announces a removal; nothing is removed yet."},
	{ID: "operation-deprecated-without-sunset", On: "operation", Attr: "deprecated", Op: Added, When: "no-sunset", Level: report.Warning, Category: Docs, Migration: Manual, Say: "{what} was deprecated without a sunset date (x-sunset)", Why: "The policy asks for a deprecation period: clients need a date."},
	{ID: "operation-deprecated-too-late", On: "operation", Attr: "deprecated", Op: Added, When: "too-soon", Level: report.Warning, Category: Docs, Migration: Manual, Say: "{what} was deprecated with the sunset date {to}, which is nearer than the deprecation period", Why: "The policy promises clients a longer time."},
	{ID: "operation-deprecation-removed", On: "operation", Attr: "deprecated", Op: Removed, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} is no longer deprecated", Why: "What was to be removed stays in the contract."},
	{ID: "sunset-added", On: "operation", Attr: "sunset", Op: Added, Level: report.Info, Category: Docs, Migration: Manual, Say: "{what} got the sunset date {to}", Why: "The date of a removal is announced."},
	{ID: "sunset-removed", On: "operation", Attr: "sunset", Op: Removed, Level: report.Error, Category: Validation, Migration: Manual, Say: "{what} is still deprecated and lost its sunset date {from}", Why: "The date promised the operation until then; without it, the operation could be removed at once and without notice."},
	{ID: "sunset-removed-with-deprecation", On: "operation", Attr: "sunset", Op: Removed, When: "kept", Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} lost its sunset date {from} and is not deprecated", Why: "What was to be removed stays in the contract."},
	{ID: "sunset-delayed", On: "operation", Attr: "sunset", Op: Raised, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} had its sunset date moved from {from} to {to}", Why: "Clients have more time."},
	{ID: "sunset-advanced", On: "operation", Attr: "sunset", Op: Lowered, Level: report.Error, Category: Validation, Migration: Manual, Say: "{what} had its sunset date moved forward from {from} to {to}", Why: "Clients that planned by the old date have less time than promised."},
	{ID: "sunset-invalid", On: "operation", Attr: "sunset", Op: Changed, Level: report.Warning, Category: Docs, Migration: Manual, Say: "{what} had its sunset date changed from {from} to {to}, and they cannot be compared", Why: "x-sunset is a date as in RFC 3339 (2026-12-31)."},
	{ID: "stability-lowered", On: "operation", Attr: "stability", Op: Lowered, Level: report.Error, Category: Validation, Migration: MigrationNone, Say: "{what} went from stability level {from} to {to}", Why: "The lower level takes back a promise: breaking changes of it would no longer count."},
	{ID: "stability-unknown", On: "operation", Attr: "stability", Op: Changed, Level: report.Error, Category: Validation, Migration: Manual, Say: "{what} went from stability level {from} to {to}, which is none of draft, alpha, beta and stable", Why: "No client can rely on a level without a defined meaning."},
	{ID: "stability-known", On: "operation", Attr: "stability", Op: Changed, When: "corrected", Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} went from the unknown stability level {from} to {to}", Why: "The level has a meaning now; before, it counted as stable."},
	{ID: "stability-raised", On: "operation", Attr: "stability", Op: Raised, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} went from stability level {from} to {to}", Why: "It promises more than before."},
	{ID: "deprecated", On: "property", Attr: "deprecated", Op: Added, Level: report.Info, Category: Docs, Migration: Manual, Say: "{what} was deprecated", Why: "Deprecation announces a removal; nothing is removed yet."},
	{ID: "deprecation-removed", On: "property", Attr: "deprecated", Op: Removed, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} is no longer deprecated", Why: "What was to be removed stays in the contract."},
}
