package ruletest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// reader reads a test file and collects what is wrong with it, so that one run names every fault.
type reader struct {
	file     string
	problems []*contract.Error
	depth    int
	mappings int // read so far; aliases can make many out of few
}

// maxProblems is how many faults of one file are named.
const maxProblems = 100

func (r *reader) fail(n *yaml.Node, hint, format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, &contract.Error{Place: r.place(n), Msg: fmt.Sprintf(format, args...), Hint: hint})
	}
}

func (r *reader) place(n *yaml.Node) report.Place {
	return report.Place{File: r.file, Line: n.Line, Column: n.Column}
}

// document is the root of the one document of data; nil for an empty file or after a failure.
func (r *reader) document(data []byte) (root *yaml.Node) {
	// The library recovers from its own errors; what it lets through would be a defect of its own, which hostile input
	// must not turn into a crash.
	defer func() {
		if p := recover(); p != nil {
			root = nil
			r.fail(&yaml.Node{}, "", "the YAML library gave up: %v", p)
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	if err := d.Decode(&first); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		r.problems = append(r.problems, r.unreadable(data, err)...)
		return nil
	}
	switch err := d.Decode(&second); {
	case err == nil:
		r.fail(&second, "put each test file into its own file", "a second YAML document begins here, which promtool ignores")
	case !errors.Is(err, io.EOF):
		r.problems = append(r.problems, r.unreadable(data, err)...)
	}
	return first.Content[0]
}

// unreadable is the library's error about a text that is no YAML. The library names a line at best; the project's own reader names the
// place and what to do, unless it takes what the library refuses.
func (r *reader) unreadable(data []byte, err error) []*contract.Error {
	var own *contract.Error
	if _, ownErr := contract.ParseValue(context.Background(), r.file, data, contract.Options{MaxBytes: maxFileSize}); errors.As(ownErr, &own) && own.Place.Line > 0 {
		return []*contract.Error{own}
	}
	return placed(r.file, []error{err})
}

// Bounds on aliases and merge keys that lead into each other, and on what they expand to.
const (
	maxNesting  = 50
	maxMappings = 1_000_000
)

// fields say what to do with the value of each key.
type fields map[string]func(*yaml.Node)

// mapping calls the field's function for each key that a mapping has. Where promtool refuses a file, so does this.
func (r *reader) mapping(n *yaml.Node, what string, known fields) {
	r.depth, r.mappings = r.depth+1, r.mappings+1
	defer func() { r.depth-- }()
	switch n = unalias(n); {
	case empty(n):
		return
	case r.depth > maxNesting || r.mappings > maxMappings:
		r.fail(n, "", "the file expands to more than %d mappings, or nests them more than %d deep", maxMappings, maxNesting)
		return
	case n.Kind != yaml.MappingNode:
		r.fail(n, "", "%s must be a mapping", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := unalias(key).Value
		set, ok := known[name]
		switch {
		case key.ShortTag() == "!!merge":
			r.merge(value, what, known)
		case seen[name]:
			r.fail(key, "", "duplicate key %s in %s", quoted(name), what)
		case !ok:
			r.fail(key, nearest(name, slices.Sorted(maps.Keys(known))), "unknown key %s in %s", quoted(name), what)
		default:
			set(unalias(value))
		}
		seen[name] = true
	}
}

// merge applies the mappings of a merge key before the keys that stand after it.
func (r *reader) merge(n *yaml.Node, what string, known fields) {
	if n = unalias(n); n.Kind == yaml.SequenceNode {
		for _, item := range slices.Backward(n.Content) { // the first one wins
			r.mapping(item, what, known)
		}
		return
	}
	r.mapping(n, what, known)
}

// list calls each for the items of a sequence.
func (r *reader) list(n *yaml.Node, what string, each func(*yaml.Node)) {
	switch {
	case empty(n):
	case n.Kind != yaml.SequenceNode:
		r.fail(n, "", "%s must be a list", what)
	default:
		for _, item := range n.Content {
			each(unalias(item))
		}
	}
}

var wideMapping = fmt.Sprintf("a mapping has more than %d keys", maxKeys)

// maxKeys bounds the keys of a mapping: the decoder of YAML holds each against every other.
const maxKeys = 2_000

// tooWide is the first mapping within n that has more keys than that.
func tooWide(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.MappingNode && len(n.Content) > 2*maxKeys {
		return n
	}
	for _, c := range n.Content {
		if m := tooWide(c); m != nil {
			return m
		}
	}
	if n.Alias != nil && n.Alias.Kind == yaml.MappingNode && len(n.Alias.Content) > 2*maxKeys {
		return n.Alias
	}
	return nil
}

// value decodes one scalar (or a map of strings) into v, with the place of the scalar when it does not fit.
func (r *reader) value(n *yaml.Node, v any) bool {
	if empty(n) {
		return false
	}
	if m := tooWide(n); m != nil {
		r.fail(m, "", "%s", wideMapping)
		return false
	}
	err := n.Decode(v)
	if err == nil {
		return true
	}
	msg := strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n")
	if m := yamlPlace().FindString("yaml: " + strings.TrimSpace(msg)); m != "" {
		msg = strings.TrimPrefix("yaml: "+strings.TrimSpace(msg), m)
	}
	r.fail(n, "", "%s", strings.Join(strings.Fields(msg), " "))
	return false
}

// quoted shows a piece of the input in a message, cut to a readable length.
func quoted(s string) string {
	const most = 80
	if len(s) > most {
		return strconv.Quote(s[:most]) + "..."
	}
	return strconv.Quote(s)
}

// empty reports whether a value is null. One that is only tagged so is malformed.
func empty(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!null" {
		return false
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

func unalias(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// nearest is the hint for a key that is not known: the known one that is most like it, or all of them.
func nearest(key string, names []string) string {
	best, least := "", len(key)/2+1
	for _, name := range names {
		if d := distance(strings.ToLower(key), name); d < least {
			best, least = name, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "known here: " + strings.Join(names, ", ")
}

// distance is the number of single-character edits between two words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
