package schemas

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// loadOwn resolves references between our own schemas and refuses everything else: a schema never reaches the network.
func loadOwn(url string) (io.ReadCloser, error) {
	name, ok := strings.CutPrefix(strings.TrimSuffix(url, suffix), base)
	if !ok {
		return nil, fmt.Errorf("schema reference %s lies outside %s", url, base)
	}
	src, err := Source(name)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(src)), nil
}
