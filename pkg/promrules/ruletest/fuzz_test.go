package ruletest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// seed adds the texts of the test data to a corpus.
func seed(f *testing.F, pattern string) {
	f.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzSamplesAsked: no line expands to more samples than were counted before.
func FuzzSamplesAsked(f *testing.F) {
	for _, line := range []string{
		"up 1 2 3", `up{a="b c x9"} 0+1x5 _x3 stale NaN`, "up 0x10 1e3x2 -1-2x3", "{} {{schema:1 count:2 buckets:[1 2]}}+{{count:1}}x3",
		"up@st 1m+1mx4", "upx100 1", "up 1x5x6", `up{"x9"} 1x2`, "up 1\t2", "{a='x} 1", "up\v1x3", "up#x\n1",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		asked, err := samplesAsked(line)
		if err != nil || asked > 10_000 || len(line) > 1000 {
			return
		}
		if _, values, err := notation.ParseSeriesDesc(line); err == nil && len(values) > asked {
			t.Errorf("%q: %d samples, %d counted", line, len(values), asked)
		}
	})
}

// FuzzTestFile runs whatever a test file says.
func FuzzTestFile(f *testing.F) {
	seed(f, "testdata/*/*/test.yml")
	f.Fuzz(func(t *testing.T, data []byte) {
		o := inMemory(map[string]string{"t.yml": string(data), "rules.yml": covered})
		o.Workers = 1
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		files, err := Run(ctx, []string{"t.yml"}, o)
		if err != nil {
			return // it takes too long, which the context ends
		}
		Report(files)
		Cover(files, Wanted{})
	})
}

// FuzzRules reads whatever a rule file says and evaluates it.
func FuzzRules(f *testing.F) {
	seed(f, "testdata/*/*/rules.yml")
	f.Fuzz(func(t *testing.T, data []byte) {
		o := inMemory(map[string]string{"rules.yml": string(data), "t.yml": `
rule_files: [rules.yml]
tests:
- interval: 1m
  input_series: [{series: up, values: '0 1 2'}, {series: 'm{job="a"}', values: '1+1x3'}, {series: h, values: '{{count:1 buckets:[1]}}x3'}]
  promql_expr_test: [{expr: up, eval_time: 3m}]
`})
		o.Workers = 1
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if files, err := Run(ctx, []string{"t.yml"}, o); err == nil {
			Cover(files, Wanted{})
		}
	})
}
