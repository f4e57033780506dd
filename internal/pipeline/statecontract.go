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
	"github.com/romel/govctl/pkg/report"
)

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
	if p := r.in.Policy; p != nil && rec != nil && !p.same(r.in.Config, c) {
		rec = nil
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

func publishedPath(name string) string { return "schemas/" + name + ".json" }

func baselinePath(name string) string { return "schemas/" + name + "-baseline.json" }

func acceptedPath(name string) string { return "schemas/" + name + "-accepted.json" }

// contractFile is where a file of the table in names.go is for a contract.
func contractFile(c config.Config, name, p string) string {
	if len(c.Contracts) > 1 {
		return path.Join("status", name, path.Base(p))
	}
	return p
}
