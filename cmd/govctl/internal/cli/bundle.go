package cli

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// examine verifies the bundle of a folder, and that of the pages where the folder holds both, as an output folder does. The files of the
// pages have the names in the answer that they have in the folder.
func (a *app) examine(args []string, f *verifyFlags, signature bool, verify func(integrity.Request) (report.Verification, error)) (report.Verification, error) {
	r, err := a.bundle(args, f, signature)
	if err != nil {
		return report.Verification{}, err
	}
	pages := filepath.Join(f.folder, pipeline.Pages.Root)
	both := f.base == "" && r.Dir == pipeline.Artifacts.Dir && exists(filepath.Join(pages, integrity.ChecksumsFile))
	if both {
		r.Nested = []string{pipeline.Pages.Root}
	}
	v, err := verify(r)
	if err != nil || !both {
		return v, err
	}
	other := verifyFlags{exact: f.exact, ignoreMissing: f.ignoreMissing}
	r, err = a.bundle([]string{pages}, &other, signature)
	if err != nil {
		return v, err
	}
	r.ChecksumsName, r.SignatureName = inPages(integrity.ChecksumsFile), inPages(integrity.SignatureFile)
	second, err := verify(r)
	return joined(v, second), err
}

func inPages(name string) string { return path.Join(pipeline.Pages.Root, name) }

// joined is the verdict on both bundles of a folder; the key, the time and the aggregate are those of the first.
func joined(v, pages report.Verification) report.Verification {
	v.Count += pages.Count
	if pages.Verdict != "ok" {
		v.Verdict = pages.Verdict
	}
	rank := []string{"skipped", "ok", "warning", "fail"}
	for i, s := range pages.Steps {
		if i < len(v.Steps) && slices.Index(rank, s.Verdict) > slices.Index(rank, v.Steps[i].Verdict) {
			v.Steps[i].Verdict = s.Verdict
		}
	}
	for _, file := range pages.Files {
		file.Path = inPages(file.Path)
		if file.NewPath != "" {
			file.NewPath = inPages(file.NewPath)
		}
		v.Files = append(v.Files, file)
	}
	sorting.Stable(v.Files, func(a, b report.FileVerdict) int { return strings.Compare(a.Path, b.Path) })
	for _, finding := range pages.Findings {
		if slices.Contains([]string{"files", "manifest", "by-hand"}, finding.Category) && !strings.HasPrefix(finding.Subject, pipeline.Pages.Root+"/") {
			finding.Subject = inPages(finding.Subject)
		}
		same := func(f report.Finding) bool { return f.Rule == finding.Rule }
		if finding.Category != "trust" || v.KeyID != pages.KeyID || !slices.ContainsFunc(v.Findings, same) { // what is about one key is reported once
			v.Findings = append(v.Findings, finding)
		}
	}
	return v
}

// bundle finds and reads checksums and, where wanted, the signature, and opens the folders that belong to them.
func (a *app) bundle(args []string, f *verifyFlags, signature bool) (integrity.Request, error) {
	name := f.checksums
	if name == "" {
		dir, err := a.bundleFolder(args, f.explicit)
		if err != nil {
			return integrity.Request{}, err
		}
		name = findChecksums(dir)
	}
	r := integrity.Request{ChecksumsName: filepath.ToSlash(name), Exact: f.exact, IgnoreMissing: f.ignoreMissing}
	var err error
	if r.Checksums, _, err = readBundleFile(name); err != nil {
		return r, err
	}
	if signature {
		sig := f.signature
		if sig == "" {
			sig = filepath.Join(filepath.Dir(name), integrity.SignatureFile)
		}
		r.SignatureName = filepath.ToSlash(sig)
		if r.Signature, r.Beside, err = readBundleFile(sig); err != nil {
			return r, err
		}
	}
	r.Files, r.Dir, f.folder, err = startingFolder(name, f.base, r.Checksums)
	return r, err
}

// bundleFolder is the folder to verify: the named one, else the output folder, else the current one where that is a fetched bundle. Where both
// are bundles it is unclear which one is meant, and the wrong one could be genuine.
func (a *app) bundleFolder(args []string, explicit bool) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	if explicit || filepath.Clean(a.out) == "." {
		return a.out, nil
	}
	here, there := holdsBundle("."), holdsBundle(a.out)
	switch {
	case here && there:
		return "", usage("both this folder and %s contain a bundle", a.out).hint("name one: govctl verify . or govctl verify %s", a.out)
	case here:
		return ".", nil
	}
	return a.out, nil
}

// holdsBundle reports whether a folder looks like a fetched branch or an output folder, whole or not.
func holdsBundle(dir string) bool {
	in := func(name ...string) bool { return exists(filepath.Join(append([]string{dir}, name...)...)) }
	return in(integrity.Folder, integrity.ChecksumsFile) || in(integrity.Folder, integrity.ManifestFile) ||
		in(integrity.ChecksumsFile) && (in(integrity.SumsFile) || in(integrity.SignatureFile))
}

// findChecksums looks for the list in an output folder, then in a folder that holds it without a folder status/.
func findChecksums(dir string) string {
	name := filepath.Join(dir, integrity.Folder, integrity.ChecksumsFile)
	if flat := filepath.Join(dir, integrity.ChecksumsFile); !exists(name) && exists(flat) {
		return flat
	}
	return name
}

// readBundleFile reads a file and opens its folder.
func readBundleFile(name string) ([]byte, fs.FS, error) {
	dir, err := openDirOf(name)
	if err != nil {
		return nil, nil, usage("%s: %w", name, cause(err)).hint("which folder was it published to? govctl verify FOLDER looks there")
	}
	b, err := integrity.Read(dir, filepath.Base(name))
	info, lerr := fs.Lstat(dir, filepath.Base(name))
	switch {
	case lerr == nil && info.Mode()&fs.ModeSymlink != 0:
		return nil, nil, &integrity.Refused{Reason: "file-refused", Msg: filepath.ToSlash(name) + ": it is a symbolic link"}
	case errors.Is(err, integrity.ErrTooLarge):
		return nil, nil, &integrity.Refused{Reason: "too-large", Msg: err.Error()}
	case err != nil:
		e := usage("%s: %w", name, cause(err))
		if errors.Is(err, fs.ErrNotExist) {
			e = e.hint("govctl checksums write and govctl sign make the files that govctl verify reads")
		}
		return nil, nil, e
	}
	return b, dir, nil
}

// startingFolder is the folder that the listed paths start from, and where in it the checksums lie: the folder of --base, else the
// one above status/, else that of the checksums themselves.
func startingFolder(checksums, base string, list []byte) (files fs.FS, rel, dir string, err error) {
	own, err := filepath.Abs(filepath.Dir(checksums))
	if err != nil {
		return nil, "", "", err
	}
	dir = own
	if filepath.Base(own) == integrity.Folder {
		dir = filepath.Dir(own)
	}
	if base != "" {
		if dir, err = filepath.Abs(base); err != nil {
			return nil, "", "", err
		}
	}
	if files, err = openDir(dir); err != nil {
		return nil, "", "", usage("%s: %w", dir, cause(err))
	}
	if base == "" && dir != own && !integrity.Holds(list, files) {
		if flat, err := openDir(own); err == nil && integrity.Holds(list, flat) {
			files, dir = flat, own
		}
	}
	if rel, err = filepath.Rel(dir, own); err != nil || !filepath.IsLocal(rel) {
		rel = "."
	}
	return files, filepath.ToSlash(rel), dir, nil
}

func exists(name string) bool {
	dir, err := openDirOf(name)
	if err == nil {
		_, err = fs.Stat(dir, filepath.Base(name))
	}
	link := (*contract.Error)(nil)
	return err == nil || errors.As(err, &link) // who reads it is told of the link
}
