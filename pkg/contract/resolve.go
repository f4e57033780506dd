package contract

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/romel/govctl/internal/sorting"
)

// A resolver loads the files that references reach and turns references into edges.
type resolver struct {
	ctx     context.Context
	d       *Document
	opt     Options
	dialect dialect
	names   *names
	walkers map[*tree]*walker
}

// link walks the document from its root and resolves all references, also those in files that they reach.
func (r *resolver) link() error {
	if err := r.walk(r.d.root, 0, sDocument); err != nil {
		return err
	}
	for t := r.pending(); t != nil; t = r.pending() {
		if err := r.resolveAll(t); err != nil {
			return err
		}
	}
	for _, t := range r.d.order {
		slices.SortFunc(t.edges, func(a, b edge) int { return int(a.from) - int(b.from) })
	}
	r.sortDangling()
	r.d.identifiers = r.names.all
	if err := r.refuseCircles(); err != nil {
		return err
	}
	if err := r.refuseItemCircles(); err != nil {
		return err
	}
	return r.checkQueries()
}

// pending is a file with references that are not resolved yet; nil when all are. A resolved reference may add to any file.
func (r *resolver) pending() *tree {
	for _, t := range r.d.order {
		if w := r.walkers[t]; w != nil && len(w.found) > 0 {
			return t
		}
	}
	return nil
}

func (r *resolver) resolveAll(t *tree) error {
	w := r.walkers[t]
	found := w.found
	w.found = nil
	t.edges = slices.Grow(t.edges, len(found))
	for _, ref := range found {
		if err := r.resolve(t, ref); err != nil {
			return err
		}
	}
	return nil
}

// walk visits the value at i of t, in the scope of its file.
func (r *resolver) walk(t *tree, i uint32, s shape) error {
	w := r.walkers[t]
	if w == nil {
		w = newWalker(t, r.dialect, r.names)
		r.walkers[t] = w
	}
	return w.visit(i, s)
}

// resolve turns one reference into an edge and walks its target.
func (r *resolver) resolve(t *tree, ref reference) error {
	s := Node{t, ref.from}
	to, err := r.find(s, ref)
	if err == nil {
		if k := to.Kind(); k != Object && (ref.shape != sSchema || k != Bool) {
			err = fail(s, fmt.Sprintf("%s %q must refer to %s, not to %s", ref, s.Text(), traits[ref.shape].name, k), "point it at another component")
		}
	}
	switch {
	case err == nil:
		t.edges = append(t.edges, edge{ref.from, ref.shape, to})
		return r.walk(to.t, to.i, ref.shape)
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case ref.kind == mapping:
		return nil // the value of a mapping need not be a reference
	case r.opt.AllowDangling:
		if len(r.d.dangling) == maxDangling {
			return fail(s, fmt.Sprintf("more than %d references do not resolve", maxDangling), "are files missing?")
		}
		r.d.dangling = append(r.d.dangling, err)
		return nil
	}
	return err
}

// maxDangling bounds the references that may not resolve: beyond, something else is wrong than a slip of the pen.
const maxDangling = 1000

// String is the keyword of the reference.
func (r reference) String() string {
	return [...]string{plain: "$ref", dynamic: "$dynamicRef", mapping: "mapping"}[r.kind]
}

// find is the target of a reference that stands at s.
func (r *resolver) find(s Node, ref reference) (Node, *Error) {
	name := s.Text()
	if ref.kind == mapping && !strings.ContainsAny(name, "#/") { // a schema's name, which may have dots, or a file's
		if to := (Node{r.d.root, 0}).Get("components").Get("schemas").Get(name); to.Exists() {
			return to, nil
		}
	}
	file, fragment, _ := strings.Cut(name, "#")
	fragment, err := url.PathUnescape(fragment)
	if err != nil {
		return Node{}, fail(s, fmt.Sprintf("%s %q: %v", ref, name, err), "write % as %25")
	}
	resource := Node{s.t, ref.scope.root}
	if file != "" {
		var bad *Error
		if resource, bad = r.resource(s, ref, file); bad != nil {
			return Node{}, bad
		}
	}
	return r.at(s, ref, resource, fragment)
}

// at is the place in a resource that a fragment names: by pointer or by anchor.
func (r *resolver) at(s Node, ref reference, resource Node, fragment string) (Node, *Error) {
	if fragment == "" || fragment[0] == '/' {
		if to := resource.Find(fragment); to.Exists() {
			return to, nil
		}
		return Node{}, fail(s, fmt.Sprintf("%s %q does not resolve", ref, s.Text()), missing(resource, fragment))
	}
	if resource.i == 0 && resource.t != r.d.root { // the names in a file that is a schema are known when it has been walked
		if err := r.walk(resource.t, 0, sSchema); err != nil {
			return Node{}, asError(err)
		}
	}
	if ref.kind == dynamic && r.names.dynamic[fragment] > 1 {
		return Node{}, fail(s, fmt.Sprintf("%s %q has several targets, which depend on how it is reached", ref, s.Text()),
			"write the schemas out, or use $ref")
	}
	if to, ok := r.names.anchors[anchor{resource, fragment}]; ok {
		return to, nil
	}
	hint := "a reference reads FILE#/path/to/value"
	if r.dialect.siblings {
		hint = fmt.Sprintf("there is no $anchor %q", fragment)
	}
	return Node{}, fail(s, fmt.Sprintf("%s %q does not resolve", ref, s.Text()), hint)
}

// missing says how far a pointer leads.
func missing(n Node, pointer string) string {
	at := ""
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		next := n.Find("/" + token)
		if !next.Exists() {
			break
		}
		n, at = next, at+"/"+token
	}
	key, _, _ := strings.Cut(strings.TrimPrefix(pointer[len(at):], "/"), "/")
	return fmt.Sprintf("there is no %q in #%s", unescapeToken(key), at)
}

// resource is the schema or file that the part of a reference before # names.
func (r *resolver) resource(s Node, ref reference, name string) (Node, *Error) {
	u, err := url.Parse(name)
	if err != nil {
		return Node{}, fail(s, fmt.Sprintf("%s %q is not a URI reference", ref, s.Text()), "write it like #/components/schemas/Name or other.yaml#/Name")
	}
	absolute := u
	if ref.scope.base != nil {
		absolute = ref.scope.base.ResolveReference(u)
	}
	if known, ok := r.names.ids[absolute.String()]; ok {
		return known, nil
	}
	var t *tree
	var bad *Error
	if base, err := url.Parse(s.t.id); u.IsAbs() || u.Host != "" || s.t.remote && err == nil {
		if s.t.remote {
			u = base.ResolveReference(u)
		}
		t, bad = r.remote(s, ref, u)
	} else {
		t, bad = r.file(s, ref, u.Path)
	}
	if bad != nil {
		return Node{}, bad
	}
	return Node{t, 0}, nil
}

// file is the tree of the file that a reference at s names; name is unescaped.
func (r *resolver) file(s Node, ref reference, name string) (*tree, *Error) {
	id := path.Join(path.Dir(s.t.id), name)
	if path.IsAbs(name) || id == ".." || strings.HasPrefix(id, "../") || strings.ContainsAny(name, "\\\x00") {
		return nil, fail(s, fmt.Sprintf("%s %q leaves the folder of the contract", ref, s.Text()),
			"keep referenced files below the folder of the root document")
	}
	if !utf8.ValidString(name) {
		return nil, fail(s, fmt.Sprintf("%s %q names a file whose name is not valid UTF-8: %q", ref, s.Text(), name), "rename the file")
	}
	if r.opt.ReadFile == nil && r.d.files[id] == nil {
		return nil, fail(s, fmt.Sprintf("%s %q names a file, and there is no folder to read it from", ref, s.Text()),
			"give the contract as a file")
	}
	return r.load(s, ref, id, siblingName(r.d.root.file, id), func() ([]byte, error) { return r.opt.ReadFile(r.ctx, id) })
}

// remote is the tree of the URL that a reference at s names.
func (r *resolver) remote(s Node, ref reference, u *url.URL) (*tree, *Error) {
	switch {
	case u.Scheme != "https" || u.User != nil:
		return nil, fail(s, fmt.Sprintf("%s %q: only https is read", ref, s.Text()), "copy the file beside the contract")
	case !r.opt.AllowRemote:
		return nil, fail(s, fmt.Sprintf("%s %q names a remote file", ref, s.Text()), "copy it beside the contract, or allow remote references")
	case r.opt.Fetch == nil:
		return nil, fail(s, fmt.Sprintf("%s %q names a remote file, and there is no network", ref, s.Text()), "copy it beside the contract")
	}
	id := u.String()
	t, bad := r.load(s, ref, id, id, func() ([]byte, error) { return r.opt.Fetch(r.ctx, id) })
	if t != nil {
		t.remote = true
	}
	return t, bad
}

// load is the tree of a file of the document, read on the first call.
func (r *resolver) load(s Node, ref reference, id, show string, read func() ([]byte, error)) (*tree, *Error) {
	if known := r.d.files[id]; known != nil {
		return known, nil
	}
	if len(r.d.order) >= r.opt.maxFiles() {
		return nil, fail(s, fmt.Sprintf("the document reaches more than %d files", r.opt.maxFiles()), "bundle the description into fewer files")
	}
	content, err := read()
	if err != nil {
		e := fail(s, fmt.Sprintf("%s %q cannot be read: %v", ref, s.Text(), err), "check the path, which is relative to the file that contains the reference")
		e.Err = err
		return nil, e
	}
	t, bad := r.d.add(show, id, content, r.opt)
	if bad != nil {
		return nil, bad
	}
	return t, nil
}

// siblingName is how a file beside the root document is shown.
func siblingName(root, id string) string {
	return root[:strings.LastIndexAny(root, "/:")+1] + id
}

// sortDangling puts the references that do not resolve in the order of files and lines.
func (r *resolver) sortDangling() {
	sorting.Stable(r.d.dangling, func(a, b *Error) int {
		if c := strings.Compare(a.Place.File, b.Place.File); c != 0 {
			return c
		}
		return a.Place.Line - b.Place.Line
	})
}

// refuseCircles is the error for references that lead to references without end, or through too many.
func (r *resolver) refuseCircles() error {
	for _, t := range r.d.order {
		for _, e := range t.edges {
			s, hops := Node{t, e.from}, 0
			for n := r.d.step(e.to); n.Exists(); n = r.d.step(n) {
				if n == e.to {
					return fail(s, fmt.Sprintf("$ref %q is circular", s.Text()), "one schema of the circle must be written out")
				}
				if hops++; hops > r.opt.maxChain() {
					return fail(s, fmt.Sprintf("$ref %q passes through more than %d references", s.Text(), r.opt.maxChain()), "make the reference name its target directly")
				}
			}
		}
	}
	return nil
}

// refuseItemCircles is the error for path items of other files that lead back to themselves through callbacks: written out
// in one file they would have no end.
func (r *resolver) refuseItemCircles() error {
	const underway, done = 1, 2
	state := map[Node]int{}
	var visit func(at Node) error
	visit = func(at Node) error {
		state[at] = underway
		edges := at.t.edges
		first := sort.Search(len(edges), func(k int) bool { return edges[k].from >= at.i })
		for _, e := range edges[first:] {
			if e.from >= at.raw().next {
				break
			}
			if e.shape != sPathItem || e.to.t == r.d.root {
				continue
			}
			if state[e.to] == underway {
				return fail(Node{at.t, e.from}, "the path item refers back to itself through another file", "keep path items that call back to each other in the root document")
			}
			if state[e.to] != done {
				if err := visit(e.to); err != nil {
					return err
				}
			}
		}
		state[at] = done
		return nil
	}
	if len(r.d.order) == 1 {
		return nil
	}
	return visit(r.d.Root())
}
