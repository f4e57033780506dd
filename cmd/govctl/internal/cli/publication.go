package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// part is one bundle of the output folder in memory, so that what is verified is what is pushed.
type part struct {
	pipeline.Bundle
	branch, folder string // where it goes
	head           report.Manifest
	files          map[string][]byte // by the names that the bundle gives them
	trust          *integrity.Trust  // of the signature
}

// in is a name of the bundle on the branch.
func (p *part) in(name string) string { return path.Join(p.folder, name) }

// name is a file of the branch as the bundle names it; empty for one outside of the folder.
func (p *part) name(at string) string {
	if p.folder == "" {
		return at
	}
	name, _ := strings.CutPrefix(at, p.folder+"/")
	if name == at {
		return ""
	}
	return name
}

// own is a manifest or integrity file as the bundle names it.
func (p *part) own(name string) string { return path.Join(p.Dir, name) }

// publication reads what is to be pushed, the artifacts first, and refuses what verification refuses.
func (a *app) publication(ctx context.Context, cfg config.Config, f publishFlags) ([]*part, error) {
	root, err := openDir(f.dir)
	if err != nil {
		return nil, usage("%s: %w", f.dir, cause(err)).hint("govctl run makes the output folder; --dir or --out names it")
	}
	parts := []*part{{Bundle: pipeline.Artifacts, branch: firstOf(f.branch, cfg.Publish.SchemasBranch), folder: cfg.Publish.Folder}}
	if _, err := fs.Stat(root, pipeline.Pages.Root); err == nil && (f.branch == "" || f.pages != "") {
		parts = append(parts, &part{Bundle: pipeline.Pages, branch: firstOf(f.pages, cfg.Publish.PagesBranch), folder: firstOf(cfg.Publish.PagesFolder, cfg.Publish.Folder)})
	}
	if len(parts) > 1 && parts[0].branch == parts[1].branch {
		return nil, usage("artifacts and pages cannot share the branch %q", parts[0].branch).hint("publish.schemas_branch, publish.pages_branch")
	}
	for _, p := range parts {
		if err := p.read(root, f.dir); err != nil {
			return nil, err
		}
		if err := a.accepted(ctx, p, f); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// read takes the files that belong to the bundle. Any other file in its folders is refused by name; hidden ones that it does not list are not
// looked at.
func (p *part) read(root fs.FS, dir string) error {
	files, err := fs.Sub(root, p.Root)
	if err != nil {
		return err
	}
	sums, err := integrity.Read(files, p.own(integrity.ChecksumsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return usage("%s: there is no %s", dir, p.At(integrity.ChecksumsFile)).hint("govctl run writes it, and govctl checksums write")
	}
	if err != nil {
		return integrityError(err)
	}
	listed, err := integrity.Belonging(files, p.Dir, sums)
	if err != nil {
		return integrityError(err)
	}
	if p.Root == pipeline.Artifacts.Root {
		listed = append(listed, artifact.RunLogPath)
	}
	p.files = map[string][]byte{}
	var others []string
	for _, top := range p.tops() {
		err = errors.Join(err, p.walk(files, top, listed, &others))
	}
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return usage("%s: not one of the files that %s lists: %s", dir, p.At(integrity.ManifestFile), some(others)).
			hint("move it out of the folder: only files that the run wrote are published")
	}
	return p.readHead(dir)
}

func (p *part) tops() []string {
	if p.Tops == nil {
		return []string{"."}
	}
	return p.Tops
}

// walk reads the listed files below a folder and names the others.
func (p *part) walk(files fs.FS, top string, listed []string, others *[]string) error {
	if info, err := fs.Lstat(files, top); err == nil && !info.IsDir() {
		return usage("%s is not a folder", path.Join(p.Root, top)).hint("symbolic links are not followed")
	}
	err := fs.WalkDir(files, top, func(name string, d fs.DirEntry, err error) error {
		if err != nil { // d is nil where the folder is not there
			return err
		}
		switch hidden := strings.HasPrefix(d.Name(), ".") && name != "." && !slices.Contains(listed, name); {
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir() || hidden:
			return nil
		case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
			return usage("%q: the name of the file is not valid UTF-8, or has control characters: it cannot be published", name).hint("rename the file, or take it out of the folder")
		case !d.Type().IsRegular():
			*others = append(*others, path.Join(p.Root, name)+" (not a regular file)")
			return nil
		case !slices.Contains(listed, name):
			*others = append(*others, path.Join(p.Root, name))
			return nil
		}
		p.files[name], err = artifact.Read(files, name, artifact.Most(path.Join(p.Root, name)))
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil // verification says what is missing
	}
	return err
}

func (p *part) readHead(dir string) error {
	b := p.files[p.own(integrity.ManifestFile)]
	if b == nil {
		return usage("%s: there is no %s", dir, p.At(integrity.ManifestFile)).hint("govctl run writes it")
	}
	if err := schemas.CheckRead("manifest", b); err != nil {
		return usage("%s: %w", filepath.Join(dir, p.At(integrity.ManifestFile)), err)
	}
	return json.Unmarshal(b, &p.head)
}

// some are the first names of a list.
func some(names []string) string {
	const most = 5
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// accepted refuses a part that verification refuses.
func (a *app) accepted(ctx context.Context, p *part, f publishFlags) error {
	signed := p.files[p.own(integrity.SignatureFile)] != nil
	if !signed && !f.unsigned {
		return (&exitError{code: Findings, err: fmt.Errorf("%s is not signed", path.Join(filepath.ToSlash(f.dir), p.Root))}).
			hint("govctl sign signs it; --allow-unsigned pushes it unsigned")
	}
	var err error
	if signed {
		v := verifyFlags{}
		if v.folder, err = filepath.Abs(f.dir); err == nil {
			p.trust, err = a.trust(ctx, v)
		}
	}
	if err != nil {
		return a.failed(err)
	}
	verdict, err := p.verified(ctx, p.files, a.Now())
	if err != nil {
		return a.failed(err)
	}
	if verdict.Verdict != "ok" {
		a.printFailures("govctl: not published", verdict)
		return errFindings
	}
	return nil
}

// verified is the verdict on the bundle with this content: on its signature, and where it has none on its checksums.
func (p *part) verified(ctx context.Context, content map[string][]byte, now time.Time) (report.Verification, error) {
	files := mapFiles(content)
	beside, err := fs.Sub(files, p.Dir)
	if err != nil {
		return report.Verification{}, err
	}
	checksums, signature := content[p.own(integrity.ChecksumsFile)], content[p.own(integrity.SignatureFile)]
	r := integrity.Request{Checksums: checksums, ChecksumsName: p.At(integrity.ChecksumsFile), Files: files, Dir: p.Dir, Beside: beside}
	if signature == nil {
		return integrity.VerifyChecksums(ctx, r)
	}
	r.Signature, r.SignatureName, r.Trust, r.Now, r.ByHand = signature, p.At(integrity.SignatureFile), p.trust, now, true
	return integrity.Verify(ctx, r)
}

// mapFiles reads a content in memory as files.
func mapFiles(content map[string][]byte) fs.FS {
	files := fstest.MapFS{}
	for name, data := range content {
		files[name] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	return files
}
