package apidiff_test

import (
	"context"
	"fmt"

	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
)

func ExampleCompare() {
	const text = `
openapi: 3.1.0
info: {title: Pets, version: 1.0.0}
paths:
  /pets:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: %d}}
      responses: {"200": {description: all pets}}
`
	ctx := context.Background()
	var versions [2]*contract.Document
	for i, maximum := range []int{100, 50} {
		doc, err := contract.Parse(ctx, "pets.yaml", fmt.Appendf(nil, text, maximum), contract.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		versions[i] = doc
	}
	diff := apidiff.Compare(ctx, versions[0], versions[1], apidiff.Options{}).Diff
	fmt.Println(diff.Headline)
	for _, f := range diff.Changes {
		fmt.Println(f.Rule, "-", f.Message)
		fmt.Println(f.Witness.Curl)
	}
	// Output:
	// 1 breaking change in 1 root cause, 1 operation; major version required
	// request-property-maximum-lowered - query parameter `limit` of GET /pets had its maximum lowered from 100 to 50
	// curl -X GET 'https://api.example.com/pets?limit=51'
}
