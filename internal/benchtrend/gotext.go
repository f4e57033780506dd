package benchtrend

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/report"
)

// benchmarkLine begins a result in the text format of Go benchmarks (golang.org/design/14313-benchmark-format): a name, then iterations.
// A line of a name alone, as go test -v writes, is none.
var benchmarkLine = late.Pattern(`^Benchmark[^a-z\s]\S*\s+[0-9]+(\s|$)`)

// machineKeys are the configuration lines of the format that say where a run was.
var machineKeys = []string{"goos", "goarch", "cpu"}

// readGo reads what `go test -bench` prints, with each repetition (-count) as a sample. Lines that are no results are skipped, as the
// format demands.
func readGo(f Input, left *budget) ([]Run, error) {
	c := collector{run: Run{Name: f.Name}, index: map[key]int{}, left: left}
	config := map[string]string{}
	n := 0
	for raw := range bytes.Lines(f.Data) {
		n++
		line := strings.TrimSpace(string(raw))
		if !benchmarkLine().MatchString(line) {
			if name, value, ok := strings.Cut(line, ": "); ok && !strings.ContainsAny(name, " \t") {
				config[name] = strings.TrimSpace(value)
			}
			continue
		}
		if err := c.goLine(report.Place{File: f.Name, Line: n}, config["pkg"], line); err != nil {
			return nil, err
		}
	}
	if len(c.run.Series) == 0 {
		refused := refuse(report.Place{File: f.Name}, "has no benchmark results")
		refused.Hint = formatsHint
		return nil, refused
	}
	var machine []string
	for _, name := range machineKeys {
		if config[name] != "" {
			machine = append(machine, config[name])
		}
	}
	c.run.Machine, c.run.Commit = strings.Join(machine, " "), config["commit"]
	return []Run{c.run}, nil
}

// goLine reads a result: name, iterations, then pairs of a value and its unit.
func (c *collector) goLine(at report.Place, pkg, line string) error {
	fields := strings.Fields(line)
	name, pairs := fields[0], fields[2:]
	if pkg != "" {
		name = pkg + "." + name
	}
	if len(pairs) == 0 || len(pairs)%2 != 0 {
		refused := refuse(at, "the result of %s is not pairs of a value and a unit", fields[0])
		refused.Hint = "the line is truncated: write the output of go test -bench to the file as a whole"
		return refused
	}
	for i := 0; i < len(pairs); i += 2 {
		v, err := strconv.ParseFloat(pairs[i], 64)
		if err != nil {
			return refuse(at, "%q is not a number", pairs[i])
		}
		if err := c.add(at, name, pairs[i+1], "", v); err != nil {
			return err
		}
	}
	return nil
}
