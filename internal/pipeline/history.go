package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

// History is a run history in a folder: the file with the newest lines, and the files that older lines were moved to.
type History struct {
	files fs.FS
	file  string   // of the newest lines
	older []string // names beside it, the oldest first
	bytes int64    // of all older ones
	size  int64    // of the newest lines; 0 where there are none
}

// FindHistory looks for the files of a history. Where there is none, it has no lines.
func FindHistory(files fs.FS, file string) (*History, error) {
	h := &History{files: files, file: file}
	entries, err := fs.ReadDir(files, path.Dir(file))
	if err = ignoreAbsent(err); err != nil {
		return nil, err
	}
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
		case e.Name() == path.Base(file):
			h.size = info.Size()
		case path.Base(file) == stability.Newest && stability.Older(e.Name()): // any other file is a history of its own
			h.older, h.bytes = append(h.older, e.Name()), h.bytes+info.Size()
		}
	}
	h.older = stability.OlderOf(h.older)
	return h, nil
}

// at is where a file of the history is.
func (h *History) at(name string) string { return path.Join(path.Dir(h.file), name) }

// open opens a file of the history by its name.
func (h *History) open(name string) (io.ReadCloser, error) { return h.files.Open(h.at(name)) }

// Lines are the lines of all files, oldest first.
func (h *History) Lines() io.Reader {
	return stability.Sequence(append(h.older[:len(h.older):len(h.older)], path.Base(h.file)), h.open)
}

// Earlier is what comes before the newest lines: as past says where that is of these files, else the lines.
func (h *History) Earlier(past *report.RotatedHistory) stability.Earlier {
	if len(h.older) == 0 {
		return stability.Earlier{}
	}
	twice := h.size > artifact.HistoryBound
	if !twice && stability.Sound(past, len(h.older), h.bytes) {
		return stability.Earlier{Past: past}
	}
	return stability.Earlier{Lines: stability.Sequence(h.older, h.open), Twice: twice}
}

// rotate moves the oldest lines of a history to files beside it, where there are too many in one.
func rotate(store *artifact.Store, h *History, now time.Time) (*History, error) {
	if h.size < artifact.HistoryBound {
		return h, nil
	}
	r := stability.Rotation{Older: h.older, Bound: artifact.HistoryBound, Now: now, Open: h.open,
		Create: func(name string) (stability.Output, error) { return store.Create(h.at(name)) },
	}
	if err := r.Do(); err != nil {
		return h, err
	}
	return FindHistory(h.files, h.file)
}

// Record enters a run into a history. Lines are passed through, so that a file of any length costs no memory; lines that were moved to other
// files are read only where c.Earlier.Past does not tell what they come to.
func Record(store *artifact.Store, file string, line report.HistoryLine, c stability.Config) (stability.Result, error) {
	h, err := FindHistory(store.FS(), file)
	if err == nil {
		h, err = rotate(store, h, c.Now.Time)
	}
	if err != nil {
		return stability.Result{}, err
	}
	c.Earlier = h.Earlier(c.Earlier.Past)
	result, err := h.record(store, line, c)
	if errors.Is(err, stability.ErrShort) {
		c.Earlier = h.Earlier(nil)
		result, err = h.record(store, line, c)
	}
	if result.Past != nil {
		result.Past.Files, result.Past.Bytes = len(h.older), h.bytes
	}
	return result, err
}

func (h *History) record(store *artifact.Store, line report.HistoryLine, c stability.Config) (result stability.Result, err error) {
	var history io.Reader
	old, err := h.files.Open(h.file)
	switch {
	case err == nil:
		defer func() { err = errors.Join(err, old.Close()) }()
		history = old
	case !errors.Is(err, fs.ErrNotExist):
		return result, fmt.Errorf("read run history: %w", err)
	}
	out, err := store.Create(h.file)
	if err != nil {
		return result, err
	}
	if result, err = stability.Record(history, out, line, c); err != nil {
		return result, errors.Join(err, out.Abort())
	}
	return result, out.Commit()
}

// moved are files with older lines of a history that are carried into another folder: each is read when it is written.
type moved struct {
	to   string
	read func() ([]byte, error)
}

// older finds the files with older lines beside a history of a previous state, and what they come to.
func (r *stateReader) older(from, to string, past *report.RotatedHistory) (stability.Earlier, error) {
	dir := path.Dir(from)
	names, err := r.in.List(dir)
	if err != nil {
		return stability.Earlier{}, damaged(dir, "", err)
	}
	names = stability.OlderOf(names)
	read := func(name string) ([]byte, error) { return r.in.Read(path.Join(dir, name)) }
	size := int64(0)
	for _, name := range names {
		if r.in.Copied || from != to {
			r.state.moved = append(r.state.moved, moved{path.Join(path.Dir(to), name), func() ([]byte, error) { return read(name) }})
		}
		n, err := r.in.size(path.Join(dir, name))
		if err != nil {
			return stability.Earlier{}, damaged(path.Join(dir, name), "", err)
		}
		size += n
	}
	if stability.Sound(past, len(names), size) {
		return stability.Earlier{Past: past}, nil
	}
	return stability.Earlier{Lines: stability.Sequence(names, func(name string) (io.ReadCloser, error) {
		b, err := read(name)
		return io.NopCloser(bytes.NewReader(b)), err
	})}, nil
}

// size is that of a file of a previous state.
func (in *StateInput) size(file string) (int64, error) {
	if in.Size != nil {
		return in.Size(file)
	}
	b, err := in.Read(file)
	return int64(len(b)), err
}
