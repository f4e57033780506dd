package site

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"reflect"
	"regexp"
	"slices"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// maxChangelog bounds the Markdown that is rendered, in bytes; what is older stays in the file.
const maxChangelog = 1 << 20

// markdown renders a changelog that people and govctl wrote. Markup in it stays text, and links lead to the web or nowhere.
func markdown(source []byte) (template.HTML, error) {
	first := newestFirst(source)
	if len(source) > maxChangelog {
		source = newest(source, first)
	}
	if len(bytes.TrimSpace(source)) == 0 {
		return "", nil
	}
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithParser(tame(first)), goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Convert(source, &b); err != nil {
		return "", fmt.Errorf("render changelog: %w", err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // goldmark escapes text, and the parser below knows no markup
}

// entry is the head of an entry of a changelog with the day in it.
var entry = regexp.MustCompile(`(?m)^## .*?(\d{4}-\d{2}-\d{2}(?:T[\d:]{5,8})?)`)

// newestFirst reports a changelog whose first entry is younger than its last. Ours grows at its end, and one without days is taken for
// ours; people often write at the top.
func newestFirst(source []byte) bool {
	all := entry.FindAllSubmatch(source, -1)
	return len(all) > 1 && bytes.Compare(all[0][1], all[len(all)-1][1]) > 0
}

// newest are the newest entries of a changelog that is too long.
func newest(source []byte, first bool) []byte {
	mark := []byte("\n## ")
	if first {
		source = source[:maxChangelog]
		if i := bytes.LastIndex(source, mark); i >= 0 {
			source = source[:i+1]
		}
		return source
	}
	source = source[len(source)-maxChangelog:]
	if i := bytes.Index(source, mark); i >= 0 {
		source = source[i+1:]
	}
	return source
}

// tame is a parser that takes markup for text; newestFirst is the order of the entries in it.
func tame(newestFirst bool) parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(without(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...),
		parser.WithInlineParsers(without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithASTTransformers(util.Prioritized(tamer{newestFirst}, 500)),
	)
}

// without leaves out the parser of the same type as this one.
func without(list []util.PrioritizedValue, out any) []util.PrioritizedValue {
	return slices.DeleteFunc(list, func(v util.PrioritizedValue) bool { return reflect.TypeOf(v.Value) == reflect.TypeOf(out) })
}

// tamer puts the headings of a document two levels lower, under those of the page, leaves its title out, because the page has one, and
// takes pictures and addresses outside the web away: a page asks for nothing outside itself.
type tamer struct{ newestFirst bool }

// Transform implements parser.ASTTransformer.
func (t tamer) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	var pictures []*ast.Image
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the visitor returns no error
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+2, 6)
		case *ast.Link:
			if !harmlessAddress(string(n.Destination)) {
				n.Destination = nil
			}
		case *ast.Image:
			pictures = append(pictures, n)
		}
		return ast.WalkContinue, nil
	})
	if !t.newestFirst {
		reverse(doc)
	}
	if h, ok := doc.FirstChild().(*ast.Heading); ok && h.Level == 3 {
		doc.RemoveChild(doc, h)
	}
	for _, p := range pictures {
		p.Parent().ReplaceChild(p.Parent(), p, ast.NewString([]byte("[picture]")))
	}
}

// reverse turns the entries of a changelog around: readers begin at the top. An entry begins with a heading of the second level, which is
// the fourth on the page.
func reverse(doc *ast.Document) {
	var entries [][]ast.Node
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 4 {
			entries = append(entries, nil)
		}
		if last := len(entries) - 1; last >= 0 {
			entries[last] = append(entries[last], n)
		}
	}
	slices.Reverse(entries)
	for _, entry := range entries {
		for _, n := range entry {
			doc.AppendChild(doc, n) // takes it from where it was
		}
	}
}

// harmlessAddress reports an address of the web or a place in the same document.
func harmlessAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "" && u.Host == "" || web(address) != "")
}
