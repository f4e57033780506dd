package docblocks

import (
	"fmt"

	"github.com/romel/govctl/pkg/report"
)

// Rules is the table of `govctl docs sync`.
var Rules = []report.EvidenceRule{
	{ID: "doc-block-stale", Kind: "docs", Level: report.Error, Summary: "A generated block of a document is not up to date.", Why: "Readers take a table for what is true now.", Hint: "govctl docs sync writes it again"},
}

// Stale compares the blocks of a document with the texts that belong there, by their name.
func (d *Document) Stale(texts map[string]string) (found []report.Finding) {
	for _, b := range d.Blocks {
		text, ok := texts[b.Name]
		if !ok || text == b.Text {
			continue
		}
		f := Rules[0].Finding(report.EvidenceSubject{Name: d.Name}, fmt.Sprintf("the block %s is not up to date", b.Name), b.Name)
		f.New = &report.Place{File: d.Name, Line: b.Line}
		found = append(found, f)
	}
	return found
}
