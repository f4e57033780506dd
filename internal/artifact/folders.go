package artifact

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
)

// mostOpen is how many folders stay open below an output folder: those of the contracts that are worked on at a time, and the ones above.
const mostOpen = 32

// folders are the folders below an output folder that were used last. They stay open, so that a file is reached from its folder and not through
// every part of its path, which would be opened and looked at for links each time.
type folders struct {
	top *os.Root

	mu   sync.Mutex
	open map[string]*folder
	uses int
}

// folder is an open one.
type folder struct {
	*os.Root
	users int // that work in it now
	last  int // use
}

func newFolders(top *os.Root) *folders {
	return &folders{top: top, open: map[string]*folder{".": {Root: top}}}
}

// use opens the folder of a clean, slash-separated path, which it makes where create is set. A part that is a link is an errLink. Each use ends
// with done.
func (f *folders) use(dir string, create bool) (*folder, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.locked(dir, create)
}

func (f *folders) locked(dir string, create bool) (*folder, error) {
	f.uses++
	at, ok := f.open[dir]
	if !ok {
		above, err := f.locked(path.Dir(dir), create)
		if err != nil {
			return nil, err
		}
		root, err := child(above.Root, path.Base(dir), create)
		above.users--
		if err != nil {
			return nil, named(err, dir)
		}
		f.makeRoom()
		at = &folder{Root: root}
		f.open[dir] = at
	}
	at.users++
	at.last = f.uses
	return at, nil
}

// makeRoom closes the folder that was not used for the longest time.
func (f *folders) makeRoom() {
	if len(f.open) < mostOpen {
		return
	}
	oldest := "."
	for dir, at := range f.open {
		if dir != "." && at.users == 0 && (oldest == "." || at.last < f.open[oldest].last) {
			oldest = dir
		}
	}
	if oldest != "." {
		_ = f.open[oldest].Close() // only files were written through it
		delete(f.open, oldest)
	}
}

func (f *folders) done(at *folder) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at.users--
}

// close closes all of them, the one at the top last.
func (f *folders) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for dir, at := range f.open {
		if dir != "." {
			errs = append(errs, at.Close())
		}
	}
	clear(f.open)
	return errors.Join(append(errs, f.top.Close())...)
}

// errLink is the error of a folder on the way that is a link.
type errLink struct{ dir string }

func (e errLink) Error() string { return e.dir + " is a symbolic link" }

// child opens a folder in another one.
func child(above *os.Root, name string, create bool) (*os.Root, error) {
	info, err := above.Lstat(name)
	if create && errors.Is(err, fs.ErrNotExist) {
		if err = above.Mkdir(name, 0o755); err == nil || errors.Is(err, fs.ErrExist) {
			info, err = above.Lstat(name)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, errLink{name}
	}
	return above.OpenRoot(name)
}

// named gives an error of a file in an open folder the path from the top.
func named(err error, p string) error {
	var in *fs.PathError
	switch link := (errLink{}); {
	case errors.As(err, &link):
		return errLink{p}
	case errors.As(err, &in):
		return &fs.PathError{Op: in.Op, Path: filepath.FromSlash(p), Err: in.Err}
	}
	return err
}
