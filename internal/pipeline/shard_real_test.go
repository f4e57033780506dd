package pipeline

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/schemas"
)

const histories = "../../../shared/data/openapi"

// realPairs are consecutive versions of real contracts; those of the larger ones would take minutes.
func realPairs(t *testing.T) (pairs [][2]string) {
	t.Helper()
	for _, step := range []int{1, 2} {
		for _, name := range []string{"camara-qod", "meilisearch", "mx-platform", "ory-kratos", "qdrant", "svix", "twilio-verify"} {
			files, err := filepath.Glob(filepath.Join(histories, name, "*"))
			if err != nil || len(files) < 2 {
				t.Skip("the histories are not here: ../shared/data/openapi")
			}
			for i := step; i < len(files) && len(pairs) < 60; i++ {
				pairs = append(pairs, [2]string{files[i-step], files[i]})
			}
		}
	}
	return pairs
}

// TestRealContractsInParts: 60 real contracts move to their next versions, in parts and as a whole.
func TestRealContractsInParts(t *testing.T) {
	pairs := realPairs(t)
	w := newWorld(t)
	w.cfg = "project: real\ncontracts:\n"
	for i, pair := range pairs {
		w.cfg += fmt.Sprintf("- {name: c%02d, source: c%02d%s}\n", i, i, filepath.Ext(pair[0]))
	}
	move := func(version int) {
		for i, pair := range pairs {
			b, err := os.ReadFile(pair[version])
			if err != nil {
				t.Fatal(err)
			}
			w.files[fmt.Sprintf("c%02d%s", i, filepath.Ext(pair[0]))] = string(b)
		}
	}
	move(0)
	w.run(runOf(0))
	move(1)
	sha, runID := runOf(1)
	whole := w.copied()
	whole.run(sha, runID)
	want := whole.result()
	fitsSchemas(t, want)
	for _, n := range []int{1, 3, 16} {
		merged := w.copied()
		if err := merged.merge(sha, runID, w.shards(n, sha, runID)...); err != nil {
			t.Fatal(err)
		}
		merged.mustEqual(fmt.Sprintf("%d shards", n), want)
	}
}

// fitsSchemas fails for JSON that is not what its schema promises: what a run writes is checked by itself up to a size only.
func fitsSchemas(t *testing.T, files map[string]string) {
	t.Helper()
	checked := 0
	for name, text := range files {
		schema := artifact.SchemaOf(name)
		if schema == "" || path.Ext(name) != ".json" {
			continue
		}
		if err := schemas.Validate(schema, []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(text) > 64<<10 {
			checked++
		}
	}
	if checked == 0 {
		t.Error("no long file was checked")
	}
}
