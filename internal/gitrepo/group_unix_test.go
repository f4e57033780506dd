//go:build unix

package gitrepo_test

import (
	"os/exec"
	"syscall"
)

// group lets a process be killed with its children, as when a machine goes away.
func group(cmd *exec.Cmd)     { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
