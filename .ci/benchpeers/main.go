// Command benchpeers measures `govctl openapi diff` beside another diff tool on the same machine in one run: CPU seconds, peak memory
// and size of the output of whole processes. `make bench-peers` runs it; the peer's binary is named by OASDIFF.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// row is one line of the table: a pair of documents and what govctl must reach, as shares of the peer's figures.
type row struct {
	name        string
	pair        func(dir string) (old, new string, err error)
	cpu, memory float64 // at most this share of the peer's; 0 is not asked for
	output      int64   // at most this many bytes; 0 is not asked for
}

var rows = []row{
	{"GitHub REST 11.6 -> 13.0 MB JSON", githubJSON, 1.0 / 8, 1.0 / 2, 0},
	{"the same as YAML", githubYAML, 1.0 / 5, 1.0 / 3, 0},
	{"13.0 MB against itself", githubSelf, 1.0 / 40, 0, 0},
	{"deeply shared schemas, 5 -> 8 MB", sharedPair, 1.0 / 60, 1.0 / 12, 2 << 20},
	{"unions of a chat service, 1x", unionPair(1), 1.0 / 5, 0, 0},
	{"unions of a chat service, 2x", unionPair(2), 1.0 / 5, 0, 0},
	{"unions of a chat service, 4x", unionPair(4), 1.0 / 5, 0, 0},
	{"unions of a chat service, 8x", unionPair(8), 1.0 / 5, 0, 0},
	{"unions of unions, as a service mesh has them", meshPair, 1.0 / 5, 0, 0},
	{"Kubernetes core API 1.31 -> 1.33", kubernetesPair, 1.0 / 5, 0, 0},
	{"a 40-line pair", smallPair, 1, 1, 0},
}

// figures are those of one finished process.
type figures struct {
	cpu    time.Duration
	memory int64 // peak, in bytes
	output int64
	cut    string // why it did not come to its end, stopped at the time limit or an error: the figures are lower bounds
}

// limit is how long the peer may take for one row.
const limit = 2 * time.Minute

func main() {
	work := func() error { return measure(os.Stdout) }
	if len(os.Args) == 4 && os.Args[1] == "prepare" {
		work = func() error { return prepare(os.Args[2], os.Args[3]) }
	}
	if len(os.Args) == 4 && os.Args[1] == "parse" {
		work = func() error { return errors.Join(parse(os.Args[2]), parse(os.Args[3])) }
	}
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, "benchpeers:", err)
		os.Exit(2) // 1 is that of a comparison with findings
	}
}

func measure(w io.Writer) error {
	dir, err := os.MkdirTemp("", "benchpeers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	govctl, peer := os.Getenv("GOVCTL"), os.Getenv("OASDIFF")
	if govctl == "" {
		return errors.New("GOVCTL names no binary")
	}
	fmt.Fprintln(w, "| Pair | CPU | parsing | times it | peer | share | memory | peer | share | output | peer | holds |\n|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, r := range rows {
		old, new, err := prepared(r.name, dir)
		if err != nil {
			fmt.Fprintf(w, "| %s | skipped: %v |\n", r.name, err)
			continue
		}
		ours, err := median(5, govctl, "openapi", "diff", old, new)
		if err != nil {
			return err
		}
		floor := ""
		if parsed, err := median(3, os.Args[0], "parse", old, new); err == nil { // JSON
			floor = fmt.Sprintf("%.3f s | %.2f", parsed.cpu.Seconds(), ours.cpu.Seconds()/parsed.cpu.Seconds())
		} else {
			floor = "|"
		}
		if peer == "" {
			fmt.Fprintf(w, "| %s | %.3f s | %s | no OASDIFF | | %d MB | | | %s | | |\n", r.name, ours.cpu.Seconds(), floor, ours.memory>>20, size(ours.output))
			continue
		}
		theirs, err := run(peer, "breaking", old, new)
		if err != nil {
			return err
		}
		fmt.Fprintln(w, r.line(ours, theirs, floor))
	}
	return scaling(w, dir, govctl)
}

// parse reads a file as encoding/json does: what any tool in Go has to pay, started as a process as they are.
func parse(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var v any
	return json.Unmarshal(text, &v)
}

// prepared makes a pair in a process of its own: a child begins with the peak memory of its parent, so that this one must stay small.
func prepared(name, dir string) (old, new string, err error) {
	out, err := exec.Command(os.Args[0], "prepare", name, dir).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", "", errors.New(strings.TrimSpace(string(exit.Stderr)))
	}
	old, new, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	return old, new, err
}

func prepare(name, dir string) error {
	pair := func(dir string) (string, string, error) {
		times, err := strconv.Atoi(name)
		if err != nil {
			return "", "", err
		}
		return scaledPair(dir, times)
	}
	for _, r := range rows {
		if r.name == name {
			pair = r.pair
		}
	}
	old, new, err := pair(dir)
	fmt.Printf("%s\n%s\n", old, new)
	return err
}

func (r row) line(ours, theirs figures, floor string) string {
	cpu, memory := ours.cpu.Seconds()/theirs.cpu.Seconds(), float64(ours.memory)/float64(theirs.memory)
	holds := (r.cpu == 0 || cpu <= r.cpu) && (r.memory == 0 || memory <= r.memory) && (r.output == 0 || ours.output <= r.output)
	cut := ""
	if theirs.cut != "" {
		cut = " (" + theirs.cut + ")"
	}
	return fmt.Sprintf("| %s | %.3f s | %s | %.2f s%s | 1/%.1f | %d MB | %d MB | 1/%.1f | %s | %s | %v |", r.name, ours.cpu.Seconds(), floor, theirs.cpu.Seconds(), cut, 1/cpu,
		ours.memory>>20, theirs.memory>>20, 1/memory, size(ours.output), size(theirs.output), holds)
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}

// scaling measures one document at 1, 2, 4 and 8 times its size.
func scaling(w io.Writer, dir, govctl string) error {
	fmt.Fprintln(w, "\n| Size | CPU | against half |\n|---|---|---|")
	last := 0.0
	for _, times := range []int{1, 2, 4, 8} {
		old, new, err := prepared(strconv.Itoa(times), dir)
		if err != nil {
			return err
		}
		f, err := median(5, govctl, "openapi", "diff", old, new)
		if err != nil {
			return err
		}
		against := ""
		if last > 0 {
			against = fmt.Sprintf("%.2f", f.cpu.Seconds()/last)
		}
		info, err := os.Stat(new)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %dx (%s) | %.3f s | %s |\n", times, size(info.Size()), f.cpu.Seconds(), against)
		last = f.cpu.Seconds()
	}
	return nil
}

// median runs a command n times after one warm-up and returns the run with the median CPU time.
func median(n int, name string, args ...string) (figures, error) {
	if _, err := run(name, args...); err != nil {
		return figures{}, err
	}
	all := make([]figures, n)
	for i := range all {
		f, err := run(name, args...)
		if err != nil {
			return figures{}, err
		}
		all[i] = f
	}
	sort.Slice(all, func(i, j int) bool { return all[i].cpu < all[j].cpu })
	return all[n/2], nil
}

// counter counts what it is given.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// run measures one process by the operating system's own accounting. Findings (exit code 1) are no failure.
func run(name string, args ...string) (figures, error) {
	cmd := exec.Command(name, args...)
	var out counter
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return figures{}, err
	}
	stopped := time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	cut := ""
	var exit *exec.ExitError
	switch {
	case !stopped.Stop():
		cut = "stopped"
	case errors.As(err, &exit) && exit.ExitCode() > 1 && name == os.Getenv("OASDIFF"): // there are documents that it does not survive
		cut = exit.Error()
	case err != nil && (exit == nil || exit.ExitCode() != 1):
		return figures{}, fmt.Errorf("%s %s: %w", filepath.Base(name), strings.Join(args, " "), err)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return figures{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory: usage.Maxrss << 10, output: int64(out), cut: cut}, nil
}
