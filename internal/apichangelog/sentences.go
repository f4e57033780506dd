package apichangelog

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/packed"
	"github.com/romel/govctl/pkg/report"
)

// sentence is how a rule is worded for a developer of a client.
type sentence struct {
	rule       string // id of a rule, or what the ids of several have in common behind request-, response- or callback-
	is         string // behind what the change is about; {from} and {to} are the values
	inRequest  string // what to do about a break of requests, and about one of neither direction
	inResponse string // and about one of responses
}

//go:embed sentences.packed
var packedSentences []byte

// table is the table of sentences, one rule a line: sentences.txt. A rule without a line keeps the message of its findings. It is packed:
// `make update` packs it again.
var table = sync.OnceValue(func() string {
	text, _ := packed.Open(packedSentences).ReadFile("sentences.txt") // without it, the tests of the package fail
	return string(text)
})

var sentencesByRule = sync.OnceValue(func() map[string]sentence {
	m := map[string]sentence{}
	for line := range strings.Lines(table()) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if cells[0] == "" || cells[0][0] == '#' {
			continue
		}
		row := [4]string{}
		for i, cell := range cells[:min(len(cells), len(row))] {
			row[i] = strings.TrimSpace(cell)
		}
		m[row[0]] = sentence{row[0], row[1], row[2], row[3]}
	}
	return m
})

// sentenceOf is the row for a finding; its predicate is empty where there is none.
func sentenceOf(f *report.Finding) sentence {
	if s, ok := sentencesByRule()[f.Rule]; ok {
		return s
	}
	for _, direction := range []string{"request-", "response-", "callback-"} {
		if rest, ok := strings.CutPrefix(f.Rule, direction); ok {
			return sentencesByRule()[rest]
		}
	}
	return sentence{}
}

// do is what a client has to do.
func (s sentence) do(f *report.Finding) string {
	if f.Direction == "response" {
		return s.inResponse
	}
	return s.inRequest
}

// typeNames are the types of JSON as a sentence has them.
var typeNames = map[string]string{"string": "a string", "integer": "an integer", "number": "a number", "boolean": "a boolean", "object": "an object", "array": "an array",
	"any": "any value"}

// value is an old or a new value in a sentence.
func value(f *report.Finding, v jsontext.Value) []Span {
	if len(v) == 0 {
		return nil
	}
	var list []string
	if json.Unmarshal(v, &list) != nil {
		var one string
		switch {
		case v.Kind() == '0':
			return []Span{words(shorten(string(v), maxName))}
		case json.Unmarshal(v, &one) != nil:
			return []Span{code(string(v))}
		case strings.Contains(one, " of "): // alternatives, such as "any of string, array"
			return alternativesOf(one)
		}
		list = []string{one}
	}
	if strings.Contains(f.Rule, "-type-") && !strings.Contains(f.Rule, "media") || strings.Contains(f.Rule, "-union-") {
		return types(strings.Split(strings.Join(list, ", "), ", "))
	}
	var out []Span
	for i, one := range list {
		switch {
		case i == maxValues:
			return append(out, words(" or one of "+strconv.Itoa(len(list)-i)+" more values"))
		case i > 0 && i == len(list)-1:
			out = append(out, words(" or "))
		case i > 0:
			out = append(out, words(", "))
		}
		out = append(out, code(one))
	}
	return out
}

// alternativesOf are the alternatives of a union: several forms of one type, or several types.
func alternativesOf(text string) []Span {
	_, rest, _ := strings.Cut(text, " of ")
	list := strings.Split(rest, ", ")
	word, known := typeNames[list[0]]
	if all := slices.Compact(slices.Clone(list)); len(all) > 1 || !known {
		if len(all) < len(list) || len(list) > maxValues {
			return []Span{code(text)}
		}
		return types(list)
	}
	return []Span{words(word + " in one of " + strconv.Itoa(len(list)) + " forms")}
}

// maxValues is how many values of a list a sentence shows.
const maxValues = 6

// types are types in words: "a string or `null`".
func types(names []string) []Span {
	var out []Span
	for i, n := range names {
		if i > 0 {
			out = append(out, words(" or "))
		}
		if word, ok := typeNames[n]; ok {
			out = append(out, words(word))
		} else {
			out = append(out, code(n))
		}
	}
	return out
}
