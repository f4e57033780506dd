package evidence

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// maxLines bounds the history of figures; the oldest go first.
const maxLines = 20_000

// AddFigures is the history of figures with those of the envelopes. What is there already is not added again.
func AddFigures(history []byte, read []report.Evidence) ([]byte, error) {
	var fresh bytes.Buffer
	for i := range read {
		e := &read[i]
		for _, f := range e.Figures {
			line, err := json.Marshal(report.EvidenceLine{Timestamp: e.GeneratedAt, SHA: e.SHA, RunID: e.RunID, Kind: e.Kind,
				Figure: f.Name, Labels: f.Labels, Value: f.Value}, json.Deterministic(true))
			if err != nil {
				return nil, err
			}
			fresh.Write(append(line, '\n'))
		}
	}
	return MergeFigures(history, fresh.Bytes())
}

// MergeFigures is the union of two histories of figures, ordered by time and then by the text of the line, so that it is the same
// whichever comes first. A line that cannot be read is left out.
func MergeFigures(a, b []byte) ([]byte, error) {
	type entry struct {
		unix int64
		text string
	}
	var all []entry
	for _, history := range [][]byte{a, b} {
		for line := range bytes.Lines(history) {
			var l report.EvidenceLine
			line = bytes.TrimSpace(line)
			if json.Unmarshal(line, &l) == nil && l.Figure != "" {
				all = append(all, entry{l.Timestamp.Unix(), string(line)})
			}
		}
	}
	sorting.Stable(all, func(x, y entry) int {
		if x.unix != y.unix {
			return int(min(max(x.unix-y.unix, -1), 1))
		}
		return bytes.Compare([]byte(x.text), []byte(y.text))
	})
	all = slices.Compact(all)
	all = all[max(0, len(all)-maxLines):]
	var out bytes.Buffer
	for _, e := range all {
		out.WriteString(e.text + "\n")
	}
	return out.Bytes(), nil
}

// Lines are the lines of a history of figures that can be read, in its order.
func Lines(history []byte) (all []report.EvidenceLine) {
	for line := range bytes.Lines(history) {
		var l report.EvidenceLine
		if json.Unmarshal(line, &l) == nil && l.Figure != "" {
			all = append(all, l)
		}
	}
	return all
}
