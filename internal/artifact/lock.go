package artifact

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// lockName is the file that a run holds while it writes. It is empty, and what a file of this name says means nothing: it may have been
// committed.
const lockName = ".govctl-run.lock"

// ErrHeld is the error of a folder in which another run is writing.
var ErrHeld = errors.New("another govctl run is writing into the output folder")

type lock struct {
	path string
	held *flock.Flock
}

// acquire takes the lock file.
func acquire(path string, wait time.Duration) (*lock, error) {
	const pause = 20 * time.Millisecond
	for tries := int(wait/pause) + 1; tries > 0; {
		l := &lock{path: path, held: flock.New(path)}
		ok, err := l.held.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock output folder: %w", err)
		}
		if ok && l.current() {
			return l, nil
		}
		if ok { // the former holder removed the file between our open and our lock
			if err := l.held.Unlock(); err != nil {
				return nil, fmt.Errorf("lock output folder: %w", err)
			}
			continue // nobody holds it: that was no try
		}
		tries--
		time.Sleep(pause)
	}
	return nil, ErrHeld
}

// current reports whether the locked file is still the one under its name.
func (l *lock) current() bool {
	named, err := os.Stat(l.path)
	if err != nil {
		return false
	}
	held, err := l.held.Stat()
	return err == nil && os.SameFile(named, held)
}

func (l *lock) release() error {
	// Removed before it is unlocked: who waits for it sees that the name is gone and starts over.
	err := os.Remove(l.path)
	if err != nil && runtime.GOOS == "windows" { // which keeps a file that is open; an empty one may stay
		err = nil
	}
	return errors.Join(err, l.held.Close())
}
