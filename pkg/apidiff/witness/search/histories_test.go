package search

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

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

const histories = "../../../../../shared/data/openapi"

// finding is what a plain comparison of two schemas calls breaking: a stand-in for the differ, so
// that the search is measured on changes that people really made.
type finding struct {
	path    []string
	keyword string
	values  []contract.Node
}

// follower leads through references, and tells whether the pair is new.
type follower func(in, out contract.Node) (contract.Node, contract.Node, bool)

// naive compares two schemas keyword by keyword; follow may be nil.
func naive(in, out contract.Node, path []string, follow follower, found func(finding)) {
	if follow != nil {
		var fresh bool
		if in, out, fresh = follow(in, out); !fresh {
			return
		}
	}
	if in.Kind() != contract.Object || out.Kind() != contract.Object || in.Hash() == out.Hash() && follow == nil {
		return
	}
	at := func(more []string, keyword string, values ...contract.Node) {
		found(finding{slices.Concat(path, more), keyword, values})
	}
	naiveValue(in, out, at)
	naiveObject(in, out, at)
	naiveLogic(in, out, at)
	for name, p := range in.Get("properties").Fields() {
		naive(p, out.Get("properties").Get(name), append(slices.Clip(path), name), follow, found)
	}
	for _, k := range []string{"items", "additionalProperties"} {
		naive(in.Get(k), out.Get(k), append(slices.Clip(path), k), follow, found)
	}
}

type addFinding = func(more []string, keyword string, values ...contract.Node)

func naiveValue(in, out contract.Node, add addFinding) {
	num := func(n contract.Node) float64 {
		f, _ := strconv.ParseFloat(n.Literal(), 64)
		return f
	}
	if a, b := in.Get("type").Text(), out.Get("type").Text(); b != "" && a != b && !in.Get("$ref").Exists() && a != "" && (a != "integer" || b != "number") {
		add(nil, "type")
	}
	if in.Get("nullable").Bool() && !out.Get("nullable").Bool() && out.Get("type").Exists() {
		add(nil, "nullable")
	}
	if e := out.Get("enum"); e.Exists() {
		known := map[contract.Hash]bool{}
		for _, v := range e.Items() {
			known[v.Hash()] = true
		}
		if !in.Get("enum").Exists() && in.Get("type").Exists() {
			add(nil, "enum")
		}
		for _, v := range in.Get("enum").Items() {
			if !known[v.Hash()] {
				add(nil, "enum", v)
				break
			}
		}
	}
	for k, sign := range map[string]float64{"maxLength": 1, "maxItems": 1, "maximum": 1, "maxProperties": 1, "minLength": -1, "minItems": -1, "minimum": -1, "minProperties": -1} {
		if o, i := out.Get(k), in.Get(k); o.Exists() && (!i.Exists() || sign*num(i) > sign*num(o)) {
			add(nil, k)
		}
	}
	if o := out.Get("pattern"); o.Exists() && o.Text() != in.Get("pattern").Text() {
		add(nil, "pattern")
	}
}

func naiveObject(in, out contract.Node, add addFinding) {
	had := map[string]bool{}
	for _, r := range in.Get("required").Items() {
		had[r.Text()] = true
	}
	for _, r := range out.Get("required").Items() {
		p := out.Get("properties").Get(r.Text())
		if !had[r.Text()] && p.Exists() && in.Get("properties").Exists() && !p.Get("readOnly").Bool() && !p.Get("writeOnly").Bool() {
			add([]string{r.Text()}, "required")
		}
	}
	o := out.Get("additionalProperties")
	if o.Kind() != contract.Bool || o.Bool() || !in.Get("properties").Exists() {
		return
	}
	if i := in.Get("additionalProperties"); i.Kind() != contract.Bool || i.Bool() {
		add(nil, "additionalProperties")
		return
	}
	for name := range in.Get("properties").Fields() {
		if !out.Get("properties").Get(name).Exists() {
			add([]string{name}, "properties")
		}
	}
}

func naiveLogic(in, out contract.Node, add addFinding) {
	for _, k := range []string{"oneOf", "anyOf"} {
		list := map[contract.Hash]bool{}
		for _, b := range out.Get(k).Items() {
			list[b.Hash()] = true
		}
		for i, b := range in.Get(k).Items() {
			if b.Get("$ref").Exists() && out.Get(k).Exists() && !list[b.Hash()] {
				add([]string{k, strconv.Itoa(i)}, k)
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

// tally counts what became of the findings of one API.
type tally struct {
	t                    testing.TB
	f                    Finder
	findings, proved, by int // by: proofs by one validator alone
	messages             int // proofs by a whole message
	misses               map[string]int
	recheck              func(q Query, raw []byte, keyword string)
}

func (c *tally) add(what string, d finding, search func() (*report.Witness, Outcome)) {
	c.findings++
	w, out := search()
	if out != Found {
		c.misses[d.keyword]++
		if testing.Verbose() && c.recheck != nil {
			c.t.Logf("MISS %s %s/%s: %v", out, what, strings.Join(d.path, "/"), d.keyword)
		}
		return
	}
	c.proved++
	if len(w.ConfirmedBy) < 2 {
		c.by++
	}
	if slices.Contains(w.ConfirmedBy, HTTPFilter) {
		c.messages++
	}
}

// components compares the schemas of equal name.
func (c *tally) components(old, d *contract.Document, file string) {
	for name, a := range old.Root().Get("components").Get("schemas").Fields() {
		b := d.Root().Get("components").Get("schemas").Get(name)
		for _, dir := range []Direction{Request, Response} {
			in, out := SchemaNode{old, a}, SchemaNode{d, b}
			if dir == Response {
				in, out = out, in
			}
			naive(in.Node, out.Node, nil, nil, func(x finding) {
				q := Query{Inner: in, Outer: out, Direction: dir, Hints: []Hint{{Path: x.path, Keyword: x.keyword, Values: x.values}}}
				c.add(fmt.Sprintf("%s %s dir %d", file, name, dir), x, func() (*report.Witness, Outcome) {
					w, out := c.f.Find(context.Background(), q)
					if out == Found && c.recheck != nil {
						c.recheck(q, w.Value, x.keyword)
					}
					return w, out
				})
			})
		}
	}
}

// operations compares parameters, bodies and responses of the operations that both sides have.
func (c *tally) operations(old, d *contract.Document, file string) {
	met := map[[3]any]bool{}
	for path, item := range old.Root().Get("paths").Fields() {
		other := d.Root().Get("paths").Get(path)
		for method, op := range item.Fields() {
			if op.Kind() != contract.Object || !other.Get(method).Exists() {
				continue
			}
			q := MessageQuery{Old: message.Operation{Doc: old, Method: strings.ToUpper(method), Path: path, PathItem: item, Node: op}, New: message.Operation{Doc: d, Method: strings.ToUpper(method), Path: path, PathItem: other, Node: other.Get(method)}}
			c.operation(q, fmt.Sprintf("%s %s %s", file, method, path), met)
		}
	}
}

func (c *tally) operation(q MessageQuery, what string, met map[[3]any]bool) {
	w := newWorker()
	old, now := message.Read(w.Session, q.Old), message.Read(w.Session, q.New)
	compare := func(q MessageQuery, in, out validators.Schema) {
		follow := func(a, b contract.Node) (contract.Node, contract.Node, bool) {
			a, b = in.Doc.Contract.Deref(a), out.Doc.Contract.Deref(b)
			key := [3]any{a, b, q.Direction}
			fresh := !met[key] && a.Exists() && b.Exists()
			met[key] = true
			return a, b, fresh
		}
		naive(in.Node, out.Node, nil, follow, func(x finding) {
			q.Hints = []Hint{{Path: x.path, Keyword: x.keyword, Values: x.values}}
			c.add(what+" "+string(q.Part)+" "+q.Name+q.Status, x, func() (*report.Witness, Outcome) { return c.f.FindMessage(context.Background(), q) })
		})
	}
	taken, takes := old.Terms(""), now.Terms("")
	for _, p := range takes.Params {
		before := taken.Param(p.In, p.Name)
		q := q
		q.Part, q.Name = message.Part(p.In), p.Name
		if p.Required && (before == nil || !before.Required) {
			q := q
			q.Absent = true
			c.add(what, finding{[]string{p.In, p.Name}, "required", nil}, func() (*report.Witness, Outcome) { return c.f.FindMessage(context.Background(), q) })
		}
		if before != nil {
			compare(q, before.Schema, p.Schema)
		}
	}
	for mt, content := range taken.Content.Node.Fields() {
		q := q
		q.Part, q.MediaType = message.Body, mt
		compare(q, taken.Content.At(content.Get("schema")), takes.Content.At(takes.Content.Node.Get(mt).Get("schema")))
	}
	for status := range now.Node.Get("responses").Fields() {
		gave, gives := old.Terms(status), now.Terms(status)
		for mt, content := range gives.Content.Node.Fields() {
			q := q
			q.Direction, q.Part, q.MediaType, q.Status = Response, message.ResponseBody, mt, status
			compare(q, gives.Content.At(content.Get("schema")), gave.Content.At(gave.Content.Node.Get(mt).Get("schema")))
		}
	}
}

func TestRealHistories(t *testing.T) {
	folders, _ := filepath.Glob(histories + "/" + cmp.Or(os.Getenv("WITNESS_API"), "*"))
	if len(folders) == 0 {
		t.Skip("no histories of real documents at " + histories)
	}
	var findings, proved int
	misses := map[string]int{}
	for _, folder := range folders {
		files, _ := filepath.Glob(folder + "/*")
		sort.Strings(files)
		var old *contract.Document
		for _, run := range []struct {
			name    string
			compare func(c *tally, old, d *contract.Document, file string)
		}{{"schemas", (*tally).components}, {"messages", (*tally).operations}} {
			left := 10 // each costs the loading of two documents and the compilation of all that a schema reaches
			c := &tally{t: t, misses: misses, recheck: func(q Query, raw []byte, keyword string) {
				if left--; left >= 0 {
					recheck(t, q, raw, keyword, false)
				}
			}}
			old = nil
			for _, file := range files {
				if d := load(t, file); d != nil {
					if old != nil {
						run.compare(c, old, d, filepath.Base(file))
					}
					old = d
				}
			}
			t.Logf("%-14s %-8s findings %4d  proved %4d (%5.1f %%)  by one validator %d  by messages %d  disagreements %d", filepath.Base(folder), run.name,
				c.findings, c.proved, 100*float64(c.proved)/float64(max(c.findings, 1)), c.by, c.messages, c.f.Stats().Disagreements)
			findings, proved = findings+c.findings, proved+c.proved
		}
	}
	t.Logf("all: %d of %d proved (%.1f %%), misses by keyword %v", proved, findings, 100*float64(proved)/float64(max(findings, 1)), misses)
	if 10*proved < 9*findings {
		t.Errorf("less than nine in ten findings proved")
	}
}

// BenchmarkRealHistories is the cost of a search, proofs and misses together, on changes that
// people made: parsing is done before, derived schemas are made on the way.
func BenchmarkRealHistories(b *testing.B) {
	for _, api := range []string{"github-api", "qdrant", "ory-kratos", "twilio-verify"} {
		files, _ := filepath.Glob(histories + "/" + api + "/*")
		sort.Strings(files)
		var docs []*contract.Document
		for _, file := range files {
			if d := load(b, file); d != nil {
				docs = append(docs, d)
			}
		}
		if len(docs) < 2 {
			b.Skip("no histories of real documents at " + histories)
		}
		b.Run(api, func(b *testing.B) {
			searches := 0
			for b.Loop() {
				c := &tally{t: b, misses: map[string]int{}}
				for i := range docs[1:] {
					c.components(docs[i], docs[i+1], "")
					c.operations(docs[i], docs[i+1], "")
				}
				searches += c.findings
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(searches), "us/search")
		})
	}
}
