package integrity

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Verdicts on one file.
const (
	fileOK      = "ok"
	fileChanged = "changed"
	fileMissing = "missing"
	fileExtra   = "extra"
	fileRenamed = "renamed"
	fileRefused = "refused"

	fileUncovered = "uncovered" // not listed, because it changes after the checksums
)

// maxRenames bounds the unlisted files that are hashed to find a missing one under another name.
const maxRenames = 10_000

// maxExtraFindings bounds the unlisted files that get a finding of their own; every one gets a verdict.
const maxExtraFindings = 50

// comparison is the folder against the list.
type comparison struct {
	files    fs.FS
	dir      string   // folder of the integrity files below files: "status" or "."
	nested   []string // folders that are bundles of their own
	measured map[string]report.Checksum
	list     *list
	verdicts []report.FileVerdict
	refusals []*refusal
	found    []report.Checksum // as the folder has it, at the index of the list; of a file with another size only that
	plain    map[string]error  // folder -> why what is in it cannot be reached without a symbolic link
	holder   map[string]string // digest -> listed path
	unnamed  string            // a file whose name is not UTF-8, so that no report can name it
}

// compare looks at every listed file and at the other ones of the folder. A file is read only where it has the listed size. The error says
// that the folder could not be read.
func compare(ctx context.Context, r *Request, l *list) (*comparison, error) {
	files := r.Files
	c := &comparison{files: files, dir: r.Dir, nested: r.Nested, measured: r.Measured, list: l, holder: map[string]string{}, plain: map[string]error{".": nil},
		found: make([]report.Checksum, len(l.Artifacts))}
	errs := make([]error, len(l.Artifacts))
	var names []string
	var at []int // index in the list of each name
	for i, a := range l.Artifacts {
		c.holder[a.SHA256] = a.Path
		if c.found[i], errs[i] = c.measure(a.Path); errs[i] == nil && c.measured == nil && (a.Size < 0 || a.Size == c.found[i].Size) {
			names, at = append(names, a.Path), append(at, i)
		}
	}
	sums, failed := hashAll(ctx, files, names)
	for k, i := range at {
		c.found[i], errs[i] = sums[k], failed[k]
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	extras, full := c.unlisted(ctx)
	if c.unnamed != "" {
		return nil, &Unreadable{Place: report.Place{File: strconv.Quote(c.unnamed)}, Msg: "the name of the file is not valid UTF-8", Hint: "rename the file"}
	}
	var missing []int
	for i, want := range l.Artifacts {
		verdict, err := c.one(i, want, errs[i])
		if err != nil {
			return nil, err
		}
		if verdict == fileMissing {
			missing = append(missing, i)
			continue
		}
		c.verdicts = append(c.verdicts, report.FileVerdict{Path: want.Path, Verdict: verdict})
	}
	extras = c.renamed(ctx, missing, extras)
	for i, p := range extras {
		c.verdicts = append(c.verdicts, report.FileVerdict{Path: p, Verdict: fileExtra})
		if i < maxExtraFindings {
			c.refusals = append(c.refusals, refuse("file-extra", p, "the file is not listed"))
		}
	}
	if more := len(extras) - maxExtraFindings; more > 0 {
		c.refusals = append(c.refusals, refuse("file-extra", ".", "%d more files are not listed", more))
	}
	if full {
		c.refusals = append(c.refusals, refuse("file-extra", ".", "the folder contains more than %d files; the rest was not checked", maxListed))
	}
	sorting.Stable(c.verdicts, func(a, b report.FileVerdict) int { return strings.Compare(a.Path, b.Path) })
	return c, ctx.Err()
}

// errLink is the error of a file that is a symbolic link or is reached through one.
var errLink = errors.New("it is reached through a symbolic link")

// measure is the size of a regular file that no symbolic link leads to.
func (c *comparison) measure(p string) (report.Checksum, error) {
	sum := report.Checksum{Path: p}
	if c.measured != nil {
		if got, ok := c.measured[p]; ok {
			return got, nil
		}
		return sum, fs.ErrNotExist
	}
	if err := c.reach(path.Dir(p)); err != nil {
		return sum, err
	}
	info, err := fs.Lstat(c.files, p)
	switch {
	case err != nil:
		return sum, err
	case info.Mode()&fs.ModeSymlink != 0:
		return sum, errLink
	case !info.Mode().IsRegular():
		return sum, errNotRegular
	}
	sum.Size = info.Size()
	return sum, nil
}

// reach looks for symbolic links on the way to a folder. What else is wrong with the way shows when the file is looked at.
func (c *comparison) reach(dir string) error {
	err, known := c.plain[dir]
	if known {
		return err
	}
	if err = c.reach(path.Dir(dir)); err == nil {
		if info, lerr := fs.Lstat(c.files, dir); lerr == nil && info.Mode()&fs.ModeSymlink != 0 {
			err = errLink
		}
	}
	c.plain[dir] = err
	return err
}

// one evaluates a listed file.
func (c *comparison) one(i int, want report.Checksum, err error) (string, error) {
	got := c.found[i]
	switch {
	case err != nil:
		kind, why := lookAt(c.files, want.Path, err)
		switch kind {
		case fileRefused:
			c.refusals = append(c.refusals, refuse("file-refused", want.Path, "%s", why))
		case "":
			return "", &Unreadable{Place: report.Place{File: want.Path}, Msg: why}
		}
		return kind, nil
	case want.Size >= 0 && got.Size != want.Size:
		c.refusals = append(c.refusals, refuse("file-changed", want.Path, "the file has %s instead of %d%s", count.Of(int(got.Size), "byte"), want.Size, c.story(i)))
		return fileChanged, nil
	case got.SHA256 != want.SHA256:
		c.refusals = append(c.refusals, refuse("file-changed", want.Path, "the file has sha256 %.12s..., %.12s... is listed%s", got.SHA256, want.SHA256, c.story(i)))
		return fileChanged, nil
	}
	return fileOK, nil
}

// story adds what helps to understand a change: whose content it is, and whether it is younger than the list.
func (c *comparison) story(i int) string {
	if other := c.holder[c.found[i].SHA256]; other != "" {
		return "; it has the content of " + other
	}
	info, err := fs.Stat(c.files, c.list.Artifacts[i].Path)
	base, err2 := fs.Stat(c.files, path.Join(c.dir, ChecksumsFile))
	if errors.Join(err, err2) == nil && info.ModTime().After(base.ModTime()) {
		return fmt.Sprintf("; it was written %s after the checksums", info.ModTime().Sub(base.ModTime()).Round(time.Millisecond))
	}
	return ""
}

// lookAt says why a listed file could not be hashed: missing, refused, or, with an empty verdict, unreadable.
// An error of os.Root does not say that it was about a link, so the path is walked.
func lookAt(files fs.FS, p string, err error) (verdict, why string) {
	switch {
	case errors.Is(err, errNotRegular):
		return fileRefused, "it is not a regular file"
	case errors.Is(err, errLink):
		return fileRefused, errLink.Error()
	}
	parts := strings.Split(p, "/")
	for i := range parts {
		info, statErr := fs.Lstat(files, strings.Join(parts[:i+1], "/"))
		switch {
		case errors.Is(statErr, fs.ErrNotExist), len(parts[i]) > 255:
			return fileMissing, ""
		case statErr != nil:
			return "", statErr.Error()
		case info.Mode()&fs.ModeSymlink != 0:
			return fileRefused, errLink.Error()
		case i < len(parts)-1 && !info.IsDir():
			return fileMissing, ""
		}
	}
	return "", err.Error()
}

// unlisted names the files that are neither listed nor integrity files nor ones that cannot be covered, which get their verdict;
// full says that there are more than it looked at.
func (c *comparison) unlisted(ctx context.Context) (extras []string, full bool) {
	listed := make(map[string]bool, len(c.list.Artifacts))
	for _, a := range c.list.Artifacts {
		listed[a.Path] = true
	}
	seen := 0
	// What cannot be looked into is itself unlisted; the walk goes on.
	_ = fs.WalkDir(c.files, ".", func(p string, d fs.DirEntry, err error) error {
		seen++
		switch {
		case ctx.Err() != nil || seen > maxListed:
			full = seen > maxListed
			return fs.SkipAll
		case !utf8.ValidString(p):
			c.unnamed = p
			return fs.SkipAll
		case err != nil:
			if p != "." {
				extras = append(extras, p)
			}
			return fs.SkipDir
		case d.IsDir() && (p == gitFolder || slices.Contains(c.nested, p)):
			return fs.SkipDir
		case d.IsDir() || listed[p] || p == lockFile || path.Dir(p) == c.dir && slices.Contains(Names(), path.Base(p)):
			return nil
		case p == gitFolder && d.Type().IsRegular(): // of a linked work tree
			return nil
		case d.Type().IsRegular() && c.grows(p, listed):
			c.verdicts = append(c.verdicts, report.FileVerdict{Path: p, Verdict: fileUncovered})
			return nil
		}
		extras = append(extras, p)
		return nil
	})
	return extras, full
}

// grows reports whether a file is written after the checksums: those beside them, and the history of each contract that has metrics.
// Whether a manifest may be among them is asked later.
func (c *comparison) grows(p string, listed map[string]bool) bool {
	dir, base := path.Split(p)
	dir = path.Clean(dir)
	if c.dir != Folder {
		return false
	}
	return dir == c.dir && (slices.Contains(growing, base) || isHistory(base) || base == runLogFile || base == ManifestFile) ||
		isHistory(base) && path.Dir(dir) == c.dir && listed[path.Join(dir, metricsFile)]
}

const (
	lockFile  = ".govctl-run.lock" // what a running govctl holds in its output folder
	gitFolder = ".git"             // at the root of a clone; a file in a linked work tree
)

// renamed finds missing files among the unlisted ones by their digest and returns the other unlisted ones.
func (c *comparison) renamed(ctx context.Context, missing []int, extras []string) []string {
	elsewhere := map[string][]string{} // digest -> unlisted paths
	if len(missing) > 0 {
		sums, _ := hashAll(ctx, c.files, c.candidates(missing, extras)) // one that cannot be read has no digest
		for _, s := range sums {
			elsewhere[s.SHA256] = append(elsewhere[s.SHA256], s.Path)
		}
	}
	taken := map[string]bool{}
	for _, i := range missing {
		want := c.list.Artifacts[i]
		here := elsewhere[want.SHA256]
		if len(here) == 0 {
			missing := refuse("file-missing", want.Path, "the file is listed and missing")
			if c.measured != nil {
				missing.hint = "is it deployed yet? If it stays missing, publish again"
			}
			c.verdicts = append(c.verdicts, report.FileVerdict{Path: want.Path, Verdict: fileMissing})
			c.refusals = append(c.refusals, missing)
			continue
		}
		elsewhere[want.SHA256], taken[here[0]] = here[1:], true
		c.verdicts = append(c.verdicts, report.FileVerdict{Path: want.Path, Verdict: fileRenamed, NewPath: here[0]})
		c.refusals = append(c.refusals, refuse("file-renamed", want.Path, "its content is now at %s", here[0]))
	}
	return slices.DeleteFunc(extras, func(p string) bool { return taken[p] })
}

// candidates are the unlisted files that have the size of a missing one.
func (c *comparison) candidates(missing []int, extras []string) (names []string) {
	sizes := map[int64]bool{}
	for _, i := range missing {
		sizes[c.list.Artifacts[i].Size] = true // -1 where the list has no sizes
	}
	for _, p := range extras[:min(len(extras), maxRenames)] {
		if got, err := c.measure(p); err == nil && (sizes[got.Size] || sizes[-1]) {
			names = append(names, p)
		}
	}
	return names
}

// checkAggregate recomputes what a list says about itself.
func checkAggregate(file string, l *list) (bad []*refusal) {
	if l.Count != len(l.Artifacts) {
		bad = append(bad, refuse("count-mismatch", file, "count is %d, but the list has %s", l.Count, count.Of(len(l.Artifacts), "file")))
	}
	if got := Aggregate(l.Artifacts); got != l.AggregateSHA256 {
		bad = append(bad, refuse("aggregate-mismatch", file, "aggregate_sha256 is %.80q, the listed digests give %q", l.AggregateSHA256, got))
	}
	return bad
}
