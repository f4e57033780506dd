package adopt

import (
	"errors"
	"slices"
	"strings"
)

// The lines between which govctl writes into a file of somebody else.
const (
	begin = "# >>> govctl"
	end   = "# <<< govctl"
)

// ErrBlock is the error of marks of which one has no counterpart.
var ErrBlock = errors.New("the lines that begin and end govctl's block do not match: remove what is left of the block")

// Style is how the lines of a file are written.
type Style struct {
	Indent  string // before each line of the block
	Comment string // what follows the mark that begins the block
}

// Block is a text with the lines between the marks: in place of those that are there, else after offset at, which begins a line or ends
// the text. Everything outside of the block keeps its bytes; line ends are those of the text, and a text that ends without one goes on
// doing so.
func Block(text string, at int, s Style, lines []string) (string, error) {
	eol := "\n"
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		eol = "\r\n"
	}
	var b strings.Builder
	marked := slices.Concat([]string{begin + ": " + s.Comment}, lines, []string{end})
	for i, line := range marked {
		if line != "" {
			b.WriteString(s.Indent + line)
		}
		if i < len(marked)-1 {
			b.WriteString(eol)
		}
	}
	from, to, err := span(text)
	switch {
	case err != nil:
		return "", err
	case from >= 0:
		return text[:from] + b.String() + text[to:], nil
	case at == len(text) && at > 0 && text[at-1] != '\n':
		return text + eol + b.String(), nil
	}
	return text[:at] + b.String() + eol + text[at:], nil
}

// span is where the block of a text begins and ends, its last line end aside; -1 where there is none.
func span(text string) (from, to int, err error) {
	from, to = -1, -1
	at := 0
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		switch {
		case bare == begin || strings.HasPrefix(bare, begin+":"):
			if from >= 0 {
				return 0, 0, ErrBlock
			}
			from = at
		case bare == end:
			if from < 0 || to >= 0 {
				return 0, 0, ErrBlock
			}
			to = at + len(strings.TrimRight(line, "\r\n"))
		}
		at += len(line)
	}
	if (from < 0) != (to < 0) {
		return 0, 0, ErrBlock
	}
	return from, to, nil
}

// HasBlock reports whether a text has a block, whole or not.
func HasBlock(text string) bool {
	from, _, err := span(text)
	return err != nil || from >= 0
}

// HasLines reports whether a text has each of the lines, comments and empty lines aside.
func HasLines(text string, lines []string) bool {
	there := map[string]bool{}
	for line := range strings.Lines(text) {
		there[strings.TrimSpace(line)] = true
	}
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !there[line] {
			return false
		}
	}
	return true
}
