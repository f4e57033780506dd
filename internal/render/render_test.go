package render_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sample is one finding of each sort, in the wrong order.
func sample() *render.Report {
	return &render.Report{
		Title: "API changes", Headline: "2 breaking changes in 2 root causes, 41 operations; major version required",
		Tool: render.Tool{Name: "govctl", Version: "v1.2.3", URL: "https://github.com/romel/govctl"}, Subject: "api/openapi.yaml",
		Rules: []render.RuleInfo{
			{ID: "operation-removed", Level: report.Error, Category: "wire", Summary: "An operation is gone.", Why: "Every caller of it fails."},
			{ID: "request-property-became-required", Level: report.Error, Category: "validation", Summary: "A property must now be sent.", Why: "Callers that leave it out are refused."},
			{ID: "operation-deprecated", Level: report.Info, Category: "docs", Summary: "An operation is deprecated.", Why: "Readers plan for its end."},
		},
		Findings: []report.Finding{
			{Rule: "operation-deprecated", Level: report.Info, Category: "docs", Subject: "GET /old", Message: "the operation is deprecated", New: &report.Place{File: "api/openapi.yaml", Line: 12, Column: 5}},
			{Rule: "operation-removed", Level: report.Error, Category: "wire", Subject: "DELETE /pets/{id}", Message: "the operation was removed",
				Old: &report.Place{File: "git:origin/schemas:schemas/openapi.json", Line: 400, Column: 7}, Breaking: true, Verdict: report.Asserted,
				Waiver: &report.Waiver{Reason: "nobody calls it", Owner: "api-team", Expires: "2025-12-01"}, Fingerprint: "aaaa1111"},
			{Rule: "request-property-became-required", Level: report.Error, Category: "validation", Direction: "request", Subject: "POST /pets request body name",
				Message: `the property "name" of the request body became required, which callers that leave it out will notice at once`,
				Hint:    "keep it optional, or raise the major version", Why: "Callers that leave it out are refused.",
				Old: &report.Place{File: "old/openapi.yaml", Line: 30, Column: 9}, New: &report.Place{File: "api/openapi.yaml", Line: 41, Column: 9},
				Operations: []report.Operation{{Method: "POST", Path: "/pets"}, {Method: "PUT", Path: "/pets/{id}"}, {Method: "PUT", Path: "/q"}, {Method: "PUT", Path: "/r"}},
				Breaking:   true, Verdict: report.Proved, Fingerprint: "bbbb2222",
				Witness: &report.Witness{Value: report.Raw(`{"tag":"x"}`), AcceptedBy: "old", RefusedBy: "new", Refusal: `missing property "name"`,
					Curl: "curl -X POST 'https://api.example.com/pets' \\\n  -d '{\"tag\":\"x\"}'"}},
			{Rule: "waiver-unused", Level: report.Warning, Subject: "waiver 3", Message: "the waiver matches nothing", New: &report.Place{File: ".govctl-waivers.yaml", Line: 3, Column: 1}},
		},
	}
}

func written(t *testing.T, format string, r *render.Report, look render.Look) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Write(&b, format, r, look); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGoldens(t *testing.T) {
	for _, format := range render.Names() {
		t.Run(format, func(t *testing.T) {
			got := written(t, format, sample(), render.Look{})
			if again := written(t, format, sample(), render.Look{}); again != got {
				t.Error("two writings of one report differ")
			}
			golden := filepath.Join("testdata", "sample."+format)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("changed (-want +got); -update if it is meant:\n%s", diff)
			}
		})
	}
}

func TestUnknownFormat(t *testing.T) {
	err := render.Write(io.Discard, "yaml", sample(), render.Look{})
	if err == nil || !strings.Contains(err.Error(), "github, gitlab, html, json, junit, markdown, sarif, text") {
		t.Errorf("got %v", err)
	}
}

func TestNothingFound(t *testing.T) {
	for _, format := range render.Names() {
		r := &render.Report{Title: "API changes", Headline: "no changes", Tool: render.Tool{Name: "govctl"}}
		if got := written(t, format, r, render.Look{}); strings.TrimSpace(got) == "" {
			t.Errorf("%s: a clean report is empty", format)
		}
	}
}

func TestJSONFitsItsSchemaAndLosesNothing(t *testing.T) {
	for _, r := range []*render.Report{sample(), {}} {
		text := written(t, "json", r, render.Look{})
		if err := schemas.Validate("findings", []byte(text)); err != nil {
			t.Fatal(err)
		}
		var back report.Findings
		if err := json.Unmarshal([]byte(text), &back, json.RejectUnknownMembers(true)); err != nil {
			t.Fatal(err)
		}
		if len(back.Findings) != len(r.Findings) {
			t.Errorf("%d findings came back of %d", len(back.Findings), len(r.Findings))
		}
		for _, f := range r.Findings {
			i := slices.IndexFunc(back.Findings, func(b report.Finding) bool { return b.Rule == f.Rule })
			if i < 0 || !cmp.Equal(back.Findings[i], f, compact) {
				t.Errorf("%s did not come back as it was", f.Rule)
			}
		}
	}
}

// compact compares raw values without regard to their spacing.
var compact = cmp.Transformer("compact", func(v report.Raw) string {
	v = slices.Clone(v)
	_ = v.Compact() // what is not JSON stays as it is
	return string(v)
})

func TestColourOnlyWhenAsked(t *testing.T) {
	if got := written(t, "text", sample(), render.Look{}); strings.Contains(got, "\x1b") {
		t.Error("colour without being asked")
	}
	coloured := written(t, "text", sample(), render.Look{Color: true})
	if !strings.Contains(coloured, "\x1b[31merror\x1b[0m") {
		t.Error("no colour when asked")
	}
	plain := coloured
	for _, sgr := range []string{"0", "1", "2", "31", "33", "36"} {
		plain = strings.ReplaceAll(plain, "\x1b["+sgr+"m", "")
	}
	if plain != written(t, "text", sample(), render.Look{}) {
		t.Error("colour changes the words or the line breaks")
	}
}

func TestTextKeepsToTheWidth(t *testing.T) {
	r := sample()
	r.Findings[0].Message = strings.Repeat("word ", 200)
	for _, width := range []int{40, 100, 200} {
		for _, line := range strings.Split(written(t, "text", r, render.Look{Width: width}), "\n")[1:] {
			name := strings.HasPrefix(strings.TrimSpace(line), "[") && strings.HasSuffix(line, "]") // stays in one piece
			if len(line) > width && !strings.Contains(line, "curl") && len(strings.Fields(line)) > 1 && !name {
				t.Errorf("width %d: %d columns: %s", width, len(line), line)
			}
		}
	}
}

// TestRuleAndFingerprintStayTogether: both are copied and searched for, whatever the width is.
func TestRuleAndFingerprintStayTogether(t *testing.T) {
	const name = "[request-property-became-required bbbb2222]"
	for width := range 200 {
		if text := written(t, "text", sample(), render.Look{Width: width}); !strings.Contains(text, name) {
			t.Fatalf("width %d: no %s in\n%s", width, name, text)
		}
	}
}

// TestTextWithoutWidthIsNotWrapped: a line of a pipe or of a file is searched and stored whole.
func TestTextWithoutWidthIsNotWrapped(t *testing.T) {
	r := sample()
	r.Findings[0].Message = strings.TrimSpace(strings.Repeat("word ", 300))
	if text := written(t, "text", r, render.Look{}); !strings.Contains(text, r.Findings[0].Message+" ["+r.Findings[0].Rule) {
		t.Error("a line without a width was wrapped")
	}
}

// TestAnnotationsAreCounted: GitHub drops what goes beyond ten of a kind, so the rest is counted in one of the notices.
func TestAnnotationsAreCounted(t *testing.T) {
	r := &render.Report{Title: "lint", Headline: "many"}
	for _, level := range []report.Level{report.Info, report.Warning, report.Error} {
		for i := range 25 {
			r.Findings = append(r.Findings, report.Finding{Rule: "r", Level: level, Message: fmt.Sprint("message ", i)})
		}
	}
	r.Findings[60].Waiver = &report.Waiver{Reason: "known"}
	got := written(t, "github", r, render.Look{})
	for kind, want := range map[string]int{"::error ": 10, "::warning ": 10, "::notice ": 10} {
		if n := strings.Count(got, kind); n != want {
			t.Errorf("%d of %s, want %d", n, kind, want)
		}
	}
	if !strings.Contains(got, "14 more of level error, 15 more of level warning, 16 more of level info") {
		t.Errorf("the rest is not counted:\n%s", got)
	}
}

func TestMarkdownFoldsAndCounts(t *testing.T) {
	r := &render.Report{Headline: "many"}
	for i := range 5000 {
		r.Findings = append(r.Findings, report.Finding{Rule: "r", Level: report.Error, Subject: fmt.Sprint(i), Message: strings.Repeat("wörd ", 20)})
	}
	for _, limit := range []int{0, 1000, 5000} {
		got := written(t, "markdown", r, render.Look{Limit: limit})
		if limit == 0 {
			limit = 60_000
		}
		if n := utf8.RuneCountInString(got); n > limit {
			t.Errorf("limit %d: %d characters", limit, n)
		}
		if strings.Count(got, "<details>") != strings.Count(got, "</details>") {
			t.Errorf("limit %d: a block stays open", limit)
		}
		shown := strings.Count(got, "\n- **error**")
		if !strings.Contains(got, fmt.Sprintf("\n%d errors not shown; ", 5000-shown)) {
			t.Errorf("limit %d: %d shown, the rest is not counted", limit, shown)
		}
	}
}

func TestSARIFKeepsToTheLimits(t *testing.T) {
	r := &render.Report{Headline: "many", Subject: "a.yaml"}
	for i := range 25_003 {
		r.Findings = append(r.Findings, report.Finding{Rule: "r", Level: report.Error, Subject: fmt.Sprint(i % 2), Message: "m"})
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Prints map[string]string `json:"partialFingerprints"`
			} `json:"results"`
			Invocations []struct {
				Notes []struct {
					Message struct{ Text string } `json:"message"`
				} `json:"toolExecutionNotifications"`
			} `json:"invocations"`
		} `json:"runs"`
	}
	if err := json.Unmarshal([]byte(written(t, "sarif", r, render.Look{})), &log, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(run.Results) != 25_000 || !strings.HasPrefix(run.Invocations[0].Notes[0].Message.Text, "left out: 3 findings") {
		t.Errorf("%d results, %+v", len(run.Results), run.Invocations)
	}
	seen := map[string]bool{}
	for _, res := range run.Results {
		if hash := res.Prints["primaryLocationLineHash"]; hash == "" || seen[hash] {
			t.Fatalf("fingerprint %q is empty or comes twice", hash)
		} else {
			seen[hash] = true
		}
	}
}

func TestSARIFPointsIntoTheTree(t *testing.T) {
	for _, c := range []struct {
		old, new *report.Place
		want     string
	}{
		{nil, &report.Place{File: "api/my spec.yaml", Line: 3, Column: 2}, `"uri": "api/my%20spec.yaml"`},
		{nil, &report.Place{File: "./api/a.yaml", Line: 3}, `"uri": "api/a.yaml"`},
		{nil, &report.Place{File: `api\a.yaml`, Line: 3}, `"uri": "api/a.yaml"`},
		{nil, &report.Place{File: "https://example.com/a.yaml", Line: 3}, `"uri": "subject.yaml"`},
		{nil, &report.Place{File: "../../etc/passwd", Line: 3}, `"uri": "subject.yaml"`},
		{nil, &report.Place{File: "/etc/passwd", Line: 3}, `"uri": "subject.yaml"`},
		{nil, &report.Place{File: `C:\a.yaml`, Line: 3}, `"uri": "subject.yaml"`},
		{&report.Place{File: "git:HEAD:a.yaml", Line: 3}, nil, `"uri": "subject.yaml"`},
		{&report.Place{File: "old.yaml", Line: 7}, nil, `"uri": "old.yaml"`},
		{nil, nil, `"uri": "subject.yaml"`},
	} {
		r := &render.Report{Subject: "subject.yaml", Findings: []report.Finding{{Rule: "r", Level: report.Error, Old: c.old, New: c.new}}}
		if got := written(t, "sarif", r, render.Look{}); !strings.Contains(got, c.want) || strings.Count(got, `"uri"`) != 1 {
			t.Errorf("%+v %+v: want %s in\n%s", c.old, c.new, c.want, got)
		}
	}
}

// short fails after some bytes, as a full disk or a closed pipe does.
type short struct{ left int }

var errFull = errors.New("full")

func (s *short) Write(p []byte) (int, error) {
	if s.left -= len(p); s.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteErrorsAreReported(t *testing.T) {
	r := sample()
	for range 2000 {
		r.Findings = append(r.Findings, r.Findings[0])
	}
	for _, format := range render.Names() {
		if err := render.Write(&short{left: 100}, format, r, render.Look{}); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v", format, err)
		}
	}
}

func TestJUnitCounts(t *testing.T) {
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suite    struct {
			Skipped int `xml:"skipped,attr"`
			Cases   []struct {
				Failure *struct{} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(written(t, "junit", sample(), render.Look{})), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != 4 || suites.Failures != 1 || suites.Suite.Skipped != 1 || len(suites.Suite.Cases) != 4 || suites.Suite.Cases[0].Failure == nil {
		t.Errorf("got %+v", suites)
	}
}
