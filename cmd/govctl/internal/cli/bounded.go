package cli

import "bytes"

// bounded is a buffer that stops taking bytes at maxCommandOutput and remembers that it did.
type bounded struct {
	bytes.Buffer
	full bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxCommandOutput {
		b.full = true
		return len(p), nil // the writer goes on; its output is refused as a whole
	}
	return b.Buffer.Write(p)
}
