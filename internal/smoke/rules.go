package smoke

import "github.com/romel/govctl/pkg/report"

const kind = "smoke"

// Rules is the table.
var Rules = []report.EvidenceRule{
	{ID: "smoke-target-unhealthy", Kind: kind, Level: report.Error, Summary: "A required health address does not answer with a status of 2xx.", Why: "The service, or what it needs, is not ready for clients.", Hint: "look at the log of the service; required: false accepts the state of a target that may be absent"},
	{ID: "smoke-target-optional", Kind: kind, Level: report.Info, Summary: "A health address that is not required does not answer with a status of 2xx.", Why: "The flows can run without it.", Hint: "no action is needed where it is meant to be absent"},
	{ID: "smoke-assert-failed", Kind: kind, Level: report.Error, Summary: "An answer is not what the flow expects.", Why: "A client that does the same gets the same answer.", Hint: "look at the log of the service at the time of the request, or correct the expectation"},
	{ID: "smoke-capture-failed", Kind: kind, Level: report.Error, Summary: "An answer does not have a value that the flow captures.", Why: "The requests that need the value cannot be made.", Hint: "compare the query with the body of the answer"},
	{ID: "smoke-operation-unknown", Kind: kind, Level: report.Error, Summary: "A flow uses a path or method that the contract does not have.", Why: "Clients that know the contract alone do not know the operation, and no review covers its changes.", Hint: "add the operation to the contract, or list its path under probe.smoke.undocumented"},
	{ID: "smoke-request-undocumented", Kind: kind, Level: report.Error, Summary: "The service accepts a request that the contract does not allow.", Why: "Clients that follow the contract and clients that follow the service send different requests.", Hint: "correct the request of the flow, the contract, or the checks of the service"},
	{ID: "smoke-status-undocumented", Kind: kind, Level: report.Error, Summary: "An answer has a status that the contract does not list.", Why: "Generated clients have no branch for it.", Hint: "add the status to the responses of the operation, or correct the service"},
	{ID: "smoke-media-type-undocumented", Kind: kind, Level: report.Error, Summary: "An answer has a body of a media type that the contract does not list for its status.", Why: "Generated clients choose the decoder by the media type.", Hint: "add the media type to the response, or correct the service"},
	{ID: "smoke-header-missing", Kind: kind, Level: report.Error, Summary: "An answer lacks a header that the contract requires.", Why: "Clients rely on it.", Hint: "send the header, or make it optional in the contract"},
	{ID: "smoke-body-unreadable", Kind: kind, Level: report.Error, Summary: "The body of an answer is missing, too large, or not JSON although its media type is.", Why: "No client can read it.", Hint: "look at the answer with curl; a proxy that answers itself is a common cause"},
	{ID: "smoke-field-missing", Kind: kind, Level: report.Error, Summary: "An answer lacks a property that the contract requires.", Why: "Generated clients fail on it, or read an empty value.", Hint: "send the property, or take it out of required"},
	{ID: "smoke-type-wrong", Kind: kind, Level: report.Error, Summary: "A value of a response has another type than in the contract.", Why: "Generated clients cannot decode it.", Hint: "correct the service or the type in the contract; for null, make the type nullable"},
	{ID: "smoke-value-undocumented", Kind: kind, Level: report.Error, Summary: "A value of an answer is outside of what the contract allows.", Why: "Clients that validate responses reject it, and others have no branch for it.", Hint: "correct the service, or widen the contract"},
	{ID: "smoke-property-undocumented", Kind: kind, Level: report.Error, Summary: "An answer has a property that the contract excludes.", Why: "The contract has additionalProperties: false, or false for the property, and clients that validate responses reject it.", Hint: "add the property to the contract, or do not send it"},
	{ID: "smoke-write-only-sent", Kind: kind, Level: report.Error, Summary: "An answer has a property that is writeOnly.", Why: "Such properties have values that must not be returned, like passwords.", Hint: "take the property out of the answer"},
	{ID: "smoke-not-compared", Kind: kind, Level: report.Warning, Summary: "What was exchanged was not compared with the contract.", Why: "The absence of findings is then not a statement about the contract.", Hint: "send the requests of flows to --base, and bring references and sizes into the bounds"},
}

// row is a row of the table; the ids are constants of this package.
func row(id string) *report.EvidenceRule {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i]
		}
	}
	panic("no rule " + id)
}
