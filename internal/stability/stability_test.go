package stability

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// at is the n-th second of the tests' time.
func at(n int) report.Time {
	return report.At(time.Date(2025, 9, 17, 10, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second))
}

func full(n, incompatible, removed int) report.HistoryLine {
	return report.HistoryLine{
		Timestamp: at(n), SHA: fmt.Sprintf("c%06d", n), RunID: fmt.Sprint(1000 + n),
		Breaking: incompatible+removed > 0, Incompatible: incompatible, DeletedOrRemoved: removed,
	}
}

func placeholder(n int) report.HistoryLine {
	return report.HistoryLine{Timestamp: at(n), SHA: fmt.Sprintf("c%06d", n), RunID: fmt.Sprint(1000 + n), Placeholder: true}
}

// record enters run and returns the new history and the result.
func record(t *testing.T, history string, run report.HistoryLine, c Config) (string, Result) {
	t.Helper()
	var out bytes.Buffer
	r, err := Record(strings.NewReader(history), &out, run, c)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), r
}

func ptr[T any](v T) *T { return &v }

func TestFirstRun(t *testing.T) {
	var out bytes.Buffer
	r, err := Record(nil, &out, full(0, 0, 0), Defaults())
	if err != nil {
		t.Fatal(err)
	}
	m := r.Metrics
	if m.Score != 100 || m.WindowTotalCount != 1 || m.WindowStabilityRatio != 1 || m.CurrentStableStreak != 1 || m.WindowMeanScore != 100 || r.Action != Appended {
		t.Errorf("got %+v", m)
	}
	if want := `{"timestamp":"2025-09-17T10:00:00Z","sha":"c000000","run_id":"1000","breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0,"score":100}` + "\n"; out.String() != want {
		t.Errorf("line is\n%s", out.String())
	}
}

func TestScore(t *testing.T) {
	for _, c := range []struct{ incompatible, removed, want int }{
		{0, 0, 100}, {1, 0, 90}, {0, 1, 95}, {3, 2, 60}, {9, 1, 5}, {10, 0, 0}, {9, 2, 0}, {0, 20, 0}, {0, 21, 0}, {1000000, 1000000, 0},
	} {
		if got := Score(c.incompatible, c.removed); got != report.Percent(c.want) {
			t.Errorf("%d incompatible, %d removed: %v, want %d", c.incompatible, c.removed, got, c.want)
		}
	}
}

func TestSameRunReplacesItsLine(t *testing.T) {
	history, _ := record(t, "", full(0, 0, 0), Defaults())
	history, _ = record(t, history, full(1, 2, 0), Defaults())
	history, _ = record(t, history, full(2, 0, 0), Defaults())
	rerun := full(1, 0, 1)
	rerun.Timestamp = at(99)
	again, r := record(t, history, rerun, Defaults())
	lines, old := strings.SplitAfter(again, "\n"), strings.SplitAfter(history, "\n")
	if r.Action != Replaced || len(lines) != len(old) || lines[0] != old[0] || lines[2] != old[2] || !strings.Contains(lines[1], `"score":95`) {
		t.Errorf("%s:\n%s", r.Action, again)
	}
	if r.Metrics.SHA != "c000002" || r.Metrics.WindowTotalCount != 3 {
		t.Errorf("the figures are about the last line of the history: %+v", r.Metrics)
	}
	if third, _ := record(t, again, rerun, Defaults()); third != again {
		t.Error("recording the same run once more changed the history")
	}
}

func TestCopiesOfARunCountOnce(t *testing.T) {
	history, _ := record(t, "", full(0, 0, 0), Defaults())
	for n := 1; n < 10; n++ {
		history, _ = record(t, history, full(n, n%2, 0), Defaults())
	}
	doubled := history + history // as the original did at each publish
	want, err := Show(strings.NewReader(history), Defaults())
	if err != nil {
		t.Fatal(err)
	}
	got, err := Show(strings.NewReader(doubled), Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if got.Metrics.Extensions.TotalRuns != 10 || got.Metrics.WindowStabilityRatio != want.Metrics.WindowStabilityRatio || got.Metrics.Extensions.HistoryLines != 20 {
		t.Errorf("doubled: %+v", got.Metrics)
	}
	// The later line of a run counts, at its place.
	changed := history + strings.Replace(strings.SplitAfter(history, "\n")[0], `"breaking":false`, `"breaking":true`, 1)
	got, _ = Show(strings.NewReader(changed), Defaults())
	if !got.Metrics.Breaking || got.Metrics.Extensions.TotalRuns != 10 || got.Metrics.Extensions.BreakingRuns != 6 {
		t.Errorf("later line: %+v", got.Metrics)
	}
	// Recording such a run again keeps the number of lines and counts it once.
	out, r := record(t, doubled, full(3, 0, 0), Defaults())
	if strings.Count(out, "\n") != 20 || r.Metrics.Extensions.TotalRuns != 10 || r.Action != Replaced {
		t.Errorf("%d lines, %+v", strings.Count(out, "\n"), r.Metrics.Extensions)
	}
}

// Lines without a run id are told apart by their time.
func TestRunsWithoutRunID(t *testing.T) {
	const history = `{"timestamp":"2024-01-01T00:00:00Z","sha":"a","breaking":false}
{"timestamp":"2024-01-02T00:00:00Z","sha":"a","breaking":false}
{"timestamp":"2024-01-01T00:00:00Z","sha":"a","breaking":false}
`
	r, err := Show(strings.NewReader(history), Defaults())
	if err != nil || r.Metrics.Extensions.TotalRuns != 2 {
		t.Errorf("got %+v, %v", r.Metrics, err)
	}
}

func TestPlaceholders(t *testing.T) {
	c := Defaults()
	c.PlaceholderMaxRuns, c.PlaceholderAlertThreshold, c.Reason, c.Now = 4, 3, "contract could not be read", at(7)
	history, _ := record(t, "", full(0, 0, 0), c)
	for n := 1; n <= 6; n++ {
		var r Result
		history, r = record(t, history, placeholder(n), c)
		if r.Metrics != nil || r.Streak != n || r.Placeholder.Extensions.PlaceholderStreak != n || r.StreakAlert != (n >= 3) || r.MaxExceeded != (n > 4) || r.BelowAlert {
			t.Errorf("placeholder %d: %+v", n, r)
		}
		if p := r.Artifact().(*report.PlaceholderMetrics); p.WindowStabilityRatio != 1 || !p.Placeholder || p.Extensions.Reason != c.Reason || p.SchemaVersion != 1 {
			t.Errorf("placeholder %d: %+v", n, p)
		}
	}
	if strings.Count(history, `"score"`) != 1 {
		t.Error("a placeholder has no score")
	}
	_, r := record(t, history, full(7, 0, 0), c)
	m := r.Metrics
	if r.Streak != 0 || r.StreakAlert || r.MaxExceeded || m.CurrentStableStreak != 1 || m.LongestStableStreak != 1 || m.WindowTotalCount != 8 || m.WindowStableCount != 2 || m.WindowMeanScore != 100 {
		t.Errorf("after recovery: %+v", m)
	}
	if r.Artifact().(*report.Stability) != m {
		t.Error("the artifact of a full run is its metrics")
	}
	c.PlaceholderMaxRuns, c.PlaceholderAlertThreshold = 0, 0
	if _, r = record(t, history, placeholder(8), c); r.MaxExceeded || r.StreakAlert || r.Streak != 7 {
		t.Errorf("0 disables both limits: %+v", r)
	}
}

func TestRefreshWithoutNewCommit(t *testing.T) {
	nightly := Defaults()
	nightly.Refresh = true
	history, before := record(t, "", full(0, 1, 0), Defaults())
	again := full(0, 0, 0)
	again.RunID, again.Timestamp = "night", at(50)

	out, r := record(t, history, again, nightly)
	if out != history || r.Action != Unchanged || r.Metrics.SHA != "c000000" || r.Metrics.WindowStabilityRatio != before.Metrics.WindowStabilityRatio {
		t.Errorf("%s: %q", r.Action, out)
	}
	if out, r = record(t, history+"{torn", again, nightly); out != history+"{torn" || r.SkippedTotal != 1 {
		t.Errorf("an unchanged history is kept to the last byte: %q", out)
	}
	synthetic := again
	synthetic.Synthetic = true
	if out, r = record(t, history, synthetic, nightly); r.Action != Appended || !strings.Contains(out, `"synthetic":true`) {
		t.Errorf("%s: %q", r.Action, out)
	}
	if _, r = record(t, history, again, Defaults()); r.Action != Appended {
		t.Errorf("a run that is no refresh counts: %s", r.Action)
	}
	if _, r = record(t, history, full(1, 0, 0), nightly); r.Action != Appended {
		t.Errorf("a refresh that meets a new commit counts: %s", r.Action)
	}
	broken := placeholder(0)
	broken.RunID = "night"
	out, r = record(t, history, broken, nightly)
	if r.Action != Appended || r.Streak != 1 {
		t.Errorf("a refresh that cannot measure is news: %s", r.Action)
	}
	if _, r = record(t, out, again, nightly); r.Action != Appended && r.Action != Replaced || r.Streak != 0 {
		t.Errorf("the first full refresh after a placeholder ends the streak: %s %d", r.Action, r.Streak)
	}
	if _, r = record(t, "", again, nightly); r.Action != Appended {
		t.Errorf("an empty history gets its first line: %s", r.Action)
	}
}

func TestShowAndTailChangeNothingAndAgree(t *testing.T) {
	history := ""
	var last Result
	for n := range 50 {
		history, last = record(t, history, full(n, n%7/6, 0), Defaults())
	}
	shown, err := Show(strings.NewReader(history), Defaults())
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(last.Metrics)
	b, _ := json.Marshal(shown.Metrics)
	if !bytes.Equal(a, b) {
		t.Errorf("record says %s\nshow says %s", a, b)
	}
	tail, err := Tail(strings.NewReader(history), 10)
	if err != nil || len(tail) != 10 || tail[9].SHA != "c000049" || tail[0].SHA != "c000040" {
		t.Errorf("tail is %+v, %v", tail, err)
	}
	if _, err = Show(strings.NewReader("\n?\n"), Defaults()); !errors.Is(err, ErrNoRuns) {
		t.Errorf("a history without runs: %v", err)
	}
	if tail, err = Tail(nil, 5); err != nil || len(tail) != 0 {
		t.Errorf("no history: %v %v", tail, err)
	}
}

// The digest covers a prefix of a history that has grown since, so that a signed one binds it.
func TestDigest(t *testing.T) {
	history, _ := record(t, "garbage\n\n", full(0, 0, 0), Defaults())
	history, r := record(t, history, full(1, 0, 0), Defaults())
	sum, lines, err := Digest(strings.NewReader(history), 0)
	if err != nil || sum != r.Metrics.Extensions.HistorySHA256 || lines != 2 {
		t.Errorf("digest %s of %d lines, metrics say %s of %d", sum, lines, r.Metrics.Extensions.HistorySHA256, r.Metrics.Extensions.HistoryLines)
	}
	grown, _ := record(t, history, full(2, 0, 0), Defaults())
	if again, _, _ := Digest(strings.NewReader(grown), lines); again != sum {
		t.Error("the digest of the same lines changed when the history grew")
	}
	if other, _, _ := Digest(strings.NewReader(strings.Replace(grown, "c000000", "c00000x", 1)), lines); other == sum {
		t.Error("the digest does not notice a changed line")
	}
}

func TestWilson(t *testing.T) {
	// Newcombe, Statistics in Medicine 17 (1998), table I, method 3, and the limits for no data.
	for _, c := range []struct {
		x, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {29, 29, 0.8830, 1}, {0, 0, 0, 1}} {
		low, high := Wilson(c.x, c.n)
		if low.Rounded() != c.low || high.Rounded() != c.high {
			t.Errorf("%d of %d: %v to %v, want %v to %v", c.x, c.n, low.Rounded(), high.Rounded(), c.low, c.high)
		}
	}
}

func TestPlaceholdersSpendNoBudget(t *testing.T) {
	window := make([]report.HistoryLine, 30)
	window[3].Breaking, window[28].Breaking = true, true
	window[7].Placeholder, window[29].Placeholder = true, true
	want := report.Budget{AllowedBreakingRuns: 6, Used: 2, Left: 4, BurnRate: 1.5}
	if got := budget(window, 0.8); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Left is negative exactly when the ratio is below the threshold.
func TestBudgetAgreesWithThreshold(t *testing.T) {
	for _, threshold := range []float64{0, 0.1, 0.5, 2.0 / 3, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1} {
		for n := 1; n <= 60; n++ {
			for unstable := 0; unstable <= n; unstable++ {
				window := make([]report.HistoryLine, n)
				for i := range unstable {
					window[i].Breaking = true
				}
				b := budget(window, threshold)
				below := float64(n-unstable)/float64(n) < threshold
				if b.Used != unstable || b.Left != b.AllowedBreakingRuns-unstable || (b.Left < 0) != below {
					t.Fatalf("threshold %v, %d of %d unstable: %+v", threshold, unstable, n, b)
				}
			}
		}
	}
}

func TestBurnRate(t *testing.T) {
	for _, c := range []struct {
		window string // b is a breaking run
		want   float64
	}{{".........", 0}, {"b........", 0}, {"........b", 3}, {"b.......b", 1.5}, {"bbbbbbbbb", 1}, {"b", 1}, {".b", 2}, {"......bbb", 3}, {"....b.....", 0}, {".......b..", 2.5}} {
		var window []report.HistoryLine
		for _, r := range c.window {
			window = append(window, report.HistoryLine{Breaking: r == 'b'})
		}
		if got := budget(window, 0.8).BurnRate; got != c.want {
			t.Errorf("%s: %v, want %v", c.window, got, c.want)
		}
	}
}

func TestAnomaly(t *testing.T) {
	for _, c := range []struct {
		scores string
		want   string // part of the reason
	}{
		{"100 100 100 100 100 100 100 100 100", ""},
		{"100 100 100 100 100 100 100 100 85", ""},       // 15 points: below the floor's limit of 17.5
		{"100 100 100 100 100 100 100 100 82.5", "17.5"}, // exactly at the limit
		{"100 100 100 100 100 100 100 100 40", "score 40 is 60 points below the median 100 of the 8 full runs"},
		{"100 100 100 100 100 100 100 40", ""},          // seven earlier runs are not enough
		{"90 20 80 30 100 40 70 60 10", ""},             // a noisy window makes nothing unusual
		{"40 40 40 40 40 40 40 40 100", ""},             // up is no drop
		{"- 100 100 100 100 100 100 100 40", ""},        // a placeholder is no earlier run
		{"- 100 100 100 100 100 - 100 100 100 40", "8"}, // and does not hide the others
	} {
		var window []report.HistoryLine
		for s := range strings.FieldsSeq(c.scores) {
			var h report.HistoryLine
			if s != "-" {
				var v float64
				if _, err := fmt.Sscan(s, &v); err != nil {
					t.Fatal(err)
				}
				h.Score = ptr(report.Percent(v))
			}
			window = append(window, h)
		}
		if got := anomaly(window); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.scores, got, c.want)
		}
	}
}

func TestRecordRefusesWhatItCouldNotReadTomorrow(t *testing.T) {
	for _, run := range []report.HistoryLine{
		{}, {Timestamp: at(0), SHA: "\xff"}, {Timestamp: at(0), SHA: "a", Incompatible: -1}, {Timestamp: at(0), SHA: "a", Incompatible: maxCount},
		{Timestamp: at(0), SHA: "a", Score: ptr(report.Percent(101))}, {Timestamp: at(0), SHA: "a", Counts: map[string]int{"wire": -1}},
	} {
		var out bytes.Buffer
		if _, err := Record(nil, &out, run, Defaults()); err == nil || out.Len() > 0 {
			t.Errorf("%+v was recorded: %v", run, err)
		}
	}
	for _, c := range []Config{{}, {Window: -1}, {Window: MaxWindow + 1}, {Window: 1, AlertThreshold: 1.1}, {Window: 1, AlertThreshold: math.NaN()}, {Window: 1, PlaceholderMaxRuns: -1}, {Window: 1, PlaceholderAlertThreshold: -1}} {
		if _, err := Record(nil, &bytes.Buffer{}, full(0, 0, 0), c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
		if _, err := Show(strings.NewReader("x"), c); err == nil || errors.Is(err, ErrNoRuns) {
			t.Errorf("%+v was accepted", c)
		}
	}
}

func TestErrorsOfReaderAndWriter(t *testing.T) {
	boom := errors.New("boom")
	if _, err := Record(iotest.ErrReader(boom), &bytes.Buffer{}, full(0, 0, 0), Defaults()); !errors.Is(err, boom) {
		t.Errorf("reader: %v", err)
	}
	closed, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for _, history := range []string{"", strings.Repeat("x\n", 100_000)} {
		if _, err := Record(strings.NewReader(history), closed, full(0, 0, 0), Defaults()); !errors.Is(err, os.ErrClosed) {
			t.Errorf("writer: %v", err)
		}
	}
	if err := Merge(strings.NewReader("x"), nil, closed); !errors.Is(err, os.ErrClosed) {
		t.Errorf("merge: %v", err)
	}
	if err := Merge(nil, iotest.ErrReader(boom), closed); !errors.Is(err, boom) {
		t.Errorf("merge: %v", err)
	}
}

// TestCountNamesTheProject: by the last line a run sees that the history in its folder is of another project.
func TestCountNamesTheProject(t *testing.T) {
	const line = `{"timestamp":"2025-01-01T00:00:00Z","sha":"aaaaaaa","project":"us","breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0}` + "\n"
	for project, last := range map[string]string{"us": "", "them": strings.NewReplacer("aaaaaaa", "bbbbbbb", `"us"`, `"them"`).Replace(line), "": strings.NewReplacer("aaaaaaa", "bbbbbbb", `"us"`, `7`).Replace(line)} {
		lines, got, err := Count(strings.NewReader(line+last), Earlier{})
		if want := strings.Count(line+last, "\n"); err != nil || lines != want || got.Project != project {
			t.Errorf("%d lines, the last of %q, %v; want %d, of %q", lines, got.Project, err, want, project)
		}
	}
}
