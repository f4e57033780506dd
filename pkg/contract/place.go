package contract

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/romel/govctl/internal/hugepages"
	"github.com/romel/govctl/pkg/report"
)

// Place is the position of the value; for a YAML alias, that of the anchor.
func (n Node) Place() report.Place {
	if n.t == nil {
		return report.Place{}
	}
	return n.t.place(n.raw().off, n.Pointer())
}

// KeyPlace is the position of the key of n; the position of n itself if it is not a field.
func (n Node) KeyPlace() report.Place {
	if n.t == nil {
		return report.Place{}
	}
	if n.raw().key == noKey {
		return n.Place()
	}
	return n.t.place(n.raw().koff, n.Pointer())
}

// Written is the text of the file from the position of n to the end, for details that a parsed
// value does not keep.
func (n Node) Written() string {
	if n.t == nil {
		return ""
	}
	return n.t.src[n.raw().off:]
}

// placeOf is a source as a whole: no line, no column.
func placeOf(name string) report.Place { return report.Place{File: name} }

func (t *tree) place(off uint32, pointer string) report.Place {
	line, column := t.lineColumn(off)
	return report.Place{File: t.file, Line: line, Column: column, Pointer: pointer}
}

// lineColumn counts lines by \n, columns in characters, both from 1.
func (t *tree) lineColumn(off uint32) (line, column int) {
	lines := t.lines.get(int(off), nearBytes, len(t.src), func(size int) []uint32 { return lineStarts(t.src[:size]) })
	line = sort.Search(len(lines), func(i int) bool { return lines[i] > off })
	start := lines[line-1]
	if start == 0 && strings.HasPrefix(t.src, bom) && off >= uint32(len(bom)) {
		start = uint32(len(bom)) // a byte order mark is no character of the text
	}
	if off-start < blockBytes {
		return line, 1 + characters(t.src[start:off])
	}
	return line, 1 + t.charactersBefore(off) - t.charactersBefore(start)
}

// characters is the number of characters that begin in s.
func characters(s string) int {
	n := 0
	for i := range len(s) {
		if s[i]&0xC0 != 0x80 { // not the inside of a character
			n++
		}
	}
	return n
}

// blockBytes is how many bytes are counted at once.
const blockBytes = 4096

// charactersBefore counts the characters of the text before off. Counts are kept for every block, because a whole
// document may stand on one line.
func (t *tree) charactersBefore(off uint32) int {
	t.blockOnce.Do(func() {
		t.blocks = make([]uint32, len(t.src)/blockBytes+1)
		n := uint32(0)
		for i := range len(t.src) {
			if i%blockBytes == 0 {
				t.blocks[i/blockBytes] = n
			}
			if t.src[i]&0xC0 != 0x80 {
				n++
			}
		}
		if len(t.src)%blockBytes == 0 {
			t.blocks[len(t.src)/blockBytes] = n
		}
	})
	return int(t.blocks[off/blockBytes]) + characters(t.src[off/blockBytes*blockBytes:off])
}

func lineStarts(src string) []uint32 {
	starts := append(hugepages.Slice[uint32](1+strings.Count(src, "\n")), 0)
	for i := 0; ; {
		j := strings.IndexByte(src[i:], '\n')
		if j < 0 {
			return starts
		}
		i += j + 1
		starts = append(starts, uint32(i))
	}
}

// Pointer is the RFC 6901 pointer of n from the root of its file.
func (n Node) Pointer() string {
	if n.t == nil || n.i == 0 {
		return ""
	}
	t, in := n.t, n.t.containers(n.i)
	var way []uint32
	for at := n.i; at != 0; at = in.parents[at] {
		way = append(way, at)
	}
	var b []byte
	for k := len(way) - 1; k >= 0; k-- {
		at := &t.nodes[way[k]]
		b = append(b, '/')
		if at.key == noKey {
			b = strconv.AppendInt(b, int64(in.positions[way[k]]), 10)
		} else if key := t.keys.names[at.key]; strings.ContainsAny(key, "~/") {
			b = append(b, pointerEscaper.Replace(key)...)
		} else {
			b = append(b, key...)
		}
	}
	return string(b)
}

// PlaceWithin is Place with no more than so many bytes of the pointer, and the length of the whole
// one: keys may be as long as the document, and reports about many values below one key must not
// copy it each time.
func (n Node) PlaceWithin(most int) (at report.Place, length int) {
	if n.t == nil {
		return report.Place{}, 0
	}
	var b []byte
	for _, at := range n.Path() {
		length += 1 + at.escapedLength()
		if len(b) <= most {
			key := at.token()
			b = append(b, '/')
			b = append(b, pointerEscaper.Replace(key[:min(len(key), most+1)])...)
		}
	}
	if len(b) > most {
		for most > 0 && !utf8.RuneStart(b[most]) {
			most--
		}
		b = b[:most]
	}
	return n.t.place(n.raw().off, string(b)), length
}

// escapedLength is the length of n's token in a pointer; that of a long key is worked out once.
func (n Node) escapedLength() int {
	key := n.token()
	long := len(key) >= blockBytes
	if long {
		if size, ok := n.t.escaped.Load(n.raw().key); ok {
			return size.(int)
		}
	}
	size := len(key) + strings.Count(key, "~") + strings.Count(key, "/")
	if long {
		n.t.escaped.Store(n.raw().key, size)
	}
	return size
}

// Path lists the values from the root of n's file (excluded) to n.
func (n Node) Path() []Node {
	if n.t == nil {
		return nil
	}
	var out []Node
	for at, in := n.i, n.t.containers(n.i); at != 0; at = in.parents[at] {
		out = append(out, Node{n.t, at})
	}
	slices.Reverse(out)
	return out
}

// token is the key of n, or its index in an array.
func (n Node) token() string {
	if key := n.raw().key; key != noKey {
		return n.t.keys.names[key]
	}
	return strconv.Itoa(int(n.t.containers(n.i).positions[n.i]))
}

// Tokens are the keys and indices of n's Pointer, from the root of its file.
func (n Node) Tokens() []string {
	var out []string
	for _, at := range n.Path() {
		out = append(out, at.token())
	}
	return out
}

// nearBytes and nearNodes are how much of a text and of its values tables of a document are made of at first: what every run asks
// for, such as the version of the API, is near the beginning.
const nearBytes, nearNodes = 1 << 16, 1 << 12

// byPrefix is a table about the values of a document in their order, or about its text. It is made on first use, of the beginning where
// that suffices.
type byPrefix[T any] struct {
	nearOnce, allOnce sync.Once
	near, all         T
}

// get is a table that has the place at, of those that make makes of the first so many of all places.
func (p *byPrefix[T]) get(at, near, all int, make func(size int) T) T {
	if at < near && near < all {
		p.nearOnce.Do(func() { p.near = make(near) })
		return p.near
	}
	p.allOnce.Do(func() { p.all = make(all) })
	return p.all
}

// containers are, by node, its container and how many siblings stand before it.
type containers struct{ parents, positions []uint32 }

// containers is a table with the node at i.
func (t *tree) containers(i uint32) containers {
	return t.parents.get(int(i), nearNodes, len(t.nodes), t.containersOf)
}

// containersOf is the table of the first nodes.
func (t *tree) containersOf(size int) containers {
	parents, positions := hugepages.Slice[uint32](size)[:size], hugepages.Slice[uint32](size)[:size]
	var open, filled []uint32
	for i := range uint32(size) {
		for len(open) > 0 && t.nodes[open[len(open)-1]].next <= i {
			open, filled = open[:len(open)-1], filled[:len(filled)-1]
		}
		if top := len(open) - 1; top >= 0 {
			parents[i], positions[i] = open[top], filled[top]
			filled[top]++
		}
		if k := t.nodes[i].kind; k == Object || k == Array {
			open, filled = append(open, i), append(filled, 0)
		}
	}
	return containers{parents, positions}
}

// File is the displayed name of the file of n.
func (n Node) File() string {
	if n.t == nil {
		return ""
	}
	return n.t.file
}

var (
	pointerEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// unescapeToken is the key that a token of a pointer stands for. Few have escapes, and the replacer copies all.
func unescapeToken(token string) string {
	if strings.Contains(token, "~") {
		return pointerUnescaper.Replace(token)
	}
	return token
}
