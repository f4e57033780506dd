package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/config"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// run is the bookkeeping of one Run: which step ended how. It carries no results from step to step; those are files.
type run struct {
	job       *Job
	docs      map[string]loaded // contracts read so far, so that a cmd: source runs once
	start     baselines
	previous  string            // commit of the last run; empty for a first one
	again     bool              // the commit is that of the last run, which had another identity
	published map[string]string // digest of each contract as the last run published it
	steps     []report.Step
	hints     map[string]string
	worst     Class
	repairs   []string
	final     report.Summary
	last      *report.Summary // of the run before; nil where there was none
}

type loaded struct {
	doc *contract.Document
	err error
}

// bench is the place at which a step works: one contract of the run, or the run as a whole.
type bench struct {
	*run
	contract *config.Contract // nil in steps for the whole run
	folder   string           // of the contract's status files: "status", or "status/NAME" among several
	note     string           // what the step has to say when it went well
}

func (r *run) bench(i int) *bench {
	c := &r.job.Config.Contracts[i]
	folder := "status"
	if len(r.job.Config.Contracts) > 1 {
		folder = path.Join(folder, c.Name)
	}
	return &bench{run: r, contract: c, folder: folder}
}

// benches are the contracts of the run.
func (r *run) benches() []*bench {
	all := make([]*bench, len(r.job.Config.Contracts))
	for i := range all {
		all[i] = r.bench(i)
	}
	return all
}

// places are where a step works: each contract, or once for the whole run.
func (r *run) places(s step) []*bench {
	if s.once {
		return []*bench{{run: r}}
	}
	return r.benches()
}

// path is where a file of the table in names.go lies for this bench.
func (b *bench) path(p string) string {
	if b.contract == nil {
		return p
	}
	return path.Join(b.folder, path.Base(p))
}

// document is the contract as it is now; it is read once.
func (b *bench) document(ctx context.Context) (*contract.Document, error) {
	l, ok := b.docs[b.contract.Name]
	if !ok {
		l.doc, l.err = b.load(ctx)
		b.docs[b.contract.Name] = l
	}
	return l.doc, l.err
}

func (b *bench) load(ctx context.Context) (*contract.Document, error) {
	if b.contract.Source == "" {
		return nil, &contract.Error{Place: report.Place{File: config.File}, Msg: "contract.source is not set", Hint: "name the OpenAPI document, like `source: api/openapi.yaml`"}
	}
	return b.job.Load(ctx, b.contract.Source, *b.contract)
}

// begin settles who this run is and what it compares with, and writes that down before anything else is touched.
func (r *run) begin(ctx context.Context) error {
	if r.job.SHA == "" {
		r.job.SHA = UnknownSHA
	}
	if r.job.RunID == "" {
		r.job.RunID = r.derivedID(ctx)
	}
	r.repairs = describe(r.job.Found)
	if s, err := artifact.Load[report.Summary](r.job.Store.FS(), artifact.SummaryPath); err == nil {
		r.last = &s // one that cannot be read is written anew by this run
	}
	var err error
	if r.start, err = r.findBaselines(); err != nil {
		return err
	}
	if err := r.job.Store.Journal(artifact.Journal{SHA: r.job.SHA, RunID: r.job.RunID, Baselines: r.start.digests()}); err != nil {
		return err
	}
	r.job.Store.Begin("export")
	return r.start.save(r.job.Store)
}

// derivedID is an identity for runs outside CI: the same inputs at the same time are the same run.
func (r *run) derivedID(ctx context.Context) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n", r.job.SHA, r.job.Now.Unix())
	for _, b := range r.benches() {
		doc, err := b.document(ctx)
		if err != nil {
			fmt.Fprintf(h, "%s\n", err)
			continue
		}
		fmt.Fprintf(h, "%s\n", doc.SHA256())
	}
	return "local-" + hex.EncodeToString(h.Sum(nil))[:12]
}

// describe says what an interrupted run left behind.
func describe(f artifact.Found) []string {
	var lines []string
	if f.Journal != nil {
		lines = append(lines, fmt.Sprintf("the run of commit %s did not come to its end; its baseline is used again", f.Journal.SHA))
	}
	if n := len(f.Temporary); n > 0 {
		lines = append(lines, fmt.Sprintf("removed %d half-written file(s): %s", n, strings.Join(f.Temporary, ", ")))
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

// end lists every file of the run.
func (r *run) end() error {
	r.job.Store.Begin("manifest")
	return r.job.Store.JSON(artifact.ManifestPath, report.Manifest{
		Schema: "govctl/manifest/v1", GeneratedAt: report.At(r.job.Now), SHA: r.job.SHA, RunID: r.job.RunID,
		Govctl: r.job.Version, Files: r.job.Store.Written(), Steps: r.steps,
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
			return nil, false, &contract.Error{Place: j.Config.KeyPlace(key), Msg: fmt.Sprintf("there is no file %q", name), Hint: "correct the path, or take the key out", Err: err}
		}
		return nil, false, nil
	}
	return b, err == nil, err
}

// refresh reports a run that has nothing new to count: the commit and the contract are those of the last run.
func (b *bench) refresh(ctx context.Context) bool {
	doc, err := b.document(ctx)
	return err == nil && b.again && b.published[b.contract.Name] == doc.SHA256()
}
