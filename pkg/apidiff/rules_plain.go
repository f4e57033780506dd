package apidiff

import "github.com/romel/govctl/pkg/report"

// plainRules are the rows whose deltas have no opposite on the other side.
func plainRules() []Rule {
	rows := []Rule{}
	for _, group := range [][]Rule{rulesOperation, rulesLifecycle, rulesSecurity, rulesServer, rulesCallback, rulesWords} {
		rows = append(rows, group...)
	}
	for i := range rows {
		rows[i].Since = "0.1.0"
	}
	return rows
}

var rulesOperation = []Rule{
	{ID: "operation-added", On: "operation", Op: Added, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} was added", Why: "A new operation takes nothing away from anyone."},
	{ID: "operation-removed", On: "operation", Op: Removed, Level: report.Error, Category: Wire, Migration: Hard,
		Say: "{what} was removed", Why: "A client that calls it gets an error."},
	{ID: "operation-removed-deprecated", On: "operation", Op: Removed, When: "deprecated", Level: report.Warning, Category: Wire, Migration: Hard,
		Say: "{what} was removed; it was deprecated, without a sunset date", Why: "Deprecation announced the removal but no date: clients may not have moved yet."},
	{ID: "operation-removed-before-sunset", On: "operation", Op: Removed, When: "before-sunset", Level: report.Error, Category: Wire, Migration: Hard,
		Say: "{what} was removed before its sunset date {from}", Why: "The old contract promised the operation until that date."},
	{ID: "operation-removed-after-sunset", On: "operation", Op: Removed, When: "after-sunset", Level: report.Info, Category: Wire, Migration: Hard,
		Say: "{what} was removed after its sunset date {from}", Why: "It was deprecated, its date was announced, and the date has passed."},
	{ID: "operation-removed-unstable", On: "operation", Op: Removed, When: "unstable", Level: report.Info, Category: Wire, Migration: Hard,
		Say: "{what} was removed; it was never promised (x-stability-level {from})", Why: "A draft or alpha operation makes no promise yet."},
	{ID: "path-parameter-renamed", On: "parameter", Attr: "name", Op: Renamed, Level: report.Info, Category: SDK, Migration: Auto,
		Say: "{what} was renamed from {from} to {to}", Why: "The name of a path parameter never travels; generated code may use it for an argument."},
}

var rulesLifecycle = []Rule{
	{ID: "operation-deprecated", On: "operation", Attr: "deprecated", Op: Added, Level: report.Info, Category: Docs, Migration: Manual,
		Say: "{what} was deprecated", Why: "Deprecation announces a removal; nothing is taken away yet."},
	{ID: "operation-deprecated-without-sunset", On: "operation", Attr: "deprecated", Op: Added, When: "no-sunset", Level: report.Warning, Category: Docs, Migration: Manual,
		Say: "{what} was deprecated without a sunset date (x-sunset)", Why: "The policy asks for a deprecation period: clients need a date."},
	{ID: "operation-deprecated-too-late", On: "operation", Attr: "deprecated", Op: Added, When: "too-soon", Level: report.Warning, Category: Docs, Migration: Manual,
		Say: "{what} was deprecated with the sunset date {to}, which is nearer than the deprecation period", Why: "The policy promises clients a longer time."},
	{ID: "operation-deprecation-removed", On: "operation", Attr: "deprecated", Op: Removed, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} is no longer deprecated", Why: "What was to be removed stays in the contract."},
	{ID: "sunset-added", On: "operation", Attr: "sunset", Op: Added, Level: report.Info, Category: Docs, Migration: Manual,
		Say: "{what} got the sunset date {to}", Why: "The date of a removal is announced."},
	{ID: "sunset-removed", On: "operation", Attr: "sunset", Op: Removed, Level: report.Error, Category: Validation, Migration: Manual,
		Say: "{what} is still deprecated and lost its sunset date {from}", Why: "The date promised the operation until then; without it, it could go at once and unseen."},
	{ID: "sunset-removed-with-deprecation", On: "operation", Attr: "sunset", Op: Removed, When: "kept", Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} lost its sunset date {from} and is not deprecated", Why: "What was to be removed stays in the contract."},
	{ID: "sunset-delayed", On: "operation", Attr: "sunset", Op: Raised, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} had its sunset date moved from {from} to {to}", Why: "Clients have more time."},
	{ID: "sunset-advanced", On: "operation", Attr: "sunset", Op: Lowered, Level: report.Error, Category: Validation, Migration: Manual,
		Say: "{what} had its sunset date moved forward from {from} to {to}", Why: "Clients that planned by the old date have less time than promised."},
	{ID: "sunset-invalid", On: "operation", Attr: "sunset", Op: Changed, Level: report.Warning, Category: Docs, Migration: Manual,
		Say: "{what} had its sunset date changed from {from} to {to}, and they cannot be compared", Why: "x-sunset is a date as in RFC 3339 (2026-12-31)."},
	{ID: "stability-lowered", On: "operation", Attr: "stability", Op: Lowered, Level: report.Error, Category: Validation, Migration: Hard,
		Say: "{what} went from stability level {from} to {to}", Why: "The lower level takes back a promise: breaking changes of this operation would no longer count."},
	{ID: "stability-unknown", On: "operation", Attr: "stability", Op: Changed, Level: report.Error, Category: Validation, Migration: Manual,
		Say: "{what} went from stability level {from} to {to}, which is none of draft, alpha, beta and stable", Why: "What a level means that nobody knows, nobody can rely on."},
	{ID: "stability-known", On: "operation", Attr: "stability", Op: Changed, When: "mended", Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} went from the unknown stability level {from} to {to}", Why: "The level says something now; before, the operation counted as stable."},
	{ID: "stability-raised", On: "operation", Attr: "stability", Op: Raised, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} went from stability level {from} to {to}", Why: "The operation promises more."},
	{ID: "deprecated", On: "property", Attr: "deprecated", Op: Added, Level: report.Info, Category: Docs, Migration: Manual,
		Say: "{what} was deprecated", Why: "Deprecation announces a removal; nothing is taken away yet."},
	{ID: "deprecation-removed", On: "property", Attr: "deprecated", Op: Removed, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} is no longer deprecated", Why: "What was to be removed stays in the contract."},
}

var rulesSecurity = []Rule{
	{ID: "security-required", On: "security", Op: Added, Level: report.Error, Category: Wire, Migration: Manual,
		Say: "{what} now requires {to}", Why: "A client that calls it without credentials is refused."},
	{ID: "security-dropped", On: "security", Op: Removed, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} no longer requires {from}", Why: "A client that sends credentials is still served."},
	{ID: "security-alternative-removed", On: "security", Attr: "alternative", Op: Removed, Level: report.Error, Category: Wire, Migration: Manual,
		Say: "{what} no longer accepts {from}", Why: "A client that authenticates this way is refused."},
	{ID: "security-alternative-added", On: "security", Attr: "alternative", Op: Added, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} now also accepts {to}", Why: "One more way to authenticate takes nothing away."},
	{ID: "security-scope-added", On: "security", Attr: "scope", Op: Added, Level: report.Error, Category: Wire, Migration: Manual,
		Say: "{what} now needs {to}", Why: "A token without the scope is refused."},
	{ID: "security-scope-removed", On: "security", Attr: "scope", Op: Removed, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} no longer needs {from}", Why: "A token with the scope is still accepted."},
	{ID: "security-scheme-changed", On: "security-scheme", Op: Changed, Level: report.Error, Category: Wire, Migration: Manual,
		Say: "{what} has {name} {to} instead of {from}", Why: "Credentials must be sent in another way."},
	{ID: "security-scheme-moved", On: "security-scheme", Attr: "address", Op: Changed, Level: report.Warning, Category: Wire, Migration: Auto,
		Say: "{what} has {name} {to} instead of {from}", Why: "Clients that hold the old address must learn the new one; credentials stay what they are."},
	{ID: "security-flow-removed", On: "security-scheme", Attr: "flow", Op: Removed, Level: report.Error, Category: Wire, Migration: Manual,
		Say: "{what} lost the flow {from}", Why: "A client that gets its token this way gets none."},
	{ID: "security-flow-added", On: "security-scheme", Attr: "flow", Op: Added, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} got the flow {to}", Why: "One more way to a token takes nothing away."},
	{ID: "security-offered-scope-removed", On: "security-scheme", Attr: "scope", Op: Removed, Level: report.Warning, Category: Wire, Migration: Manual,
		Say: "{what} no longer offers the scope {from}", Why: "A client that asks for the scope may get no token."},
	{ID: "security-offered-scope-added", On: "security-scheme", Attr: "scope", Op: Added, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} now offers the scope {to}", Why: "A new scope takes nothing away."},
}

var rulesServer = []Rule{
	{ID: "server-removed", On: "server", Op: Removed, Level: report.Error, Category: Wire, Migration: Auto,
		Say: "{what} was removed", Why: "A client that calls this address reaches nothing the contract speaks of."},
	{ID: "server-added", On: "server", Op: Added, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} was added", Why: "One more address takes nothing away."},
	{ID: "server-changed", On: "server", Op: Changed, Level: report.Error, Category: Wire, Migration: Auto,
		Say: "{what} stands in place of {from}", Why: "A client that calls the old address reaches nothing the contract speaks of."},
}

var rulesCallback = []Rule{
	{ID: "callback-added", On: "callback", Op: Added, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} was added", Why: "A client that does not register for it is not called."},
	{ID: "callback-removed", On: "callback", Op: Removed, Level: report.Error, Category: Wire, Migration: Hard,
		Say: "{what} was removed", Why: "A client that waits to be called is never called."},
	{ID: "webhook-added", On: "webhook", Op: Added, Level: report.Info, Category: Wire, Migration: Auto,
		Say: "{what} was added", Why: "A client that does not register for it is not called."},
	{ID: "webhook-removed", On: "webhook", Op: Removed, Level: report.Error, Category: Wire, Migration: Hard,
		Say: "{what} was removed", Why: "A client that waits to be called is never called."},
	{ID: "webhook-removed-unstable", On: "webhook", Op: Removed, When: "unstable", Level: report.Info, Category: Wire, Migration: Hard,
		Say: "{what} was removed; it was never promised (x-stability-level {from})", Why: "A draft or alpha webhook makes no promise yet."},
	{ID: "link-added", On: "link", Op: Added, Level: report.Info, Category: SDK, Migration: Auto,
		Say: "{what} was added", Why: "A new link takes nothing away."},
	{ID: "link-removed", On: "link", Op: Removed, Level: report.Error, Category: SDK, Migration: Manual,
		Say: "{what} was removed", Why: "Generated code that follows the link loses its method."},
	{ID: "link-changed", On: "link", Op: Changed, Level: report.Error, Category: SDK, Migration: Manual,
		Say: "{what} has another {name}", Why: "Generated code that follows the link calls something else."},
}

var rulesWords = []Rule{
	{ID: "operation-id-changed", On: "operation", Attr: "operation-id", Op: Changed, Level: report.Error, Category: SDK, Migration: Auto,
		Say: "{what} has the operationId {to} instead of {from}", Why: "Generated code names its methods by it."},
	{ID: "operation-id-removed", On: "operation", Attr: "operation-id", Op: Removed, Level: report.Error, Category: SDK, Migration: Auto,
		Say: "{what} lost its operationId {from}", Why: "Generated code names its methods by it."},
	{ID: "operation-id-added", On: "operation", Attr: "operation-id", Op: Added, Level: report.Info, Category: SDK, Migration: Auto,
		Say: "{what} got the operationId {to}", Why: "Generated code had to invent a name and now uses this one."},
	{ID: "operation-tag-added", On: "operation", Attr: "tag", Op: Added, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} got the tag {to}", Why: "Tags group operations for readers and, in some generators, into classes."},
	{ID: "operation-tag-removed", On: "operation", Attr: "tag", Op: Removed, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} lost the tag {from}", Why: "Tags group operations for readers and, in some generators, into classes."},
	{ID: "schema-added", On: "component", Op: Added, Level: report.Info, Category: SDK, Migration: Auto,
		Say: "{what} was added", Why: "Generated code gets a new type."},
	{ID: "schema-removed", On: "component", Op: Removed, Level: report.Info, Category: SDK, Migration: Manual,
		Say: "{what} was removed", Why: "Generated code loses a type; what it meant for messages is said where it was used."},
	{ID: "schema-renamed", On: "component", Op: Renamed, Level: report.Info, Category: SDK, Migration: Auto,
		Say: "{what} was renamed from {from} to {to}", Why: "Generated code names its types by it; messages are the same."},
	{ID: "documentation-changed", On: "words", Attr: "documentation", Op: Changed, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} is described differently ({name})", Why: "Titles, descriptions, examples and tags are for people."},
	{ID: "extension-changed", On: "words", Attr: "extension", Op: Changed, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} has another {name}", Why: "Keys that begin with x- are for tools."},
	{ID: "openapi-version-changed", On: "words", Attr: "openapi", Op: Changed, Level: report.Info, Category: Docs, Migration: Auto,
		Say: "{what} is written in OpenAPI {to} instead of {from}", Why: "Both versions are compared by what they mean."},
	{ID: Unclassified, On: "anything", Op: Changed, Level: report.Error, Category: Validation, Migration: Manual,
		Say: "{what} changed in a way that govctl has no rule for ({name})", Why: "What is not understood is not declared harmless. Please report it."},
}
