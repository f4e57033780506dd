package contract

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"sort"
	"strconv"
	"strings"
)

// An edge is a resolved reference: from the string that names it to its target.
type edge struct {
	from uint32
	to   Node
}

// Target is what a reference string points at: the value of a $ref, $dynamicRef or discriminator mapping in a
// structural place. One hop; absent for any other node.
func (d *Document) Target(s Node) Node {
	if s.t == nil {
		return Node{}
	}
	edges := s.t.edges
	k := sort.Search(len(edges), func(k int) bool { return edges[k].from >= s.i })
	if k < len(edges) && edges[k].from == s.i {
		return edges[k].to
	}
	return Node{}
}

// Deref follows the $ref of n, through chains and across files, to its target; n itself when it is no reference.
func (d *Document) Deref(n Node) Node {
	for {
		to := d.Target(n.Get("$ref"))
		if !to.Exists() {
			return n
		}
		n = to // ends: the loader has refused circles
	}
}

// A resolver loads the files that references reach and turns references into edges.
type resolver struct {
	ctx   context.Context
	d     *Document
	opt   Options
	walks map[*tree]*walker
}

// link walks the document from its root and resolves all references, in files that they reach too.
func (r *resolver) link() error {
	root := r.d.root
	if err := r.walk(root, 0, sDocument); err != nil {
		return err
	}
	// Resolving walks into new places and may so find new references.
	for done := false; !done; {
		done = true
		for _, t := range r.d.order {
			w := r.walks[t]
			for len(w.found) > 0 {
				ref := w.found[len(w.found)-1]
				w.found = w.found[:len(w.found)-1]
				done = false
				if err := r.resolve(t, ref); err != nil {
					return err
				}
			}
		}
	}
	for _, t := range r.d.order {
		sort.Slice(t.edges, func(i, j int) bool { return t.edges[i].from < t.edges[j].from })
	}
	return r.chains()
}

func (r *resolver) walk(t *tree, i uint32, s shape) error {
	w := r.walks[t]
	if w == nil {
		w = newWalker(t, !strings.HasPrefix(r.d.version, "3.0"))
		r.walks[t] = w
	}
	return w.visit(i, s)
}

// resolve turns one reference into an edge and walks its target.
func (r *resolver) resolve(t *tree, ref reference) error {
	s := Node{t, ref.from}
	name := s.Text()
	if ref.loose && !strings.ContainsAny(name, "#/.") {
		name = "#/components/schemas/" + pointerEscaper.Replace(name)
		t = r.d.root
	}
	to, err := r.find(t, s, name)
	if err != nil {
		if ref.loose {
			return nil
		}
		return err
	}
	if k := to.Kind(); k != Object && !(ref.shape == sSchema && k == Bool) {
		return fail(s, fmt.Sprintf("$ref %q must lead to %s, not to %s", name, shapeTraits[ref.shape].name, k), "")
	}
	s.t.edges = append(s.t.edges, edge{ref.from, to})
	return r.walk(to.t, to.i, ref.shape)
}

func fail(n Node, msg, hint string) *Error { return &Error{Place: n.Place(), Msg: msg, Hint: hint} }

// find is the target of the reference name, which stands at s and is relative to t.
func (r *resolver) find(t *tree, s Node, name string) (Node, error) {
	file, fragment, _ := strings.Cut(name, "#")
	fragment, err := url.PathUnescape(fragment)
	if err != nil {
		return Node{}, fail(s, fmt.Sprintf("$ref %q: %v", name, err), "write % as %25")
	}
	if file != "" {
		if t, err = r.file(t, s, file); err != nil {
			return Node{}, err
		}
	}
	to, ok := Node{t, 0}.follow(fragment)
	if !ok {
		return Node{}, fail(s, fmt.Sprintf("$ref %q leads nowhere", name), missing(Node{t, 0}, fragment))
	}
	return to, nil
}

// follow is the value that an RFC 6901 pointer names, seen from n.
func (n Node) follow(pointer string) (Node, bool) {
	if pointer == "" {
		return n, true
	}
	if pointer[0] != '/' {
		return Node{}, false
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		if n.Kind() == Array {
			i, err := strconv.Atoi(token)
			if err != nil || strconv.Itoa(i) != token {
				return Node{}, false
			}
			n = n.At(i)
		} else {
			n = n.Get(pointerUnescaper.Replace(token))
		}
		if !n.Exists() {
			return Node{}, false
		}
	}
	return n, true
}

// missing says how far a pointer leads.
func missing(n Node, pointer string) string {
	if !strings.HasPrefix(pointer, "/") {
		return "a reference reads FILE#/path/to/value"
	}
	at := ""
	for token := range strings.SplitSeq(pointer[1:], "/") {
		next, ok := n.follow("/" + token)
		if !ok {
			return fmt.Sprintf("there is no %q in #%s", pointerUnescaper.Replace(token), at)
		}
		n, at = next, at+"/"+token
	}
	return ""
}

// file is the tree of the file that a reference in t names.
func (r *resolver) file(t *tree, s Node, name string) (*tree, error) {
	if strings.Contains(name, "://") || strings.HasPrefix(name, "//") {
		return nil, fail(s, fmt.Sprintf("$ref %q names a remote document", s.Text()), "copy it beside the contract, or allow remote references")
	}
	name, err := url.PathUnescape(name)
	if err != nil {
		return nil, fail(s, fmt.Sprintf("$ref %q: %v", s.Text(), err), "write % as %25")
	}
	id := path.Join(path.Dir(t.id), name)
	if path.IsAbs(name) || id == ".." || strings.HasPrefix(id, "../") {
		return nil, fail(s, fmt.Sprintf("$ref %q leaves the folder of the contract", s.Text()), "keep referenced files below the folder of the root document")
	}
	if known := r.d.files[id]; known != nil {
		return known, nil
	}
	if r.opt.ReadFile == nil {
		return nil, fail(s, fmt.Sprintf("$ref %q names a file, and there is no folder to read it from", s.Text()), "give the contract as a file")
	}
	if len(r.d.order) >= r.opt.maxFiles() {
		return nil, fail(s, fmt.Sprintf("the document reaches more than %d files", r.opt.maxFiles()), "")
	}
	content, err := r.opt.ReadFile(r.ctx, id)
	if err != nil {
		e := fail(s, fmt.Sprintf("$ref %q cannot be read: %v", s.Text(), err), "")
		e.Err = err
		return nil, e
	}
	return r.d.add(siblingName(r.d.root.file, id), id, content, r.opt)
}

// siblingName is how a file beside the root document is shown.
func siblingName(root, id string) string {
	return root[:strings.LastIndexAny(root, "/:")+1] + id
}

// chains refuses references that lead to references without end.
func (r *resolver) chains() error {
	for _, t := range r.d.order {
		for _, e := range t.edges {
			hops := 0
			for n := r.d.Target(e.to.Get("$ref")); n.Exists(); n = r.d.Target(n.Get("$ref")) {
				if n == e.to {
					return fail(Node{t, e.from}, fmt.Sprintf("$ref %q leads back to itself", Node{t, e.from}.Text()), "")
				}
				if hops++; hops > r.opt.maxChain() {
					return fail(Node{t, e.from}, fmt.Sprintf("$ref %q leads through more than %d references", Node{t, e.from}.Text(), r.opt.maxChain()), "")
				}
			}
		}
	}
	return nil
}
