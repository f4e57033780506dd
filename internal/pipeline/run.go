package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// run is the bookkeeping of one Run: which step ended how. It carries no results from step to step; those are files.
type run struct {
	job       *Job
	docs      map[string]loaded // contracts read so far, so that a cmd: source runs once
	versions  map[string]sourcedOnce
	start     baselines
	steps     []report.Step
	hints     map[string]string
	details   map[string][]error
	worst     report.Outcome
	unchecked []report.NotChecked
	contracts map[string]*verdict // by name
	notices   []string
	found     []outcome // of each contract, in the order of the configuration
	final     report.Summary

	placeholder string // why this run is recorded as a placeholder although nothing failed; empty for a run that is not

	// Of `run --policy`: the policy that the run is evaluated by, the run under the one that does not count, and what the step policy
	// found. All are empty without the flag.
	policy       *PolicySource
	other        *run
	policyReport *report.Policy
}

// verdict is what the run found out about one contract so far.
type verdict struct {
	outcome report.Outcome // the worst of its steps, whatever its gate tolerates
	gated   bool           // the gate was reached and passed
	lines   int            // readable lines of its history now
	waiting *waiting       // nil where the version was not checked
	release *release       // that it is compared with although no run accepted it; nil where there is none
}

type loaded struct {
	doc *contract.Document
	err error
}

// stepContext is what a step works on: one contract of the run, or the run as a whole.
type stepContext struct {
	*run
	contract *config.Contract // nil in steps for the whole run
	folder   string           // of the contract's status files: "status", or "status/NAME" among several
	note     string           // what the step reports when it passed
}

func (r *run) stepContext(i int) *stepContext {
	c := &r.job.Config.Contracts[i]
	folder := "status"
	if len(r.job.Config.Contracts) > 1 {
		folder = path.Join(folder, c.Name)
	}
	return &stepContext{run: r, contract: c, folder: folder}
}

// configured reports that the configuration says where the contract is, or that an earlier run knew it: a contract that goes missing must not
// pass. A place of the whole run has none to ask about.
func (sc *stepContext) configured() bool {
	return sc.contract == nil || sc.contract.Source != "" || sc.job.State.Contracts[sc.contract.Name].Published != nil
}

// stepContexts are the contracts of the run.
func (r *run) stepContexts() []*stepContext {
	all := make([]*stepContext, len(r.job.Config.Contracts))
	for i := range all {
		all[i] = r.stepContext(i)
	}
	return all
}

// places are where a step works: each contract, or once for the whole run.
func (r *run) places(s step) []*stepContext {
	if s.once {
		return []*stepContext{{run: r}}
	}
	return r.stepContexts()
}

// path is where a file of the table in names.go is for this context.
func (sc *stepContext) path(p string) string {
	if sc.contract == nil {
		return p
	}
	return path.Join(sc.folder, path.Base(p))
}

// document is the contract as it is now; it is read once.
func (sc *stepContext) document(ctx context.Context) (*contract.Document, error) {
	l, ok := sc.docs[sc.contract.Name]
	if !ok {
		if l.doc, l.err = sc.load(ctx); l.err != nil {
			l.err = unreadable{l.err}
		}
		sc.docs[sc.contract.Name] = l
	}
	return l.doc, l.err
}

func (sc *stepContext) load(ctx context.Context) (*contract.Document, error) {
	if sc.contract.Source == "" {
		return nil, &contract.Error{Place: report.Place{File: config.File}, Msg: "contract.source is not set", Hint: "name the OpenAPI document, like `source: api/openapi.yaml`"}
	}
	c, err := sc.readAs(ctx, "")
	if err != nil {
		return nil, err
	}
	doc, err := sc.job.Load(ctx, sc.contract.Source, c)
	if err != nil {
		return nil, err
	}
	return doc, sc.resolved(doc)
}

// resolved refuses a document in which references do not resolve, unless the configuration lets the rest be compared.
func (sc *stepContext) resolved(doc *contract.Document) error {
	if n := len(doc.Dangling()); n == 0 || sc.contract.AllowDangling {
		return nil
	}
	return doc.Unresolved("allow_dangling_refs: true compares the other parts, and reports what was not read")
}

// begin decides who this run is and what it compares with, and keeps that beside the contract before anything else is touched.
func (r *run) begin(ctx context.Context) error {
	if r.job.SHA == "" {
		r.job.SHA = UnknownSHA
	}
	if r.job.RunID == "" {
		r.job.RunID = r.derivedID(ctx)
	}
	r.notices = append(describe(r.job.Found), r.job.State.Notices...)
	for i := range r.job.Config.Contracts {
		r.contracts[r.job.Config.Contracts[i].Name] = &verdict{}
	}
	r.start = r.job.State.baselines(r.job.Config, r.again())
	if err := r.job.Store.Journal(artifact.Journal{SHA: r.job.SHA, RunID: r.job.RunID}); err != nil {
		return err
	}
	r.job.Store.Begin("state")
	if err := r.beginPolicy(); err != nil {
		return err
	}
	if err := r.start.save(r.job.Store, &r.job.State); err != nil {
		return err
	}
	return r.job.State.carry(r.job.Store)
}

// again reports a run of the commit of the last run: it compares with what that one compared with.
func (r *run) again() bool {
	s := r.job.State
	return s.SHA == r.job.SHA && s.SHA != "" && (s.RunID == r.job.RunID || r.job.SHA != UnknownSHA)
}

// derivedID is an identity for runs outside CI: the same inputs at the same time are the same run.
func (r *run) derivedID(ctx context.Context) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n", r.job.SHA, r.job.Now.Unix())
	for _, b := range r.stepContexts() {
		doc, err := b.document(ctx)
		if err != nil {
			fmt.Fprintf(h, "%s\n", err)
			continue
		}
		fmt.Fprintf(h, "%s\n", doc.SHA256())
	}
	return localRun + hex.EncodeToString(h.Sum(nil))[:12]
}

// describe says what an interrupted run left behind.
func describe(f artifact.Found) []string {
	var lines []string
	if f.Journal != nil {
		lines = append(lines, fmt.Sprintf("the run of commit %s was interrupted; this run starts from the last complete one", f.Journal.SHA))
	}
	if n := len(f.Temporary); n > 0 {
		lines = append(lines, fmt.Sprintf("removed %d incomplete file(s): %s", n, strings.Join(f.Temporary, ", ")))
	}
	return lines
}

func (r *run) wrote(p string) bool {
	for _, f := range r.job.Store.Written() {
		if f.Path == p {
			return true
		}
	}
	return false
}

// surplus are the copies of accepted contracts that are no longer needed once the manifest is written: until then the manifest of the run
// before may name them.
func surplus(contracts []report.ManifestContract) (paths []string) {
	for _, c := range contracts {
		if c.AcceptedSHA256 == c.SHA256 || c.AcceptedSHA256 == c.BaselineSHA256 {
			paths = append(paths, acceptedPath(c.Name))
		}
	}
	return paths
}

// manifestContracts is what the next run must know of each contract.
func (r *run) manifestContracts() []report.ManifestContract {
	rows := make([]report.ManifestContract, 0, len(r.job.Config.Contracts))
	for _, b := range r.stepContexts() {
		v := r.contracts[b.contract.Name]
		row := report.ManifestContract{
			Name: b.contract.Name, Outcome: v.outcome.String(), HistoryLines: v.lines, SHA256: r.digestOf(publishedPath(b.contract.Name)),
			BaselineSHA256: r.digestOf(baselinePath(b.contract.Name)), AcceptedSHA256: digest(r.job.State.Contracts[b.contract.Name].Accepted),
		}
		accepts := r.accepts(v)
		switch {
		case accepts && v.holds() && v.release != nil:
			row.AcceptedSHA256 = row.BaselineSHA256
		case accepts && !v.holds():
			row.AcceptedSHA256 = row.SHA256
		}
		b.wait(&row, v, accepts)
		rows = append(rows, row)
	}
	sorting.Stable(rows, func(a, b report.ManifestContract) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

// holds reports that the baseline stays until the version moves.
func (v *verdict) holds() bool { return v.waiting != nil && v.waiting.holds }

// accepts reports whether the next commit is compared with the contract of this run, unless that waits for a version: all that its verdict
// depends on was checked, and its gate passed.
func (r *run) accepts(v *verdict) bool {
	wide := func(n report.NotChecked) bool { return n.Contract == "" }
	return v.gated && v.outcome.Checked() && !slices.ContainsFunc(r.unchecked, wide)
}

// digestOf is the digest of a file of this run; empty where it wrote none.
func (r *run) digestOf(p string) string {
	for _, f := range r.job.Store.Written() {
		if f.Path == p {
			return f.SHA256
		}
	}
	return ""
}

// manifest is the head of the manifests of this run: everything but the files of the bundle.
func (r *run) manifest() report.Manifest {
	return report.Manifest{
		Schema: "govctl/manifest/v1", GeneratedAt: report.At(r.job.Now), SHA: r.job.SHA, RunID: r.job.RunID,
		Govctl: r.job.Version, Project: r.job.Project, Contracts: r.manifestContracts(), Steps: r.steps,
	}
}

// end writes how long the steps took. It is not part of the bundle, so that the same inputs give the same bundle.
func (r *run) end() error {
	return r.job.Store.JSON(artifact.RunLogPath, report.RunLog{
		Schema: "govctl/run-log/v1", GeneratedAt: report.At(r.job.Now), SHA: r.job.SHA, RunID: r.job.RunID, Steps: r.job.Store.Times(),
	})
}

// optional is an input file that may be absent: false then. A file that the configuration names under key may not: who names it
// believes that it is looked at.
func (j *Job) optional(name, key string) ([]byte, bool, error) {
	if name == "" {
		return nil, false, nil
	}
	b, err := j.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if key != "" && j.Config.Given(key) {
			return nil, false, &contract.Error{Place: j.Config.KeyPlace(key), Msg: fmt.Sprintf("there is no file %q", name), Hint: "correct the path, or remove the key", Err: err}
		}
		return nil, false, nil
	}
	return b, err == nil, err
}

// refresh reports a run that has nothing new to count: the commit and the contract are those of the last run.
func (sc *stepContext) refresh(ctx context.Context) bool {
	s := sc.job.State
	if !sc.again() || s.Partial {
		return false
	}
	doc, err := sc.document(ctx)
	return err == nil && s.RunID != sc.job.RunID && digest(s.Contracts[sc.contract.Name].Published) == doc.SHA256()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// ignoreAbsent is nil for what is not there.
func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
