package gitrepo

import (
	"bufio"
	"bytes"
	"testing"
)

// git's answers can hold any file name; neither reader may panic or allocate by a number it was told.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("c0 1700000000 p1\n:000000 100644 0000 abcd A\x00a b.json\x00\x00c1 1 \n:100644 000000 aa 00 D\x00x\x00"))
	f.Add([]byte("abcd blob 3\nabc\nHEAD:x missing\n"))
	f.Add([]byte("abcd blob 99999999999\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parseLog(data)
		for _, e := range entries {
			if err == nil && e.status == 'D' && e.Blob != "" {
				t.Errorf("a removal has content: %+v", e)
			}
		}
		_ = readBatch(bufio.NewReader(bytes.NewReader(data)), []string{"a", "b"}, 1<<20, func(string, []byte) error { return nil })
	})
}
