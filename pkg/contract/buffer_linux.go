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

// prepareHeap lets the heap grow by n bytes at once, on huge pages: the many small values of a large document would make it grow page by
// page. Nothing refers to the bytes: they are free from the next garbage collection on, which they bring about.
func prepareHeap(n int) {
	if n >= 16<<20 {
		buffer[byte](n)
	}
}
