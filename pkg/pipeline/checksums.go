package pipeline

import (
	"context"
	"fmt"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/integrity"
	"github.com/romel/govctl/pkg/report"
)

// checksums takes the digest of every file of the run that can be covered. It runs when nothing else is written any more.
func checksums(ctx context.Context, b *bench) error {
	var members []string
	for _, f := range b.job.Store.Written() {
		if integrity.Coverable(f.Path) {
			members = append(members, f.Path)
		}
	}
	sums, err := integrity.Sum(ctx, b.job.Store.FS(), members)
	if err != nil {
		return err
	}
	sums.GeneratedAt = report.At(b.job.Now)
	if len(sums.Missing) > 0 {
		return fmt.Errorf("%d files of this run are gone, the first is %s", len(sums.Missing), sums.Missing[0])
	}
	b.note = count(sums.Count, "file")
	return WriteChecksums(b.job.Store, sums)
}

// WriteChecksums writes a checksum list in its three forms. A signature over an older list goes away: beside the new list it
// would look like a forgery.
func WriteChecksums(s *artifact.Store, sums report.Checksums) error {
	if err := dropSignature(s); err != nil {
		return err
	}
	if err := s.JSON(artifact.ChecksumsPath, sums); err != nil {
		return err
	}
	if err := s.Bytes(artifact.SumsPath, integrity.SHA256SUMS(sums.Artifacts)); err != nil {
		return err
	}
	return s.JSON(artifact.ChecksumsBadge, integrity.Badge(sums))
}
