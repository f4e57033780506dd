package pipeline

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/pkg/report"
)

// Selection is which contracts a run assesses itself. The zero value is all of them.
type Selection struct {
	Names   []string        // only these, beside those without a record
	Changed gitrepo.Changed // only those of which a file is no longer what their record was made from; nil: all
	Shard   int             // only those of this shard, from 1,
	Of      int             // of so many; 0 without shards
	Merged  bool            // none: each is in the folder of a shard
}

// take is what a run does with a contract.
type take int

const (
	assessIt take = iota
	keepIt        // the record of an earlier run, with the files that it names, stays as it is
	leaveIt       // another shard has it
)

// of decides about a contract, by the record that an earlier run left; nil where there is none that this version can read.
func (s Selection) of(name string, rec *report.ContractRecord) take {
	switch {
	case s.Merged, s.Of > 0 && ShardOf(name, s.Of) != s.Shard:
		return leaveIt
	case rec == nil, s.Of > 0:
		return assessIt
	case len(s.Names) > 0:
		if !slices.Contains(s.Names, name) {
			return keepIt
		}
	case s.Changed != nil && len(rec.Inputs) > 0 && !slices.ContainsFunc(rec.Inputs, func(in report.Input) bool { return s.Changed(in.Path, in.Blob) }) && settled(rec):
		return keepIt
	}
	return assessIt
}

// settled reports a contract of which a run would come to the verdict that the record has: nothing in it breaks or waits for a version, and no
// waiver can end. The run after a break finds that there is none any more.
func settled(rec *report.ContractRecord) bool {
	return len(rec.Kept.Pending) == 0 && (rec.Breaking == nil || rec.Breaking.Total+rec.Breaking.Waived == 0)
}

// Keeps reports a selection that asks for the records of earlier runs.
func (s Selection) Keeps() bool { return len(s.Names) > 0 || s.Changed != nil }

// Unknown are the selected names that the configuration does not have.
func (s Selection) Unknown(cfg config.Config) []string {
	return slices.DeleteFunc(slices.Clone(s.Names), func(name string) bool {
		return slices.ContainsFunc(cfg.Contracts, func(c config.Contract) bool { return c.Name == name })
	})
}

// ShardOf is the shard of a contract, from 1: the one with the highest digest together with its name. One shard more or less moves only the
// contracts of that shard, and one contract more or less moves no other.
func ShardOf(name string, of int) int {
	best, highest := 1, uint64(0)
	for i := 1; i <= of; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s", i, name))
		if v := binary.BigEndian.Uint64(sum[:]); v > highest {
			best, highest = i, v
		}
	}
	return best
}

// keptNotice says which contracts a run has not assessed.
func (r *run) keptNotice() string {
	kept := 0
	for _, rec := range r.records {
		if rec != nil {
			kept++
		}
	}
	if kept == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %s not assessed again: their files did not change, or --contract leaves them out", kept, count(len(r.records), "contract"))
}

// takeOver takes over the records of earlier runs that the selection keeps. Their files are listed as the manifests of that run list them; those
// that lie elsewhere are copied, and their pages built.
func (r *run) takeOver() error {
	gone := r.gone()
	for i := range r.job.Config.Contracts {
		name := r.job.Config.Contracts[i].Name
		kept, ok := r.job.State.Kept[name]
		if !ok {
			continue
		}
		r.records[i] = kept.Record
		for _, one := range kept.Copies {
			data, err := one.Bytes()
			if err == nil {
				err = r.job.Store.Carry(one.file, data)
			}
			if err != nil {
				return err
			}
		}
		r.job.Store.Adopt(kept.Files)
		if r.several() && (len(kept.Copies) > 0 || r.leadsTo(name, gone)) {
			if err := r.buildAgain(i); err != nil {
				return err
			}
		}
	}
	if text := r.keptNotice(); text != "" {
		r.notices = append(r.notices, text)
	}
	return nil
}

// buildAgain builds the pages of a contract that is taken over.
func (r *run) buildAgain(i int) error {
	r.job.Store.Begin("site")
	pages := (&stepContext{run: r}).source()
	pages.runs = r.linked
	if _, err := pages.contractPages(i, r.records[i]); err != nil {
		return err
	}
	r.job.Store.Begin("record") // which lists them
	err := pages.list(i, r.records[i])
	r.job.Store.Begin("state")
	return err
}

// gone are the runs whose pages this run takes away.
func (r *run) gone() []report.RunRecord {
	return slices.DeleteFunc(readRecords(r.job.Store.FS(), writtenPaths(r.job.Store)), func(one report.RunRecord) bool {
		return slices.ContainsFunc(r.linked, func(linked report.RunRecord) bool { return linked.ID == one.ID })
	})
}

// leadsTo reports whether the page of a contract leads to one of the runs.
func (r *run) leadsTo(name string, runs []report.RunRecord) bool {
	if len(runs) == 0 {
		return false
	}
	p := path.Join(Pages.Root, name, "index.html")
	page, err := artifact.Read(r.job.Store.FS(), p, artifact.Most(p))
	return err == nil && slices.ContainsFunc(runs, func(one report.RunRecord) bool { return bytes.Contains(page, []byte("runs/"+one.ID)) })
}

// Kept is what a run takes over of a contract.
type Kept struct {
	Record *report.ContractRecord
	Files  []report.ManifestFile // as the manifests list them
	Copies []Stored              // those that lie elsewhere
}

// owns reports whether a file of an output folder is one that the steps of the contract write.
func (sc *stepContext) owns(p string) bool {
	name := sc.contract.Name
	if !fs.ValidPath(p) || strings.ContainsAny(p, `\:`) { // on Windows they lead elsewhere
		return false
	}
	if p == publishedPath(name) || p == baselinePath(name) {
		return true
	}
	if sc.several() {
		return strings.HasPrefix(p, sc.folder+"/") || strings.HasPrefix(p, Pages.Root+"/"+name+"/")
	}
	return slices.Contains(contractFiles, p) || p == "status/"+sc.job.Config.Changelog.API
}
