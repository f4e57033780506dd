package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

const shardSchema = "govctl/shard/v1"

// shardPath is the file of a shard.
func shardPath(i, of int) string { return fmt.Sprintf("%s/%d-of-%d.json", artifact.ShardsDir, i, of) }

// maxShard bounds the file of a shard, and maxRecordOfContract the record of a contract, in bytes.
const maxShard, maxRecordOfContract = 64 << 20, 16 << 20

// RunShard assesses the contracts of a shard and leaves the rest of the run to Merge. Its result has no summary: a part has no verdict.
func RunShard(ctx context.Context, j *Job) (Result, error) {
	r := newRun(j)
	if err := r.forgetShards(); err != nil {
		return Result{}, err
	}
	if err := r.begin(ctx); err != nil {
		return Result{}, err
	}
	if err := r.assessAll(ctx); err != nil {
		return Result{}, err
	}
	r.enterAll()
	j.Store.Begin("shard")
	sum, err := ConfigSum(j.Config)
	if err != nil {
		return Result{}, err
	}
	s := report.Shard{Schema: shardSchema, Shard: j.Selection.Shard, Of: j.Selection.Of, GeneratedAt: report.At(j.Now), SHA: j.SHA, RunID: j.RunID, Project: j.Project,
		Govctl: j.Version, ConfigSHA256: sum, Policy: j.Policy.base(), Worst: r.worst.String(), Contracts: []report.ShardContract{}}
	gates, err := (&stepContext{run: r}).checkGates(ctx)
	if err != nil {
		return Result{}, err
	}
	for i, rec := range r.records {
		if rec == nil {
			continue
		}
		row := report.ShardContract{Name: rec.State.Name, SHA256: r.digestOf(r.stepContext(i).path(recordFile)), Accepted: rec.Accepted, Kept: rec.Kept}
		if gate, ok := gates[rec.State.Name]; ok {
			row.Policy = &gate
		}
		s.Contracts = append(s.Contracts, row)
	}
	if err := j.Store.Sync(); err != nil { // what the file of the shard names must outlive it
		return Result{}, err
	}
	err = j.Store.JSON(shardPath(s.Shard, s.Of), s)
	return Result{Steps: r.steps, Worst: r.worst, Notices: r.notices, Hints: r.hints, Details: r.details, SHA: j.SHA, RunID: j.RunID, Assessed: len(s.Contracts)}, err
}

// forgetShards removes the files of shards that earlier runs left in the folder: a part that is killed must not have one.
func (r *run) forgetShards() error {
	names, err := fs.Glob(r.job.Store.FS(), artifact.ShardsDir+"/*.json")
	for _, p := range names {
		err = errors.Join(err, r.job.Store.Remove(p))
	}
	return err
}

// ConfigSum is a digest of a configuration, by which parts of a run are recognised as those of the same one.
func ConfigSum(cfg config.Config) (string, error) {
	b, err := json.Marshal(cfg, json.Deterministic(true))
	if err != nil {
		return "", err
	}
	return digest(b), nil
}

// ShardFolder is a folder with what one or more shards have written.
type ShardFolder struct {
	Name  string
	Files fs.FS
	Own   bool // it is the output folder
}

// shardHint is what to do about parts that do not make a whole.
const shardHint = "run every shard of this run again that is missing or from another run, and give --merge the folder of each once"

func refusedShard(folder, format string, args ...any) error {
	return &StateError{Outcome: report.WorkFailed, File: folder, Msg: fmt.Sprintf(format, args...), Hint: shardHint}
}

// part is the work of one shard.
type part struct {
	report.Shard
	folder ShardFolder
	file   string
}

// Merge does the rest of a run over the contracts that its shards have assessed. It refuses parts of other runs, and parts that do not have every
// contract of the configuration once. The folder is then as a run without shards leaves it. Its error is a *StateError where parts are refused.
func Merge(ctx context.Context, j *Job, folders []ShardFolder) (Result, error) {
	parts, err := readParts(folders)
	if err != nil {
		return Result{}, err
	}
	if err := j.belong(parts); err != nil {
		return Result{}, err
	}
	from, err := assigned(j.Config, parts)
	if err != nil {
		return Result{}, err
	}
	r := newRun(j)
	for i := range from {
		if err := r.check(i, &from[i]); err != nil {
			return Result{}, err
		}
	}
	if slices.ContainsFunc(folders, func(f ShardFolder) bool { return f.Own }) {
		j.State.Elsewhere = false // what the folder has is from there already, or of this run
	}
	if err := r.begin(ctx); err != nil {
		return Result{}, err
	}
	j.Store.Begin("merge")
	for i := range from {
		if err := r.fetch(i, &from[i]); err != nil {
			return Result{}, err
		}
	}
	return r.whole(ctx)
}

// readParts reads the files of the shards.
func readParts(folders []ShardFolder) ([]part, error) {
	var parts []part
	for _, f := range folders {
		names, err := fs.Glob(f.Files, artifact.ShardsDir+"/*.json")
		if err == nil && len(names) == 0 {
			return nil, refusedShard(f.Name, "there is no file of a shard in %s: the part was not run to its end, or is another folder", artifact.ShardsDir)
		}
		for _, name := range names {
			p := part{folder: f, file: path.Join(f.Name, name)}
			b, rerr := artifact.Read(f.Files, name, maxShard)
			if err = errors.Join(err, rerr); err == nil {
				err = json.Unmarshal(b, &p.Shard)
			}
			if err != nil || p.Schema != shardSchema || p.Shard.Shard < 1 || p.Shard.Shard > p.Of {
				return nil, refusedShard(p.file, "it is not the file of a shard of this version of govctl")
			}
			parts = append(parts, p)
		}
	}
	return parts, nil
}

// belong refuses parts of another run, and a number of them that is not whole.
func (j *Job) belong(parts []part) error {
	sum, err := ConfigSum(j.Config)
	if err != nil {
		return err
	}
	seen := map[int]string{}
	of := parts[0].Of
	for i := range parts {
		p := &parts[i]
		for _, row := range []struct{ what, got, want string }{
			{"commit", p.SHA, j.SHA}, {"run id", p.RunID, j.RunID}, {"project", p.Project, j.Project}, {"version of govctl", p.Govctl, j.Version},
			{"configuration", p.ConfigSHA256, sum}, {"base of --policy", p.Policy, j.Policy.base()}, {"number of shards", fmt.Sprint(p.Of), fmt.Sprint(of)},
		} {
			if row.got != row.want {
				return refusedShard(p.file, "it has another %s: %.40q, this is %.40q", row.what, row.got, row.want)
			}
		}
		if other, twice := seen[p.Shard.Shard]; twice {
			return refusedShard(p.file, "shard %d of %d is in %s, too", p.Shard.Shard, of, other)
		}
		seen[p.Shard.Shard] = p.file
	}
	var missing []string
	for i := 1; i <= of && len(missing) < 20; i++ {
		if seen[i] == "" {
			missing = append(missing, fmt.Sprint(i))
		}
	}
	if len(missing) > 0 {
		return refusedShard("", "shard %s of %d is missing", strings.Join(missing, ", "), of)
	}
	return nil
}

// source is where a contract is taken from.
type source struct {
	part  *part
	row   report.ShardContract
	rec   *report.ContractRecord
	files []report.ManifestFile // that its record lists, with the record, by path
}

// assigned is the part of each contract of the configuration, which must be in one of them once.
func assigned(cfg config.Config, parts []part) ([]source, error) {
	from := make([]source, len(cfg.Contracts))
	for i := range parts {
		for _, row := range parts[i].Contracts {
			at := slices.IndexFunc(cfg.Contracts, func(c config.Contract) bool { return c.Name == row.Name })
			if at < 0 {
				return nil, refusedShard(parts[i].file, "the configuration has no contract %.60q", row.Name)
			}
			if other := from[at].part; other != nil {
				return nil, refusedShard(parts[i].file, "the contract %q is in %s, too", row.Name, other.file)
			}
			if row.Accepted.Name != row.Name || row.Kept.Name != row.Name {
				return nil, refusedShard(parts[i].file, "what it says of the contract %q is about another one", row.Name)
			}
			from[at] = source{part: &parts[i], row: row}
		}
	}
	for i := range from {
		if from[i].part == nil {
			return nil, refusedShard("", "no shard has the contract %q", cfg.Contracts[i].Name)
		}
	}
	return from, nil
}

// check reads the record of a contract and every file that the merge takes over, before anything is written: a part that is refused leaves the
// folder as it was.
func (r *run) check(i int, from *source) error {
	sc := r.stepContext(i)
	p := sc.path(recordFile)
	b, err := from.read(p, from.row.SHA256, maxRecordOfContract)
	if err != nil {
		return err
	}
	var rec report.ContractRecord
	if err := json.Unmarshal(b, &rec); err != nil || rec.Schema != contractRecordSchema || rec.State.Name != from.row.Name || !r.made(&rec) {
		return refusedShard(from.part.file, "%s is not the record of this run about the contract %q", p, from.row.Name)
	}
	paths := []string{}
	for _, f := range rec.Files {
		paths = append(paths, f.Path)
	}
	for _, one := range rec.Badges {
		paths = append(paths, one.Path)
	}
	for _, file := range paths {
		if !sc.owns(file) {
			return refusedShard(from.part.file, "the record of %q lists %.100q, which is not a file of the contract", from.row.Name, file)
		}
	}
	from.files = append(rec.Files, report.ManifestFile{Path: p, SHA256: from.row.SHA256, Size: int64(len(b)), MediaType: artifact.MediaType(p), Step: "record"})
	if sum := sc.acceptedOf(from.row.Kept); sum != "" {
		p := acceptedPath(from.row.Name) // first: no merge that fails or is killed may lose the last copy
		from.files = append([]report.ManifestFile{{Path: p, SHA256: sum, Size: artifact.Most(p), Step: "state"}}, from.files...)
	}
	for _, f := range from.files {
		if _, err := from.read(f.Path, f.SHA256, f.Size); err != nil {
			return err
		}
	}
	rec.Accepted, rec.Kept = from.row.Accepted, from.row.Kept
	from.rec = &rec
	return nil
}

// acceptedOf is the digest of the accepted contract, where it is neither that of the run nor the one that it was compared with; empty where no
// run keeps what it accepts.
func (sc *stepContext) acceptedOf(row report.ManifestContract) string {
	if sc.contract.Baseline != "" || row.AcceptedSHA256 == row.SHA256 || row.AcceptedSHA256 == row.BaselineSHA256 {
		return ""
	}
	return row.AcceptedSHA256
}

// fetch takes over what the shard has written of a contract.
func (r *run) fetch(i int, from *source) error {
	sc := r.stepContext(i)
	r.records[i] = from.rec
	if gate := from.row.Policy; gate != nil {
		r.gates[gate.Contract] = *gate
	}
	for _, f := range from.files {
		b, err := from.read(f.Path, f.SHA256, f.Size)
		if err == nil {
			err = r.job.Store.Carry(f.Path, b)
		}
		if err != nil {
			return err
		}
		f.Size = int64(len(b))
		if f.MediaType == "" {
			f.MediaType = artifact.MediaType(f.Path)
		}
		r.job.Store.Adopt([]report.ManifestFile{f})
	}
	return errors.Join(r.fetchOlder(from, path.Dir(sc.path(recordFile))), sc.clearOlder())
}

// clearOlder removes what earlier runs have left of the contract and this one has not written, as its steps do.
func (sc *stepContext) clearOlder() error {
	var older []string
	if sc.contract.Baseline == "" {
		older = append(older, acceptedPath(sc.contract.Name))
	}
	for _, s := range steps {
		for _, p := range s.makes {
			if !s.once {
				older = append(older, sc.path(p))
			}
		}
	}
	if sc.several() {
		for _, pattern := range []string{"/*.json", "/*.jsonl", "/api-changelog/*.html"} {
			pages, err := fs.Glob(sc.job.Store.FS(), path.Join(Pages.Root, sc.contract.Name)+pattern)
			if err != nil {
				return err
			}
			older = append(older, pages...)
		}
	}
	var errs []error
	for _, p := range older {
		if !sc.wrote(p) {
			errs = append(errs, sc.job.Store.Remove(p))
		}
	}
	return errors.Join(errs...)
}

// fetchOlder copies the files with older lines of the history, which grow and are in no list.
func (r *run) fetchOlder(from *source, dir string) error {
	entries, err := fs.ReadDir(from.part.folder.Files, dir)
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		if err != nil || !stability.Older(e.Name()) {
			continue
		}
		var b []byte
		if b, err = artifact.Read(from.part.folder.Files, p, artifact.Most(p)); err == nil {
			err = r.job.Store.Carry(p, b)
		}
	}
	return err
}

// read reads a file of the part, which must be what the part says.
func (s *source) read(p, sum string, most int64) ([]byte, error) {
	b, err := artifact.Read(s.part.folder.Files, p, most)
	if err == nil && b == nil {
		b = []byte{}
	}
	if err == nil && digest(b) != sum {
		err = errors.New("it is not what the shard has written")
	}
	if err != nil {
		return nil, &StateError{Outcome: report.WorkFailed, File: path.Join(s.part.folder.Name, p), Msg: "", Err: err, Hint: shardHint}
	}
	return b, nil
}
