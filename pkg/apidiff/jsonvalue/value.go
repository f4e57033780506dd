// Package jsonvalue reads and writes JSON values: exact numbers, texts, lists and sets of values.
package jsonvalue

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strconv"
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

// OrNull is the text of a value that may be absent.
func OrNull(s string) string { return cmp.Or(s, "null") }

func First(a, b contract.Node) contract.Node { return cmp.Or(a, b) }

func Items(list contract.Node) (out []contract.Node) {
	for _, v := range list.Items() {
		out = append(out, v)
	}
	return out
}

func Mapping(n contract.Node) map[string]contract.Node { return maps.Collect(n.Fields()) }

func SortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// BothKeys are the keys of either, sorted.
func BothKeys[V, W any](a map[string]V, b map[string]W) []string {
	keys := slices.AppendSeq(SortedKeys(a), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Known is a set of names.
func Known(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// maxDigits bounds the numbers that are computed with; longer ones are compared as written.
const maxDigits = 400

// ReadNumber is the value of a number node; false for other kinds and for numbers of absurd size.
func ReadNumber(v contract.Node) (*big.Rat, bool) {
	lit := v.Literal()
	if lit == "" || len(lit) > maxDigits {
		return nil, false
	}
	if i := strings.IndexAny(lit, "eE"); i >= 0 {
		if e, err := strconv.Atoi(strings.TrimPrefix(lit[i+1:], "+")); err != nil || e > maxDigits || e < -maxDigits {
			return nil, false
		}
	}
	return new(big.Rat).SetString(lit)
}

// Decimal is a number as JSON writes it.
func Decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f := strings.TrimRight(r.FloatString(20), "0")
	return strings.TrimSuffix(f, ".")
}
