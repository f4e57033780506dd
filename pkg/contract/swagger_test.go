package contract

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
)

const swaggerText = `swagger: "2.0"
info: {title: Pets, version: "1"}
host: api.example.com
basePath: /v1
schemes: [https, http]
consumes: [application/json]
produces: [application/json]
securityDefinitions:
  basic: {type: basic}
  key: {type: apiKey, in: header, name: X-Key}
  oauth: {type: oauth2, flow: accessCode, authorizationUrl: https://a, tokenUrl: https://t, scopes: {read: Read}}
parameters:
  limit: {name: limit, in: query, type: integer, maximum: 100, x-a: 1}
  pet: {name: pet, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}
responses:
  Missing: {description: gone}
paths:
  /pets:
    parameters: [{$ref: '#/parameters/limit'}]
    get:
      operationId: list
      parameters:
      - {name: tags, in: query, type: array, items: {type: string}, collectionFormat: multi}
      - {name: ids, in: query, type: array, items: {type: integer}}
      responses:
        200: {description: ok, schema: {type: array, items: {$ref: '#/definitions/Pet'}}, headers: {X-Rate: {type: integer, description: left}}}
        404: {$ref: '#/responses/Missing'}
    post:
      security: [{oauth: [read]}]
      parameters: [{$ref: '#/parameters/pet'}]
      responses: {201: {description: created}}
  /pets/{id}/photo:
    post:
      consumes: [multipart/form-data]
      produces: [image/png]
      parameters:
      - {name: id, in: path, required: true, type: string, format: uuid}
      - {name: file, in: formData, type: file, required: true}
      - {name: note, in: formData, type: string, maxLength: 10}
      responses: {200: {description: image, schema: {type: file}}}
definitions:
  Pet:
    type: object
    discriminator: kind
    required: [kind]
    properties:
      kind: {type: string}
      owner: {$ref: '#/definitions/Owner'}
      age: {type: integer, x-nullable: true, example: 12345678901234567890}
  Owner: {allOf: [{type: object}], example: {$ref: '#/definitions/Pet'}}
`

const swaggerConverted = `{
  "openapi": "3.0.3", "info": {"title": "Pets", "version": "1"},
  "servers": [{"url": "https://api.example.com/v1"}, {"url": "http://api.example.com/v1"}],
  "components": {
    "parameters": {"limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}, "x-a": 1}},
    "requestBodies": {"pet": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}},
    "responses": {"Missing": {"description": "gone"}},
    "schemas": {
      "Owner": {"allOf": [{"type": "object"}], "example": {"$ref": "#/definitions/Pet"}},
      "Pet": {"type": "object", "discriminator": {"propertyName": "kind"}, "required": ["kind"], "properties": {"kind": {"type": "string"},
        "owner": {"$ref": "#/components/schemas/Owner"}, "age": {"type": "integer", "nullable": true, "example": 12345678901234567890}}}
    },
    "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}, "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
      "oauth": {"type": "oauth2", "flows": {"authorizationCode": {"authorizationUrl": "https://a", "tokenUrl": "https://t", "scopes": {"read": "Read"}}}}}
  },
  "paths": {
    "/pets": {
      "parameters": [{"$ref": "#/components/parameters/limit"}],
      "get": {"operationId": "list",
        "parameters": [{"name": "tags", "in": "query", "style": "form", "explode": true, "schema": {"type": "array", "items": {"type": "string"}}},
          {"name": "ids", "in": "query", "style": "form", "explode": false, "schema": {"type": "array", "items": {"type": "integer"}}}],
        "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}},
          "headers": {"X-Rate": {"description": "left", "schema": {"type": "integer"}}}}, "404": {"$ref": "#/components/responses/Missing"}}},
      "post": {"security": [{"oauth": ["read"]}], "parameters": [], "requestBody": {"$ref": "#/components/requestBodies/pet"}, "responses": {"201": {"description": "created"}}}
    },
    "/pets/{id}/photo": {"post": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}],
      "requestBody": {"required": true, "content": {"multipart/form-data": {"schema": {"type": "object", "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}, "note": {"type": "string", "maxLength": 10}}}}}},
      "responses": {"200": {"description": "image", "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}}}}
  }
}`

func TestSwagger(t *testing.T) {
	d := parseTest(t, "swagger.yaml", swaggerText)
	want := parseTest(t, "want.json", swaggerConverted)
	if d.SHA256() != want.SHA256() {
		t.Errorf("got\n%s", d.Canonical())
	}
	if !d.Converted() || want.Converted() || d.OpenAPI() != "3.0.3" {
		t.Errorf("converted %v, version %s", d.Converted(), d.OpenAPI())
	}
	// What was written in the original keeps its place.
	age := d.Root().Find("/components/schemas/Pet/properties/age")
	if p := age.KeyPlace(); p.Line != 49 || p.Column != 7 {
		t.Errorf("age stands at %+v", p)
	}
	if p := d.Root().Find("/paths/~1pets~1{id}~1photo/post/requestBody").Place(); p.Line != 38 {
		t.Errorf("the request body stands at %+v", p)
	}
}

// kin-openapi's conversion, an independent one, says the same, but for what it adds, loses or orders otherwise.
func TestSwaggerAgainstKin(t *testing.T) {
	original := parseTest(t, "x.yaml", strings.Replace(swaggerText, ", example: 12345678901234567890", "", 1)) // kin rounds large numbers
	var doc openapi2.T
	tr, bad := parseFile("x.yaml", "", []byte(strings.Replace(swaggerText, ", example: 12345678901234567890", "", 1)), Options{})
	if bad != nil {
		t.Fatal(bad)
	}
	if err := json.Unmarshal(Node{tr, 0}.AppendJSON(nil), &doc); err != nil {
		t.Fatal(err)
	}
	converted, err := openapi2conv.ToV3(&doc)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(converted)
	if err != nil {
		t.Fatal(err)
	}
	kin := parseTest(t, "kin.json", string(text))
	for _, pointer := range []string{"/info", "/servers", "/paths/~1pets/get/responses/404", "/paths/~1pets/post/responses", "/paths/~1pets/post/security",
		"/paths/~1pets/parameters", "/paths/~1pets~1{id}~1photo/post/parameters", "/components/schemas", "/components/securitySchemes/key", "/components/securitySchemes/basic"} {
		ours, theirs := original.Root().Find(pointer), kin.Root().Find(pointer)
		if ours.Hash() != theirs.Hash() {
			t.Errorf("%s\nours %s\nkin  %s", pointer, ours.AppendJSON(nil), theirs.AppendJSON(nil))
		}
	}
}

func TestSwaggerThatIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"paths: []":                                   `x.yaml:2:8: "paths" must be an object, not an array`,
		"paths: {/a: {get: {responses: 3}}}":          `x.yaml:2:31: "responses" must be an object`,
		"paths: {/a: {get: {parameters: x}}}":         `x.yaml:2:32: "parameters" must be an array`,
		"definitions: {A: {$ref: 'b.yaml'}}":          "x.yaml:2:25: a Swagger 2.0 description of several files cannot be converted",
		"definitions: {A: {$ref: '#/definitions/B'}}": `x.yaml:2:25: $ref "#/components/schemas/B" does not resolve`,
		"paths: {/a: {get: {parameters: [{name: a, in: query, type: array, collectionFormat: tsv}]}}}":                  "x.yaml:2:85: collectionFormat tsv has no equivalent",
		"paths: {/a: {get: {parameters: [{name: a, in: formData, type: string}, {name: b, in: body, schema: {}}]}}}":    "a body and form fields at the same time",
		"paths: {/a: {get: {parameters: [{name: a, in: path, type: array, collectionFormat: pipes, required: true}]}}}": "has no equivalent in OpenAPI 3 for a path parameter",
	} {
		_, err := Parse(context.Background(), "x.yaml", []byte("swagger: '2.0'\n"+text+"\n"), Options{ConvertSwagger: true})
		var bad *Error
		if !errors.As(err, &bad) || !strings.Contains(bad.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
