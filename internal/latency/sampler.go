// Package latency samples the latencies of services: a window of samples for each, figures over them, and rules for evidence. Clock and
// requests are passed in.
package latency

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// Target is a service. Get makes one request, and returns the status of the answer or why there is none.
type Target struct {
	Name, URL string // the URL as it is shown: without credentials and query
	Get       func(context.Context) (status int, err error)
}

// Clock is the time that a sampler sees.
type Clock struct {
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Options are those of a sampler.
type Options struct {
	Limits Limits
	Keep   int // samples of a service that are kept
	Clock  Clock
}

// Sampler samples targets. Its methods can be called by several goroutines.
type Sampler struct {
	options Options

	mu       sync.Mutex
	services []*service
	source   string // of the targets
	updated  time.Time
}

// service is a target with what was measured.
type service struct {
	Target
	window   window
	total    [2]histogram // of the failed and of the successful samples
	lastErr  error        // of the latest sample; nil where there was an answer
	answered bool         // some sample had an answer, whatever its status
}

// New is a sampler of these targets.
func New(o Options, targets []Target, source string) *Sampler {
	s := &Sampler{options: o}
	s.Replace(targets, source)
	return s
}

// Replace puts other targets in the place of the present ones. One that stays under its name and URL keeps its samples and counters.
func (s *Sampler) Replace(targets []Target, source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := map[[2]string]*service{}
	for _, v := range s.services {
		old[[2]string{v.Name, v.URL}] = v
	}
	s.services, s.source = nil, source
	for _, t := range targets {
		v := old[[2]string{t.Name, t.URL}]
		if v == nil {
			v = &service{window: window{keep: s.options.Keep}}
		}
		v.Target = t
		s.services = append(s.services, v)
	}
}

// Run samples every target once in each interval, for a number of rounds; 0: until the context ends. A round that takes longer than the
// interval delays the next one. Its error is that of the context.
func (s *Sampler) Run(ctx context.Context, interval time.Duration, rounds int) error {
	for n := 1; ; n++ {
		begin := s.options.Clock.Now()
		s.round(ctx)
		if n == rounds {
			return ctx.Err()
		}
		rest := max(interval-s.options.Clock.Now().Sub(begin), 0)
		if err := s.options.Clock.Sleep(ctx, rest); err != nil {
			return err
		}
	}
}

// round samples every target once, all at the same time.
func (s *Sampler) round(ctx context.Context) {
	s.mu.Lock()
	services := s.services
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, v := range services {
		all.Add(1)
		s.mu.Lock()
		get := v.Get // Replace may set another one
		s.mu.Unlock()
		go func() {
			defer all.Done()
			s.sample(ctx, v, get)
		}()
	}
	all.Wait()
}

// sample makes one request. One that the end of the context cut off is no sample.
func (s *Sampler) sample(ctx context.Context, v *service, get func(context.Context) (int, error)) {
	begin := s.options.Clock.Now()
	status, err := get(ctx)
	now := s.options.Clock.Now()
	if ctx.Err() != nil {
		return
	}
	one := report.LatencySample{TS: report.At(now), MS: milliseconds(now.Sub(begin)), Status: status, OK: err == nil && status >= 200 && status < 400}
	one.Class = s.options.Limits.class(&one)
	s.mu.Lock()
	defer s.mu.Unlock()
	v.window.add(one)
	v.total[outcome(one.OK)].observe(one.MS / 1000)
	v.lastErr, v.answered = err, v.answered || err == nil
	if now.After(s.updated) {
		s.updated = now
	}
}

// outcome is the index of a sample in service.total.
func outcome(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

// milliseconds are those of a span, to the microsecond.
func milliseconds(d time.Duration) float64 { return math.Round(d.Seconds()*1e6) / 1e3 }

// Latencies are the samples that are kept, with their figures.
func (s *Sampler) Latencies() report.ServiceLatencies {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := report.ServiceLatencies{Services: []report.ServiceLatency{}}
	if !s.updated.IsZero() {
		out.UpdatedAt = report.At(s.updated)
	}
	for _, v := range s.services {
		samples := v.window.list()
		out.Services = append(out.Services, report.ServiceLatency{Name: v.Name, URL: v.URL, Samples: samples, Stats: Stats(samples)})
	}
	return out
}

// Unanswered is the first service of which no request had an answer, with the reason of the latest one; "" where there is none.
func (s *Sampler) Unanswered() (name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.services {
		if !v.answered && v.lastErr != nil {
			return v.Name, v.lastErr
		}
	}
	return "", nil
}

// window keeps the latest samples.
type window struct {
	keep    int
	samples []report.LatencySample
	next    int // where the oldest sample is, once the window is full
}

func (w *window) add(one report.LatencySample) {
	if len(w.samples) < w.keep {
		w.samples = append(w.samples, one)
		return
	}
	w.samples[w.next] = one
	w.next = (w.next + 1) % w.keep
}

// list is a copy of the samples, the oldest first.
func (w *window) list() []report.LatencySample {
	out := make([]report.LatencySample, 0, len(w.samples))
	out = append(out, w.samples[w.next:]...)
	return append(out, w.samples[:w.next]...)
}
