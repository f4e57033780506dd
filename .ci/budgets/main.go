// Command budgets measures what the most expensive inputs of a size cost: CPU seconds, peak memory and bytes of output of whole processes.
// `make budgets` runs it; arguments are regular expressions that choose families by name. It is a benchmark, not a test: no figure of it
// decides over a build, but it prints which limits are exceeded.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// The limits for an input under one megabyte, of each process.
const (
	mostCPU    = 10 * time.Second
	mostMemory = 1 << 30
	mostOutput = 20 << 20
	patience   = 30 // seconds of CPU, after which a process is stopped; its figures are lower bounds
)

func main() {
	sizes := flag.String("sizes", "4000,60000,990000", "bytes that an input may have, comma-separated")
	worst := flag.Bool("worst", false, "print one line for each family, of its most expensive size")
	keep := flag.String("keep", "", "write the inputs below this folder and leave them there")
	only := flag.String("format", "", "measure this format alone; a family without formats is measured in any case")
	flag.Parse()
	if flag.Arg(0) == "generate" { // a process of its own, because the peak of a child begins with that of its parent
		if err := generate(flag.Arg(1), flag.Arg(2), flag.Arg(3)); err != nil {
			fmt.Fprintln(os.Stderr, "budgets:", err)
			os.Exit(1)
		}
		return
	}
	if err := measure(os.Stdout, *sizes, *worst, *keep, *only, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "budgets:", err)
		os.Exit(1)
	}
}

func measure(w io.Writer, sizes string, worst bool, keep, only string, chosen []string) error {
	govctl := os.Getenv("GOVCTL")
	if govctl == "" {
		return fmt.Errorf("GOVCTL must name the binary to measure")
	}
	var patterns []*regexp.Regexp
	for _, c := range chosen {
		re, err := regexp.Compile(c)
		if err != nil {
			return err
		}
		patterns = append(patterns, re)
	}
	dir := keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "budgets"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	fmt.Fprintln(w, "| Input | Bytes | Format | CPU | Memory | Output | Exit | Beyond | Refused with |\n|---|---|---|---|---|---|---|---|---|")
	beyond, rows := 0, 0
	for _, f := range families() {
		if len(patterns) > 0 && !matches(patterns, f.name) {
			continue
		}
		var most *row
		for _, size := range strings.Split(sizes, ",") {
			var limit int
			if _, err := fmt.Sscan(size, &limit); err != nil {
				return fmt.Errorf("size %q: %w", size, err)
			}
			for _, format := range append([]string{""}, f.formats...) {
				if only != "" && len(f.formats) > 0 && format != only {
					continue
				}
				r, err := f.measure(govctl, filepath.Join(dir, strings.NewReplacer(": ", "-", " ", "-").Replace(f.name)+"-"+size), limit, format)
				if err != nil {
					return err
				}
				rows++
				if r.beyond() != "" {
					beyond++
				}
				if !worst {
					fmt.Fprintln(w, r)
				}
				if most == nil || r.share() > most.share() {
					most = r
				}
			}
		}
		if worst && most != nil {
			fmt.Fprintln(w, most)
		}
	}
	fmt.Fprintf(w, "\n%d processes, %d beyond a limit (%v of CPU, %d MB of memory, %d MB of output).\n", rows, beyond, mostCPU, mostMemory>>20, mostOutput>>20)
	return nil
}

func matches(patterns []*regexp.Regexp, name string) bool {
	for _, p := range patterns {
		if p.MatchString(name) {
			return true
		}
	}
	return false
}

func families() []family {
	var all []family
	for _, group := range [][]family{schemaFamilies, documentFamilies, textFamilies, ruleFamilies, stateFamilies} {
		all = append(all, group...)
	}
	return all
}

// fit is the largest set of files of the family none of which exceeds the limit.
func (f family) fit(limit int) (map[string]string, int) {
	size := func(n int) int {
		most := 0
		for _, text := range f.files(n) {
			most = max(most, len(text))
		}
		return most
	}
	least, n := 1, 2
	for last, same := 0, 0; n < 1<<22 && same < 9; least, n = n, n*2 {
		now := size(n)
		if now >= limit {
			break
		}
		if same++; now != last { // a family that grows no more is taken as it is
			last, same = now, 0
		}
	}
	for most := n; most-least > max(least/64, 1); {
		if mid := (least + most) / 2; size(mid) < limit {
			least = mid
		} else {
			most = mid
		}
	}
	return f.files(least), size(least)
}

// A row is one finished process.
type row struct {
	name, format string
	bytes        int
	cpu          time.Duration
	memory       int64
	output       int64
	exit         string
	says         string // the first line of standard error where the input was refused
}

func (r *row) beyond() string {
	var out []string
	if r.cpu > mostCPU {
		out = append(out, "CPU")
	}
	if r.memory > mostMemory {
		out = append(out, "memory")
	}
	if r.output > mostOutput {
		out = append(out, "output")
	}
	if r.exit != "0" && r.exit != "1" && r.exit != "2" {
		out = append(out, "exit")
	}
	if strings.Contains(r.says, "unknown flag") || strings.Contains(r.says, "unknown command") {
		out = append(out, "measures nothing")
	}
	return strings.Join(out, ", ")
}

// share is how much of the scarcest limit is used.
func (r *row) share() float64 {
	return max(r.cpu.Seconds()/mostCPU.Seconds(), float64(r.memory)/mostMemory, float64(r.output)/mostOutput)
}

func (r *row) String() string {
	return fmt.Sprintf("| %s | %d | %s | %.2f s | %d MB | %.1f MB | %s | %s | %s |",
		r.name, r.bytes, r.format, r.cpu.Seconds(), r.memory>>20, float64(r.output)/(1<<20), r.exit, r.beyond(), r.says)
}

// generate writes the files of a family, and their names and size to standard output.
func generate(name, dir, limit string) error {
	var most int
	if _, err := fmt.Sscan(limit, &most); err != nil {
		return err
	}
	for _, f := range families() {
		if f.name != name {
			continue
		}
		made, bytes := f.fit(most)
		fmt.Println(bytes)
		for file, text := range made {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				return err
			}
			fmt.Println(file)
		}
	}
	return nil
}

func (f family) measure(govctl, dir string, limit int, format string) (*row, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	listed, err := exec.Command(self, "generate", f.name, dir, fmt.Sprint(limit)).Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	lines := strings.Split(strings.TrimSpace(string(listed)), "\n")
	var bytes int
	if _, err := fmt.Sscan(lines[0], &bytes); err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	made := map[string]bool{}
	for _, name := range lines[1:] {
		made[name] = true
	}
	if f.prepare != "" {
		cmd := exec.Command("sh", "-c", f.prepare)
		cmd.Dir = dir
		if text, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: prepare: %w: %s", f.name, err, text)
		}
	}
	before := written(dir, made)
	args := strings.Fields(f.command)
	r := &row{name: f.name, bytes: bytes, format: "text"}
	if format != "" {
		args, r.format = append(args, "--format", format), format
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*patience*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", fmt.Sprintf("ulimit -t %d; ulimit -v 8000000; exec \"$0\" \"$@\"", patience), govctl}, args...)...)
	cmd.Dir = dir
	out, errs := &counter{}, &counter{}
	cmd.Stdout, cmd.Stderr = out, errs
	err = cmd.Run()
	state := cmd.ProcessState
	if state == nil {
		return nil, err
	}
	r.cpu, r.exit = state.UserTime()+state.SystemTime(), fmt.Sprint(state.ExitCode())
	if state.ExitCode() < 0 {
		r.exit = "stopped"
	}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		r.memory = usage.Maxrss * 1024
	}
	r.output = out.n + errs.n + written(dir, made) - before
	if state.ExitCode() != 0 && state.ExitCode() != 1 {
		r.says, _, _ = strings.Cut(string(errs.head), "\n")
		r.says = strings.ReplaceAll(strings.ToValidUTF8(r.says, "?"), "|", "/")
	}
	return r, nil
}

// written is the size of the files in a folder that were not put there.
func written(dir string, made map[string]bool) int64 {
	var n int64
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		rel, _ := filepath.Rel(dir, path)
		if made[filepath.ToSlash(rel)] {
			return nil
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n
}

// A counter counts what is written to it and keeps the first bytes.
type counter struct {
	n    int64
	head []byte
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	c.head = append(c.head, p[:min(len(p), 160-len(c.head))]...)
	return len(p), nil
}
