package apidiff

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/rules"
)

// TestPlaceOfRemovals: what was removed is shown where it stood, and still has a place on the new side for what can point
// nowhere else.
func TestPlaceOfRemovals(t *testing.T) {
	for _, r := range rules.All() {
		if r.Op != rules.Removed || r.Kind() != "removed" {
			continue
		}
		old, new := ruleCase(t, r.ID)
		for _, f := range Compare(context.Background(), old, new, caseOptions(r)).Diff.Changes {
			if at := f.At(); filepath.Base(at.File) != "old.yaml" || at.Line == 0 || at.Column == 0 || !old.Root().Find(at.Pointer).Exists() {
				t.Errorf("%s: shown at %+v", r.ID, *at)
			}
			if at := f.AtNew(); filepath.Base(at.File) != "new.yaml" {
				t.Errorf("%s: on the new side at %+v", r.ID, *at)
			}
		}
	}
}
