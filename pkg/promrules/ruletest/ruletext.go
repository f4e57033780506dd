package ruletest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/internal/late"
)

// ruleText is the text of a plain rule file, and where its lines come from.
type ruleText struct {
	text  []byte
	root  *yaml.Node
	lines []*yaml.Node // what each line was written from; nil for a text that is the file itself
}

// room is what the rules of the objects of one file may still expand to, where an alias counts as all that it stands for.
type room struct{ nodes, bytes int }

// roomFor has room for all that a file of the size holds without aliases, which is at most a value for each two bytes.
func roomFor(size int) *room { return &room{nodes: max(200_000, size/2), bytes: max(16<<20, 8*size)} }

const mergeTag = "!!merge"

// textWriter writes a tree of YAML as a text in which every scalar has a line of its own, so that a line leads back to it. Aliases are
// written as what they stand for, because anchors may be outside of the tree.
type textWriter struct {
	bytes.Buffer
	lines []*yaml.Node
	room  *room
	err   error
}

// writeRules is the rule file that holds the spec of an object.
func writeRules(spec *yaml.Node, r *room) (*ruleText, error) {
	w := &textWriter{room: r, lines: []*yaml.Node{nil}} // lines are counted from 1
	root := unalias(spec)
	w.node(root, maxNesting, path{})
	return &ruleText{text: w.Bytes(), root: root, lines: w.lines}, w.err
}

// path is where a node is in the structure of a rule file.
type path struct {
	groups bool // the list of groups
	group  bool // one of them
}

func (w *textWriter) node(n *yaml.Node, depth int, p path) {
	at := n
	n = unalias(n)
	w.room.nodes--
	switch {
	case w.err != nil:
	case depth == 0:
		w.err = fmt.Errorf("%d:%d: the rules of an object nest more than %d deep", at.Line, at.Column, maxNesting)
	case w.room.nodes < 0 || w.room.bytes < 0:
		w.err = fmt.Errorf("%d:%d: the aliases in the objects expand to too much text", at.Line, at.Column)
	case n.Kind == yaml.MappingNode:
		w.line("{", at)
		w.mapping(n, depth, p)
		w.line("}", at)
	case n.Kind == yaml.SequenceNode:
		w.line("[", at)
		for _, item := range n.Content {
			w.node(item, depth-1, path{group: p.groups})
			w.line(",", item)
		}
		w.line("]", at)
	default:
		w.line(scalarText(n), at)
	}
}

// strategyKey is a key of groups that the operator takes out for Prometheus: it is Thanos' own.
const strategyKey = "partial_response_strategy"

func (w *textWriter) mapping(n *yaml.Node, depth int, p path) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if p.group && key.Value == strategyKey {
			continue
		}
		w.line("?", key) // says that a key follows, which may then be as long as any text
		w.node(key, depth-1, path{})
		w.line(":", key)
		w.node(value, depth-1, path{groups: key.Value == "groups"})
		w.line(",", value)
	}
}

func (w *textWriter) line(text string, from *yaml.Node) {
	w.WriteString(text)
	w.WriteByte('\n')
	w.room.bytes -= len(text) + 1
	w.lines = append(w.lines, from)
}

// scalarText writes a scalar so that it is read as the same value of the same type.
func scalarText(n *yaml.Node) string {
	switch n.ShortTag() {
	case "!!null":
		return "null"
	case "!!int", "!!float", "!!bool", "!!timestamp", mergeTag:
		return n.Value
	case "!!binary":
		return "!!binary " + strconv.QuoteToASCII(n.Value)
	}
	text, err := json.Marshal(n.Value)
	if err != nil { // there is no text without a form in JSON
		panic(err)
	}
	return string(text)
}

// linesNamed are the lines and columns with which messages of the libraries begin, and the lines that they name elsewhere.
var linesNamed = late.Pattern(`^(?:\d+:\d+: )+|\bline \d+: `)

// movedError is an error of a text that was written from another one, with the places of that.
type movedError struct {
	error
	text string
}

func (e *movedError) Error() string { return e.text }
func (e *movedError) Unwrap() error { return e.error }

// original are errors with the places of what the text was written from.
func (t *ruleText) original(errs []error) []error {
	if t.lines == nil {
		return errs
	}
	out := make([]error, 0, len(errs))
	for _, err := range errs {
		out = append(out, &movedError{err, linesNamed().ReplaceAllStringFunc(err.Error(), t.moved)})
	}
	return out
}

var placeNamed = late.Pattern(`(\d+):(\d+): `)

// moved is a place of the text, as a message names it, in what the text was written from.
func (t *ruleText) moved(named string) string {
	if line, ok := bytes.CutPrefix([]byte(named), []byte("line ")); ok {
		return fmt.Sprintf("line %d: ", t.from(string(bytes.TrimSuffix(line, []byte(": ")))).Line)
	}
	return placeNamed().ReplaceAllStringFunc(named, func(place string) string {
		n := t.from(placeNamed().FindStringSubmatch(place)[1])
		return fmt.Sprintf("%d:%d: ", n.Line, n.Column)
	})
}

// from is what a line was written from; a node without a place where there is no such line.
func (t *ruleText) from(digits string) *yaml.Node {
	if n := number(digits); 0 < n && n < len(t.lines) {
		return t.lines[n]
	}
	return &yaml.Node{}
}
