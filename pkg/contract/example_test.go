package contract_test

import (
	"context"
	"fmt"

	"github.com/romel/govctl/pkg/contract"
)

func ExampleParse() {
	doc, err := contract.Parse(context.Background(), "pets.yaml", []byte(`
openapi: 3.1.0
info: {title: Pets, version: 1.2.0}
paths:
  /pets/{id}:
    get:
      parameters:
        - {name: id, in: path, required: true, schema: {$ref: '#/components/schemas/ID'}}
      responses: {"200": {description: a pet}}
components:
  schemas:
    ID: {type: integer, minimum: 1}
`), contract.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	schema := doc.Root().Find("/paths/~1pets~1{id}/get/parameters/0/schema")
	target := doc.Deref(schema)
	fmt.Println(target.Get("type").Text(), "at line", target.Place().Line)
	// Output: integer at line 12
}

func ExampleParse_error() {
	_, err := contract.Parse(context.Background(), "pets.yaml", []byte("openapi: 3.1.0\ninfo: [a, list]\npaths: {}\n"), contract.Options{})
	fmt.Println(err)
	// Output: pets.yaml:2:7: "info" must be an object, not an array
}

func ExampleDocument_Schemas() {
	doc, err := contract.Parse(context.Background(), "pets.yaml", []byte(`
openapi: 3.1.0
info: {title: Pets, version: 1.2.0}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string}}}
`), contract.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for schema := range doc.Schemas() {
		fmt.Println(schema.Pointer())
	}
	// Output:
	// /components/schemas/Pet
	// /components/schemas/Pet/properties/name
}
