package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/report"
)

// memory are the files of a run that the next one reads. A pattern without a slash is a file name anywhere below status/.
var memory = []string{
	"schemas/*.json", "status/metrics-history/*.json",
	"manifest.json", "history.jsonl", "governance-summary.json", "taxonomy-metrics-history.json", "ALERTS_CHANGELOG.md", "alert-state.json", "webhook-deliveries.jsonl",
}

func remembered(p string) bool {
	for _, pattern := range memory {
		name := p
		if !strings.Contains(pattern, "/") {
			name = path.Base(p)
		}
		if ok, _ := path.Match(pattern, name); ok { // the patterns above are well-formed
			return true
		}
	}
	return false
}

// ErrState marks a previous state that no run of govctl left.
var ErrState = errors.New("the manifest cannot be read")

// TakeState copies what the next run reads from an earlier output folder, as its manifest lists it.
func TakeState(s *artifact.Store, manifest []byte, read func(path string) ([]byte, error)) error {
	var m report.Manifest
	if err := json.Unmarshal(manifest, &m); err != nil {
		return fmt.Errorf("%s: %w: %w", artifact.ManifestPath, ErrState, err)
	}
	for _, f := range m.Files {
		if !remembered(f.Path) {
			continue
		}
		if !fs.ValidPath(f.Path) {
			return fmt.Errorf("%s: %w: it lists %q, which lies elsewhere", artifact.ManifestPath, ErrState, f.Path)
		}
		b, err := read(f.Path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the branch may hold fewer files than the run wrote
		}
		if err != nil {
			return fmt.Errorf("read state: %w", err)
		}
		if err := s.Bytes(f.Path, b); err != nil {
			return err
		}
	}
	if err := takeDeliveries(s, read); err != nil {
		return err
	}
	return s.Bytes(artifact.ManifestPath, manifest)
}

// takeDeliveries copies the receipts, which the webhook writes after the manifest of its run.
func takeDeliveries(s *artifact.Store, read func(path string) ([]byte, error)) error {
	b, err := read(artifact.DeliveriesPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	return s.Bytes(artifact.DeliveriesPath, b)
}
