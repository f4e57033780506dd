package artifact

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/romel/govctl/pkg/contract"
)

// Replace writes one file outside an output folder (a configuration, an appended changelog) as whole as a Store would:
// a reader sees the old content or the new. A file that is a symbolic link is refused.
func Replace(file string, b []byte) error {
	root, rel, err := around(file)
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer func() { _ = root.Close() }() // the file is synced
	mode := os.FileMode(0o644)
	switch info, err := root.Lstat(rel); {
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return LinkError(file, "that is not written to", "name the target file")
	case err == nil:
		mode = info.Mode().Perm()
	}
	err = Escape(root, rel, file, replace(root, rel, b, mode))
	if bad := (*contract.Error)(nil); err != nil && !errors.As(err, &bad) {
		err = fmt.Errorf("write %s: %w", file, err)
	}
	return err
}

// around opens the folder below which a file is written: the bound of Within or, outside of it, the file's own folder.
func around(file string) (*os.Root, string, error) {
	root, rel, err := Within(file)
	if err != nil || root != nil {
		return root, rel, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, "", err
	}
	root, err = os.OpenRoot(filepath.Dir(file))
	return root, filepath.Base(file), err
}

func replace(root *os.Root, rel string, b []byte, mode os.FileMode) error {
	if err := makeFolder(root, filepath.Dir(rel)); err != nil {
		return err
	}
	t, name, err := temporary(root, filepath.Dir(rel))
	if err != nil {
		return err
	}
	_, err = t.Write(b)
	if err == nil {
		err = t.Chmod(mode)
	}
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err == nil {
		err = root.Rename(name, rel)
	}
	if err != nil {
		return errors.Join(err, root.Remove(name))
	}
	return nil
}
