// Package contract parses an OpenAPI description into a tree of values. Each value has its position
// in the file, a content hash of its subtree, and a hash that includes the targets of references.
//
// A loaded Document does not change; it can be read from several goroutines. The package does not
// access files or the network: Reader and Options have functions for that.
package contract

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"
)

// Document is a loaded OpenAPI 3.x description, with the files that its references reach.
type Document struct {
	source string
	*content
}

// content is what documents of equal bytes share.
type content struct {
	root     *tree
	files    map[string]*tree // by tree.id
	order    []*tree          // in the order of loading, root first
	version  string
	dangling []*Error

	identifiers []Node // the $id, $anchor and $dynamicAnchor of its schemas
	bundled     *tree  // all files as one, nil where there is only one

	digestOnce sync.Once
	digest     string

	closureOnce sync.Once
	closures    map[*tree]*closures
}

// Root is the OpenAPI object.
func (d *Document) Root() Node { return Node{d.root, 0} }

// OpenAPI is the value of the field openapi: "3.0.3", "3.1.0".
func (d *Document) OpenAPI() string { return d.version }

// Source is the name that the description was loaded under.
func (d *Document) Source() string { return d.source }

// File is one that a description was read from.
type File struct {
	Name string
	Text string // as it was read
}

// Files are those that the description was read from, its own first.
func (d *Document) Files() []File {
	files := make([]File, len(d.order))
	for i, t := range d.order {
		files[i] = File{t.file, t.src}
	}
	return files
}

// Converted reports whether the source was Swagger 2.0. Lines and columns are those of the original, pointers those of
// the OpenAPI 3 description that it was converted to.
func (d *Document) Converted() bool { return d.root.converted }

// Under is the same document as if it had been read from another source. Places keep the first one.
func (d *Document) Under(name string) *Document { return &Document{source: name, content: d.content} }

// Same reports whether d and o were parsed from the same bytes, once.
func (d *Document) Same(o *Document) bool { return d.content == o.content }

// Parse reads the description in data, which the caller must not change afterwards. name is used in
// messages and positions; files that references name are read through opt. Bad input gives an
// *Error.
func Parse(ctx context.Context, name string, data []byte, opt Options) (*Document, error) {
	d := &Document{source: name, content: &content{files: map[string]*tree{}}}
	root, bad := d.add(name, rootID(name), data, opt)
	if bad != nil {
		return nil, bad
	}
	var err error
	if isSwagger(root) {
		if !opt.ConvertSwagger {
			return nil, fail(Node{root, 0}.Get("swagger"), "the document is a Swagger 2.0 description, not OpenAPI 3", "convert it to OpenAPI 3, or use --convert-swagger")
		}
		if root, err = convertSwagger(root, opt); err != nil {
			return nil, err
		}
		d.files[root.id], d.order[0] = root, root
	}
	if err := root.setVersion(opt.Version); err != nil {
		return nil, err
	}
	d.root = root
	root.remote = strings.HasPrefix(root.id, "https://")
	if d.version, err = openAPIVersion(d.Root()); err != nil {
		return nil, err
	}
	r := resolver{ctx: ctx, d: d, opt: opt, dialect: dialectOf(d.version), names: newNames(), walkers: map[*tree]*walker{}}
	if err := r.link(); err != nil {
		return nil, err
	}
	if err := d.whole(); err != nil {
		return nil, err
	}
	if opt.SHA256 != "" && opt.Version == "" {
		d.digestOnce.Do(func() { d.digest = opt.SHA256 })
	}
	if len(d.order) > 1 {
		d.bundled, err = bundle(d)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// whole reports a root that lacks what every description has. YAML that was cut off is often still YAML, and then its operations
// would look removed. Components stand last in most files: who refers to them and has none at all was cut off, too, whatever
// references may dangle.
func (d *Document) whole() error {
	root := d.Root()
	if root.Get("components").Exists() {
		return nil
	}
	if !root.Get("paths").Exists() && !root.Get("webhooks").Exists() {
		return fail(root, `the description has none of "paths", "webhooks" and "components"`, "is the file truncated? an API without operations has paths: {}")
	}
	for _, e := range d.dangling {
		if e.Place.File == d.root.file && strings.Contains(e.Msg, `"#/components/`) {
			return &Error{Place: e.Place, Msg: e.Msg + ": the description has no components at all", Hint: "is the file cut off?"}
		}
	}
	return nil
}

// ParseValue reads any one JSON or YAML document: a configuration, an alert file. Its content is
// not validated and references are not resolved. Text of nothing but comments is null.
func ParseValue(_ context.Context, name string, data []byte, opt Options) (Node, error) {
	t, bad := parseFile(name, name, data, opt)
	if bad != nil {
		return Node{}, bad
	}
	return Node{t, 0}, nil
}

// rootID is the name by which other files of the document refer back to its root.
func rootID(name string) string {
	if strings.HasPrefix(name, "https://") {
		return name
	}
	return name[strings.LastIndexAny(name, "/:")+1:]
}

// add parses a file into the document.
func (d *Document) add(file, id string, data []byte, opt Options) (*tree, *Error) {
	t, bad := parseFile(file, id, data, opt)
	if bad == nil {
		d.files[id] = t
		d.order = append(d.order, t)
	}
	return t, bad
}

func parseFile(file, id string, data []byte, opt Options) (*tree, *Error) {
	t := newTree(file, id, data)
	if len(data) > opt.maxBytes() {
		return nil, &Error{Place: placeOf(file), Msg: fmt.Sprintf("is larger than the limit of %d bytes", opt.maxBytes()), Hint: tooLargeHint}
	}
	err := checkText(t, data)
	if err == nil {
		err = parseText(t, data, opt)
	}
	if err == nil {
		t.refKey = t.keys.id("$ref")
		return t, nil
	}
	return nil, asError(err)
}

// parseText picks the format: what begins with a bracket is JSON, unless its name says YAML and only YAML fits.
func parseText(t *tree, data []byte, opt Options) error {
	body := strings.TrimLeft(strings.TrimPrefix(t.src, bom), " \t\r\n")
	ext := strings.ToLower(path.Ext(t.file))
	var err error
	switch brackets := strings.HasPrefix(body, "{") || strings.HasPrefix(body, "["); {
	case ext == ".json" && body == "":
		return t.fail(0, "the file is empty", emptyHint)
	case ext == ".json", brackets && ext != ".yaml" && ext != ".yml":
		err = parseJSON(t, data, opt)
	case brackets:
		var bad *Error
		if err = parseJSON(t, data, opt); errors.As(err, &bad) && !bad.final {
			t.reset()
			if parseYAML(t, data, opt) == nil {
				return nil
			}
		}
	default:
		err = parseYAML(t, data, opt)
	}
	if err != nil {
		return explainConflict(t, err)
	}
	return nil
}

// Size is the number of bytes of the root document.
func (d *Document) Size() int { return len(d.root.src) }
