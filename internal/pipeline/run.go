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
	"sync"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/apidiff"
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
	details   map[string][]string
	ended     []doneStep
	records   []*report.ContractRecord // of each contract, in the order of the configuration
	compared  *comparison              // of a run about one contract, what its diff compared
	joining   sync.Mutex               // guards what contracts that are assessed side by side leave to the run
	linked    []report.RunRecord       // the runs that have a page: those that stay in the window, and this one
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
	partners     map[string]string             // the names of the contracts under the policy that does not count
	gates        map[string]report.PolicyCheck // under that policy, by those names, as the shards have found them
}

// verdict is what the run found out about one contract so far.
type verdict struct {
	outcome report.Outcome // the worst of its steps, whatever its gate tolerates
	gated   bool           // the gate was reached and passed
	lines   int            // readable lines of its history now
	rotated *report.RotatedHistory
	waiting *waiting // nil where the version was not checked
	release *release // that it is compared with although no run accepted it; nil where there is none
}

func newRun(j *Job) *run {
	r := &run{job: j, records: make([]*report.ContractRecord, len(j.Config.Contracts)), docs: map[string]loaded{}, contracts: map[string]*verdict{}, hints: map[string]string{}, details: map[string][]string{}, gates: map[string]report.PolicyCheck{}}
	for i := range j.Config.Contracts {
		r.contracts[j.Config.Contracts[i].Name] = &verdict{}
	}
	return r
}

// comparison is two versions of a contract with what differs.
type comparison struct {
	old, new *contract.Document
	*apidiff.Result
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
	return sc.contract == nil || sc.contract.Source != "" || sc.job.State.Contracts[sc.contract.Name].Published.Exists()
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
	return doc, errors.Join(sc.fits(doc, publishedPath(sc.contract.Name)), sc.resolved(doc))
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
	if r.job.State.Elsewhere {
		if err := Forget(r.job.Store); err != nil {
			return err
		}
	}
	r.start = r.job.State.baselines(r.job.Config, r.job.Selection, r.again())
	if err := r.job.Store.Journal(artifact.Journal{SHA: r.job.SHA, RunID: r.job.RunID}); err != nil {
		return err
	}
	r.job.Store.Begin("state")
	if err := r.beginPolicy(); err != nil {
		return err
	}
	if err := r.job.State.keepReleases(r.job.Store, r.job.Config); err != nil { // before the files are replaced that they may be
		return err
	}
	if err := r.start.save(r.job.Store, &r.job.State); err != nil {
		return err
	}
	if err := r.job.State.carry(r.job.Store); err != nil {
		return err
	}
	r.linked = r.stayingRecords()
	if err := r.takeOver(); err != nil {
		return err
	}
	return r.job.Store.Sync() // what was accepted must outlive what replaces it
}

// again reports a run of the commit of the last run: it compares with what that one compared with.
func (r *run) again() bool {
	s := r.job.State
	return s.SHA == r.job.SHA && s.SHA != "" && (s.RunID == r.job.RunID || r.job.SHA != UnknownSHA)
}

// derivedID is an identity for runs outside CI: the same inputs at the same time are the same run. Of several contracts the bytes of their files
// count, so that none of them is read to the end before its turn.
func (r *run) derivedID(ctx context.Context) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n", r.job.SHA, r.job.Now.Unix())
	for _, b := range r.stepContexts() {
		if _, kept := r.job.State.Kept[b.contract.Name]; kept {
			fmt.Fprintf(h, "%s\n", r.job.State.Contracts[b.contract.Name].Published.SHA256)
			continue
		}
		if r.several() && plainFile(b.contract.Source) && r.job.Digest != nil {
			if sum, err := r.job.Digest(b.contract.Source); err == nil {
				fmt.Fprintf(h, "%s\n", sum)
				continue
			}
		}
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

func (r *run) wrote(p string) bool { return r.job.Store.Sum(p) != "" }

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
	rows := make([]report.ManifestContract, 0, len(r.records))
	for _, rec := range r.records {
		rows = append(rows, r.choose(rec))
	}
	sorting.Stable(rows, func(a, b report.ManifestContract) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

// choose is what the next run must know of a contract. The next commit is compared with the contract of this run, unless that waits for a
// version, if all that its verdict depends on was checked, and its gate passed.
func (r *run) choose(rec *report.ContractRecord) report.ManifestContract {
	wide := func(n report.NotChecked) bool { return n.Contract == "" }
	if rec.Gated && r.contracts[rec.State.Name].outcome.Checked() && !slices.ContainsFunc(r.unchecked, wide) {
		return rec.Accepted
	}
	return rec.Kept
}

// row is what the next run must know of the contract, where this run accepts it and where it does not.
func (sc *stepContext) row(v *verdict, accepted bool) report.ManifestContract {
	name := sc.contract.Name
	row := report.ManifestContract{Name: name, Outcome: v.outcome.String(), HistoryLines: v.lines, Rotated: v.rotated, SHA256: sc.digestOf(publishedPath(name)),
		BaselineSHA256: sc.digestOf(baselinePath(name)), AcceptedSHA256: sc.job.State.Contracts[name].Accepted.SHA256}
	switch {
	case accepted && v.holds() && v.release != nil:
		row.AcceptedSHA256 = row.BaselineSHA256
	case accepted && !v.holds():
		row.AcceptedSHA256 = row.SHA256
	}
	sc.wait(&row, v, accepted)
	return row
}

// holds reports that the baseline stays until the version moves.
func (v *verdict) holds() bool { return v.waiting != nil && v.waiting.holds }

// digestOf is the digest of a file of this run; empty where it wrote none.
func (r *run) digestOf(p string) string { return r.job.Store.Sum(p) }

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
	return err == nil && s.RunID != sc.job.RunID && s.Contracts[sc.contract.Name].Published.SHA256 == doc.SHA256()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// ignoreAbsent is nil for what is not there.
func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
