package resources

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// show writes a sample with nil as -.
func show(s Sample) string {
	text := func(v any) string {
		switch v := v.(type) {
		case *float64:
			if v != nil {
				return fmt.Sprintf("%.2f", *v)
			}
		case *int64:
			if v != nil {
				return fmt.Sprint(*v)
			}
		}
		return "-"
	}
	return fmt.Sprintf("%s %.2f %s %d %s %s", s.Container, s.CPUPct, text(s.MemPct), s.MemUsed, text(s.NetRx), text(s.NetTx))
}

const apiV2 = `{"name":"/shop","cpu_stats":{"cpu_usage":{"total_usage":300000000},"system_cpu_usage":20000000000,"online_cpus":4},` +
	`"precpu_stats":{"cpu_usage":{"total_usage":100000000},"system_cpu_usage":16000000000,"online_cpus":4},` +
	`"memory_stats":{"usage":200,"limit":1000,"stats":{"inactive_file":50}},"networks":{"eth0":{"rx_bytes":5,"tx_bytes":6},"eth1":{"rx_bytes":1,"tx_bytes":2}}}`

func TestAnswersOfTheAPI(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"cgroup v2", apiV2, "shop 20.00 15.00 150 6 8"},
		{"cgroup v1", `{"name":"/a","cpu_stats":{"cpu_usage":{"total_usage":3,"percpu_usage":[1,2]},"system_cpu_usage":20},"precpu_stats":{"cpu_usage":{"total_usage":1},"system_cpu_usage":10},` +
			`"memory_stats":{"usage":200,"limit":400,"stats":{"total_inactive_file":100,"inactive_file":7}}}`, "a 40.00 25.00 100 - -"},
		{"first reading", `{"name":"/a","cpu_stats":{"cpu_usage":{"total_usage":300},"system_cpu_usage":20,"online_cpus":4},"precpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{}}`, "a 0.00 - 0 - -"},
		{"restarted between", `{"name":"/a","cpu_stats":{"cpu_usage":{"total_usage":1},"system_cpu_usage":20},"precpu_stats":{"cpu_usage":{"total_usage":9},"system_cpu_usage":10}}`, "a 0.00 - 0 - -"},
		{"no name", `{}`, "fallback 0.00 - 0 - -"},
	} {
		s, err := ParseStats([]byte(c.text), "fallback")
		if err != nil || show(s) != c.want {
			t.Errorf("%s: %s, %v", c.name, show(s), err)
		}
	}
	for _, text := range []string{``, `[]`, `{"memory_stats":{"usage":-1}}`, `{"memory_stats":{"usage":18446744073709551615}}`, `{"name":"a\u0000"}`, `{"name":"` + strings.Repeat("a", 301) + `"}`, `{"memory_stats":{"usage":1e400}}`} {
		if s, err := ParseStats([]byte(text), "x"); err == nil {
			t.Errorf("%s: %s", text, show(s))
		}
	}
}

func TestLinesOfDockerStats(t *testing.T) {
	line := func(cpu, mem, share, net string) string {
		return fmt.Sprintf(`{"Name":"shop","Container":"abc","CPUPerc":%q,"MemUsage":%q,"MemPerc":%q,"NetIO":%q}`, cpu, mem, share, net)
	}
	good := "\x1b[2J\x1b[H" + line("0.50%", "1.5MiB / 2GiB", "0.07%", "1.2kB / 3.4MB") + "\n\n" + line("--", "-- / --", "--", "--") + "\n" +
		line("150.25%", "512B / 0B", "0.00%", "--") + "\r\n" + apiV2 + "\n"
	samples, err := ParseFile("f", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range samples {
		all = append(all, show(s))
	}
	if got, want := strings.Join(all, "; "), "shop 0.50 0.07 1572864 1200 3400000; shop 150.25 - 512 - -; shop 20.00 15.00 150 6 8"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	ok := line("1%", "1B / 1B", "1%", "1B / 1B")
	for _, bad := range []string{"{", "text", line("1", "1B / 1B", "1%", "1B / 1B"), line("NaN%", "1B / 1B", "1%", "1B / 1B"), line("1e9%", "1B / 1B", "1%", "1B / 1B"),
		line("-1%", "1B / 1B", "1%", "1B / 1B"), line("1%", "1B", "1%", "1B / 1B"), line("1%", "1B / 1XB", "1%", "1B / 1B"), line("1%", "-1B / 1B", "1%", "1B / 1B"),
		line("1%", "InfB / 1B", "1%", "1B / 1B"), line("1%", "1e300PiB / 1B", "1%", "1B / 1B"), line("1%", "1B / 1B", "1%", "1B"), `{"CPUPerc":"1%","MemUsage":"1B / 1B","MemPerc":"1%"}`} {
		_, err := ParseFile("f", []byte(ok+"\n"+bad+"\n"))
		var refused *contract.Error
		if !errors.As(err, &refused) || refused.Place.Line != 2 {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := ParseFile("f", []byte(strings.Repeat(ok+"\n", maxSamples+1))); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%v", err)
	}
}

func count64(n int64) *int64 { return &n }

func TestRowsAndResets(t *testing.T) {
	var l Log
	for i, c := range []struct {
		used, rx, tx int64
		want         string
	}{
		{100, 10, 20, "0 0 0 0 false"},
		{90, 15, 20, "1 5 0 -10 false"},
		{95, 3, 30, "2 0 0 5 true"}, // one counter fell: both begin again
		{95, 4, 31, "3 1 1 0 false"},
	} {
		r := l.Add([]Sample{{Container: "a", MemUsed: c.used, NetRx: count64(c.rx), NetTx: count64(c.tx)}}, noon)[0]
		if got := fmt.Sprintf("%d %d %d %d %v", r.Seq, r.DeltaNetIn, r.DeltaNetOut, r.DeltaMemUsed, r.Reset); got != c.want {
			t.Errorf("row %d: %s, want %s", i, got, c.want)
		}
	}
	added := l.Add([]Sample{{Container: "b", NetRx: count64(9), NetTx: count64(9)}, {Container: "a"}, {Container: "b", NetRx: count64(11), NetTx: count64(9)}}, noon)
	if added[0].DeltaNetIn != 0 || added[1].Reset || added[1].DeltaNetIn != 0 || added[2].DeltaNetIn != 2 || added[2].Seq != 6 {
		t.Errorf("%+v", added)
	}
	text, err := Append([]byte("torn"), l.Rows)
	if err != nil {
		t.Fatal(err)
	}
	again := ReadLog(text, 120)
	if again.Skipped != 1 || len(again.Rows) != 7 || again.Rows[6].Seq != 6 || again.Rows[2].Reset != true {
		t.Errorf("%+v", again)
	}
}

func TestLogsOfTheOriginal(t *testing.T) {
	l := ReadLog([]byte(`{"name":"a","cpu_perc":1.5,"mem_used_bytes":10,"mem_limit_bytes":100,"mem_perc":10.0,"net_in_bytes":5,"net_out_bytes":6,"timestamp":"2025-09-25T13:34:27.123456+00:00","delta_net_in":null,"delta_net_out":null,"delta_mem_used":null,"seq":41}`+"\n"+
		`{"name":"a","cpu_perc":null,"mem_used_bytes":10}`+"\n"+`{"container":"a","cpu_pct":-1,"mem_used":1}`+"\n"), 120)
	r := l.Add([]Sample{{Container: "a", NetRx: count64(7), NetTx: count64(6), MemUsed: 12}}, noon)[0]
	if l.Skipped != 2 || r.Seq != 42 || r.DeltaNetIn != 2 || r.DeltaMemUsed != 2 {
		t.Errorf("%+v, %+v", l, r)
	}
}

// The end of a log is read, however long it is.
func TestLongLogs(t *testing.T) {
	line := `{"container":"a","cpu_pct":1,"mem_used":1}` + "\n"
	if l := ReadLog([]byte(strings.Repeat(line, 300_000)), 10); len(l.Rows) != tailRows {
		t.Errorf("%d rows", len(l.Rows))
	}
	if l := ReadLog([]byte(strings.Repeat("\n", 1_000_000)+line), 10); len(l.Rows) != 1 {
		t.Errorf("%d rows", len(l.Rows))
	}
}

func TestGrowthBeginsAfterARestart(t *testing.T) {
	rows := func(n int, used func(int) int64, reset int) (out []report.ResourceRow) {
		for i := range n {
			out = append(out, report.ResourceRow{Container: "a", MemUsed: used(i), Reset: i == reset})
		}
		return out
	}
	for _, c := range []struct {
		name  string
		rows  []report.ResourceRow
		want  float64
		known bool
	}{
		{"linear", rows(12, func(i int) int64 { return int64(100 + 10*i) }, -1), 69.6, true},
		{"flat", rows(12, func(int) int64 { return 100 }, -1), 0, true},
		{"one peak", rows(12, func(i int) int64 { return int64(100 + 900*(i/11)) }, -1), 0, true},
		{"falling", rows(12, func(i int) int64 { return int64(200 - 10*i) }, -1), -43.2, true},
		{"too few", rows(11, func(int) int64 { return 100 }, -1), 0, false},
		{"restarted", rows(30, func(i int) int64 { return int64(100 + i) }, 20), 0, false},
		{"restarted before", rows(40, func(i int) int64 { return int64(100 + 900*(1-i/20)) }, 20), 0, true},
		{"from nothing", rows(12, func(i int) int64 { return int64(i / 6) }, -1), 0, false},
	} {
		g := containerOf(c.rows).Growth
		if (g != nil) != c.known || c.known && math.Abs(*g-c.want) > 0.1 {
			t.Errorf("%s: %v", c.name, g)
		}
	}
}

func cgroupFiles(cpu, current, limit, stat string) fstest.MapFS {
	return fstest.MapFS{"cpu.stat": {Data: []byte(cpu)}, "memory.current": {Data: []byte(current)}, "memory.max": {Data: []byte(limit)}, "memory.stat": {Data: []byte(stat)}}
}

func TestCgroups(t *testing.T) {
	before, err := ReadCgroup(cgroupFiles("usage_usec 1000000\nuser_usec 1\n", "1000\n", "4000\n", "anon 1\ninactive_file 200\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir  fstest.MapFS
		want string
	}{
		{cgroupFiles("usage_usec 1500000\n", "1000\n", "4000\n", "inactive_file 200\n"), "a 50.00 20.00 800 - -"},
		{cgroupFiles("usage_usec 1000000\n", "1000\n", "max\n", "inactive_file 2000\n"), "a 0.00 - 1000 - -"},
		{cgroupFiles("usage_usec 5\n", "1000\n", "4000\n", "\n"), ""},
		{cgroupFiles("usage_usec x\n", "1000\n", "4000\n", ""), ""},
		{cgroupFiles("user_usec 1\n", "1000\n", "4000\n", ""), ""},
		{cgroupFiles("usage_usec 1\n", "-1\n", "4000\n", ""), ""},
		{cgroupFiles("usage_usec 1\n", "1\n", strings.Repeat("1", maxCgroupFile+1), ""), ""},
		{fstest.MapFS{}, ""},
	} {
		after, err := ReadCgroup(c.dir)
		if c.want == "" {
			if err == nil {
				t.Errorf("%v was read", c.dir)
			}
			continue
		}
		s, sampleErr := after.Sample("a", before, time.Second)
		if err := errors.Join(err, sampleErr); err != nil || show(s) != c.want {
			t.Errorf("%s, %v; want %s", show(s), err, c.want)
		}
	}
	none := cgroupFiles("usage_usec 1\n", "1\n", "", "")
	delete(none, "memory.max")
	if c, err := ReadCgroup(none); err != nil || c.limit != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestRealCgroup reads the cgroup of this process, where the kernel has cgroup v2 with the memory controller for it.
func TestRealCgroup(t *testing.T) {
	own, err := os.ReadFile("/proc/self/cgroup")
	name, ok := strings.CutPrefix(strings.TrimSpace(string(own)), "0::")
	if err != nil || !ok {
		t.Skip("there is no cgroup v2 hierarchy alone")
	}
	dir := os.DirFS(filepath.Join("/sys/fs/cgroup", name))
	before, err := ReadCgroup(dir)
	if err != nil {
		t.Skipf("the cgroup of this process cannot be read: %v", err)
	}
	held := make([]byte, 64<<20)
	for i := 0; i < len(held); i += 4096 {
		held[i] = 1
	}
	after, err := ReadCgroup(dir)
	if err != nil {
		t.Fatal(err)
	}
	if after.used-before.used < 16<<20 || after.cpuMicros < before.cpuMicros {
		t.Errorf("%+v, then %+v with %d bytes more", before, after, len(held))
	}
}

func TestHistogram(t *testing.T) {
	bounds, err := Bounds("0, 10,25.5")
	if err != nil {
		t.Fatal(err)
	}
	var rows []report.ResourceRow
	for _, v := range []float64{0, 5, 10, 10.1, 99} {
		rows = append(rows, report.ResourceRow{CPUPct: v})
	}
	var got []string
	for _, f := range Histogram("x", "h", rows, bounds, func(r *report.ResourceRow) *float64 { return &r.CPUPct }) {
		got = append(got, fmt.Sprintf("%s{%s} %g", f.Name, f.Labels["le"], f.Value))
	}
	if got, want := strings.Join(got, " "), "x_bucket{0} 1 x_bucket{10} 3 x_bucket{25.5} 4 x_bucket{+Inf} 5 x_sum{} 124.1 x_count{} 5"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if Histogram("x", "h", rows, bounds, func(r *report.ResourceRow) *float64 { return r.MemPct }) != nil {
		t.Error("a histogram of nothing")
	}
	for _, bad := range []string{"", "a", "1,1", "2,1", "NaN", "1,Inf", strings.Repeat("1,", 5)} {
		if b, err := Bounds(bad); err == nil {
			t.Errorf("%q: %v", bad, b)
		}
	}
}
