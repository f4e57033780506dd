package resources

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// maxCgroupFile bounds a file of a cgroup, in bytes.
const maxCgroupFile = 1 << 20

// Cgroup is one reading of a cgroup v2 folder.
type Cgroup struct {
	cpuMicros int64
	used      int64
	limit     int64 // 0: none
}

// ReadCgroup reads the files of a cgroup v2 folder.
func ReadCgroup(dir fs.FS) (c Cgroup, err error) {
	cpu, err := keyed(dir, "cpu.stat")
	if err != nil {
		return c, err
	}
	memory, err := keyed(dir, "memory.stat")
	if err != nil {
		return c, err
	}
	current, err := single(dir, "memory.current")
	if err != nil {
		return c, err
	}
	micros, ok := cpu["usage_usec"]
	if !ok {
		return c, errors.New("cpu.stat has no usage_usec")
	}
	c.cpuMicros = micros
	if c.used = current; memory["inactive_file"] < current { // as docker stats counts
		c.used -= memory["inactive_file"]
	}
	c.limit, err = single(dir, "memory.max")
	if errors.Is(err, fs.ErrNotExist) { // the root of the hierarchy has none
		c.limit, err = 0, nil
	}
	return c, err
}

// Sample is what the group used between an earlier reading and this one. A cgroup does not count network traffic.
func (c *Cgroup) Sample(name string, before Cgroup, between time.Duration) (Sample, error) {
	s := Sample{Container: name, MemUsed: c.used, MemPct: percent(float64(c.used), float64(c.limit))}
	if between > 0 && c.cpuMicros > before.cpuMicros {
		s.CPUPct = 100 * float64(c.cpuMicros-before.cpuMicros) / float64(between.Microseconds())
	}
	return s, s.check()
}

// single reads a file with one number; max is 0.
func single(dir fs.FS, name string) (int64, error) {
	text, err := small(dir, name)
	if err != nil {
		return 0, err
	}
	text = strings.TrimSpace(text)
	if text == "max" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s: %.40q is not a number of bytes", name, text)
	}
	return n, nil
}

// keyed reads a file with a name and a number on each line.
func keyed(dir fs.FS, name string) (map[string]int64, error) {
	text, err := small(dir, name)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	line := 0
	for l := range strings.Lines(text) {
		line++
		key, value, _ := strings.Cut(strings.TrimSpace(l), " ")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%s:%d: is not a name and a number", name, line)
		}
		out[key] = n
	}
	return out, nil
}

func small(dir fs.FS, name string) (string, error) {
	f, err := dir.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("is not a cgroup v2 folder with these controllers: %w", err)
	}
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxCgroupFile+1))
	if err = errors.Join(err, f.Close()); err == nil && len(data) > maxCgroupFile {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxCgroupFile)
	}
	return string(data), err
}
