package apidiff

import "github.com/romel/govctl/pkg/report"

// facets are the attributes of everything that a message is made of; the rows for schemas are one for each keyword.
func facets() []facet {
	return concat(facetsType(), facetsNumber(), facetsString(), facetsArray(), facetsObject(), facetsLogic(), facetsMeaning(), facetsMessage())
}

func concat(groups ...[]facet) []facet {
	var all []facet
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// upper are the operations of a bound from above, lower those of one from below.
func upper(name string) []facetOp {
	return []facetOp{
		{Op: Added, Effect: narrows, Say: "{what} got a " + name + " of {to}"},
		{Op: Removed, Effect: widens, Say: "{what} lost its " + name + " of {from}"},
		{Op: Lowered, Effect: narrows, Say: "{what} had its " + name + " lowered from {from} to {to}"},
		{Op: Raised, Effect: widens, Say: "{what} had its " + name + " raised from {from} to {to}"},
	}
}

func lower(name string) []facetOp {
	return []facetOp{
		{Op: Added, Effect: narrows, Say: "{what} got a " + name + " of {to}"},
		{Op: Removed, Effect: widens, Say: "{what} lost its " + name + " of {from}"},
		{Op: Raised, Effect: narrows, Say: "{what} had its " + name + " raised from {from} to {to}"},
		{Op: Lowered, Effect: widens, Say: "{what} had its " + name + " lowered from {from} to {to}"},
	}
}

// ordered are the operations of a keyword whose values can be compared as sets.
func ordered(name string) []facetOp {
	return append(onOff(name),
		facetOp{Op: Narrowed, Effect: narrows, Say: "{what} had its " + name + " narrowed from {from} to {to}"},
		facetOp{Op: Widened, Effect: widens, Say: "{what} had its " + name + " widened from {from} to {to}"},
		facetOp{Op: Changed, Effect: shifts, Say: "{what} had its " + name + " changed from {from} to {to}"},
	)
}

// onOff are the operations of a constraint that is there or not.
func onOff(name string) []facetOp {
	return []facetOp{
		{Op: Added, Effect: narrows, Say: "{what} got " + name + " {to}"},
		{Op: Removed, Effect: widens, Say: "{what} lost " + name + " {from}"},
	}
}

func facetsType() []facet {
	return []facet{
		{On: "property", Attr: "type", Category: Validation, Means: "The type says which kinds of JSON value are valid.", Ops: []facetOp{
			{Op: Narrowed, Effect: narrows, Say: "{what} had its type narrowed from {from} to {to}"},
			{Op: Widened, Effect: widens, Say: "{what} had its type widened from {from} to {to}"},
			{Op: Changed, Effect: shifts, Say: "{what} had its type changed from {from} to {to}"},
		}},
		{On: "property", Attr: "nullable", Category: Validation, Means: "A nullable value may be null.", Ops: []facetOp{
			{Op: Added, Effect: widens, ID: "became-nullable", Say: "{what} may now be null"},
			{Op: Removed, Effect: narrows, ID: "became-not-nullable", Say: "{what} may no longer be null"},
		}},
		{On: "property", Attr: "schema", Category: Validation, Means: "A value without a schema may be anything.", Ops: []facetOp{
			{Op: Added, Effect: narrows, Say: "{what} was unconstrained and now has a schema"},
			{Op: Removed, Effect: widens, Say: "{what} lost its schema and is now unconstrained"},
		}},
		{On: "property", Attr: "forbidden", Category: Validation, Means: "The schema false accepts no value at all.", Ops: []facetOp{
			{Op: Added, Effect: narrows, ID: "forbidden", Say: "{what} is now forbidden: its schema accepts no value"},
			{Op: Removed, Effect: widens, ID: "allowed", Say: "{what} was forbidden and is now allowed"},
		}},
		{On: "property", Attr: "enum", Category: Validation, Means: "An enum lists the only valid values.", Ops: []facetOp{
			{Op: Added, Effect: narrows, Say: "{what} is now restricted to {to}"},
			{Op: Removed, Effect: widens, Say: "{what} is no longer restricted to {from}", RecvCat: SDK,
				RecvWhy: "New values are enum growth: generated code with a closed enum does not know them."},
		}},
		{On: "property", Attr: "enum-value", Category: Validation, Means: "An enum lists the only valid values.", Ops: []facetOp{
			{Op: Removed, Effect: narrows, Say: "{what} lost enum value {from}"},
			{Op: Added, Effect: widens, Say: "{what} gained enum value {to}", RecvCat: SDK,
				RecvWhy: "Enum growth: generated code with a closed enum does not know the new value."},
		}},
		{On: "property", Attr: "const", Category: Validation, Means: "A const is the only valid value.", Ops: []facetOp{
			{Op: Added, Effect: narrows, Say: "{what} must now be {to}"},
			{Op: Removed, Effect: widens, Say: "{what} no longer has to be {from}"},
			{Op: Changed, Effect: shifts, Say: "{what} had its only value changed from {from} to {to}"},
		}},
		{On: "property", Attr: "extensible-enum", Category: Validation, Means: "x-extensible-enum lists values that may grow: who reads them must tolerate unknown ones.", Ops: []facetOp{
			{Op: Removed, Effect: narrows, ID: "extensible-enum-value-removed", Say: "{what} lost extensible enum value {from}"},
			{Op: Added, Effect: neutral, ID: "extensible-enum-value-added", Say: "{what} gained extensible enum value {to}"},
		}},
	}
}

func facetsNumber() []facet {
	return []facet{
		{On: "property", Attr: "maximum", Category: Validation, Means: "The maximum bounds a number from above.", Ops: upper("maximum")},
		{On: "property", Attr: "minimum", Category: Validation, Means: "The minimum bounds a number from below.", Ops: lower("minimum")},
		{On: "property", Attr: "multiple-of", Category: Validation, Means: "multipleOf admits only multiples of a number.", Ops: ordered("multipleOf")},
	}
}

func facetsString() []facet {
	return []facet{
		{On: "property", Attr: "max-length", Category: Validation, Means: "maxLength bounds the length of a string from above.", Ops: upper("maximum length")},
		{On: "property", Attr: "min-length", Category: Validation, Means: "minLength bounds the length of a string from below.", Ops: lower("minimum length")},
		{On: "property", Attr: "pattern", Category: Validation, Means: "A pattern is a regular expression that a string must match.", Ops: ordered("pattern")},
		{On: "property", Attr: "format", Category: Validation, Means: "A registered format restricts a value further (a date, a UUID, a 32-bit integer).", Ops: ordered("format")},
		{On: "property", Attr: "format-hint", Category: SDK, Means: "A format that no validator knows is a hint for readers and generators.", Ops: []facetOp{
			{Op: Added, Effect: neutral, Say: "{what} got format {to}"},
			{Op: Removed, Effect: neutral, Say: "{what} lost format {from}"},
			{Op: Changed, Effect: neutral, Say: "{what} had its format changed from {from} to {to}", Send: report.Warning, Receive: report.Warning,
				SendWhy: "Generated code may use another type.", RecvWhy: "Generated code may use another type."},
		}},
		{On: "property", Attr: "content-encoding", Category: Wire, Means: "contentEncoding says how bytes are written as text.", Ops: contentOps("contentEncoding")},
		{On: "property", Attr: "content-media-type", Category: Wire, Means: "contentMediaType says what the text holds.", Ops: contentOps("contentMediaType")},
	}
}

func contentOps(name string) []facetOp {
	return []facetOp{
		{Op: Added, Effect: narrows, Say: "{what} got " + name + " {to}"},
		{Op: Removed, Effect: widens, Say: "{what} lost " + name + " {from}"},
		{Op: Changed, Effect: shifts, Say: "{what} had its " + name + " changed from {from} to {to}"},
	}
}

func facetsArray() []facet {
	return []facet{
		{On: "property", Attr: "max-items", Category: Validation, Means: "maxItems bounds the length of an array from above.", Ops: upper("maximum number of items")},
		{On: "property", Attr: "min-items", Category: Validation, Means: "minItems bounds the length of an array from below.", Ops: lower("minimum number of items")},
		{On: "property", Attr: "unique-items", Category: Validation, Means: "uniqueItems forbids equal items.", Ops: []facetOp{
			{Op: Added, Effect: narrows, Say: "{what} must now have unique items"},
			{Op: Removed, Effect: widens, Say: "{what} may now have equal items"},
		}},
		{On: "property", Attr: "contains", Category: Validation, Means: "contains demands an item of a kind.", Ops: ordered("contains")},
		{On: "property", Attr: "min-contains", Category: Validation, Means: "minContains says how many such items there must be.", Ops: lower("minContains")},
		{On: "property", Attr: "max-contains", Category: Validation, Means: "maxContains says how many such items there may be.", Ops: upper("maxContains")},
		{On: "property", Attr: "additional-items", Category: Validation, Means: "Items after the listed ones can be ruled out.", Ops: []facetOp{
			{Op: Removed, Effect: narrows, ID: "additional-items-forbidden", Say: "{what} no longer takes items after the listed ones"},
			{Op: Added, Effect: widens, ID: "additional-items-allowed", Say: "{what} now takes items after the listed ones"},
		}},
	}
}

func facetsObject() []facet {
	return []facet{
		{On: "property", Attr: "", Category: Validation, Means: "A property is a named part of an object.", Ops: []facetOp{
			{Op: Added, Effect: neutral, Say: "{what} was added"},
			{Op: Added, When: "required", Effect: narrows, ID: "added-required", Say: "{what} was added and is required"},
			{Op: Added, When: "closed", Effect: widens, ID: "added-to-closed", Say: "{what} was added to an object that allowed no other properties"},
			{Op: Removed, Effect: neutral, Say: "{what} was removed", Send: report.Warning, Receive: report.Warning, Migration: Manual,
				SendWhy: "A client may still send it, and nobody says what happens to it.", RecvWhy: "A client that shows it will show nothing."},
			{Op: Removed, When: "required", Effect: widens, ID: "removed-required", Say: "{what} was removed, and it was required", Migration: Hard, Send: report.Warning,
				SendWhy: "A client still sends it, and nobody says what happens to it."},
			{Op: Removed, When: "closed", Effect: narrows, ID: "removed-from-closed", Say: "{what} was removed from an object that allows no other properties", Migration: Hard},
			{Op: Removed, When: "after-sunset", Effect: neutral, ID: "removed-after-sunset", Say: "{what} was removed after its sunset date", Migration: Hard,
				SendWhy: "It was deprecated, its date was announced, and the date has passed.", RecvWhy: "It was deprecated, its date was announced, and the date has passed."},
		}},
		{On: "property", Attr: "required", Category: Validation, Means: "A required property must be there.", Ops: []facetOp{
			{Op: Added, Effect: narrows, ID: "became-required", Say: "{what} became required"},
			{Op: Removed, Effect: widens, ID: "became-optional", Say: "{what} became optional"},
		}},
		{On: "property", Attr: "read-only", Category: Validation, Means: "A readOnly property belongs to responses: a client should not send it.", Ops: []facetOp{
			{Op: Added, Effect: neutral, ID: "became-read-only", Say: "{what} became read-only", Send: report.Warning, SendWhy: "What a client still sends is ignored or refused."},
			{Op: Removed, Effect: neutral, ID: "became-not-read-only", Say: "{what} is no longer read-only"},
			{Op: Removed, When: "required", Only: Request, Effect: narrows, ID: "became-not-read-only-required", Say: "{what} is no longer read-only and is required"},
		}},
		{On: "property", Attr: "write-only", Category: Validation, Means: "A writeOnly property belongs to requests: a client does not receive it.", Ops: []facetOp{
			{Op: Added, Effect: neutral, ID: "became-write-only", Say: "{what} became write-only", Receive: report.Warning, RecvWhy: "A client that reads it finds nothing."},
			{Op: Added, When: "required", Only: Response, Effect: widens, ID: "became-write-only-required", Say: "{what} became write-only, and responses had to have it"},
			{Op: Removed, Effect: neutral, ID: "became-not-write-only", Say: "{what} is no longer write-only"},
		}},
		{On: "property", Attr: "additional-properties", Category: Validation, Means: "additionalProperties says whether an object may have properties that are not listed.", Ops: []facetOp{
			{Op: Removed, Effect: narrows, ID: "additional-properties-forbidden", Say: "{what} no longer takes properties that are not listed"},
			{Op: Added, Effect: widens, ID: "additional-properties-allowed", Say: "{what} now takes properties that are not listed"},
		}},
		{On: "property", Attr: "pattern-property", Category: Validation, Means: "patternProperties constrains the properties whose names match.", Ops: onOff("a schema for properties matching")},
		{On: "property", Attr: "property-names", Category: Validation, Means: "propertyNames constrains the names of properties.", Ops: onOff("a constraint on property names")},
		{On: "property", Attr: "dependent-required", Category: Validation, Means: "dependentRequired makes properties required when another is there.", Ops: onOff("the dependent requirement")},
		{On: "property", Attr: "dependent-schema", Category: Validation, Means: "dependentSchemas constrains an object that has a property.", Ops: onOff("the dependent schema of")},
		{On: "property", Attr: "max-properties", Category: Validation, Means: "maxProperties bounds the number of properties from above.", Ops: upper("maximum number of properties")},
		{On: "property", Attr: "min-properties", Category: Validation, Means: "minProperties bounds the number of properties from below.", Ops: lower("minimum number of properties")},
	}
}

func facetsLogic() []facet {
	return []facet{
		{On: "property", Attr: "union-branch", Category: Validation, Means: "anyOf and oneOf list alternatives.", Ops: []facetOp{
			{Op: Added, Effect: widens, Say: "{what} gained the alternative {to}"},
			{Op: Removed, Effect: narrows, Say: "{what} lost the alternative {from}"},
		}},
		{On: "property", Attr: "union", Category: Validation, Means: "anyOf and oneOf list alternatives.", Ops: []facetOp{
			{Op: Narrowed, Effect: narrows, Say: "{what} had its alternatives narrowed from {from} to {to}"},
			{Op: Widened, Effect: widens, Say: "{what} had its alternatives widened from {from} to {to}"},
			{Op: Changed, Effect: shifts, Say: "{what} had its alternatives changed from {from} to {to}"},
		}},
		{On: "property", Attr: "one-of-overlap", Category: Validation, Means: "oneOf accepts a value that exactly one alternative accepts.", Ops: []facetOp{
			{Op: Added, Effect: narrows, Say: "{what} has alternatives that now overlap: {to} matches more than one and is refused"},
			{Op: Removed, Effect: widens, Say: "{what} has alternatives that no longer overlap: {from} is now accepted"},
		}},
		{On: "property", Attr: "not", Category: Validation, Means: "not rules out what its schema accepts.", Ops: []facetOp{
			{Op: Added, Effect: narrows, Say: "{what} now rules out {to}"},
			{Op: Removed, Effect: widens, Say: "{what} no longer rules out {from}"},
			{Op: Narrowed, Effect: narrows, ID: "not-tightened", Say: "{what} now rules out more"},
			{Op: Widened, Effect: widens, ID: "not-loosened", Say: "{what} now rules out less"},
			{Op: Changed, Effect: shifts, Say: "{what} now rules out other values"},
		}},
		{On: "property", Attr: "condition", Category: Validation, Means: "if, then and else constrain some values only.", Ops: []facetOp{
			{Op: Added, Effect: narrows, Say: "{what} got a condition (if/then/else)"},
			{Op: Removed, Effect: widens, Say: "{what} lost a condition (if/then/else)"},
			{Op: Narrowed, Effect: narrows, Say: "{what} had its condition (if/then/else) tightened"},
			{Op: Widened, Effect: widens, Say: "{what} had its condition (if/then/else) loosened"},
			{Op: Changed, Effect: shifts, Say: "{what} had its condition (if/then/else) changed"},
		}},
	}
}

func facetsMeaning() []facet {
	return []facet{
		{On: "property", Attr: "discriminator", Category: Validation, Means: "The discriminator names the property that tells the alternatives apart.", Ops: []facetOp{
			{Op: Added, Effect: neutral, Say: "{what} got the discriminator {to}"},
			{Op: Removed, Effect: neutral, Say: "{what} lost the discriminator {from}", Send: report.Warning, Receive: report.Warning,
				SendWhy: "Generated code chose the type by it.", RecvWhy: "Generated code chose the type by it."},
			{Op: Changed, Effect: shifts, Say: "{what} is now told apart by {to} instead of {from}"},
		}},
		{On: "property", Attr: "discriminator-mapping", Category: Validation, Means: "The mapping gives each discriminator value its schema.", Ops: []facetOp{
			{Op: Added, Effect: widens, Say: "{what} got the discriminator value {to}", RecvCat: SDK,
				RecvWhy: "Generated code does not know the new value."},
			{Op: Removed, Effect: narrows, Say: "{what} lost the discriminator value {from}"},
			{Op: Changed, Effect: shifts, Say: "{what} maps the discriminator value {name} to {to} instead of {from}"},
		}},
		{On: "property", Attr: "xml", Category: Wire, Means: "The xml object says how a value is written as XML.", Ops: []facetOp{
			{Op: Changed, Effect: shifts, Say: "{what} is written differently in XML: {to} instead of {from}"},
		}},
		{On: "property", Attr: "default", Category: Validation, Means: "The default stands for a value that is left out.", Ops: []facetOp{
			{Op: Added, Effect: neutral, Say: "{what} got the default {to}"},
			{Op: Removed, Effect: neutral, Say: "{what} lost the default {from}", Send: report.Warning, SendWhy: "A client that leaves the value out may get another behaviour."},
			{Op: Changed, Effect: neutral, Say: "{what} had its default changed from {from} to {to}", Send: report.Warning, SendWhy: "A client that leaves the value out gets another behaviour."},
		}},
	}
}
