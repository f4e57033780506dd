package metricscontract_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// cases are the cases of the rules.
var cases = os.DirFS("../../testdata/probe")

// probeCase is the case of a rule: what it is silent on, what it reports, and with which options.
type probeCase struct {
	Expr   string
	Lint   bool // names and descriptions
	Stale  bool // catalog.md against the metrics
	Strict bool
	Budget int
	Level  report.Level
	files  func(name string) []byte
	rules  []metricscontract.Rule
}

func readCase(t *testing.T, id string) probeCase {
	t.Helper()
	c := probeCase{files: func(name string) []byte {
		data, err := fs.ReadFile(cases, path.Join(id, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}}
	if err := json.Unmarshal(c.files("case.json"), &c); err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(cases, path.Join(id, "rules.yml"))
	if errors.Is(err, fs.ErrNotExist) {
		return c
	}
	file, err := promrules.Parse("rules.yml", text)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Groups[0].Rules {
		c.rules = append(c.rules, metricscontract.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, Place: r.Place("rules.yml")})
	}
	return c
}

func (c *probeCase) run(t *testing.T, name string) []report.Finding {
	t.Helper()
	if c.Expr != "" {
		s, err := metricscontract.ParseSnapshot(name, c.files(name))
		if err != nil {
			t.Fatal(err)
		}
		_, found, err := metricscontract.NewSource(s, nil).Assert(context.Background(), report.EvidenceSubject{Name: name}, c.Expr)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if c.Lint || c.Stale {
		return c.catalog(t, name)
	}
	in := metricscontract.DiffInput{Rules: c.rules, Limits: metricscontract.Limits{StrictCounters: c.Strict, Series: c.Budget}}
	for file, to := range map[string]*metricscontract.Contract{"before.prom": &in.Before, name: &in.After} {
		parsed, err := metricscontract.ParseContract(file, c.files(file))
		if err != nil {
			t.Fatal(err)
		}
		*to = parsed
	}
	return metricscontract.Diff(in)
}

func (c *probeCase) catalog(t *testing.T, name string) (found []report.Finding) {
	t.Helper()
	is, err := metricscontract.ParseContract(name, c.files(name))
	if err != nil {
		t.Fatal(err)
	}
	if c.Stale {
		return metricscontract.Stale(report.Place{File: "catalog.md", Line: 1}, string(c.files("catalog.md")), metricscontract.Catalog(is, c.rules))
	}
	if found, err = metricscontract.Lint(is); err != nil {
		t.Fatal(err)
	}
	return found
}

// Each rule fires alone on its case, and nothing fires on the case's twin.
func TestCases(t *testing.T) {
	for _, rule := range metricscontract.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			c := readCase(t, rule.ID)
			if found := c.run(t, "good.prom"); len(found) > 0 {
				t.Errorf("good.prom: %+v", found)
			}
			found := c.run(t, "bad.prom")
			if len(found) == 0 {
				t.Fatal("nothing is reported")
			}
			for _, f := range found {
				if f.Rule != rule.ID || c.Level != "" && f.Level != c.Level || len(f.Fingerprint) != 16 {
					t.Errorf("%s %s %s: %s", f.Rule, f.Level, f.Fingerprint, f.Message)
				}
			}
		})
	}
}

// A baseline has all that is compared but the values.
func TestABaselineComparesAsItsSnapshot(t *testing.T) {
	for _, rule := range metricscontract.Rules {
		c := readCase(t, rule.ID)
		snapshot, err := metricscontract.ParseContract("x", c.files("bad.prom"))
		if err != nil {
			t.Fatal(err)
		}
		baseline, err := metricscontract.ParseContract("x", snapshot.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if found := metricscontract.Diff(metricscontract.DiffInput{Before: baseline, After: snapshot, Rules: c.rules}); len(found) > 0 {
			t.Errorf("%s: %+v", rule.ID, found)
		}
		if again := baseline.Encode(); string(again) != string(snapshot.Encode()) {
			t.Errorf("%s:\n%s\n%s", rule.ID, again, snapshot.Encode())
		}
	}
}

func TestReadersAreNamedThroughRecordingRules(t *testing.T) {
	c := readCase(t, "metric-removed")
	message := c.run(t, "bad.prom")[0].Message
	for _, want := range []string{"recording rule job:sessions:max (rules.yml:4)", "alert ManySessions (rules.yml:6)"} {
		if !strings.Contains(message, want) {
			t.Errorf("%s: lacks %s", message, want)
		}
	}
	c.rules = nil
	if f := c.run(t, "bad.prom")[0]; f.Level != report.Warning {
		t.Errorf("without a reader: %s", f.Level)
	}
}

const sample = "# TYPE a_total counter\na_total{x=\"1\"} 3\na_total{x=\"2\"} 4\nb 1\n"

func TestExpressions(t *testing.T) {
	parse := func(text string) *metricscontract.Snapshot {
		s, err := metricscontract.ParseSnapshot("s", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	source := metricscontract.NewSource(parse(sample), parse("a_total{x=\"1\"} 1\nold 1\n"))
	for _, c := range []struct {
		expr, err string
		n         int
	}{
		{`a_total`, "", 2},
		{`a_total{x="1"} > 3`, "", 0},
		{`a_total - a_total offset 1m`, "", 1},
		{`a_total - a_total offset 1m == 2`, "", 1},
		{`count(a_total) == 2`, "", 1},
		{`increase(a_total{x="1"}[2m]) > 0`, "", 1},
		{`old`, "", 0}, // of the snapshot before: not there any more
		{`old offset 1m`, "", 1},
		{`absent(gone)`, "", 1},
		{`absent(b)`, "", 0},
		{`gone`, `no metric "gone"`, 0},
		{`{__name__=~"a_.*"}`, "", 2},
		{`b > bool 2`, "leave bool out", 0},
		{`(b > bool 2)`, "leave bool out", 0},
		{`1`, "must be an instant vector", 0},
		{`a_total[5m]`, "must be an instant vector", 0},
		{`b >`, "unexpected", 0},
		{strings.Repeat("(", 5000), "5000 bytes", 0},
	} {
		v, err := source.Eval(context.Background(), c.expr)
		if c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) || c.err == "" && err != nil || len(v) != c.n {
			t.Errorf("%s: %v, %v", c.expr, v, err)
		}
	}
}

func TestSnapshotsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
	}{
		{"", 0}, {"\n\n", 0}, {"# only a comment\n", 0},
		{"a 1\n\nb{x=\"1\" 2\n", 3},
		{"a 1\na 2\n", 2},
		{"a 1\n<html>\n", 2},
		{"# TYPE a counter\na_total 1\n# TYPE b\n# EOF\n", 3},
		{"a one\n", 1},
	} {
		_, err := metricscontract.ParseSnapshot("f", []byte(c.text))
		var refused *contract.Error
		if !errors.As(err, &refused) || refused.Place.Line != c.line {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func TestOpenMetrics(t *testing.T) {
	s, err := metricscontract.ParseSnapshot("f", []byte("# TYPE a counter\na_total{x=\"1\"} 1\n# TYPE d_seconds gauge\n# UNIT d_seconds seconds\nd_seconds 1\n# EOF\n"))
	if err != nil {
		t.Fatal(err)
	}
	if m := s.Metrics["a_total"]; m == nil || m.Type != "counter" || strings.Join(m.Labels, ",") != "x" || s.Metrics["d_seconds"].Unit != "seconds" {
		t.Errorf("%+v", s.Metrics)
	}
}

func FuzzSnapshot(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("# TYPE a histogram\na_bucket{le=\"1\"} 1\n# EOF\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := metricscontract.ParseContract("f", data)
		if err != nil {
			return
		}
		if found := metricscontract.Diff(metricscontract.DiffInput{Before: c, After: c}); len(found) > 0 {
			t.Errorf("compared with itself: %+v", found)
		}
		if _, err := metricscontract.ParseContract("f", c.Encode()); err != nil {
			t.Errorf("its baseline: %v", err)
		}
	})
}
