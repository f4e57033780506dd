package pipeline

import (
	"fmt"

	"github.com/romel/govctl/internal/artifact"
)

// Stored is a file of earlier runs, which is read when it is needed: among hundreds of contracts, few are at a time. The zero value is none.
type Stored struct {
	SHA256 string
	Size   int    // in bytes
	file   string // where it is; empty for what is in memory
	placed bool   // that is in the output folder
	read   func() ([]byte, error)
}

// stored is a file that is in memory.
func stored(b []byte) Stored {
	if b == nil {
		return Stored{}
	}
	return Stored{SHA256: digest(b), Size: len(b), read: func() ([]byte, error) { return b, nil }}
}

// inFolder is a file of the output folder, of which the digest is known.
func inFolder(store *artifact.Store, file string, from Stored) Stored {
	return Stored{SHA256: from.SHA256, Size: from.Size, file: file, placed: true, read: func() ([]byte, error) { return artifact.Read(store.FS(), file, artifact.Most(file)) }}
}

// Exists reports that there is such a file.
func (s Stored) Exists() bool { return s.SHA256 != "" }

// Bytes reads the file; nil where there is none. It is refused where it is no longer what it was.
func (s Stored) Bytes() ([]byte, error) {
	if !s.Exists() || s.read == nil {
		return nil, nil
	}
	b, err := s.read()
	if err != nil {
		return nil, err
	}
	if b == nil {
		b = []byte{} // an empty file is there
	}
	if digest(b) != s.SHA256 {
		return nil, damaged(s.file, fmt.Sprintf("it has no longer the digest %.12s that %s gives", s.SHA256, artifact.ManifestPath), nil)
	}
	return b, nil
}

// Hold reads everything into memory that the next run would read when it needs it: the folder of the state is about to be changed.
func (s *State) Hold() error {
	hold := func(one *Stored) error {
		b, err := one.Bytes()
		if err == nil {
			*one = stored(b)
		}
		return err
	}
	for _, name := range sortedKeys(s.Contracts) {
		c := s.Contracts[name]
		for _, one := range []*Stored{&c.Published, &c.Accepted, &c.Compared, &c.Release} {
			if one.read == nil { // of a contract that the run does not assess
				continue
			}
			if err := hold(one); err != nil {
				return err
			}
		}
		s.Contracts[name] = c
	}
	for i := range s.moved {
		b, err := s.moved[i].read()
		if err != nil {
			return err
		}
		s.moved[i].read = func() ([]byte, error) { return b, nil }
	}
	return nil
}
