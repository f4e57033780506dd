package artifact

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Journal says which run is writing into the output folder. It is kept outside of the folder, which others may fill, and only reported: what a
// run compares with is decided by the manifest alone.
type Journal struct {
	PID   int    `json:"pid"`
	SHA   string `json:"sha"`
	RunID string `json:"run_id"`
	Host  string `json:"host"`
	Boot  string `json:"boot"` // identity of the system's start, where the system gives one
}

// here is the journal of this process.
func here() Journal {
	j := Journal{PID: os.Getpid()}
	j.Host, _ = os.Hostname() // without a name, any journal without one is taken for ours
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		j.Boot = strings.TrimSpace(string(b))
	}
	return j
}

// Interrupted names the file of the journal, and returns the note of a run that did not end, where it was made on this host since the host
// started. Without a place for it, an empty name, there is no note.
func (s *Store) Interrupted(file string) *Journal {
	s.journal = file
	if file == "" {
		return nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil // nothing was interrupted, or nobody can say so
	}
	var j Journal
	own := here()
	if json.Unmarshal(b, &j) != nil || j.Host != own.Host || j.Boot != own.Boot {
		return nil
	}
	return &j
}

// Holder is the note of the run that has the output folder now, for the message to another one; nil where there is none.
func Holder(file string) *Journal { return (&Store{}).Interrupted(file) }

// Journal records what this run is about to do, before it does it. Where it cannot be kept, the run goes on without.
func (s *Store) Journal(j Journal) error {
	if s.journal == "" {
		return nil
	}
	own := here()
	own.SHA, own.RunID = j.SHA, j.RunID
	b, err := json.Marshal(own)
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	if os.MkdirAll(filepath.Dir(s.journal), 0o700) != nil || os.WriteFile(s.journal, b, 0o600) != nil {
		s.journal = ""
	}
	return nil
}

// endJournal removes the note of a run that came to its end.
func (s *Store) endJournal() {
	if s.journal != "" {
		_ = os.Remove(s.journal) // one that stays is reported by the next run, and decides nothing
	}
}
