package metricscontract

import (
	"maps"
	"slices"
	"strings"
)

// minAlike is the share of words that the names of a renamed metric have in common, as in api_http_request_duration_seconds and
// api_rpc_request_duration_seconds.
const minAlike = 0.6

// successor is the new metric that a removed one was probably renamed to: of its type, and alike in the words of its name, then in its
// labels. It is empty where there is none, or where two are equally alike.
func (d *differ) successor(was *Metric) string {
	best, name, tie := 0.0, "", false
	words := nameWords(was.Name)
	for _, is := range d.candidates(was) {
		alike := jaccard(words, nameWords(is.Name))
		if alike < minAlike {
			continue
		}
		alike += jaccard(was.Labels, is.Labels) / 1000 // decides between names that are equally alike
		switch {
		case alike > best:
			best, name, tie = alike, is.Name, false
		case alike == best:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return name
}

// candidates are the new metrics of the type and the first word of a removed one.
func (d *differ) candidates(was *Metric) []*Metric {
	if d.added == nil {
		d.added = map[string][]*Metric{}
		for _, name := range slices.Sorted(maps.Keys(d.after)) {
			if d.before[name] == nil {
				key := kin(d.after[name])
				d.added[key] = append(d.added[key], d.after[name])
			}
		}
	}
	all := d.added[kin(was)]
	return all[:min(len(all), maxCandidates)]
}

// maxCandidates bounds the names that each removed metric is compared with.
const maxCandidates = 1000

func kin(m *Metric) string {
	first, _, _ := strings.Cut(m.Name, "_")
	return first + " " + m.Type
}

// nameWords are the words of a name that say what it measures: without _total and _count, and without the s of a plural.
func nameWords(name string) (words []string) {
	for word := range strings.SplitSeq(name, "_") {
		if word == "total" || word == "count" {
			continue
		}
		if len(word) > 3 {
			word = strings.TrimSuffix(word, "s")
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// jaccard is the share of what two sets have in common. Two empty ones are alike.
func jaccard(a, b []string) float64 {
	all := len(union(a, b))
	if all == 0 {
		return 1
	}
	return float64(len(a)+len(b)-all) / float64(all)
}
