package metricscontract

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Contract is what the metrics of a service promise.
type Contract struct {
	Name    string
	Metrics []Metric  // sorted by name
	values  *Snapshot // nil for a baseline
}

// header is the first line of a baseline.
const header = "# govctl/metrics-contract/v1"

// Encode writes a baseline: one line for each metric, without values.
func (c *Contract) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(header + "\n")
	for i := range c.Metrics {
		m := &c.Metrics[i]
		fmt.Fprintf(&b, "%q %s", m.Name, m.Type)
		for _, list := range []struct {
			key    string
			values []string
		}{{"label", m.Labels}, {"bucket", m.Buckets}} {
			for _, v := range list.values {
				fmt.Fprintf(&b, " %s=%q", list.key, v)
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// ParseContract reads a baseline or a snapshot. Its error is a *contract.Error.
func ParseContract(name string, data []byte) (Contract, error) {
	if !bytes.HasPrefix(data, []byte(header)) {
		s, err := ParseSnapshot(name, data)
		if err != nil {
			return Contract{}, err
		}
		c := s.Contract()
		c.values = s
		return c, nil
	}
	c := Contract{Name: name}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m, ok := parseMetric(line)
		if !ok || len(c.Metrics) > 0 && c.Metrics[len(c.Metrics)-1].Name >= m.Name {
			return c, &contract.Error{Place: report.Place{File: name, Line: n}, Msg: "is not a line of a metrics contract", Hint: "govctl metrics diff --out writes the file; it is sorted by name"}
		}
		c.Metrics = append(c.Metrics, m)
	}
	return c, nil
}

// parseMetric reads `"NAME" TYPE label="a" bucket="0.1"`.
func parseMetric(line string) (m Metric, ok bool) {
	quoted, err := strconv.QuotedPrefix(line)
	if err != nil {
		return m, false
	}
	m.Name, _ = strconv.Unquote(quoted) // QuotedPrefix has checked it
	rest := strings.TrimPrefix(line[len(quoted):], " ")
	m.Type, rest, _ = strings.Cut(rest, " ")
	for rest != "" {
		key, after, _ := strings.Cut(rest, "=")
		quoted, err := strconv.QuotedPrefix(after)
		if err != nil {
			return m, false
		}
		value, _ := strconv.Unquote(quoted)
		switch key {
		case "label":
			m.Labels = append(m.Labels, value)
		case "bucket":
			m.Buckets = append(m.Buckets, value)
		default:
			return m, false
		}
		rest = strings.TrimPrefix(after[len(quoted):], " ")
	}
	return m, m.Name != "" && m.Type != ""
}
