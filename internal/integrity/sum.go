package integrity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/report"
)

// Schema names of the files that this package makes.
const checksumsSchema = "govctl/checksums/v1"

// DefaultMembers are the files that a checksum list covers when nothing else is asked for, sorted.
func DefaultMembers() []string {
	return []string{
		"schemas/openapi.json",
		"status/governance-summary.json",
		"status/milestone-summary.json",
		"status/openapi-diff.json",
		"status/operations-classification.json",
		"status/semver-validation.json",
		"status/stability-metrics.json",
		"status/taxonomy-metrics.json",
	}
}

// Names of files that are not covered, and of the one that binds the lines of a history.
const (
	historyFile    = "history.jsonl"
	deliveriesFile = "webhook-deliveries.jsonl"
	figuresFile    = "evidence-history.jsonl"
	runLogFile     = "run-log.json"
	metricsFile    = "stability-metrics.json"
)

// growing are the files beside the checksums that publishing merges with those of a branch, so that they change after the checksums.
var growing = []string{deliveriesFile, figuresFile}

// olderLines is the name of a file with lines that were moved out of a history: of a year, and of a further part of it.
var olderLines = late.Pattern(`^history-\d{4}(-\d{1,4})?\.jsonl$`)

func isHistory(base string) bool { return base == historyFile || olderLines().MatchString(base) }

// Growing lists the files that go on changing after the checksums in the folder dir were taken, sorted: of those that are there.
func Growing(files fs.FS, dir string, checksums []byte) ([]string, error) {
	if dir != Folder {
		return nil, nil
	}
	l, err := parseList(ChecksumsFile, checksums)
	if err != nil {
		return nil, public(err)
	}
	var all []string
	for _, name := range growing {
		all = append(all, path.Join(Folder, name))
	}
	folders := []string{Folder}
	for _, a := range l.Artifacts {
		if path.Base(a.Path) == metricsFile {
			folders = append(folders, path.Dir(a.Path))
		}
	}
	for _, folder := range folders {
		entries, _ := fs.ReadDir(files, folder) // a folder that cannot be listed has no file that can be read
		for _, e := range entries {
			if isHistory(e.Name()) {
				all = append(all, path.Join(folder, e.Name()))
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(name string) bool {
		info, err := fs.Lstat(files, name)
		return err != nil || !info.Mode().IsRegular()
	}), nil
}

// Coverable reports whether a checksum list in the folder dir, "status" or "." for the pages, can cover a file. It covers neither the
// integrity files beside it nor what changes after it. The badge of the checksums at the root of the pages is a copy of another list's,
// so that it is a file like any other.
func Coverable(dir, p string) bool {
	folder, base := path.Split(p)
	folder = path.Clean(folder)
	if folder == dir && slices.Contains(Names(), base) {
		return dir != Folder && base == BadgeFile
	}
	if dir != Folder {
		return true
	}
	if folder == dir {
		return !slices.Contains(growing, base) && !isHistory(base) && base != runLogFile
	}
	return !isHistory(base) || path.Dir(folder) != dir // among several contracts each has a history of its own
}

// Belonging lists the files of a bundle whose checksums are in the folder dir, sorted: those that are listed, the integrity files and
// those that go on changing, of the latter two those that are there. Nothing else of the folder is part of the bundle.
func Belonging(files fs.FS, dir string, checksums []byte) ([]string, error) {
	l, err := parseList(ChecksumsFile, checksums)
	if err != nil {
		return nil, public(err)
	}
	all, err := Growing(files, dir, checksums)
	if err != nil {
		return nil, err
	}
	for _, name := range Names() {
		p := path.Join(dir, name)
		if info, err := fs.Lstat(files, p); err == nil && info.Mode().IsRegular() {
			all = append(all, p)
		}
	}
	for _, a := range l.Artifacts {
		all = append(all, a.Path)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// chunk is the size of the read buffer of each worker: large enough that system calls cost nothing, small enough for the L2 cache.
const chunk = 128 << 10

// Sum returns the checksums of the members (paths below fsys), sorted by path; members that do not exist stand in Missing.
// Files are read as streams on all cores, so memory does not grow with them. GeneratedAt is left to the caller, who has a clock.
func Sum(ctx context.Context, fsys fs.FS, members []string) (report.Checksums, error) {
	names := slices.Clone(members)
	slices.Sort(names)
	names = slices.Compact(names)
	for _, n := range names {
		if why := badPath(n); why != "" {
			return report.Checksums{}, fmt.Errorf("checksum %q: %s", n, why)
		}
	}
	sums, errs := hashAll(ctx, fsys, names)
	out := report.Checksums{Schema: checksumsSchema, Artifacts: []report.Checksum{}, Missing: []string{}}
	for i, err := range errs {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			out.Missing = append(out.Missing, names[i])
		case err != nil:
			return report.Checksums{}, fmt.Errorf("checksum %s: %w", names[i], err)
		default:
			out.Artifacts = append(out.Artifacts, sums[i])
		}
	}
	out.Count = len(out.Artifacts)
	out.AggregateSHA256 = Aggregate(out.Artifacts)
	return out, nil
}

// List is the checksum list over files whose digests are known.
func List(files []report.Checksum) (report.Checksums, error) {
	for _, f := range files {
		if why := badPath(f.Path); why != "" {
			return report.Checksums{}, fmt.Errorf("checksum %q: %s", f.Path, why)
		}
	}
	return report.Checksums{Schema: checksumsSchema, Artifacts: files, Missing: []string{}, Count: len(files), AggregateSHA256: Aggregate(files)}, nil
}

// hashAll hashes the named files; sums and errors stand at the index of their name.
func hashAll(ctx context.Context, fsys fs.FS, names []string) ([]report.Checksum, []error) {
	sums := make([]report.Checksum, len(names))
	errs := make([]error, len(names))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		workers.Go(func() {
			buf := make([]byte, chunk)
			for i := range next {
				sums[i], errs[i] = hashFile(ctx, fsys, names[i], buf)
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	workers.Wait()
	return sums, errs
}

// hashFile is the plain loop of read and write: io.Copy would take the file's own WriteTo with a buffer of its own.
func hashFile(ctx context.Context, fsys fs.FS, name string, buf []byte) (report.Checksum, error) {
	f, err := openRegular(fsys, name)
	if err != nil {
		return report.Checksum{}, err
	}
	h := sha256.New()
	var size int64
	for err == nil {
		var n int
		n, err = f.Read(buf)
		h.Write(buf[:n])
		size += int64(n)
		if ctx.Err() != nil {
			err = ctx.Err()
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return report.Checksum{Path: name, SHA256: hex.EncodeToString(h.Sum(nil)), Size: size}, errors.Join(err, f.Close())
}

// badPath says why a path cannot stand in a checksum list; empty when it can.
func badPath(p string) string {
	switch {
	case !utf8.ValidString(p): // before ValidPath, which refuses it without a reason
		return "the name of the file is not valid UTF-8"
	case p == "" || p == "." || !fs.ValidPath(p):
		return "the path is not a plain relative one inside the folder"
	case strings.ContainsRune(p, 0):
		return "the path contains a zero byte"
	case len(p) > maxPath:
		return "the path is longer than " + strconv.Itoa(maxPath) + " bytes"
	}
	return ""
}

// Aggregate is SHA-256 over the concatenated lower-case hex digests in the order given (by path); empty for no files.
func Aggregate(artifacts []report.Checksum) string {
	if len(artifacts) == 0 {
		return ""
	}
	h := sha256.New()
	for _, a := range artifacts {
		_, _ = io.WriteString(h, a.SHA256) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// SHA256SUMS renders the list as sha256sum does; `sha256sum -c status/SHA256SUMS` in the output folder reads it.
// A name with a backslash, line feed or carriage return is escaped, and its line then starts with a backslash.
func SHA256SUMS(artifacts []report.Checksum) []byte {
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`)
	var b []byte
	for _, a := range artifacts {
		name := escape.Replace(a.Path)
		if name != a.Path {
			b = append(b, '\\')
		}
		b = append(b, a.SHA256+"  "+name+"\n"...)
	}
	return b
}

// Badge shows the first digits of the aggregate and the number of files.
func Badge(c report.Checksums) report.Badge {
	b := report.Badge{SchemaVersion: 1, Label: "checksums", Message: "none", Color: "lightgrey"}
	if c.Count > 0 {
		b.Message = fmt.Sprintf("%.12s (%d)", c.AggregateSHA256, c.Count)
		b.Color = badgeColor(c.Count)
	}
	return b
}

// badgeColor is the original's scale by the number of files.
func badgeColor(count int) string {
	switch {
	case count >= 7:
		return "indigo"
	case count >= 5:
		return "blue"
	}
	return "lightgrey"
}
