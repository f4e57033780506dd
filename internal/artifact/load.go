package artifact

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/schemas"
)

// maxArtifact bounds what Load reads, in bytes: the largest honest artifact is a diff of some megabytes.
const maxArtifact = 256 << 20

// Load reads an artifact of an output folder, whichever version of govctl wrote it: keys that are not known are ignored, absent ones have
// their zero value, and only those without which no decision can be taken must be there. The error of an absent file is an
// fs.ErrNotExist, that of a later version a *schemas.Newer; every other error means that the file is not what govctl writes.
func Load[T any](fsys fs.FS, p string) (T, error) {
	var v T
	b, err := Read(fsys, p, maxArtifact)
	if err != nil {
		return v, err
	}
	return Parse[T](p, b)
}

// Parse is Load for a file that has been read: p is its path in the output folder.
func Parse[T any](p string, b []byte) (v T, err error) {
	if k, ok := kindOf(p); ok && k.Schema != "" {
		if err := schemas.CheckRead(k.Schema, b); err != nil {
			return v, fmt.Errorf("read %s: %w", p, err)
		}
	}
	return decode[T](p, b)
}

// Again reads a file that this store has written; nil when it has not. It was checked before it appeared, and nobody else writes
// while the store is open, so it is not checked a second time.
func Again[T any](s *Store, p string) (*T, error) {
	s.mu.Lock()
	_, ok := s.written[p]
	s.mu.Unlock()
	if !ok {
		return nil, nil
	}
	b, err := Read(s.FS(), p, maxArtifact)
	if err != nil {
		return nil, err
	}
	v, err := decode[T](p, b)
	return &v, err
}

func decode[T any](p string, b []byte) (v T, err error) {
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("read %s: %w", p, err)
	}
	return v, nil
}

// Read is fs.ReadFile with a bound on the size.
func Read(fsys fs.FS, p string, limit int64) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read %s: larger than %d bytes", p, limit)
	}
	return b, nil
}
