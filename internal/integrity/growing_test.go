package integrity_test

import (
	"slices"
	"testing"

	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

// TestFilesThatGoOnChangingBelongToTheFolder: nothing binds what they say, but the statement binds that they are there.
func TestFilesThatGoOnChangingBelongToTheFolder(t *testing.T) {
	k := key(t, 1)
	all := []string{"status/history.jsonl", "status/parcels/history.jsonl", "status/webhook-deliveries.jsonl"}
	whole := func() folder {
		f := contents()
		f["status/parcels/stability-metrics.json"] = []byte("{}\n")
		for _, name := range all {
			f[name] = []byte("1")
		}
		return f
	}
	f := signed(t, whole(), k)
	f["status/other/history.jsonl"] = []byte("no metrics beside it")
	if got, err := integrity.Growing(f.fs(), "status", f["status/checksums.json"]); err != nil || !slices.Equal(got, all) {
		t.Fatalf("%v %v", got, err)
	}
	for _, name := range all {
		f := signed(t, whole(), k)
		look := func(exact bool) report.Verification {
			r := request(t, f)
			r.Trust, r.Exact = trusting(k), exact
			return verify(t, r)
		}
		if v := look(true); v.Verdict != "ok" {
			t.Fatalf("whole: %s", reasons(v))
		}
		f[name] = []byte("something else")
		if v := look(true); v.Verdict != "ok" {
			t.Errorf("%s changed: %s", name, reasons(v))
		}
		delete(f, name)
		if v := look(true); v.Verdict != "fail" || reasons(v) != "uncovered-missing" {
			t.Errorf("%s gone: %s %s", name, v.Verdict, reasons(v))
		}
		if v := look(false); v.Verdict != "ok" || reasons(v) != "(uncovered-missing)" {
			t.Errorf("%s gone, not exactly: %s %s", name, v.Verdict, reasons(v))
		}
	}
}
