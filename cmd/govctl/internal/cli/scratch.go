package cli

import (
	"errors"
	"os"
	"sync"
	"time"
)

// scratch are the temporary folders of a command: none stays, however it ends.
type scratch struct {
	mu    sync.Mutex
	dirs  []string
	ended bool // nobody removes what is made from now on
}

// folder makes one, which lives until remove.
func (s *scratch) folder() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return "", errors.New("interrupted")
	}
	dir, err := os.MkdirTemp("", "govctl-") //nolint:forbidigo // for programs that need a folder of their own; remove takes it away
	if err != nil {
		return "", err
	}
	s.dirs = append(s.dirs, dir)
	return dir, nil
}

// remove takes all of them away; at the end of the process no more are made. A program that was told to end may write a last time, so a
// folder that will not go is tried again.
func (s *scratch) remove(atEnd bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = s.ended || atEnd
	for _, dir := range s.dirs {
		for n := range 10 {
			if os.RemoveAll(dir) == nil { //nolint:forbidigo // a folder of ours
				break
			}
			time.Sleep(time.Duration(n) * 10 * time.Millisecond)
		}
	}
	s.dirs = nil
}
