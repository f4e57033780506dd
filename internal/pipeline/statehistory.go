package pipeline

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

// histories checks that no history has lost lines. Its file is not covered by checksums, because publishing merges the lines of
// several writers.
func (r *stateReader) histories() error {
	for _, c := range r.in.Config.Contracts {
		s, ok := r.state.Contracts[c.Name]
		if !ok || r.leaves(c.Name) {
			continue
		}
		old, err := r.historyOf(c)
		if err != nil {
			return err
		}
		lines := 0
		if old.name != "" {
			var last report.HistoryLine
			earlier, err := r.older(old.name, r.historyPath(c), s.Rotated)
			if err != nil {
				return err
			}
			if lines, last, err = readable(old, earlier); err != nil {
				return damaged(old.name, "", err)
			}
			if err := r.in.owned(old.name, last.Project); err != nil {
				return err
			}
		}
		if want := s.HistoryLines; lines < want {
			return damaged(r.historyPath(c), fmt.Sprintf("%d readable lines, and there were %d after the last run", lines, want), nil)
		}
	}
	return nil
}

// leaves reports a contract that the next run does not assess: its files stay as they are, or come from elsewhere.
func (r *stateReader) leaves(name string) bool {
	_, kept := r.state.Kept[name]
	return kept && !r.in.Copied || r.in.Selection.of(name, nil) == leaveIt
}

// openedHistory is a history where it was found.
type openedHistory struct {
	name string // empty where there is none
	open func() (io.ReadCloser, error)
}

// readable is the number of lines of a history that can be read, and the last of them.
func readable(h openedHistory, earlier stability.Earlier) (lines int, last report.HistoryLine, err error) {
	f, err := h.open()
	if err != nil {
		return 0, last, err
	}
	lines, last, err = stability.Count(f, earlier)
	return lines, last, errors.Join(err, f.Close())
}

// historyPath is where the history of a contract is from now on.
func (r *stateReader) historyPath(c config.Contract) string {
	return contractFile(r.in.Config, c.Name, historyFile)
}

// historyOf finds the history of a contract: where it belongs now, else where it was when the contract was the only one, or one of several,
// or had another name. Found elsewhere, it is carried to where it belongs.
func (r *stateReader) historyOf(c config.Contract) (openedHistory, error) {
	now := r.historyPath(c)
	for _, p := range r.places(c, historyFile) {
		if !r.in.Copied && p == now {
			f, err := r.in.Open(p)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return openedHistory{}, damaged(p, "", err)
			}
			return openedHistory{p, func() (io.ReadCloser, error) { return f, nil }}, nil
		}
		b, err := r.optional(p)
		if err != nil {
			return openedHistory{}, err
		}
		if b != nil {
			r.state.Files[now] = b
			return openedHistory{p, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(b))), nil }}, nil
		}
	}
	return openedHistory{}, nil
}

// places are where a file of a contract is now, and where it was when the contract was the only one, or one of several, or had another name.
func (r *stateReader) places(c config.Contract, file string) []string {
	places := []string{contractFile(r.in.Config, c.Name, file)}
	if len(r.manifest.Contracts) == 1 || len(r.in.Config.Contracts) > 1 && len(r.manifest.Contracts) < 2 {
		places = append(places, file)
	}
	for _, name := range []string{c.Name, c.RenamedFrom, r.in.Renamed[c.Name]} {
		if name != "" {
			places = append(places, path.Join("status", name, path.Base(file)))
		}
	}
	return places
}

// apiLogs carries on the changelog of each contract, with the contract of its last release.
func (r *stateReader) apiLogs() error {
	for _, c := range r.in.Config.Contracts {
		s, ok := r.state.Contracts[c.Name]
		if !ok || r.leaves(c.Name) {
			continue
		}
		release, err := r.apiLog(c)
		if err != nil {
			return err
		}
		if s.Release, err = r.release(c, s, release); err != nil {
			return err
		}
		r.state.Contracts[c.Name] = s
	}
	return nil
}

// apiLog carries on the changelog of a contract to where it belongs now, and returns the digest of the contract of its last release; empty where
// it has none.
func (r *stateReader) apiLog(c config.Contract) (string, error) {
	for _, p := range r.places(c, apiLogFile) {
		b, err := r.optional(p)
		if err != nil {
			return "", err
		}
		if b == nil {
			if err := r.missing(p); err != nil {
				return "", err
			}
			continue
		}
		log, err := artifact.Parse[report.APIChangelog](p, b)
		if err != nil {
			return "", damaged(p, "", err)
		}
		r.state.Files[contractFile(r.in.Config, c.Name, apiLogFile)] = b
		return log.Release, nil
	}
	return "", nil
}
