package stability

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// A history is one sequence of lines in several files of a folder: Newest has the newest lines, and before them come those that a rotation
// moved to files named after the year of their lines, history-2026.jsonl and then history-2026-2.jsonl. Lines are only ever added to those.

// Newest is the name of the file with the newest lines.
const Newest = "history.jsonl"

// olderName is the name of a file with older lines.
type olderName struct{ year, part int }

func (o olderName) String() string {
	if o.part == 1 {
		return fmt.Sprintf("history-%04d.jsonl", o.year)
	}
	return fmt.Sprintf("history-%04d-%d.jsonl", o.year, o.part)
}

func parseOlder(name string) (o olderName, ok bool) {
	rest, _ := strings.CutPrefix(strings.TrimSuffix(name, ".jsonl"), "history-")
	year, part, _ := strings.Cut(rest, "-")
	o.year, _ = strconv.Atoi(year) // whatever is no number does not give the same name again
	o.part = 1
	if part != "" {
		o.part, _ = strconv.Atoi(part)
	}
	return o, o.year >= 0 && o.year <= 9999 && o.part > 0 && o.part <= 9999 && o.String() == name
}

// Older reports whether a file name is that of older lines.
func Older(name string) bool {
	_, ok := parseOlder(name)
	return ok
}

// OlderOf picks the files with older lines from the names of a folder, the oldest first.
func OlderOf(names []string) []string {
	var order []int
	for _, name := range names {
		if o, ok := parseOlder(name); ok {
			order = append(order, o.year*10_000+o.part)
		}
	}
	slices.Sort(order)
	var sorted []string
	for _, n := range order {
		sorted = append(sorted, olderName{n / 10_000, n % 10_000}.String())
	}
	return sorted
}

// Earlier is what comes before the newest lines of a history. The zero value is nothing.
type Earlier struct {
	Lines io.Reader              // from the first line on; read where Past is nil
	Past  *report.RotatedHistory // what these lines come to
	Twice bool                   // the newest lines may begin with some of them: a rotation was interrupted, or an older govctl merged them
}

// ErrShort is returned where only Past is known and the newest lines do not fill the window: the earlier lines have to be read.
var ErrShort = errors.New("the window reaches into the rotated lines of the run history")

// begin enters what comes before the newest lines. A run that was moved is closed: a later line of it is a run of its own.
func (l *ledger) begin(e Earlier) error {
	switch {
	case e.Past != nil:
		return l.resume(e.Past)
	case e.Lines == nil:
		return nil
	case e.Twice:
		l.closed = map[id]struct{}{}
	}
	last := 0
	err := walk(e.Lines, func(p *piece) error {
		last = p.no
		if l.closed != nil {
			l.closed[l.bodyID(p.body())] = struct{}{}
		}
		return l.visit(p)
	})
	l.base, l.before, l.offset = l.overall(), l.lines(), last
	l.runs, l.seen, l.sealed = l.runs[:0], map[id]int32{}, true
	if err == nil {
		l.state, err = hashState(l.digest)
	}
	l.early, l.earlyTotal = slices.Clone(l.skipped), l.total
	return err
}

// bodyID identifies a line by its bytes. No readable line has this sha: it is not UTF-8.
func (l *ledger) bodyID(body []byte) id { return l.identify(&run{sha: []byte{0xff}, runID: body}) }

// again reports a line that stands among the earlier ones already.
func (l *ledger) again(p *piece) bool {
	if l.closed == nil || p.tooLong {
		return false
	}
	_, there := l.closed[l.bodyID(p.body())]
	return there
}

// hashState is the state of a digest after the earlier lines.
func hashState(digest any) (string, error) {
	m, ok := digest.(encoding.BinaryMarshaler)
	if !ok {
		return "", errors.New("the state of SHA-256 cannot be kept")
	}
	b, err := m.MarshalBinary()
	return base64.StdEncoding.EncodeToString(b), err
}

// maxPast bounds the figures of earlier lines: indices of lines are 32 bits.
const maxPast = 1_000_000_000

// Sound reports whether figures can be those of that many files and bytes.
func Sound(p *report.RotatedHistory, files int, bytes int64) bool {
	if p == nil || p.Files != files || p.Bytes != bytes || len(p.SkippedLines) > maxNamed {
		return false
	}
	for _, n := range []int{p.Lines, p.AllLines, p.StableRuns, p.BreakingRuns, p.PlaceholderRuns, p.CurrentStableStreak, p.LongestStableStreak, p.PlaceholderStreak, p.SkippedTotal} {
		if n < 0 || n > maxPast {
			return false
		}
	}
	return p.StableRuns+p.BreakingRuns+p.PlaceholderRuns <= p.Lines && p.LongestStableStreak <= p.StableRuns && (&ledger{}).resume(p) == nil
}

// resume continues after earlier lines.
func (l *ledger) resume(p *report.RotatedHistory) error {
	state, err := base64.StdEncoding.DecodeString(p.DigestState)
	digest := sha256.New()
	if m, ok := digest.(encoding.BinaryUnmarshaler); ok && err == nil {
		err = m.UnmarshalBinary(state)
	}
	if err != nil {
		return fmt.Errorf("read run history: digest_state: %w", err)
	}
	l.digest, l.state, l.sealed = digest, p.DigestState, true
	l.base = overall{total: p.StableRuns + p.BreakingRuns + p.PlaceholderRuns, stable: p.StableRuns, breaking: p.BreakingRuns, placeholders: p.PlaceholderRuns,
		current: p.CurrentStableStreak, longest: p.LongestStableStreak, streak: p.PlaceholderStreak}
	l.before, l.offset = p.Lines, p.AllLines
	l.skipped, l.total = append([]report.SkippedLine{}, p.SkippedLines...), p.SkippedTotal
	l.early, l.earlyTotal = p.SkippedLines, p.SkippedTotal
	return nil
}

// past is what the earlier lines come to; nil where there are none.
func (l *ledger) past() *report.RotatedHistory {
	if !l.sealed {
		return nil
	}
	return &report.RotatedHistory{
		Lines: l.before, AllLines: l.offset, StableRuns: l.base.stable, BreakingRuns: l.base.breaking, PlaceholderRuns: l.base.placeholders,
		CurrentStableStreak: l.base.current, LongestStableStreak: l.base.longest, PlaceholderStreak: l.base.streak,
		SkippedTotal: l.earlyTotal, SkippedLines: l.early, DigestState: l.state,
	}
}

// Sequence reads files one after the other, each as late as possible. A file that does not end with a line is ended.
func Sequence(names []string, open func(name string) (io.ReadCloser, error)) io.Reader {
	if len(names) == 0 {
		return nil
	}
	return &sequence{names: names, open: open, last: '\n'}
}

type sequence struct {
	names []string
	open  func(string) (io.ReadCloser, error)
	now   io.ReadCloser
	last  byte
}

func (s *sequence) Read(b []byte) (int, error) {
	for len(b) > 0 {
		if s.now == nil {
			if len(s.names) == 0 {
				return 0, io.EOF
			}
			if s.last != '\n' {
				b[0], s.last = '\n', '\n'
				return 1, nil
			}
			f, err := s.open(s.names[0])
			if err != nil {
				return 0, err
			}
			s.now, s.names = f, s.names[1:]
		}
		n, err := s.now.Read(b)
		if n > 0 {
			s.last = b[n-1]
		}
		if err != nil {
			closed := s.now.Close()
			s.now = nil
			if err != io.EOF || closed != nil {
				return n, errors.Join(err, closed)
			}
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, nil
}

// Output is a file that a rotation writes: it appears whole, on Commit.
type Output interface {
	io.Writer
	Commit() error
	Abort() error
}

// Rotation is a history whose oldest lines move from Newest to files beside it.
type Rotation struct {
	Older  []string // the files with older lines, the oldest first
	Open   func(name string) (io.ReadCloser, error)
	Create func(name string) (Output, error)
	Bound  int64     // bytes of one file
	Now    time.Time // no line is of a later year

	out  Output    // the older file that is being written; nil before the first
	name olderName // of out, or of the last file of Older
	size int64
	torn bool // the last piece was not the end of its line
}

// Do moves the oldest lines until the newest ones are half of the bound, but keeps all that a window can need. The files with older lines are
// whole before the newest ones are: whoever is interrupted between leaves lines twice, which readers recognise, and loses none. A line that
// a later line replaces is left out, as in Merge.
func (r *Rotation) Do() error {
	l := newLedger(1)
	if err := l.begin(Earlier{Lines: Sequence(r.Older, r.Open), Twice: true}); err != nil {
		return err
	}
	cut, err := r.cut(l)
	if err != nil || cut == 0 {
		return err
	}
	if n := len(r.Older); n > 0 {
		r.name, _ = parseOlder(r.Older[n-1])
		if err := r.reopen(); err != nil {
			return err
		}
	}
	return r.move(l, cut)
}

// cut is the number of the first line that stays; 0 where all do.
func (r *Rotation) cut(l *ledger) (int, error) {
	var size int64
	ends := make([]int64, 0, MaxWindow) // where the last readable lines begin, as a ring
	first := 0
	err := r.newest(func(p *piece) error {
		if before := l.lines(); !l.again(p) {
			if err := l.visit(p); err != nil {
				return err
			}
			if l.lines() > before && len(ends) < MaxWindow {
				ends = append(ends, size)
			} else if l.lines() > before {
				ends[first], first = size, (first+1)%MaxWindow
			}
		}
		size += int64(len(p.raw))
		return nil
	})
	if err != nil || len(ends) < MaxWindow {
		return 0, err
	}
	most := min(size-r.Bound/2, ends[first])
	var at int64
	moved := 0
	err = r.newest(func(p *piece) error {
		if at < most || p.no == moved {
			at, moved = at+int64(len(p.raw)), p.no
		}
		return nil
	})
	return moved + 1, err
}

func (r *Rotation) newest(visit func(*piece) error) error {
	f, err := r.Open(Newest)
	if err != nil {
		return err
	}
	return errors.Join(walk(f, visit), f.Close())
}

// move writes the files.
func (r *Rotation) move(l *ledger, cut int) error {
	rest, err := r.Create(Newest)
	if err != nil && r.out != nil {
		err = errors.Join(err, r.out.Abort())
	}
	if err != nil {
		return err
	}
	kept := bufio.NewWriterSize(rest, 1<<16)
	states, year, readable := l.runs, r.name.year, 0
	reader := newLedger(1)
	err = r.newest(func(p *piece) error {
		if l.again(p) {
			return nil
		}
		line := reader.read(p)
		replaced := line != nil && states[readable] == superseded
		if line != nil {
			readable++
		}
		switch {
		case p.no >= cut:
			_, err := kept.Write(p.raw)
			return err
		case replaced:
			return nil
		case line != nil && line.unix > 0:
			year = max(year, min(time.Unix(line.unix, 0).UTC().Year(), r.Now.UTC().Year()))
		}
		return r.add(year, p.raw)
	})
	if err == nil {
		err = kept.Flush()
	}
	if err == nil && r.out != nil {
		err = r.out.Commit()
	}
	if err == nil {
		return rest.Commit()
	}
	if r.out != nil {
		err = errors.Join(err, r.out.Abort())
	}
	return errors.Join(fmt.Errorf("write run history: %w", err), rest.Abort())
}

// add appends a line to the last file of older lines, or begins the next one.
func (r *Rotation) add(year int, line []byte) error {
	full := !r.torn && r.size+int64(len(line)) > r.Bound && r.size > 0
	r.torn = !bytes.HasSuffix(line, []byte{'\n'})
	switch {
	case r.name.part == 0 || year > r.name.year:
		r.name = olderName{max(year, 1970), 1}
	case full:
		r.name.part++
	default:
		r.size += int64(len(line))
		_, err := r.out.Write(line)
		return err
	}
	if r.out != nil {
		if err := r.out.Commit(); err != nil {
			return err
		}
	}
	out, err := r.Create(r.name.String())
	if err != nil {
		return err
	}
	r.out, r.size = out, int64(len(line))
	_, err = out.Write(line)
	return err
}

// reopen continues the last file of older lines.
func (r *Rotation) reopen() error {
	old, err := r.Open(r.name.String())
	if err != nil {
		return err
	}
	if r.out, err = r.Create(r.name.String()); err == nil {
		r.size, err = io.Copy(r.out, old)
	}
	if err = errors.Join(err, old.Close()); err != nil && r.out != nil {
		err = errors.Join(err, r.out.Abort())
	}
	return err
}

// Join unites the files of two histories, each by its name: all lines of both, every run once, as Merge. Lines that one of them has moved
// stay moved. Where one history continues the other, it is the result as it is.
func Join(theirs, ours map[string][]byte, bound int64, now time.Time) (map[string][]byte, error) {
	switch {
	case continues(ours, theirs):
		return ours, nil
	case continues(theirs, ours):
		return theirs, nil
	}
	older, others := OlderOf(sortedNames(ours)), OlderOf(sortedNames(theirs))
	same := 0
	for same < len(older) && same < len(others) && older[same] == others[same] && bytes.Equal(ours[older[same]], theirs[older[same]]) {
		same++
	}
	var newest bytes.Buffer
	err := Merge(inOrder(theirs, append(slices.Clone(others[same:]), Newest)), inOrder(ours, append(slices.Clone(older[same:]), Newest)), &newest)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{Newest: newest.Bytes()}
	for _, name := range older[:same] {
		files[name] = ours[name]
	}
	if int64(newest.Len()) <= bound && same == len(older) && same == len(others) {
		return files, nil
	}
	r := InMemory(files, bound, now)
	return files, r.Do()
}

// InMemory rotates files in memory, by their names.
func InMemory(files map[string][]byte, bound int64, now time.Time) *Rotation {
	return &Rotation{
		Older: OlderOf(sortedNames(files)), Bound: bound, Now: now,
		Open:   func(name string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[name])), nil },
		Create: func(name string) (Output, error) { return &inMemory{name: name, files: files}, nil },
	}
}

type inMemory struct {
	bytes.Buffer
	name  string
	files map[string][]byte
}

func (m *inMemory) Commit() error {
	m.files[m.name] = m.Bytes()
	return nil
}

func (m *inMemory) Abort() error { return nil }

func sortedNames(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func inOrder(files map[string][]byte, names []string) io.Reader {
	return Sequence(names, func(name string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[name])), nil })
}

// continues reports whether all lines of a history are the first ones of another, in the same order.
func continues(longer, shorter map[string][]byte) bool {
	all := func(files map[string][]byte) *bufio.Reader {
		return bufio.NewReaderSize(inOrder(files, append(OlderOf(sortedNames(files)), Newest)), 1<<16)
	}
	a, b := all(longer), all(shorter)
	for {
		want, err := b.Peek(1 << 16)
		if len(want) == 0 {
			return err == io.EOF
		}
		got, _ := a.Peek(len(want))
		if !bytes.Equal(want, got) {
			return false
		}
		_, _ = a.Discard(len(want))
		_, _ = b.Discard(len(want))
	}
}
