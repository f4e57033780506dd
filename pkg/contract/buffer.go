package contract

import "unsafe"

// buffer is an empty slice with room for n items, on huge pages where the system has them: the buffers of a large document are written
// and read from end to end, and every first touch of a page costs more than the work on its bytes.
func buffer[T any](n int) []T {
	s := make([]T, 0, n)
	adviseHugePages(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), uintptr(n)*unsafe.Sizeof(*new(T))))
	return s
}
