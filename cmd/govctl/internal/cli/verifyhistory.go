package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

// historyDiffers says how the history beside a metrics file differs from the lines that the metrics were computed from; nothing when
// it only grew, or when the metrics name no lines: those of the first tools and placeholders do not.
func historyDiffers(files fs.FS, metrics string) string {
	m, err := artifact.Load[report.Stability](files, metrics)
	if err != nil || m.Extensions.HistorySHA256 == "" || m.Extensions.HistoryLines <= 0 {
		return ""
	}
	digest, lines, err := firstLines(files, path.Join(path.Dir(metrics), path.Base(artifact.HistoryPath)), m.Extensions.HistoryLines)
	switch {
	case err != nil:
		return "the metrics were computed from it, and it cannot be read: " + cause(err).Error()
	case lines < m.Extensions.HistoryLines:
		return fmt.Sprintf("it has %s, the metrics were computed from %d", counted(lines, "readable line"), m.Extensions.HistoryLines)
	case digest != m.Extensions.HistorySHA256:
		return "the metrics were computed from other lines: a digest of the first " + counted(lines, "line") + " differs"
	}
	return ""
}

// firstLines is the digest of the first n readable lines of a history, and how many there are of them.
func firstLines(files fs.FS, name string, n int) (digest string, lines int, err error) {
	info, err := fs.Stat(files, name)
	if err == nil && !info.Mode().IsRegular() { // opening a pipe could block for ever
		err = errors.New("not a regular file")
	}
	if err != nil {
		return "", 0, err
	}
	h, err := pipeline.FindHistory(files, name)
	if err != nil {
		return "", 0, err
	}
	return stability.Digest(h.Lines(), n)
}

// uncovered names the files that the signature does not speak about.
func uncovered(v report.Verification) string {
	var names []string
	for _, f := range v.Files {
		if f.Verdict == "uncovered" {
			names = append(names, oneLine(f.Path))
		}
	}
	return strings.Join(names, ", ")
}
