package stability

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"

	"github.com/romel/govctl/internal/sorting"
)

// entry is one line on its way into a merged history.
type entry struct {
	unix       int64
	unreadable bool // stays behind the readable lines of its time
	sha, runID string
	body       []byte
}

// order is a total order, so that merging is commutative and merging again changes nothing. Runs of one second
// go by run id, shorter ids first, because CI systems count upwards.
func (e *entry) order(f *entry) int {
	unreadable := func(e *entry) int {
		if e.unreadable {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(e.unix, f.unix), cmp.Compare(unreadable(e), unreadable(f)),
		cmp.Compare(len(e.runID), len(f.runID)), cmp.Compare(e.runID, f.runID),
		cmp.Compare(e.sha, f.sha), bytes.Compare(e.body, f.body),
	)
}

// Merge writes the union of two histories to out: every run once, ordered by time, each line byte for byte.
// Of several lines of one run the latest stays. Unreadable lines stay too, behind the line that they followed.
// Both histories are held in memory.
func Merge(a, b io.Reader, out io.Writer) error {
	l := newLedger(1)
	kept := map[id]entry{}
	for _, history := range []io.Reader{a, b} {
		if err := l.collect(history, kept); err != nil {
			return err
		}
	}
	lines := make([]entry, 0, len(kept))
	for _, e := range kept {
		lines = append(lines, e)
	}
	sorting.Stable(lines, func(e, f entry) int { return e.order(&f) })
	w := bufio.NewWriter(out)
	for i := range lines {
		_, _ = w.Write(lines[i].body) // the writer keeps its error until Flush
		_ = w.WriteByte('\n')
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write run history: %w", err)
	}
	return nil
}

// collect enters the lines of one history into kept.
func (l *ledger) collect(history io.Reader, kept map[id]entry) error {
	var now int64     // time of the last readable line
	var long *[]byte  // a line that comes in pieces
	var longEntry int // its number
	flush := func() {
		if long == nil {
			return
		}
		l.keepUnreadable(kept, entry{unix: now, body: bytes.TrimSuffix(*long, []byte{'\n'})})
		long = nil
	}
	err := walk(history, func(p *piece) error {
		if p.tooLong {
			if long == nil || longEntry != p.no {
				flush()
				long, longEntry = new([]byte), p.no
			}
			*long = append(*long, p.raw...)
			return nil
		}
		flush()
		body := bytes.Clone(p.body())
		if p.no == 1 {
			body = bytes.TrimPrefix(body, bom) // it means the beginning of a file, and this line may end up elsewhere
		}
		if len(bytes.TrimSpace(body)) == 0 {
			return nil
		}
		r := l.read(&piece{no: p.no, raw: body})
		if r == nil {
			l.keepUnreadable(kept, entry{unix: now, body: body})
			return nil
		}
		now = r.unix
		e := entry{unix: r.unix, sha: string(r.sha), runID: string(r.runID), body: body}
		key := l.identify(r)
		if old, ok := kept[key]; !ok || e.order(&old) > 0 {
			kept[key] = e
		}
		return nil
	})
	flush()
	return err
}

// keepUnreadable enters a line that names no run. It is known by its bytes, and of several places it takes the first.
func (l *ledger) keepUnreadable(kept map[id]entry, e entry) {
	e.unreadable = true
	key := l.bodyID(e.body)
	if old, ok := kept[key]; !ok || e.order(&old) < 0 {
		kept[key] = e
	}
}
