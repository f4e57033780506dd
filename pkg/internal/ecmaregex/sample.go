package ecmaregex

import (
	"math"
	"unicode/utf16"
)

// Bounds of a string that is made from the tree, in characters and steps, and of the search for one
// where that does not do.
const (
	maxSample     = 20_000
	maxSampleWork = 50_000
)

// Sample is a string that the pattern matches, as short and readable as its alternatives allow.
// The salt (0 and up) chooses among alternatives and among the members of classes, and grow adds
// that many repetitions. False means that none was found, not that there is none.
func (p *Pattern) Sample(salt, grow int) (string, bool) {
	w := writer{salt: max(salt, 0), grow: grow, room: maxSample, groups: map[int][]rune{}}
	w.write(p.root)
	if s := w.text(p.unicode); w.room > 0 && p.Match(s).Answer == Yes {
		return s, true
	}
	if !p.ahead && p.opaque == "" && w.room <= 0 {
		return "", false // too long
	}
	f := Find(Query{Match: []*Pattern{p}, MinLength: max(grow, 0), Salt: salt, Work: maxSampleWork})
	return f.String, f.Answer == Yes
}

// Miss is a string that the pattern does not match, if possible one that differs from a match in
// one place. False means that none was found.
func (p *Pattern) Miss(salt int) (string, bool) {
	s, _ := p.Sample(salt, 1)
	rs := []rune(s)
	for i := range rs {
		at := (i + max(salt, 0)) % len(rs)
		for _, r := range []rune{'!', 'A', '0', ' ', '\n'} {
			for _, near := range []string{string(rs[:at]) + string(r) + string(rs[at+1:]), string(rs[:at]) + string(rs[at+1:])} {
				if p.Match(near).Answer == No {
					return near, true
				}
			}
		}
		if i == 3 {
			break
		}
	}
	f := Find(Query{Miss: []*Pattern{p}, Salt: salt, Work: maxSampleWork})
	return f.String, f.Answer == Yes
}

// A writer makes a string by walking the tree, without regard to assertions.
type writer struct {
	chars      []rune
	groups     map[int][]rune // what each capture group wrote
	salt, grow int
	room       int
}

// text is what was written, whose characters are code points or UTF-16 code units.
func (w *writer) text(codePoints bool) string {
	if codePoints {
		return string(w.chars)
	}
	u := make([]uint16, len(w.chars))
	for i, c := range w.chars {
		u[i] = uint16(c)
	}
	return string(utf16.Decode(u))
}

func (w *writer) write(n *node) {
	if w.room--; w.room <= 0 {
		return
	}
	switch n.op {
	case opSet:
		w.pick(n.set)
	case opConcat:
		for _, sub := range n.subs {
			w.write(sub)
		}
	case opAlternate:
		w.write(n.subs[w.salt%len(n.subs)])
	case opGroup:
		from := len(w.chars)
		w.write(n.subs[0])
		w.groups[n.index] = w.chars[from:]
	case opBackref:
		w.chars = append(w.chars, w.groups[n.index]...)
		w.room -= len(w.groups[n.index])
	case opRepeat:
		times := n.min
		for most := uint(n.max); w.grow > 0 && uint(times) < most; w.grow-- { // -1 is the greatest uint
			times++
		}
		for i := 0; i < times && w.room > 0; i++ {
			w.write(n.subs[0])
		}
	}
}

// pick writes a member of a set: a readable one where there is one.
func (w *writer) pick(s set) {
	for _, r := range readable {
		for i := 0; i < len(s); i += 2 {
			if s[i] <= r && r <= s[i+1] {
				w.chars = append(w.chars, r+rune(w.salt%10)%(min(s[i+1]-r, math.MaxInt16)+1))
				return
			}
		}
	}
	if len(s) == 0 {
		w.room = 0
		return
	}
	w.chars = append(w.chars, s[0])
}
