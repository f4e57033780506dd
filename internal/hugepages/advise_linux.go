package hugepages

import (
	"syscall"
	"unsafe"
)

const available = true

// size is that of a huge page, in bytes, of most systems. Elsewhere the advice comes to nothing.
const size = 2 << 20

// advise asks for huge pages below what of b is aligned to them. It is advice: a refusal changes nothing but the time.
func advise(b []byte) {
	begin := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) % size)
	if end := len(b) - (len(b)-begin)%size; begin < end {
		syscall.Madvise(b[begin:end], syscall.MADV_HUGEPAGE) //nolint:errcheck // see above
	}
}
