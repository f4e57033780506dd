package apidiff

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

var update = flag.Bool("update", false, "rewrite the golden files of fingerprints")

// fingerprintsOf are the fingerprints of a comparison, each once, sorted.
func fingerprintsOf(r *Result) []string {
	var list []string
	for i := range r.Diff.Changes {
		if f := &r.Diff.Changes[i]; f.Rule != KeywordWithoutEffect { // no change
			list = append(list, f.Fingerprint)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// summaryOf stands for a list of fingerprints that is too long to be kept.
func summaryOf(r *Result) string {
	list := fingerprintsOf(r)
	return fmt.Sprintf("%d %x", len(list), sha256.Sum256([]byte(strings.Join(list, "\n"))))
}

// checkFingerprints compares lines with a golden file. Waivers name fingerprints: one that changes
// makes them stale.
func checkFingerprints(t *testing.T, name string, lines []string) {
	t.Helper()
	path, got := filepath.Join("../../testdata/fingerprints", name), strings.Join(lines, "\n")+"\n"
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the fingerprints differ from %s (-want +got); rewritten with -update:\n%s", path, diff)
	}
}

func TestFingerprintsOfCases(t *testing.T) {
	var lines []string
	for _, r := range rules.All() {
		old, new := ruleCase(t, r.ID)
		lines = append(lines, r.ID+" "+strings.Join(fingerprintsOf(Compare(context.Background(), old, new, caseOptions(r))), " "))
	}
	slices.Sort(lines)
	checkFingerprints(t, "cases.txt", lines)
}

func TestFingerprintsOfHistories(t *testing.T) {
	var lines []string
	histories(t, func(name string, old, new *contract.Document) {
		opt := Options{Now: testNow, NoWitness: true, NoDigest: true, All: true}
		lines = append(lines,
			name+" forth "+summaryOf(Compare(context.Background(), old, new, opt)),
			name+" back "+summaryOf(Compare(context.Background(), new, old, opt)))
	})
	checkFingerprints(t, "histories.txt", lines)
}

func TestFingerprintsOfLabelledCases(t *testing.T) {
	bases, err := filepath.Glob(filepath.Join(shared(t, "diff-cases"), "*", "base.yaml"))
	if err != nil || len(bases) == 0 {
		t.Fatalf("no labelled case is there: %v", err)
	}
	var lines []string
	for _, base := range bases {
		old, new := load(t, base), load(t, filepath.Join(filepath.Dir(base), "revision.yaml"))
		r := Compare(context.Background(), old, new, Options{Now: testNow, NoWitness: true, NoDigest: true})
		lines = append(lines, filepath.Base(filepath.Dir(base))+" "+summaryOf(r))
	}
	checkFingerprints(t, "labelled.txt", lines)
}
