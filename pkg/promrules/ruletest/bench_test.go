package ruletest

import (
	"context"
	"testing"
)

// BenchmarkFiveHundredFiles runs 500 test files with two rule files on all cores.
func BenchmarkFiveHundredFiles(b *testing.B) {
	names := make([]string, 500)
	for i := range names {
		names[i] = []string{"testdata/cases/recording-chain/test.yml", "testdata/cases/alert-states/test.yml"}[i%2]
	}
	for b.Loop() {
		files, err := Run(context.Background(), names, options())
		if err != nil {
			b.Fatal(err)
		}
		for i := range files {
			if files[i].Invalid() || files[i].Failed() {
				b.Fatal(Report(files[i : i+1]).Findings)
			}
		}
	}
}
