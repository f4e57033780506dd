// Package resources measures the processor, memory and network of containers: samples from the Docker Engine API, from cgroup v2 folders or
// from the output of docker stats, rows of a log with differences, and figures over a window of rows.
package resources

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// Bounds of what is read.
const (
	maxSamples = 100_000 // of one call
	maxName    = 300     // bytes of the name of a container
)

// Sample is what a container used at one time.
type Sample struct {
	Container string
	CPUPct    float64  // of one processor
	MemPct    *float64 // of the limit; nil without one
	MemUsed   int64    // bytes
	NetRx     *int64   // bytes since the container began; nil where the source does not have it
	NetTx     *int64
}

// check refuses a sample that no source can have measured.
func (s *Sample) check() error {
	switch {
	case s.Container == "" || len(s.Container) > maxName || !printable(s.Container):
		return fmt.Errorf("the name of a container is empty, longer than %d bytes or not printable", maxName)
	case !plausible(s.CPUPct, 1e6) || s.MemPct != nil && !plausible(*s.MemPct, 1e6):
		return fmt.Errorf("a share of %s is out of range", s.Container)
	case s.MemUsed < 0 || s.NetRx != nil && *s.NetRx < 0 || s.NetTx != nil && *s.NetTx < 0:
		return fmt.Errorf("a number of bytes of %s is out of range", s.Container)
	}
	return nil
}

func plausible(v, most float64) bool { return v >= 0 && v <= most && !math.IsNaN(v) }

func printable(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return false
		}
	}
	return utf8.ValidString(s)
}

// percent is a share of a whole, nil where there is none.
func percent(part, whole float64) *float64 {
	if whole <= 0 {
		return nil
	}
	v := 100 * part / whole
	return &v
}
