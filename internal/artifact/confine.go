package artifact

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Within returns what bounds a path: the repository of the current folder, or the current folder itself where there is no
// repository, opened, and the path from there. A link that leaves the bound does not open below it. The root is nil for a path
// outside of the bound, which no commit can have made a link of.
func Within(name string) (*os.Root, string, error) {
	bound, err := bound()
	if err != nil {
		return nil, "", err
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, "", err
	}
	rel, err := filepath.Rel(bound, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, "", nil //nolint:nilerr // on another volume: outside
	}
	root, err := os.OpenRoot(bound)
	return root, rel, err
}

// bound is the nearest folder, from the current one upwards, that has a .git; else the current one.
func bound() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return here, nil
		}
	}
}

// LinkError is the error of a symbolic link that is not followed. It is a *contract.Error: the link is the user's to replace.
func LinkError(name, what, hint string) error {
	return &contract.Error{Place: report.Place{File: filepath.ToSlash(name)}, Msg: "is a symbolic link " + what, Hint: hint}
}

// Escape returns err as the error of the first link on the way to rel, where os.Root refused one that leaves it.
func Escape(root *os.Root, rel, shown string, err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	link := firstLink(root, rel)
	if link == "" {
		return err
	}
	at := shown
	if rest := strings.TrimPrefix(filepath.Clean(rel), link); rest != "" { // a folder above
		at = strings.TrimSuffix(filepath.Clean(shown), rest)
	}
	return LinkError(at, "that leaves the repository", "links are followed below the repository, or the current folder outside of one; name the file or folder itself")
}

// firstLink is the first part of a path below root that is a symbolic link; empty where none is.
func firstLink(root *os.Root, rel string) string {
	parts := strings.Split(filepath.ToSlash(filepath.Clean(rel)), "/")
	for i := range parts {
		at := filepath.Join(parts[:i+1]...)
		info, err := root.Lstat(at)
		if err != nil {
			return ""
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return at
		}
	}
	return ""
}

// openFolder opens an output folder, which it makes where create is set. The folder may be a link below the bound of Within, or
// named by a path outside of it; what is in it may not.
func openFolder(dir string, create bool) (*os.Root, error) {
	bound, rel, err := Within(dir)
	switch {
	case err != nil:
		return nil, err
	case bound == nil:
		if create {
			err = os.MkdirAll(dir, 0o755)
		}
		if err != nil {
			return nil, err
		}
		return os.OpenRoot(dir)
	}
	defer func() { _ = bound.Close() }() // only read
	if create {
		if err = makeFolder(bound, rel); err != nil {
			return nil, Escape(bound, rel, dir, err)
		}
	}
	root, err := bound.OpenRoot(rel)
	return root, Escape(bound, rel, dir, err)
}

// makeFolder is MkdirAll, which takes no link to a folder for a folder.
func makeFolder(root *os.Root, rel string) error {
	if info, err := root.Stat(rel); err == nil && info.IsDir() {
		return nil
	}
	return root.MkdirAll(rel, 0o755)
}

// Folder opens an output folder for reading. Links in it are not followed, wherever they lead.
func Folder(dir string) (fs.FS, error) {
	root, err := openFolder(dir, false)
	if err != nil {
		return nil, err
	}
	return newFiles(root, dir), nil
}

// files reads a folder without following links.
type files struct {
	root    *os.Root
	dir     string // for messages
	folders *folders
}

func newFiles(root *os.Root, dir string) files { return files{root, dir, newFolders(root)} }

var (
	_ fs.ReadLinkFS = files{}
	_ fs.StatFS     = files{}
)

// in opens the folder of a slash-separated path, and looks at the file there: nil where there is none. A link on the way, or in place of the
// file, is an error. After an answer without an error, the caller calls folders.done.
func (f files) in(p string, create bool) (at *folder, name string, info fs.FileInfo, err error) {
	if !filepath.IsLocal(filepath.FromSlash(p)) {
		return nil, "", nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrInvalid}
	}
	p = path.Clean(p)
	if at, err = f.folders.use(path.Dir(p), create); err == nil {
		name = path.Base(p)
		if info, err = at.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			info, err = nil, nil
		} else if err == nil && info.Mode()&fs.ModeSymlink != 0 {
			err = errLink{p}
		}
		if err != nil {
			f.folders.done(at)
		}
	}
	if link := (errLink{}); errors.As(err, &link) {
		err = LinkError(filepath.Join(f.dir, filepath.FromSlash(link.dir)), "in an output folder", "govctl follows no links there; remove it, or put a regular file or folder in its place")
	}
	return at, name, info, err
}

// refuseLinks is the error of the first link on the way to a slash-separated path.
func (f files) refuseLinks(p string) error {
	at, _, _, err := f.in(p, false)
	if err == nil {
		f.folders.done(at)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (f files) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	at, base, _, err := f.in(name, false)
	if err != nil {
		return nil, err
	}
	defer f.folders.done(at)
	file, err := at.OpenFile(base, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a named pipe does not hold us
	if err != nil {
		return nil, named(err, name)
	}
	return file, nil
}

func (f files) Stat(name string) (fs.FileInfo, error) {
	at, base, info, err := f.in(name, false)
	if err != nil {
		return nil, err
	}
	defer f.folders.done(at)
	if info == nil { // the error in the words of the system
		info, err = at.Lstat(base)
	}
	if err != nil {
		return nil, named(err, name)
	}
	return info, nil
}

func (f files) Lstat(name string) (fs.FileInfo, error) { return f.root.Lstat(filepath.FromSlash(name)) }

func (f files) ReadLink(name string) (string, error) {
	return f.root.Readlink(filepath.FromSlash(name))
}

// temporary creates an unfinished file in a folder below root.
func temporary(root *os.Root, dir string) (*os.File, string, error) {
	for {
		name := filepath.Join(dir, fmt.Sprintf("%s%d", tempPrefix, rand.Uint64()))
		f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, name, err
		}
	}
}
