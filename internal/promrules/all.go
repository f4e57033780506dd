package promrules

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Source is the text of one rule file.
type Source struct {
	Name string
	Data []byte
}

// ParseAll parses files of a dialect on all processors. The files are in the order of the sources, without those that were refused; the errors
// likewise.
func ParseAll(sources []Source, d Dialect) ([]*File, []error) {
	files := make([]*File, len(sources))
	errs := make([]error, len(sources))
	each(len(sources), func(i int) { files[i], errs[i] = d.Parse(sources[i].Name, sources[i].Data) })
	return compact(files, func(f *File) bool { return f != nil }), compact(errs, func(e error) bool { return e != nil })
}

// each calls do for 0..n-1 on all processors.
func each(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

func compact[T any](list []T, keep func(T) bool) []T {
	out := list[:0]
	for _, v := range list {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}
