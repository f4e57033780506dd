//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// slowHook says that it has begun and waits for leave to end.
const slowHook = "#!/bin/sh\n: > \"$GATE/started\"\nwhile [ ! -e \"$GATE/release\" ]; do sleep 1; done\n: > \"$GATE/ended\"\n"

// TestNoTemporaryFolderStays ends a publication in the middle of its push, by each signal that ends a command, and by the server.
func TestNoTemporaryFolderStays(t *testing.T) {
	work := t.TempDir()
	contract, err := os.ReadFile("../../testdata/quickstart/openapi/v1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"openapi.yaml": string(contract), "govctl.yaml": "contract: {source: openapi.yaml}\n"} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command("govctl", "run")
	run.Dir = work
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, c := range map[string]struct {
		signals []os.Signal
		begin   string // of the shell line that starts it
		hook    string
		code    int
	}{
		"interrupt":      {[]os.Signal{syscall.SIGINT}, "", slowHook, 3},
		"terminate":      {[]os.Signal{syscall.SIGTERM}, "", slowHook, 3},
		"hang up":        {[]os.Signal{syscall.SIGHUP}, "", slowHook, 3},
		"twice":          {[]os.Signal{syscall.SIGINT, syscall.SIGTERM}, "", slowHook, 3},
		"nohup":          {[]os.Signal{syscall.SIGHUP}, "trap '' HUP; ", slowHook, 0},
		"server refuses": {nil, "", "#!/bin/sh\necho not today >&2\nexit 1\n", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startPublication(t, work, c.begin, c.hook)
			for _, s := range c.signals {
				p.wait("started")
				if err := p.cmd.Process.Signal(s); err != nil {
					t.Error(err)
				}
			}
			if c.code == 0 {
				p.touch("release")
			}
			_ = p.cmd.Wait() // the code says how it ended
			if code := p.cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit code %d\n%s", code, p.out.String())
			}
			if left, err := os.ReadDir(p.tmp); err != nil || len(left) > 0 {
				t.Errorf("the temporary folder has %v %v", left, err)
			}
			if c.signals == nil {
				if !strings.Contains(p.out.String(), "not today") {
					t.Errorf("the server's words are not in %s", p.out.String())
				}
				return
			}
			p.touch("release")
			p.wait("ended") // the hook outlives its client
		})
	}
}

type publicationProcess struct {
	t         *testing.T
	cmd       *exec.Cmd
	out       bytes.Buffer
	gate, tmp string
}

func startPublication(t *testing.T, work, begin, hook string) *publicationProcess {
	t.Helper()
	p := &publicationProcess{t: t, gate: t.TempDir(), tmp: t.TempDir()}
	remote := filepath.Join(t.TempDir(), "remote.git")
	if out, err := exec.Command("git", "init", "-q", "--bare", remote).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() { // the server may still be busy with what it was sent
		for n := 0; os.RemoveAll(remote) != nil && n < 200; n++ {
			time.Sleep(50 * time.Millisecond)
		}
	})
	if err := os.WriteFile(filepath.Join(remote, "hooks", "pre-receive"), []byte(hook), 0o700); err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command("sh", "-c", begin+`exec govctl publish --allow-unsigned --remote "$0"`, remote)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = work, &p.out, &p.out
	p.cmd.Env = append(os.Environ(), "TMPDIR="+p.tmp, "GATE="+p.gate)
	p.cmd.WaitDelay = 30 * time.Second
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *publicationProcess) touch(name string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.gate, name), nil, 0o600); err != nil {
		p.t.Error(err)
	}
}

// wait until the hook has made the file; a hook that never runs fails the test.
func (p *publicationProcess) wait(name string) {
	p.t.Helper()
	for range 1200 {
		if _, err := os.Stat(filepath.Join(p.gate, name)); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("the hook has not %s\n%s", name, p.out.String())
}
