package apichangelog

import (
	"slices"
	"strings"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// The groups of what has no tag.
const (
	general       = "General"
	severalGroups = "Several groups"
	webhooks      = "Webhooks"
	callbacks     = "Callbacks"
	wholeAPI      = "Whole API"
)

// groupRank puts the groups of operations before the others.
func groupRank(g string) int {
	return slices.Index([]string{general, webhooks, callbacks, severalGroups, wholeAPI}, g)
}

// labels are what the documents say about operations.
type labels struct {
	ops    map[report.Operation]label
	tagged bool // some operation has a tag
}

type label struct{ summary, tag string }

// newLabels reads both documents; what the new one says counts.
func newLabels(old, new *contract.Document) labels {
	l := labels{ops: map[report.Operation]label{}}
	for _, doc := range []*contract.Document{old, new} {
		for _, place := range []string{"paths", "webhooks", "x-webhooks"} {
			for path, item := range doc.Root().Get(place).Fields() {
				l.item(doc, path, item)
			}
		}
	}
	return l
}

func (l *labels) item(doc *contract.Document, path string, item contract.Node) {
	for method, op := range operationsOf(doc, item) {
		one := label{summary: shorten(oneLine(op.Get("summary").Text()), maxSummary), tag: oneLine(op.Get("tags").At(0).Text())}
		one.summary = strings.TrimRight(one.summary, ". ")
		l.tagged = l.tagged || one.tag != ""
		l.ops[report.Operation{Method: method, Path: path}] = one
	}
}

// operationsOf are the operations of a path item by their methods.
func operationsOf(doc *contract.Document, item contract.Node) map[string]contract.Node {
	item = doc.Deref(item)
	out := map[string]contract.Node{}
	for _, method := range contract.Methods {
		if op := item.Get(method); op.Kind() == contract.Object {
			out[strings.ToUpper(method)] = op
		}
	}
	for name, op := range item.Get("additionalOperations").Fields() {
		out[name] = op
	}
	return out
}

func countOperations(doc *contract.Document) int {
	n := 0
	for path, item := range doc.Root().Get("paths").Fields() {
		if !contract.IsExtension(path) {
			n += len(operationsOf(doc, item))
		}
	}
	return n
}

// named is an operation by its summary and by what is called.
func (l *labels) named(op report.Operation) []Span {
	call := code(op.Method + " " + op.Path)
	if one := l.ops[op]; one.summary != "" {
		return []Span{{one.summary, Emphasis}, words(" ("), call, words(")")}
	}
	return []Span{call}
}

// groupOf is the group of all operations that a finding reaches.
func (l *labels) groupOf(f *report.Finding) string {
	switch {
	case strings.HasPrefix(f.Subject, "webhook "):
		return webhooks
	case strings.Contains(f.Subject, " callback "):
		return callbacks
	case len(f.Operations) == 0:
		return wholeAPI
	}
	group := l.group(f.Operations[0])
	for _, op := range f.Operations[1:] {
		if l.group(op) != group {
			return severalGroups
		}
	}
	return group
}

// group is the first tag of an operation. In a document without tags it is the first segment of the path that names something.
func (l *labels) group(op report.Operation) string {
	switch one, ok := l.ops[op]; {
	case ok && one.tag != "":
		return shorten(one.tag, maxName)
	case l.tagged:
		return general
	case !strings.HasPrefix(op.Path, "/"):
		return webhooks
	}
	for segment := range strings.SplitSeq(strings.Trim(op.Path, "/"), "/") {
		if segment != "" && !unnamed().MatchString(segment) {
			return shorten(oneLine(segment), maxName)
		}
	}
	return general
}

// unnamed are segments of paths that stand before the name of a resource.
var unnamed = late.Pattern(`^(?i:api|rest|v\d+(\.\d+)*|\d{4}-\d{2}-\d{2}|\{.*)$`)
