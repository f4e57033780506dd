package artifact

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// lockName is the file that a run holds while it writes. Its content is the journal; a run that comes to its end removes it,
// so that a journal without a holder is the trace of a killed run.
const lockName = ".govctl-run.lock"

// Journal says who writes into the folder and what the folder held before.
type Journal struct {
	PID   int    `json:"pid"`
	SHA   string `json:"sha"`
	RunID string `json:"run_id"`
	// Baselines is the digest of the contract that each comparison of this run starts from, by contract name; empty for a first run.
	Baselines map[string]string `json:"baselines,omitempty"`
}

// ErrHeld is the error of a folder in which another run is writing.
var ErrHeld = errors.New("another govctl run is writing into the output folder")

type lock struct {
	path string
	held *flock.Flock
}

// acquire takes the lock file and gives back the journal that a killed run left in it.
func acquire(path string, wait time.Duration) (*lock, *Journal, error) {
	const pause = 20 * time.Millisecond
	for tries := int(wait/pause) + 1; tries > 0; {
		l := &lock{path: path, held: flock.New(path)}
		ok, err := l.held.TryLock()
		if err != nil {
			return nil, nil, fmt.Errorf("lock output folder: %w", err)
		}
		if ok && l.current() {
			j, _ := readJournal(path) // an unreadable journal is a torn one: the run died while it began
			return l, j, nil
		}
		if ok { // the former holder removed the file between our open and our lock
			if err := l.held.Unlock(); err != nil {
				return nil, nil, fmt.Errorf("lock output folder: %w", err)
			}
			continue // nobody holds it: that was no try
		}
		tries--
		time.Sleep(pause)
	}
	holder := ""
	if j, _ := readJournal(path); j != nil { // best effort: the message is good without it
		holder = fmt.Sprintf(": process %d, commit %s", j.PID, j.SHA)
	}
	return nil, nil, fmt.Errorf("%w%s", ErrHeld, holder)
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

func readJournal(path string) (*Journal, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || len(b) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var j Journal
	if err := json.Unmarshal(b, &j); err != nil {
		return nil, err
	}
	return &j, nil
}

// Journal records what this run is about to do, before it does it.
func (s *Store) Journal(j Journal) error {
	j.PID = os.Getpid()
	b, err := json.Marshal(j)
	if err == nil {
		err = os.WriteFile(s.lock.path, b, 0o644)
	}
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

func (l *lock) release() error {
	// Removed before it is unlocked: who waits for it sees that the name is gone and starts over.
	err := os.Remove(l.path)
	if err != nil { // Windows keeps a file that is open; an empty journal says as much as none
		err = os.Truncate(l.path, 0)
	}
	return errors.Join(err, l.held.Close())
}
