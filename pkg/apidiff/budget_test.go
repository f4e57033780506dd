package apidiff

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/report"
)

// compared compares two sets of schemas and gives the work that it took as well.
func compared(t *testing.T, first string, schemas func(last string) map[string]any) (*Result, int64) {
	t.Helper()
	in := newInput(contractOf(t, schemas("string"), first), contractOf(t, schemas("integer"), first), Options{NoWitness: true})
	r := in.compare(t.Context())
	r.bound(in.old.Doc, in.new.Doc, true)
	return r, in.meter.Used
}

// Small documents whose alternatives lead to each other in many ways end by counted work, and a
// break stays one.
func TestWorkOfSmallDocumentsIsBounded(t *testing.T) {
	ref := func(name string, i int) object {
		return object{"$ref": fmt.Sprintf("#/components/schemas/%s%d", name, i)}
	}
	for name, schemas := range map[string]func(last string) map[string]any{
		"chain of oneOf": func(last string) map[string]any {
			all := object{"S30": object{"type": last}}
			for i := range 30 {
				all[fmt.Sprintf("S%d", i)] = object{"oneOf": []any{ref("S", i+1), object{"oneOf": []any{ref("S", i+1), object{"type": "array"}}}, object{"type": "boolean"}}}
			}
			return all
		},
		"mesh of oneOf": func(last string) map[string]any {
			all := object{}
			for i := range 40 {
				var list []any
				for k := range 40 {
					list = append(list, ref("S", (i+k)%40))
				}
				all[fmt.Sprintf("S%d", i)] = object{"required": []any{fmt.Sprint("p", i)}, "properties": object{fmt.Sprint("p", i): object{"type": last}}, "oneOf": list}
			}
			return all
		},
		"a property in each alternative of a mesh": func(last string) map[string]any {
			all := object{}
			for i := range 40 {
				var list []any
				for k := range 40 {
					list = append(list, ref("S", (i+k)%40))
				}
				all[fmt.Sprintf("S%d", i)] = object{"properties": object{fmt.Sprint("p", i): object{"type": last}}, "anyOf": list}
			}
			return all
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, used := compared(t, "S0", schemas)
			if used > work.PerRun+work.PerRun/10 {
				t.Errorf("%d units of work, the budget is %d", used, work.PerRun)
			}
			if r.Diff.Totals.Breaking == 0 {
				t.Errorf("no breaking change: %s", r.Diff.Headline)
			}
		})
	}
}

// Patterns that both sides have are found without any search, and of the others each pair is
// searched once.
func TestPatternsUnderAllOf(t *testing.T) {
	r, used := compared(t, "S", func(last string) map[string]any {
		var all []any
		for i := range 200 {
			all = append(all, object{"pattern": fmt.Sprintf("(a|b%s)*[c-f]%d.*x{1,9}$", last, i)})
		}
		return map[string]any{"S": object{"type": "string", "allOf": all}}
	})
	if used > work.PerRun+work.PerRun/10 {
		t.Errorf("%d units of work, the budget is %d", used, work.PerRun)
	}
	if len(r.Diff.Changes) == 0 {
		t.Error("the patterns changed, and nothing is reported")
	}
}

// Where the budget of the comparison ends, one finding says so: an error, asserted, of the
// operation that is reached.
func TestWhatIsNotComparedIsAFinding(t *testing.T) {
	schemas := func(kind string) map[string]any {
		return map[string]any{"S": object{"type": "object", "properties": object{"a": object{"type": "object", "properties": object{"b": object{"type": kind}}}}}}
	}
	in := newInput(contractOf(t, schemas("string"), "S"), contractOf(t, schemas("integer"), "S"), Options{NoWitness: true})
	in.meter.Stop, in.meter.Run = 150, 150
	r := in.compare(t.Context())
	for _, f := range r.Diff.Changes {
		if f.Rule == rules.Unclassified && f.Breaking && f.Verdict == report.Asserted && strings.Contains(f.Hint, "budget") && len(f.Operations) == 1 {
			return
		}
	}
	t.Errorf("no finding says that something was not compared: %+v", r.Diff.Changes)
}

// A report is bounded by bytes. What is not listed is counted, by rule, and no count differs from
// that of the whole.
func TestReportIsBounded(t *testing.T) {
	const n = 20_000
	r, _ := compared(t, "S", func(last string) map[string]any {
		properties := object{}
		for i := range n {
			properties[fmt.Sprintf("%s%d", last, i)] = object{}
		}
		return map[string]any{"S": object{"properties": properties}}
	})
	size, listed, counted := 0, 0, 0
	for i := range r.Diff.Changes {
		f := &r.Diff.Changes[i]
		size += sizeOfFinding(f)
		if counted += f.Count(); f.More == 0 {
			listed++
			continue
		}
		if want := fmt.Sprintf("and %d more findings of this rule are not listed", f.More); f.Message != want {
			t.Errorf("the rest is %q, want %q", f.Message, want)
		}
	}
	if size > maxReportBytes+maxReportBytes/10 {
		t.Errorf("the findings take %d bytes", size)
	}
	if counted != r.Diff.Totals.Changes || counted < 2*n || listed == 0 {
		t.Errorf("%d findings are listed and %d counted, the total is %d", listed, counted, r.Diff.Totals.Changes)
	}
}

// Waived and breaking findings keep their own counts where the list is cut.
func TestBreaksThatAreNotListedStayBreaks(t *testing.T) {
	const n = 12_000
	r, _ := compared(t, "S", func(last string) map[string]any {
		properties := object{}
		for i := range n {
			properties[fmt.Sprint("p", i)] = object{"type": last, "description": strings.Repeat("d", 40)}
		}
		return map[string]any{"S": object{"properties": properties}}
	})
	if r.Diff.Totals.Breaking < n {
		t.Fatalf("%d breaking changes, want at least %d", r.Diff.Totals.Breaking, n)
	}
	if b := r.Breaking(); b.Total != r.Diff.Totals.Breaking || len(b.Changes) >= n {
		t.Errorf("the short answer counts %d in %d lines, the diff %d", b.Total, len(b.Changes), r.Diff.Totals.Breaking)
	}
}

// Very long names do not multiply: each finding shows their beginning and their length.
func TestLongTextsAreCut(t *testing.T) {
	r, _ := compared(t, "S", func(last string) map[string]any {
		return map[string]any{"S": object{"properties": object{strings.Repeat("k", 100_000): object{"type": last}}}}
	})
	for _, f := range r.Diff.Changes {
		for _, text := range []string{f.Subject, f.Message, f.Old.Pointer, f.New.Pointer} {
			if len(text) > maxText+100 {
				t.Errorf("%s has a text of %d bytes", f.Rule, len(text))
			}
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"", "", true}, {"", "a", false}, {"a", "a", true}, {"a", "ab", false}, {"a*", "ab", true}, {"*b", "ab", true}, {"*b", "abc", false},
		{"a*c", "abc", true}, {"a*a", "a", false}, {"**", "ab", true}, {"a**b*", "acbd", true}, {"?", "é", true}, {"?", "", false}, {"??", "é", false},
		{"*?", "", false}, {"*?b", "éb", true}, {"a?c*?", "abcd", true}, {"a?c*?", "abc", false}, {"*a?b*", "xaxaab", true}, {"GET /p/{}*", "GET /p/{} query q", true},
	} {
		if got := glob(c.pattern, c.text); got != c.want {
			t.Errorf("glob(%q, %q) is %v", c.pattern, c.text, got)
		}
	}
}

// Many waivers for many findings end by counted work, and what was not matched is not waived.
func TestWaiversAreBounded(t *testing.T) {
	findings := make([]report.Finding, 30_000)
	for i := range findings {
		findings[i] = report.Finding{Rule: "r", Level: report.Error, Breaking: true, Subject: fmt.Sprint("GET /p", i)}
	}
	waivers := make([]Waiver, 3_000)
	for i := range waivers {
		waivers[i] = Waiver{Rule: "r", Subject: strings.Repeat("?*", 8) + fmt.Sprint("p", i)}
	}
	problems := waive(findings, waivers, nil, time.Time{})
	if len(problems) == 0 || !strings.Contains(problems[len(problems)-1].Message, "budget") {
		t.Errorf("%d problems, the last of which is not the budget", len(problems))
	}
}

// A key of a hundred kilobytes is told from others, and the subjects below it stay short.
func TestLongKeysInSubjects(t *testing.T) {
	r, _ := compared(t, "S", func(last string) map[string]any {
		properties := object{}
		for i := range 5 {
			properties[strings.Repeat("k", 100_000)+fmt.Sprint(i)] = object{"type": last}
		}
		return map[string]any{"S": object{"properties": properties}}
	})
	if r.Diff.Totals.Breaking != 5 {
		t.Errorf("%d breaking changes, want 5: %s", r.Diff.Totals.Breaking, r.Diff.Headline)
	}
	for _, f := range r.Diff.Changes {
		if len(f.Subject)+len(f.Message) > 2*maxText {
			t.Errorf("a subject of %d and a message of %d bytes", len(f.Subject), len(f.Message))
		}
	}
}

// Findings have their price: what they take before they are printed is part of the budget.
func TestFindingsAreBounded(t *testing.T) {
	const n = 100_000
	r, used := compared(t, "S", func(last string) map[string]any {
		properties := object{}
		for i := range n {
			properties[fmt.Sprintf("%s%d", last[:1], i)] = object{}
		}
		return map[string]any{"S": object{"properties": properties}}
	})
	if used > work.PerRun+work.PerRun/10 || r.Diff.Totals.Breaking == 0 {
		t.Errorf("%d units of work, %s", used, r.Diff.Headline)
	}
}
