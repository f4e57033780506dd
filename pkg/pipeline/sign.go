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

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/integrity"
	"github.com/romel/govctl/pkg/report"
)

// Signing is the keys of a run.
type Signing struct {
	Key      integrity.PrivateKey
	Also     []integrity.PrivateKey // further keys that sign during an overlap
	Previous []integrity.PublicKey  // keys that signed before, for readers
}

// sign signs the checksums where a key is configured, and reads everything back as a reader will.
func sign(ctx context.Context, b *bench) error {
	if b.job.Signing == nil {
		return skip("no signing key is configured: GOV_SIGNING_PRIVATE_KEY is not set")
	}
	b.note = "key " + b.job.Signing.Key.Public().ID()
	return Sign(ctx, b.job.Store, *b.job.Signing, b.job.Now, artifact.ManifestPath) // which the run writes last
}

// Sign signs the checksum list of an output folder and verifies what it wrote. Whether the list tells the truth about the files is
// the caller's to know: a run has just made it. The coming files are not there yet and will not be covered.
func Sign(ctx context.Context, s *artifact.Store, keys Signing, now time.Time, coming ...string) error {
	r := integrity.SignRequest{At: now, Key: keys.Key, Also: keys.Also, Previous: keys.Previous, Beside: map[string][]byte{}}
	files := s.FS()
	var err error
	if r.Checksums, err = integrity.Read(files, artifact.ChecksumsPath); err != nil {
		return err
	}
	for _, name := range []string{integrity.SumsFile, integrity.BadgeFile} {
		b, err := integrity.Read(files, statusFile(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		r.Beside[name] = b
	}
	if r.Uncovered, err = integrity.Growing(files, r.Checksums); err != nil {
		return fmt.Errorf("sign %s: %w", artifact.ChecksumsPath, err)
	}
	r.Uncovered = append(r.Uncovered, coming...)
	slices.Sort(r.Uncovered)
	r.Uncovered = slices.Compact(r.Uncovered)
	signed, err := integrity.Sign(r)
	if err != nil {
		return fmt.Errorf("sign %s: %w", artifact.ChecksumsPath, err)
	}
	if err := writeSigned(s, signed); err != nil {
		return err
	}
	return readBack(ctx, files, keys.Key.Public(), now)
}

func statusFile(name string) string { return path.Join(integrity.Folder, name) }

// writeSigned writes the signature file last: until it is there, nobody takes the folder for signed.
func writeSigned(s *artifact.Store, signed integrity.Signed) error {
	for _, name := range slices.Sorted(maps.Keys(signed.Files)) {
		if err := s.Bytes(statusFile(name), signed.Files[name]); err != nil {
			return err
		}
	}
	if err := s.JSON(statusFile(integrity.SigstoreFile), signed.Bundle); err != nil {
		return err
	}
	return s.JSON(artifact.SignaturePath, signed.Signature)
}

// signedFiles are the paths of what signing writes.
func signedFiles() []string {
	var all []string
	for _, name := range integrity.SignedNames() {
		all = append(all, statusFile(name))
	}
	return all
}

// dropSignature takes away what an earlier signing wrote.
func dropSignature(s *artifact.Store) error {
	for _, p := range signedFiles() {
		if err := s.Remove(p); err != nil {
			return err
		}
	}
	return nil
}

// readBack verifies the integrity files as a reader does who knows the key.
func readBack(ctx context.Context, files fs.FS, key integrity.PublicKey, now time.Time) error {
	r := integrity.Request{ChecksumsName: artifact.ChecksumsPath, SignatureName: artifact.SignaturePath,
		ByHand: true, Trust: &integrity.Trust{}, MinVersion: 2, Now: now}
	r.Trust.Pin(key)
	var err, err2, err3 error
	r.Checksums, err = integrity.Read(files, artifact.ChecksumsPath)
	r.Signature, err2 = integrity.Read(files, artifact.SignaturePath)
	r.Beside, err3 = fs.Sub(files, integrity.Folder)
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
