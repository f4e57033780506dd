package cli

import (
	"bytes"
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/evidence"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

// sameness decides whether the published run already says what this one says, so that nothing need be signed and pushed anew.
type sameness struct {
	a      *app
	wanted bool

	published *report.Manifest // of the try that is under way: the artifacts of the branch, where they are as good as ours
}

// check reports whether the tip is as good as the part. The files that would go are a difference.
func (s *sameness) check(ctx context.Context, p *part, tip gitrepo.Tip, gone []string) (bool, error) {
	at := p.in(p.own(integrity.ManifestFile))
	artifacts := p.Root == pipeline.Artifacts.Root
	if artifacts {
		s.published = nil
	}
	if !s.wanted || !tip.Has(at) || len(gone) > 0 || !artifacts && s.published == nil {
		return false, nil
	}
	theirs, err := s.read(ctx, p, tip)
	if err != nil {
		return false, err
	}
	m, err := readManifest(theirs[p.own(integrity.ManifestFile)])
	if err != nil {
		return false, nil //nolint:nilerr // then it is not the same
	}
	if artifacts && !s.equal(p, theirs) || !artifacts && !sameRun(m, s.published) || m.Project != p.head.Project {
		return false, nil
	}
	verdict, err := p.verified(ctx, theirs, s.a.Now())
	if err != nil || verdict.Verdict != "ok" {
		return false, nil //nolint:nilerr // what does not verify is replaced
	}
	if artifacts {
		s.published = m
	}
	return true, nil
}

// sameRun reports whether the pages are those of the run that published the artifacts.
func sameRun(pages, artifacts *report.Manifest) bool {
	return pages.SHA == artifacts.SHA && pages.RunID == artifacts.RunID && pages.GeneratedAt.Equal(artifacts.GeneratedAt.Time)
}

// read takes what the branch has of the bundle.
func (s *sameness) read(ctx context.Context, p *part, tip gitrepo.Tip) (map[string][]byte, error) {
	theirs := map[string][]byte{}
	var names []string
	for _, at := range tip.Files() {
		top, _, _ := strings.Cut(p.name(at), "/")
		if p.name(at) != "" && (p.Tops == nil || slices.Contains(p.Tops, top)) {
			names = append(names, at)
		}
	}
	err := tip.ReadAll(ctx, names, func(at string, data []byte) error {
		theirs[p.name(at)] = data
		return nil
	})
	return theirs, err
}

// equal compares all files that are not functions of the others: apart from times and identities of runs they must have the same bytes.
// A file that only grows must have nothing that the branch lacks.
func (s *sameness) equal(p *part, theirs map[string][]byte) bool {
	_, signed := p.files[p.own(integrity.SignatureFile)]
	_, wasSigned := theirs[p.own(integrity.SignatureFile)]
	if signed != wasSigned {
		return false
	}
	for name, ours := range p.files {
		old, there := theirs[name]
		switch {
		case derived(p, name):
		case !there:
			return false
		case p.grows(name):
			if adds(name, old, ours) {
				return false
			}
		case !bytes.Equal(timeless(old), timeless(ours)):
			return false
		}
	}
	return true
}

// derived reports the files that follow from the others, as a record of a contract does with their digests, or say nothing of the result. The public key is compared: after a change of the
// key the signature is another one.
func derived(p *part, name string) bool {
	base := path.Base(name)
	return name == artifact.RunLogPath || path.Ext(name) == ".html" || base == path.Base(artifact.ContractRecordPath) ||
		path.Dir(name) == p.Dir && base != integrity.PublicKeyFile && (base == integrity.ManifestFile || slices.Contains(integrity.Names(), base))
}

// adds reports whether our copy of a file that only grows has something that the branch lacks.
func adds(name string, old, ours []byte) bool {
	if bytes.Equal(old, ours) {
		return false
	}
	merge := mergeHistories
	switch name {
	case artifact.DeliveriesPath:
		merge = notify.MergeLog
	case artifact.FiguresPath:
		merge = evidence.MergeFigures
	}
	merged, err := merge(old, ours)
	return err != nil || !bytes.Equal(merged, old)
}

// passing are the places in which two runs with the same result differ, with what they are compared as.
var passing = []struct {
	where *regexp.Regexp
	as    string
}{
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`), "TIME"},
	{regexp.MustCompile(`("run_id": ?)"(?:[^"\\]|\\.)*"`), `$1""`},
	{regexp.MustCompile(`("opened_by": ?"[^"/]*/)[^"]*"`), `$1"`},    // SHA/RUN_ID
	{regexp.MustCompile(`\brun_id="(?:[^"\\]|\\.)*"`), `run_id=""`},  // in Prometheus text
	{regexp.MustCompile(`; no new commit, not counted again\b`), ""}, // as stability.Unchanged is described
	{regexp.MustCompile(`(?m)^(govctl_last_run_timestamp_seconds) .*$`), "$1"},
}

// timeless is a file without its times and identities of runs.
func timeless(data []byte) []byte {
	for _, p := range passing {
		data = p.where.ReplaceAll(data, []byte(p.as))
	}
	return data
}

func mergeHistories(theirs, ours []byte) ([]byte, error) {
	var out bytes.Buffer
	err := stability.Merge(bytes.NewReader(theirs), bytes.NewReader(ours), &out)
	return out.Bytes(), err
}
