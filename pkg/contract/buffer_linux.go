package contract

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of a huge page, in bytes, of most systems. Elsewhere the advice comes to nothing.
const hugePage = 2 << 20

// adviseHugePages asks for huge pages below what of b is aligned to them. It is advice: a refusal changes nothing but the time.
func adviseHugePages(b []byte) {
	begin := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) % hugePage)
	if end := len(b) - (len(b)-begin)%hugePage; begin < end {
		syscall.Madvise(b[begin:end], syscall.MADV_HUGEPAGE) //nolint:errcheck // see above
	}
}
