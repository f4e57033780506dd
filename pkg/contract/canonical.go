package contract

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"unsafe"

	"github.com/romel/govctl/internal/hugepages"
)

// Canonical is the description as canonical JSON: one self-contained file with sorted keys, two
// spaces of indent, a final newline, numbers in the spelling of RFC 8785 with all their digits,
// strings with as few escapes as JSON allows. It depends on the content alone, not on format, order
// or spelling, so that exporting the export gives the same bytes.
//
// The content of other files is moved below components: see bundle.
func (d *Document) Canonical() []byte {
	t := d.exported()
	w := jsonWriter{t: t, dst: hugepages.Slice[byte](t.canonicalSize())}
	w.value(0, 0)
	b := append(w.dst, '\n')
	d.digestOnce.Do(func() { d.digest = digestOf(b) })
	return b
}

// canonicalSize is about the number of bytes of the canonical form, so that its buffer is made once: spaces are most of it, and a source in
// YAML or on one line has few. Escapes, which are rare, are not counted.
func (t *tree) canonicalSize() int {
	size := len("\n")
	var open []uint32 // the ends of the containers around a value
	for i := range t.nodes {
		n := &t.nodes[i]
		for len(open) > 0 && open[len(open)-1] <= uint32(i) {
			open = open[:len(open)-1]
		}
		size += 2*len(open) + len("\n,")
		if n.key != noKey {
			size += len(t.keys.names[n.key]) + len(`"": `)
		}
		switch {
		case n.kind == Object || n.kind == Array:
			size += 2*len(open) + len("{\n}")
			open = append(open, n.next)
		case n.form == decoded:
			size += len(t.texts[n.val]) + len(`""`)
		case n.kind == String || n.kind == Number:
			size += int(n.val) + len(`""`)
		default:
			size += len("false")
		}
	}
	return size + size/64
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// SHA256 is the hexadecimal digest of Canonical.
func (d *Document) SHA256() string {
	d.digestOnce.Do(func() {
		digest := sha256.New()
		w := jsonWriter{t: d.exported(), dst: make([]byte, 0, 2*flushAt), sink: digest}
		w.value(0, 0)
		digest.Write(append(w.dst, '\n'))
		d.digest = hex.EncodeToString(digest.Sum(nil))
	})
	return d.digest
}

// Fits reports whether Parse takes the canonical form under these limits of bytes and values. It does not make the form: of a small,
// deeply nested source that can be many times larger than the limit.
func (d *Document) Fits(o Options) bool {
	t := d.exported()
	if len(t.nodes) > o.maxValues() {
		return false
	}
	const perValue, perByte = 2*MaxDepth + 16, 6 // spaces of the deepest line with its marks; a control character as an escape
	if len(d.order) == 1 && len(t.nodes)*perValue+len(t.src)*perByte < o.maxBytes() {
		return true
	}
	left := counter(o.maxBytes() - len("\n"))
	w := jsonWriter{t: t, dst: make([]byte, 0, 2*flushAt), sink: &left, full: func() bool { return left < 0 }}
	w.value(0, 0)
	return int(left) >= len(w.dst)
}

// counter takes what a writer writes and counts it down.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c -= counter(len(b))
	return len(b), nil
}

// exported is the tree that Canonical writes.
func (d *Document) exported() *tree {
	if d.bundled != nil {
		return d.bundled
	}
	return d.root
}

// AppendJSON appends n as canonical JSON in one line.
func (n Node) AppendJSON(dst []byte) []byte {
	if n.t == nil {
		return append(dst, "null"...)
	}
	w := jsonWriter{t: n.t, dst: dst}
	w.value(n.i, -1)
	return w.dst
}

// A jsonWriter writes values of a tree.
type jsonWriter struct {
	t       *tree
	dst     []byte
	sink    io.Writer   // takes dst when it is long; nil keeps all in dst
	full    func() bool // asked when it has taken some: true ends the writing
	done    bool
	fields  []uint32 // stack of the fields of the objects being written, sorted
	scratch []byte
}

const flushAt = 64 << 10

// value writes the value at i; indent is the depth of its line, -1 for compact.
func (w *jsonWriter) value(i uint32, indent int) {
	if w.done {
		return
	}
	n := &w.t.nodes[i]
	switch n.kind {
	case Bool:
		if n.val == 1 {
			w.dst = append(w.dst, "true"...)
		} else {
			w.dst = append(w.dst, "false"...)
		}
	case Number:
		w.dst = appendNumber(w.dst, w.t.text(n))
	case String:
		w.text(n)
	case Array:
		w.array(i, indent)
	case Object:
		w.object(i, indent)
	default:
		w.dst = append(w.dst, "null"...)
	}
	if w.sink != nil && len(w.dst) >= flushAt {
		w.sink.Write(w.dst) //nolint:errcheck // a hash takes everything
		w.dst = w.dst[:0]
		w.done = w.full != nil && w.full()
	}
}

func (w *jsonWriter) text(n *node) {
	if n.form != escaped {
		w.dst = appendQuoted(w.dst, w.t.text(n))
		return
	}
	w.scratch = unescape(w.scratch[:0], w.t.src[n.off+1:n.off+1+n.val])
	w.dst = appendQuoted(w.dst, unsafe.String(unsafe.SliceData(w.scratch), len(w.scratch)))
}

func (w *jsonWriter) array(i uint32, indent int) {
	n := &w.t.nodes[i]
	if n.val == 0 {
		w.dst = append(w.dst, "[]"...)
		return
	}
	w.dst = append(w.dst, '[')
	for c := i + 1; c < n.next && !w.done; c = w.t.nodes[c].next {
		if c > i+1 {
			w.dst = append(w.dst, ',')
		}
		w.value(c, w.line(indent, 1))
	}
	w.line(indent, 0)
	w.dst = append(w.dst, ']')
}

func (w *jsonWriter) object(i uint32, indent int) {
	n := &w.t.nodes[i]
	if n.val == 0 {
		w.dst = append(w.dst, "{}"...)
		return
	}
	w.dst = append(w.dst, '{')
	base := len(w.fields)
	w.sortFields(i)
	for k := range n.val {
		if w.done {
			break
		}
		if k > 0 {
			w.dst = append(w.dst, ',')
		}
		c := w.fields[base+int(k)]
		inner := w.line(indent, 1)
		w.dst = append(appendQuoted(w.dst, w.t.keys.names[w.t.nodes[c].key]), ':')
		if indent >= 0 {
			w.dst = append(w.dst, ' ')
		}
		w.value(c, inner)
	}
	w.fields = w.fields[:base]
	w.line(indent, 0)
	w.dst = append(w.dst, '}')
}

// line begins a line, so much deeper than indent, unless the style is compact; it returns that depth.
func (w *jsonWriter) line(indent, more int) int {
	if indent < 0 {
		return indent
	}
	w.dst = append(w.dst, '\n')
	for n := 2 * (indent + more); n > 0; n -= len(spaces) {
		w.dst = append(w.dst, spaces[:min(n, len(spaces))]...)
	}
	return indent + more
}

const spaces = "                                                                "

// sortFields appends the fields of the object at i to w.fields, sorted by key.
func (w *jsonWriter) sortFields(i uint32) {
	t := w.t
	t.rankOnce.Do(func() { t.ranks = t.keys.ranks() })
	base := len(w.fields)
	for c := i + 1; c < t.nodes[i].next; c = t.nodes[c].next {
		w.fields = append(w.fields, c)
	}
	slices.SortFunc(w.fields[base:], func(a, b uint32) int { return int(t.ranks[t.nodes[a].key]) - int(t.ranks[t.nodes[b].key]) })
}

// ranks are the places of the keys in the order of their bytes.
func (k *keyTable) ranks() []uint32 {
	order := make([]uint32, len(k.names))
	for id := range order {
		order[id] = uint32(id)
	}
	slices.SortFunc(order, func(a, b uint32) int { return strings.Compare(k.names[a], k.names[b]) })
	ranks := make([]uint32, len(k.names))
	for rank, id := range order {
		ranks[id] = uint32(rank)
	}
	return ranks
}
