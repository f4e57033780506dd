package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/pkg/report"
)

// Signing is the keys of a run.
type Signing struct {
	Key      integrity.PrivateKey
	Also     []integrity.PrivateKey // further keys that sign during an overlap
	Previous []integrity.PublicKey  // keys that signed before, for readers
}

// sign signs the checksums where a key is configured, and reads everything back as a reader will.
func sign(ctx context.Context, sc *stepContext) error {
	if sc.job.Signing == nil {
		return skip("no signing key is configured: GOV_SIGNING_PRIVATE_KEY is not set")
	}
	sc.note = "key " + sc.job.Signing.Key.Public().ID()
	return Sign(ctx, sc.job.Store, *sc.job.Signing, sc.job.Now)
}

// Sign signs the checksum list of each bundle of an output folder and verifies what it wrote. Whether a list matches the files is the
// caller's to know: a run has just made it.
func Sign(ctx context.Context, s *artifact.Store, keys Signing, now time.Time) error {
	for _, b := range bundles() {
		_, err := fs.Stat(s.FS(), b.At(integrity.ChecksumsFile))
		if errors.Is(err, fs.ErrNotExist) && b.Root != Artifacts.Root {
			continue // a folder without pages
		}
		if err := signBundle(ctx, s, b, keys, now); err != nil {
			return fmt.Errorf("sign %s: %w", b.At(integrity.ChecksumsFile), err)
		}
	}
	return nil
}

func signBundle(ctx context.Context, s *artifact.Store, b Bundle, keys Signing, now time.Time) error {
	r := integrity.SignRequest{At: now, Key: keys.Key, Also: keys.Also, Previous: keys.Previous, Beside: map[string][]byte{}}
	files, err := b.files(s)
	if err != nil {
		return err
	}
	if r.Checksums, err = integrity.Read(files, path.Join(b.Dir, integrity.ChecksumsFile)); err != nil {
		return err
	}
	for _, name := range []string{integrity.SumsFile, integrity.BadgeFile} {
		if p := path.Join(b.Dir, name); !integrity.Coverable(b.Dir, p) {
			text, err := integrity.Read(files, p)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			r.Beside[name] = text
		}
	}
	if r.Uncovered, err = integrity.Growing(files, b.Dir, r.Checksums); err != nil {
		return err
	}
	signed, err := integrity.Sign(r)
	if err != nil {
		return err
	}
	if err := writeSigned(s, b, signed); err != nil {
		return err
	}
	return readBack(ctx, files, b.Dir, keys.Key.Public(), now)
}

// writeSigned writes the signature file last: until it is there, nobody takes the folder for signed.
func writeSigned(s *artifact.Store, b Bundle, signed integrity.Signed) error {
	for _, name := range slices.Sorted(maps.Keys(signed.Files)) {
		if err := s.Bytes(b.At(name), signed.Files[name]); err != nil {
			return err
		}
	}
	if err := s.JSON(b.At(integrity.SigstoreFile), signed.Bundle); err != nil {
		return err
	}
	return s.JSON(b.At(integrity.SignatureFile), signed.Signature)
}

// signedFiles are the paths of what signing writes.
func signedFiles() []string {
	var all []string
	for _, b := range bundles() {
		for _, name := range integrity.SignedNames() {
			all = append(all, b.At(name))
		}
	}
	return all
}

// dropSignature takes away what an earlier signing wrote.
func dropSignature(s *artifact.Store, b Bundle) error {
	for _, name := range integrity.SignedNames() {
		if err := s.Remove(b.At(name)); err != nil {
			return err
		}
	}
	return nil
}

// readBack verifies the integrity files as a reader does who knows the key.
func readBack(ctx context.Context, files fs.FS, dir string, key integrity.PublicKey, now time.Time) error {
	r := integrity.Request{ChecksumsName: path.Join(dir, integrity.ChecksumsFile), SignatureName: path.Join(dir, integrity.SignatureFile), Dir: dir,
		ByHand: true, Trust: &integrity.Trust{}, MinVersion: 2, Now: now}
	r.Trust.Pin(key)
	var err, err2, err3 error
	r.Checksums, err = integrity.Read(files, r.ChecksumsName)
	r.Signature, err2 = integrity.Read(files, r.SignatureName)
	r.Beside, err3 = fs.Sub(files, dir)
	if err = errors.Join(err, err2, err3); err != nil {
		return err
	}
	v, err := integrity.Verify(ctx, r)
	if err != nil {
		return err
	}
	for _, f := range v.Findings {
		if f.Level == report.Error {
			return fmt.Errorf("what was just signed does not verify: %s: %s: %s", f.Rule, f.Subject, f.Message)
		}
	}
	return nil
}
