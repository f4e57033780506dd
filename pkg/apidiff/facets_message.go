package apidiff

import "github.com/romel/govctl/pkg/report"

// facetsMessage are the attributes of what carries values: parameters, bodies, media types, responses, headers.
func facetsMessage() []facet {
	return concat(facetsParameter(), facetsBody(), facetsResponse())
}

func facetsParameter() []facet {
	return []facet{
		{On: "parameter", Category: Validation, Means: "A parameter is a value in the path, the query, a header or a cookie.", Ops: []facetOp{
			{Op: Added, Effect: neutral, Say: "{what} was added"},
			{Op: Added, When: "required", Effect: narrows, ID: "added-required", Say: "{what} was added and is required"},
			{Op: Removed, Effect: neutral, Say: "{what} was removed", Send: report.Warning, Receive: report.Warning, Migration: Manual,
				SendWhy: "A client may still send it, and nobody says what happens to it.", RecvWhy: "Who reads it finds nothing."},
			{Op: Removed, When: "required", Effect: widens, ID: "removed-required", Say: "{what} was removed, and it was required", Send: report.Warning, Migration: Hard,
				SendWhy: "A client still sends it, and nobody says what happens to it."},
			{Op: Removed, When: "after-sunset", Effect: neutral, ID: "removed-after-sunset", Say: "{what} was removed after its sunset date", Migration: Hard,
				SendWhy: "It was deprecated, its date was announced, and the date has passed.", RecvWhy: "It was deprecated, its date was announced, and the date has passed."},
		}},
		{On: "parameter", Attr: "required", Category: Validation, Means: "A required parameter must be sent.", Ops: []facetOp{
			{Op: Added, Effect: narrows, ID: "became-required", Say: "{what} became required"},
			{Op: Removed, Effect: widens, ID: "became-optional", Say: "{what} became optional"},
		}},
		{On: "parameter", Attr: "in", Category: Wire, Means: "The place (path, query, header, cookie) says where a parameter travels.", Ops: []facetOp{
			{Op: Changed, Effect: shifts, ID: "moved", Say: "{what} moved from the {from} to the {to}", Migration: Auto},
		}},
		{On: "parameter", Attr: "style", Category: Wire, Means: "style says how arrays and objects are written as text.", Ops: []facetOp{
			{Op: Changed, Effect: shifts, Say: "{what} is written in style {to} instead of {from}", Migration: Auto},
		}},
		{On: "parameter", Attr: "explode", Category: Wire, Means: "explode says whether each item or property is written by itself.", Ops: []facetOp{
			{Op: Changed, Effect: shifts, Say: "{what} has explode {to} instead of {from}", Migration: Auto},
		}},
		{On: "parameter", Attr: "serialization", Category: Wire, Means: "A parameter is written by style (schema) or as a media type (content).", Ops: []facetOp{
			{Op: Changed, Effect: shifts, Say: "{what} is written as {to} instead of {from}", Migration: Auto},
		}},
		{On: "parameter", Attr: "allow-reserved", Category: Wire, Means: "allowReserved lets reserved characters stand unescaped.", Ops: []facetOp{
			{Op: Removed, Effect: narrows, Say: "{what} no longer takes reserved characters unescaped"},
			{Op: Added, Effect: widens, Say: "{what} may now hold reserved characters unescaped"},
		}},
		{On: "parameter", Attr: "allow-empty-value", Category: Validation, Means: "allowEmptyValue lets a query parameter stand without a value.", Ops: []facetOp{
			{Op: Removed, Effect: narrows, Say: "{what} may no longer be empty"},
			{Op: Added, Effect: widens, Say: "{what} may now be empty"},
		}},
	}
}

func facetsBody() []facet {
	return []facet{
		{On: "body", Category: Validation, Means: "The body of a request.", Ops: []facetOp{
			{Op: Added, Effect: neutral, Say: "{what} was added and is optional"},
			{Op: Added, When: "required", Effect: narrows, ID: "added-required", Say: "{what} was added and is required"},
			{Op: Removed, Effect: narrows, Say: "{what} was removed", Receive: report.Error, Migration: Hard,
				SendWhy: "What a client sends is no longer part of the contract.", RecvWhy: "What the receiver reads is no longer sent."},
		}},
		{On: "body", Attr: "required", Category: Validation, Means: "A required body must be sent.", Ops: []facetOp{
			{Op: Added, Effect: narrows, ID: "became-required", Say: "{what} became required"},
			{Op: Removed, Effect: widens, ID: "became-optional", Say: "{what} became optional"},
		}},
		{On: "media-type", Category: Wire, Means: "The media type names the format of a body.", Ops: []facetOp{
			{Op: Added, Effect: widens, Say: "{what} gained the media type {to}", Receive: report.Info,
				RecvWhy: "A client names the formats that it accepts, and those it accepted are still offered."},
			{Op: Added, When: "wildcard", Effect: widens, ID: "wildcard-added", Say: "{what} may now have any media type of {to}",
				RecvWhy: "A range promises no format: a client may receive one that the old contract ruled out."},
			{Op: Removed, Effect: narrows, Say: "{what} lost the media type {from}", Receive: report.Error, Migration: Manual,
				RecvWhy: "A client that accepts only this format gets no answer that it can read."},
			{Op: Removed, When: "wildcard", Effect: narrows, ID: "wildcard-removed", Say: "{what} no longer has any media type of {from}"},
		}},
		{On: "media-type", Attr: "parameter", Category: Wire, Means: "Parameters of a media type (charset, version) say more about the format.", Ops: []facetOp{
			{Op: Changed, Effect: neutral, Say: "{what} has media type {to} instead of {from}", Send: report.Warning, Receive: report.Warning,
				SendWhy: "Servers differ in how strictly they read them.", RecvWhy: "Clients differ in how strictly they read them."},
		}},
		{On: "encoding", Category: Wire, Means: "The encoding says how a part of a form is written.", Ops: []facetOp{
			{Op: Narrowed, Effect: narrows, Say: "{what} had its {name} narrowed from {from} to {to}"},
			{Op: Widened, Effect: widens, Say: "{what} had its {name} widened from {from} to {to}"},
			{Op: Changed, Effect: shifts, Say: "{what} has {name} {to} instead of {from}"},
		}},
	}
}

func facetsResponse() []facet {
	return []facet{
		{On: "response", Category: Validation, Means: "A response is what a status code promises.", Ops: []facetOp{
			{Op: Added, Effect: widens, Say: "{what} was added", Receive: report.Info,
				RecvWhy: "HTTP obliges a client to understand the class of any status code."},
			{Op: Removed, Effect: narrows, Say: "{what} was removed", Migration: Manual},
			{Op: Removed, When: "range", Effect: narrows, ID: "range-removed", Say: "{what} was removed; statuses of its range are left", Migration: Manual},
			{Op: Removed, When: "success", Effect: narrows, ID: "success-removed", Say: "{what} was removed", Receive: report.Error, Migration: Hard,
				RecvWhy: "A client that waits for this success never sees it."},
		}},
		{On: "header", Category: Validation, Means: "A header is part of what a response promises.", Ops: []facetOp{
			{Op: Added, Effect: neutral, Say: "{what} was added"},
			{Op: Added, When: "required", Effect: narrows, ID: "added-required", Say: "{what} was added and is required"},
			{Op: Removed, Effect: neutral, Say: "{what} was removed", Send: report.Warning, Receive: report.Warning,
				SendWhy: "Nobody says what happens to it.", RecvWhy: "A client that reads it finds nothing."},
			{Op: Removed, When: "required", Effect: widens, ID: "removed-required", Say: "{what} was removed, and it was required", Migration: Hard},
		}},
		{On: "header", Attr: "required", Category: Validation, Means: "A required header is always there.", Ops: []facetOp{
			{Op: Added, Effect: narrows, ID: "became-required", Say: "{what} became required"},
			{Op: Removed, Effect: widens, ID: "became-optional", Say: "{what} became optional"},
		}},
		{On: "header", Attr: "serialization", Category: Wire, Means: "A header is written by style and explode or as a media type.", Ops: []facetOp{
			{Op: Changed, Effect: shifts, Say: "{what} is written as {to} instead of {from}"},
		}},
	}
}
