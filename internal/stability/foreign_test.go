package stability

import (
	"fmt"
	"strings"
	"testing"
)

// What stands in a history that others have written: each line as it is, and how it is read.
func TestForeignLines(t *testing.T) {
	const good = `{"timestamp":"2025-09-17T10:00:00Z","sha":"abc","run_id":"1","breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0,"score":100}`
	cases := []struct {
		name, history string
		runs, stable  int
		skipped       string // "line: part of the reason", ";" between several
	}{
		{"old line without newer keys", `{"timestamp":"2024-01-01T00:00:00Z","sha":"abc","breaking":false}`, 1, 1, ""},
		{"old line with epoch seconds", `{"timestamp":1694945025,"sha":"abc","breaking":true,"score":90}`, 1, 0, ""},
		{"old line with only counts", `{"sha":"abc","incompatible":0,"deleted_or_removed":2}`, 1, 0, ""},
		{"numeric run id", `{"timestamp":"2024-01-01T00:00:00Z","sha":"a","run_id":12,"breaking":false}`, 1, 1, ""},
		{"null for what was not known", `{"timestamp":"2024-01-01T00:00:00Z","sha":"a","run_id":null,"breaking":false,"score":null,"counts":null}`, 1, 1, ""},
		{"unknown keys", `{"timestamp":"2024-01-01T00:00:00Z","sha":"a","breaking":false,"badge":{"x":[1,{"y":null}]},"note":"é"}`, 1, 1, ""},
		{"known schema version", `{"schema_version":1,"timestamp":"2024-01-01T00:00:00Z","sha":"a","breaking":false}`, 1, 1, ""},
		{"schema version as text", `{"schema_version":"1","timestamp":"2024-01-01T00:00:00Z","sha":"a","breaking":false}`, 1, 1, ""},
		{"future schema version", `{"schema_version":2,"timestamp":"2024-01-01T00:00:00Z","sha":"a","breaking":false}`, 0, 0, "1: schema_version is 2"},
		{"future schema", `{"schema":"govctl/history-line/v2","sha":"a","breaking":"perhaps"}`, 0, 0, "1: schema is"},
		{"zone and fraction", `{"timestamp":"2024-01-01T02:00:00.25+02:00","sha":"a","breaking":false}`, 1, 1, ""},
		{"CRLF", good + "\r\n" + strings.ReplaceAll(good, "abc", "def") + "\r\n", 2, 2, ""},
		{"blank lines", "\n" + good + "\n \t\r\n\n", 1, 1, ""},
		{"byte order mark", "\xef\xbb\xbf" + good + "\n", 1, 1, ""},
		{"escapes", `{"timestamp":"2024-01-01T00:00:00Z","sh\u0061":"\u0061\"b","breaking":false}`, 1, 1, ""},
		{"no line end", good, 1, 1, ""},
		{"torn last line", good + "\n" + good[:40], 1, 1, "2: truncated"},
		{"torn in the first line", good[:40], 0, 0, "1: truncated"},
		{"malformed line between", good + "\n}{\n" + strings.ReplaceAll(good, "abc", "def") + "\n", 2, 2, "2: not JSON"},
		{"not an object", "[1,2]\n\"text\"\n17\nnull\n" + good, 1, 1, "1: not a JSON object;2: not a JSON object;3: not a JSON object;4: neither sha"},
		{"two objects in a line", good + good, 0, 0, "1: not JSON"},
		{"duplicate key", `{"sha":"a","sha":"b","timestamp":"2024-01-01T00:00:00Z","breaking":false}`, 0, 0, "1: not JSON"},
		{"duplicate key in counts", `{"sha":"a","breaking":false,"counts":{"wire":1,"wire":2}}`, 0, 0, "1: not JSON"},
		{"invalid UTF-8", `{"sha":"` + "\xff" + `","breaking":false}`, 0, 0, "1: not JSON"},
		{"nothing known", `{}`, 0, 0, "1: neither sha nor timestamp"},
		{"outcome not known", `{"sha":"a"}`, 0, 0, "1: whether the run was breaking"},
		{"wrong types", strings.Join([]string{
			`{"sha":1,"breaking":false}`, `{"sha":"a","breaking":"no"}`, `{"sha":"a","breaking":0}`, `{"sha":"a","breaking":false,"incompatible":-1}`,
			`{"sha":"a","breaking":false,"incompatible":1.5}`, `{"sha":"a","breaking":false,"deleted_or_removed":1e3}`, `{"sha":"a","breaking":false,"score":101}`,
			`{"sha":"a","breaking":false,"score":"100"}`, `{"sha":"a","breaking":false,"timestamp":"yesterday"}`, `{"sha":"a","breaking":false,"timestamp":true}`,
			`{"sha":"a","breaking":false,"counts":[1]}`, `{"sha":"a","breaking":false,"counts":{"wire":"2"}}`, `{"sha":"a","breaking":false,"incompatible":99999999999999999999}`,
			`{"sha":"a","breaking":false,"timestamp":-5}`, `{"sha":"a","breaking":false,"run_id":true}`, `{"sha":"a","breaking":false,"timestamp":"2025-02-29T00:00:00Z"}`,
		}, "\n"), 0, 0, "1: sha is 1;2: breaking is \"no\";3: breaking is 0;4: incompatible is -1;5: incompatible is 1.5;6: deleted_or_removed is 1e3;7: score is 101;8: score is \"100\";" +
			"9: timestamp \"yesterday\" is not;10: timestamp true;11: counts is [1];12: counts.wire is \"2\";13: incompatible is 9;14: timestamp -5;15: run_id is true;16: timestamp \"2025-02-29"},
		{"longest line", `{"sha":"a","breaking":false,"note":"` + strings.Repeat("x", maxLine-38) + "\"}\n", 1, 1, ""},
		{"too long by one", `{"sha":"a","breaking":false,"note":"` + strings.Repeat("x", maxLine-37) + "\"}\n" + good, 1, 1, "1: longer than"},
		{"very long line at the end", good + "\n" + strings.Repeat("x", 3*maxLine+5), 1, 1, "2: longer than"},
		{"two very long lines", strings.Repeat("x", 2*maxLine) + "\n" + strings.Repeat("y", 2*maxLine) + "\n" + good, 1, 1, "1: longer than;2: longer than"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, r := record(t, c.history, full(0, 0, 0), Defaults())
			m := r.Metrics.Extensions
			if m.TotalRuns != c.runs+1 || m.StableRuns != c.stable+1 || m.HistoryLines != c.runs+1 {
				t.Errorf("%d runs, %d stable, %d lines; want %d, %d and the new one", m.TotalRuns, m.StableRuns, m.HistoryLines, c.runs, c.stable)
			}
			checkSkipped(t, r, c.skipped)
			before := c.history
			if before != "" && !strings.HasSuffix(before, "\n") {
				before += "\n"
			}
			line, _ := encode(ptr(full(0, 0, 0)))
			if out != before+string(line) {
				t.Errorf("history was not kept byte for byte: %.300q", out)
			}
		})
	}
}

func checkSkipped(t *testing.T, r Result, want string) {
	t.Helper()
	var wants []string
	if want != "" {
		wants = strings.Split(want, ";")
	}
	if len(wants) != r.SkippedTotal || len(wants) != len(r.Skipped) {
		t.Fatalf("skipped %+v, want %d", r.Skipped, len(wants))
	}
	for i, w := range wants {
		no, reason, _ := strings.Cut(w, ": ")
		if fmt.Sprint(r.Skipped[i].Line) != no || !strings.Contains(r.Skipped[i].Reason, reason) {
			t.Errorf("skipped %+v, want %s", r.Skipped[i], w)
		}
	}
}

func TestManySkippedLinesAreCounted(t *testing.T) {
	_, r := record(t, strings.Repeat("?\n", 500)+strings.Repeat("x", 3*maxLine)+"\n", full(0, 0, 0), Defaults())
	if r.SkippedTotal != 501 || len(r.Skipped) != maxNamed || r.Metrics.Extensions.SkippedTotal != 501 {
		t.Errorf("%d counted, %d named", r.SkippedTotal, len(r.Skipped))
	}
}
