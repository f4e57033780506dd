package apidiff

import (
	"fmt"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// TestStampsOfAnExport: when and as what a document was exported is no change of the contract, while other extensions are.
func TestStampsOfAnExport(t *testing.T) {
	parse := func(stamp string) *contract.Document {
		text := fmt.Sprintf(`{"openapi":"3.0.3","info":{"title":"t","version":"1.0.0",%s},"paths":{},%[1]s}`, stamp)
		doc, err := contract.Parse(t.Context(), "c.json", []byte(text), contract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	old := parse(`"x-generated-at":"2025-09-16T00:00:00Z","x-governance-version":"2025.09.16+def5678","x-owner":"a"`)
	for stamp, want := range map[string]int{
		`"x-generated-at":"2025-09-17T00:00:00Z","x-governance-version":"2025.09.17+abc1234","x-owner":"a"`: 0,
		`"x-owner":"a"`: 0,
		`"x-generated-at":"2025-09-17T00:00:00Z","x-owner":"b"`: 2, // in info, and at the top
	} {
		if d := Compare(t.Context(), old, parse(stamp), Options{Now: testNow}).Diff; d.Totals.Changes != want {
			t.Errorf("%s: %d changes, want %d: %+v", stamp, d.Totals.Changes, want, d.Changes)
		}
	}
}
