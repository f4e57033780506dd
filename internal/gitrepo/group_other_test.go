//go:build !unix

package gitrepo_test

import "os/exec"

func group(*exec.Cmd)         {}
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
