package contract

import (
	"sort"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// Place is where the value stands; the value of a YAML alias stands at its anchor.
func (n Node) Place() report.Place {
	if n.t == nil {
		return report.Place{}
	}
	return n.t.place(n.raw().off, n.pointer())
}

// KeyPlace is where the key that introduces n stands; n's own place where it is no field.
func (n Node) KeyPlace() report.Place {
	if n.t == nil {
		return report.Place{}
	}
	if n.raw().key == noKey {
		return n.Place()
	}
	return n.t.place(n.raw().koff, n.pointer())
}

// placeOf is a source as a whole: no line, no column.
func placeOf(name string) report.Place { return report.Place{File: name} }

func (t *tree) place(off uint32, pointer string) report.Place {
	line, column := t.lineColumn(off)
	return report.Place{File: t.file, Line: line, Column: column, Pointer: pointer}
}

// lineColumn counts lines by \n, columns in characters, both from 1.
func (t *tree) lineColumn(off uint32) (line, column int) {
	t.lineOnce.Do(func() { t.lines = lineStarts(t.src) })
	line = sort.Search(len(t.lines), func(i int) bool { return t.lines[i] > off })
	start := t.lines[line-1]
	if start == 0 && strings.HasPrefix(t.src, bom) && off >= uint32(len(bom)) {
		start = uint32(len(bom)) // a byte order mark is no character of the text
	}
	return line, 1 + t.charactersBefore(off) - t.charactersBefore(start)
}

// charactersBefore counts the characters of the text before off. Counts are kept for every block, because a whole
// document may stand on one line.
func (t *tree) charactersBefore(off uint32) int {
	const block = 4096
	t.blockOnce.Do(func() {
		t.blocks = make([]uint32, len(t.src)/block+1)
		n := uint32(0)
		for i := range len(t.src) {
			if i%block == 0 {
				t.blocks[i/block] = n
			}
			if t.src[i]&0xC0 != 0x80 { // not the inside of a character
				n++
			}
		}
		if len(t.src)%block == 0 {
			t.blocks[len(t.src)/block] = n
		}
	})
	n := int(t.blocks[off/block])
	for _, c := range []byte(t.src[off/block*block : off]) {
		if c&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

func lineStarts(src string) []uint32 {
	starts := make([]uint32, 1, 1+strings.Count(src, "\n"))
	for i := 0; ; {
		j := strings.IndexByte(src[i:], '\n')
		if j < 0 {
			return starts
		}
		i += j + 1
		starts = append(starts, uint32(i))
	}
}

// pointer is the RFC 6901 pointer of n from the root of its file, found by descending to it.
func (n Node) pointer() string {
	var b strings.Builder
	t := n.t
	for at := uint32(0); at != n.i; {
		i, c := 0, at+1
		for t.nodes[c].next <= n.i {
			c = t.nodes[c].next
			i++
		}
		b.WriteByte('/')
		if t.nodes[at].kind == Object {
			b.WriteString(pointerEscaper.Replace(t.keys.names[t.nodes[c].key]))
		} else {
			b.WriteString(strconv.Itoa(i))
		}
		at = c
	}
	return b.String()
}

var (
	pointerEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)
