package apidiff

import "strings"

// messageAnswers are pairs whose verdict was once wrong.
var messageAnswers = []messageCase{
	// the schema false forbids what was accepted
	{"a property becomes false", `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: false}}}}}}`, true, false},
	{"a property that was not listed is false", `{requestBody: {content: {application/json: {schema: {type: object, properties: {b: {type: string}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: false, b: {type: string}}}}}}}`, true, false},
	{"a property is false in a component", `paths: {/t: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Q"}}}}, responses: {"204": {description: d}}}}}
components: {schemas: {Q: {type: object, properties: {b: {type: string}}}}}`, `paths: {/t: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Q"}}}}, responses: {"204": {description: d}}}}}
components: {schemas: {Q: {type: object, properties: {b: {type: string}, a: false}}}}`, true, false},
	{"a property that accepts nothing by another spelling", `{requestBody: {content: {application/json: {schema: {type: object}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {not: {}}}}}}}}`, true, false},
	{"a property is false in a part of allOf", `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}}`, `{requestBody: {content: {application/json: {schema: {allOf: [{type: object, properties: {a: {type: string}}}, {properties: {a: false}}]}}}}}`, true, false},
	{"a property is false where all others are forbidden, too", `{requestBody: {content: {application/json: {schema: {type: object, properties: {b: {type: string}}, additionalProperties: false}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: false, b: {type: string}}, additionalProperties: false}}}}}`, false, false},
	{"a property is false where the others have a schema", `{requestBody: {content: {application/json: {schema: {type: object, additionalProperties: {type: string}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: false}, additionalProperties: {type: string}}}}}}`, true, false},
	{"a property of an object in the query is false", `{parameters: [{name: q, in: query, style: deepObject, explode: true, schema: {type: object, properties: {b: {type: string}}}}]}`, `{parameters: [{name: q, in: query, style: deepObject, explode: true, schema: {type: object, properties: {a: false, b: {type: string}}}}]}`, true, false},
	{"a parameter becomes false", `{parameters: [{name: q, in: query, schema: {type: string}}]}`, `{parameters: [{name: q, in: query, schema: false}]}`, true, false},
	{"a property without a schema becomes false", `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: {}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {a: false}}}}}}`, true, false},
	{"a property of a nested object is false", `{requestBody: {content: {application/json: {schema: {type: object, properties: {o: {type: array, items: {type: object}}}}}}}}`, `{requestBody: {content: {application/json: {schema: {type: object, properties: {o: {type: array, items: {type: object, properties: {a: false}}}}}}}}}`, true, false},
	{"a property of a response is false", `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, properties: {b: {type: string}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, properties: {a: false, b: {type: string}}}}}}}}`, false, false},
	{"an optional property of a response becomes false", `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {type: object, properties: {a: false}}}}}}}`, false, true},
	// the name of a schema is the value of the discriminator
	{"a schema under a discriminator is renamed in a request", discriminated("request", "Cat", ""), discriminated("request", "Kitty", ""), true, true},
	{"a schema under a discriminator is renamed in a response", discriminated("response", "Cat", ""), discriminated("response", "Kitty", ""), true, true},
	{"a renamed schema keeps its value by a mapping in a request", discriminated("request", "Cat", ""), discriminated("request", "Kitty", ", mapping: {Cat: '#/components/schemas/Kitty'}"), false, false},
	{"a renamed schema keeps its value by a mapping in a response", discriminated("response", "Cat", ""), discriminated("response", "Kitty", ", mapping: {Cat: '#/components/schemas/Kitty'}"), false, false},
	{"a renamed schema keeps its value by a mapping to a name", discriminated("response", "Cat", ""), discriminated("response", "Kitty", ", mapping: {Cat: Kitty, Dog: Dog}"), false, false},
	{"a schema with a value of its own is renamed", discriminated("request", "Cat", ", mapping: {c: '#/components/schemas/Cat'}"), discriminated("request", "Kitty", ", mapping: {c: '#/components/schemas/Kitty'}"), false, false},
	{"a mapping of another schema does not keep the name", discriminated("request", "Cat", ", mapping: {d: '#/components/schemas/Dog'}"), discriminated("request", "Kitty", ", mapping: {d: '#/components/schemas/Dog'}"), true, true},
	{"a schema without a discriminator is renamed", strings.ReplaceAll(discriminated("request", "Cat", ""), "discriminator:", "x-note:"), strings.ReplaceAll(discriminated("request", "Kitty", ""), "discriminator:", "x-note:"), false, false},
	{"a child of a schema with a discriminator is renamed in a request", inherited("request", "Cat", ""), inherited("request", "Kitty", ""), true, true},
	{"a child of a schema with a discriminator is renamed in a response", inherited("response", "Cat", ""), inherited("response", "Kitty", ""), true, true},
	{"a renamed child keeps its value by a mapping", inherited("request", "Cat", ""), inherited("request", "Kitty", ", mapping: {Cat: '#/components/schemas/Kitty'}"), false, false},
	// one text is a list of one item, which the items must accept
	{"text to a list of a pattern", query("form", `{type: string}`), query("form", `{type: array, items: {type: string, pattern: "^[a-z]+$"}}`), true, true},
	{"text to a list of short texts", query("form", `{type: string}`), query("form", `{type: array, items: {type: string, maxLength: 2}}`), true, true},
	{"text to a list of values", query("form", `{type: string}`), query("form", `{type: array, items: {type: string, enum: [a, b]}}`), true, true},
	{"text to a list of dates", query("form", `{type: string}`), query("form", `{type: array, items: {type: string, format: date}}`), true, true},
	{"text to a list of integers", query("form", `{type: string}`), query("form", `{type: array, items: {type: integer}}`), true, true},
	{"text to a list of texts", query("form", `{type: string}`), query("form", `{type: array, items: {type: string}}`), false, true},
	{"text to a list of anything", query("form", `{type: string}`), query("form", `{type: array}`), false, true},
	{"short text to a list of longer ones", query("form", `{type: string, maxLength: 2}`), query("form", `{type: array, items: {type: string, maxLength: 5}}`), false, true},
	{"integer to a list of integers", query("form", `{type: integer}`), query("form", `{type: array, items: {type: integer}}`), false, true},
	{"integer to a list of texts", query("form", `{type: integer}`), query("form", `{type: array, items: {type: string}}`), false, true},
	{"integer to a list of a pattern", query("form", `{type: integer}`), query("form", `{type: array, items: {type: string, pattern: "^[a-z]+$"}}`), true, true},
	{"text in a header to a list of texts", `{parameters: [{name: q, in: header, schema: {type: string}}]}`, `{parameters: [{name: q, in: header, schema: {type: array, items: {type: string}}}]}`, true, true},
	{"text in a header to a list of a pattern", `{parameters: [{name: q, in: header, schema: {type: string}}]}`, `{parameters: [{name: q, in: header, schema: {type: array, items: {type: string, pattern: "^[a-z]+$"}}}]}`, true, true},
	{"text in a form to a list of a pattern", `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}}}}}}}`, `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: array, items: {type: string, pattern: "^[a-z]+$"}}}}}}}}`, true, true},
	{"text in a form to a list of texts", `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}}}}}}}`, `{requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: array, items: {type: string}}}}}}}}`, true, true},
	{"text to a list whose items are constrained by alternatives", query("form", `{type: string}`), query("form", `{type: array, items: {anyOf: [{type: string, maxLength: 1}, {type: integer}]}}`), true, true},
	{"text or nothing to a list of a pattern", query("form", `{type: [string, 'null']}`), query("form", `{type: array, items: {type: string, pattern: "^[a-z]+$"}}`), true, true},
	{"text to a text or a list of a pattern", query("form", `{type: string}`), query("form", `{type: [string, array], items: {type: string, pattern: "^[a-z]+$"}}`), false, true},
	{"values to a list of the same values", query("form", `{type: string, enum: [a, b]}`), query("form", `{type: array, items: {type: string, enum: [a, b, c]}}`), false, true},
	{"text to a list with a value among its items", query("form", `{type: string}`), query("form", `{type: array, items: {type: string}, contains: {const: a}}`), true, true},
	// who lists properties means an object, who says what items are an array: in a parameter, a property and an alternative, too
	{"the forgotten type of a body", body(`{properties: {a: {type: string}}}`), body(`{type: object, properties: {a: {type: string}}}`), false, false},
	{"the forgotten type of a property", body(`{type: object, properties: {o: {required: [a]}}}`), body(`{type: object, properties: {o: {type: object, required: [a]}}}`), false, false},
	{"the forgotten type of a list in a property", body(`{type: object, properties: {o: {items: {type: string}}}}`), body(`{type: object, properties: {o: {type: array, items: {type: string}}}}`), false, false},
	{"the forgotten type of a parameter", query("form", `{items: {type: string}}`), query("form", `{type: array, items: {type: string}}`), false, false},
	{"the forgotten type of an object in the query", query("deepObject", `{properties: {a: {type: string}}}`), query("deepObject", `{type: object, properties: {a: {type: string}}}`), false, false},
	{"the forgotten type of an alternative", body(`{oneOf: [{properties: {a: {type: string}}, required: [a]}, {properties: {b: {type: string}}, required: [b]}]}`), body(`{oneOf: [{type: object, properties: {a: {type: string}}, required: [a]}, {type: object, properties: {b: {type: string}}, required: [b]}]}`), false, false},
	{"a type that was not forgotten", body(`{}`), body(`{type: object}`), true, false},
	{"a type beside a limit of texts", body(`{minLength: 1, properties: {a: {type: string}}}`), body(`{type: object, properties: {a: {type: string}}}`), true, false},
	{"an alternative without a type is narrowed", body(`{anyOf: [{properties: {a: {type: string}}}, {type: string}]}`), body(`{anyOf: [{properties: {a: {type: string, maxLength: 3}}}, {type: string}]}`), true, false},
	{"a list without a type is narrowed in an alternative", body(`{anyOf: [{items: {type: string}}, {type: string}]}`), body(`{anyOf: [{items: {type: string, maxLength: 3}}, {type: string}]}`), true, false},
	{"an alternative beside one without a type is gone", body(`{oneOf: [{properties: {a: {type: string}}}, {type: string}, {type: integer}]}`), body(`{oneOf: [{properties: {a: {type: string}}}, {type: string}]}`), true, false},
	{"an alternative without a type is gone from a response", `{responses: {"200": {description: d, content: {application/json: {schema: {anyOf: [{properties: {a: {type: string}}}, {type: string}]}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {anyOf: [{type: string}]}}}}}}`, false, true},
	{"one of two properties must be there", body(`{type: object, anyOf: [{required: [a]}, {required: [b]}]}`), body(`{anyOf: [{type: object, required: [a]}, {type: object, required: [b]}]}`), false, false},
	{"one of two properties must be there, and the other not", body(`{type: object, properties: {a: {}, b: {}}}`), body(`{type: object, properties: {a: {}, b: {}}, oneOf: [{required: [a]}, {required: [b]}]}`), true, false},
	// without alternatives nothing is valid, and nothing was refused that was accepted
	{"alternatives of a request come", body(`{oneOf: []}`), body(`{oneOf: [{type: string}, {type: integer}]}`), false, true},
	{"alternatives of a response come", `{responses: {"200": {description: d, content: {application/json: {schema: {anyOf: []}}}}}}`, `{responses: {"200": {description: d, content: {application/json: {schema: {anyOf: [{type: string}, {type: integer}]}}}}}}`, true, false},
	{"text to a list of two", query("form", `{type: string}`), query("form", `{type: array, minItems: 2, items: {type: string}}`), true, true},
}

// body is an operation with a request body.
func body(schema string) string {
	return `{requestBody: {content: {application/json: {schema: ` + schema + `}}}}`
}

// query is an operation with a parameter.
func query(style, schema string) string {
	return `{parameters: [{name: q, in: query, style: ` + style + `, schema: ` + schema + `}]}`
}

// discriminated is a contract with alternatives that are told apart by their names.
func discriminated(side, name, mapping string) string {
	return use(side, `{oneOf: [{$ref: "#/components/schemas/`+name+`"}, {$ref: "#/components/schemas/Dog"}], discriminator: {propertyName: kind`+mapping+`}}`) + `
components:
  schemas:
    ` + name + `: {type: object, required: [kind, claws], properties: {kind: {type: string}, claws: {type: integer}}}
    Dog: {type: object, required: [kind, barks], properties: {kind: {type: string}, barks: {type: boolean}}}`
}

// inherited is a contract with a schema whose children are told apart by their names.
func inherited(side, name, mapping string) string {
	return use(side, `{$ref: "#/components/schemas/Pet"}`) + `
components:
  schemas:
    Pet: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind` + mapping + `}}
    ` + name + `: {allOf: [{$ref: "#/components/schemas/Pet"}, {type: object, properties: {claws: {type: integer}}}]}
    Dog: {allOf: [{$ref: "#/components/schemas/Pet"}, {type: object, properties: {barks: {type: boolean}}}]}`
}

func use(side, schema string) string {
	if side == "request" {
		return `paths: {/t: {post: {requestBody: {content: {application/json: {schema: ` + schema + `}}}, responses: {"204": {description: d}}}}}`
	}
	return `paths: {/t: {get: {responses: {"200": {description: d, content: {application/json: {schema: ` + schema + `}}}}}}}`
}
