package main

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// document is what the tests read of a page.
type document struct {
	ids   map[string]bool
	links []string
}

// parse reads a page as XML, which HTML that is as strict is, too: every element is closed, every attribute quoted, no id given twice.
func parse(t *testing.T, name string, content []byte) document {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(content)))
	d.Entity = xml.HTMLEntity
	doc := document{ids: map[string]bool{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return doc
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		start, isStart := token.(xml.StartElement)
		if !isStart {
			continue
		}
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "id":
				if doc.ids[a.Value] {
					t.Errorf("%s has the id %q twice", name, a.Value)
				}
				doc.ids[a.Value] = true
			case "href", "src":
				doc.links = append(doc.links, a.Value)
			case "style", "onclick":
				t.Errorf("%s: %s is not allowed by the policy of the page", name, a.Name.Local)
			}
		}
		if start.Name.Local == "script" {
			t.Errorf("%s has a script", name)
		}
	}
}

// TestSite renders the documentation of this repository: every page parses, and every link and anchor within it resolves.
func TestSite(t *testing.T) {
	files, err := site(os.DirFS("../../../.."))
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]document{}
	for name, content := range files {
		if strings.HasSuffix(name, ".html") {
			pages[name] = parse(t, name, content)
		}
	}
	links := 0
	for name, page := range pages {
		for _, link := range page.links {
			u, err := url.Parse(link)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if u.IsAbs() {
				continue
			}
			links++
			to := name
			if u.Path != "" {
				to = path.Join(path.Dir(name), u.Path)
			}
			if files[to] == nil {
				t.Errorf("%s leads to %s, which does not exist", name, link)
			} else if u.Fragment != "" && !pages[to].ids[u.Fragment] {
				t.Errorf("%s leads to %s, which has no such anchor", name, link)
			}
		}
	}
	if len(pages) < 35 || links < 500 {
		t.Errorf("%d pages, %d links", len(pages), links)
	}
	again, err := site(os.DirFS("../../../.."))
	if err != nil || !cmp.Equal(files, again) {
		t.Errorf("rendered twice, the pages differ: %v", err)
	}
}

// TestAnchors: they are those of GitHub, so that links work in both places.
func TestAnchors(t *testing.T) {
	used := map[string]int{}
	for _, c := range [][2]string{{"What it answers", "what-it-answers"}, {"Base images: image pin", "base-images-image-pin"}, {"What it answers", "what-it-answers-1"},
		{"1. The commit", "1-the-commit"}, {"snake_case & more", "snake_case--more"}, {"Größe", "größe"}} {
		if got := anchor(c[0], used); got != c[1] {
			t.Errorf("%q has the anchor %q, want %q", c[0], got, c[1])
		}
	}
}

// TestBrokenLink: a link to a file that the repository does not have is an error with the page that has it.
func TestBrokenLink(t *testing.T) {
	_, err := site(fstest.MapFS{"internal/site/assets/base.css": {}, "docs/a.md": {Data: []byte("# A\n\n[b](b.md)\n")}})
	if err == nil || !strings.Contains(err.Error(), "docs/a.md") || !strings.Contains(err.Error(), "docs/b.md") {
		t.Errorf("the error is %v", err)
	}
}

// TestNotInTheProgram: the program links neither this package nor its Markdown library.
func TestNotInTheProgram(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../..").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dependency := range strings.Lines(string(out)) {
		if slices.ContainsFunc([]string{"goldmark", "/docsite", "/manual"}, func(s string) bool { return strings.Contains(dependency, s) }) {
			t.Errorf("the program contains %s", dependency)
		}
	}
}
