package benchtrend

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// streams are runs of one benchmark with noise, by a seed.
type streams struct {
	*rand.Rand
	samples int     // of each run
	noise   float64 // relative standard deviation of a sample
	machine float64 // of the level of a run: what differs between machines
}

func (s *streams) run(i int, factor float64) point {
	level := 1000 * factor * (1 + s.machine*s.NormFloat64())
	p := point{run: i}
	for range s.samples {
		p.samples = append(p.samples, level*(1+s.noise*s.NormFloat64()))
	}
	p.median = median(p.samples)
	return p
}

// steady are runs without a change, and after them worse ones.
func (s *streams) steady(runs, worse int, factor float64) (out []point) {
	for i := range runs {
		out = append(out, s.run(i, 1))
	}
	for i := range worse {
		out = append(out, s.run(runs+i, factor))
	}
	return out
}

// peers are what others report of a run and the one before: benchstat a significant difference, github-action-benchmark a ratio of single
// values (2 by default; 1.1 is the smallest effect of ours).
var peers = []struct {
	name  string
	alarm func(before, run point) bool
}{
	{"benchstat", func(b, r point) bool {
		return len(r.samples) > 1 && r.median > b.median && mannWhitney(b.samples, r.samples) < standard.Alpha
	}},
	{"ratio 2", func(b, r point) bool { return r.samples[0] > 2*b.samples[0] }},
	{"ratio 1.1", func(b, r point) bool { return r.samples[0] > 1.1*b.samples[0] }},
}

// outcome counts what became of streams.
type outcome struct {
	streams, found int
	alarmed        int   // streams without a change that have a confirmed regression
	peersAlarmed   []int // the same of the peers
	peersFound     []int
}

func simulate(samples int, noise, machine float64) outcome {
	s := streams{rand.New(rand.NewPCG(15, uint64(samples))), samples, noise, machine}
	o := outcome{streams: 4000 / (samples + 9), peersAlarmed: make([]int, len(peers)), peersFound: make([]int, len(peers))}
	const length, after = 40, 30
	add := func(to *int, yes bool) {
		if yes {
			*to++
		}
	}
	for range o.streams {
		points := s.steady(length, 0, 1)
		alarmed := false
		for n := leastRuns + 1; n <= length; n++ {
			alarmed = alarmed || standard.evaluate(points[:n], Lower).verdict == Regressed
		}
		add(&o.alarmed, alarmed)
		step := s.steady(after, standard.Confirm, 1.15)
		add(&o.found, standard.evaluate(step, Lower).verdict == Regressed)
		for i, peer := range peers {
			alarmed := false
			for n := leastRuns; n < length; n++ {
				alarmed = alarmed || peer.alarm(points[n-1], points[n])
			}
			add(&o.peersAlarmed[i], alarmed)
			add(&o.peersFound[i], peer.alarm(step[after-1], step[after]))
		}
	}
	return o
}

// Streams without a change, of 40 runs each: at most alpha of them have a regression that is confirmed, in any of their runs. A step of 15 % is
// found by the run that confirms it. -v prints the table of docs/evidence.md.
func TestFalseAlarmsAndSteps(t *testing.T) {
	for _, c := range []struct {
		samples        int
		noise, machine float64
		found          float64 // least share of steps that are found
	}{
		{1, 0.01, 0, 0.99}, {1, 0.02, 0, 0.90}, {1, 0.05, 0, 0}, {1, 0.10, 0, 0}, {1, 0.30, 0, 0},
		{10, 0.05, 0, 0.95}, {10, 0.10, 0, 0.65}, {10, 0.30, 0, 0},
		{20, 0.05, 0, 0.99}, {20, 0.10, 0, 0.85}, {20, 0.30, 0, 0},
		{50, 0.10, 0, 0.97}, {50, 0.30, 0, 0},
		{10, 0.05, 0.02, 0.80}, {10, 0.10, 0.02, 0}, {10, 0.30, 0.02, 0},
	} {
		t.Run(fmt.Sprintf("%d samples, noise %.0f %%, machines %.0f %%", c.samples, 100*c.noise, 100*c.machine), func(t *testing.T) {
			t.Parallel()
			o := simulate(c.samples, c.noise, c.machine)
			share := func(n int) float64 { return float64(n) / float64(o.streams) }
			line := fmt.Sprintf("| %d | %.0f %% | %.0f %% | %d | **%.1f %%** | **%.1f %%** |", c.samples, 100*c.noise, 100*c.machine, o.streams, 100*share(o.alarmed), 100*share(o.found))
			for i := range peers {
				line += fmt.Sprintf(" %.0f %%, %.0f %% |", 100*share(o.peersAlarmed[i]), 100*share(o.peersFound[i]))
			}
			t.Log(line)
			if share(o.alarmed) > standard.Alpha {
				t.Errorf("%.1f %% of streams without a change have an alarm", 100*share(o.alarmed))
			}
			if share(o.found) < c.found {
				t.Errorf("%.1f %% of steps are found, want %.0f %%", 100*share(o.found), 100*c.found)
			}
		})
	}
}
