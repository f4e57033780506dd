package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
)

// baselines are the published contracts that this run compares with, by contract name; none for a first run.
type baselines map[string]Stored

// baselines picks the contract that the last run accepted: after a failed gate or a run that was not checked, that is what the run before
// compared with. Otherwise one failed run would make its break the new baseline, and the version that fixes it would be refused for
// breaking nothing. A repeated run compares with what it compared with before, and so does the run after one that was killed.
func (s *State) baselines(cfg config.Config, assessed Selection, again bool) baselines {
	found := baselines{}
	for _, c := range cfg.Contracts {
		if _, kept := s.Kept[c.Name]; c.Baseline != "" || kept || assessed.of(c.Name, nil) == leaveIt {
			continue // the diff step reads what the configuration names, and nothing is compared of what the run does not assess
		}
		state := s.Contracts[c.Name]
		found[c.Name] = state.Accepted
		if again || s.Unfinished {
			found[c.Name] = state.Compared
		}
	}
	return found
}

// save keeps each baseline beside the contract, so that the comparison can be repeated. Where a run compares with another contract than the
// one that was accepted last, that one is kept, too: no run that fails or is killed may lose it. From then on both are read from there.
func (b baselines) save(store *artifact.Store, s *State) error {
	for _, name := range sortedKeys(b) {
		state := s.Contracts[name]
		compared, accepted := b[name], state.Accepted
		if compared.file == acceptedPath(name) { // which the other one may replace
			data, err := compared.Bytes()
			if err != nil {
				return err
			}
			compared = stored(data)
		}
		if accepted.SHA256 == compared.SHA256 {
			accepted = Stored{}
		}
		if err := errors.Join(keep(store, acceptedPath(name), accepted), keep(store, baselinePath(name), compared)); err != nil {
			return err
		}
		if compared.Exists() {
			b[name] = inFolder(store, baselinePath(name), compared)
			state.Accepted = b[name]
		}
		if accepted.Exists() {
			state.Accepted = inFolder(store, acceptedPath(name), accepted)
		}
		if _, known := s.Contracts[name]; known {
			s.Contracts[name] = state
		}
	}
	return nil
}

// keep writes a file, or removes it where there is nothing to write. What is in the folder already gets a second name: files are replaced and
// never changed, so that each name keeps its content.
func keep(store *artifact.Store, p string, from Stored) error {
	if !from.Exists() {
		return store.Remove(p)
	}
	if from.placed && store.Link(p, from.file, from.SHA256) == nil {
		return nil
	}
	data, err := from.Bytes()
	if err != nil {
		return err
	}
	return store.Bytes(p, data)
}

// keepReleases keeps the contract of the last release of each contract that the run assesses where it belongs now.
func (s *State) keepReleases(store *artifact.Store, cfg config.Config) error {
	for _, c := range cfg.Contracts {
		state, known := s.Contracts[c.Name]
		if _, kept := s.Kept[c.Name]; !known || kept || !state.Release.Exists() {
			continue
		}
		to := contractFile(cfg, c.Name, apiReleaseFile)
		if err := keep(store, to, state.Release); err != nil {
			return err
		}
		state.Release = inFolder(store, to, state.Release)
		s.Contracts[c.Name] = state
	}
	return nil
}

// carry writes what the state carries on into the folder of this run, the manifest last: it says that the others are there. Files that are
// there already are left alone.
func (s *State) carry(store *artifact.Store) error {
	for _, p := range s.LeftOut {
		if err := store.Remove(p); err != nil {
			return err
		}
	}
	for _, p := range sortedKeys(s.Files) {
		if p == artifact.ManifestPath || measuredElsewhere(p) && there(store, p) {
			continue // what a command has just measured is newer
		}
		if err := store.Carry(p, s.Files[p]); err != nil {
			return err
		}
	}
	for _, m := range s.moved {
		b, err := m.read()
		if err == nil {
			err = store.Carry(m.to, b)
		}
		if err != nil {
			return err
		}
	}
	if manifest, ok := s.Files[artifact.ManifestPath]; ok {
		return store.Carry(artifact.ManifestPath, manifest)
	}
	return nil
}

func there(store *artifact.Store, p string) bool {
	_, err := fs.Stat(store.FS(), p)
	return err == nil
}

// memory are the files by which runs remember, as patterns; a pattern without a slash is a file name anywhere below status/.
var memory = []string{
	"schemas/*.json", "status/metrics-history/*.json", artifact.RunsDir + "/*.json",
	"manifest.json", "history.jsonl", "history-[0-9]*.jsonl", "governance-summary.json", "taxonomy-metrics-history.json", "ALERTS_CHANGELOG.md", "alert-state.json", "webhook-deliveries.jsonl",
	"evidence-history.jsonl", "api-changelog.json", "api-release.json",
}

// Forget removes from a folder what earlier runs in it remembered, because the state of this run comes from elsewhere.
func Forget(store *artifact.Store) error {
	var names []string
	for _, top := range []string{"schemas", "status"} {
		err := fs.WalkDir(store.FS(), top, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return ignoreAbsent(err)
			}
			if remembered(p) {
				names = append(names, p)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the output folder: %w", err)
		}
	}
	for _, p := range append([]string{artifact.ManifestPath}, names...) { // the manifest first: without it the rest is no state
		if err := store.Remove(p); err != nil {
			return err
		}
	}
	return nil
}

func remembered(p string) bool {
	return slices.ContainsFunc(memory, func(pattern string) bool {
		name := p
		if !strings.Contains(pattern, "/") {
			name = path.Base(p)
		}
		ok, _ := path.Match(pattern, name) // the patterns of the table are well-formed
		return ok
	})
}

// AcceptedFile is the file of an output folder with the contract that the next run compares with. Its error is an fs.ErrNotExist where no run
// has accepted one, or a *StateError.
func AcceptedFile(in StateInput, name string) (string, error) {
	state, err := ReadState(in)
	if err != nil {
		return "", err
	}
	accepted := state.Contracts[name].Accepted
	if accepted.file == "" {
		return "", fs.ErrNotExist
	}
	return accepted.file, nil
}
