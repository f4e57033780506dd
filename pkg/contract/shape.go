package contract

// A shape is one of the object types of the OpenAPI specification, which says where a document has structure and where
// it has data: `$ref` means a reference in the first and nothing in the second.
type shape uint8

const (
	data shape = iota // anything goes, nothing inside is looked at
	sDocument
	sInfo
	sContact
	sLicense
	sServer
	sServerVariable
	sComponents
	sPaths
	sPathItem
	sOperation
	sParameter
	sHeader
	sRequestBody
	sMediaType
	sEncoding
	sResponses
	sResponse
	sCallback
	sExample
	sLink
	sTag
	sExternalDocs
	sSecurity
	sSecurityScheme
	sFlows
	sFlow
	sSchema
	sDiscriminator
	sXML
	shapes
)

// traits are what messages call the object types, whether a Reference may stand in their place, since OpenAPI 3.2 or
// ever, and whether null (a YAML key with nothing after it) is as good as nothing.
var traits = [shapes]struct {
	name      string
	reference bool
	since32   bool
	empty     bool
}{
	data:            {name: "a value", empty: true},
	sDocument:       {name: "the OpenAPI object"},
	sInfo:           {name: "the info object", empty: true},
	sContact:        {name: "the contact object", empty: true},
	sLicense:        {name: "the license object", empty: true},
	sServer:         {name: "a server"},
	sServerVariable: {name: "a server variable"},
	sComponents:     {name: "the components object", empty: true},
	sPaths:          {name: "the paths object", empty: true},
	sPathItem:       {name: "a path item", reference: true, empty: true},
	sOperation:      {name: "an operation"},
	sParameter:      {name: "a parameter", reference: true},
	sHeader:         {name: "a header", reference: true},
	sRequestBody:    {name: "a request body", reference: true},
	sMediaType:      {name: "a media type", reference: true, since32: true},
	sEncoding:       {name: "an encoding"},
	sResponses:      {name: "the responses object", empty: true},
	sResponse:       {name: "a response", reference: true},
	sCallback:       {name: "a callback", reference: true},
	sExample:        {name: "an example", reference: true},
	sLink:           {name: "a link", reference: true},
	sTag:            {name: "a tag"},
	sExternalDocs:   {name: "external documentation", empty: true},
	sSecurity:       {name: "a security requirement"},
	sSecurityScheme: {name: "a security scheme", reference: true},
	sFlows:          {name: "the flows object", empty: true},
	sFlow:           {name: "an OAuth flow"},
	sSchema:         {name: "a schema", reference: true},
	sDiscriminator:  {name: "a discriminator", empty: true},
	sXML:            {name: "the xml object", empty: true},
}

// kinds is a set of Kind.
type kinds uint8

const (
	text     = kinds(1 << String)
	flag     = kinds(1 << Bool)
	number   = kinds(1 << Number)
	list     = kinds(1 << Array)
	object   = kinds(1 << Object)
	anything = ^kinds(0)
)

func (k kinds) has(kind Kind) bool { return k&(1<<kind) != 0 }

// A rule is what may stand under one key of an object type: a value of these kinds, and if it holds several (a list or a
// map by name), items of those kinds. of is the object type of the value itself, or of the items; a text in place of a
// schema is a mapping of a discriminator, which leads to one.
type rule struct {
	on    shape
	key   string // "*": every key that has no row of its own, but x-*
	value kinds
	items kinds // 0: the value is no collection, and of is its own object type
	of    shape
}

// rules are the places of an OpenAPI 3 description whose type matters for reading it. Keys without a row are
// data: unknown ones, extensions, examples. The identifiers of JSON Schema ($ref, $id, $anchor ...) are the walker's own.
var rules = []rule{
	{sDocument, "openapi", text, 0, data},
	{sDocument, "info", object, 0, sInfo},
	{sDocument, "jsonSchemaDialect", text, 0, data},
	{sDocument, "servers", list, object, sServer},
	{sDocument, "paths", object, 0, sPaths},
	{sDocument, "webhooks", object, object, sPathItem},
	{sDocument, "components", object, 0, sComponents},
	{sDocument, "security", list, object, sSecurity},
	{sDocument, "tags", list, object, sTag},
	{sDocument, "externalDocs", object, 0, sExternalDocs},

	{sInfo, "title", text, 0, data},
	{sInfo, "summary", text, 0, data},
	{sInfo, "description", text, 0, data},
	{sInfo, "termsOfService", text, 0, data},
	{sInfo, "version", text, 0, data},
	{sInfo, "contact", object, 0, sContact},
	{sInfo, "license", object, 0, sLicense},

	{sServer, "url", text, 0, data},
	{sServer, "description", text, 0, data},
	{sServer, "variables", object, object, sServerVariable},
	{sServerVariable, "enum", list, anything, data},

	{sComponents, "schemas", object, object | flag, sSchema},
	{sComponents, "responses", object, object, sResponse},
	{sComponents, "parameters", object, object, sParameter},
	{sComponents, "examples", object, object, sExample},
	{sComponents, "requestBodies", object, object, sRequestBody},
	{sComponents, "headers", object, object, sHeader},
	{sComponents, "securitySchemes", object, object, sSecurityScheme},
	{sComponents, "links", object, object, sLink},
	{sComponents, "callbacks", object, object, sCallback},
	{sComponents, "pathItems", object, object, sPathItem},

	{sPaths, "*", object, 0, sPathItem},

	{sPathItem, "summary", text, 0, data},
	{sPathItem, "description", text, 0, data},
	{sPathItem, "get", object, 0, sOperation},
	{sPathItem, "put", object, 0, sOperation},
	{sPathItem, "post", object, 0, sOperation},
	{sPathItem, "delete", object, 0, sOperation},
	{sPathItem, "options", object, 0, sOperation},
	{sPathItem, "head", object, 0, sOperation},
	{sPathItem, "patch", object, 0, sOperation},
	{sPathItem, "trace", object, 0, sOperation},
	{sPathItem, "servers", list, object, sServer},
	{sPathItem, "parameters", list, object, sParameter},

	{sOperation, "tags", list, text, data},
	{sOperation, "summary", text, 0, data},
	{sOperation, "description", text, 0, data},
	{sOperation, "externalDocs", object, 0, sExternalDocs},
	{sOperation, "operationId", text, 0, data},
	{sOperation, "parameters", list, object, sParameter},
	{sOperation, "requestBody", object, 0, sRequestBody},
	{sOperation, "responses", object, 0, sResponses},
	{sOperation, "callbacks", object, object, sCallback},
	{sOperation, "deprecated", flag, 0, data},
	{sOperation, "security", list, object, sSecurity},
	{sOperation, "servers", list, object, sServer},

	{sParameter, "name", text, 0, data},
	{sParameter, "in", text, 0, data},
	{sParameter, "description", text, 0, data},
	{sParameter, "required", flag, 0, data},
	{sParameter, "deprecated", flag, 0, data},
	{sParameter, "allowEmptyValue", flag, 0, data},
	{sParameter, "style", text, 0, data},
	{sParameter, "explode", flag, 0, data},
	{sParameter, "allowReserved", flag, 0, data},
	{sParameter, "schema", object | flag, 0, sSchema},
	{sParameter, "content", object, object, sMediaType},
	{sParameter, "examples", object, object, sExample},

	{sHeader, "description", text, 0, data},
	{sHeader, "required", flag, 0, data},
	{sHeader, "deprecated", flag, 0, data},
	{sHeader, "style", text, 0, data},
	{sHeader, "explode", flag, 0, data},
	{sHeader, "schema", object | flag, 0, sSchema},
	{sHeader, "content", object, object, sMediaType},
	{sHeader, "examples", object, object, sExample},

	{sRequestBody, "description", text, 0, data},
	{sRequestBody, "content", object, object, sMediaType},
	{sRequestBody, "required", flag, 0, data},

	{sMediaType, "schema", object | flag, 0, sSchema},
	{sMediaType, "examples", object, object, sExample},
	{sMediaType, "encoding", object, object, sEncoding},

	{sEncoding, "contentType", text, 0, data},
	{sEncoding, "headers", object, object, sHeader},
	{sEncoding, "style", text, 0, data},
	{sEncoding, "explode", flag, 0, data},
	{sEncoding, "allowReserved", flag, 0, data},

	{sResponses, "*", object, 0, sResponse},
	{sResponse, "description", text, 0, data},
	{sResponse, "headers", object, object, sHeader},
	{sResponse, "content", object, object, sMediaType},
	{sResponse, "links", object, object, sLink},
	{sCallback, "*", object, 0, sPathItem},

	{sLink, "operationRef", text, 0, data},
	{sLink, "operationId", text, 0, data},
	{sLink, "parameters", object, 0, data},
	{sLink, "server", object, 0, sServer},

	{sTag, "name", text, 0, data},
	{sTag, "externalDocs", object, 0, sExternalDocs},
	{sExternalDocs, "url", text, 0, data},

	{sSecurity, "*", list, text, data},
	{sSecurityScheme, "type", text, 0, data},
	{sSecurityScheme, "name", text, 0, data},
	{sSecurityScheme, "in", text, 0, data},
	{sSecurityScheme, "scheme", text, 0, data},
	{sSecurityScheme, "bearerFormat", text, 0, data},
	{sSecurityScheme, "openIdConnectUrl", text, 0, data},
	{sSecurityScheme, "flows", object, 0, sFlows},
	{sFlows, "*", object, 0, sFlow},
	{sFlow, "authorizationUrl", text, 0, data},
	{sFlow, "tokenUrl", text, 0, data},
	{sFlow, "refreshUrl", text, 0, data},
	{sFlow, "scopes", object, 0, data},

	{sSchema, "properties", object, object | flag, sSchema},
	{sSchema, "patternProperties", object, object | flag, sSchema},
	{sSchema, "dependentSchemas", object, object | flag, sSchema},
	{sSchema, "$defs", object, object | flag, sSchema},
	{sSchema, "definitions", object, object | flag, sSchema},
	{sSchema, "allOf", list, object | flag, sSchema},
	{sSchema, "anyOf", list, object | flag, sSchema},
	{sSchema, "oneOf", list, object | flag, sSchema},
	{sSchema, "prefixItems", list, object | flag, sSchema},
	{sSchema, "additionalProperties", object | flag, 0, sSchema},
	{sSchema, "unevaluatedProperties", object | flag, 0, sSchema},
	{sSchema, "unevaluatedItems", object | flag, 0, sSchema},
	{sSchema, "items", object | flag, 0, sSchema},
	{sSchema, "contains", object | flag, 0, sSchema},
	{sSchema, "propertyNames", object | flag, 0, sSchema},
	{sSchema, "contentSchema", object | flag, 0, sSchema},
	{sSchema, "not", object | flag, 0, sSchema},
	{sSchema, "if", object | flag, 0, sSchema},
	{sSchema, "then", object | flag, 0, sSchema},
	{sSchema, "else", object | flag, 0, sSchema},
	{sSchema, "discriminator", object, 0, sDiscriminator},
	{sSchema, "xml", object, 0, sXML},
	{sSchema, "externalDocs", object, 0, sExternalDocs},
	{sSchema, "type", text | list, text, data},
	{sSchema, "required", list, text, data},
	{sSchema, "enum", list, anything, data},
	{sSchema, "examples", anything, 0, data},
	{sSchema, "dependentRequired", object, list, data},
	{sSchema, "title", text, 0, data},
	{sSchema, "description", text, 0, data},
	{sSchema, "format", text, 0, data},
	{sSchema, "pattern", text, 0, data},
	{sSchema, "contentEncoding", text, 0, data},
	{sSchema, "contentMediaType", text, 0, data},
	{sSchema, "$schema", text, 0, data},
	{sSchema, "nullable", flag, 0, data},
	{sSchema, "readOnly", flag, 0, data},
	{sSchema, "writeOnly", flag, 0, data},
	{sSchema, "deprecated", flag, 0, data},
	{sSchema, "uniqueItems", flag, 0, data},
	{sSchema, "minimum", number, 0, data},
	{sSchema, "maximum", number, 0, data},
	{sSchema, "exclusiveMinimum", number | flag, 0, data},
	{sSchema, "exclusiveMaximum", number | flag, 0, data},
	{sSchema, "multipleOf", number, 0, data},
	{sSchema, "minLength", number, 0, data},
	{sSchema, "maxLength", number, 0, data},
	{sSchema, "minItems", number, 0, data},
	{sSchema, "maxItems", number, 0, data},
	{sSchema, "minContains", number, 0, data},
	{sSchema, "maxContains", number, 0, data},
	{sSchema, "minProperties", number, 0, data},
	{sSchema, "maxProperties", number, 0, data},

	{sDiscriminator, "propertyName", text, 0, data},
	{sDiscriminator, "mapping", object, text, sSchema},
}

// rules32 are the rows that OpenAPI 3.2 adds. In a description of an older version these keys are data.
var rules32 = []rule{
	{sDocument, "$self", text, 0, data},
	{sServer, "name", text, 0, data},
	{sComponents, "mediaTypes", object, object, sMediaType},

	{sPathItem, "query", object, 0, sOperation},
	{sPathItem, "additionalOperations", object, object, sOperation},

	{sMediaType, "itemSchema", object | flag, 0, sSchema},
	{sMediaType, "prefixEncoding", list, object, sEncoding},
	{sMediaType, "itemEncoding", object, 0, sEncoding},
	{sEncoding, "encoding", object, object, sEncoding},
	{sEncoding, "prefixEncoding", list, object, sEncoding},
	{sEncoding, "itemEncoding", object, 0, sEncoding},

	{sResponse, "summary", text, 0, data},
	{sExample, "serializedValue", text, 0, data},

	{sTag, "summary", text, 0, data},
	{sTag, "parent", text, 0, data},
	{sTag, "kind", text, 0, data},

	{sSecurityScheme, "oauth2MetadataUrl", text, 0, data},
	{sSecurityScheme, "deprecated", flag, 0, data},
	{sFlow, "deviceAuthorizationUrl", text, 0, data},

	{sDiscriminator, "defaultMapping", text, 0, sSchema},
	{sXML, "nodeType", text, 0, data},
}
