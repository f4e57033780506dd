package search

import "github.com/romel/govctl/pkg/apidiff/witness/validators"

// worker is what one search at a time uses: the session of its validators, and what it has planned
// and sampled before.
type worker struct {
	*validators.Session
	samples map[sampleKey]sampled
	flats   map[flatKey]*shape
}

func newWorker() *worker {
	return &worker{Session: validators.NewSession(), samples: map[sampleKey]sampled{}, flats: map[flatKey]*shape{}}
}

// maxKept bounds the shapes and the samples that a worker keeps between searches.
const maxKept = 2_000

func (w *worker) trim() {
	if len(w.flats) > maxKept {
		clear(w.flats)
	}
	if w.Trim(len(w.samples) > maxKept) {
		clear(w.samples)
	}
}
