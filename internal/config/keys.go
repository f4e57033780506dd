package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// unknownKey finds the first key that no field of Config answers to, and the type that lacks it.
func unknownKey(root contract.Node) (key contract.Node, parent reflect.Type, found bool) {
	return walk(root, reflect.TypeFor[Config]())
}

func walk(n contract.Node, t reflect.Type) (contract.Node, reflect.Type, bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Slice:
		for _, item := range n.Items() {
			if bad, parent, ok := walk(item, t.Elem()); ok {
				return bad, parent, true
			}
		}
	case t.Kind() == reflect.Struct && n.Kind() == contract.Object:
		fields := fieldsOf(t)
		for name, value := range n.Fields() {
			field, ok := fields[name]
			if !ok {
				return value, t, true
			}
			if bad, parent, ok := walk(value, field); ok {
				return bad, parent, true
			}
		}
	}
	return contract.Node{}, nil, false
}

func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type, t.NumField())
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			fields[name] = t.Field(i).Type
		}
	}
	return fields
}

// known lists the keys that a part of the configuration has, sorted.
func known(t reflect.Type) []string {
	var names []string
	for name := range fieldsOf(t) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// suggestion is the hint for a name that is not known: the nearest one, or all of them.
func suggestion(key string, names []string) string {
	if near := Nearest(key, names); near != "" {
		return near
	}
	return "expected one of " + strings.Join(names, ", ")
}

// longest is the longest name, in bytes, that anything is suggested for.
const longest = 100

// Nearest asks whether the name that is most like the key was meant; it is empty where none is.
func Nearest(key string, names []string) string { return nearest(key, names, len(key)/2) }

// Misspelt is Nearest for a name that may also be none of ours at all: at most a third of its letters may be wrong.
func Misspelt(key string, names []string) string { return nearest(key, names, len(key)/3) }

func nearest(key string, names []string, most int) string {
	if len(key) > longest {
		return ""
	}
	best, least := "", most+1
	for _, name := range names {
		if d := distance(strings.ToLower(key), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
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
