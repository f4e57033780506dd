package apidiff

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/contract"
)

const sharedData = "../../../shared/data"

// shared is a folder of the real documents, or the end of the test.
func shared(t testing.TB, folder string) string {
	t.Helper()
	dir := filepath.Join(sharedData, folder)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared test data is absent: %v", err)
	}
	return dir
}

func load(t testing.TB, path string) *contract.Document {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, path, data)
}

func parse(t testing.TB, name string, data []byte) *contract.Document {
	t.Helper()
	d, err := contract.Parse(context.Background(), name, data, contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var testNow = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// TestAgreement measures the agreement with the opinion of the field's leading tool. It is parity,
// not truth; the disagreements are explained in docs/diff.md.
func TestAgreement(t *testing.T) {
	dir := shared(t, "diff-cases")
	index, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	agreed, total := 0, 0
	for i, row := range strings.Split(strings.TrimSpace(string(index)), "\n") {
		col := strings.Split(row, "\t")
		if i == 0 || len(col) < 4 {
			continue
		}
		total++
		old, new := load(t, filepath.Join(dir, strings.TrimSpace(col[2]))), load(t, filepath.Join(dir, strings.TrimSpace(col[3])))
		diff := Compare(context.Background(), old, new, Options{Now: testNow})
		if got := diff.Breaking().Breaking; got == (col[1] == "true") {
			agreed++
			continue
		}
		t.Logf("case %s: labelled breaking=%s", col[0], col[1])
		for _, f := range diff.Diff.Changes {
			t.Logf("    %-7s %-40s %s (%s)", f.Level, f.Rule, f.Message, f.Subject)
		}
	}
	t.Logf("agreement: %d of %d (%.2f %%)", agreed, total, 100*float64(agreed)/float64(total))
	if agreed*100 < total*97 {
		t.Errorf("agreement on %d of %d cases is under 97 %%", agreed, total)
	}
}
