package pipeline

import (
	"context"
	"fmt"
)

// export reads the contract and writes its canonical form. A contract that cannot be read does not fail the run by itself: the
// stability step records a placeholder, and the placeholder limit decides.
func export(ctx context.Context, b *bench) error {
	doc, err := b.document(ctx)
	if err != nil {
		return tolerated{err}
	}
	b.note = publishedPath(b.contract.Name)
	if doc.Converted() {
		b.note = "converted from Swagger 2.0"
	}
	if n := len(doc.Dangling()); n > 0 {
		b.note = fmt.Sprintf("%d reference(s) lead nowhere, the first at %v", n, doc.Dangling()[0])
	}
	return b.job.Store.Bytes(publishedPath(b.contract.Name), doc.Canonical())
}
