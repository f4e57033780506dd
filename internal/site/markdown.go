package site

import (
	"bytes"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/markdown"
)

// maxChangelog bounds the Markdown that is rendered, in bytes; what is older stays in the file.
const maxChangelog = 1 << 20

// written renders a changelog that people and govctl wrote, under the title of the page and with the newest entry at the top. Markup in it
// stays text, and links lead to the web or nowhere: a page asks for nothing outside itself.
func written(source []byte) template.HTML {
	first := newestFirst(source)
	if len(source) > maxChangelog {
		source = newest(source, first)
	}
	all := markdown.Blocks(string(source), markdown.Options{Lower: 2, Link: harmlessAddress})
	if !first {
		all = reversed(all)
	}
	if len(all) > 0 && all[0].Level == 1 { // the page has a title
		all = all[1:]
	}
	var page strings.Builder
	for _, b := range all {
		page.WriteString(string(b.HTML))
	}
	return template.HTML(page.String()) //nolint:gosec // every text in a block is escaped
}

// reversed turns the entries of a changelog around: readers begin at the top. An entry begins with a heading of the second level.
func reversed(all []markdown.Block) []markdown.Block {
	i := slices.IndexFunc(all, func(b markdown.Block) bool { return b.Level == 2 })
	if i < 0 {
		return all
	}
	head, end := all[:i:i], len(all)
	for j := end - 1; j >= i; j-- {
		if all[j].Level == 2 {
			head, end = append(head, all[j:end]...), j
		}
	}
	return head
}

// entry is the head of an entry of a changelog with the day in it.
var entry = late.Pattern(`(?m)^## .*?(\d{4}-\d{2}-\d{2}(?:T[\d:]{5,8})?)`)

// newestFirst reports a changelog whose first entry is younger than its last. Ours grows at its end, and one without days is taken for
// ours; people often write at the top.
func newestFirst(source []byte) bool {
	all := entry().FindAllSubmatch(source, -1)
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

// harmlessAddress reports an address of the web or a place in the same document.
func harmlessAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "" && u.Host == "" || web(address) != "")
}
