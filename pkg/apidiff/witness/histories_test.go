package witness

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/contract"
)

const histories = "../../../../shared/data/openapi"

// finding is what a plain comparison of two schemas calls breaking: a stand-in for the differ, so that the search is
// measured on changes that people really made.
type finding struct {
	path    []string
	keyword string
	values  []contract.Node
}

// naive compares two schemas keyword by keyword, without following references.
func naive(in, out contract.Node, path []string, found func(finding)) {
	if in.Kind() != contract.Object || out.Kind() != contract.Object || in.Hash() == out.Hash() {
		return
	}
	add := func(keyword string, values ...contract.Node) {
		found(finding{slices.Clone(path), keyword, values})
	}
	num := func(n contract.Node) float64 {
		f, _ := strconv.ParseFloat(n.Literal(), 64)
		return f
	}
	if a, b := in.Get("type").Text(), out.Get("type").Text(); b != "" && a != b && !in.Get("$ref").Exists() && a != "" && (a != "integer" || b != "number") {
		add("type")
	}
	if in.Get("nullable").Bool() && !out.Get("nullable").Bool() && out.Get("type").Exists() {
		add("nullable")
	}
	if e := out.Get("enum"); e.Exists() {
		known := map[contract.Hash]bool{}
		for _, v := range e.Items() {
			known[v.Hash()] = true
		}
		if !in.Get("enum").Exists() && in.Get("type").Exists() {
			add("enum")
		}
		for _, v := range in.Get("enum").Items() {
			if !known[v.Hash()] {
				add("enum", v)
				break
			}
		}
	}
	had := map[string]bool{}
	for _, r := range in.Get("required").Items() {
		had[r.Text()] = true
	}
	for _, r := range out.Get("required").Items() {
		p := out.Get("properties").Get(r.Text())
		if !had[r.Text()] && p.Exists() && in.Get("properties").Exists() && !p.Get("readOnly").Bool() && !p.Get("writeOnly").Bool() {
			path = append(path, r.Text())
			add("required")
			path = path[:len(path)-1]
		}
	}
	for _, k := range []string{"maxLength", "maxItems", "maximum", "maxProperties"} {
		if o, i := out.Get(k), in.Get(k); o.Exists() && (!i.Exists() || num(i) > num(o)) {
			add(k)
		}
	}
	for _, k := range []string{"minLength", "minItems", "minimum", "minProperties"} {
		if o, i := out.Get(k), in.Get(k); o.Exists() && (!i.Exists() || num(i) < num(o)) {
			add(k)
		}
	}
	if o := out.Get("pattern"); o.Exists() && o.Text() != in.Get("pattern").Text() {
		add("pattern")
	}
	if o := out.Get("additionalProperties"); o.Kind() == contract.Bool && !o.Bool() && in.Get("properties").Exists() {
		if i := in.Get("additionalProperties"); i.Kind() != contract.Bool || i.Bool() {
			add("additionalProperties")
		} else {
			for name := range in.Get("properties").Fields() {
				if !out.Get("properties").Get(name).Exists() {
					path = append(path, name)
					add("properties")
					path = path[:len(path)-1]
				}
			}
		}
	}
	for name, p := range in.Get("properties").Fields() {
		naive(p, out.Get("properties").Get(name), append(slices.Clip(path), name), found)
	}
	for _, k := range []string{"items", "additionalProperties"} {
		naive(in.Get(k), out.Get(k), append(slices.Clip(path), k), found)
	}
	for _, k := range []string{"oneOf", "anyOf"} {
		list := map[contract.Hash]bool{}
		for _, b := range out.Get(k).Items() {
			list[b.Hash()] = true
		}
		for i, b := range in.Get(k).Items() {
			if b.Get("$ref").Exists() && out.Get(k).Exists() && !list[b.Hash()] {
				path = append(path, k, fmt.Sprint(i))
				add(k)
				path = path[:len(path)-2]
			}
		}
	}
}

func load(t testing.TB, file string) *contract.Document {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, err := contract.Parse(context.Background(), file, data, contract.Options{})
	if err != nil {
		t.Logf("skipped: %v", err)
		return nil
	}
	return d
}

func TestRealHistories(t *testing.T) {
	folders, _ := filepath.Glob(histories + "/" + cmp.Or(os.Getenv("WITNESS_API"), "*"))
	if len(folders) == 0 {
		t.Skip("no histories of real documents at " + histories)
	}
	var all, proved int
	misses := map[string]int{}
	for _, folder := range folders {
		files, _ := filepath.Glob(folder + "/*")
		sort.Strings(files)
		var old *contract.Document
		n, ok, one := 0, 0, 0
		var f Finder
		var spent, lost time.Duration
		for _, file := range files {
			d := load(t, file)
			if d == nil {
				continue
			}
			if old != nil {
				for name, a := range old.Root().Get("components").Get("schemas").Fields() {
					b := d.Root().Get("components").Get("schemas").Get(name)
					for _, dir := range []Direction{Request, Response} {
						in, out := Schema{old, a}, Schema{d, b}
						if dir == Response {
							in, out = out, in
						}
						naive(in.Node, out.Node, nil, func(c finding) {
							n++
							q := Query{Inner: in, Outer: out, Direction: dir, Hints: []Hint{{Path: c.path, Keyword: c.keyword, Values: c.values}}}
							start := time.Now()
							w, res := f.Find(context.Background(), q)
							if res == Found {
								spent += time.Since(start)
								if testing.Verbose() && time.Since(start) > 2*time.Millisecond {
									t.Logf("SLOW %s %s/%s %s: %s %s", filepath.Base(file), name, strings.Join(c.path, "/"), c.keyword, time.Since(start), w.Value)
								}
								ok++
								if len(w.ConfirmedBy) == 1 {
									one++
								}
							} else {
								misses[c.keyword]++
								lost += time.Since(start)
								if testing.Verbose() {
									t.Logf("MISS %s %s %s/%s dir %d: %v", res, filepath.Base(file), name, strings.Join(c.path, "/"), dir, c.keyword)
								}
							}
						})
					}
				}
			}
			old = d
		}
		st := f.Stats()
		t.Logf("%-14s findings %4d  proved %4d (%.1f %%)  by one validator %d  disagreements %d  %s per proof, %s per miss", filepath.Base(folder), n, ok, 100*float64(ok)/float64(max(n, 1)), one, st.Disagreements, (spent / time.Duration(max(ok, 1))).Round(time.Microsecond), (lost / time.Duration(max(n-ok, 1))).Round(time.Microsecond))
		all, proved = all+n, proved+ok
	}
	t.Logf("all: %d of %d proved (%.1f %%), misses by keyword %v", proved, all, 100*float64(proved)/float64(all), misses)
}
