package integrity

import "github.com/romel/govctl/pkg/report"

// Listed are the files of a checksum list by path. The error is an *Unreadable or a *Refused.
func Listed(checksums []byte) (map[string]report.Checksum, error) {
	l, err := parseList(ChecksumsFile, checksums)
	if err != nil {
		return nil, public(err)
	}
	files := make(map[string]report.Checksum, len(l.Artifacts))
	for _, f := range l.Artifacts {
		files[f.Path] = f
	}
	return files, nil
}
