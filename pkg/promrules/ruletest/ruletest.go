// Package ruletest runs promtool's unit tests of Prometheus rules in process and reports which
// rules they do not cover.
//
// A test file that promtool accepts runs unchanged, with the same verdict and the same failed
// cases: the expressions are evaluated by Prometheus' own engine over samples in memory, and alerts
// and recorded series are updated as in its rule manager. The package reads no clock, and files
// only through functions of Options.
package ruletest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Options select the tests and provide the files.
type Options struct {
	Read func(name string) ([]byte, error)                      // a file
	Glob func(test, pattern string) (names []string, err error) // the files that a pattern in the rule_files of a test file names, sorted

	Run           *regexp.Regexp // tests whose name matches; nil for all
	IgnoreUnknown bool           // accept unknown keys in rule files
	Features      Features
	Workers       int // test files at a time; 0 for one on each core
}

// Features are parts of the query language that Prometheus keeps behind flags.
type Features struct {
	ExperimentalFunctions, BinopFillModifiers, UnquotedUTF8Names, DelayedNameRemoval bool
}

// Parser reads expressions with the given features.
func Parser(f Features) parser.Parser {
	return &memo{Parser: promrules.Bounded(parser.NewParser(parser.Options{
		EnableExperimentalFunctions: f.ExperimentalFunctions,
		EnableBinopFillModifiers:    f.BinopFillModifiers,
		EnableUnquotedUTF8Names:     f.UnquotedUTF8Names,
	}))}
}

// File is the outcome of one test file.
type File struct {
	Name     string
	Tests    []Test
	Problems []*contract.Error // what is wrong with the file or with rule files that it names
	Warnings []report.Finding
	Rules    []Group // of all rule files that it names
	proofs   []*proof
}

// Test is the outcome of one test group.
type Test struct {
	Name       string
	Place      report.Place
	Assertions int
	Failures   []Failure
	Problems   []*contract.Error // what is wrong with the test: it did not run
	group      *testGroup
}

// Run runs test files and returns their outcomes in the given order. The error is that of the context.
func Run(ctx context.Context, names []string, o Options) ([]File, error) {
	r := &runner{Options: o, parser: &memo{Parser: Parser(o.Features)}}
	out := make([]File, len(names))
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, len(names)) {
		wg.Go(func() {
			for i := range next {
				out[i] = r.file(ctx, names[i])
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	wg.Wait()
	return out, ctx.Err()
}

// runner is one call of Run. Rule files are read once, however many tests name them.
type runner struct {
	Options
	parser *memo
	loaded sync.Map   // name -> func() ruleFile
	large  sync.Mutex // of the test that takes much memory
}

type ruleFile struct {
	groups   []Group
	problems []*contract.Error
}

func (r *runner) load(name string) ruleFile {
	once, _ := r.loaded.LoadOrStore(name, sync.OnceValue(func() ruleFile {
		data, err := r.Read(name)
		if err != nil {
			return ruleFile{problems: []*contract.Error{unreadable(name, err)}}
		}
		groups, problems := ParseRules(name, data, r.parser, r.IgnoreUnknown)
		for _, g := range groups {
			for i := range g.Rules {
				r.parser.learn(g.Rules[i].query)
			}
		}
		return ruleFile{groups, problems}
	}))
	return once.(func() ruleFile)()
}

// unreadable is the error of a file that could not be read.
func unreadable(name string, err error) *contract.Error {
	var known *contract.Error
	if errors.As(err, &known) {
		return known
	}
	return &contract.Error{Place: report.Place{File: name}, Msg: strings.TrimPrefix(err.Error(), name+": "), Err: err}
}

func (r *runner) file(ctx context.Context, name string) File {
	out := File{Name: name}
	data, err := r.Read(name)
	if err != nil {
		out.Problems = []*contract.Error{unreadable(name, err)}
		return out
	}
	f := parseTestFile(name, data)
	out.Problems = f.problems
	if len(f.problems) == 0 {
		r.loadRules(f, &out)
	}
	if len(out.Problems) > 0 {
		return out
	}
	left := newBudget()
	now := r.session(f, r.parser, lookback, left)
	defer now.close()
	for _, t := range f.tests {
		if ctx.Err() != nil {
			return out
		}
		if left.spent() {
			break // the last test says so
		}
		if r.Run == nil || r.Run.MatchString(t.name) {
			r.test(ctx, f, t, now, &out)
		}
	}
	r.explainFailures(ctx, f, left, &out)
	return out
}

// loadRules reads the rule files that the patterns of a test file name.
func (r *runner) loadRules(f *testFile, out *File) {
	globbed := map[string][]string{}
	for _, p := range f.rules {
		path := p.text
		if path != "" && !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(f.name), path)
		}
		names, known := globbed[path]
		var err error
		if !known {
			if names, err = r.Glob(f.name, path); err == nil {
				globbed[path] = names
			}
		}
		switch place := at(f.name, p.node); {
		case err != nil:
			out.Problems = append(out.Problems, &contract.Error{Place: place, Msg: fmt.Sprintf("rule file pattern %s: %v", quoted(p.text), err), Err: err})
		case len(names) == 0:
			out.Warnings = append(out.Warnings, finding(ruleNoFile, place, p.text, "no file matches "+quoted(p.text)))
		}
		for _, name := range names {
			loaded := r.load(name)
			out.Problems = append(out.Problems, loaded.problems...)
			out.Rules = append(out.Rules, loaded.groups...)
		}
	}
}

// session is what the tests of one file share.
type session struct {
	parser *stepLimit
	engine *promql.Engine
	budget *budget
	unfed  unfed
	slack  *float64 // by which results may be wrong, relatively; nil where they are exact
}

// session has an engine that is configured as promtool's: in particular, no query may touch more than 10,000 samples at a time.
func (r *runner) session(f *testFile, p parser.Parser, lookback time.Duration, left *budget) session {
	limited := &stepLimit{Parser: p, interval: f.interval, evaluated: map[string]error{}}
	return session{parser: limited, budget: left, unfed: unfed{}, engine: promql.NewEngine(promql.EngineOpts{
		MaxSamples:               10_000,
		Timeout:                  100 * time.Second,
		LookbackDelta:            lookback,
		NoStepSubqueryIntervalFn: func(int64) int64 { return limited.interval.Milliseconds() },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		EnableDelayedNameRemoval: r.Features.DelayedNameRemoval,
		Parser:                   limited,
	})}
}

func (s session) close() { _ = s.engine.Close() } // it closes a log that it does not have

// maxSteps bounds the evaluations of one test: two years of minutes.
const maxSteps = 1_100_000

// test runs one test and keeps its outcome.
func (r *runner) test(ctx context.Context, f *testFile, g *testGroup, s session, out *File) {
	out.Tests = append(out.Tests, Test{Name: g.title, Place: g.place, Problems: g.problems, group: g})
	t := newTrial(f, g, s, out.Rules, &out.Tests[len(out.Tests)-1])
	warnings, complete := t.runWithin(ctx, &r.large)
	out.Warnings = append(out.Warnings, warnings...)
	if complete {
		out.proofs = append(out.proofs, t.proof)
	}
}

// vet names what is wrong with the cases of a test before it runs.
func (t *testRun) vet() []*contract.Error {
	var problems []*contract.Error
	fail := func(place report.Place, format string, args ...any) {
		problems = append(problems, &contract.Error{Place: place, Msg: fmt.Sprintf(format, args...)})
	}
	if last := t.lastTime(); last/t.file.interval >= maxSteps {
		fail(t.group.place, "an eval_time of %s at an evaluation_interval of %s asks for more than %d evaluations", last, t.file.interval, maxSteps)
	}
	for _, c := range t.group.exprs {
		if _, err := t.parser.ParseExpr(c.expr.text); err != nil {
			p := exprError(at(t.file.name, c.expr.node), c.expr, err)
			problems = append(problems, p)
		}
		if _, err := t.wanted(c); err != nil {
			fail(c.place, "expression %s at %s: exp_samples: %v", quoted(c.expr.text), c.at, err)
		}
	}
	return slices.Clip(problems)
}
