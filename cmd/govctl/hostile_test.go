package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// kills is how many runs TestKilledRuns kills: few, or as many as GOVCTL_TORTURE says (`make torture`).
func kills(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("GOVCTL_TORTURE"))
	if err != nil || n <= 0 {
		return 20
	}
	return n
}

// outsideOf are the files beside the output folder, with what is in them.
func (s *shop) outsideOf(skip ...string) map[string]string {
	s.t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(s.dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(s.dir, p)
		if err != nil {
			return err
		}
		for _, no := range skip {
			if name == no {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
		}
		if !d.Type().IsRegular() {
			all[name] = d.Type().String()
			return nil
		}
		b, err := os.ReadFile(p)
		all[name] = string(b)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// untouched checks that nothing beside the output folder was written, changed or removed.
func (s *shop) untouched(before map[string]string, skip ...string) {
	s.t.Helper()
	now := s.outsideOf(skip...)
	for name, text := range before {
		if was, ok := now[name]; !ok || was != text {
			s.t.Errorf("%s was changed or removed", name)
		}
	}
	for name := range now {
		if _, ok := before[name]; !ok {
			s.t.Errorf("%s is new", name)
		}
	}
}

// TestKilledRuns kills runs at random moments. At whatever moment it was: nothing outside is written, the next run comes to its end, still
// sees the break, and leaves a folder that verifies.
func TestKilledRuns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the kill of a process group is that of Unix")
	}
	s := accepted.shop(t, 3)
	moments := rand.New(rand.NewPCG(11, 7))
	begin := time.Now()
	s.want(s.process("run", "--sha", "feed", "--run-id", "0", "--now", "2026-12-03T00:00:00Z"), 0, "the run that is timed")
	whole := time.Since(begin) * 5 / 4 // a moment after the end kills nothing, which is a case too
	before := s.outsideOf("governance", "openapi.yaml")
	died := 0
	for i := range kills(t) {
		s.write("openapi.yaml", []string{goodContract, badContract, baseContract, worseContract}[i%4])
		s.n++
		c := s.command("govctl", "run", "--sha", "dead"+strconv.Itoa(1000+s.n), "--run-id", strconv.Itoa(s.n), "--now", "2026-12-03T00:00:00Z")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(moments.Int64N(int64(whole))))
		_ = c.Process.Kill() // it may have ended by itself
		if err := c.Wait(); err != nil && c.ProcessState.ExitCode() == -1 {
			died++
		}
		s.untouched(before, "governance", "openapi.yaml")
		r := s.over(worseContract)
		s.want(r, 1, "the run after kill "+strconv.Itoa(i))
		s.agrees(r, "governance")
		if i%10 == 9 {
			s.want(s.govctl("verify"), 0, "the folder after kill "+strconv.Itoa(i))
		}
	}
	t.Logf("%d of %d runs were killed before their end", died, kills(t))
	s.want(s.over(goodContract), 0, "the accepted contract at the end")
	for i, line := range lines(s.read("governance/status/history.jsonl")) {
		if !json.Valid([]byte(line)) {
			t.Errorf("line %d of the history: %q", i+1, line)
		}
	}
}

// TestManyRunsAtOnce starts 16 runs in one folder: each is counted once, and a break among them does not pass.
func TestManyRunsAtOnce(t *testing.T) {
	s := accepted.shop(t, 3)
	s.write("bad.yaml", strings.Replace(plainConfig, "openapi.yaml", "bad.json", 1))
	s.write("bad.json", badContract)
	const many = 16
	got := make([]ran, many)
	var group sync.WaitGroup
	for i := range many {
		config := "govctl.yaml"
		if i%8 == 5 {
			config = "bad.yaml"
		}
		group.Go(func() {
			got[i] = s.process("run", "--config", config, "--wait", "10m", "--sha", "fade"+strconv.Itoa(100+i), "--run-id", strconv.Itoa(i), "--now", "2026-12-03T00:00:00Z")
		})
	}
	group.Wait()
	history := s.read("governance/status/history.jsonl")
	for i, r := range got {
		want := 0
		if i%8 == 5 {
			want = 1
		}
		s.want(r, want, "run "+strconv.Itoa(i))
		if n := strings.Count(history, `"sha":"fade`+strconv.Itoa(100+i)+`"`); n != 1 {
			t.Errorf("run %d is %d times in the history", i, n)
		}
	}
	s.want(s.govctl("verify"), 0, "the folder after all of them")
	s.want(s.over(badContract), 1, "a break after all of them")
}

// TestNoRoomToWrite lets the files of a run be no larger than so many blocks: the run fails, and the next one recovers.
func TestNoRoomToWrite(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh, whose ulimit bounds the size of files")
	}
	for _, blocks := range []int{0, 1, 2, 4, 8, 16, 32} {
		t.Run(strconv.Itoa(blocks), func(t *testing.T) {
			s := accepted.shop(t, 3)
			s.write("openapi.yaml", badContract)
			before := s.outsideOf("governance")
			c := s.command("sh", "-c", "ulimit -f "+strconv.Itoa(blocks)+" && exec govctl run --sha beef --run-id b --now 2026-12-03T00:00:00Z")
			out, err := c.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				t.Errorf("a break passed, or nothing ran: %v\n%s", err, out)
			}
			s.untouched(before, "governance")
			s.want(s.over(badContract), 1, "the run that has room")
			s.want(s.over(goodContract), 0, "the accepted contract")
			s.want(s.govctl("verify"), 0, "the folder")
		})
	}
}

// TestFullDisk runs on a disk that has room for some kilobytes more, in a mount namespace of its own where the machine lets it have one.
func TestFullDisk(t *testing.T) {
	accepted.shop(t, 3).needNamespace("mount -t tmpfs -o size=64k none governance")
	for _, kb := range []int{0, 4, 16, 64, 128} {
		t.Run(strconv.Itoa(kb)+"k", func(t *testing.T) {
			s := accepted.shop(t, 3)
			s.write("openapi.yaml", badContract)
			before := s.outsideOf("governance", "kept")
			// The folder is copied to the small disk, and what is there after the run is kept.
			script := `cp -r governance whole && mount -t tmpfs -o size=16m none governance && cp -r whole/. governance/ && rm -rf whole &&
				used=$(df -k --output=used governance | tail -n 1) && mount -o remount,size=$((used + ` + strconv.Itoa(kb) + `))k governance || exit 99
				govctl run --sha beef --run-id b --now 2026-12-03T00:00:00Z; code=$?; cp -r governance kept; exit $code`
			out, err := s.namespace(script).CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				t.Fatalf("a break passed: %v\n%s", err, out)
			}
			if exit.ExitCode() == 99 {
				t.Fatalf("there is no small disk\n%s", out)
			}
			s.untouched(before, "governance", "kept")
			s.must("sh", "-c", "rm -rf governance && mv kept governance")
			s.want(s.over(badContract), 1, "the run that has room, after one that ended with exit code "+strconv.Itoa(exit.ExitCode())+"\n"+string(out))
			s.want(s.over(goodContract), 0, "the accepted contract")
			s.want(s.govctl("verify"), 0, "the folder")
		})
	}
}

// namespace is a shell with mounts of its own.
func (s *shop) namespace(script string) *exec.Cmd {
	return s.command("unshare", "--map-root-user", "--mount", "sh", "-c", script)
}

// needNamespace skips a test where the machine does not let it mount.
func (s *shop) needNamespace(mount string) {
	s.t.Helper()
	if out, err := s.namespace(mount).CombinedOutput(); err != nil {
		s.t.Skipf("this machine does not give a process mounts of its own (unshare): %v %s", err, out)
	}
}

// TestReadOnlyFolder runs in folders that cannot be written: the run fails, and the next one recovers.
func TestReadOnlyFolder(t *testing.T) {
	recovers := func(t *testing.T, s *shop, code int, out string) {
		t.Helper()
		if code != 3 {
			t.Errorf("exit code %d, want 3\n%s", code, out)
		}
		s.want(s.over(badContract), 1, "the run that can write")
		s.want(s.over(goodContract), 0, "the accepted contract")
		s.want(s.govctl("verify"), 0, "the folder")
	}
	for _, folder := range []string{"governance/status", "governance/schemas", "governance/site"} {
		t.Run("a file in the place of "+folder, func(t *testing.T) { // also for root, whom no permission stops
			s := accepted.shop(t, 3)
			s.must("mv", folder, "aside")
			s.write(folder, "no folder\n")
			r := s.over(badContract)
			if s.read(folder) != "no folder\n" {
				t.Errorf("the file was replaced")
			}
			s.must("sh", "-c", "rm "+folder+" && mv aside "+folder)
			recovers(t, s, r.code, r.out)
		})
	}
	t.Run("mounted read-only", func(t *testing.T) {
		s := accepted.shop(t, 3)
		mount := "mount --bind governance governance && mount -o remount,ro,bind governance"
		s.needNamespace(mount)
		s.write("openapi.yaml", badContract)
		c := s.namespace(mount + " || exit 99; govctl run --sha beef --run-id b --now 2026-12-03T00:00:00Z")
		out, _ := c.CombinedOutput() // failing is what is asked
		recovers(t, s, c.ProcessState.ExitCode(), string(out))
	})
	t.Run("without permission", func(t *testing.T) {
		if os.Getuid() == 0 {
			t.Skip("root may write everywhere; the read-only mount above is the case for root")
		}
		s := accepted.shop(t, 3)
		s.must("chmod", "-R", "a-w", "governance")
		r := s.over(badContract)
		s.must("chmod", "-R", "u+w", "governance")
		recovers(t, s, r.code, r.out)
	})
}

// links are names in an output folder that somebody else may have made a link.
var links = []struct {
	name string
	read bool // a run reads it: following the link would take foreign state
}{
	{"governance/status", true},
	{"governance/schemas", true},
	{"governance/site", false},
	{"governance/status/manifest.json", true},
	{"governance/status/governance-summary.json", true},
	{"governance/status/history.jsonl", true},
	{"governance/status/alert-state.json", true},
	{"governance/schemas/openapi.json", true},
	{"governance/status/checksums.json", false},
	{"governance/site/index.html", false},
	{"governance/.govctl-run.lock", false},
	{"governance/status/webhook-deliveries.jsonl", false},
}

// TestLinksInTheFolder makes names in the output folder links to the outside. Nothing outside is written, no break passes, what a run reads
// is refused, and the next run recovers.
func TestLinksInTheFolder(t *testing.T) {
	for _, link := range links {
		for _, dangling := range []bool{false, true} {
			if dangling && link.read {
				continue // nothing can be read there
			}
			t.Run(link.name+map[bool]string{true: " to nothing"}[dangling], func(t *testing.T) {
				s := accepted.shop(t, 3)
				if _, err := os.Lstat(s.path(link.name)); errors.Is(err, fs.ErrNotExist) {
					s.write(link.name, "")
				}
				s.must("mkdir", "outside")
				s.must("cp", "-a", link.name, "whole")
				s.must("mv", link.name, "outside/target")
				if dangling {
					s.must("rm", "-rf", "outside/target")
				}
				if err := os.Symlink(s.path("outside/target"), s.path(link.name)); err != nil {
					t.Skipf("this system makes no links: %v", err)
				}
				before := s.outsideOf("governance", "openapi.yaml")
				r := s.over(goodContract)
				if link.read && r.code != 2 && r.code != 3 {
					t.Errorf("exit code %d, want 2 or 3\n%s", r.code, r.out)
				}
				if r = s.over(badContract); r.code == 0 {
					t.Errorf("a break passed\n%s", r.out)
				}
				s.untouched(before, "governance", "openapi.yaml")

				if info, err := os.Lstat(s.path(link.name)); err == nil && info.Mode()&fs.ModeSymlink != 0 {
					s.must("rm", link.name)
					s.must("mv", "whole", link.name)
				}
				r = s.over(badContract)
				s.want(r, 1, "a break once the link is gone")
				s.want(s.over(goodContract), 0, "the accepted contract once the link is gone")
			})
		}
	}
}

// TestLinkedFolder makes the root document, and the state of --state, a link.
func TestLinkedFolder(t *testing.T) {
	t.Run("contract", func(t *testing.T) {
		s := accepted.shop(t, 3)
		s.write("elsewhere.json", badContract)
		s.must("rm", "openapi.yaml")
		s.must("ln", "-s", "elsewhere.json", "openapi.yaml")
		r := s.run()
		s.want(r, 2, "a contract that is a link")
		s.agrees(r, "governance")
		s.must("rm", "openapi.yaml")
		s.want(s.over(badContract), 1, "a break after that")
	})
	t.Run("state", func(t *testing.T) {
		s := accepted.shop(t, 3)
		s.must("mv", "governance", "before")
		s.must("mv", "before/schemas/openapi.json", "elsewhere.json")
		s.must("ln", "-s", "../../elsewhere.json", "before/schemas/openapi.json")
		s.want(s.over(badContract, "--state", "before"), 3, "a state with a link")
	})
}
