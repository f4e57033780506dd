package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// tempPrefix marks a file that is not finished; a killed process can leave one behind, and Open takes it away.
const tempPrefix = ".govctl-tmp-"

// Store writes into one output folder. Its methods are safe for concurrent use.
type Store struct {
	dir   string
	files files
	now   func() time.Time
	lock  *lock

	journal string // file; empty without one

	mu      sync.Mutex
	step    string
	started time.Time
	times   []report.StepTime
	written map[string]report.ManifestFile
	values  map[string]any // what JSON has written, so that Again need not read it
	removed []string       // paths, for Join
}

// Part is the store for work that runs beside other work in the folder: what is written through it is listed by it alone, until Join.
func (s *Store) Part() *Store {
	return &Store{dir: s.dir, files: s.files, now: s.now, lock: s.lock, journal: s.journal, started: s.now(), written: map[string]report.ManifestFile{}, values: map[string]any{}}
}

// Join lists what a part has written, and no longer what it has removed, and adds its times to those of the same steps. The values of the part are
// not kept.
func (s *Store) Join(part *Store) {
	times := part.Times()
	s.mu.Lock()
	for _, p := range part.removed {
		delete(s.written, p)
	}
	s.mu.Unlock()
	s.Adopt(part.Written())
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range times {
		if i := slices.IndexFunc(s.times, func(known report.StepTime) bool { return known.Name == t.Name }); i >= 0 {
			s.times[i].DurationMS += t.DurationMS
		} else {
			s.times = append(s.times, t)
		}
	}
}

// Adopt lists files that are in the folder already, with what is known of them. Nothing is read.
func (s *Store) Adopt(files []report.ManifestFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range files {
		s.written[f.Path] = f
	}
}

// Found is what Open met in the folder.
type Found struct {
	Journal   *Journal // of a run that did not end, by Store.Interrupted; nil after a clean one
	Temporary []string // half-written files that were removed
}

// Open takes the folder, which it creates, for one process: it waits until no other run holds it or wait has passed.
// The error of a held folder says who holds it.
func Open(dir string, now func() time.Time, wait time.Duration) (*Store, Found, error) {
	root, err := openFolder(dir, true)
	if err != nil {
		return nil, Found{}, fmt.Errorf("create output folder: %w", err)
	}
	files := newFiles(root, dir)
	if err := files.refuseLinks(lockName); err != nil {
		return nil, Found{}, errors.Join(err, root.Close())
	}
	l, err := acquire(filepath.Join(dir, lockName), wait)
	if err != nil {
		return nil, Found{}, errors.Join(err, root.Close())
	}
	s := &Store{dir: dir, files: files, now: now, lock: l, started: now(), written: map[string]report.ManifestFile{}, values: map[string]any{}}
	var found Found
	if found.Temporary, err = s.sweep(); err != nil {
		return nil, Found{}, errors.Join(err, l.release(), root.Close())
	}
	return s, found, nil
}

// sweep removes what a killed process left half-written, and refuses links. Only our own three folders are looked at.
func (s *Store) sweep() ([]string, error) {
	var removed []string
	for _, top := range []string{".", "schemas", "status", "site"} {
		if err := s.files.refuseLinks(top); err != nil {
			return removed, err
		}
		err := fs.WalkDir(s.files, top, func(p string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return fmt.Errorf("clear output folder: %w", err)
			case d.IsDir() && top == "." && p != ".":
				return fs.SkipDir
			case d.Type()&fs.ModeSymlink != 0 && top != ".":
				return s.files.refuseLinks(p)
			case d.Type().IsRegular() && strings.HasPrefix(d.Name(), tempPrefix):
				removed = append(removed, p)
				return s.files.root.Remove(filepath.FromSlash(p))
			}
			return nil
		})
		if err != nil {
			return removed, err
		}
	}
	sort.Strings(removed)
	return removed, nil
}

// Dir is the output folder.
func (s *Store) Dir() string { return s.dir }

// FS reads the output folder.
func (s *Store) FS() fs.FS { return s.files }

// Begin names the step to which the following files belong. The time until then belongs to the step before.
func (s *Store) Begin(step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
	s.step = step
}

// stop ends the time of the present step.
func (s *Store) stop() {
	now := s.now()
	if s.step != "" {
		s.times = append(s.times, report.StepTime{Name: s.step, DurationMS: now.Sub(s.started).Milliseconds()})
	}
	s.started = now
}

// Times is how long each step took until now, in the order in which they began.
func (s *Store) Times() []report.StepTime {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
	s.step = ""
	return slices.Clone(s.times)
}

// JSON writes v as deterministic JSON after checking it against the schema of the path.
func (s *Store) JSON(p string, v any) error {
	b, err := Encode(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", p, err)
	}
	if err := s.Bytes(p, b); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[p] = v
	return nil
}

// Encode is the one JSON form of every artifact: two spaces, fixed key order, no HTML escapes, a final newline.
func Encode(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "), jsontext.SpaceAfterColon(true))
	if err == nil && len(b) > largestIndented {
		b, err = json.Marshal(v, json.Deterministic(true))
	}
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// largestIndented is how many bytes a file may have that is laid out for people: of a longer one a quarter would be spaces.
const largestIndented = 64 << 10

// largestChecked is up to how many bytes a file is checked against its schema before it appears. What a longer one has more is more of the same,
// and tests check those of real contracts.
const largestChecked = 32 << 10

// Bytes writes a whole file. Content that is there already is left alone, so that its time stays true.
func (s *Store) Bytes(p string, b []byte) error {
	if k, ok := kindOf(p); ok && k.Schema != "" && path.Ext(p) == ".json" && len(b) <= largestChecked {
		if err := schemas.Validate(k.Schema, b); err != nil {
			return fmt.Errorf("write %s: %w", p, err)
		}
	}
	return s.Carry(p, b)
}

// Carry is Bytes for a file of an earlier run, which may be of another version of its schema: readers are tolerant, and only what a run makes
// itself must be what this version promises.
func (s *Store) Carry(p string, b []byte) error {
	if err := fits(p, int64(len(b))); err != nil {
		return err
	}
	if s.has(p, b) {
		sum := sha256.Sum256(b)
		s.record(p, sum[:], int64(len(b)))
		return nil
	}
	f, err := s.Create(p)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", p, err), f.Abort())
	}
	return f.Commit()
}

// has reports that a file has this content already. One of another length is not read.
func (s *Store) has(p string, b []byte) bool {
	info, err := fs.Stat(s.files, p)
	if err != nil || info.Size() != int64(len(b)) {
		return false
	}
	old, err := fs.ReadFile(s.files, p)
	return err == nil && bytes.Equal(old, b)
}

// File is a file in the making: it appears under its name, whole, on Commit, and not at all on Abort.
type File struct {
	store *Store
	path  string
	at    *folder // of the file, where its name is base and that of temp is name
	base  string
	temp  *os.File
	name  string
	hash  hash.Hash
	size  int64
	done  bool
}

var _ io.Writer = (*File)(nil)

// Create begins a file of any length, for content that is made as a stream.
func (s *Store) Create(p string) (*File, error) {
	if !filepath.IsLocal(filepath.FromSlash(p)) {
		return nil, fmt.Errorf("write %s: the path leaves the output folder", p)
	}
	at, base, _, err := s.files.in(p, true)
	if err != nil {
		return nil, failed("write", p, err)
	}
	t, name, err := temporary(at.Root, ".")
	if err != nil {
		s.files.folders.done(at)
		return nil, failed("write", p, err)
	}
	return &File{store: s, path: p, at: at, base: base, temp: t, name: name, hash: sha256.New()}, nil
}

// failed is the error of what could not be done with a file. That of a link says all.
func failed(what, p string, err error) error {
	if bad := (*contract.Error)(nil); errors.As(err, &bad) {
		return err
	}
	return fmt.Errorf("%s %s: %w", what, p, err)
}

func (f *File) Write(b []byte) (int, error) {
	n, err := f.temp.Write(b)
	f.hash.Write(b[:n])
	f.size += int64(n)
	return n, err
}

// Commit gives the file its name. It is durable after Sync.
func (f *File) Commit() error {
	if f.done {
		return nil
	}
	err := f.temp.Chmod(0o644) // it is made with 0600, and readers of the folder are other users
	if err == nil {
		err = syncFile(f.temp)
	}
	defer f.store.files.folders.done(f.at)
	if err = errors.Join(err, f.temp.Close()); err == nil {
		err = f.at.Rename(f.name, f.base)
	}
	f.done = true
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", f.path, err), f.at.Remove(f.name))
	}
	f.store.record(f.path, f.hash.Sum(nil), f.size)
	return nil
}

// Abort takes the unfinished file away; after Commit it does nothing.
func (f *File) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	defer f.store.files.folders.done(f.at)
	return errors.Join(f.temp.Close(), f.at.Remove(f.name))
}

func (s *Store) record(p string, sum []byte, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, p)
	s.written[p] = report.ManifestFile{Path: p, SHA256: hex.EncodeToString(sum), Size: size,
		MediaType: MediaType(p), Step: s.step}
}

// Link gives a file of the folder, of which the digest is known, a second name. Its error means that the file system has none to give, or that
// the file is not there: the caller writes a copy then.
func (s *Store) Link(p, from, sum string) error {
	info, err := s.files.Stat(from)
	if err != nil {
		return err
	}
	at, base, there, err := s.files.in(p, false)
	if err != nil {
		return err
	}
	defer s.files.folders.done(at)
	if !os.SameFile(info, there) { // of the same file, a rename would leave both names
		temp := tempPrefix + base
		if err := s.files.root.Link(filepath.FromSlash(from), filepath.Join(filepath.FromSlash(path.Dir(p)), temp)); err != nil {
			return err
		}
		if err := at.Rename(temp, base); err != nil {
			return errors.Join(err, at.Remove(temp))
		}
	}
	digest, err := hex.DecodeString(sum)
	if err == nil {
		s.record(p, digest, info.Size())
	}
	return err
}

// Remove takes a file of an earlier run away, so that no reader takes it for this run's; an absent one is no error.
func (s *Store) Remove(p string) error {
	at, base, there, err := s.files.in(p, false)
	if err == nil {
		if there != nil {
			err = at.Remove(base)
		}
		s.files.folders.done(at)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed("remove", p, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.written, p)
	delete(s.values, p)
	s.removed = append(s.removed, p)
	return nil
}

// Sum is the digest of a file of this run; empty where it wrote none.
func (s *Store) Sum(p string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written[p].SHA256
}

// Listed are those of the files that this run has written.
func (s *Store) Listed(paths ...string) (files []report.ManifestFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range paths {
		if f, ok := s.written[p]; ok {
			files = append(files, f)
		}
	}
	return files
}

// Written lists the files of this run, sorted by path.
func (s *Store) Written() []report.ManifestFile {
	s.mu.Lock()
	defer s.mu.Unlock()
	files := make([]report.ManifestFile, 0, len(s.written))
	for _, f := range s.written {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b report.ManifestFile) int { return strings.Compare(a.Path, b.Path) })
	return files
}

// Sync makes everything durable that was written until now: the files and their names. It is called where something else begins to rely on
// them, and not for each file, which would wait for the disk thousands of times.
func (s *Store) Sync() error {
	if err := syncFolder(s.files.root); err != nil {
		return fmt.Errorf("make the output folder durable: %w", err)
	}
	return nil
}

// Close ends the run: the journal is removed, and the next run may have the folder.
func (s *Store) Close() error {
	err := s.Sync()
	s.endJournal()
	return errors.Join(err, s.lock.release(), s.files.folders.close())
}

// Leave gives the folder away as a killed process would: the journal stays, and the next run finds it.
func (s *Store) Leave() error { return errors.Join(s.lock.held.Close(), s.files.folders.close()) }
