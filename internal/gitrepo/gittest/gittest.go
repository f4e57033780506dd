// Package gittest keeps the git that tests start apart from the machine: what its owner has configured, and what a hook has set around
// the tests, changes nothing.
package gittest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// config is all that git is told. Maintenance would go on behind a command that has ended, and write into a folder that the test removes.
const config = "[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[receive]\n\tautogc = false\n[init]\n\tdefaultBranch = main\n"

// Alone sets the environment of this process so, for TestMain; done takes its file away.
func Alone() (done func()) {
	dir, err := os.MkdirTemp("", "gittest-")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600)
	}
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "GIT_") {
			err = errors.Join(err, os.Unsetenv(name))
		}
	}
	err = errors.Join(err, os.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(dir, "config")), os.Setenv("GIT_CONFIG_NOSYSTEM", "1"))
	if err != nil {
		panic(err) // no test can mean anything
	}
	return func() { _ = os.RemoveAll(dir) }
}
