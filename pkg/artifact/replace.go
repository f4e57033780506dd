package artifact

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Replace writes one file outside an output folder (a configuration, an appended changelog) as whole as a Store would:
// a reader sees the old content or the new.
func Replace(file string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	t, err := os.CreateTemp(filepath.Dir(file), tempPrefix+"*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	mode := os.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	_, err = t.Write(b)
	if err == nil {
		err = t.Chmod(mode)
	}
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err == nil {
		err = os.Rename(t.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", file, err), os.Remove(t.Name()))
	}
	return nil
}
