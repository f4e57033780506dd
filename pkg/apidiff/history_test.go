package apidiff

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/contract"
)

// histories are the consecutive pairs of real documents, by API.
func histories(t testing.TB, f func(name string, old, new *contract.Document)) {
	dir := shared(t, "openapi")
	apis, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, api := range apis {
		files, _ := filepath.Glob(filepath.Join(dir, api.Name(), "*"))
		var last *contract.Document
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			d, err := contract.Parse(context.Background(), path, data, contract.Options{})
			if err != nil { // some refer to files that are not there
				t.Logf("left out: %v", err)
				last = nil
				continue
			}
			if last != nil {
				f(api.Name()+" "+filepath.Base(path)[:3], last, d)
			}
			last = d
		}
	}
}

// TestHistories compares real documents: no crash, and no change without a rule.
func TestHistories(t *testing.T) {
	histories(t, func(name string, old, new *contract.Document) {
		start := time.Now()
		r := Compare(context.Background(), old, new, Options{Now: testNow})
		t.Logf("%-22s %6.2fs %s", name, time.Since(start).Seconds(), r.Diff.Headline)
		for _, f := range r.Diff.Changes {
			if f.Rule == Unclassified {
				t.Errorf("%s: unclassified: %s at %v", name, f.Message, f.At())
			}
		}
	})
}
