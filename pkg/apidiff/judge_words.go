package apidiff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

type wordKey struct {
	old, new contract.Node
	mode     mode
}

// wordKeys are the keywords for people.
var wordKeys = []string{"title", "description", "summary", "example", "examples", "externalDocs", "$comment"}

// words compares what stands beside the keywords of two uses: descriptions, defaults, flags, extensions.
func (e *engine) words(from *site, step []string, o, n use) {
	if !o.entry.Exists() || !n.entry.Exists() {
		return
	}
	m := mode(0)
	if from != nil {
		m = from.mode.inner()
	}
	k := wordKey{o.entry, n.entry, m}
	s, known := e.worded[k]
	if !known {
		if s = e.wordsSite(o, n, m); s != nil {
			e.worded[k] = s
		}
	}
	e.edge(from, s, step)
}

// wordsSite is the site of what differs beside the keywords; nil where nothing does, as is the rule.
func (e *engine) wordsSite(o, n use, m mode) *site {
	if e.spare == nil {
		e.spare = &site{}
	}
	s := e.spare
	*s = site{beside: true, mode: m, old: o.schema, new: n.schema, oldEntry: o.entry, newEntry: n.entry}
	if e.compareWords(s, carriers(o), carriers(n)); len(s.deltas) == 0 {
		return nil
	}
	e.spare = nil
	s.rank = len(e.order)
	e.order = append(e.order, s)
	return s
}

// carriers are the nodes that may carry words, outermost first. Beside null, the one alternative carries them too.
func carriers(u use) []contract.Node {
	out := append(slices.Clone(u.notes), u.schema.nodes...)
	if u.entry.Exists() && !slices.Contains(out, u.entry) {
		out = append([]contract.Node{u.entry}, out...)
	}
	s := u.schema.side
	s.meter.charge(8 * len(out))
	for i := 0; i < len(out) && i < 20; i++ {
		for _, key := range []string{"anyOf", "oneOf"} {
			if branch := s.besideNull(out[i].Get(key), key == "oneOf"); branch.Exists() {
				inner := s.of(branch)
				out = append(append(out, inner.notes...), inner.schema.nodes...)
			}
		}
	}
	return out
}

// besideNull is the one alternative that a list offers beside null, as withoutNull sees it; absent where it offers anything
// else.
func (s *side) besideNull(list contract.Node, one bool) contract.Node {
	if list.Len() != 2 {
		return contract.Node{}
	}
	a, b := list.At(0), list.At(1)
	first, second := s.onlyNull(a), s.onlyNull(b)
	if first {
		a = b
	}
	if first == second || one && s.admitNull([]contract.Node{a}) {
		return contract.Node{}
	}
	return a
}

// word is the first value of a key.
func word(nodes []contract.Node, name string) contract.Node {
	for _, n := range nodes {
		if v := n.Get(name); v.Exists() {
			return v
		}
	}
	return contract.Node{}
}

func (e *engine) compareWords(s *site, a, b []contract.Node) {
	var changed []string
	var was, is contract.Node
	for _, name := range wordKeys {
		o, n := word(a, name), word(b, name)
		if o.Hash() != n.Hash() {
			changed, was, is = append(changed, name), first(was, o), first(is, n)
		}
	}
	if len(changed) > 0 {
		e.emit(s, delta{on: "words", attr: "documentation", op: Changed, name: strings.Join(changed, ", "), old: was, new: is, oldAt: a[0], newAt: b[0]})
	}
	e.compareDeprecated(s, a, b)
	e.judgeText(s, "default", word(a, "default"), word(b, "default"))
	e.compareDiscriminator(s, word(a, "discriminator"), word(b, "discriminator"))
	if s.mode&modeXML != 0 {
		e.compareXML(s, a, b)
	}
	e.compareExtensions(s, a, b)
}

func (e *engine) compareDeprecated(s *site, a, b []contract.Node) {
	was, is := word(a, "deprecated"), word(b, "deprecated")
	if was.Bool() == is.Bool() {
		return
	}
	d := delta{on: "property", attr: "deprecated", op: Added, new: is, oldAt: a[0], newAt: b[0]}
	if was.Bool() {
		d = delta{on: "property", attr: "deprecated", op: Removed, old: was, oldAt: a[0], newAt: b[0]}
	}
	e.emit(s, d)
}

func (e *engine) compareXML(s *site, a, b []contract.Node) {
	was, is := word(a, "xml"), word(b, "xml")
	if was.Hash() != is.Hash() && xmlOf(was, s.oldEntry) != xmlOf(is, s.newEntry) {
		e.tell(s, delta{attr: "xml", op: Changed, old: was, new: is, from: orNull(jsonOf(was)), to: orNull(jsonOf(is))})
	}
}

// xmlOf is how a value is written as XML, with the defaults filled in: the name is that of the property.
func xmlOf(x, entry contract.Node) [5]string {
	name := x.Get("name").Text()
	if name == "" {
		name = entry.Key()
	}
	return [5]string{name, x.Get("namespace").Text(), x.Get("prefix").Text(), strconv.FormatBool(x.Get("attribute").Bool()), strconv.FormatBool(x.Get("wrapped").Bool())}
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// compareExtensions compares the keys that begin with x-.
func (e *engine) compareExtensions(s *site, a, b []contract.Node) {
	was, is := extensions(a), extensions(b)
	for _, name := range bothKeys(was, is) {
		o, n := was[name], is[name]
		if o.Hash() == n.Hash() {
			continue
		}
		if name == "x-extensible-enum" {
			e.compareExtensible(s, o, n)
			continue
		}
		e.emit(s, delta{on: "words", attr: "extension", op: Changed, name: name, old: o, new: n, oldAt: a[0], newAt: b[0]})
	}
}

func extensions(nodes []contract.Node) map[string]contract.Node {
	var m map[string]contract.Node
	for _, n := range nodes {
		for name, v := range n.Fields() {
			if !isExtension(name) {
				continue
			}
			if m == nil {
				m = map[string]contract.Node{}
			}
			if _, ok := m[name]; !ok {
				m[name] = v
			}
		}
	}
	return m
}

// compareExtensible compares lists of values that may grow. A list that comes or goes says nothing about single values.
func (e *engine) compareExtensible(s *site, was, is contract.Node) {
	a, b := newEnum(items(was), was), newEnum(items(is), is)
	if was.Exists() && is.Exists() {
		if lost := a.without(b); len(lost) > 0 {
			e.tell(s, delta{attr: "extensible-enum", op: Removed, old: was, new: is, from: list(lost, len(lost) == 1)})
		}
		if gained := b.without(a); len(gained) > 0 {
			e.tell(s, delta{attr: "extensible-enum", op: Added, old: was, new: is, to: list(gained, len(gained) == 1)})
		}
		return
	}
	e.emit(s, delta{on: "words", attr: "extension", op: Changed, name: "x-extensible-enum", old: was, new: is, oldAt: s.oldEntry, newAt: s.newEntry})
}

// compareDiscriminator compares what tells alternatives apart.
func (e *engine) compareDiscriminator(s *site, was, is contract.Node) {
	if was.Hash() == is.Hash() {
		return
	}
	a, b := was.Get("propertyName"), is.Get("propertyName")
	switch {
	case !was.Exists():
		e.tell(s, delta{attr: "discriminator", op: Added, new: is, to: jsonOf(b)})
		return
	case !is.Exists():
		e.tell(s, delta{attr: "discriminator", op: Removed, old: was, from: jsonOf(a)})
		return
	case a.Text() != b.Text():
		e.tell(s, delta{attr: "discriminator", op: Changed, old: a, new: b, from: jsonOf(a), to: jsonOf(b)})
	}
	e.compareMapping(s, was.Get("mapping"), is.Get("mapping"))
}

func (e *engine) compareMapping(s *site, was, is contract.Node) {
	a, b := spoken(mapping(was)), spoken(mapping(is))
	for _, value := range bothKeys(a, b) {
		o, n := a[value], b[value]
		switch {
		case !o.Exists():
			e.tell(s, delta{attr: "discriminator-mapping", op: Added, name: value, new: n, to: quoted(value)})
		case !n.Exists():
			e.tell(s, delta{attr: "discriminator-mapping", op: Removed, name: value, old: o, from: quoted(value)})
		case !sameName(o, n) && !e.sameTarget(s, o, n):
			e.tell(s, delta{attr: "discriminator-mapping", op: Changed, name: value, old: o, new: n, from: jsonOf(o), to: jsonOf(n)})
		}
	}
}

func mapping(n contract.Node) map[string]contract.Node {
	m := map[string]contract.Node{}
	for value, target := range n.Fields() {
		m[value] = target
	}
	return m
}

// spoken are the entries of a discriminator mapping that say more than goes without saying: the name of a schema leads to it.
func spoken(m map[string]contract.Node) map[string]contract.Node {
	for value, target := range m {
		if t := target.Text(); t == value || t == "#/components/schemas/"+value {
			delete(m, value)
		}
	}
	return m
}

// sameName reports whether two mapping values name one schema, by reference or by name alone.
func sameName(o, n contract.Node) bool {
	const schemas = "#/components/schemas/"
	return strings.TrimPrefix(o.Text(), schemas) == strings.TrimPrefix(n.Text(), schemas)
}

// sameTarget reports whether two mapping values lead to one schema under two names: equal ones, or one whose old name
// is gone to one whose new name was not there. What changed in it is told where it is compared.
func (e *engine) sameTarget(s *site, o, n contract.Node) bool {
	a, b := e.old.doc.Target(o), e.new.doc.Target(n)
	if !a.Exists() || !b.Exists() {
		return false
	}
	gone := !e.new.doc.Root().Get("components").Get("schemas").Get(a.Key()).Exists()
	fresh := !e.old.doc.Root().Get("components").Get("schemas").Get(b.Key()).Exists()
	return gone && fresh || e.equal(e.old.of(a).schema, e.new.of(b).schema, s.mode|modeStrict)
}
