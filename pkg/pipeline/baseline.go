package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/report"
)

// maxContract bounds a published contract that is read back, in bytes.
const maxContract = 64 << 20

// baselines are the published contracts that this run compares with, by contract name; nil bytes for a first run.
type baselines map[string][]byte

func publishedPath(name string) string { return "schemas/" + name + ".json" }
func baselinePath(name string) string  { return "schemas/" + name + "-baseline.json" }

// findBaselines picks the contract of the last run that passed its gate. After a failed gate, a placeholder, a killed run or for a
// repeated one, that is what the run before compared with: otherwise one failed run would make its break the new normal, and
// the version that mends it would be refused for breaking nothing.
func (r *run) findBaselines() (baselines, error) {
	previous, err := artifact.Load[report.Manifest](r.job.Store.FS(), artifact.ManifestPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.repairs = append(r.repairs, fmt.Sprintf("%v; it is written anew", err))
	}
	r.previous = previous.SHA
	again := previous.SHA == r.job.SHA && (previous.RunID == r.job.RunID || r.job.SHA != UnknownSHA) && previous.SHA != ""
	r.again = again && previous.RunID != r.job.RunID
	found := baselines{}
	for _, c := range r.job.Config.Contracts {
		if c.Baseline != "" {
			continue // the diff step reads what the configuration names
		}
		published, err := r.read(publishedPath(c.Name))
		if err != nil {
			return nil, err
		}
		kept, err := r.read(baselinePath(c.Name))
		if err != nil {
			return nil, err
		}
		baseline := published
		switch want, interrupted := r.interrupted(c.Name); {
		case interrupted && want == "":
			baseline = nil
		case interrupted && digest(kept) == want:
			baseline = kept
		case !interrupted && again:
			baseline = listed(previous, baselinePath(c.Name), kept)
		case !interrupted && !passedGate(r.job.Store.FS(), c.Name) && listed(previous, baselinePath(c.Name), kept) != nil:
			baseline = kept
		}
		r.published[c.Name] = digest(published)
		found[c.Name] = baseline
	}
	return found, nil
}

// passedGate reports whether the previous run let the contract pass; a folder without a summary stopped nobody.
func passedGate(files fs.FS, name string) bool {
	s, err := artifact.Load[report.Summary](files, artifact.SummaryPath)
	if err != nil {
		return true
	}
	for _, step := range s.Steps {
		if step.Name == "gate" || step.Name == "gate "+name {
			return step.Status == "ok"
		}
	}
	return true
}

// Published is the file of an output folder that a run without a configured baseline compares the contract with. Its error is an
// fs.ErrNotExist where there is none.
func Published(files fs.FS, name string) (string, error) {
	if kept := baselinePath(name); !passedGate(files, name) {
		if _, err := fs.Stat(files, kept); err == nil {
			return kept, nil
		}
	}
	p := publishedPath(name)
	_, err := fs.Stat(files, p)
	return p, err
}

// interrupted is the digest of the baseline that a killed run had; false when the last run came to its end.
func (r *run) interrupted(name string) (string, bool) {
	if r.job.Found.Journal == nil {
		return "", false
	}
	want, ok := r.job.Found.Journal.Baselines[name]
	return want, ok
}

// listed is the file when the manifest lists it with these bytes; a run without it in its manifest was a first run.
func listed(m report.Manifest, path string, b []byte) []byte {
	for _, f := range m.Files {
		if f.Path == path && f.SHA256 == digest(b) {
			return b
		}
	}
	return nil
}

func (r *run) read(p string) ([]byte, error) {
	b, err := artifact.Read(r.job.Store.FS(), p, maxContract)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if b == nil && err == nil {
		b = []byte{} // an empty file is there; only an absent one is a first run
	}
	return b, err
}

func digest(b []byte) string {
	if b == nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (b baselines) digests() map[string]string {
	d := make(map[string]string, len(b))
	for name, data := range b {
		d[name] = digest(data)
	}
	return d
}

// save keeps each baseline beside the contract, so that the comparison can be repeated.
func (b baselines) save(s *artifact.Store) error {
	for name, data := range b {
		if data == nil {
			if err := s.Remove(baselinePath(name)); err != nil {
				return err
			}
			continue
		}
		if err := s.Bytes(baselinePath(name), data); err != nil {
			return err
		}
	}
	return nil
}
