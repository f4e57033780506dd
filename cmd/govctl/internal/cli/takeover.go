package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// takeover decides what of a branch a publication may replace or delete: what earlier publishes of the same project wrote.
type takeover struct {
	project   string
	former    string   // the identity that the project had before its repository had an origin
	contracts []string // names that belong to the project, former ones included
	adopt     bool

	// Of the try that is under way: the pages that an early version listed together with the artifacts, with their digests.
	pages map[string]string
}

// takeover is what decides for the artifacts that are to be published.
func (a *app) takeover(ctx context.Context, cfg config.Config, f publishFlags, artifacts *part) (*takeover, error) {
	t := &takeover{project: artifacts.head.Project, contracts: contractsOf(cfg, artifacts), adopt: f.adopt}
	var err error
	if t.project == "" { // an early version wrote the folder
		if t.project, err = a.project(ctx, cfg); err != nil {
			return nil, err
		}
	}
	t.former, err = a.pathIdentity(ctx)
	return t, err
}

// contractsOf are the names of the contracts of a publication.
func contractsOf(cfg config.Config, artifacts *part) []string {
	names := contractsListed(&artifacts.head)
	for _, c := range cfg.Contracts {
		names = append(names, c.Name)
		if c.RenamedFrom != "" {
			names = append(names, c.RenamedFrom)
		}
	}
	return names
}

// contractsListed are the names of a manifest's contracts. Those of early versions are seen by their files.
func contractsListed(m *report.Manifest) []string {
	var names []string
	for _, c := range m.Contracts {
		names = append(names, c.Name)
	}
	if len(names) > 0 {
		return names
	}
	for _, f := range m.Files {
		if name, ok := strings.CutPrefix(f.Path, "schemas/"); ok && strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, "-baseline.json") {
			names = append(names, strings.TrimSuffix(name, ".json"))
		}
	}
	return names
}

// ownership is what of a folder is of this project, by the names of the bundle.
type ownership struct {
	replace func(name string) bool // an earlier publish wrote it
	remove  func(name string) bool // and this one may take it away
}

// check is asked with the tip that the push would build on. It returns the files that go.
func (t *takeover) check(ctx context.Context, p *part, tip gitrepo.Tip) ([]string, error) {
	before, err := t.manifest(ctx, p, tip)
	if err != nil {
		return nil, err
	}
	owned, err := t.owned(ctx, p, tip, before)
	if err != nil {
		return nil, err
	}
	var foreign []string
	for name := range p.files {
		if at := p.in(name); tip.Has(at) && !owned.replace(name) && p.At(name) != artifact.NoJekyllPath { // empty, whoever wrote it
			foreign = append(foreign, at)
		}
	}
	if len(foreign) > 0 && (p.Root != pipeline.Artifacts.Root || !t.adopt) {
		slices.Sort(foreign)
		return nil, p.refuse("it has files that no earlier publish of this project wrote: " + some(foreign))
	}
	return gone(p, tip, owned.remove), nil
}

// refuse is the answer to a folder of somebody else.
func (p *part) refuse(why string) error {
	key, more := "publish.folder", "; after a rename of the project, or where the files were yours, govctl publish --adopt takes the folder over"
	if p.Root != pipeline.Artifacts.Root {
		key, more = "publish.pages_folder", "; a file that is not needed can be removed from the branch manually"
	}
	return usage("%s: %s", p.place(), why).hint("%s gives this project its own folder on the branch%s", key, more)
}

func (p *part) place() string {
	if p.folder == "" {
		return "the top of the branch"
	}
	return "the folder " + p.folder
}

// manifest is the one that the last publish into the folder left, checked to be of this project; nil where there is none.
func (t *takeover) manifest(ctx context.Context, p *part, tip gitrepo.Tip) (*report.Manifest, error) {
	at := p.in(p.own(integrity.ManifestFile))
	if !tip.Has(at) {
		return nil, nil
	}
	b, err := tip.Read(ctx, at)
	if err != nil {
		return nil, err
	}
	var kind struct {
		Schema string `json:"schema"`
	}
	_ = json.Unmarshal(b, &kind) // whatever it is then, it is not ours
	ours := strings.HasPrefix(kind.Schema, "govctl/manifest/")
	if !ours && p.Root != pipeline.Artifacts.Root {
		return nil, nil // manifest.json is also the name of something that browsers read
	}
	m, err := readManifest(b)
	var newer *schemas.Newer
	switch {
	case errors.As(err, &newer):
		return nil, (&exitError{code: Failed, err: fmt.Errorf("%s: %w", at, err)}).hint("a later version of govctl publishes there: use that one")
	case err != nil && t.adopt:
		return nil, nil
	case err != nil:
		return nil, (&exitError{code: Failed, err: fmt.Errorf("%s cannot be read, so the owner of these files is unknown: %w", at, err)}).
			hint("restore it from an earlier commit of the branch, or take the folder over with govctl publish --adopt")
	}
	return m, t.same(p, m)
}

func readManifest(b []byte) (*report.Manifest, error) {
	if err := schemas.CheckRead("manifest", b); err != nil {
		return nil, err
	}
	var m report.Manifest
	return &m, json.Unmarshal(b, &m)
}

// same refuses the manifest of another project. Early versions named none, and a path alone is not the name of one project: these are taken
// by the names of their contracts.
func (t *takeover) same(p *part, m *report.Manifest) error {
	if t.adopt || m.Project == t.project {
		return nil
	}
	if m.Project != "" && m.Project != t.former {
		return p.refuse(fmt.Sprintf("it belongs to the project %q, this is %q", m.Project, t.project))
	}
	for _, name := range contractsListed(m) {
		if !slices.Contains(t.contracts, name) {
			return p.refuse(fmt.Sprintf("a project with the contract %q publishes there, this one has %s", name, listed(t.contracts)))
		}
	}
	return nil
}

// owned says what of the folder earlier publishes of this project wrote.
func (t *takeover) owned(ctx context.Context, p *part, tip gitrepo.Tip, before *report.Manifest) (ownership, error) {
	if p.Root != pipeline.Artifacts.Root {
		return t.ownedPages(ctx, p, tip, before)
	}
	t.pages = map[string]string{}
	if before == nil {
		original, err := isOriginal(ctx, p, tip)
		return ownership{replace: func(name string) bool { return original && replaceable(name) }, remove: never}, err
	}
	names := map[string]bool{}
	for _, f := range before.Files {
		if page, ok := strings.CutPrefix(f.Path, pipeline.Pages.Root+"/"); ok {
			t.pages[page] = f.SHA256
			continue
		}
		names[f.Path] = true
	}
	return p.wrote(names), nil
}

// wrote is the ownership of those who published the listed files and what proves them.
func (p *part) wrote(listed map[string]bool) ownership {
	owns := func(name string) bool { return listed[name] || p.beside(name) }
	return ownership{replace: owns, remove: owns}
}

func never(string) bool { return false }

// ownedPages takes what the manifest of the pages lists. Early versions listed their pages in the manifest of the artifacts; they are ours
// where they are still as that lists them, for the branch can be another one by now.
func (t *takeover) ownedPages(ctx context.Context, p *part, tip gitrepo.Tip, before *report.Manifest) (ownership, error) {
	names := map[string]bool{}
	if before != nil {
		for _, f := range before.Files {
			names[f.Path] = true
		}
		return p.wrote(names), nil
	}
	var there []string
	for name := range t.pages {
		if fs.ValidPath(name) && tip.Has(p.in(name)) {
			there = append(there, p.in(name))
		}
	}
	slices.Sort(there)
	err := tip.ReadAll(ctx, there, func(at string, data []byte) error {
		name := p.name(at)
		names[name] = t.adopt || digestOf(data) == t.pages[name]
		return nil
	})
	owns := func(name string) bool { return names[name] }
	return ownership{replace: owns, remove: owns}, err
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// beside reports the files of a bundle that its manifest does not list: those that prove it, and those that are written or merged later.
func (p *part) beside(name string) bool {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	if dir == p.Dir && (base == integrity.ManifestFile || slices.Contains(integrity.Names(), base)) {
		return true
	}
	return p.Root == pipeline.Artifacts.Root &&
		(name == artifact.RunLogPath || name == artifact.DeliveriesPath || name == artifact.FiguresPath ||
			artifact.IsHistory(base) && (dir == p.Dir || path.Dir(dir) == p.Dir))
}

// originalContract is the name under which the original system published its contract.
const originalContract = "schemas/openapi-governance"

// isOriginal recognises a folder of the original system: figures or history beside schemas/, and no file that says it is govctl's.
func isOriginal(ctx context.Context, p *part, tip gitrepo.Tip) (bool, error) {
	if !tip.Has(p.in(artifact.StabilityPath)) && !tip.Has(p.in(artifact.HistoryPath)) {
		return false, nil
	}
	if !slices.ContainsFunc(tip.Files(), func(name string) bool { return strings.HasPrefix(name, p.in("schemas")+"/") }) {
		return false, nil
	}
	if !tip.Has(p.in(artifact.SummaryPath)) {
		return true, nil
	}
	b, err := tip.Read(ctx, p.in(artifact.SummaryPath))
	if err != nil {
		return false, err
	}
	var s struct {
		Schema string `json:"schema"`
	}
	err = json.Unmarshal(b, &s)
	return err == nil && s.Schema == "", nil
}

// replaceable are the files of the original system that ours take the place of.
func replaceable(name string) bool {
	return strings.HasPrefix(name, "status/") || name == originalContract+".json" || name == originalContract+"-baseline.json"
}

// gone are the files that the last publish wrote and this one does not have. Those that only grow stay, but for the history of a contract
// that is not there any more.
func gone(p *part, tip gitrepo.Tip, remove func(string) bool) []string {
	var names []string
	for _, at := range tip.Files() {
		name := p.name(at)
		if _, ours := p.files[name]; ours || name == "" || !remove(name) || p.grows(name) && !p.dropped(name, remove) {
			continue
		}
		names = append(names, at)
	}
	return names
}

// grows reports the files that are merged with those of the branch.
func (p *part) grows(name string) bool {
	return p.Root == pipeline.Artifacts.Root && (name == artifact.DeliveriesPath || name == artifact.FiguresPath || artifact.IsHistory(path.Base(name)))
}

// dropped reports the history of a contract whose figures go.
func (p *part) dropped(name string, remove func(string) bool) bool {
	metrics := path.Join(path.Dir(name), path.Base(artifact.StabilityPath))
	_, ours := p.files[metrics]
	return path.Dir(name) != p.Dir && remove(metrics) && !ours
}
