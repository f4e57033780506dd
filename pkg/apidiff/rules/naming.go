package rules

import "github.com/romel/govctl/pkg/report"

// namingRules are of names that generated code uses, of texts for people, and of what no other row
// claims.
var namingRules = []Rule{
	{ID: "operation-id-changed", On: "operation", Attr: "operation-id", Op: Changed, Level: report.Error, Category: SDK, Migration: Auto, Say: "{what} has the operationId {to} instead of {from}", Why: "Generated code names its methods by it."},
	{ID: "operation-id-removed", On: "operation", Attr: "operation-id", Op: Removed, Level: report.Error, Category: SDK, Migration: Auto, Say: "{what} lost its operationId {from}", Why: "Generated code names its methods by it."},
	{ID: "operation-id-added", On: "operation", Attr: "operation-id", Op: Added, Level: report.Info, Category: SDK, Migration: Auto, Say: "{what} got the operationId {to}", Why: "Generated code had to invent a name and now uses this one."},
	{ID: "operation-tag-added", On: "operation", Attr: "tag", Op: Added, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} got the tag {to}", Why: "Tags group operations for readers and, in some generators, into classes."},
	{ID: "operation-tag-removed", On: "operation", Attr: "tag", Op: Removed, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} lost the tag {from}", Why: "Tags group operations for readers and, in some generators, into classes."},
	{ID: "schema-added", On: "component", Op: Added, Level: report.Info, Category: SDK, Migration: Auto, Say: "{what} was added", Why: "Generated code gets a new type."},
	{ID: "schema-removed", On: "component", Op: Removed, Level: report.Info, Category: SDK, Migration: Manual, Say: "{what} was removed", Why: "Generated code loses a type; its effect on messages is reported where it was used."},
	{ID: "schema-renamed", On: "component", Op: Renamed, Level: report.Info, Category: SDK, Migration: Auto, Say: "{what} was renamed from {from} to {to}", Why: "Generated code names its types by it; messages are the same."},
	{ID: "schema-renamed-under-discriminator", On: "component", Op: Renamed, When: "discriminator", Level: report.Error, Category: Validation, Migration: Manual, Effect: Shifts, Say: "{what} was renamed from {from} to {to}, and its name is its discriminator value", Why: "Without a mapping, the name of a schema is its discriminator value. A client that sends the old value is rejected, and one that receives the new value does not know it."},
	{ID: "documentation-changed", On: "words", Attr: "documentation", Op: Changed, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} is described differently ({name})", Why: "Titles, descriptions, examples and tags are for people."},
	{ID: "extension-changed", On: "words", Attr: "extension", Op: Changed, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} has another {name}", Why: "Keys that begin with x- are for tools."},
	{ID: "openapi-version-changed", On: "words", Attr: "openapi", Op: Changed, Level: report.Info, Category: Docs, Migration: Auto, Say: "{what} is written in OpenAPI {to} instead of {from}", Why: "Both versions are compared by what they mean."},
	{ID: Unclassified, On: "anything", Op: Changed, Level: report.Error, Category: Validation, Migration: Manual, Say: "{what} changed in a way that no rule of govctl covers ({name})", Why: "A change that govctl does not understand is not assumed to be compatible. Please report it."},
}
