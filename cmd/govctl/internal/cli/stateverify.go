package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
)

// checkedState reads files of a previous state against its checksums.
type checkedState struct {
	folder stateFolder
	listed map[string]report.Checksum // nil where there are no checksums
}

// read returns a file with the digest that is listed for it. Files that are not listed, the run history among them, are read as they are.
func (c *checkedState) read(p string) ([]byte, error) {
	b, err := c.folder.read(p)
	want, listed := c.listed[p]
	switch {
	case !listed:
		return b, err
	case errors.Is(err, fs.ErrNotExist):
		return nil, unverified(p, "the file is listed in "+artifact.ChecksumsPath+" and is missing")
	case err != nil:
		return nil, err
	}
	sum := sha256.Sum256(b)
	if got := hex.EncodeToString(sum[:]); got != want.SHA256 {
		return nil, unverified(p, fmt.Sprintf("the file has sha256 %.12s..., %.12s... is listed in %s", got, want.SHA256, artifact.ChecksumsPath))
	}
	return b, nil
}

func unverified(file, msg string) error {
	return &pipeline.StateError{Outcome: report.WorkFailed, File: file, Msg: msg,
		Hint: "the previous state does not verify: restore it from an earlier commit of the branch, and find out who changed it"}
}

// verifiedState checks the checksums of a state, and with trusted keys their signature, before anything is read from it.
func (a *app) verifiedState(ctx context.Context, cfg config.Config, source stateFolder, f runFlags) (*checkedState, error) {
	c := &checkedState{folder: source}
	sums, err := source.read(artifact.ChecksumsPath)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, unverified(artifact.ChecksumsPath, err.Error())
	}
	_, noManifest := source.read(artifact.ManifestPath)
	if missing {
		if errors.Is(noManifest, fs.ErrNotExist) {
			return c, nil // no folder of govctl; what it is, is found out when it is read
		}
		return nil, unverified(artifact.ChecksumsPath, "the file is missing, so the integrity of the state cannot be verified")
	}
	if c.listed, err = integrity.Listed(sums); err != nil {
		return nil, unverified(artifact.ChecksumsPath, err.Error())
	}
	trust, err := a.stateTrust(ctx, cfg, f)
	if err != nil {
		return nil, err
	}
	if err := checkList(ctx, sums, source, trust, a.Now()); err != nil {
		return nil, err
	}
	if errors.Is(noManifest, fs.ErrNotExist) {
		c.forgetChanged()
	}
	return c, nil
}

// forgetChanged takes out what the workflow of the original system changed after it took the checksums.
func (c *checkedState) forgetChanged() { delete(c.listed, artifact.OperationsPath) }

// stateTrust are the keys that the state of a run must be signed by; nil where the configuration names none. In a run under --policy they
// are those of the base.
func (a *app) stateTrust(ctx context.Context, cfg config.Config, f runFlags) (*integrity.Trust, error) {
	if f.base != nil {
		return f.trust, nil
	}
	if cfg.Sign.PublicKeys == "" {
		return nil, nil
	}
	trust, err := a.trustedList(cfg.Sign.PublicKeys)
	if err != nil {
		return nil, &exitError{code: BadInput, err: err, tip: "sign.public_keys names the keys that the previous state must be signed with"}
	}
	return trust, nil
}

// checkList verifies the checksum list of a state: that it is consistent and, where keys are trusted, that one of them signed it.
func checkList(ctx context.Context, sums []byte, source stateFolder, trust *integrity.Trust, now time.Time) error {
	r := integrity.Request{Checksums: sums, ChecksumsName: artifact.ChecksumsPath, SignatureName: artifact.SignaturePath, Trust: trust,
		RequireTrusted: true, MinVersion: 2, Now: now, Files: noFiles{}, Dir: integrity.Folder, IgnoreMissing: true}
	if trust == nil {
		return consistent(ctx, r)
	}
	signature, err := source.read(artifact.SignaturePath)
	if errors.Is(err, fs.ErrNotExist) {
		e := &pipeline.StateError{Outcome: report.WorkFailed, File: artifact.SignaturePath, Msg: "the previous state is not signed, and sign.public_keys names trusted keys",
			Hint: "publish one signed run before sign.public_keys is set, or sign the state with govctl sign"}
		return e
	}
	if err != nil {
		return unverified(artifact.SignaturePath, err.Error())
	}
	r.Signature, r.Files, r.Beside = signature, nil, statusFiles(source.read)
	v, err := integrity.Verify(ctx, r)
	return refusedBy(v, err)
}

// consistent checks what a list says about itself.
func consistent(ctx context.Context, r integrity.Request) error {
	v, err := integrity.VerifyChecksums(ctx, r)
	if err != nil {
		return unverified(artifact.ChecksumsPath, err.Error())
	}
	for _, f := range v.Findings {
		if f.Level == report.Error && f.Rule != "file-missing" {
			return unverified(f.Subject, f.Rule+": "+f.Message)
		}
	}
	return nil
}

func refusedBy(v report.Verification, err error) error {
	if err != nil {
		return unverified(artifact.SignaturePath, err.Error())
	}
	for _, f := range v.Findings {
		if f.Level == report.Error {
			return unverified(f.Subject, f.Rule+": "+f.Message)
		}
	}
	return nil
}

// statusFiles is the folder of the integrity files of a state.
type statusFiles func(p string) ([]byte, error)

// Open reads a whole file.
func (s statusFiles) Open(name string) (fs.File, error) {
	b, err := s(path.Join(integrity.Folder, name))
	if err != nil {
		return nil, err
	}
	return &memoryFile{Reader: bytes.NewReader(b), name: path.Base(name), size: int64(len(b))}, nil
}

// noFiles is a folder without files: only the list itself is looked at.
type noFiles struct{}

// Open finds nothing.
func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// memoryFile is a file that has been read.
type memoryFile struct {
	io.Reader
	name string
	size int64
}

func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memoryFile) Name() string               { return f.name }
func (f *memoryFile) Size() int64                { return f.size }
func (f *memoryFile) Mode() fs.FileMode          { return 0o444 }
func (f *memoryFile) ModTime() time.Time         { return time.Time{} }
func (f *memoryFile) IsDir() bool                { return false }
func (f *memoryFile) Sys() any                   { return nil }
