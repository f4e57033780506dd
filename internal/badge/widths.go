package badge

import (
	"bytes"
	"compress/flate"
	_ "embed" // the table of widths
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sync"
)

// textWidth is the width of a text in pixels, made odd for the pixel grid. What the table does not know is as wide as an m.
func textWidth(text string) int {
	w := 0.0
	for _, r := range text {
		switch {
		case r < ' ' || r == 0x7f:
		case r <= '~':
			w += verdana11[r-' ']
		default:
			w += widthOf(r)
		}
	}
	return int(w) | 1
}

// verdana11 are the widths of the printable ASCII characters in Verdana at 11 pixels, from the space on (anafanafo 2.0.0).
var verdana11 = [...]float64{
	3.87, 4.33, 5.05, 9, 6.99, 11.84, 7.99, 2.95, 5, 5, 6.99, 9, 4, 5, 4, 5,
	6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 6.99, 5, 5, 9, 9, 9, 6,
	11, 7.52, 7.54, 7.68, 8.48, 6.96, 6.32, 8.53, 8.27, 4.63, 5, 7.62, 6.12, 9.27, 8.23, 8.66,
	6.63, 8.66, 7.65, 7.52, 6.78, 8.05, 7.52, 10.88, 7.54, 6.77, 7.54, 5, 5, 5, 9, 6.99,
	6.99, 6.61, 6.85, 5.73, 6.85, 6.55, 3.87, 6.85, 6.96, 3.02, 3.79, 6.51, 3.02, 10.7, 6.96, 6.68,
	6.85, 6.85, 4.69, 5.73, 4.33, 6.96, 6.51, 9, 6.51, 6.51, 5.78, 6.98, 5, 6.98, 9,
}

// packed is the whole of that table with its substitutes for what Verdana lacks, deflated: for each run of characters of one width
// the gap since the run before, the length less one and the width in hundredths of a pixel, each a varint.
//
//go:embed verdana11.deflate
var packed []byte

// span is a run of characters of one width.
type span struct {
	first, last rune
	width       float64
}

// spans are read when the first badge needs them: hardly any does.
var spans = sync.OnceValue(func() []span {
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		panic(err) // the embedded table is broken: every test of a drawing fails
	}
	var all []span
	next := rune(0)
	for r := bytes.NewReader(data); r.Len() > 0; {
		gap, err1 := binary.ReadUvarint(r)
		more, err2 := binary.ReadUvarint(r)
		width, err3 := binary.ReadUvarint(r)
		if err := errors.Join(err1, err2, err3); err != nil {
			panic(err) // as above
		}
		first := next + rune(gap)                                                //nolint:gosec // characters
		all = append(all, span{first, first + rune(more), float64(width) / 100}) //nolint:gosec // characters
		next = first + rune(more) + 1                                            //nolint:gosec // characters
	}
	return all
})

func widthOf(c rune) float64 {
	i, found := slices.BinarySearchFunc(spans(), c, func(s span, c rune) int {
		switch {
		case s.last < c:
			return -1
		case s.first > c:
			return 1
		}
		return 0
	})
	if !found {
		return verdana11['m'-' ']
	}
	return spans()[i].width
}
