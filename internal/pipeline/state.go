package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/stability"
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

// contracts finds the state of each configured contract.
func (r *stateReader) contracts() error {
	rows, err := r.rows()
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	var fresh []string
	for _, c := range r.in.Config.Contracts {
		row, ok := r.row(rows, c)
		if !ok {
			fresh = append(fresh, c.Name)
			continue
		}
		taken[row.Name] = true
		if r.state.Contracts[c.Name], err = r.known(c, row); err != nil {
			return err
		}
	}
	var left []string
	for name := range rows {
		if !taken[name] {
			left = append(left, name)
		}
	}
	slices.Sort(left)
	return r.in.orphans(fresh, left)
}

// known is the state of a contract: with the copies of it, where the next run assesses it.
func (r *stateReader) known(c config.Contract, row report.ManifestContract) (ContractState, error) {
	var rec *report.ContractRecord
	if r.in.Selection.Keeps() && row.Name == c.Name {
		if rec = r.keptRecord(c, row); rec != nil && r.in.Selection.Changed != nil {
			if settings, err := settingsOf(r.in.Config, c); err != nil || rec.Settings != settings {
				rec = nil
			}
		}
	}
	switch r.in.Selection.of(c.Name, rec) {
	case assessIt:
		return r.contract(row, c.Baseline == "")
	case keepIt:
		if kept, ok := r.kept(rec); ok {
			r.state.Kept[c.Name] = kept
			break
		}
		return r.contract(row, c.Baseline == "")
	}
	s := stateOfRow(row)
	s.Published, s.Accepted, s.Compared = Stored{SHA256: row.SHA256}, Stored{SHA256: row.AcceptedSHA256}, Stored{SHA256: row.BaselineSHA256}
	return s, nil
}

// keptRecord is the record of a contract; nil where there is none, or where this version of govctl did not make it for this project.
func (r *stateReader) keptRecord(c config.Contract, row report.ManifestContract) *report.ContractRecord {
	p := contractFile(r.in.Config, c.Name, recordFile)
	f, listed := r.listed(p)
	b, err := r.in.Read(p)
	if err != nil || !listed || digest(b) != f.SHA256 {
		return nil
	}
	var rec report.ContractRecord
	if json.Unmarshal(b, &rec) != nil || rec.Schema != contractRecordSchema || rec.Govctl != r.in.Version || rec.Project != r.in.Project || rec.State.Name != c.Name {
		return nil
	}
	rec.Accepted, rec.Kept = row, row
	return &rec
}

// kept are the files of a contract that is taken over; false where one of them is not listed.
func (r *stateReader) kept(rec *report.ContractRecord) (Kept, bool) {
	k := Kept{Record: rec}
	add := func(p string) bool {
		f, ok := r.listed(p)
		if ok {
			k.Files = append(k.Files, f)
		}
		return ok
	}
	for _, f := range rec.Files {
		page := strings.HasPrefix(f.Path, Pages.Root+"/")
		switch {
		case page && !r.in.Copied: // the record, which the manifest lists, has their digests
			k.Files = append(k.Files, f)
		case page || !integrity.Coverable(integrity.Folder, f.Path): // pages that lie elsewhere are built again; a history is checked as every history
		case !add(f.Path):
			return k, false
		}
	}
	add(acceptedPath(rec.State.Name))
	if !add(contractFile(r.in.Config, rec.State.Name, recordFile)) {
		return k, false
	}
	if r.in.Copied {
		for _, f := range k.Files {
			k.Copies = append(k.Copies, Stored{SHA256: f.SHA256, file: f.Path, read: func() ([]byte, error) { return r.in.Read(f.Path) }})
		}
	}
	return k, true
}

// row is what the manifest says of a contract, under the name that it had there.
func (r *stateReader) row(rows map[string]report.ManifestContract, c config.Contract) (report.ManifestContract, bool) {
	for _, name := range []string{c.Name, c.RenamedFrom, r.in.Renamed[c.Name]} {
		if row, ok := rows[name]; ok && name != "" {
			return row, true
		}
	}
	return report.ManifestContract{}, false
}

// orphans evaluates configured contracts without a state beside states without a configured contract.
func (in *StateInput) orphans(fresh, left []string) error {
	switch {
	case len(fresh) == 1 && len(left) == 1 && len(in.Config.Contracts) == 1:
		return &StateError{Outcome: report.BadInput, Msg: fmt.Sprintf("no state of the contract %q: the folder has the contract %q", fresh[0], left[0]),
			Hint: fmt.Sprintf("contract.name: %s continues its state; after a rename, keep the new name and set contract.renamed_from: %s", left[0], left[0])}
	case in.Required && len(fresh) > 0 && len(left) > 0:
		return &StateError{Outcome: report.WorkFailed, Msg: fmt.Sprintf("no state of %s, while the state of %s has no contract any more (--require-state)", strings.Join(fresh, ", "), strings.Join(left, ", ")),
			Hint: "set renamed_from where a contract was renamed; run once without --require-state where one was replaced"}
	}
	return nil
}

// rows are the contracts of the manifest. Versions that did not list them left the same facts in the list of files and in the step of the
// gate.
func (r *stateReader) rows() (map[string]report.ManifestContract, error) {
	rows := map[string]report.ManifestContract{}
	for _, c := range r.manifest.Contracts {
		rows[c.Name] = c
	}
	if len(rows) > 0 {
		return rows, nil
	}
	for _, f := range r.manifest.Files {
		name, ok := contractName(f.Path)
		if !ok {
			continue
		}
		row, err := r.derived(name, f.SHA256)
		if err != nil {
			return nil, err
		}
		rows[name] = row
	}
	for _, f := range r.manifest.Files { // a run that could not read the contract listed only what it compared with
		name, ok := strings.CutSuffix(strings.TrimPrefix(f.Path, "schemas/"), "-baseline.json")
		if _, known := rows[name]; !ok || known || baselinePath(name) != f.Path {
			continue
		}
		row, err := r.derived(name, "")
		if err != nil {
			return nil, err
		}
		rows[name] = row
	}
	return rows, nil
}

func contractName(p string) (string, bool) {
	dir, file := path.Split(p)
	name, ok := strings.CutSuffix(file, ".json")
	return name, ok && dir == "schemas/" && !strings.HasSuffix(name, "-baseline") && !strings.HasSuffix(name, "-accepted")
}

// derived is the row of a contract as an older manifest implies it.
func (r *stateReader) derived(name, sum string) (report.ManifestContract, error) {
	row := report.ManifestContract{Name: name, SHA256: sum, Outcome: report.GateFailed.String()}
	if kept, ok := r.listed(baselinePath(name)); ok {
		row.BaselineSHA256 = kept.SHA256
	}
	row.AcceptedSHA256 = row.BaselineSHA256
	steps := r.manifest.Steps
	if len(steps) == 0 {
		if r.state.Summary == nil {
			return row, damaged(artifact.SummaryPath, "the file is missing, so it is unknown whether the last run passed its gate", nil)
		}
		steps = r.state.Summary.Steps
	}
	for _, s := range steps {
		if s.Name != "gate" && s.Name != "gate "+name {
			continue
		}
		if s.Status == "ok" {
			row.Outcome, row.AcceptedSHA256 = report.Passed.String(), sum
		}
		return row, nil
	}
	return row, damaged(artifact.ManifestPath, fmt.Sprintf("no step reports the gate result of the contract %q", name), nil)
}

// contract finds the bytes for the digests of a row, in the published contract or in what is kept beside it: a run that was killed may have
// replaced one of them, but never the last copy of what was accepted.
func (r *stateReader) contract(row report.ManifestContract, needed bool) (ContractState, error) {
	s := stateOfRow(row)
	var copies []Stored // in the order of their names below, as far as they were looked at
	names := []string{publishedPath(row.Name), baselinePath(row.Name), acceptedPath(row.Name)}
	find := func(sum string) (Stored, error) {
		for i, name := range names {
			if i == len(copies) {
				one, err := r.copyAt(name)
				if err != nil {
					return Stored{}, err
				}
				copies = append(copies, one)
			}
			if copies[i].SHA256 == sum {
				return copies[i], nil
			}
		}
		return Stored{}, nil
	}
	for _, want := range []struct {
		digest string
		to     *Stored
		must   bool
	}{{row.AcceptedSHA256, &s.Accepted, needed}, {row.BaselineSHA256, &s.Compared, false}, {row.SHA256, &s.Published, false}} {
		if want.digest == "" {
			continue
		}
		one, err := find(want.digest)
		if err != nil {
			return s, err
		}
		if *want.to = one; !one.Exists() && want.must {
			return s, damaged(names[0], fmt.Sprintf("no file has the digest %.12s that %s gives for the baseline of the contract", want.digest, artifact.ManifestPath), nil)
		}
	}
	return s, nil
}

func stateOfRow(row report.ManifestContract) ContractState {
	return ContractState{HistoryLines: row.HistoryLines, Rotated: row.Rotated, VersionFrom: row.VersionFrom, AcceptedVersion: row.AcceptedVersion, ComparedVersion: row.BaselineVersion,
		Pending: row.Pending, Refused: row.RefusedVersion, RefusedSince: row.RefusedSince, Spent: row.Spent}
}

// copyAt is a copy of a contract, if there is one. It is read twice rather than kept: the first time for its digest.
func (r *stateReader) copyAt(p string) (Stored, error) {
	if r.in.Copied {
		b, err := r.optional(p)
		if err != nil || b == nil {
			return Stored{}, err
		}
		return r.storedAt(p, digest(b), len(b)), nil
	}
	f, err := r.in.Open(p)
	if errors.Is(err, fs.ErrNotExist) {
		return Stored{}, nil
	}
	if err != nil {
		return Stored{}, damaged(p, "", err)
	}
	most := artifact.Most(p)
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, most+1))
	if err == nil && n > most {
		err = fmt.Errorf("read %s: larger than %d bytes", p, most)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return Stored{}, damaged(p, "", err)
	}
	return r.storedAt(p, hex.EncodeToString(h.Sum(nil)), int(n)), nil
}

// storedAt is a file that was read for its digest.
func (r *stateReader) storedAt(p, sum string, size int) Stored {
	return Stored{SHA256: sum, Size: size, file: p, placed: !r.in.Copied, read: func() ([]byte, error) { return r.in.Read(p) }}
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

// release is the contract of the last release: a copy that has its digest, else the one that earlier versions kept without naming it.
func (r *stateReader) release(c config.Contract, s ContractState, sum string) (Stored, error) {
	for _, known := range []Stored{s.Compared, s.Accepted, s.Published} {
		if sum != "" && known.SHA256 == sum {
			return known, nil
		}
	}
	for _, p := range r.places(c, apiReleaseFile) {
		one, err := r.copyAt(p)
		if err == nil && !one.Exists() {
			err = r.missing(p)
		}
		if err != nil || one.Exists() {
			return one, err
		}
	}
	return Stored{}, nil
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

func publishedPath(name string) string { return "schemas/" + name + ".json" }
func baselinePath(name string) string  { return "schemas/" + name + "-baseline.json" }
func acceptedPath(name string) string  { return "schemas/" + name + "-accepted.json" }

// contractFile is where a file of the table in names.go is for a contract.
func contractFile(c config.Config, name, p string) string {
	if len(c.Contracts) > 1 {
		return path.Join("status", name, path.Base(p))
	}
	return p
}

func digest(b []byte) string {
	if b == nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
