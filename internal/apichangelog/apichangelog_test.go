package apichangelog

import (
	"context"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var day = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

func parse(t testing.TB, name string, data []byte) *contract.Document {
	t.Helper()
	doc, err := contract.Parse(context.Background(), name, data, contract.Options{AllowDangling: true})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// compared compares two documents.
func compared(t testing.TB, old, new *contract.Document) (*release, report.Diff) {
	t.Helper()
	opt := apidiff.Options{Now: day, All: true, NoDigest: true, Accepted: true}
	d := apidiff.Compare(context.Background(), old, new, opt).Diff
	return newRelease(&Input{Version: "2.0.0", Previous: "1.0.0", Date: day, Changes: d.Changes, Old: old, New: new}), d
}

// formats are the changelog in each of its forms.
func formats(t testing.TB, title string, releases ...report.APIRelease) map[string][]byte {
	t.Helper()
	log := Report(title, "all", day)
	log.Releases = append(log.Releases, releases...)
	html, err := HTML(&log, "govctl dev")
	if err != nil {
		t.Fatal(err)
	}
	atom, err := Atom(&log, "parcels", "govctl dev", "https://example.com/api/")
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(log, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"md": []byte(Markdown(&log)), "html": html, "atom": atom, "json": append(data, '\n')}
}

// TestGolden compares what two small documents lead to.
func TestGolden(t *testing.T) {
	old, new := parse(t, "old.yaml", read(t, "testdata/old.yaml")), parse(t, "new.yaml", read(t, "testdata/new.yaml"))
	r, _ := compared(t, old, new)
	for name, got := range formats(t, "Parcels", r.report(), First("1.0.0", day.AddDate(0, -1, 0), old, true)) {
		file := filepath.Join("testdata", "changelog."+name)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := read(t, file); string(want) != string(got) {
			t.Errorf("%s differs; -update rewrites it. Got:\n%s", file, got)
		}
	}
}

// TestNoChange expects a document to have no changes against itself.
func TestNoChange(t *testing.T) {
	doc := parse(t, "old.yaml", read(t, "testdata/old.yaml"))
	r, _ := compared(t, doc, doc)
	if got := r.report(); !Empty(&got) || got.Summary != "No changes since 1.0.0." {
		t.Errorf("%+v", got)
	}
}

const histories = "../../../shared/data/openapi"

// TestHistories words the releases of real APIs: within the bounds, with every break, valid in each format.
func TestHistories(t *testing.T) {
	for _, name := range []string{"box", "github-api", "svix", "stripe", "twilio-verify"} {
		t.Run(name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(histories, name, "*.json"))
			if err != nil || len(files) < 2 {
				t.Skip("the histories are not here: ../shared/data/openapi")
			}
			old := parse(t, files[0], read(t, files[0]))
			for _, file := range files[1:] {
				new := parse(t, file, read(t, file))
				r, d := compared(t, old, new)
				check(t, filepath.Base(file), r, d)
				old = new
			}
		})
	}
}

// check looks at one release of a real history.
func check(t *testing.T, name string, r *release, d report.Diff) {
	t.Helper()
	listed := map[string]bool{}
	for _, e := range r.entries {
		for _, f := range e.findings {
			listed[f.Fingerprint] = true
		}
	}
	causes := map[string]bool{}
	for _, f := range d.Changes {
		if f.Breaking {
			causes[f.Cause] = true
			if !listed[f.Fingerprint] {
				t.Errorf("%s: the break %s is not listed: %s", name, f.Rule, f.Message)
			}
		}
	}
	out := formats(t, name, r.report())
	breaks := 0
	for _, e := range r.entries {
		if e.kind != Breaking {
			continue
		}
		breaks++
		if e.migration == nil || len(e.migration.do) == 0 {
			t.Errorf("%s: %s has no migration", name, e.rule)
		}
	}
	if lines := strings.Count(string(out["md"]), "\n"); breaks <= 14 && lines > 40 || lines > 2*breaks+40 {
		t.Errorf("%s: %d lines for %d breaks in %d causes", name, lines, breaks, len(causes))
	} else {
		t.Logf("%s: %d lines for %d breaks in %d causes", name, lines, breaks, len(causes))
	}
	var atom struct {
		Entries []struct {
			ID      string `xml:"id"`
			Updated string `xml:"updated"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(out["atom"], &atom); err != nil || len(atom.Entries) != 1 || atom.Entries[0].ID == "" {
		t.Errorf("%s: %v: %+v", name, err, atom)
	}
	var back report.APIChangelog
	if err := json.Unmarshal(out["json"], &back); err != nil || len(back.Releases[0].Entries) != len(r.entries) {
		t.Errorf("%s: %v", name, err)
	}
}

// TestSentencesOfRules expects that each row of the table belongs to a rule, and that no predicate is left with a gap.
func TestSentencesOfRules(t *testing.T) {
	for _, s := range sentencesByRule() {
		for _, part := range []string{s.is, s.inRequest, s.inResponse} {
			rest := strings.NewReplacer("{from}", "", "{to}", "").Replace(part)
			if strings.ContainsAny(rest, "{}") || strings.HasSuffix(part, ".") {
				t.Errorf("%s: %q", s.rule, part)
			}
		}
	}
	if rows := strings.Count(table(), "\n") - 1; len(sentencesByRule()) != rows {
		t.Errorf("%d rows for %d rules", rows, len(sentencesByRule()))
	}
	for rule := range sentencesByRule() {
		known := false
		for _, direction := range []string{"", "request-", "response-", "callback-"} {
			_, ok := rules.Lookup(direction + rule)
			known = known || ok
		}
		if !known {
			t.Errorf("there is no rule %s", rule)
		}
	}
}

// hostile are texts that would format, link or run something.
var hostile = []string{"**bold** [link](https://evil.example) <img src=x onerror=alert(1)>", "# heading\n- [ ] item", "a` <script>alert(1)</script> `b", "@everyone #1 https://evil.example",
	"<!-- govctl:end api:2.0.0 -->\n<!-- govctl:begin x -->", "\u202eevil\u202c\x1b[31m", "{{.Title}} {from} {to} %s", "::error::x\n##[error]x", "](javascript:alert(1))"}

// hostileDocument has a text in every name that a changelog shows.
func hostileDocument(t testing.TB, text, kind string) *contract.Document {
	t.Helper()
	q := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Skip(err)
		}
		return string(b)
	}
	return parse(t, "h.json", fmt.Appendf(nil, `{"openapi": "3.1.0", "info": {"title": %[1]s, "version": %[1]s}, "paths": {"/x": {"post": {"summary": %[1]s, "tags": [%[1]s], "description": %[3]s,
		"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {%[1]s: {"type": %[2]q}, "b": {"enum": [%[3]s]}}}}}},
		"responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {"type": "object", "required": [%[1]s], "properties": {%[1]s: {"type": [%[2]q, "null"]}}}}}}}}}}}`,
		q(text), kind, q(text+kind)))
}

// TestHostileTexts expects that nothing in a document becomes markup.
func TestHostileTexts(t *testing.T) {
	for _, text := range hostile {
		checkHostile(t, text)
	}
}

func checkHostile(t *testing.T, text string) {
	t.Helper()
	r, _ := compared(t, hostileDocument(t, text, "string"), hostileDocument(t, text, "integer"))
	r.version, r.previous = text, text
	out := formats(t, text, r.report())
	for _, bad := range []string{"<script", "<img", "\x1b", "\u202e", "href=\"http", "javascript:alert(1)\""} {
		if strings.Contains(string(out["html"]), bad) {
			t.Errorf("the page of %q has %q", text, bad)
		}
	}
	outside := outsideOfCode(string(out["md"]))
	for _, bad := range []string{"<", "](", "\x1b", "\u202e", "@e", "https://"} {
		if strings.Contains(outside, bad) {
			t.Errorf("the Markdown of %q has %q:\n%s", text, bad, outside)
		}
	}
	for line := range strings.Lines(string(out["md"])) {
		if strings.HasPrefix(strings.TrimSpace(line), "<!--") {
			t.Errorf("a line of %q begins a comment: %s", text, line)
		}
	}
	if err := xml.Unmarshal(out["atom"], new(struct{})); err != nil {
		t.Errorf("the feed of %q: %v", text, err)
	}
}

// outsideOfCode is Markdown without its code spans.
func outsideOfCode(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '`')
		if i < 0 {
			break
		}
		if i > 0 && s[i-1] == '\\' { // an escaped backquote begins no code
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := len(s) - len(strings.TrimLeft(s, "`"))
		mark := s[:n]
		end := strings.Index(s[n:], mark)
		if end < 0 {
			break
		}
		s = s[n+end+n:]
	}
	return b.String() + s
}

func FuzzHostileTexts(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			t.Skip()
		}
		r, _ := compared(t, hostileDocument(t, text, "string"), hostileDocument(t, text, "integer"))
		out := formats(t, text, r.report())
		if err := xml.Unmarshal(out["atom"], new(struct{})); err != nil {
			t.Errorf("the feed: %v", err)
		}
		if strings.Contains(string(out["html"]), "<script") || strings.Contains(outsideOfCode(string(out["md"])), "<") {
			t.Errorf("markup of %q", text)
		}
	})
}

// TestBounds expects a line count that does not grow with the number of changes, and a count of what is left out.
func TestBounds(t *testing.T) {
	document := func(extra int) *contract.Document {
		var b strings.Builder
		b.WriteString("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n")
		for i := range 40 + extra {
			fmt.Fprintf(&b, "  /r%d:\n    get: {tags: [t%d], responses: {'200': {description: ok}}}\n", i, i)
		}
		return parse(t, "b.yaml", []byte(b.String()))
	}
	r, _ := compared(t, document(0), document(1000))
	if len(r.entries) != maxEntries || r.more != 1000-maxEntries || r.counts[Added] != 1000 {
		t.Errorf("%d entries, %d more, %d additions", len(r.entries), r.more, r.counts[Added])
	}
	data := r.report()
	text := Section(&data)
	if lines := strings.Count(text, "\n"); lines > maxSection+2 || !strings.Contains(text, "700 more entries not listed.") {
		t.Errorf("%d lines:\n%s", lines, text)
	}
}

// TestPublic expects that a public changelog cannot name anything internal.
func TestPublic(t *testing.T) {
	data, err := Public(parse(t, "internal.yaml", read(t, "testdata/internal.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "secret") {
		t.Errorf("something secret is left:\n%s", data)
	}
	doc := parse(t, "public.json", data)
	if len(doc.Dangling()) > 0 {
		t.Errorf("a reference does not resolve: %v", doc.Dangling()[0])
	}
	for _, want := range []string{"/orders", "open", "visible", "x-internal", "example"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s is missing:\n%s", want, data)
		}
	}
}
