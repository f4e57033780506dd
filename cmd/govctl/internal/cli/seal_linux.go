package cli

import "syscall"

// seal keeps the memory and the environment of this process from other programs of the same user: no core dump, no ptrace, and
// /proc/PID/environ for root alone (prctl(2), PR_SET_DUMPABLE). Where the kernel refuses, the process goes on as it is.
func seal() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0)
}
