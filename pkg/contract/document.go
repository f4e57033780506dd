// Package contract loads an OpenAPI description into a tree of values that know where they stand in the file and what they
// are worth: a content hash for each subtree, and one that reaches through references.
//
// A loaded Document does not change; it can be read from several goroutines. The package touches no file and no network
// by itself: Reader and Options carry the functions that do.
package contract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"sync"
)

// Document is a loaded OpenAPI 3.x description, with the files that its references reach.
type Document struct {
	root    *tree
	files   map[string]*tree // by tree.id
	order   []*tree          // in the order of loading, root first
	version string

	sumOnce sync.Once
	sum     string

	closureOnce sync.Once
	closures    *closures
}

// Root is the OpenAPI object.
func (d *Document) Root() Node { return Node{d.root, 0} }

// OpenAPI is the version that the description says it follows: "3.0.3", "3.1.0".
func (d *Document) OpenAPI() string { return d.version }

// Source is the name that the description was loaded under.
func (d *Document) Source() string { return d.root.file }

// Converted reports whether the source was Swagger 2.0. Places then are those of the Swagger original, as near as can be told.
func (d *Document) Converted() bool { return d.root.whereFrom != nil }

// SHA256 is the hexadecimal digest of Canonical.
func (d *Document) SHA256() string {
	d.sumOnce.Do(func() {
		digest := sha256.Sum256(d.Canonical())
		d.sum = hex.EncodeToString(digest[:])
	})
	return d.sum
}

// Parse reads the description in data, which the caller must not change afterwards. name stands in messages and places;
// files that references name are read through opt. Bad input gives an *Error.
func Parse(ctx context.Context, name string, data []byte, opt Options) (*Document, error) {
	d := &Document{files: map[string]*tree{}}
	root, err := d.add(name, "", data, opt)
	if err != nil {
		return nil, err
	}
	d.root = root
	if d.version, err = openAPIVersion(root); err != nil {
		return nil, err
	}
	r := resolver{ctx: ctx, d: d, opt: opt, walks: map[*tree]*walker{}}
	if err := r.link(); err != nil {
		return nil, err
	}
	return d, nil
}

// add parses a file into the document.
func (d *Document) add(file, id string, data []byte, opt Options) (*tree, error) {
	t := newTree(file, id, data)
	if len(data) > opt.maxBytes() {
		return nil, &Error{Place: t.place(0, ""), Msg: fmt.Sprintf("the file has %d bytes, more than the limit of %d", len(data), opt.maxBytes())}
	}
	if err := parse(t, data, opt); err != nil {
		return nil, err
	}
	d.files[id] = t
	d.order = append(d.order, t)
	return t, nil
}

// parse picks the format: what begins with a bracket is JSON, unless its name says YAML and it is none.
func parse(t *tree, data []byte, opt Options) error {
	body := strings.TrimLeft(strings.TrimPrefix(t.src, bom), " \t\r\n")
	ext := strings.ToLower(path.Ext(t.file))
	if ext != ".json" && !strings.HasPrefix(body, "{") && !strings.HasPrefix(body, "[") {
		return parseYAML(t, data, opt)
	}
	err := parseJSON(t, data, opt)
	if err != nil && (ext == ".yaml" || ext == ".yml") {
		again := newTree(t.file, t.id, data)
		if parseYAML(again, data, opt) == nil {
			t.nodes, t.keys, t.texts = again.nodes, again.keys, again.texts
			return nil
		}
	}
	return err
}

func openAPIVersion(t *tree) (string, error) {
	root := Node{t, 0}
	v := root.Get("openapi")
	if v.Kind() == String && (strings.HasPrefix(v.Text(), "3.0") || strings.HasPrefix(v.Text(), "3.1") || strings.HasPrefix(v.Text(), "3.2")) {
		return v.Text(), nil
	}
	return "", fail(root, "this is no OpenAPI 3 description", `it must begin with "openapi: 3.x.y"`)
}
