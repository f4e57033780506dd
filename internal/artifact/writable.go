package artifact

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Writable reports why the output folder cannot be written: it makes a file in it, or in the nearest folder above that is there, and removes
// it again.
func Writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s is a file", dir)
		}
		if err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return err
		}
		dir = up
	}
	probe, err := os.CreateTemp(dir, ".govctl-probe-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
