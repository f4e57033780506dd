package taxonomy

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
)

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

func itoa(n int) string { return strconv.Itoa(n) }

const bom = "\ufeff"

// Place is where the value of a field of an entry stands; where the entry itself begins for an absent field and for "".
func (f *File) Place(a *Alert, field string) report.Place {
	pointer := "/" + itoa(a.index)
	if !f.Legacy {
		pointer = "/alerts" + pointer
	}
	off := int(a.at.start)
	if field != "" {
		if _, val, ok := f.find(a, field); ok {
			off = int(val.start)
			pointer += "/" + pointerEscaper.Replace(field)
		}
	}
	return f.placeAt(off, pointer)
}

func (f *File) placeAt(off int, pointer string) report.Place {
	line, column := f.lineColumn(off)
	return report.Place{File: f.Name, Line: line, Column: column, Pointer: pointer}
}

// find returns the spans of a key of an entry and of its value, in the text of the file. The entry was read once, so it is well-formed;
// it is scanned again because few entries are ever asked for their places.
func (f *File) find(a *Alert, field string) (key, val span, ok bool) {
	for k, v := range f.fields(a) {
		if name, err := jsontext.AppendUnquote(nil, k.of(f.src)); err == nil && string(name) == field {
			return k, v, true
		}
	}
	return span{}, span{}, false
}

// fields yields the spans of the keys and values of an entry.
func (f *File) fields(a *Alert) func(yield func(key, val span) bool) {
	return func(yield func(key, val span) bool) {
		base := a.at.start
		dec := jsontext.NewDecoder(strings.NewReader(a.at.of(f.src)))
		if _, err := dec.ReadToken(); err != nil {
			return
		}
		for dec.PeekKind() == '"' {
			key, err := readSpan(dec, base)
			if err != nil {
				return
			}
			val, err := readSpan(dec, base)
			if err != nil || !yield(key, val) {
				return
			}
		}
	}
}

func readSpan(dec *jsontext.Decoder, base int32) (span, error) {
	v, err := dec.ReadValue()
	if err != nil {
		return span{}, err
	}
	end := base + int32(dec.InputOffset())
	return span{end - int32(len(v)), end}, nil
}

// lineColumn counts lines by \n and columns in characters, both from 1; a byte order mark is no character.
func (f *File) lineColumn(off int) (line, column int) {
	f.lineOnce.Do(func() { f.lines = lineStarts(f.src) })
	off = min(max(off, 0), len(f.src))
	line = sort.Search(len(f.lines), func(i int) bool { return int(f.lines[i]) > off })
	start := int(f.lines[line-1])
	if start == 0 && strings.HasPrefix(f.src, bom) && off >= len(bom) {
		start = len(bom)
	}
	if off-start < blockBytes {
		return line, 1 + utf8.RuneCountInString(f.src[start:off])
	}
	return line, 1 + f.charactersBefore(off) - f.charactersBefore(start)
}

// blockBytes is how many bytes are counted at once.
const blockBytes = 4096

// charactersBefore counts the characters of the text before off, of which every block is counted once: a whole file may be
// on one line.
func (f *File) charactersBefore(off int) int {
	f.blockOnce.Do(func() {
		n := 0
		for at := 0; at <= len(f.src); at += blockBytes {
			f.blocks = append(f.blocks, int32(n))
			n += characters(f.src[at:min(at+blockBytes, len(f.src))])
		}
	})
	return int(f.blocks[off/blockBytes]) + characters(f.src[off/blockBytes*blockBytes:off])
}

// characters is the number of characters that begin in s, which may begin inside one.
func characters(s string) int {
	n := 0
	for i := range len(s) {
		if s[i]&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

func lineStarts(src string) []int32 {
	starts := make([]int32, 1, 1+strings.Count(src, "\n"))
	for i := 0; ; {
		j := strings.IndexByte(src[i:], '\n')
		if j < 0 {
			return starts
		}
		i += j + 1
		starts = append(starts, int32(i))
	}
}
