package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// always stands before each subcommand: no pager, no replaced objects, and none of the programs that a repository's
// configuration could start while it is only read.
var always = []string{
	"--no-pager", "--no-replace-objects",
	"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false", "-c", "log.showRoot=true",
	"-c", "core.quotePath=false", "-c", "init.defaultObjectFormat=sha1", "-c", "push.pushOption=",
}

// fixed makes git speak English, ask nothing and take no optional lock.
var fixed = []string{"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0"}

// Exec returns the runner that starts the installed git with the given environment ("KEY=value"). Variables that
// point git at another repository (GIT_DIR and its like, set inside hooks) are left out: the folder of the command says which one is meant.
func Exec(environ []string) Runner {
	kept := make([]string, 0, len(environ)+len(fixed))
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
			"GIT_NAMESPACE", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE", "GIT_DEFAULT_HASH", "GIT_DEFAULT_REF_FORMAT", "GIT_TRACE", "GIT_EXTERNAL_DIFF", "LC_ALL", "LANGUAGE":
		default:
			kept = append(kept, kv)
		}
	}
	kept = append(kept, fixed...)
	return func(ctx context.Context, c Command) error {
		args := append(append([]string{}, always...), c.Args...)
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir, cmd.Stdin, cmd.Stdout = c.Dir, c.Stdin, c.Stdout
		cmd.Env = append(append([]string{}, kept...), c.Env...)
		cmd.WaitDelay = letGo
		cmd.Cancel = func() error { // asked to end, git takes its children and its temporary files along
			if cmd.Process.Signal(syscall.SIGTERM) == nil {
				time.AfterFunc(patience, func() { _ = cmd.Process.Kill() }) // of a process that has ended it is an error
				return nil
			}
			return cmd.Process.Kill() // where there is no such signal
		}
		var stderr talk
		cmd.Stderr = &stderr
		return explain(ctx, c, cmd.Run(), stderr.String())
	}
}

// patience is how long git may take to end once it was asked to. letGo is how long whoever else has its streams may keep them after it
// ended: a hook of a remote on this machine that goes on. It is no short time, because on a busy machine every process that govctl starts
// meanwhile has them, too, until it has become another program.
const (
	patience = 2 * time.Second
	letGo    = 30 * time.Second
)

// maxTalk bounds what is kept of git's messages, in bytes; a server may send as many as it likes.
const maxTalk = 64 << 10

// talk keeps the beginning of what is written to it.
type talk struct{ bytes.Buffer }

func (t *talk) Write(b []byte) (int, error) {
	_, _ = t.Buffer.Write(b[:min(len(b), maxTalk-t.Len())]) // it has no errors
	return len(b), nil
}

// explain turns the end of a git process into an error that says what git said.
func explain(ctx context.Context, c Command, err error, stderr string) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("git %s: %w", c.Args[0], ctx.Err())
	case errors.Is(err, exec.ErrNotFound):
		return ErrNoGit
	case errors.As(err, &exit):
		return &Error{Args: c.Args, Code: exit.ExitCode(), Stderr: said(stderr), Remote: remotely(stderr)}
	}
	return fmt.Errorf("git %s: %w", c.Args[0], err)
}

// said is the line of git's messages that names the reason.
func said(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	for _, line := range lines {
		if text, ok := strings.CutPrefix(line, "fatal: "); ok {
			return text
		}
	}
	if lines[0] == "" {
		return "no reason given"
	}
	return strings.TrimPrefix(lines[0], "error: ")
}
