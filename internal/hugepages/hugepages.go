// Package hugepages asks for huge pages below large pieces of memory. What reads a large document, or hundreds of contracts, touches tens of
// thousands of pages for the first time, and each costs more than the work on its bytes.
package hugepages

import "unsafe"

// Slice is an empty slice with room for n items, on huge pages where the system has them.
func Slice[T any](n int) []T {
	s := make([]T, 0, n)
	advise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), uintptr(n)*unsafe.Sizeof(*new(T))))
	return s
}

// Heap lets the heap grow by n bytes at once, on huge pages: many small values would make it grow page by page. Nothing refers to the bytes: they
// are free from the next garbage collection on, which they bring about, and what is not used of them is not touched. It does nothing on systems of
// which no huge pages can be asked.
func Heap(n int) {
	if available {
		Slice[byte](n)
	}
}
