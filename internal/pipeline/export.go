package pipeline

import (
	"context"
	"errors"
	"fmt"
)

// export reads the contract and writes its canonical form. Where it cannot be read, the contract of the last run stays published.
func export(ctx context.Context, b *bench) error {
	name := publishedPath(b.contract.Name)
	doc, err := b.document(ctx)
	if err != nil {
		if old := b.job.State.Contracts[b.contract.Name].Published; old != nil {
			return errors.Join(err, b.job.Store.Bytes(name, old))
		}
		return errors.Join(err, b.job.Store.Remove(name))
	}
	b.note = name
	if doc.Converted() {
		b.note = "converted from Swagger 2.0"
	}
	if n := len(doc.Dangling()); n > 0 {
		b.note = fmt.Sprintf("%s not read, the first is %v", count(n, "reference"), doc.Dangling()[0])
	}
	return b.job.Store.Bytes(name, doc.Canonical())
}
