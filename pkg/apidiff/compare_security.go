package apidiff

import (
	"sort"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// A demand is one alternative of a security requirement: all schemes at once, each with its scopes.
type demand struct {
	schemes map[string]map[string]bool // scheme to scopes
	at      contract.Node
}

// anonymous reports whether the demand asks for nothing.
func (d demand) anonymous() bool { return len(d.schemes) == 0 }

// String is the demand in words: "oauth (read:pets) and apiKey".
func (d demand) String() string {
	if d.anonymous() {
		return "no credentials"
	}
	var parts []string
	for _, name := range sortedKeys(d.schemes) {
		text := name
		if scopes := sortedKeys(d.schemes[name]); len(scopes) > 0 {
			text += " (" + strings.Join(scopes, ", ") + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " and ")
}

// within reports whether credentials that satisfy o satisfy d as well: d asks for no more.
func (d demand) within(o demand) bool {
	for name, scopes := range d.schemes {
		offered, ok := o.schemes[name]
		if !ok {
			return false
		}
		for scope := range scopes {
			if !offered[scope] {
				return false
			}
		}
	}
	return true
}

// security is what a call demands: its own requirement, or that of the document.
func (c call) security() (contract.Node, []demand) {
	for _, h := range []contract.Node{c.op, c.side.doc.Root()} {
		if list := h.Get("security"); list.Exists() {
			var out []demand
			for _, alt := range list.Items() {
				d := demand{schemes: map[string]map[string]bool{}, at: alt}
				for name, scopes := range alt.Fields() {
					set := map[string]bool{}
					for _, s := range scopes.Items() {
						set[s.Text()] = true
					}
					d.schemes[name] = set
				}
				out = append(out, d)
			}
			return list, out
		}
	}
	return contract.Node{}, nil
}

func (e *engine) compareSecurity(x exchange) {
	if x.inverted {
		return
	}
	oldAt, olds := x.old.security()
	newAt, news := x.new.security()
	if e.same && oldAt.Hash() == newAt.Hash() {
		e.useSchemes(x, olds)
		return
	}
	asked := olds
	olds, news = e.sameNames(olds), e.newNames(news)
	oldOpen, newOpen := open(olds), open(news)
	d := delta{on: "security", oldAt: first(oldAt, x.old.op), newAt: first(newAt, x.new.op)}
	switch {
	case oldOpen && newOpen:
	case oldOpen:
		d.op, d.new, d.to = Added, newAt, quoted(demands(news))
		e.emit(x.site, d)
	case newOpen:
		d.op, d.old, d.from = Removed, oldAt, quoted(demands(olds))
		e.emit(x.site, d)
	default:
		e.compareDemands(x, d, olds, news)
	}
	e.useSchemes(x, asked)
}

// open reports whether a call without credentials is served.
func open(list []demand) bool {
	for _, d := range list {
		if d.anonymous() {
			return true
		}
	}
	return len(list) == 0
}

func demands(list []demand) string {
	var parts []string
	for _, d := range list {
		parts = append(parts, d.String())
	}
	sort.Strings(parts)
	return strings.Join(parts, " or ")
}

// compareDemands says which alternatives came and went; one that only gained or lost scopes is told as scopes.
func (e *engine) compareDemands(x exchange, d delta, olds, news []demand) {
	var lost, gained []demand
	for _, o := range olds {
		if !anyWithin(news, o) {
			lost = append(lost, o)
		}
	}
	for _, n := range news {
		if !anyWithin(olds, n) {
			gained = append(gained, n)
		}
	}
	e.compareScopes(x, d, olds, news, &lost, &gained)
	for _, o := range lost {
		c := d
		c.attr, c.op, c.old, c.newAt, c.from, c.name = "alternative", Removed, o.at, d.newAt, quoted(o.String()), o.String()
		e.emit(x.site, c)
	}
	for _, n := range gained {
		c := d
		c.attr, c.op, c.new, c.to, c.name = "alternative", Added, n.at, quoted(n.String()), n.String()
		e.emit(x.site, c)
	}
}

func anyWithin(list []demand, o demand) bool {
	for _, d := range list {
		if d.within(o) {
			return true
		}
	}
	return false
}

// compareScopes takes the alternatives out of both lists that differ only in scopes.
func (e *engine) compareScopes(x exchange, d delta, olds, news []demand, lost, gained *[]demand) {
	for _, o := range olds {
		for _, n := range news {
			if !sameSchemes(o, n) {
				continue
			}
			was, is := scopesWithout(o, n), scopesWithout(n, o)
			if len(was)+len(is) == 0 {
				continue
			}
			if len(was) > 0 && hasDemand(*gained, n) || len(is) > 0 && hasDemand(*lost, o) || len(was) > 0 && len(is) > 0 {
				e.tellScopes(x, d, o, n, was, is)
				*lost, *gained = dropDemand(*lost, o), dropDemand(*gained, n)
			}
		}
	}
}

func (e *engine) tellScopes(x exchange, d delta, o, n demand, was, is []string) {
	if len(was) > 0 {
		c := d
		c.attr, c.op, c.old, c.newAt, c.from, c.name = "scope", Removed, o.at, n.at, quoted(strings.Join(was, ", ")), strings.Join(was, ", ")
		e.emit(x.site, c)
	}
	if len(is) > 0 {
		c := d
		c.attr, c.op, c.new, c.oldAt, c.to, c.name = "scope", Added, n.at, o.at, quoted(strings.Join(is, ", ")), strings.Join(is, ", ")
		e.emit(x.site, c)
	}
}

func sameSchemes(a, b demand) bool {
	if len(a.schemes) != len(b.schemes) {
		return false
	}
	for name := range a.schemes {
		if _, ok := b.schemes[name]; !ok {
			return false
		}
	}
	return true
}

func scopesWithout(a, b demand) []string {
	var out []string
	for _, name := range sortedKeys(a.schemes) {
		for _, scope := range sortedKeys(a.schemes[name]) {
			if !b.schemes[name][scope] {
				out = append(out, name+" "+scope)
			}
		}
	}
	return out
}

func hasDemand(list []demand, d demand) bool {
	for _, o := range list {
		if o.at == d.at {
			return true
		}
	}
	return false
}

func dropDemand(list []demand, d demand) []demand {
	var out []demand
	for _, o := range list {
		if o.at != d.at {
			out = append(out, o)
		}
	}
	return out
}

func (s *side) schemes() contract.Node { return s.doc.Root().Get("components").Get("securitySchemes") }

// sameNames gives old demands the names that their schemes have in the new contract, where only the name changed.
func (e *engine) sameNames(list []demand) []demand {
	out := make([]demand, len(list))
	for i, d := range list {
		out[i] = demand{at: d.at, schemes: map[string]map[string]bool{}}
		for name, scopes := range d.schemes {
			out[i].schemes[e.newName(e.schemeName(name))] = scopes
		}
	}
	return out
}

// newNames gives new demands one name for schemes that ask for the same.
func (e *engine) newNames(list []demand) []demand {
	out := make([]demand, len(list))
	for i, d := range list {
		out[i] = demand{at: d.at, schemes: map[string]map[string]bool{}}
		for name, scopes := range d.schemes {
			out[i].schemes[e.newName(name)] = scopes
		}
	}
	return out
}

// newName is the first name of the new schemes that ask for what this one asks for.
func (e *engine) newName(name string) string {
	n := e.new.doc.Deref(e.new.schemes().Get(name))
	if !n.Exists() {
		return name
	}
	sign := schemeSign(n)
	for other, o := range e.new.schemes().Fields() {
		if other < name && schemeSign(e.new.doc.Deref(o)) == sign {
			name = other
		}
	}
	return name
}

// schemeName is the new name of an old scheme.
func (e *engine) schemeName(name string) string {
	o := e.old.doc.Deref(e.old.schemes().Get(name))
	if e.new.schemes().Get(name).Exists() || !o.Exists() {
		return name
	}
	for other, n := range e.new.schemes().Fields() {
		if !e.old.schemes().Get(other).Exists() && schemeSign(o) == schemeSign(e.new.doc.Deref(n)) {
			return other
		}
	}
	return name
}

// schemeSign is what makes two schemes ask for the same credentials.
func schemeSign(n contract.Node) string {
	parts := []string{n.Get("type").Text(), n.Get("in").Text(), keyName(n), strings.ToLower(n.Get("scheme").Text()), n.Get("openIdConnectUrl").Text()}
	var flows []string
	for name, f := range n.Get("flows").Fields() {
		flows = append(flows, name+f.Get("tokenUrl").Text()+f.Get("authorizationUrl").Text())
	}
	sort.Strings(flows)
	return strings.Join(append(parts, flows...), "\x00")
}

// keyName is the name under which a key is sent; only headers may be written in any case of letters.
func keyName(n contract.Node) string {
	if name := n.Get("name").Text(); n.Get("in").Text() != "header" {
		return name
	}
	return strings.ToLower(n.Get("name").Text())
}

// useSchemes compares the definitions of the schemes that an operation names.
func (e *engine) useSchemes(x exchange, olds []demand) {
	if e.same && e.old.schemes().Hash() == e.new.schemes().Hash() {
		return
	}
	for _, d := range olds {
		for _, name := range sortedKeys(d.schemes) {
			e.edge(x.site, e.schemeSite(name), nil)
		}
	}
}

// schemeSite compares one scheme, once.
func (e *engine) schemeSite(name string) *site {
	if s, ok := e.schemesDone[name]; ok {
		return s
	}
	o, n := e.old.doc.Deref(e.old.schemes().Get(name)), e.new.doc.Deref(e.new.schemes().Get(name))
	s := e.part(nil)
	e.schemesDone[name] = s
	if o.Exists() && n.Exists() {
		e.compareScheme(s, o, n)
	}
	return s
}

func (e *engine) compareScheme(s *site, o, n contract.Node) {
	if dangles(o) || dangles(n) {
		return
	}
	for _, field := range []string{"type", "in", "name", "scheme"} {
		a, b := o.Get(field), n.Get(field)
		if field == "name" && keyName(o) == keyName(n) {
			continue
		}
		if !strings.EqualFold(a.Text(), b.Text()) || field == "name" {
			e.emit(s, delta{on: "security-scheme", op: Changed, name: field, old: a, new: b, oldAt: o, newAt: n, from: orNull(jsonOf(a)), to: orNull(jsonOf(b))})
		}
	}
	e.compareAddress(s, o, n, "openIdConnectUrl")
	e.compareNotes(s, o, n, "description", "bearerFormat")
	e.compareOtherKeys(s, o, n, schemeKeys)
	was, is := mapping(o.Get("flows")), mapping(n.Get("flows"))
	for _, flow := range bothKeys(was, is) {
		if isExtension(flow) {
			continue
		}
		a, b := was[flow], is[flow]
		switch {
		case !a.Exists():
			e.emit(s, delta{on: "security-scheme", attr: "flow", op: Added, new: b, oldAt: o, to: quoted(flow)})
		case !b.Exists():
			e.emit(s, delta{on: "security-scheme", attr: "flow", op: Removed, old: a, newAt: n, from: quoted(flow)})
		default:
			for _, field := range []string{"authorizationUrl", "tokenUrl", "refreshUrl"} {
				e.compareAddress(s, a, b, field)
			}
			e.compareOffered(s, a, b)
		}
	}
}

var schemeKeys = known("type", "in", "name", "scheme", "openIdConnectUrl", "description", "bearerFormat", "flows")

func (e *engine) compareAddress(s *site, o, n contract.Node, field string) {
	if a, b := o.Get(field), n.Get(field); a.Text() != b.Text() {
		e.emit(s, delta{on: "security-scheme", attr: "address", op: Changed, name: field, old: a, new: b, oldAt: o, newAt: n, from: orNull(jsonOf(a)), to: orNull(jsonOf(b))})
	}
}

// compareOffered compares the scopes that a flow lists.
func (e *engine) compareOffered(s *site, o, n contract.Node) {
	was, is := mapping(o.Get("scopes")), mapping(n.Get("scopes"))
	for _, scope := range bothKeys(was, is) {
		switch {
		case !was[scope].Exists():
			e.emit(s, delta{on: "security-scheme", attr: "scope", op: Added, new: is[scope], oldAt: o, to: quoted(scope)})
		case !is[scope].Exists():
			e.emit(s, delta{on: "security-scheme", attr: "scope", op: Removed, old: was[scope], newAt: n, from: quoted(scope)})
		}
	}
}
