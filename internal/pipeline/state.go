package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/report"
)

// State is what earlier runs left, read and checked once, before a run begins. The zero value is that of a project without earlier runs.
type State struct {
	SHA, RunID string // of the last run; empty where there was none
	Summary    *report.Summary
	Alerts     *report.AlertState
	Contracts  map[string]ContractState // by configured name; a contract that is not in it has no state
	Original   bool                     // the original system wrote it
	Elsewhere  bool                     // it is that of another folder: what the output folder remembers is forgotten
	Files      map[string][]byte        // what the next run carries on, by path in the output folder
	Kept       map[string]Kept          // contracts that the next run takes over as they are, by configured name
	moved      []moved                  // older lines of histories, which it carries on, too
	Partial    bool                     // single commands wrote the manifest, and no run: nothing in it passed or was counted
	Steps      []report.Step            // of the last run, or of the single commands
	Unfinished bool                     // the last run was killed after it had decided and before its files were whole
	LeftOut    []string                 // records of earlier runs that cannot be read: nothing depends on them, and they are removed
	Notices    []string                 // what was left out, and why
}

// ContractState is what earlier runs say about one contract.
type ContractState struct {
	Published    Stored                 // canonical JSON of the contract as the last run had it; none where that run had none
	Accepted     Stored                 // what the next commit is compared with; none where no run has accepted one yet
	Compared     Stored                 // what the last run compared with: a repeated run compares with the same
	Release      Stored                 // of the last release; none where no run has made a changelog
	HistoryLines int                    // readable lines that the history had at least
	Rotated      *report.RotatedHistory // what those of them come to that are not in the newest file; nil: read them

	VersionFrom                      string // where the version of the accepted contract was read from; empty is info
	AcceptedVersion, ComparedVersion string // what the versions of the two contracts are taken for; empty: what they say
	Pending                          []report.PendingBreak
	Refused, RefusedSince            string // the release tag that did not declare them, and the run that said so first
	Spent                            []report.AcceptedBreak
}

// StateError is the error of a previous state that cannot be used. Nothing has been written when it is returned.
type StateError struct {
	Outcome report.Outcome // BadInput: the configuration does not belong to it; WorkFailed: it is damaged or was written by a later version
	File    string         // below the folder of the state
	Msg     string
	Hint    string
	Err     error
}

func (e *StateError) Error() string {
	text := e.Msg
	if e.Err != nil {
		text = strings.TrimPrefix(strings.Join([]string{text, e.Err.Error()}, ": "), ": ")
	}
	if e.File == "" || strings.Contains(text, e.File) {
		return text
	}
	return e.File + ": " + text
}

func (e *StateError) Unwrap() error { return e.Err }

const damagedHint = "restore the file from an earlier commit of the branch or a copy of the folder; to give up the history and the baseline on purpose, remove the folder or branch"

func damaged(file, msg string, err error) *StateError {
	if known := (*StateError)(nil); errors.As(err, &known) { // whoever read the file knows better what is wrong with it
		return known
	}
	return &StateError{Outcome: report.WorkFailed, File: file, Msg: msg, Err: err, Hint: damagedHint}
}

// StateInput is where a previous state is read from, and for whom.
type StateInput struct {
	Config  config.Config
	Project string
	Former  string // another identity that the project may have had, before it had a remote
	// Read reads a file of the folder; its error is an fs.ErrNotExist where there is none. List lists the names in a folder below it;
	// none where it is not there.
	Read func(file string) ([]byte, error)
	List func(dir string) ([]string, error)
	// Selection is which contracts the next run assesses, and Version that of govctl: of the others it takes over the records.
	Selection Selection
	Version   string
	Policy    *Policy                          // the policy that does not count: a contract is not kept if the policies differ about it
	Size      func(file string) (int64, error) // of a file; nil: it is read
	// Renamed maps a configured contract to the name of its state, beside renamed_from.
	Renamed map[string]string
	// Required refuses what would be a first run.
	Required bool
	// Copied says that the files are to be carried into another folder. A history that stays where it is is not read into memory.
	Copied bool
	Open   func(file string) (fs.File, error) // for a folder in place
	// Journal is the note of a run that was killed in this folder; nil where there is none.
	Journal *artifact.Journal
}

// traces are the files by which a folder is recognised in which a run has written.
var traces = []string{artifact.SummaryPath, artifact.StabilityPath, artifact.HistoryPath}

// ReadState reads and checks what earlier runs left. Its error is a *StateError.
func ReadState(in StateInput) (State, error) {
	manifest, err := in.Read(artifact.ManifestPath)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return in.withoutManifest()
	case err != nil:
		return State{}, damaged(artifact.ManifestPath, "", err)
	}
	m, err := artifact.Parse[report.Manifest](artifact.ManifestPath, manifest)
	if err != nil {
		return State{}, damaged(artifact.ManifestPath, "", err)
	}
	if err := in.owned("", m.Project); err != nil {
		return State{}, err
	}
	partial := len(m.Steps) > 0 && !slices.ContainsFunc(m.Steps, func(s report.Step) bool { return s.Name == "summary" })
	files := make(map[string]report.ManifestFile, len(m.Files))
	for _, f := range m.Files {
		files[f.Path] = f
	}
	r := stateReader{in: in, manifest: m, files: files, state: State{Partial: partial, Steps: m.Steps, SHA: m.SHA, RunID: m.RunID, Unfinished: in.Journal != nil && in.Journal.SHA == m.SHA && in.Journal.RunID == m.RunID, Contracts: map[string]ContractState{}, Kept: map[string]Kept{}, Files: map[string][]byte{artifact.ManifestPath: manifest}}}
	return r.read()
}

// owned refuses what another project wrote. Files of older versions name none.
func (in *StateInput) owned(file, project string) error {
	if project == "" || project == in.Project || project == in.Former {
		return nil
	}
	what := "the folder"
	if file != "" {
		what = "the file"
	}
	return &StateError{Outcome: report.BadInput, File: file, Msg: fmt.Sprintf("%s belongs to the project %q, this is %q", what, project, in.Project),
		Hint: "give each project its own folder with publish.folder; after a rename, take the folder over with govctl publish --adopt, or keep the name with project:"}
}

// stateReader reads the state that a manifest describes.
type stateReader struct {
	in       StateInput
	manifest report.Manifest
	files    map[string]report.ManifestFile // of the manifest, by path
	state    State
}

func (r *stateReader) read() (State, error) {
	for _, step := range []func() error{r.summary, r.contracts, r.alerts, r.histories, r.apiLogs, r.others} {
		if err := step(); err != nil {
			return State{}, err
		}
	}
	return r.state, nil
}

func (r *stateReader) listed(p string) (report.ManifestFile, bool) {
	f, ok := r.files[p]
	return f, ok
}

// file reads a file of the state; nil where there is none and the manifest lists none.
func (r *stateReader) file(p string) ([]byte, error) {
	b, err := r.in.Read(p)
	switch {
	case err == nil:
		r.state.Files[p] = b
		return b, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, damaged(p, "", err)
	}
	return nil, r.missing(p)
}

func (r *stateReader) summary() error {
	b, err := r.file(artifact.SummaryPath)
	if err != nil || b == nil {
		return err
	}
	s, err := artifact.Parse[report.Summary](artifact.SummaryPath, b)
	if err != nil {
		return damaged(artifact.SummaryPath, "", err)
	}
	r.state.Summary = &s
	return r.in.owned(artifact.SummaryPath, s.Project)
}

// optional reads a file; nil where there is none. An empty file is there.
func (r *stateReader) optional(p string) ([]byte, error) {
	b, err := r.in.Read(p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, damaged(p, "", err)
	}
	if b == nil {
		b = []byte{}
	}
	return b, nil
}

func (r *stateReader) alerts() error {
	b, err := r.file(artifact.AlertStatePath)
	if err != nil || b == nil {
		return err
	}
	s, err := artifact.Parse[report.AlertState](artifact.AlertStatePath, b)
	if err != nil {
		return damaged(artifact.AlertStatePath, "", err)
	}
	r.state.Alerts = &s
	return r.in.owned(artifact.AlertStatePath, s.Project)
}

// missing is the error of a file that is not there, where the manifest lists it.
func (r *stateReader) missing(p string) error {
	if _, listed := r.listed(p); listed {
		return damaged(p, "the file is listed in "+artifact.ManifestPath+" and is missing", nil)
	}
	return nil
}

// continued are further files that the next run reads or continues, with what must be true of them.
var continued = []struct {
	path  string
	check func([]byte) error
}{
	{artifact.SnapshotsPath, func(b []byte) error { _, err := parseSnapshots(b); return err }},
	{artifact.AlertLogPath, nil},
	{artifact.FiguresPath, nil},    // a line that cannot be read counts for nothing
	{artifact.DeliveriesPath, nil}, // a line that cannot be read is named by the command that sends
}

func (r *stateReader) others() error {
	for _, c := range continued {
		b, err := r.file(c.path)
		if err != nil {
			return err
		}
		if b == nil || c.check == nil {
			continue
		}
		if err := c.check(b); err != nil {
			return damaged(c.path, "", err)
		}
	}
	if err := r.evidence(); err != nil {
		return err
	}
	for _, f := range r.manifest.Files {
		if !strings.HasPrefix(f.Path, dayFolder+"/") {
			continue
		}
		if !fs.ValidPath(f.Path) {
			return damaged(artifact.ManifestPath, fmt.Sprintf("it lists %q, which is outside the folder", f.Path), nil)
		}
		if _, err := r.file(f.Path); err != nil {
			return err
		}
	}
	r.records()
	return nil
}

// measuredElsewhere reports whether commands of evidence write a file, and not a run.
func measuredElsewhere(p string) bool {
	return path.Dir(p) == artifact.EvidenceDir && path.Ext(p) == ".json" || p == artifact.MetricsContract
}

// evidence takes over what commands of evidence measured for the last run: nightly evidence counts for later commits, too, and metrics are
// compared with the accepted ones. They are no memory of the run, so that one that is gone is no damage.
func (r *stateReader) evidence() error {
	for _, f := range r.manifest.Files {
		if !measuredElsewhere(f.Path) || !fs.ValidPath(f.Path) {
			continue
		}
		b, err := r.optional(f.Path)
		if err != nil {
			return err
		}
		if b != nil {
			r.state.Files[f.Path] = b
		}
	}
	return nil
}

func digest(b []byte) string {
	if b == nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
