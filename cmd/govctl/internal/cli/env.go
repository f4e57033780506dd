// Package cli is the command line: each command reads its flags and inputs, calls one domain package, and writes what comes back.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/internal/gitrepo"
)

// Env is the outside world as govctl sees it. Commands reach streams, clock, environment, network and git through it
// and through nothing else; what costs time to make is a function.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Environ        func() []string
	Now            func() time.Time // fixed by --now or SOURCE_DATE_EPOCH
	HTTP           func() *http.Client
	Contracts      func(allowPrivate bool) *http.Client // for contract addresses
	Git            func() gitrepo.Repo
	Shell          func(ctx context.Context, command string) ([]byte, error) // for cmd: sources
	Terminal       bool                                                      // Stderr is a terminal that a person looks at
	Screen         bool                                                      // Stdout is one
	Colour         bool                                                      // Stdout gets colours
	Grow           func(percent int)                                         // how much garbage there may be for what is in memory; nil: as it is
}

// World is the Env of a real process.
func World() *Env {
	return &Env{
		Grow:  firstRoom(os.Getenv),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv:    os.Getenv,
		Environ:   os.Environ,
		Now:       time.Now,
		HTTP:      func() *http.Client { return &http.Client{Timeout: 30 * time.Second} },
		Contracts: contractClient,
		Git:       func() gitrepo.Repo { return gitrepo.Repo{Dir: ".", Run: gitrepo.Exec(gitEnv(os.Environ()))} },
		Shell:     shell,
		Terminal:  isTerminal(os.Stderr) && os.Getenv("TERM") != "dumb",
		Screen:    isTerminal(os.Stdout),
		Colour:    isTerminal(os.Stdout) && os.Getenv("TERM") != "dumb" && os.Getenv("NO_COLOR") == "",
	}
}

// transport is what requests to a hosting service go through.
func (e *Env) transport() http.RoundTripper {
	if t := e.HTTP().Transport; t != nil {
		return t
	}
	return http.DefaultTransport // that of a client which names none
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// What a cmd: source may print, in bytes, and how long it may take.
const (
	maxCommandOutput = 64 << 20
	maxCommandTalk   = 64 << 10
	maxCommandTime   = 5 * time.Minute
)

// shell runs a command line of the configuration, as make would, and returns what it prints.
func shell(ctx context.Context, command string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, maxCommandTime)
	defer cancel()
	name, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		name, flag = "cmd", "/C"
	}
	cmd := exec.CommandContext(ctx, name, flag, command)
	cmd.Env = childEnv(os.Environ())
	cmd.WaitDelay = time.Second // a child of the command may hold the pipe open
	out := bounded{limit: maxCommandOutput, stop: cancel}
	talk := bounded{limit: maxCommandTalk}
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	switch {
	case out.full:
		return nil, fmt.Errorf("the command printed more than %d bytes", maxCommandOutput)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("the command did not end within %s", maxCommandTime)
	case err != nil:
		return nil, errors.Join(err, lastLine(talk.buf.String()))
	}
	return out.buf.Bytes(), nil
}

func lastLine(s string) error {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return errors.New(last)
	}
	return nil
}

// clock is the Now of a run: the fixed time of --now or SOURCE_DATE_EPOCH where one is given.
func (e *Env) clock(flag string) (func() time.Time, error) {
	switch epoch := e.Getenv("SOURCE_DATE_EPOCH"); {
	case flag != "":
		t, err := parseTime(flag)
		if err != nil || !recordable(t) {
			return nil, usage("--now %q is not a valid time", flag).hint("write it like 2025-09-17T10:23:45Z or 2025-09-17")
		}
		return func() time.Time { return t }, nil
	case epoch != "":
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		t := time.Unix(seconds, 0).UTC()
		if err != nil || !recordable(t) {
			return nil, usage("SOURCE_DATE_EPOCH %q is not a number of seconds since 1970", epoch).hint("date +%%s prints one")
		}
		return func() time.Time { return t }, nil
	}
	return e.Now, nil
}

// recordable reports a time that every artifact can hold.
func recordable(t time.Time) bool { return t.Unix() >= 0 && t.UTC().Year() <= 9999 }

func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}
