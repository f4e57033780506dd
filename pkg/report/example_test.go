package report_test

import (
	"encoding/json"
	"fmt"

	"github.com/romel/govctl/pkg/report"
)

// A status/openapi-diff.json of `govctl run`, read by a release tool.
func ExampleDiff() {
	const text = `{
	  "schema": "govctl/openapi-diff/v1",
	  "required_bump": "major",
	  "totals": {"breaking": 1, "changes": 3},
	  "changes": [
	    {"id": "operation-removed", "level": "error", "breaking": true, "message": "GET /pets was removed",
	     "old": {"file": "openapi.yaml", "line": 12, "column": 5, "pointer": "/paths/~1pets/get"}}
	  ]
	}`
	var diff report.Diff
	if err := json.Unmarshal([]byte(text), &diff); err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range diff.Changes {
		if f.Breaking {
			fmt.Printf("%s:%d %s\n", f.Old.File, f.Old.Line, f.Message)
		}
	}
	fmt.Println("required:", diff.Bump)
	// Output:
	// openapi.yaml:12 GET /pets was removed
	// required: major
}
