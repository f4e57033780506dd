package pipeline

import (
	"context"
	"errors"
	"fmt"
)

// export reads the contract and writes its canonical form. Where it cannot be read, the contract of the last run stays published.
func export(ctx context.Context, sc *stepContext) error {
	name := publishedPath(sc.contract.Name)
	doc, err := sc.document(ctx)
	if err != nil {
		return errors.Join(err, keep(sc.job.Store, name, sc.job.State.Contracts[sc.contract.Name].Published))
	}
	sc.note = name
	if doc.Converted() {
		sc.note = "converted from Swagger 2.0"
	}
	if n := len(doc.Dangling()); n > 0 {
		sc.note = fmt.Sprintf("%s not read, the first is %v", count(n, "reference"), doc.Dangling()[0])
	}
	return sc.job.Store.Bytes(name, doc.Canonical())
}
