package pipeline

import (
	"fmt"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// fits refuses a contract whose canonical form the next run could not read back as the file p. It is asked before anything is written: the
// contract that an earlier run published stays.
func (sc *stepContext) fits(doc *contract.Document, p string) error {
	opt := contract.ReadBack()
	opt.MaxBytes = int(artifact.Most(p))
	if doc.Fits(opt) {
		return nil
	}
	return &contract.Error{Place: report.Place{File: sc.contract.Source}, Hint: artifact.SplitHint,
		Msg: fmt.Sprintf("is too large to publish: of the canonical form, the limits are %d (bytes) and %d (values)", opt.MaxBytes, opt.MaxValues)}
}
