package witness

import (
	"regexp"
	"regexp/syntax"
)

// Tolls count, in about microseconds, what fuel does not: the second validator, which prepares schemas anew for each value,
// and patterns. They never change what a search finds; they end it where it would cost seconds.
const maxTolls = 300_000

// toll takes n from what a search may spend beside its fuel.
func (w *worker) toll(n int) {
	w.tolls += int64(n)
	if w.tolls > w.tollStop {
		w.fuel = -1
	}
}

// Bounds of patterns: instructions of one that is compiled; what more of them cost is paid for at each match.
const maxProgram = 10_000

// programSize is the number of instructions that an expression compiles to, about.
func programSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		size = min(size+programSize(sub), 1<<30)
	}
	if re.Op == syntax.OpRepeat {
		size = min(size*max(re.Min, re.Max, 1), 1<<30)
	}
	return size
}

// compile is the compiled form of a pattern of Go and its size; nil where it is not valid or too large.
func compile(text string) (*regexp.Regexp, int) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, 0
	}
	size := programSize(tree)
	if size > maxProgram {
		return nil, size
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, size
	}
	return re, size
}

// matches asks a pattern about a text, at its price.
func (w *worker) matches(re *regexp.Regexp, text string) bool {
	w.toll(1 + w.sizes[re]*(1+len(text)/8)/200)
	return w.fuel >= 0 && re.MatchString(text)
}
