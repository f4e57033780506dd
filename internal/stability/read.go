package stability

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"io"
	"slices"
	"sort"
	"sync"

	"github.com/romel/govctl/pkg/report"
)

// maxLine is the longest line that is read. A longer one is kept in the file and named.
const maxLine = 1 << 20

// maxNamed is how many unreadable lines are named one by one; the others are counted.
const maxNamed = 20

var bom = []byte("\xef\xbb\xbf")

// piece is a line of the history with its line end, or a part of a line that is too long to be held.
type piece struct {
	no      int
	raw     []byte // valid until the next piece
	tooLong bool
}

// body is the line without its line feed.
func (p *piece) body() []byte { return bytes.TrimSuffix(p.raw, []byte{'\n'}) }

// torn reports whether the file ends within the line.
func (p *piece) torn() bool { return len(p.raw) > 0 && p.raw[len(p.raw)-1] != '\n' }

// readers are used again: the history of each of many contracts is short, and a buffer takes the longest line.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, maxLine+1) }} // the line feed does not count

// walk calls visit for each line of r, in order.
func walk(r io.Reader, visit func(*piece) error) error {
	if r == nil {
		return nil
	}
	in := readers.Get().(*bufio.Reader)
	in.Reset(r)
	defer func() { in.Reset(nil); readers.Put(in) }()
	p, inside := piece{}, false
	for {
		raw, err := in.ReadSlice('\n')
		if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("read run history: %w", err)
		}
		full := errors.Is(err, bufio.ErrBufferFull)
		if !inside {
			p.no++
		}
		p.raw, p.tooLong = raw, full || inside
		inside = full
		if len(raw) > 0 {
			if err := visit(&p); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// id identifies a run within one process: 128 bits, because two runs that were taken for one would falsify the figures.
type id [2]uint64

// ledger takes the lines of a history in order and knows, at its end, which of them count.
// A run that stands in several lines counts once, with the last of them and at its place.
type ledger struct {
	seeds   [2]maphash.Seed
	seen    map[id]int32 // number among the readable lines
	runs    []state      // one per readable line
	tail    []tailLine   // the last lines that count, oldest first, at most window of them
	window  int
	spare   []byte // buffer of a tail line that left
	digest  hash.Hash
	skipped []report.SkippedLine
	total   int // all unreadable lines
	lastBad int // line number of the latest of them
	run     run // the last one read
	scratch []byte

	// Of the lines that come before those of runs, and that are not looked at again; see Earlier.
	sealed     bool
	base       overall
	before     int    // readable ones
	offset     int    // all of them
	state      string // of the digest after them
	early      []report.SkippedLine
	earlyTotal int
	closed     map[id]struct{} // by their bytes, where they may stand again; else nil
}

// lines is the number of readable lines so far.
func (l *ledger) lines() int { return l.before + len(l.runs) }

// state is what the figures over the whole history need of a run.
type state uint8

const (
	isStable state = iota + 1
	isBreaking
	isPlaceholder
	superseded // a later line tells of the same run
)

// tailLine keeps the text of a line that may be in the window.
type tailLine struct {
	index int32
	raw   []byte
}

func newLedger(window int) *ledger {
	return &ledger{
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, seen: map[id]int32{},
		window: window, digest: sha256.New(), skipped: []report.SkippedLine{},
	}
}

// identify returns the identity of a run: sha and run id, or sha and time where older tools gave no run id.
func (l *ledger) identify(r *run) id {
	b := append(l.scratch[:0], r.sha...)
	b = append(b, 0)
	if len(r.runID) > 0 {
		b = append(b, r.runID...)
	} else {
		for shift := 0; shift < 64; shift += 8 {
			b = append(b, byte(r.unix>>shift))
		}
		b = append(b, 0)
	}
	l.scratch = b
	return id{maphash.Bytes(l.seeds[0], b), maphash.Bytes(l.seeds[1], b)}
}

// read returns the run of a line, valid until the next. It is nil for a blank line and for an unreadable one, which it notes.
func (l *ledger) read(p *piece) *run {
	if p.tooLong {
		l.skip(p.no, fmt.Sprintf("it is longer than %d bytes", maxLine))
		return nil
	}
	body := p.body()
	var ok bool
	if l.run, ok = scan(body); ok {
		return &l.run
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(body, bom))) == 0 {
		return nil
	}
	h, err := parse(body)
	if err != nil {
		if errors.Is(err, errNotJSON) && p.torn() {
			err = fmt.Errorf("truncated, the file ends within it: %w", err)
		}
		l.skip(p.no, err.Error())
		return nil
	}
	l.run = brief(&h)
	return &l.run
}

// skip notes an unreadable line. Several pieces of one line count once.
func (l *ledger) skip(no int, reason string) {
	no += l.offset
	if no == l.lastBad {
		return
	}
	l.lastBad = no
	l.total++
	if len(l.skipped) < maxNamed {
		l.skipped = append(l.skipped, report.SkippedLine{Line: no, Reason: reason})
	}
}

// add enters a run and its line.
func (l *ledger) add(r *run, body []byte) {
	l.digest.Write(body)
	l.digest.Write([]byte{'\n'})
	index := int32(l.lines())
	key := l.identify(r)
	if old, ok := l.seen[key]; ok {
		l.runs[int(old)-l.before] = superseded
		l.drop(old)
	}
	l.seen[key] = index
	switch {
	case r.placeholder:
		l.runs = append(l.runs, isPlaceholder)
	case r.breaking:
		l.runs = append(l.runs, isBreaking)
	default:
		l.runs = append(l.runs, isStable)
	}
	if len(l.tail) == l.window {
		l.drop(l.tail[0].index)
	}
	l.tail = append(l.tail, tailLine{index, append(l.spare[:0], body...)})
	l.spare = nil
}

// drop removes a line from the tail, if it is there, and keeps its buffer for the next.
func (l *ledger) drop(index int32) {
	at := sort.Search(len(l.tail), func(i int) bool { return l.tail[i].index >= index })
	if at == len(l.tail) || l.tail[at].index != index {
		return
	}
	l.spare = l.tail[at].raw
	if at == 0 {
		l.tail = l.tail[1:] // the usual case, at no cost in a large window
		return
	}
	l.tail = slices.Delete(l.tail, at, at+1)
}

// last returns the lines that count among the latest ones, oldest first.
func (l *ledger) last() ([]report.HistoryLine, error) {
	lines := make([]report.HistoryLine, 0, len(l.tail))
	for _, t := range l.tail {
		h, err := parse(t.raw)
		if err != nil {
			return nil, fmt.Errorf("read run history: %w", err) // scan and parse disagree: a defect, and no reason to write wrong figures
		}
		lines = append(lines, h)
	}
	return lines, nil
}
