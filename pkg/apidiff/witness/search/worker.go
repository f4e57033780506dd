package search

import (
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// worker is what one search at a time uses: the session of its validators, and what it has planned
// and sampled before.
type worker struct {
	*validators.Session
	samples  map[sampleKey]sampled
	flats    map[flatKey]*shape
	readings map[string]func(*flattener, validators.Schema, contract.Node)
}

func newWorker() *worker {
	return &worker{
		Session: validators.NewSession(), samples: map[sampleKey]sampled{}, flats: map[flatKey]*shape{},
		readings: readings(),
	}
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
