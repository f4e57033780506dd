package resources

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// escapes are the control sequences with which docker stats redraws the screen before each table.
var escapes = late.Pattern(`\x1b\[[0-9;?]*[A-Za-z]`)

// shown is a line of docker stats --format json.
type shown struct {
	Name      string `json:"Name"`
	Container string `json:"Container"`
	CPUPerc   string `json:"CPUPerc"`
	MemPerc   string `json:"MemPerc"`
	MemUsage  string `json:"MemUsage"`
	NetIO     string `json:"NetIO"`
}

// absent is how docker stats shows what it does not know, as of a container that has stopped.
const absent = "--"

// ParseFile reads samples, one JSON object a line: what docker stats --format json prints, or answers of the stream of the Docker Engine
// API. Its error is a *contract.Error with the line.
func ParseFile(name string, data []byte) ([]Sample, error) {
	var out []Sample
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if line = bytes.TrimSpace(escapes().ReplaceAll(line, nil)); len(line) == 0 {
			continue
		}
		s, err := parseLine(line)
		if err == nil && len(out) == maxSamples {
			err = fmt.Errorf("more than %d samples", maxSamples)
		}
		if err != nil {
			return nil, &contract.Error{Place: report.Place{File: name, Line: n}, Msg: err.Error(),
				Hint: "expected lines of docker stats --no-stream --format json"}
		}
		if s != nil {
			out = append(out, *s)
		}
	}
	return out, nil
}

func parseLine(line []byte) (*Sample, error) {
	if bytes.Contains(line, []byte(`"cpu_stats"`)) {
		s, err := ParseStats(line, "")
		return &s, err
	}
	var l shown
	if err := json.Unmarshal(line, &l); err != nil {
		return nil, fmt.Errorf("is not a line of JSON: %w", err)
	}
	if l.CPUPerc == absent {
		return nil, nil
	}
	s := Sample{Container: l.Name}
	if s.Container == "" {
		s.Container = l.Container
	}
	var err error
	if s.CPUPct, err = percentage("CPUPerc", l.CPUPerc); err != nil {
		return nil, err
	}
	used, limit, err := pair("MemUsage", l.MemUsage)
	if err != nil {
		return nil, err
	}
	s.MemUsed = used
	if limit > 0 {
		share, err := percentage("MemPerc", l.MemPerc)
		if err != nil {
			return nil, err
		}
		s.MemPct = &share
	}
	if l.NetIO != "" && l.NetIO != absent {
		rx, tx, err := pair("NetIO", l.NetIO)
		if err != nil {
			return nil, err
		}
		s.NetRx, s.NetTx = &rx, &tx
	}
	return &s, s.check()
}

func percentage(field, text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || math.IsNaN(v) || !strings.HasSuffix(text, "%") {
		return 0, fmt.Errorf("%s is %.40q, not a percentage", field, text)
	}
	return v, nil
}

// pair reads two sizes, like 1.2MiB / 7.6GiB.
func pair(field, text string) (a, b int64, err error) {
	one, two, ok := strings.Cut(text, "/")
	if ok {
		if a, err = size(one); err == nil {
			b, err = size(two)
		}
	}
	if !ok || err != nil {
		return 0, 0, fmt.Errorf("%s is %.60q, not two sizes like 1.2MiB / 7.6GiB", field, text)
	}
	return a, b, nil
}

// units are those of docker stats: memory in powers of 1024, traffic in powers of 1000.
var units = []struct {
	suffix string
	factor float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"PiB", 1 << 50},
	{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"PB", 1e15}, {"B", 1},
}

func size(text string) (int64, error) {
	text = strings.TrimSpace(text)
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !plausible(v*u.factor, 1e18) {
			return 0, strconv.ErrRange
		}
		return int64(v * u.factor), nil
	}
	return 0, strconv.ErrSyntax
}
