package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"

	_ "embed"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"github.com/romel/govctl/internal/docblocks"
)

// repository is where links to files lead that are not part of the documentation.
const repository = "https://github.com/romel/govctl/blob/main/"

var (
	//go:embed page.html
	pageSource string
	//go:embed docs.css
	ownStyle string

	// adapted are tables that can be scrolled with the keyboard, whose empty headers are plain cells.
	adapted = strings.NewReplacer("<table>", `<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>`, "</table>", "</table></div>", "<th></th>", "<td></td>")

	pageTemplate = template.Must(template.New("page").Parse(pageSource))
)

// page is what the template shows.
type page struct {
	Title   string
	Policy  string
	Style   template.CSS
	Root    string // "../" for each folder that the page is in
	Name    string // of the file, relative to the site
	Source  string // address of the Markdown
	Outline []section
	Body    template.HTML
}

// section is a heading of the second level.
type section struct{ ID, Text string }

// site renders the documentation of a repository: every page of docs/ and those at the top. The names of the files are relative to the site.
func site(repo fs.FS) (map[string][]byte, error) {
	style, err := fs.ReadFile(repo, "internal/site/assets/base.css")
	if err != nil {
		return nil, err
	}
	sources, err := fs.Glob(repo, "*.md")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	err = fs.WalkDir(repo, "docs", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasSuffix(name, ".md") {
			sources = append(sources, name)
			return nil
		}
		files[target(name)], err = fs.ReadFile(repo, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	r := renderer{repo: repo, style: string(style) + ownStyle, pages: sources}
	for _, name := range sources {
		content, err := fs.ReadFile(repo, name)
		if err != nil {
			return nil, err
		}
		if files[target(name)], err = r.page(name, content); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}

// target is the name in the site of a file of the repository. The index of the documentation is that of the site.
func target(name string) string {
	switch name {
	case "README.md":
		return "overview.html"
	case "docs/README.md":
		return "index.html"
	}
	name = strings.TrimPrefix(name, "docs/")
	if stem, isPage := strings.CutSuffix(name, ".md"); isPage {
		return strings.ToLower(stem) + ".html"
	}
	return name
}

// renderer renders the pages of one site.
type renderer struct {
	repo  fs.FS
	style string
	pages []string
}

func (r *renderer) page(name string, source []byte) ([]byte, error) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithXHTML())) // anchors in tables are HTML
	doc := markdown.Parser().Parse(text.NewReader(source))
	sum := sha256.Sum256([]byte(r.style))
	p := page{Name: target(name), Style: template.CSS(r.style), Source: repository + name,
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src 'self'; base-uri 'none'; form-action 'none'"}
	p.Root = strings.Repeat("../", strings.Count(p.Name, "/"))
	if err := r.prepare(doc, source, name, &p); err != nil {
		return nil, err
	}
	var body, out bytes.Buffer
	if err := markdown.Renderer().Render(&body, source, doc); err != nil {
		return nil, err
	}
	p.Body = template.HTML(adapted.Replace(body.String()))
	err := pageTemplate.Execute(&out, p)
	return out.Bytes(), err
}

// prepare gives headings the anchors that GitHub gives them, and rewrites links and images.
func (r *renderer) prepare(doc ast.Node, source []byte, name string, p *page) error {
	used := map[string]int{}
	return ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		var err error
		switch n := n.(type) {
		case *ast.Heading:
			title := plainText(n, source)
			id := anchor(title, used)
			n.SetAttributeString("id", []byte(id))
			if n.Level == 1 && p.Title == "" {
				p.Title = title
			}
			if n.Level == 2 {
				p.Outline = append(p.Outline, section{id, title})
			}
		case *ast.Link:
			n.Destination, err = r.link(n.Destination, name, p)
		case *ast.Image:
			n.Destination, err = r.link(n.Destination, name, p)
		}
		return ast.WalkContinue, err
	})
}

// link is a destination as the page needs it: a page, a file of docs/, or a file of the repository.
func (r *renderer) link(destination []byte, from string, p *page) ([]byte, error) {
	to, fragment, hasFragment := strings.Cut(string(destination), "#")
	if to == "" || strings.Contains(to, ":") {
		return destination, nil
	}
	file := path.Join(path.Dir(from), to)
	if _, err := fs.Stat(r.repo, file); err != nil {
		return nil, err
	}
	if slices.Contains(r.pages, file) || strings.HasPrefix(file, "docs/") {
		to = p.Root + target(file)
	} else {
		to = repository + file
	}
	if hasFragment {
		to += "#" + fragment
	}
	return []byte(to), nil
}

func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, isText := n.(*ast.Text); isText && entering {
			b.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// anchor is the fragment by which GitHub reaches a heading: a repeated one has a number.
func anchor(title string, used map[string]int) string {
	id := docblocks.Anchor(title)
	n := used[id]
	used[id]++
	if n > 0 {
		id = fmt.Sprintf("%s-%d", id, n)
	}
	return id
}
