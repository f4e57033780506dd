package latency_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/latency"
	"github.com/romel/govctl/pkg/report"
)

func value(t *testing.T, v *float64) float64 {
	t.Helper()
	if v == nil {
		t.Fatal("no value")
	}
	return *v
}

// Quantiles are values that were measured, of successful requests alone; classes end at their limits.
func TestFigures(t *testing.T) {
	s, _ := sampled(t, 200, 10, 20, 30, 40, 50, 60, 70, 150, 150.4, 400, -9000, 400.1)
	one := s.Latencies().Services[0]
	var got []string
	for _, sample := range one.Samples {
		got = append(got, sample.Class)
	}
	if want := "good good good good good good good good warn warn na high"; strings.Join(got, " ") != want {
		t.Errorf("classes %v", got)
	}
	st := one.Stats
	if value(t, st.MinMS) != 10 || value(t, st.P50MS) != 60 || value(t, st.P90MS) != 400 || value(t, st.P99MS) != 400.1 || value(t, st.MaxMS) != 400.1 ||
		value(t, st.LatestMS) != 400.1 || st.Attempts != 12 || st.OK != 11 || int(st.FailureRatePct*100) != 833 || st.LatestClass != "high" {
		t.Errorf("%+v", st)
	}
	ten := make([]report.LatencySample, 10)
	for i := range ten {
		ten[i] = report.LatencySample{MS: float64(i + 1), OK: true}
	}
	if st := latency.Stats(ten); value(t, st.P50MS) != 5 || value(t, st.P90MS) != 9 || value(t, st.P99MS) != 10 {
		t.Errorf("of ten: %v %v %v", *st.P50MS, *st.P90MS, *st.P99MS)
	}
	if st := latency.Stats(nil); st.P50MS != nil || st.LatestClass != "na" || st.FailureRatePct != 0 {
		t.Errorf("of none: %+v", st)
	}
}

// The window keeps the latest samples in their order; counters go on.
func TestWindow(t *testing.T) {
	s, b := sampled(t, 3, 1, 2, 3, 4, -5)
	one := s.Latencies().Services[0]
	var got []float64
	for _, sample := range one.Samples {
		got = append(got, sample.MS)
	}
	if !slices.Equal(got, []float64{3, 4, 5}) || one.Stats.LatestClass != "na" || value(t, one.Stats.LatestMS) != 4 {
		t.Errorf("%v %+v", got, one.Stats)
	}
	if b.slept[0] != 15*time.Second-time.Millisecond || len(b.slept) != 4 {
		t.Errorf("slept %v", b.slept)
	}
	if series := exposed(s); series["internal_service_latency_attempts_total"] != 5 || series["internal_service_latency_ok_total"] != 4 ||
		series["internal_service_latency_last_ms"] != 4 || series["internal_service_latency_class"] != 3 ||
		series["internal_service_latency_seconds_bucket true 0.005"] != 4 || series["internal_service_latency_seconds_count false"] != 1 {
		t.Errorf("%v", series)
	}
}

// exposed are the values by name, success and bucket.
func exposed(s *latency.Sampler) map[string]float64 {
	all := map[string]float64{}
	for _, f := range s.Exposition() {
		all[strings.TrimSpace(strings.Join([]string{f.Name, f.Labels["success"], f.Labels["le"]}, " "))] = f.Value
	}
	return all
}

// A job begins anew each time: its figures are gauges.
func TestFiguresOfAJobAreNoCounters(t *testing.T) {
	s, _ := sampled(t, 3, 1, 2)
	for _, f := range s.Figures() {
		if strings.HasSuffix(f.Name, "_total") || strings.HasPrefix(f.Name, "internal_service_latency_seconds") {
			t.Errorf("%s is no gauge", f.Name)
		}
	}
}

// A target that stays keeps its samples, another address begins anew, and the source changes.
func TestReplace(t *testing.T) {
	s, b := sampled(t, 3, 1, 2)
	s.Replace([]latency.Target{{Name: "shop", URL: "http://shop/", Get: b.get}, {Name: "new", URL: "http://new/", Get: b.get}}, "persisted")
	found := s.Latencies().Services
	if len(found) != 2 || len(found[0].Samples) != 2 || len(found[1].Samples) != 0 {
		t.Errorf("%+v", found)
	}
	figures := s.Exposition()
	if last := figures[len(figures)-1]; last.Labels["source"] != "persisted" || last.Value != 2 {
		t.Errorf("%+v", last)
	}
	s.Replace([]latency.Target{{Name: "shop", URL: "http://other/", Get: b.get}}, "env")
	if found := s.Latencies().Services; len(found) != 1 || len(found[0].Samples) != 0 {
		t.Errorf("%+v", found)
	}
}

// What the end of the context cut off is no sample, and a target without any answer is named.
func TestEnds(t *testing.T) {
	s, b := sampled(t, 3, -1, -2)
	if name, err := s.Unanswered(); name != "shop" || err == nil {
		t.Errorf("%q %v", name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.latencies = []float64{7}
	if err := s.Run(ctx, time.Second, 1); err == nil || len(s.Latencies().Services[0].Samples) != 2 {
		t.Errorf("%v %+v", err, s.Latencies().Services[0])
	}
}

func TestTargets(t *testing.T) {
	all, err := latency.ParseList(" api:http://a:1/health , web:https://w/ ,http://bare/,")
	if err != nil || len(all) != 3 || all[0] != (latency.Named{Name: "api", URL: "http://a:1/health"}) || all[2] != (latency.Named{URL: "http://bare/"}) {
		t.Errorf("%v %v", all, err)
	}
	if _, err := latency.ParseList("canary"); err == nil || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
	for text, want := range map[string]int{
		"": 0, "[]": 0, "{}": 0, `{"targets": []}`: 0, `[{"name": "a", "url": "http://a/"}]`: 1, `{"targets": [{"name": "a", "url": "http://a/"}]}`: 1,
	} {
		if all, err := latency.ParseFile(context.Background(), "t.json", []byte(text)); err != nil || len(all) != want {
			t.Errorf("%s: %v %v", text, all, err)
		}
	}
	for text, want := range map[string]string{
		"[":                                   "t.json",
		`"x"`:                                 "t.json:1:1: targets must be a list",
		`{"a": 1}`:                            "targets must be a list",
		"[\n  {\"name\": \"a\"}]":             "t.json:2:3: a target needs name and url",
		"[\n  {\"name\": 1, \"url\": \"u\"}]": "t.json:2:12: a target must be an object",
		`[{"name": "a", "url": "u", "odd": "x"}]`: "a target must be an object",
		`[1]`: "t.json:1:2: a target must be an object",
	} {
		if _, err := latency.ParseFile(context.Background(), "t.json", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
