package resources

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-json-experiment/json"
)

// apiStats is what is read of an answer of GET /containers/ID/stats of the Docker Engine API.
type apiStats struct {
	Name      string                `json:"name"`
	CPU       apiCPU                `json:"cpu_stats"`
	CPUBefore apiCPU                `json:"precpu_stats"`
	Memory    apiMemory             `json:"memory_stats"`
	Networks  map[string]apiNetwork `json:"networks"`
}

type apiCPU struct {
	Usage struct {
		Total  uint64   `json:"total_usage"` // nanoseconds
		PerCPU []uint64 `json:"percpu_usage"`
	} `json:"cpu_usage"`
	System uint64 `json:"system_cpu_usage"` // nanoseconds of all processors
	Online uint64 `json:"online_cpus"`
}

type apiMemory struct {
	Usage uint64 `json:"usage"`
	Limit uint64 `json:"limit"`
	Stats struct {
		InactiveFile      uint64 `json:"inactive_file"`       // cgroup v2
		TotalInactiveFile uint64 `json:"total_inactive_file"` // cgroup v1
	} `json:"stats"`
}

type apiNetwork struct {
	Rx uint64 `json:"rx_bytes"`
	Tx uint64 `json:"tx_bytes"`
}

// ParseStats reads one answer of the API. fallback is the name of a container whose answer has none.
func ParseStats(data []byte, fallback string) (Sample, error) {
	var a apiStats
	if err := json.Unmarshal(data, &a); err != nil {
		return Sample{}, fmt.Errorf("is not an answer of the stats of a container: %w", err)
	}
	s := Sample{Container: strings.TrimPrefix(a.Name, "/"), CPUPct: a.cpuPct()}
	if s.Container == "" {
		s.Container = fallback
	}
	used := a.Memory.used()
	s.MemUsed = bytesOf(used)
	s.MemPct = percent(float64(used), float64(a.Memory.Limit))
	if len(a.Networks) > 0 { // a container without a network of its own has none
		var rx, tx uint64
		for _, n := range a.Networks {
			rx, tx = rx+n.Rx, tx+n.Tx
		}
		in, out := bytesOf(rx), bytesOf(tx)
		s.NetRx, s.NetTx = &in, &out
	}
	return s, s.check()
}

// cpuPct is the share of one processor between the two readings of an answer, as docker stats shows it.
func (a *apiStats) cpuPct() float64 {
	if a.CPU.Usage.Total < a.CPUBefore.Usage.Total || a.CPU.System <= a.CPUBefore.System || a.CPUBefore.System == 0 {
		return 0
	}
	processors := float64(a.CPU.Online)
	if processors == 0 {
		processors = float64(len(a.CPU.Usage.PerCPU))
	}
	return 100 * processors * float64(a.CPU.Usage.Total-a.CPUBefore.Usage.Total) / float64(a.CPU.System-a.CPUBefore.System)
}

// used is the memory without the page cache that the kernel can take back at once.
func (m *apiMemory) used() uint64 {
	inactive := m.Stats.InactiveFile
	if m.Stats.TotalInactiveFile > 0 {
		inactive = m.Stats.TotalInactiveFile
	}
	if inactive < m.Usage {
		return m.Usage - inactive
	}
	return m.Usage
}

// bytesOf is a count of bytes; one that no machine has is refused by Sample.check.
func bytesOf(n uint64) int64 {
	if n > math.MaxInt64 {
		return -1
	}
	return int64(n)
}
