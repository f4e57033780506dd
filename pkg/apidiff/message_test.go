package apidiff

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

type messageCase struct {
	name         string
	old, new     string
	breaks, back bool
}

// messageCases are pairs of contracts in YAML flow style, with what reasoning about messages says.
// "breaks" and "back" are the verdicts of the pair and of the pair swapped. A text without "paths:"
// is the operation GET /t; one with "responses:" left out gets a plain success.
var messageCases = []messageCase{
	// parameters
	{"optional query parameter added", `{}`, `{parameters: [{name: a, in: query, schema: {type: string}}]}`, false, false},
	{"required query parameter added", `{}`, `{parameters: [{name: a, in: query, required: true, schema: {type: string}}]}`, true, false},
	{"required parameter with a default added", `{}`, `{parameters: [{name: a, in: query, required: true, schema: {type: string, default: x}}]}`, true, false},
	{"parameter became required", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, required: true, schema: {type: string}}]}`, true, false},
	{"header names in another case", `{parameters: [{name: X-A, in: header, schema: {type: string}}]}`, `{parameters: [{name: x-a, in: header, schema: {type: string}}]}`, false, false},
	{"query names in another case", `{parameters: [{name: A, in: query, required: true, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, required: true, schema: {type: string}}]}`, true, true},
	{"ignored headers", `{}`, `{parameters: [{name: Accept, in: header, required: true, schema: {type: string}}, {name: Authorization, in: header, required: true, schema: {type: string}}]}`, false, false},
	{"query to header", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: a, in: header, schema: {type: string}}]}`, true, true},
	{"style of a scalar in the query", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, style: pipeDelimited, schema: {type: string}}]}`, false, false},
	{"style of an array", `{parameters: [{name: a, in: query, explode: false, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}}]}`, true, true},
	{"explode of an array", `{parameters: [{name: a, in: query, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: query, explode: false, schema: {type: array, items: {type: string}}}]}`, true, true},
	{"explode of a scalar", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, explode: false, schema: {type: string}}]}`, false, false},
	{"explode of an object in a header", `{parameters: [{name: a, in: header, schema: {type: object, properties: {b: {type: string}}}}]}`, `{parameters: [{name: a, in: header, explode: true, schema: {type: object, properties: {b: {type: string}}}}]}`, true, true},
	{"explode of an array in a header says nothing", `{parameters: [{name: a, in: header, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: header, explode: true, schema: {type: array, items: {type: string}}}]}`, false, false},
	{"explicit style and explode", `{parameters: [{name: a, in: query, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: query, style: form, explode: true, allowReserved: false, allowEmptyValue: false, required: false, deprecated: false, schema: {type: array, items: {type: string}}}]}`, false, false},
	{"deepObject", `{parameters: [{name: a, in: query, schema: {type: object, properties: {b: {type: string}}}}]}`, `{parameters: [{name: a, in: query, style: deepObject, explode: true, schema: {type: object, properties: {b: {type: string}}}}]}`, true, true},
	{"schema to content", `{parameters: [{name: a, in: query, schema: {type: object}}]}`, `{parameters: [{name: a, in: query, content: {application/json: {schema: {type: object}}}}]}`, true, true},
	{"media type of content", `{parameters: [{name: a, in: query, content: {application/json: {schema: {type: object}}}}]}`, `{parameters: [{name: a, in: query, content: {application/xml: {schema: {type: object}}}}]}`, true, true},
	{"allowReserved", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, allowReserved: true, schema: {type: string}}]}`, false, true},
	{"allowEmptyValue", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, allowEmptyValue: true, schema: {type: string}}]}`, false, true},
	{"integer query parameter to string", `{parameters: [{name: a, in: query, schema: {type: integer}}]}`, `{parameters: [{name: a, in: query, schema: {type: string}}]}`, false, true},
	{"single value to list", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, schema: {type: array, items: {type: string}}}]}`, false, true},
	{"single value to list without explode", `{parameters: [{name: a, in: query, explode: false, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, explode: false, schema: {type: array, items: {type: string}}}]}`, true, true},
	{"default of a parameter", `{parameters: [{name: a, in: query, schema: {type: integer, default: 1}}]}`, `{parameters: [{name: a, in: query, schema: {type: integer, default: 2}}]}`, false, false},
	{"enum of a parameter grew", `{parameters: [{name: a, in: query, schema: {enum: [x]}}]}`, `{parameters: [{name: a, in: query, schema: {enum: [x, y]}}]}`, false, true},
	{"cookie parameter required", `{}`, `{parameters: [{name: a, in: cookie, required: true, schema: {type: string}}]}`, true, false},
	{"parameter deprecated", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, deprecated: true, schema: {type: string}}]}`, false, false},
	{"path parameter renamed", `paths: {"/a/{id}": {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{key}": {get: {parameters: [{name: key, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	{"path parameter narrowed under another name", `paths: {"/a/{id}": {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{key}": {get: {parameters: [{name: key, in: path, required: true, schema: {type: integer}}], responses: {"200": {description: d}}}}}`, true, false},
	{"path parameters swapped", `paths: {"/a/{x}/{y}": {get: {parameters: [{name: x, in: path, required: true, schema: {type: integer}}, {name: y, in: path, required: true, schema: {type: string, enum: [q]}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{y}/{x}": {get: {parameters: [{name: x, in: path, required: true, schema: {type: integer}}, {name: y, in: path, required: true, schema: {type: string, enum: [q]}}], responses: {"200": {description: d}}}}}`, true, true},
	{"path item parameters moved down", `paths: {/a: {parameters: [{name: q, in: query, schema: {type: string}}], get: {responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {parameters: [{name: q, in: query, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	{"operation overrides the path item", `paths: {/a: {parameters: [{name: q, in: query, required: true, schema: {type: string}}], get: {parameters: [{name: q, in: query, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {parameters: [{name: q, in: query, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	{"parameter by reference", `paths: {/a: {get: {parameters: [{$ref: "#/components/parameters/Q"}], responses: {"200": {description: d}}}}}
components: {parameters: {Q: {name: q, in: query, schema: {type: string}}}}`, `paths: {/a: {get: {parameters: [{name: q, in: query, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	{"style of a path parameter", `paths: {"/a/{id}": {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{id}": {get: {parameters: [{name: id, in: path, required: true, style: label, schema: {type: string}}], responses: {"200": {description: d}}}}}`, true, true},
	{"required of a path parameter left out", `paths: {"/a/{id}": {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{id}": {get: {parameters: [{name: id, in: path, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	// paths
	{"path removed", `paths: {/a: {get: {responses: {"200": {description: d}}}}, /b: {get: {responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, true, false},
	{"trailing slash", `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `paths: {/a/: {get: {responses: {"200": {description: d}}}}}`, true, true},
	{"template to a literal", `paths: {"/a/{id}": {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/me": {get: {responses: {"200": {description: d}}}}}`, true, true},
	{"method removed", `paths: {/a: {get: {responses: {"200": {description: d}}}, post: {responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, true, false},
	{"deprecated operation removed after its sunset", `paths: {/a: {get: {responses: {"200": {description: d}}}}, /b: {get: {deprecated: true, x-sunset: "2026-01-01", responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"deprecated operation removed before its sunset", `paths: {/a: {get: {responses: {"200": {description: d}}}}, /b: {get: {deprecated: true, x-sunset: "2027-01-01", responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, true, false},
	{"draft operation removed", `paths: {/a: {get: {responses: {"200": {description: d}}}}, /b: {get: {x-stability-level: draft, responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"draft operation broken", `{x-stability-level: draft}`, `{x-stability-level: draft, parameters: [{name: a, in: query, required: true, schema: {type: string}}]}`, false, false},
	{"beta operation broken", `{x-stability-level: beta}`, `{x-stability-level: beta, parameters: [{name: a, in: query, required: true, schema: {type: string}}]}`, true, false},
	{"summary, tags and operationId", `{operationId: a, tags: [x], summary: s}`, `{operationId: b, tags: [y], summary: t}`, false, false},
	// bodies
	{"optional body added", `{}`, `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, false, true},
	{"required body added", `{}`, `{requestBody: {required: true, content: {application/json: {schema: {type: object}}}}}`, true, true},
	{"body became required", `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, `{requestBody: {required: true, content: {application/json: {schema: {type: object}}}}}`, true, false},
	{"media type of the body added", `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object}}, application/xml: {schema: {type: object}}}}}`, false, true},
	{"media type to a range", `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, `{requestBody: {content: {"application/*": {schema: {type: object}}}}}`, false, true},
	{"media type to anything", `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, `{requestBody: {content: {"*/*": {schema: {type: object}}}}}`, false, true},
	{"a range beside what it covers", `{requestBody: {content: {"*/*": {schema: {type: object}}, application/json: {schema: {type: object}}}}}`, `{requestBody: {content: {"*/*": {schema: {type: object}}}}}`, false, false},
	{"a narrower schema beside a range", `{requestBody: {content: {"*/*": {schema: {type: object}}}}}`, `{requestBody: {content: {"*/*": {schema: {type: object}}, application/json: {schema: {type: object, required: [a]}}}}}`, true, false},
	{"charset utf-8", `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, `{requestBody: {content: {application/json; charset=utf-8: {schema: {type: object}}}}}`, false, false},
	{"media type in another case", `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, `{requestBody: {content: {Application/JSON: {schema: {type: object}}}}}`, false, false},
	{"body by reference", `paths: {/a: {post: {requestBody: {$ref: "#/components/requestBodies/B"}, responses: {"200": {description: d}}}}}
components: {requestBodies: {B: {content: {application/json: {schema: {type: object}}}}}}`, `paths: {/a: {post: {requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {"200": {description: d}}}}}`, false, false},
	{"encoding content type", `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: image/png}}}}}}`, `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: image/jpeg}}}}}}`, true, true},
	{"encoding accepts one more type", `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: image/png}}}}}}`, `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: "image/png, image/jpeg"}}}}}}`, false, true},
	{"encoding with its default style", `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {f: {type: array, items: {type: string}}}}}}}}`, `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {f: {type: array, items: {type: string}}}}, encoding: {f: {style: form, explode: true}}}}}}`, false, false},
	{"encoding explode", `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {f: {type: array, items: {type: string}}}}}}}}`, `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {f: {type: array, items: {type: string}}}}, encoding: {f: {style: form, explode: false}}}}}}`, true, true},
	{"encoding of a part that is not there", `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}, additionalProperties: false}}}}}`, `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}, additionalProperties: false}, encoding: {g: {contentType: image/png}}}}}}`, false, false},
	{"binary body without a schema", `{requestBody: {content: {application/octet-stream: {schema: {type: string, format: binary}}}}}`, `{requestBody: {content: {application/octet-stream: {}}}}`, false, false},
	{"number in a form became a string", `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {f: {type: integer}}}}}}}`, `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {f: {type: string}}}}}}}`, false, true},
	{"number in JSON became a string", `{requestBody: {content: {application/json: {schema: {type: object, properties: {f: {type: integer}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {f: {type: string}}}}}}}`, true, true},
	{"xml name", `{requestBody: {content: {application/xml: {schema: {type: object, properties: {f: {type: string}}}}}}}`, `{requestBody: {content: {application/xml: {schema: {type: object, properties: {f: {type: string, xml: {name: g}}}}}}}}`, true, true},
	{"xml name in JSON", `{requestBody: {content: {application/json: {schema: {type: object, properties: {f: {type: string}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {f: {type: string, xml: {name: g}}}}}}}}`, false, false},
	{"xml attribute spelled out as false", `{requestBody: {content: {application/xml: {schema: {type: object, properties: {f: {type: string}}}}}}}`, `{requestBody: {content: {application/xml: {schema: {type: object, properties: {f: {type: string, xml: {attribute: false}}}}}}}}`, false, false},
	// readOnly and writeOnly
	{"required readOnly property of a request", `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string, readOnly: true}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string, readOnly: true}}}}}}}`, false, false},
	{"readOnly required became writable", `{requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string, readOnly: true}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}}`, true, false},
	{"type of a readOnly property in a request", `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string, readOnly: true}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: integer, readOnly: true}}}}}}}`, false, false},
	{"type of a writeOnly property in a response", `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, properties: {a: {type: string, writeOnly: true}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, properties: {a: {type: integer, writeOnly: true}}}}}}}}`, false, false},
	{"required property of a response became writeOnly", `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string, writeOnly: true}}}}}}}}`, true, false},
	// responses
	{"error response added", `{responses: {"200": {description: d}}}`, `{responses: {"200": {description: d}, "404": {description: e}}}`, false, false},
	{"success removed for another", `{responses: {"200": {description: d}}}`, `{responses: {"201": {description: d}}}`, true, true},
	{"range for its codes", `{responses: {"2XX": {description: d}}}`, `{responses: {"200": {description: d}}}`, false, false},
	{"lower case range", `{responses: {"2XX": {description: d}}}`, `{responses: {"2xx": {description: d}}}`, false, false},
	{"default covers an error", `{responses: {"200": {description: d}, default: {description: e, content: {application/json: {schema: {type: object}}}}}}`, `{responses: {"200": {description: d}, "404": {description: e, content: {application/json: {schema: {type: object}}}}, default: {description: e, content: {application/json: {schema: {type: object}}}}}}`, false, false},
	{"an error unlike the default", `{responses: {"200": {description: d}, default: {description: e, content: {application/json: {schema: {type: object, required: [m], properties: {m: {type: string}}}}}}}}`, `{responses: {"200": {description: d}, "404": {description: e, content: {application/json: {schema: {type: object, properties: {m: {type: string}}}}}}, default: {description: e, content: {application/json: {schema: {type: object, required: [m], properties: {m: {type: string}}}}}}}}`, true, false},
	{"media type of a response replaced", `{responses: {"200": {description: d, content: {application/json: {schema: {type: object}}}}}}`, `{responses: {"200": {description: d, content: {application/xml: {schema: {type: object}}}}}}`, true, true},
	{"body of a response dropped", `{responses: {"200": {description: d, content: {application/json: {schema: {type: object}}}}}}`, `{responses: {"200": {description: d}}}`, true, false},
	{"content of 204", `{responses: {"204": {description: d}}}`, `{responses: {"204": {description: d, content: {application/json: {schema: {type: object}}}}}}`, false, false},
	{"optional header added", `{responses: {"200": {description: d}}}`, `{responses: {"200": {description: d, headers: {X-A: {schema: {type: string}}}}}}`, false, false},
	{"required header became optional", `{responses: {"200": {description: d, headers: {X-A: {required: true, schema: {type: string}}}}}}`, `{responses: {"200": {description: d, headers: {X-A: {schema: {type: string}}}}}}`, true, false},
	{"required header removed", `{responses: {"200": {description: d, headers: {X-A: {required: true, schema: {type: string}}}}}}`, `{responses: {"200": {description: d}}}`, true, false},
	{"header Content-Type is ignored", `{responses: {"200": {description: d, headers: {Content-Type: {required: true, schema: {type: string}}}}}}`, `{responses: {"200": {description: d}}}`, false, false},
	{"header integer to string", `{responses: {"200": {description: d, headers: {X-A: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d, headers: {X-A: {schema: {type: integer}}}}}}`, false, true},
	{"response by reference", `paths: {/a: {get: {responses: {"200": {$ref: "#/components/responses/R"}}}}}
components: {responses: {R: {description: d, content: {application/json: {schema: {type: object}}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d, content: {application/json: {schema: {type: object}}}}}}}}`, false, false},
	{"link changed", `{responses: {"200": {description: d, links: {l: {operationId: a}}}}}`, `{responses: {"200": {description: d, links: {l: {operationId: b}}}}}`, false, false},
	{"extensible enum of a response grew", `{responses: {"200": {description: d, content: {application/json: {schema: {type: string, x-extensible-enum: [a]}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: string, x-extensible-enum: [a, b]}}}}}}`, false, false},
	{"discriminator mapping grew in a response", `{responses: {"200": {description: d, content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A"}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A", b: "#/components/schemas/B"}}}}}}}}`, false, false},
	{"discriminator property changed", `{responses: {"200": {description: d, content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: j}}}}}}}`, true, true},
	{"discriminator mapping spelled out", `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k}}}}}}`, `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {A: "#/components/schemas/A", B: "#/components/schemas/B"}}}}}}}`, false, false},
	{"discriminator mapping by name", `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: A}}}}}}}`, `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A"}}}}}}}`, false, false},
	{"discriminator mapping value removed from a request", `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A", b: "#/components/schemas/B"}}}}}}}`, `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A"}}}}}}}`, true, false},
	// callbacks and webhooks
	{"callback payload lost a required property", `{callbacks: {c: {"{$request.body#/u}": {post: {requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}, responses: {"200": {description: d}}}}}}}`, `{callbacks: {c: {"{$request.body#/u}": {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}, responses: {"200": {description: d}}}}}}}`, true, false},
	{"callback answer must say more", `{callbacks: {c: {"{$request.body#/u}": {post: {responses: {"200": {description: d, content: {application/json: {schema: {type: object}}}}}}}}}}`, `{callbacks: {c: {"{$request.body#/u}": {post: {responses: {"200": {description: d, content: {application/json: {schema: {type: object, required: [a]}}}}}}}}}}`, true, false},
	{"callback removed", `{callbacks: {c: {"{$request.body#/u}": {post: {}}}}}`, `{}`, true, false},
	{"callback sends to another place", `{callbacks: {c: {"{$request.body#/u}": {post: {responses: {"200": {description: d}}}}}}}`, `{callbacks: {c: {"{$request.body#/v}": {post: {responses: {"200": {description: d}}}}}}}`, true, true},
	{"webhook payload gained an enum value of a new type", "webhooks: {w: {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}, responses: {\"200\": {description: d}}}}}", "webhooks: {w: {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: [string, integer]}}}}}}, responses: {\"200\": {description: d}}}}}", true, false},
	{"webhook removed", "webhooks: {w: {post: {responses: {\"200\": {description: d}}}}}", "webhooks: {}", true, false},
	{"webhook requires another answer", "webhooks: {w: {post: {responses: {\"200\": {description: d}, \"202\": {description: d}}}}}", "webhooks: {w: {post: {responses: {\"200\": {description: d}}}}}", true, false},
	// security
	{"security required", `{}`, `{security: [{k: []}]}`, true, false},
	{"security optional", `{}`, `{security: [{k: []}, {}]}`, false, false},
	{"no longer optional", `{security: [{k: []}, {}]}`, `{security: [{k: []}]}`, true, false},
	{"a second scheme at once", `{security: [{k: []}]}`, `{security: [{k: [], o: []}]}`, true, false},
	{"a second scheme instead", `{security: [{k: []}]}`, `{security: [{k: []}, {o: []}]}`, false, true},
	{"one more scope", `{security: [{o: [r]}]}`, `{security: [{o: [r, w]}]}`, true, false},
	{"alternatives in another order", `{security: [{k: []}, {o: [r, w]}]}`, `{security: [{o: [w, r]}, {k: []}]}`, false, false},
	{"an alternative that another makes needless", `{security: [{k: []}, {k: [], o: []}]}`, `{security: [{k: []}]}`, false, false},
	{"global security written out", `paths: {/a: {get: {responses: {"200": {description: d}}}}}
security: [{k: []}]`, `paths: {/a: {get: {security: [{k: []}], responses: {"200": {description: d}}}}}`, false, false},
	{"global security switched off", `paths: {/a: {get: {responses: {"200": {description: d}}}}}
security: [{k: []}]`, `paths: {/a: {get: {security: [], responses: {"200": {description: d}}}}}
security: [{k: []}]`, false, true},
	{"key moved to the query", `{security: [{k: []}]}`, `{security: [{k2: []}]}`, true, true},
	{"scheme renamed", `{security: [{k: []}]}`, `{security: [{k3: []}]}`, false, false},
	// servers
	{"server removed", `servers: [{url: "https://a.example"}, {url: "https://b.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, true, false},
	{"base path moved into the paths", `servers: [{url: "https://a.example/v1"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example"}]
paths: {/v1/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"base path changed", `servers: [{url: "https://a.example/v1"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example/v2"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, true, true},
	{"trailing slash of a server", `servers: [{url: "https://a.example/v1"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example/v1/"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"default port", `servers: [{url: "https://a.example/v1"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://A.example:443/v1"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"server variable written out", `servers: [{url: "https://{r}.example", variables: {r: {default: eu, enum: [eu, us]}}}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://us.example"}, {url: "https://eu.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"server variable lost a value", `servers: [{url: "https://{r}.example", variables: {r: {default: eu, enum: [eu, us]}}}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://{r}.example", variables: {r: {default: eu, enum: [eu]}}}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, true, false},
	{"servers of the document on the path", `servers: [{url: "https://a.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `paths: {/a: {servers: [{url: "https://a.example"}], get: {responses: {"200": {description: d}}}}}`, false, false},
	{"servers / and none", `servers: [{url: /}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
}

// messageDocument is the contract of a case; components that many cases name are added where they
// are missing.
func messageDocument(t testing.TB, text string) *contract.Document {
	t.Helper()
	if strings.HasPrefix(text, "{") {
		if !strings.Contains(text, `{responses: {`) {
			text = strings.TrimSuffix(text, "}") + map[bool]string{true: "", false: ", "}[text == "{}"] + `responses: {"204": {description: d}}}`
		}
		text = "paths: {/t: {post: " + text + "}}"
	}
	if !strings.Contains(text, "components:") {
		text += `
components:
  schemas:
    A: {type: object, required: [k, a], properties: {k: {type: string}, a: {type: string}}}
    B: {type: object, required: [k, b], properties: {k: {type: string}, b: {type: string}}}
  securitySchemes:
    k: {type: apiKey, in: header, name: X-K}
    k2: {type: apiKey, in: query, name: X-K}
    k3: {type: apiKey, in: header, name: X-K}
    o: {type: oauth2, flows: {clientCredentials: {tokenUrl: "https://t.example", scopes: {r: read, w: write}}}}`
	}
	if !strings.Contains(text, "paths:") {
		text = "paths: {}\n" + text
	}
	return parse(t, "m.yaml", []byte("openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\n"+text))
}

func TestMessages(t *testing.T) {
	for _, c := range slices.Concat(messageCases, messageForms, messageAnswers) {
		old, new := messageDocument(t, c.old), messageDocument(t, c.new)
		if r := Compare(context.Background(), old, new, Options{Now: testNow}); r.Breaking().Breaking != c.breaks {
			t.Errorf("%s: breaking is %t%s", c.name, r.Breaking().Breaking, told(r))
		}
		if r := Compare(context.Background(), new, old, Options{Now: testNow}); r.Breaking().Breaking != c.back {
			t.Errorf("%s, swapped: breaking is %t%s", c.name, r.Breaking().Breaking, told(r))
		}
	}
	t.Logf("%d pairs, both ways", len(messageCases)+len(messageForms)+len(messageAnswers))
}
