package subschema

import (
	"sort"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/contract"
)

func JSONOf(n contract.Node) string {
	if !n.Exists() {
		return ""
	}
	return string(n.AppendJSON(nil))
}

// Quoted is a text as JSON.
func Quoted(s string) string {
	b, err := jsontext.AppendQuote(nil, s)
	if err != nil { // not UTF-8
		b, _ = jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "?"))
	}
	return string(b)
}

func OrNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

func First(a, b contract.Node) contract.Node {
	if a.Exists() {
		return a
	}
	return b
}

func Items(list contract.Node) []contract.Node {
	out := make([]contract.Node, 0, list.Len())
	for _, v := range list.Items() {
		out = append(out, v)
	}
	return out
}

func Mapping(n contract.Node) map[string]contract.Node {
	m := map[string]contract.Node{}
	for value, target := range n.Fields() {
		m[value] = target
	}
	return m
}

func SortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// union of two sorted lists of keys.
func BothKeys[V, W any](a map[string]V, b map[string]W) []string {
	keys := SortedKeys(a)
	for _, k := range SortedKeys(b) {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}

// Known is a set of names.
func Known(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

func IsExtension(name string) bool {
	return len(name) > 2 && (name[0] == 'x' || name[0] == 'X') && name[1] == '-'
}
