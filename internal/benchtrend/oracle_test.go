package benchtrend

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/perf/benchmath"
)

// The p-value is that of benchmath, which benchstat uses: exactly without ties, and where both approximate.
func TestMannWhitneyAgainstBenchmath(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		m, n   int
		levels int     // distinct values; 0: no ties
		most   float64 // difference that is allowed
	}{
		{1, 1, 0, 1e-9}, {6, 6, 0, 1e-9}, {6, 10, 0, 1e-9}, {10, 6, 0, 1e-9}, {20, 20, 0, 1e-9}, {49, 50, 0, 1e-9}, {10, 300, 0, 1e-9}, {60, 60, 0, 1e-9},
		{6, 6, 4, 1e-9}, {10, 6, 5, 1e-9}, {20, 20, 3, 1e-9}, {30, 300, 5, 1e-9}, {6, 6, 1, 1e-9},
	} {
		for i := range 200 {
			shift := float64(i%5) / 2
			draw := func(n int, by float64) []float64 {
				out := make([]float64, n)
				for i := range out {
					if out[i] = by + r.NormFloat64(); c.levels > 0 {
						out[i] = float64(r.IntN(c.levels)) + math.Floor(by/2*float64(min(c.levels-1, 1)))
					}
				}
				return out
			}
			x, y := draw(c.m, 0), draw(c.n, shift)
			// benchmath may exceed 1 with ties, where the distribution is not symmetric
			want := benchmath.AssumeNothing.Compare(benchmath.NewSample(x, &benchmath.DefaultThresholds), benchmath.NewSample(y, &benchmath.DefaultThresholds)).P
			if got := mannWhitney(x, y); math.Abs(got-min(want, 1)) > c.most || math.IsNaN(got) {
				t.Fatalf("%d and %d values, %d levels: p = %v, benchmath %v\n%v\n%v", c.m, c.n, c.levels, got, want, x, y)
			}
			if one, two := mannWhitney(x, y), mannWhitney(y, x); c.levels == 0 && math.Abs(one-two) > 1e-9 {
				t.Fatalf("not symmetric: %v and %v", one, two)
			}
		}
	}
}

// benchstat is the real counterpart, at the version that go.mod pins.
const benchstat = "golang.org/x/perf/cmd/benchstat"

// TestRealBenchstat compares two files with benchstat: medians, change and p-value of each benchmark are the same.
func TestRealBenchstat(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(3, 4))
	var files []Input
	for i, name := range []string{"old.txt", "new.txt"} {
		var b strings.Builder
		b.WriteString("goos: linux\ngoarch: amd64\n")
		for j, factor := range []float64{1, 1.02, 1.15, 1.5, 0.7} {
			for range 10 {
				v := 1000 * float64(j+1) * math.Pow(factor, float64(i)) * (1 + 0.05*r.NormFloat64())
				fmt.Fprintf(&b, "BenchmarkX%d-8 100 %.2f ns/op %d B/op\n", j, v, 64+j*i)
			}
		}
		files = append(files, Input{name, []byte(b.String())})
		if err := os.WriteFile(filepath.Join(dir, name), files[i].Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows := runBenchstat(t, filepath.Join(dir, "old.txt"), filepath.Join(dir, "new.txt"))
	o := standard
	o.Confirm = 1
	compared := 0
	for _, s := range aggregate(t, o, files...).Trend.Series {
		row, ok := rows[strings.TrimPrefix(s.Name, "Benchmark")+" "+s.Unit]
		if !ok {
			t.Fatalf("benchstat has no %s %s: %v", s.Name, s.Unit, rows)
		}
		scale := 1.0
		if s.Unit == "ns/op" { // which benchstat shows in seconds
			scale = 1e9
		}
		if math.Abs(row.old*scale-*s.Baseline) > 1e-6**s.Baseline || math.Abs(row.new*scale-s.Median) > 1e-6*s.Median || math.Abs(row.p-*s.P) > 0.0006 {
			t.Errorf("%s %s: %v, %v, p %v; benchstat %+v", s.Name, s.Unit, *s.Baseline, s.Median, *s.P, row)
		}
		significant := *s.P < o.Alpha
		if row.significant != significant || significant && math.Abs(row.change-100**s.Change) > 0.006 {
			t.Errorf("%s %s: change %v, p %v; benchstat %+v", s.Name, s.Unit, *s.Change, *s.P, row)
		}
		compared++
	}
	if compared != 10 {
		t.Errorf("%d series", compared)
	}
}

// statRow is a line of benchstat.
type statRow struct {
	old, new, change, p float64
	significant         bool
}

// runBenchstat returns the lines of benchstat by name and unit.
func runBenchstat(t *testing.T, before, after string) map[string]statRow {
	t.Helper()
	cmd := exec.Command("go", "run", benchstat, "-format", "csv", before, after)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		if os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
			t.Fatalf("benchstat does not run and GOVCTL_REQUIRE_TOOLS is 1: %v\n%s", err, errs.String())
		}
		t.Skipf("benchstat does not run: %v\n%s", err, errs.String())
	}
	rows := map[string]statRow{}
	unit := ""
	for line := range strings.Lines(string(out)) {
		f, err := csv.NewReader(strings.NewReader(line)).Read()
		switch {
		case err != nil || len(f) < 7:
		case f[0] == "" && f[1] != "" && f[2] == "CI":
			unit = map[string]string{"sec/op": "ns/op"}[f[1]]
			if unit == "" {
				unit = f[1]
			}
		case f[0] != "" && f[0] != "geomean":
			rows[f[0]+" "+unit] = parseRow(t, f)
		}
	}
	return rows
}

func parseRow(t *testing.T, f []string) (r statRow) {
	t.Helper()
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatalf("%q: %v", f, err)
		}
		return v
	}
	r.old, r.new = number(f[1]), number(f[3])
	if r.significant = f[5] != "~"; r.significant {
		r.change = number(strings.TrimSuffix(f[5], "%"))
	}
	r.p = number(strings.TrimPrefix(strings.Fields(f[6])[0], "p="))
	return r
}
