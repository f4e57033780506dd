package report_test

import (
	"fmt"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/pkg/report"
)

func operationsUpTo(n int) []report.Operation {
	var list []report.Operation
	for i := range n {
		list = append(list, report.Operation{Method: "GET", Path: fmt.Sprintf("/%d", i)})
	}
	return list
}

// TestLongListsOfOperationsAreWrittenOnce: every reader gets all operations back, and the file has them once.
func TestLongListsOfOperationsAreWrittenOnce(t *testing.T) {
	shared := operationsUpTo(400)
	d := report.Diff{Changes: []report.Finding{
		{Rule: "a", Operations: shared}, {Rule: "b", Operations: shared}, {Rule: "c", Operations: operationsUpTo(20)}, {Rule: "d", Operations: operationsUpTo(21)},
		{Rule: "e", Operations: operationsUpTo(400)}, {Rule: "f", Operations: shared[:30]}, {Rule: "g"},
	}}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Changes []struct {
			Operations []report.Operation `json:"operations"`
			Set        string             `json:"operation_set"`
		} `json:"changes"`
		Sets map[string][]report.Operation `json:"operation_sets"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Sets) != 3 {
		t.Errorf("%d lists are defined, want 3", len(file.Sets))
	}
	for i, f := range d.Changes {
		got := file.Changes[i]
		if len(got.Operations) != min(20, len(f.Operations)) || (got.Set != "") != (len(f.Operations) > 20) {
			t.Errorf("%s: %d operations beside the set %q", f.Rule, len(got.Operations), got.Set)
		}
		if got.Set != "" && !cmp.Equal(file.Sets[got.Set], f.Operations) {
			t.Errorf("%s: the set is another", f.Rule)
		}
	}
	var back report.Diff
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d.Changes, back.Changes); diff != "" {
		t.Errorf("what was read differs (-written +read):\n%s", diff)
	}
	if back.OperationSets != nil || len(d.Changes[0].Operations) != 400 || d.Changes[0].OperationSet != "" {
		t.Error("writing changed the diff")
	}
	if err := json.Unmarshal([]byte(`{"changes":[{"id":"a","operations":[{"method":"GET","path":"/a"}],"operation_set":"unknown"}]}`), &back); err != nil || len(back.Changes[0].Operations) != 1 {
		t.Errorf("a set that is not there: %v, %v", back.Changes, err)
	}
}
