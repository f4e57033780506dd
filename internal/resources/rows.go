package resources

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

// tailRows is how many rows at the end of a log are read where the window is smaller: in them the row before is looked for.
const tailRows = 5_000

// Log is the end of resource_usage.jsonl.
type Log struct {
	Rows    []report.ResourceRow
	Skipped int // lines that could not be read
}

// ReadLog reads the last rows of a log: at least the window. A line that cannot be read, such as the torn last line of a call that was killed,
// is left out.
func ReadLog(data []byte, window int) (l Log) {
	for _, line := range tail(data, max(window, tailRows)) {
		row, ok := parseRow(line)
		if !ok {
			l.Skipped++
			continue
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// tail are the last n lines that are not blank.
func tail(data []byte, n int) (lines [][]byte) {
	for len(data) > 0 && len(lines) < n {
		data = bytes.TrimRight(data, "\r\n")
		at := bytes.LastIndexByte(data, '\n') + 1
		if line := bytes.TrimSpace(data[at:]); len(line) > 0 {
			lines = append(lines, line)
		}
		data = data[:at]
	}
	slices.Reverse(lines)
	return lines
}

// originalRow has the names of the original's script.
type originalRow struct {
	Seq       int64       `json:"seq"`
	Timestamp report.Time `json:"timestamp"`
	Container string      `json:"name"`
	CPUPct    *float64    `json:"cpu_perc"`
	MemPct    *float64    `json:"mem_perc"`
	MemUsed   *int64      `json:"mem_used_bytes"`
	NetRx     *int64      `json:"net_in_bytes"`
	NetTx     *int64      `json:"net_out_bytes"`
}

// parseRow reads a row of ours or of the original.
func parseRow(line []byte) (r report.ResourceRow, ok bool) {
	if json.Unmarshal(line, &r) == nil && r.Container != "" {
		return r, valid(&r)
	}
	var o originalRow
	if json.Unmarshal(line, &o) != nil || o.CPUPct == nil || o.MemUsed == nil {
		return r, false
	}
	r = report.ResourceRow{Seq: o.Seq, Timestamp: o.Timestamp, Container: o.Container, CPUPct: *o.CPUPct, MemPct: o.MemPct, MemUsed: *o.MemUsed, NetRx: o.NetRx, NetTx: o.NetTx}
	return r, valid(&r)
}

func valid(r *report.ResourceRow) bool {
	s := Sample{Container: r.Container, CPUPct: r.CPUPct, MemPct: r.MemPct, MemUsed: r.MemUsed, NetRx: r.NetRx, NetTx: r.NetTx}
	return r.Seq >= 0 && s.check() == nil
}

// Add makes rows of samples, in their order, with the differences from the rows before.
func (l *Log) Add(samples []Sample, at report.Time) (added []report.ResourceRow) {
	last := map[string]*report.ResourceRow{}
	seq := int64(0)
	for i := range l.Rows {
		last[l.Rows[i].Container] = &l.Rows[i]
		seq = max(seq, l.Rows[i].Seq+1)
	}
	added = make([]report.ResourceRow, len(samples))
	for i, s := range samples {
		r := &added[i]
		*r = report.ResourceRow{Seq: seq + int64(i), Timestamp: at, Container: s.Container, CPUPct: s.CPUPct, MemPct: s.MemPct, MemUsed: s.MemUsed, NetRx: s.NetRx, NetTx: s.NetTx}
		if before := last[s.Container]; before != nil {
			r.DeltaMemUsed = s.MemUsed - before.MemUsed
			in, fell := counted(before.NetRx, s.NetRx)
			out, fellToo := counted(before.NetTx, s.NetTx)
			if r.Reset = fell || fellToo; !r.Reset {
				r.DeltaNetIn, r.DeltaNetOut = in, out
			}
		}
		last[s.Container] = r
	}
	l.Rows = append(l.Rows, added...)
	return added
}

// counted is the difference of a counter, and whether it fell.
func counted(before, now *int64) (int64, bool) {
	if before == nil || now == nil {
		return 0, false
	}
	return max(0, *now-*before), *now < *before
}

// Encode writes rows, one a line.
func Encode(rows []report.ResourceRow) ([]byte, error) {
	var b bytes.Buffer
	for i := range rows {
		line, err := json.Marshal(&rows[i], json.Deterministic(true))
		if err != nil {
			return nil, err
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes(), nil
}

// Append is a log with rows at its end; a torn last line is ended.
func Append(log []byte, rows []report.ResourceRow) ([]byte, error) {
	added, err := Encode(rows)
	if err != nil {
		return nil, err
	}
	if len(log) > 0 && log[len(log)-1] != '\n' {
		log = append(slices.Clip(log), '\n')
	}
	return slices.Concat(log, added), nil
}
