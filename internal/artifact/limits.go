package artifact

import (
	"fmt"
	"path"

	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Limit is a row of the table of limits: how many bytes a file of the output folder may have. Whoever writes one checks it before, so
// that every file that a run leaves behind is one that the next run reads.
type Limit struct {
	Path string // as in the table of files; empty: every other file
	Most int64
}

// Limits is the table; the first row that matches counts. It is a variable so that tests can lower it.
var Limits = []Limit{
	{EvidenceDir + "/*.json", 16 << 20},
	{ChecksumsPath, 64 << 20},
	{"site/checksums.json", 64 << 20},
	{SignaturePath, 64 << 20},
	{DeliveriesPath, 64 << 20},
	{HistoryPath, 1 << 30}, // of versions that kept all lines in it; HistoryBound is what a run leaves
	{"", int64(contract.ReadBack().MaxBytes)},
}

// HistoryBound is how many bytes of lines a history keeps in one file; of a longer one the oldest lines are moved to files beside it. It is
// a variable so that tests can lower it.
var HistoryBound int64 = 32 << 20

// Most is how many bytes a file of the output folder may have.
func Most(p string) int64 {
	for _, l := range Limits {
		if l.Path == "" || match(l.Path, p) {
			return l.Most
		}
	}
	return 0
}

// fits refuses a file before it is written that nobody would read.
func fits(p string, size int64) error {
	if most := Most(p); size > most {
		return TooLarge(p, size, most)
	}
	return nil
}

// TooLarge is the error of a file that would be larger than its readers take. What it is made from is the input of the user.
func TooLarge(p string, size, most int64) error {
	return &contract.Error{Place: report.Place{File: p}, Msg: fmt.Sprintf("is too large to be read back: its size in bytes is %d, the limit %d", size, most), Hint: hintFor(p)}
}

// SplitHint is what can be done about a contract that is too large.
const SplitHint = "split the contract: list its parts under contracts in govctl.yaml, each with a name and a source"

// hintFor is what can be done about a file that grows too large.
func hintFor(p string) string {
	switch dir, name := path.Split(p); {
	case dir == "schemas/":
		return SplitHint
	case IsHistory(name):
		return "the file has lines of many kilobytes: find out which tool appends them, and move them to another file"
	case p == DeliveriesPath:
		return "keep a copy of the file and remove its oldest lines"
	}
	return "give parts of the repository configurations of their own"
}

// IsHistory reports whether a file name is that of a run history, or of older lines of one: history.jsonl, history-2026.jsonl.
func IsHistory(name string) bool {
	return name == path.Base(HistoryPath) || stability.Older(name)
}
