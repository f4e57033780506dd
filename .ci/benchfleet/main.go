// Command benchfleet measures `govctl run` over many contracts: CPU seconds, peak memory and bytes of files of whole processes. Each contract is a
// pair of consecutive real versions: the first run has the older one, the second the newer, and after a third one contract moves again.
// `make bench` runs it; FLEET_DATA names the folder with the versions, one folder for each API.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// limits are what the runs over so many contracts may cost.
var limits = []struct {
	contracts int
	cpu       time.Duration
	memory    int64 // bytes
}{
	{100, 5 * time.Second, 250 << 20},
	{500, 25 * time.Second, 400 << 20},
}

// growth is how much more five times the contracts may cost; oneOf is what a single contract that moved may cost.
const (
	growth = 5.5
	oneOf  = time.Second
)

func main() {
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "benchfleet:", err)
		os.Exit(1)
	}
}

func measure() error {
	govctl, data := os.Getenv("GOVCTL"), os.Getenv("FLEET_DATA")
	if govctl == "" {
		return errors.New("GOVCTL names no binary")
	}
	pairs, err := pairsIn(data)
	if err != nil {
		return err
	}
	if len(pairs) == 0 {
		fmt.Println("benchfleet: skipped: FLEET_DATA names no folder with versions of APIs")
		return nil
	}
	fmt.Printf("%d pairs\n\n| Contracts | Run | CPU | limit | memory | limit | files | bytes | of them contracts | index |\n|---|---|---|---|---|---|---|---|---|---|\n", len(pairs))
	var missed []string
	var last time.Duration
	for _, l := range limits {
		if only := os.Getenv("FLEET_CONTRACTS"); only != "" && only != strconv.Itoa(l.contracts) {
			continue
		}
		f, err := newFleet(govctl, pairs, l.contracts)
		if err != nil {
			return err
		}
		first, err1 := f.run("first", 0, 0)
		err2 := f.move(l.contracts)
		second, err3 := f.run("each moved", l.cpu, l.memory)
		err7 := f.commit()
		after, err8 := f.run("the run after that", 0, l.memory, "--changed", "HEAD~1") // those that broke are assessed once more: the break is accepted
		err4 := f.moveOne()
		one, err5 := f.run("one moved", oneOf, l.memory, "--changed", "HEAD~1")
		same, err6 := f.run("nothing moved", oneOf, l.memory, "--changed", "HEAD")
		if err := errors.Join(err1, err2, err3, err7, err8, err4, err5, err6, f.remove()); err != nil {
			return err
		}
		missed = slices.Concat(missed, first, second, after, one, same)
		if last > 0 && f.cpu.Seconds() > growth*last.Seconds() {
			missed = append(missed, fmt.Sprintf("the second run grew %.1f times", f.cpu.Seconds()/last.Seconds()))
		}
		last = f.cpu
	}
	for _, m := range missed {
		fmt.Println("missed:", m)
	}
	if len(missed) > 0 {
		return fmt.Errorf("%d limits missed", len(missed))
	}
	return nil
}

// pair is two consecutive versions of an API.
type pair struct{ old, new string }

func pairsIn(data string) (pairs []pair, err error) {
	apis, err := os.ReadDir(data)
	if data == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, api := range apis {
		versions, err := os.ReadDir(filepath.Join(data, api.Name())) // sorted by name, which begins with a number
		if err != nil {
			return nil, err
		}
		for i := 1; i < len(versions); i++ {
			old, new := versions[i-1].Name(), versions[i].Name()
			if filepath.Ext(old) == filepath.Ext(new) {
				pairs = append(pairs, pair{filepath.Join(data, api.Name(), old), filepath.Join(data, api.Name(), new)})
			}
		}
	}
	return pairs, nil
}

// fleet is a repository with many contracts.
type fleet struct {
	govctl, dir string
	pairs       []pair
	contracts   int
	cpu         time.Duration // of the run in which each contract moved
}

func newFleet(govctl string, pairs []pair, contracts int) (*fleet, error) {
	dir, err := os.MkdirTemp("", "benchfleet")
	if err != nil {
		return nil, err
	}
	f := &fleet{govctl: govctl, dir: dir, pairs: pairs, contracts: contracts}
	config := "contracts:\n"
	for i := range contracts {
		config += fmt.Sprintf("  - {name: c%03d, source: %s, gate: none}\n", i, f.source(i))
	}
	if err := os.MkdirAll(filepath.Join(dir, "api"), 0o755); err != nil {
		return nil, err
	}
	for i := range contracts {
		if err := f.put(i, f.pair(i).old); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "govctl.yaml"), []byte(config), 0o644); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("governance/\n"), 0o644); err != nil {
		return nil, err
	}
	return f, errors.Join(f.git("init", "-q"), f.commit())
}

func (f *fleet) pair(i int) pair { return f.pairs[i%len(f.pairs)] }

func (f *fleet) source(i int) string {
	return fmt.Sprintf("api/c%03d%s", i, filepath.Ext(f.pair(i).old))
}

// put makes a document the present version of a contract.
func (f *fleet) put(i int, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(f.dir, f.source(i)), b, 0o644)
}

// move moves the first contracts to their newer version.
func (f *fleet) move(n int) error {
	for i := range n {
		if err := f.put(i, f.pair(i).new); err != nil {
			return err
		}
	}
	return f.commit()
}

// moveOne moves one contract back.
func (f *fleet) moveOne() error {
	if err := f.put(7, f.pair(7).old); err != nil {
		return err
	}
	return f.commit()
}

func (f *fleet) git(args ...string) error {
	cmd := exec.Command("git", append([]string{"-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0"}, args...)...)
	cmd.Dir, cmd.Stderr = f.dir, os.Stderr
	return cmd.Run()
}

func (f *fleet) commit() error {
	return errors.Join(f.git("add", "-A"), f.git("commit", "-q", "--allow-empty", "-m", "x"))
}

// run measures one run and prints its row. What passes a limit is returned.
func (f *fleet) run(name string, cpu time.Duration, memory int64, args ...string) (missed []string, err error) {
	cmd := exec.Command(f.govctl, append([]string{"run", "--quiet"}, args...)...)
	cmd.Dir = f.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	used, err := ownTime(cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) {
		return nil, fmt.Errorf("%s: %w\n%s", name, err, out.Bytes())
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	if name == "each moved" {
		f.cpu = used
	}
	files, bytes, contracts, err := f.size()
	if err != nil {
		return nil, err
	}
	index, err := os.Stat(filepath.Join(f.dir, "governance", "site", "index.html"))
	if err != nil {
		return nil, err
	}
	fmt.Printf("| %d | %s | %.2f s | %s | %d MB | %s | %d | %d MB | %d MB | %d kB |\n", f.contracts, name, used.Seconds(), asked(cpu.Seconds(), "s"), peak>>20, asked(float64(memory>>20), "MB"), files,
		bytes>>20, contracts>>20, index.Size()>>10)
	if cpu > 0 && used > cpu {
		missed = append(missed, fmt.Sprintf("%d contracts, %s: %.2f s of CPU", f.contracts, name, used.Seconds()))
	}
	if memory > 0 && peak > memory {
		missed = append(missed, fmt.Sprintf("%d contracts, %s: %d MB", f.contracts, name, peak>>20))
	}
	return missed, nil
}

// ownTime waits for the end of a process, and returns the CPU time that it took itself, without the programs that it has started.
func ownTime(pid int) (time.Duration, error) {
	if err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		return 0, err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // from the third on
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	const perSecond = 100 // clock ticks, on every Linux
	return time.Duration(user+system) * time.Second / perSecond, errors.Join(err1, err2)
}

func asked(limit float64, unit string) string {
	if limit == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %s", limit, unit)
}

// size is what the output folder has, each file once, whatever names it has: the copies of the contracts apart.
func (f *fleet) size() (files int, bytes, contracts int64, err error) {
	out := filepath.Join(f.dir, "governance")
	seen := map[uint64]bool{}
	err = filepath.WalkDir(out, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		files++
		id := info.Sys().(*syscall.Stat_t).Ino
		if seen[id] {
			return nil
		}
		seen[id] = true
		bytes += info.Size()
		if strings.HasPrefix(p, filepath.Join(out, "schemas")) {
			contracts += info.Size()
		}
		return nil
	})
	return files, bytes, contracts, err
}

func (f *fleet) remove() error {
	if os.Getenv("FLEET_KEEP") != "" {
		fmt.Println("kept:", f.dir)
		return nil
	}
	return os.RemoveAll(f.dir)
}
