package apidiff

// messageForms are more pairs like messageCases.
var messageForms = []messageCase{
	// default against concrete
	{"default covers a new 200 of the same shape", `{responses: {default: {description: d, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}, default: {description: d, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}}}`, false, true},
	{"a 200 unlike the default that stood for it", `{responses: {default: {description: d, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: array}}}}, default: {description: d, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}}}`, true, true},
	{"4XX to 400 and 404", `{responses: {"200": {description: d}, "4XX": {description: e, content: {application/json: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d}, "400": {description: e, content: {application/json: {schema: {type: string}}}}, "404": {description: e, content: {application/json: {schema: {type: string}}}}}}`, false, false},
	{"4XX to a 400 of another shape", `{responses: {"200": {description: d}, "4XX": {description: e, content: {application/json: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d}, "400": {description: e, content: {application/json: {schema: {type: integer}}}}}}`, true, true},
	{"200 to 2XX", `{responses: {"200": {description: d, content: {application/json: {schema: {type: string}}}}}}`, `{responses: {"2XX": {description: d, content: {application/json: {schema: {type: string}}}}}}`, false, false},
	{"200 to 2XX of another shape", `{responses: {"200": {description: d, content: {application/json: {schema: {type: string}}}}}}`, `{responses: {"2XX": {description: d, content: {application/json: {schema: {type: integer}}}}}}`, true, true},
	{"error removed", `{responses: {"200": {description: d}, "404": {description: e}}}`, `{responses: {"200": {description: d}}}`, false, false},
	{"one of two successes removed", `{responses: {"200": {description: d}, "202": {description: e}}}`, `{responses: {"200": {description: d}}}`, true, false},
	{"default removed", `{responses: {"200": {description: d}, default: {description: e}}}`, `{responses: {"200": {description: d}}}`, false, false},
	{"404 to the default with the same shape", `{responses: {"200": {description: d}, "404": {description: e, content: {application/json: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d}, default: {description: e, content: {application/json: {schema: {type: string}}}}}}`, false, false},
	{"404 to the default of another shape", `{responses: {"200": {description: d}, "404": {description: e, content: {application/json: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d}, default: {description: e, content: {application/json: {schema: {type: integer}}}}}}`, true, true},
	// media types
	{"versions of a media type", `{requestBody: {content: {"application/json;v=1": {schema: {type: string}}, "application/json;v=2": {schema: {type: integer}}}}}`, `{requestBody: {content: {"application/json;v=2": {schema: {type: integer}}}}}`, true, false},
	{"versions of a media type in a response", `{responses: {"200": {description: d, content: {"application/json;v=1": {schema: {type: string}}, "application/json;v=2": {schema: {type: integer}}}}}}`, `{responses: {"200": {description: d, content: {"application/json;v=2": {schema: {type: integer}}}}}}`, true, false},
	{"suffix", `{requestBody: {content: {application/json: {schema: {type: string}}}}}`, `{requestBody: {content: {application/vnd.a+json: {schema: {type: string}}}}}`, true, true},
	{"vendor type beside json", `{requestBody: {content: {application/json: {schema: {type: string}}}}}`, `{requestBody: {content: {application/json: {schema: {type: string}}, application/vnd.a+json: {schema: {type: string}}}}}`, false, true},
	{"range to one in a response", `{responses: {"200": {description: d, content: {"application/*": {schema: {type: string}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: string}}}}}}`, false, true},
	{"one to range in a response", `{responses: {"200": {description: d, content: {application/json: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d, content: {"*/*": {schema: {type: string}}}}}}`, true, false},
	{"order of media types", `{requestBody: {content: {application/json: {schema: {type: string}}, text/plain: {schema: {type: string}}}}}`, `{requestBody: {content: {text/plain: {schema: {type: string}}, application/json: {schema: {type: string}}}}}`, false, false},
	{"parameters of a media type in another order", `{requestBody: {content: {"text/x; a=1; b=2": {schema: {type: string}}}}}`, `{requestBody: {content: {"text/x;b=2;a=1": {schema: {type: string}}}}}`, false, false},
	{"xml beside json gone from a response", `{responses: {"200": {description: d, content: {application/json: {schema: {type: string}}, application/xml: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: string}}}}}}`, true, false},
	{"response without content got one", `{responses: {"200": {description: d}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: string}}}}}}`, false, true},
	{"media type without a schema", `{requestBody: {content: {application/json: {}}}}`, `{requestBody: {content: {application/json: {schema: {}}}}}`, false, false},
	{"media type got a schema in a request", `{requestBody: {content: {application/json: {}}}}`, `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, true, false},
	{"media type got a schema in a response", `{responses: {"200": {description: d, content: {application/json: {}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: object}}}}}}`, false, true},
	// parameters
	{"explode default of spaceDelimited", `{parameters: [{name: a, in: query, style: spaceDelimited, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: query, style: spaceDelimited, explode: false, schema: {type: array, items: {type: string}}}]}`, false, false},
	{"explode default of a header", `{parameters: [{name: a, in: header, schema: {type: object, properties: {b: {type: string}}}}]}`, `{parameters: [{name: a, in: header, style: simple, explode: false, schema: {type: object, properties: {b: {type: string}}}}]}`, false, false},
	{"explode default of a path", `paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, schema: {type: array, items: {type: string}}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, style: simple, explode: false, schema: {type: array, items: {type: string}}}], responses: {"200": {description: d}}}}}`, false, false},
	{"matrix path explode", `paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, style: matrix, schema: {type: array, items: {type: string}}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: string}}}], responses: {"200": {description: d}}}}}`, true, true},
	{"label path style", `paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, style: label, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, style: label, explode: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	{"allowReserved in a header says nothing", `{parameters: [{name: a, in: header, schema: {type: string}}]}`, `{parameters: [{name: a, in: header, allowReserved: true, schema: {type: string}}]}`, false, false},
	{"allowEmptyValue in a header says nothing", `{parameters: [{name: a, in: header, schema: {type: string}}]}`, `{parameters: [{name: a, in: header, allowEmptyValue: true, schema: {type: string}}]}`, false, false},
	{"cookie explode", `{parameters: [{name: a, in: cookie, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: cookie, explode: false, schema: {type: array, items: {type: string}}}]}`, true, true},
	{"content of a parameter with the same media type", `{parameters: [{name: a, in: query, content: {application/json: {schema: {type: object}}}}]}`, `{parameters: [{name: a, in: query, content: {"application/json; charset=utf-8": {schema: {type: object}}}}]}`, false, false},
	{"content of a parameter narrowed", `{parameters: [{name: a, in: query, content: {application/json: {schema: {type: object}}}}]}`, `{parameters: [{name: a, in: query, content: {application/json: {schema: {type: object, required: [x]}}}}]}`, true, false},
	{"header to cookie", `{parameters: [{name: a, in: header, schema: {type: string}}]}`, `{parameters: [{name: a, in: cookie, schema: {type: string}}]}`, true, true},
	{"query parameter renamed", `{parameters: [{name: a, in: query, schema: {type: string}}]}`, `{parameters: [{name: b, in: query, schema: {type: string}}]}`, false, false},
	{"required query parameter renamed", `{parameters: [{name: a, in: query, required: true, schema: {type: string}}]}`, `{parameters: [{name: b, in: query, required: true, schema: {type: string}}]}`, true, true},
	{"required parameter moved to the query", `{parameters: [{name: a, in: header, required: true, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, required: true, schema: {type: string}}]}`, true, true},
	{"items of a query list narrowed", `{parameters: [{name: a, in: query, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: query, schema: {type: array, items: {type: string, enum: [x]}}}]}`, true, false},
	{"number to integer in the query", `{parameters: [{name: a, in: query, schema: {type: number}}]}`, `{parameters: [{name: a, in: query, schema: {type: integer}}]}`, true, false},
	{"boolean to string in the query", `{parameters: [{name: a, in: query, schema: {type: boolean}}]}`, `{parameters: [{name: a, in: query, schema: {type: string}}]}`, false, true},
	{"boolean to a string enum in the query", `{parameters: [{name: a, in: query, schema: {type: boolean}}]}`, `{parameters: [{name: a, in: query, schema: {type: string, enum: ["true", "false"]}}]}`, false, false},
	{"integer enum to string enum in the query", `{parameters: [{name: a, in: query, schema: {type: integer, enum: [1, 2]}}]}`, `{parameters: [{name: a, in: query, schema: {type: string, enum: ["1", "2"]}}]}`, false, false},
	{"list to single value in the query", `{parameters: [{name: a, in: query, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: query, schema: {type: string}}]}`, true, false},
	{"minItems on a query list", `{parameters: [{name: a, in: query, schema: {type: array, items: {type: string}}}]}`, `{parameters: [{name: a, in: query, schema: {type: array, minItems: 2, items: {type: string}}}]}`, true, false},
	{"nullable of a query parameter", `{parameters: [{name: a, in: query, schema: {type: [string, "null"]}}]}`, `{parameters: [{name: a, in: query, schema: {type: string}}]}`, true, false},
	{"path item parameter overridden with another schema", `paths: {"/a/{x}": {parameters: [{name: x, in: path, required: true, schema: {type: string}}], get: {responses: {"200": {description: d}}}}}`, `paths: {"/a/{x}": {parameters: [{name: x, in: path, required: true, schema: {type: string}}], get: {parameters: [{name: x, in: path, required: true, schema: {type: integer}}], responses: {"200": {description: d}}}}}`, true, false},
	{"path item parameter required for all", `paths: {/a: {get: {responses: {"200": {description: d}}}, post: {responses: {"200": {description: d}}}}}`, `paths: {/a: {parameters: [{name: q, in: query, required: true, schema: {type: string}}], get: {responses: {"200": {description: d}}}, post: {responses: {"200": {description: d}}}}}`, true, false},
	{"same name in query and header", `{parameters: [{name: a, in: query, schema: {type: string}}, {name: a, in: header, schema: {type: string}}]}`, `{parameters: [{name: a, in: query, schema: {type: string}}]}`, false, false},
	// paths
	{"template names changed in two places", `paths: {"/a/{x}/b/{y}": {get: {parameters: [{name: x, in: path, required: true, schema: {type: string}}, {name: y, in: path, required: true, schema: {type: integer}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{p}/b/{q}": {get: {parameters: [{name: q, in: path, required: true, schema: {type: integer}}, {name: p, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	{"concrete beside template removed", `paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}, /a/me: {get: {responses: {"200": {description: d}}}}}`, `paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, true, false},
	{"part of a segment", `paths: {"/a/{x}.json": {get: {parameters: [{name: x, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `paths: {"/a/{y}.json": {get: {parameters: [{name: y, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	{"path item by reference", `paths: {/a: {$ref: "#/components/pathItems/P"}}
components: {pathItems: {P: {get: {responses: {"200": {description: d}}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"method added", `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}, post: {responses: {"200": {description: d}}}}}`, false, true},
	{"case of a path", `paths: {/Pets: {get: {responses: {"200": {description: d}}}}}`, `paths: {/pets: {get: {responses: {"200": {description: d}}}}}`, true, true},
	// readOnly, writeOnly
	{"readOnly property dropped from a request", `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string, readOnly: true}}, additionalProperties: false}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {}, additionalProperties: false}}}}}`, false, false},
	{"required and readOnly added to a request", `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string, readOnly: true}}}}}}}`, false, false},
	{"required property became readOnly in a request", `{requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string, readOnly: true}}}}}}}`, false, true},
	{"writeOnly required removed from a response", `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, required: [p], properties: {p: {type: string, writeOnly: true}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: object}}}}}}`, false, false},
	{"writeOnly through a reference", `paths: {/a: {get: {responses: {"200": {description: d, content: {application/json: {schema: {type: object, required: [p], properties: {p: {$ref: "#/components/schemas/W"}}}}}}}}}}
components: {schemas: {W: {type: string, writeOnly: true}}}`, `paths: {/a: {get: {responses: {"200": {description: d, content: {application/json: {schema: {type: object}}}}}}}}
components: {schemas: {W: {type: string, writeOnly: true}}}`, false, false},
	// encoding
	{"encoding headers", `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: image/png}}}}}}`, `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: image/png, headers: {X-A: {required: true, schema: {type: string}}}}}}}}}`, true, false},
	{"encoding content type of an object spelled out", `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: object}}}}}}}`, `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: object}}}, encoding: {f: {contentType: application/json}}}}}}`, false, false},
	{"encoding content type of a text spelled out", `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}}}}}`, `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: text/plain}}}}}}`, false, false},
	{"encoding content type in another case", `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: image/PNG}}}}}}`, `{requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: Image/png}}}}}}`, false, false},
	{"encoding in a JSON body says nothing", `{requestBody: {content: {application/json: {schema: {type: object, properties: {f: {type: string}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {contentType: image/png}}}}}}`, false, false},
	{"encoding style of a JSON part", `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {f: {type: string}}}}}}}`, `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {f: {type: string}}}, encoding: {f: {explode: false}}}}}}`, false, false},
	// headers
	{"header removed", `{responses: {"200": {description: d, headers: {X-A: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d}}}`, false, false},
	{"header in another case", `{responses: {"200": {description: d, headers: {X-A: {required: true, schema: {type: string}}}}}}`, `{responses: {"200": {description: d, headers: {x-a: {required: true, schema: {type: string}}}}}}`, false, false},
	{"type of a response header", `{responses: {"200": {description: d, headers: {X-A: {schema: {type: integer}}}}}}`, `{responses: {"200": {description: d, headers: {X-A: {schema: {type: string}}}}}}`, true, false},
	{"header schema to content", `{responses: {"200": {description: d, headers: {X-A: {schema: {type: string}}}}}}`, `{responses: {"200": {description: d, headers: {X-A: {content: {application/json: {schema: {type: string}}}}}}}}`, true, true},
	{"enum of a response header grew", `{responses: {"200": {description: d, headers: {X-A: {schema: {type: string, enum: [a]}}}}}}`, `{responses: {"200": {description: d, headers: {X-A: {schema: {type: string, enum: [a, b]}}}}}}`, false, false},
	// callbacks and webhooks
	{"webhook body got a required property", "webhooks: {w: {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}, responses: {\"200\": {description: d}}}}}", "webhooks: {w: {post: {requestBody: {content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}, responses: {\"200\": {description: d}}}}}", false, true},
	{"webhook sends one more parameter", "webhooks: {w: {post: {responses: {\"200\": {description: d}}}}}", "webhooks: {w: {post: {parameters: [{name: a, in: header, required: true, schema: {type: string}}], responses: {\"200\": {description: d}}}}}", false, true},
	{"webhook takes one more answer", "webhooks: {w: {post: {responses: {\"200\": {description: d}}}}}", "webhooks: {w: {post: {responses: {\"200\": {description: d}, \"410\": {description: d}}}}}", false, true},
	{"webhook answer narrowed", "webhooks: {w: {post: {responses: {\"200\": {description: d, content: {application/json: {schema: {type: object}}}}}}}}", "webhooks: {w: {post: {responses: {\"200\": {description: d, content: {application/json: {schema: {type: object, required: [ack]}}}}}}}}", true, false},
	{"callback by reference", `paths: {/a: {post: {callbacks: {c: {$ref: "#/components/callbacks/C"}}, responses: {"200": {description: d}}}}}
components: {callbacks: {C: {"{$request.body#/u}": {post: {responses: {"200": {description: d}}}}}}}`, `paths: {/a: {post: {callbacks: {c: {"{$request.body#/u}": {post: {responses: {"200": {description: d}}}}}}, responses: {"200": {description: d}}}}}`, false, false},
	{"callback renamed", `{callbacks: {c: {"{$request.body#/u}": {post: {responses: {"200": {description: d}}}}}}}`, `{callbacks: {d: {"{$request.body#/u}": {post: {responses: {"200": {description: d}}}}}}}`, false, false},
	{"callback gained a method", `{callbacks: {c: {"{$request.body#/u}": {post: {responses: {"200": {description: d}}}}}}}`, `{callbacks: {c: {"{$request.body#/u}": {post: {responses: {"200": {description: d}}}, put: {responses: {"200": {description: d}}}}}}}`, false, true},
	{"callback enum grew", `{callbacks: {c: {"{$request.body#/u}": {post: {requestBody: {content: {application/json: {schema: {type: string, enum: [a]}}}}, responses: {"200": {description: d}}}}}}}`, `{callbacks: {c: {"{$request.body#/u}": {post: {requestBody: {content: {application/json: {schema: {type: string, enum: [a, b]}}}}, responses: {"200": {description: d}}}}}}}`, false, false},
	// security
	{"and to or", `{security: [{k: [], o: []}]}`, `{security: [{k: []}, {o: []}]}`, false, true},
	{"fewer scopes", `{security: [{o: [r, w]}]}`, `{security: [{o: [r]}]}`, false, true},
	{"other scope", `{security: [{o: [r]}]}`, `{security: [{o: [w]}]}`, true, true},
	{"optional with scopes", `{security: [{o: [r]}, {}]}`, `{security: [{o: [w]}, {}]}`, false, false},
	{"global optional written out", `paths: {/a: {get: {responses: {"200": {description: d}}}}}
security: [{}]`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"global security overridden by its own", `paths: {/a: {get: {responses: {"200": {description: d}}}}}
security: [{k: []}]`, `paths: {/a: {get: {security: [{o: [r]}], responses: {"200": {description: d}}}}}
security: [{k: []}]`, true, true},
	{"global security added", `paths: {/a: {get: {responses: {"200": {description: d}}}}, /b: {get: {security: [], responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}, /b: {get: {security: [], responses: {"200": {description: d}}}}}
security: [{k: []}]`, true, false},
	{"global security added but switched off everywhere", `paths: {/b: {get: {security: [], responses: {"200": {description: d}}}}}`, `paths: {/b: {get: {security: [], responses: {"200": {description: d}}}}}
security: [{k: []}]`, false, false},
	{"bearer to basic", `paths: {/a: {get: {security: [{s: []}], responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: http, scheme: bearer}}}`, `paths: {/a: {get: {security: [{s: []}], responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: http, scheme: basic}}}`, true, true},
	{"case of a scheme", `paths: {/a: {get: {security: [{s: []}], responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: http, scheme: bearer}}}`, `paths: {/a: {get: {security: [{s: []}], responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: http, scheme: Bearer}}}`, false, false},
	{"scheme that nobody uses changed", `paths: {/a: {get: {responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: http, scheme: bearer}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: http, scheme: basic}}}`, false, false},
	{"api key got another name", `paths: {/a: {get: {security: [{s: []}], responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: apiKey, in: query, name: a}}}`, `paths: {/a: {get: {security: [{s: []}], responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: apiKey, in: query, name: A}}}`, true, true},
	{"api key header in another case", `paths: {/a: {get: {security: [{s: []}], responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: apiKey, in: header, name: X-Key}}}`, `paths: {/a: {get: {security: [{s: []}], responses: {"200": {description: d}}}}}
components: {securitySchemes: {s: {type: apiKey, in: header, name: x-key}}}`, false, false},
	// servers
	{"server added", `servers: [{url: "https://a.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example"}, {url: "https://b.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, true},
	{"order of servers", `servers: [{url: "https://a.example"}, {url: "https://b.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://b.example"}, {url: "https://a.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"base path moved into the paths with templates", `servers: [{url: "https://a.example/v1"}]
paths: {"/a/{x}": {get: {parameters: [{name: x, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example/"}]
paths: {"/v1/a/{y}": {get: {parameters: [{name: y, in: path, required: true, schema: {type: string}}], responses: {"200": {description: d}}}}}`, false, false},
	{"server variable renamed", `servers: [{url: "https://{r}.example", variables: {r: {default: eu}}}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://{s}.example", variables: {s: {default: eu}}}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"server variable in the path renamed", `servers: [{url: "https://a.example/{v}", variables: {v: {default: v1}}}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example/{w}", variables: {w: {default: v1}}}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"operation server overrides", `servers: [{url: "https://a.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example"}]
paths: {/a: {get: {servers: [{url: "https://b.example"}], responses: {"200": {description: d}}}}}`, true, true},
	{"http to https", `servers: [{url: "http://a.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example"}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, true, true},
	{"server description", `servers: [{url: "https://a.example", description: x}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, `servers: [{url: "https://a.example", description: y}]
paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	// links, defaults
	{"link removed", `{responses: {"200": {description: d, links: {l: {operationId: a}}}}}`, `{responses: {"200": {description: d}}}`, false, false},
	{"default of a body property changed", `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string, default: x}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string, default: y}}}}}}}`, false, false},
	{"default removed with required added", `{parameters: [{name: a, in: query, schema: {type: string, default: x}}]}`, `{parameters: [{name: a, in: query, required: true, schema: {type: string}}]}`, true, false},
	// lifecycle
	{"deprecated operation removed without a sunset", `paths: {/a: {get: {responses: {"200": {description: d}}}}, /b: {get: {deprecated: true, responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, false, false},
	{"stable operation removed with a sunset but not deprecated", `paths: {/a: {get: {responses: {"200": {description: d}}}}, /b: {get: {x-sunset: "2020-01-01", responses: {"200": {description: d}}}}}`, `paths: {/a: {get: {responses: {"200": {description: d}}}}}`, true, false},
	{"body property removed after sunset", `{requestBody: {content: {application/json: {schema: {type: object, additionalProperties: false, properties: {b: {type: string}, a: {type: string, deprecated: true, x-sunset: "2020-01-01"}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, additionalProperties: false, properties: {b: {type: string}}}}}}}`, false, false},
	// discriminator
	{"mapping target changed", `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A", b: "#/components/schemas/B"}}}}}}}`, `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/B", b: "#/components/schemas/A"}}}}}}}`, true, true},
	{"mapping grew in a request", `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A", b: "#/components/schemas/B"}}}}}}}`, `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A", b: "#/components/schemas/B", c: "#/components/schemas/B"}}}}}}}`, false, true},
	{"alternative with its mapping removed from a response", `{responses: {"200": {description: d, content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A", b: "#/components/schemas/B"}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}], discriminator: {propertyName: k, mapping: {a: "#/components/schemas/A"}}}}}}}}`, false, true},
	{"discriminator added to alternatives", `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}]}}}}}`, `{requestBody: {content: {application/json: {schema: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: k}}}}}}`, false, false},
}
