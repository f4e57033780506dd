// Package integrity lets anyone check by hand and offline that the published files are exactly ours: checksums over them,
// a signature over the checksums, and verification of both.
//
// It reads files only through the fs.FS that it is given (an os.Root keeps paths inside the folder) and writes none: signing
// returns values and bytes. Secrets live in PrivateKey, which does not print.
package integrity

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// Folder is where the integrity files of the artifacts are, below the output folder. Those of the pages are at the root of the pages.
const Folder = "status"

// ManifestFile is the name of the manifest, which is beside the checksums and covered by them.
const ManifestFile = "manifest.json"

// Names of the integrity files, which are in one folder.
const (
	ChecksumsFile = "checksums.json"
	BadgeFile     = "checksums-badge.json"
	SumsFile      = "SHA256SUMS"
	SignatureFile = "checksums-signature.json"
	PublicKeyFile = "checksums-pubkey.txt"
	PayloadFile   = "checksums-payload.json"
	RawFile       = "checksums.sig"
	PEMFile       = "checksums-pubkey.pem"
	MinisigFile   = "checksums.minisig"
	MinisignKey   = "minisign.pub"
	SigstoreFile  = "checksums.sigstore.json"
)

// Names lists the integrity files: they describe the others and are covered by the signature, not by the checksums.
func Names() []string {
	return append([]string{ChecksumsFile, BadgeFile, SumsFile}, SignedNames()...)
}

// SignedNames lists the integrity files that signing makes.
func SignedNames() []string {
	return []string{SignatureFile, PublicKeyFile, PayloadFile, RawFile, PEMFile, MinisigFile, MinisignKey, SigstoreFile}
}

// Bounds on what is read: far above every honest file, far below what hurts.
const (
	maxJSON      = 64 << 20 // bytes of checksums.json, signature, payload and bundle
	maxSmall     = 64 << 10 // bytes of a key or minisign file
	maxTrusted   = 4 << 20  // bytes of a list of trusted keys
	maxArtifacts = 200_000
	maxPath      = 4096 // bytes
	maxDepth     = 32   // nesting of a JSON document
	maxListed    = 200_000
)

// ErrTooLarge is the error of an integrity file beyond its bound.
var ErrTooLarge = errors.New("larger than the limit")

// Read returns the bytes of a regular file of at most the bound that its name allows.
// A folder, a device or a pipe is an error: opening one could block for ever.
func Read(fsys fs.FS, name string) ([]byte, error) { return readBounded(fsys, name, bound(name)) }

func bound(name string) int64 {
	switch path.Base(name) {
	case PublicKeyFile, RawFile, PEMFile, MinisigFile, MinisignKey:
		return maxSmall
	}
	return maxJSON
}

func readBounded(fsys fs.FS, name string, limit int64) ([]byte, error) {
	f, err := openRegular(fsys, name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read %s: %w of %d bytes", name, ErrTooLarge, limit)
	}
	return b, nil
}

// errNotRegular is the error of a name that is no plain file.
var errNotRegular = errors.New("not a regular file")

func openRegular(fsys fs.FS, name string) (fs.File, error) {
	info, err := fs.Stat(fsys, name)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	if err != nil {
		return nil, err
	}
	return fsys.Open(name)
}
