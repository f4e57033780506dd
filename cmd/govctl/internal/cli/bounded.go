package cli

import "bytes"

// bounded is a buffer that stops taking bytes at its limit and remembers that it did. What comes later is passed over: a program
// that talks much may still be right. stop, where it is given, ends the writer instead, because its output is refused as a whole.
//
// The buffer is no embedded one: io.Copy would find its ReadFrom and pass the limit by.
type bounded struct {
	buf   bytes.Buffer
	limit int
	stop  func()
	full  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := b.limit - b.buf.Len()
	if len(p) <= room {
		return b.buf.Write(p)
	}
	b.full = true
	if b.stop != nil {
		b.stop()
	}
	b.buf.Write(p[:room])
	return len(p), nil
}
