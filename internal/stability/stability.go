// Package stability keeps the run history and computes from it how stable the contract has been, and whether
// the measuring itself is healthy.
//
// The history is a file of JSON lines, one per run, that other tools have written before and that is only ever added to.
// Lines are passed on byte for byte, whatever they hold. A line that cannot be read is named and left out of the figures.
package stability

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

// MaxWindow bounds the configured window, in runs.
const MaxWindow = 10_000

// Config is what the figures depend on beside the history.
type Config struct {
	Window                    int         // runs in the rolling window, 1 to MaxWindow
	AlertThreshold            float64     // least window ratio that raises no alert, 0 to 1
	PlaceholderMaxRuns        int         // a longer placeholder streak fails the run; 0 never does
	PlaceholderAlertThreshold int         // a streak of this length raises an alert; 0 never does
	Refresh                   bool        // the run was not made for a new commit (a nightly schedule)
	Reason                    string      // why the run is a placeholder
	Now                       report.Time // for generated_at
	Earlier                   Earlier     // what comes before the lines of the history
}

// Defaults are the settings of a govctl.yaml that says nothing.
func Defaults() Config {
	return Config{Window: 30, AlertThreshold: 0.8, PlaceholderMaxRuns: 10, PlaceholderAlertThreshold: 5}
}

func (c *Config) check() error {
	switch {
	case c.Window < 1 || c.Window > MaxWindow:
		return fmt.Errorf("stability.window is %d, not from 1 to %d", c.Window, MaxWindow)
	case !(c.AlertThreshold >= 0 && c.AlertThreshold <= 1):
		return fmt.Errorf("stability.alert_threshold is %v, not from 0 to 1", c.AlertThreshold)
	case c.PlaceholderMaxRuns < 0 || c.PlaceholderAlertThreshold < 0:
		return errors.New("the placeholder limits of stability cannot be negative")
	}
	return nil
}

// Action says what Record did to the history.
type Action string

// The actions of Record.
const (
	Appended  Action = "appended"
	Replaced  Action = "replaced"  // the same commit and run id stood there already
	Unchanged Action = "unchanged" // a refresh without a new commit
)

// Result is what the history says. Exactly one of Metrics and Placeholder is set; either is stability-metrics.json.
type Result struct {
	Metrics      *report.Stability
	Placeholder  *report.PlaceholderMetrics
	Last         report.HistoryLine // the run that the figures are about
	Action       Action             // empty after Show
	Streak       int                // latest consecutive placeholder runs
	MaxExceeded  bool               // the streak is longer than PlaceholderMaxRuns: the run must fail, after publishing
	StreakAlert  bool               // the streak reached PlaceholderAlertThreshold
	BelowAlert   bool               // the window ratio is below AlertThreshold; never for a placeholder
	Skipped      []report.SkippedLine
	SkippedTotal int
	Lines        int                    // readable lines of the history
	Past         *report.RotatedHistory // what the earlier lines come to, without their files; nil where there are none
}

// Artifact is the one of Metrics and Placeholder that is set.
func (r *Result) Artifact() any {
	if r.Placeholder != nil {
		return r.Placeholder
	}
	return r.Metrics
}

// ErrNoRuns is returned by Show for a history without a readable line.
var ErrNoRuns = errors.New("the run history has no readable run")

// Score is 100 - 10 for each incompatible change - 5 for each removal, within 0 to 100.
func Score(incompatible, deletedOrRemoved int) report.Percent {
	return report.Percent(min(100, max(0, 100-10*incompatible-5*deletedOrRemoved)))
}

// Record writes history with run entered to out and returns the figures that contain it.
//
// A line of the same commit and run id is replaced where it stands, in all its copies; otherwise run is appended.
// A full refresh of the commit that the last full run measured adds nothing unless run.Synthetic is set: it would
// count one commit several times. A missing score is computed. A nil history is an empty one.
func Record(history io.Reader, out io.Writer, run report.HistoryLine, c Config) (Result, error) {
	if err := c.check(); err != nil {
		return Result{}, err
	}
	line, err := encode(&run)
	if err != nil {
		return Result{}, err
	}
	w := bufio.NewWriterSize(out, 1<<16)
	rec := recorder{ledger: newLedger(c.Window), out: w, entry: brief(&run), line: line}
	rec.id = rec.identify(&rec.entry)
	if err := rec.begin(c.Earlier); err != nil {
		return Result{}, err
	}
	if err := walk(history, rec.visit); err != nil {
		return Result{}, err
	}
	if err := rec.finish(run.Synthetic, c.Refresh); err != nil {
		return Result{}, err
	}
	if err := w.Flush(); err != nil {
		return Result{}, fmt.Errorf("write run history: %w", err)
	}
	if err := rec.filled(c); err != nil {
		return Result{}, err
	}
	result, err := rec.result(c)
	result.Action = rec.action
	return result, err
}

// Show returns the figures of history without changing it.
func Show(history io.Reader, c Config) (Result, error) {
	if err := c.check(); err != nil {
		return Result{}, err
	}
	l := newLedger(c.Window)
	if err := errors.Join(l.begin(c.Earlier), l.readAll(history)); err != nil {
		return Result{}, err
	}
	if err := l.filled(c); err != nil {
		return Result{}, err
	}
	return l.result(c)
}

// Tail returns the last n runs of history that count, oldest first, for charts and tables.
func Tail(history io.Reader, n int) ([]report.HistoryLine, error) {
	l := newLedger(min(max(n, 1), MaxWindow))
	if err := l.readAll(history); err != nil {
		return nil, err
	}
	return l.last()
}

// Lines returns the last n lines of history that count, oldest first and as they stand.
func Lines(history io.Reader, n int) ([]byte, error) {
	l := newLedger(min(max(n, 1), MaxWindow))
	if err := l.readAll(history); err != nil {
		return nil, err
	}
	var b []byte
	for _, t := range l.tail {
		b = append(append(b, t.raw...), '\n')
	}
	return b, nil
}

// Digest returns what history_sha256 and history_lines say of the first n readable lines of history, or of all of them when
// n is 0: SHA-256 over each readable line as it stands, ended by one line feed. A history that only grew since
// the figures were made gives the same digest for their history_lines.
func Digest(history io.Reader, n int) (sha256 string, lines int, err error) {
	l := newLedger(1)
	err = walk(history, func(p *piece) error {
		if n > 0 && l.lines() >= n {
			return nil
		}
		return l.visit(p)
	})
	return hex.EncodeToString(l.digest.Sum(nil)), l.lines(), err
}

// Count returns how many lines of history, and of those before it, can be read, and the last run of them; the zero run where there is none.
func Count(history io.Reader, earlier Earlier) (lines int, last report.HistoryLine, err error) {
	l := newLedger(1)
	if err := errors.Join(l.begin(earlier), l.readAll(history)); err != nil {
		return 0, last, err
	}
	runs, err := l.last()
	if len(runs) > 0 {
		last = runs[len(runs)-1]
	}
	return l.lines(), last, err
}

// encode returns the line of a run, with its line end, and completes its score.
func encode(run *report.HistoryLine) ([]byte, error) {
	switch {
	case run.Placeholder:
		run.Score = nil
	case run.Score == nil:
		s := Score(run.Incompatible, run.DeletedOrRemoved)
		run.Score = &s
	}
	b, err := json.Marshal(run, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write run history: %w", err)
	}
	if _, err := parse(b); err != nil { // what is written must be readable tomorrow
		return nil, fmt.Errorf("write run history: the run cannot be recorded: %w", err)
	}
	return append(b, '\n'), nil
}

// recorder copies a history and enters one run.
type recorder struct {
	*ledger
	out    *bufio.Writer
	entry  run // the run to enter
	id     id
	line   []byte
	action Action
	noEnd  bool // the last line written has no line feed
}

// visit copies a line, or writes the new one in its place.
func (rec *recorder) visit(p *piece) error {
	if rec.again(p) {
		return nil
	}
	r := rec.read(p)
	raw := p.raw
	rec.noEnd = p.torn()
	if r != nil {
		body := p.body()
		if rec.identify(r) == rec.id {
			raw, body, r = rec.line, bytes.TrimSuffix(rec.line, []byte{'\n'}), &rec.entry
			rec.action, rec.noEnd = Replaced, false
		}
		rec.add(r, body)
	}
	if _, err := rec.out.Write(raw); err != nil {
		return fmt.Errorf("write run history: %w", err)
	}
	return nil
}

// finish appends the run unless it replaced a line or is a refresh that must not count.
func (rec *recorder) finish(synthetic, refresh bool) error {
	if rec.action == Replaced {
		return nil
	}
	if refresh && !synthetic && !rec.entry.placeholder && rec.measured() {
		rec.action = Unchanged
		return nil
	}
	if rec.noEnd {
		_ = rec.out.WriteByte('\n') // the writer keeps its error for the next call
	}
	if _, err := rec.out.Write(rec.line); err != nil {
		return fmt.Errorf("write run history: %w", err)
	}
	rec.add(&rec.entry, bytes.TrimSuffix(rec.line, []byte{'\n'}))
	rec.action = Appended
	return nil
}

// filled is ErrShort where the window has room for lines that were not read.
func (l *ledger) filled(c Config) error {
	if p := c.Earlier.Past; p != nil && len(l.tail) < c.Window && p.Lines > 0 {
		return ErrShort
	}
	return nil
}

// measured reports whether the last run was a full one of the same commit. After a placeholder a full run
// must be entered even for an old commit, or the streak would never end.
func (rec *recorder) measured() bool {
	if len(rec.tail) == 0 {
		return false
	}
	last, err := parse(rec.tail[len(rec.tail)-1].raw)
	return err == nil && last.SHA == string(rec.entry.sha) && !last.Placeholder
}

// readAll enters all lines of a history.
func (l *ledger) readAll(history io.Reader) error { return walk(history, l.visit) }

// visit enters one line.
func (l *ledger) visit(p *piece) error {
	if l.sealed && l.again(p) {
		return nil
	}
	if r := l.read(p); r != nil {
		l.add(r, p.body())
	}
	return nil
}
