package render

import (
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// fromTop is a report whose paths begin at the top of the repository instead of in a folder of it.
func fromTop(r *Report, prefix string) *Report {
	if prefix == "" {
		return r
	}
	out := *r
	out.Subject = within(prefix, r.Subject)
	out.Findings = slices.Clone(r.Findings)
	for i := range out.Findings {
		f := &out.Findings[i]
		f.Old, f.New = placed(prefix, f.Old), placed(prefix, f.New)
	}
	return &out
}

func placed(prefix string, p *report.Place) *report.Place {
	if p == nil {
		return nil
	}
	moved := *p
	moved.File = within(prefix, p.File)
	return &moved
}

// within is a path below a folder of the repository; what is no path of the work tree stays as it is.
func within(prefix, file string) string {
	below := file
	for strings.HasPrefix(below, "../") {
		below = below[len("../"):]
	}
	if prefix == "" || !inTree(below) {
		return file
	}
	return path.Join(prefix, file)
}
