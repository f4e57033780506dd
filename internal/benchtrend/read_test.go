package benchtrend

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/contract"
)

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Each format, and what is read from it: run, name, unit, direction, samples.
func TestFormats(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"Go", "pkg: example.org/a\nBenchmarkX-8 100 5.5 ns/op 2 MB/s\nBenchmarkX-8 100 6 ns/op 3 MB/s\nBenchmarkX\nBenchmark log line\nBenchmarking 3 4 ns/op\nPASS\nok\n",
			"example.org/a.BenchmarkX-8|ns/op|lower|[5.5 6]; example.org/a.BenchmarkX-8|MB/s|higher|[2 3]"},
		{"Go, lines of Windows", "BenchmarkX-8 100 5.5 ns/op\r\n", "BenchmarkX-8|ns/op|lower|[5.5]"},
		{"github-action-benchmark", `[{"name":"a","unit":"ops/sec","value":5,"range":"± 3"},{"name":"b","unit":"MB","value":7}]`, "a|ops/sec|higher|[5]; b|MB|lower|[7]"},
		{"its past", `window.BENCHMARK_DATA = {"entries":{"s":[{"commit":{"id":"1"},"tool":"customBiggerIsBetter","benches":[{"name":"a","unit":"pt","value":1}]},` +
			`{"commit":{"id":"2"},"tool":"go","benches":[{"name":"a","unit":"ns/op","value":2}]}]}};`, "a|pt|higher|[1] / a|ns/op|lower|[2]"},
		{"its past, two suites", `window.BENCHMARK_DATA = {"entries":{"s":[{"commit":{"id":"1"},"benches":[{"name":"a","unit":"s","value":1}]}],` +
			`"t":[{"commit":{"id":"1"},"benches":[{"name":"a","unit":"s","value":2}]}]}}`, "s/a|s|lower|[1]; t/a|s|lower|[2]"},
		{"hyperfine", `{"results":[{"command":"sleep 0.1","mean":0.1,"median":0.1,"times":[0.1,0.2],"parameters":{"n":"3"}},{"command":"true","median":0.5}]}`,
			"sleep 0.1 n=3|s|lower|[0.1 0.2]; true|s|lower|[0.5]"},
		{"k6 --summary-export", `{"metrics":{"http_req_duration":{"avg":1,"min":1,"med":2,"max":9,"p(90)":3,"p(95)":4},"http_reqs":{"count":10,"rate":5},"checks":{"value":0.9,"passes":9,"fails":1},"http_req_failed":{"value":0.1,"passes":1,"fails":9},"vus":{"value":1,"min":1,"max":1}}}`,
			"http_req_duration med|ms|lower|[2]; http_req_duration p90|ms|lower|[3]; http_req_duration p95|ms|lower|[4]; http_reqs|/s|higher|[5]; checks|share|higher|[0.9]; http_req_failed|share|lower|[0.1]"},
		{"k6 handleSummary", `{"metrics":{"iteration_duration":{"type":"trend","contains":"time","values":{"med":2,"max":3,"p(99)":5}},"size":{"type":"trend","contains":"data","values":{"med":7,"max":8}},"checks":{"type":"rate","contains":"default","values":{"rate":1,"passes":1,"fails":0}}}}`,
			"iteration_duration med|ms|lower|[2]; iteration_duration p99|ms|lower|[5]; size med|data|lower|[7]; checks|share|higher|[1]"},
		{"results", `{"results":[{"name":"q","unit":"ms","samples":[1,2]},{"name":"r","unit":"ms","p50":1,"p90":2,"p99":3}]}`,
			"q|ms|lower|[1 2]; r|ms|lower|[1]; r p90|ms|lower|[2]; r p99|ms|lower|[3]"},
		{"phases", `{"cache_env_initial":"0","phases":[{"label":"initial_batch","iterations":25,"mean_seconds":0.01,"p50_ms":10,"p90_ms":11,"p95_ms":12,"p99_ms":13}],"relative_speedup_vs_disabled":{"batch_speedup":5.5},"commit_hash":"abc"}`,
			"initial_batch|ms|lower|[10]; initial_batch p90|ms|lower|[11]; initial_batch p95|ms|lower|[12]; initial_batch p99|ms|lower|[13]; batch_speedup|x|higher|[5.5]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			runs, err := Read(context.Background(), []Input{{"f", []byte(c.text)}})
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, r := range runs {
				var series []string
				for _, s := range r.Series {
					series = append(series, fmt.Sprintf("%s|%s|%s|%v", s.Name, s.Unit, s.Better, s.Samples))
				}
				all = append(all, strings.Join(series, "; "))
			}
			if got := strings.Join(all, " / "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestRefusedFiles(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "BenchmarkA%d 1 1 ns/op\n", i)
		}
		return b.String()
	}
	manyJSON := func(n int) string {
		var b strings.Builder
		b.WriteString("[")
		for i := range n {
			fmt.Fprintf(&b, "{\"name\":\"a%d\",\"value\":1},\n", i)
		}
		return strings.TrimSuffix(b.String(), ",\n") + "]"
	}
	for _, c := range []struct {
		name, text, want string
		line             int
	}{
		{"empty", " \n", "is empty", 0},
		{"no result", "PASS\nok x 1s\n", "no benchmark results", 0},
		{"truncated line", "BenchmarkA 1 1 ns/op\nBenchmarkA 1 1", "pairs", 2},
		{"only iterations", "BenchmarkA 1\n", "pairs", 1},
		{"no number", "BenchmarkA 1 x ns/op\n", `"x" is not a number`, 1},
		{"NaN", "\nBenchmarkA 1 NaN ns/op\n", "not a number", 2},
		{"Inf", "BenchmarkA 1 +Inf ns/op\n", "not a number", 1},
		{"huge number", "BenchmarkA 1 1e999 ns/op\n", "not a number", 1},
		{"huge unit", "BenchmarkA 1 1 " + strings.Repeat("u", 51) + "\n", "unit", 1},
		{"a million names", many(1_000_000), "larger than", 0},
		{"many names", many(2_001), "more than 2000 benchmarks", 2001},
		{"many names in JSON", manyJSON(100_000), "more than 2000 benchmarks", 2001},
		{"truncated JSON", "[\n{\"name\":\"a\",", "", 2},
		{"another JSON", `{"a":1}`, "not a format", 1},
		{"an empty list", `[]`, "no benchmark results", 1},
		{"no name", "[\n{\"unit\":\"s\",\"value\":1}]", "no name", 2},
		{"a name of another type", `[{"name":1,"value":1}]`, "not a string", 1},
		{"a name that is not printable", `[{"name":"a\u0007","value":1}]`, "not printable", 1},
		{"a value as text", `[{"name":"a","value":"1"}]`, "a string, not a number", 1},
		{"no value", `[{"name":"a"}]`, "has no value", 1},
		{"NaN in JSON", `[{"name":"a","value":NaN}]`, "", 1},
		{"out of range", "[{\"name\":\"a\",\n\"value\":1e999}]", "", 2},
		{"neither samples nor percentiles", `{"results":[{"name":"a"}]}`, "neither", 1},
		{"a sample of another type", `{"results":[{"name":"a","samples":[1,null]}]}`, "null, not a number", 1},
		{"hyperfine without times", `{"results":[{"command":"a"}]}`, "has no median", 1},
		{"an aggregate with a run that is not there", `{"schema":"govctl/evidence-bench/v1","runs":[{}],"series":[{"name":"a","unit":"","points":[{"run":1,"median":1}]}]}`, "index", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(context.Background(), []Input{{"f", []byte(c.text)}})
			var refused *contract.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) || refused.Place.File != "f" || refused.Place.Line != c.line && c.line > 0 {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestDirections(t *testing.T) {
	for unit, want := range map[string]Better{"ns/op": Lower, "B/op": Lower, "allocs/op": Lower, "s": Lower, "ms": Lower, "ps": Lower, "": Lower, "MB/s": Higher, "ops/sec": Higher,
		"req/second": Higher, "/s": Higher, "rps": Higher, "fps": Higher, "x": Higher, "bytes": Lower, "steps": Lower, "share": Lower} {
		if got := betterOf(unit); got != want {
			t.Errorf("%q: %s", unit, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"BenchmarkA 1 1 ns/op\n", `[{"name":"a","unit":"s","value":1}]`, `{"results":[{"command":"a","times":[1,2]}]}`, `{"phases":[{"label":"a","p50_ms":1}]}`,
		`window.BENCHMARK_DATA = {"entries":{"s":[{"benches":[{"name":"a","value":1}]}]}}`, `{"metrics":{"a":{"med":1,"max":1}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Read(context.Background(), []Input{{"f", data}})
		if err != nil {
			return
		}
		r := Aggregate(append(runs, runs...), standard)
		again, err := Read(context.Background(), []Input{{"aggregate.json", encode(t, r.Trend)}})
		if err != nil {
			t.Fatalf("its aggregate: %v", err)
		}
		if one, two := encode(t, r.Trend.Series), encode(t, Aggregate(again, standard).Trend.Series); string(one) != string(two) {
			t.Errorf("%s\n%s", one, two)
		}
		Markdown(&r.Trend)
	})
}
