package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// realPairs are the consecutive versions of real contracts.
func realPairs(t *testing.T, f func(name string, old, new *contract.Document)) {
	dir := "../../../../../shared/data/openapi"
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Skipf("the shared test data is absent: there is nothing in %s", dir)
	}
	var last *contract.Document
	var api string
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(filepath.Dir(path))
		doc, err := contract.Parse(t.Context(), name+"/"+filepath.Base(path), data, contract.Options{AllowDangling: true, ConvertSwagger: true})
		if err != nil {
			t.Logf("left out: %v", err)
			last = nil
			continue
		}
		if last != nil && name == api {
			f(name+" "+filepath.Base(path)[:3], last, doc)
		}
		last, api = doc, name
	}
}

// TestRealDiffsAreShort holds every form of real diffs to its size, and counts what they show.
func TestRealDiffsAreShort(t *testing.T) {
	if testing.Short() {
		t.Skip("it compares all real histories")
	}
	lines, size := map[string]int{}, 0
	realPairs(t, func(name string, old, new *contract.Document) {
		// each message of a proof is a few lines; only the longest diff is shown with them
		opt := apidiff.Options{NoWitness: !strings.HasPrefix(name, "github"), NoDigest: true}
		for _, format := range []string{"text", "markdown"} {
			opt.All = true
			d := apidiff.Compare(t.Context(), old, new, opt).Diff
			got := shownDiff(t, d, format, render.Look{Lines: maxLines})
			n := strings.Count(got, "\n")
			if lines[format] = max(lines[format], n); n > maxLines {
				t.Errorf("%s: %d lines of %s", name, n, format)
			}
			if d.Totals.Breaking > 0 && !strings.Contains(got, "error") {
				t.Errorf("%s: the %s shows no breaking change", name, format)
			}
		}
		opt.All = false
		d := apidiff.Compare(t.Context(), old, new, opt).Diff
		b, err := artifact.Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		limit := 1_000_000
		if d.Totals.Breaking > 500 {
			limit = 1_500_000 // every breaking change is listed
		}
		if size = max(size, len(b)); len(b) > limit {
			t.Errorf("%s: %d bytes of JSON", name, len(b))
		}
		count, breaking := 0, 0
		for i := range d.Changes {
			if f := &d.Changes[i]; f.Rule != apidiff.ReferenceNotRead && f.Rule != apidiff.KeywordWithoutEffect {
				count += f.Count()
				if f.Breaking {
					breaking++
				}
			}
		}
		if count != d.Totals.Changes || breaking != d.Totals.Breaking {
			t.Errorf("%s: %d changes and %d breaking ones are listed or counted, want %d and %d", name, count, breaking, d.Totals.Changes, d.Totals.Breaking)
		}
	})
	t.Logf("at most %d lines of text, %d of Markdown, %d bytes of JSON", lines["text"], lines["markdown"], size)
}

func shownDiff(t *testing.T, d report.Diff, format string, look render.Look) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Write(&b, format, new(app).diffReport(d), look); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestGeneratedBreakIsOneCause: the same edit in 5,000 operations is said once, and as many different ones still fit.
func TestGeneratedBreakIsOneCause(t *testing.T) {
	const n = 5000
	document := func(required bool, kind string) *contract.Document {
		var b strings.Builder
		b.WriteString(`{"openapi":"3.0.3","info":{"title":"t","version":"1.0.0"},"paths":{`)
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `"/things/%d":{"post":{"requestBody":{"required":%t,"content":{"application/json":{"schema":{"type":"object","properties":{"p%d":{"type":%q}}}}}},"responses":{"204":{"description":"d"}}}}`, i, required, i, kind)
		}
		b.WriteString("}}")
		doc, err := contract.Parse(t.Context(), "openapi.json", []byte(b.String()), contract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	opt := apidiff.Options{NoWitness: true, NoDigest: true, All: true}
	d := apidiff.Compare(t.Context(), document(false, "string"), document(true, "string"), opt).Diff
	if d.Totals.Breaking != n || !strings.HasPrefix(d.Headline, "5000 breaking changes in 5000 root causes") {
		t.Errorf("the counts changed: %s", d.Headline)
	}
	got := shownDiff(t, d, "text", render.Look{Lines: maxLines})
	if n := strings.Count(got, "\n"); n > 30 || !strings.Contains(got, "request body became required, in 5000 places") || !strings.Contains(got, "and 4995 more (--all)") {
		t.Errorf("%d lines for one edit:\n%.3000s", n, got)
	}
	d = apidiff.Compare(t.Context(), document(false, "string"), document(true, "integer"), opt).Diff
	for _, format := range []string{"text", "markdown"} {
		got = shownDiff(t, d, format, render.Look{Lines: maxLines})
		if n := strings.Count(got, "\n"); n > maxLines {
			t.Errorf("%d lines of %s", n, format)
		}
		if !strings.Contains(got, "request body became required, in 5000 places") || !strings.Contains(got, "4995 errors not shown") || !strings.Contains(got, "4995 more edits of this rule, in 4995 places") {
			t.Errorf("%s:\n%.3000s", format, got)
		}
	}
	opt.All = false
	b, err := artifact.Encode(apidiff.Compare(t.Context(), document(true, "string"), document(false, "integer"), opt).Diff)
	if err != nil || len(b) > 8<<20 {
		t.Errorf("%d bytes of JSON, %v", len(b), err)
	}
}
