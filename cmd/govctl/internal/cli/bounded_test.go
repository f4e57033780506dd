package cli

import (
	"io"
	"strings"
	"testing"
)

// A copy goes through Write and is bounded, whatever io.Copy finds to make it faster.
func TestACopyIsBounded(t *testing.T) {
	stopped := false
	b := bounded{limit: 10, stop: func() { stopped = true }}
	if _, err := io.Copy(&b, io.LimitReader(strings.NewReader(strings.Repeat("x", 5000)), 5000)); err != nil {
		t.Fatal(err)
	}
	if b.buf.Len() != 10 || !b.full || !stopped {
		t.Errorf("%d bytes were taken, full %v, stopped %v", b.buf.Len(), b.full, stopped)
	}
}
