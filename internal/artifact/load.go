package artifact

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/schemas"
)

// Load reads an artifact of an output folder, whichever version of govctl wrote it: keys that are not known are ignored, absent ones have
// their zero value, and only those without which no decision can be taken must be there. The error of an absent file is an
// fs.ErrNotExist, that of a later version a *schemas.Newer; every other error means that the file is not what govctl writes.
func Load[T any](fsys fs.FS, p string) (v T, err error) {
	b, err := whole(fsys, p)
	if err == nil {
		err = parse(p, b, &v)
	}
	return v, err
}

// Parse is Load for a file that has been read: p is its path in the output folder.
func Parse[T any](p string, b []byte) (v T, err error) {
	err = parse(p, b, &v)
	return v, err
}

func parse(p string, b []byte, v any) error {
	if k, ok := kindOf(p); ok && k.Schema != "" {
		if err := schemas.CheckRead(k.Schema, b); err != nil {
			return fmt.Errorf("read %s: %w", p, err)
		}
	}
	return decode(p, b, v)
}

// Again is what this store has written into a file; nil when it has not. What JSON has written is still known. Another file was checked before
// it appeared, and nobody else writes while the store is open, so it is read without a second check.
func Again[T any](s *Store, p string) (*T, error) {
	v := new(T)
	if ok, err := s.again(p, v); !ok || err != nil {
		return nil, err
	}
	return v, nil
}

// again is Again for the value that v points to; false where the store has not written the file.
func (s *Store) again(p string, v any) (bool, error) {
	s.mu.Lock()
	_, ok := s.written[p]
	known := reflect.ValueOf(s.values[p])
	s.mu.Unlock()
	if !ok {
		return false, nil
	}
	if known.IsValid() && known.Kind() == reflect.Pointer {
		known = known.Elem()
	}
	if to := reflect.ValueOf(v).Elem(); known.IsValid() && known.Type() == to.Type() {
		to.Set(known)
		return true, nil
	}
	b, err := whole(s.files, p)
	if err == nil {
		err = decode(p, b, v)
	}
	return true, err
}

func decode(p string, b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("read %s: %w", p, err)
	}
	return nil
}

// whole is a file within its limit.
//
//go:noinline
func whole(fsys fs.FS, p string) ([]byte, error) { return Read(fsys, p, Most(p)) }

// Read is fs.ReadFile with a bound on the size.
func Read(fsys fs.FS, p string, limit int64) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	var b []byte
	if info, serr := f.Stat(); serr == nil && info.Mode().IsRegular() { // the copies that a growing buffer makes are of the size of the file
		b = make([]byte, max(0, min(info.Size(), limit)))
		var n int
		if n, err = io.ReadFull(f, b); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // it is shorter now
			err = nil
		}
		b = b[:n]
	}
	if err == nil {
		var more []byte // of a file that has grown, or of which the size is not known
		more, err = io.ReadAll(io.LimitReader(f, limit+1-int64(len(b))))
		b = append(b, more...)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read %s: larger than %d bytes", p, limit)
	}
	return b, nil
}
