package apidiff

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// Lists of operations end; who counts takes the counts.
func TestListsOfOperationsEnd(t *testing.T) {
	const more = maxOperations + 7
	var paths []string
	for i := range more {
		paths = append(paths, fmt.Sprintf(`"/p%d":{"get":{}}`, i))
	}
	text := func(paths string) []byte {
		return []byte(`{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{` + paths + `}}`)
	}
	empty, full := parse(t, "empty.json", text("")), parse(t, "full.json", text(strings.Join(paths, ",")))
	added := Compare(context.Background(), empty, full, Options{NoWitness: true}).Operations()
	if len(added.Added) != maxOperations || added.Counts.Added != more || added.Counts.TotalNew != more {
		t.Errorf("%d listed, counts %+v", len(added.Added), added.Counts)
	}
	removed := Compare(context.Background(), full, empty, Options{NoWitness: true}).Operations()
	if len(removed.Removed) != maxOperations || removed.Counts.Removed != more {
		t.Errorf("%d listed, counts %+v", len(removed.Removed), removed.Counts)
	}
}
