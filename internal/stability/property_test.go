package stability

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/jointest"
)

// naive recomputes the figures in the plainest way, from the definitions: read all, forget what is told again later, count.
func naive(history string, c Config) map[string]any {
	type line struct {
		SHA, RunID            string
		Breaking, Placeholder bool
		Score                 float64
	}
	var all []line
	for text := range strings.SplitSeq(history, "\n") {
		var m map[string]any
		if json.Unmarshal([]byte(text), &m) != nil {
			continue
		}
		l := line{SHA: m["sha"].(string), RunID: m["run_id"].(string)}
		l.Breaking, _ = m["breaking"].(bool)
		l.Placeholder, _ = m["placeholder"].(bool)
		l.Score, _ = m["score"].(float64)
		for i := range all {
			if all[i].SHA == l.SHA && all[i].RunID == l.RunID {
				all = append(all[:i], all[i+1:]...)
				break
			}
		}
		all = append(all, l)
	}
	stable := func(ls []line) (n int) {
		for _, l := range ls {
			if !l.Breaking && !l.Placeholder {
				n++
			}
		}
		return n
	}
	window := all[max(0, len(all)-c.Window):]
	longest, current, streak := 0, 0, 0
	for i := range all {
		for j := i + 1; j <= len(all) && stable(all[i:j]) == j-i; j++ {
			longest = max(longest, j-i)
			if j == len(all) {
				current = max(current, j-i)
			}
		}
	}
	for i := len(all) - 1; i >= 0 && all[i].Placeholder; i-- {
		streak++
	}
	total, n := 0.0, 0
	for _, l := range window {
		if !l.Placeholder {
			total, n = total+l.Score, n+1
		}
	}
	mean := 0.0
	if n > 0 {
		mean = math.Round(total/float64(n)*100) / 100
	}
	ratio := func(ls []line) float64 { return math.Round(float64(stable(ls))/float64(len(ls))*1e4) / 1e4 }
	return map[string]any{
		"total": len(all), "window": len(window), "window stable": stable(window), "ratio": ratio(window), "overall": ratio(all),
		"longest": longest, "current": current, "streak": streak, "mean": mean,
	}
}

func figures(r Result) map[string]any {
	m := r.Metrics
	return map[string]any{
		"total": m.Extensions.TotalRuns, "window": m.WindowTotalCount, "window stable": m.WindowStableCount,
		"ratio": m.WindowStabilityRatio.Rounded(), "overall": m.OverallStabilityRatio.Rounded(),
		"longest": m.LongestStableStreak, "current": m.CurrentStableStreak, "streak": r.Streak, "mean": m.WindowMeanScore.Rounded(),
	}
}

// random returns the lines of a history of n runs among which some are breaking, placeholders, repeated or torn.
func random(rnd *rand.Rand, n int) (lines []string) {
	for i := range n {
		h := full(i, 0, 0)
		switch rnd.IntN(10) {
		case 0, 1:
			h = full(i, rnd.IntN(4), 1+rnd.IntN(4))
		case 2:
			h = placeholder(i)
		case 3:
			h = full(rnd.IntN(i+1), rnd.IntN(2), 0) // the same commit and run again
		}
		if rnd.IntN(3) == 0 {
			h.Counts = map[string]int{"wire": rnd.IntN(3), "docs": rnd.IntN(9)}
		}
		line, _ := encode(&h)
		if rnd.IntN(12) == 0 {
			lines = append(lines, string(line[:rnd.IntN(len(line)-2)])+"\n")
		}
		lines = append(lines, string(line))
	}
	return lines
}

func TestFiguresAgreeWithNaiveRecomputation(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		c := Defaults()
		c.Window = 1 + rnd.IntN(40)
		history := strings.Join(random(rnd, rnd.IntN(80)), "")
		out, r := record(t, history, full(rnd.IntN(90), rnd.IntN(2), 0), c)
		if r.Metrics == nil {
			continue // the run replaced an earlier one, and the last is a placeholder
		}
		if got, want := fmt.Sprint(figures(r)), fmt.Sprint(naive(out, c)); got != want {
			t.Fatalf("seed %d:\n got %s\nwant %s\n%s", seed, got, want, out)
		}
	}
}

func merge(t *testing.T, a, b string) string {
	t.Helper()
	var out bytes.Buffer
	if err := Merge(strings.NewReader(a), strings.NewReader(b), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Two writers went on from one history. Whatever the order and however often it is done, the union is the same,
// and every run of both is in it once.
func TestMergeLaws(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 8))
		lines := random(rnd, 40)
		common := rnd.IntN(len(lines))
		a, b, c := strings.Join(lines[:common], ""), strings.Join(lines[:common], ""), strings.Join(random(rnd, 10), "")
		for _, l := range lines[common:] {
			if rnd.IntN(2) == 0 {
				a += l
			} else {
				b += l
			}
		}
		ab := merge(t, a, b)
		for law, pair := range map[string][2]string{
			"commutative": {ab, merge(t, b, a)},
			"idempotent":  {ab, merge(t, ab, ab)},
			"absorbing":   {ab, merge(t, ab, a)},
			"associative": {merge(t, ab, c), merge(t, a, merge(t, b, c))},
		} {
			if pair[0] != pair[1] {
				t.Fatalf("seed %d: not %s:\n%s\n%s", seed, law, pair[0], pair[1])
			}
		}
		everyRunOnce(t, ab, a+b)
	}
}

// Lines of few commits, run ids and times, each of which was read: whatever the parts and their order, the union has the same bytes.
func TestHistoriesJoinTheSameEveryWay(t *testing.T) {
	lines := func(rnd *rand.Rand) (all []string) {
		all = make([]string, 10) // each of some lines: the reader's buffer is what a merge costs
		for i := range 50 {
			h := full(rnd.IntN(5), rnd.IntN(2), rnd.IntN(2))
			h.SHA, h.RunID = fmt.Sprintf("aaaaaa%d", rnd.IntN(3)), fmt.Sprint(rnd.IntN(12))
			line, err := encode(&h)
			if err != nil {
				t.Fatal(err)
			}
			all[i%len(all)] += string(line)
		}
		return all
	}
	jointest.Check(t, lines, func(a, b string) string { return merge(t, a, b) }, func(s string) string { return s })
}

func everyRunOnce(t *testing.T, merged, all string) {
	t.Helper()
	runs := func(text string) (keys []string) {
		for line := range strings.SplitSeq(text, "\n") {
			if h, err := parse([]byte(line)); err == nil {
				keys = append(keys, h.SHA+" "+h.RunID)
			}
		}
		return keys
	}
	got, want := runs(merged), map[string]bool{}
	for _, k := range runs(all) {
		want[k] = true
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines for %d runs", len(got), len(want))
	}
	var times []string
	for line := range strings.SplitSeq(merged, "\n") {
		if h, err := parse([]byte(line)); err == nil {
			times = append(times, h.Timestamp.String())
		}
	}
	if !slices.IsSorted(times) {
		t.Fatalf("not in the order of time:\n%s", merged)
	}
}

func TestMergeKeepsUnreadableLinesAndBytes(t *testing.T) {
	line := func(n int) string { b, _ := encode(ptr(full(n, 0, 0))); return string(b) }
	crlf := strings.TrimSuffix(line(2), "\n") + "\r\n"
	long := strings.Repeat("x", 2*maxLine) + "\n"
	a := "\xef\xbb\xbf" + line(0) + "garbage\n" + long + crlf
	b := line(0) + line(1) + "garbage\n" + line(3)[:20]
	want := line(0) + "garbage\n" + long + line(1) + line(3)[:20] + "\n" + crlf
	if got := merge(t, a, b); got != want {
		t.Errorf("got  %.500q\nwant %.500q", got, want)
	}
	if got := merge(t, "", ""); got != "" {
		t.Errorf("nothing and nothing is %q", got)
	}
}

// Runs of one second go by run id: CI systems count upwards.
func TestMergeOrdersRunsOfOneSecond(t *testing.T) {
	var a, b string
	for _, runID := range []string{"9", "10", "11"} {
		h := full(0, 0, 0)
		h.RunID = runID
		line, _ := encode(&h)
		a, b = a+string(line), string(line)+b
	}
	if got := merge(t, b, ""); got != a {
		t.Errorf("got\n%s", got)
	}
}

// FuzzScan holds the fast scanner to the full parser: what the one accepts, the other reads the same.
func FuzzScan(f *testing.F) {
	line, _ := encode(ptr(full(1, 2, 3)))
	for _, s := range []string{
		string(line), strings.TrimSpace(string(line)), `{"timestamp":"2024-02-29T23:59:59Z","sha":"a","breaking":true,"counts":{"a":1,"b":2},"score":99.5}`,
		`{"timestamp":"2025-02-29T00:00:00Z","sha":"a","breaking":true}`, `{"sha":"a","sha":"b"}`, `{ "sha" : "a" , "breaking" : false , "timestamp":"2000-01-01T00:00:00Z" }`,
		`{"timestamp":"2024-02-29T23:59:59Z","sha":"a","breaking":true,"score":1.}`, `{"timestamp":"2024-02-29T23:59:59Z","sha":"a","breaking":true,"x":null,"y":1.5,"z":"z","x":false}`, `{"timestamp":"2024-02-29T23:59:59Z","sha":"a","breaking":true,"counts":{"a":1,"a":2}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		fast, ok := scan(line)
		if !ok {
			return
		}
		h, err := parse(line)
		if err != nil {
			t.Fatalf("scan accepts %q, parse says %v", line, err)
		}
		slow := brief(&h)
		if string(fast.sha) != string(slow.sha) || string(fast.runID) != string(slow.runID) || fast.unix != slow.unix || fast.breaking != slow.breaking || fast.placeholder != slow.placeholder {
			t.Fatalf("%q: scan says %+v, parse says %+v", line, fast, slow)
		}
	})
}

// FuzzHistory records a run into any bytes: nothing of them is lost, the run is there, and doing it again changes nothing.
func FuzzHistory(f *testing.F) {
	line, _ := encode(ptr(full(1, 2, 3)))
	for _, s := range []string{"", "\n", string(line), string(line) + string(line), string(line[:30]), "\xef\xbb\xbf{}\r\n\r\n", `{"sha":"a","breaking":false}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, history []byte) {
		var once, twice, merged bytes.Buffer
		first, err := Record(bytes.NewReader(history), &once, full(1, 0, 0), Defaults())
		if err != nil {
			t.Fatal(err)
		}
		if first.Action == Appended && !bytes.HasPrefix(once.Bytes(), history) {
			t.Fatalf("%q became %q", history, once.Bytes())
		}
		second, err := Record(bytes.NewReader(once.Bytes()), &twice, full(1, 0, 0), Defaults())
		if err != nil || second.Action != Replaced || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatalf("recorded twice: %v %s\n%q\n%q", err, second.Action, once.Bytes(), twice.Bytes())
		}
		if second.Streak != first.Streak || second.SkippedTotal != first.SkippedTotal {
			t.Fatalf("%+v\n%+v", first, second)
		}
		if err := Merge(bytes.NewReader(history), bytes.NewReader(once.Bytes()), &merged); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDaysSince1970AgreesWithTime(t *testing.T) {
	for day := at(0).AddDate(-55, 0, 0); day.Year() < 2500; day = day.AddDate(0, 0, 1) {
		y, m, d := day.Date()
		if got := int64(daysSince1970(y, int(m), d)); got != day.Unix()/86400 {
			t.Fatalf("%v: %d, want %d", day, got, day.Unix()/86400)
		}
		if next := day.AddDate(0, 0, 1); next.Day() == 1 && daysIn(y, int(m)) != d {
			t.Fatalf("%v: month has %d days", day, daysIn(y, int(m)))
		}
	}
}

// million is a history of a million lines such as govctl writes them.
func million() []byte {
	var b bytes.Buffer
	for i := range 1_000_000 {
		h := full(i, i%37/36, i%91/90)
		h.SHA = fmt.Sprintf("%040x", uint64(i)*0x9e3779b97f4a7c15)
		h.Version = fmt.Sprintf("2.%d.%d", i/1000, i%1000)
		h.Counts = map[string]int{"docs": i % 7, "sdk": i % 5, "validation": i % 3, "wire": i % 2}
		line, _ := encode(&h)
		b.Write(line)
	}
	return b.Bytes()
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkRecordMillion(b *testing.B) {
	history := million()
	b.SetBytes(int64(len(history)))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		r, err := Record(bytes.NewReader(history), discard{}, full(1<<30, 0, 0), Defaults())
		if err != nil || r.Metrics.Extensions.TotalRuns != 1_000_001 {
			b.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.Sys-before.Sys)/(1<<20), "MiB-from-OS")
}
