package operations

import (
	"sort"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
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
	for _, name := range jsonvalue.SortedKeys(d.schemes) {
		text := name
		if scopes := jsonvalue.SortedKeys(d.schemes[name]); len(scopes) > 0 {
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
func (c Call) security() (contract.Node, []demand) {
	for _, h := range []contract.Node{c.Op, c.Doc.Root()} {
		if list := h.Get("security"); list.Exists() {
			var out []demand
			for _, alt := range list.Items() {
				d := demand{schemes: map[string]map[string]bool{}, at: alt}
				for name, scopes := range alt.Fields() {
					name = c.scheme(name)
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

// scheme is the name of a scheme that a requirement names, which may be a reference to it since OpenAPI 3.2.
func (c Call) scheme(name string) string {
	short, refers := strings.CutPrefix(name, "#/components/securitySchemes/")
	schemes := c.Doc.Root().Get("components").Get("securitySchemes")
	if !refers || !strings.HasPrefix(c.Doc.OpenAPI(), "3.2") || schemes.Get(name).Exists() || !schemes.Get(short).Exists() {
		return name
	}
	return short
}

func (e *Comparer) compareSecurity(x exchange) {
	if x.inverted {
		return
	}
	oldAt, olds := x.old.security()
	newAt, news := x.new.security()
	if e.Same && oldAt.Hash() == newAt.Hash() {
		e.useSchemes(x, olds)
		return
	}
	asked := olds
	olds, news = e.sameNames(olds), e.newNames(news)
	oldOpen, newOpen := open(olds), open(news)
	d := subschema.Difference{On: "security", OldAt: jsonvalue.First(oldAt, x.old.Op), NewAt: jsonvalue.First(newAt, x.new.Op)}
	switch {
	case oldOpen && newOpen:
	case oldOpen:
		d.Op, d.New, d.To = rules.Added, newAt, jsonvalue.Quoted(demands(news))
		x.part.note(d)
	case newOpen:
		d.Op, d.Old, d.From = rules.Removed, oldAt, jsonvalue.Quoted(demands(olds))
		x.part.note(d)
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

// maxDemandPairs bounds the alternatives of security requirements that are compared with each other.
const maxDemandPairs = 1_000_000

// compareDemands says which alternatives came and went; one that only gained or lost scopes is
// reported as scopes.
func (e *Comparer) compareDemands(x exchange, d subschema.Difference, olds, news []demand) {
	pairs := len(olds) * len(news)
	if e.Schemas.Meter.Charge(8 * min(pairs, maxDemandPairs)); pairs > maxDemandPairs || e.Schemas.Meter.Spent() {
		x.part.note(subschema.Difference{Incomplete: true})
		return
	}
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
		c.Attr, c.Op, c.Old, c.NewAt, c.From, c.Name = "alternative", rules.Removed, o.at, d.NewAt, jsonvalue.Quoted(o.String()), o.String()
		x.part.note(c)
	}
	for _, n := range gained {
		c := d
		c.Attr, c.Op, c.New, c.To, c.Name = "alternative", rules.Added, n.at, jsonvalue.Quoted(n.String()), n.String()
		x.part.note(c)
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
func (e *Comparer) compareScopes(x exchange, d subschema.Difference, olds, news []demand, lost, gained *[]demand) {
	for _, o := range olds {
		for _, n := range news {
			if !sameSchemes(o, n) {
				continue
			}
			if e.Schemas.Meter.Charge(100); e.Schemas.Meter.Spent() {
				x.part.note(subschema.Difference{Incomplete: true})
				return
			}
			was, is := scopesWithout(o, n), scopesWithout(n, o)
			if len(was)+len(is) == 0 {
				continue
			}
			if len(was) > 0 && hasDemand(*gained, n) || len(is) > 0 && hasDemand(*lost, o) || len(was) > 0 && len(is) > 0 {
				e.reportScopes(x, d, o, n, was, is)
				*lost, *gained = dropDemand(*lost, o), dropDemand(*gained, n)
			}
		}
	}
}

func (e *Comparer) reportScopes(x exchange, d subschema.Difference, o, n demand, was, is []string) {
	if len(was) > 0 {
		c := d
		c.Attr, c.Op, c.Old, c.NewAt, c.From, c.Name = "scope", rules.Removed, o.at, n.at, jsonvalue.Quoted(strings.Join(was, ", ")), strings.Join(was, ", ")
		x.part.note(c)
	}
	if len(is) > 0 {
		c := d
		c.Attr, c.Op, c.New, c.OldAt, c.To, c.Name = "scope", rules.Added, n.at, o.at, jsonvalue.Quoted(strings.Join(is, ", ")), strings.Join(is, ", ")
		x.part.note(c)
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
	for _, name := range jsonvalue.SortedKeys(a.schemes) {
		for _, scope := range jsonvalue.SortedKeys(a.schemes[name]) {
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

func schemesOf(s *subschema.Catalog) contract.Node {
	return s.Doc.Root().Get("components").Get("securitySchemes")
}

// sameNames gives old demands the names that their schemes have in the new contract, where only the
// name changed.
func (e *Comparer) sameNames(list []demand) []demand {
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
func (e *Comparer) newNames(list []demand) []demand {
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
func (e *Comparer) newName(name string) string {
	n := e.New.Doc.Deref(schemesOf(e.New).Get(name))
	if !n.Exists() {
		return name
	}
	return e.newSigns().least[schemeSign(n)]
}

// newSigns are the signs of the new document, read once.
func (e *Comparer) newSigns() *signs {
	if e.signs != nil {
		return e.signs
	}
	e.signs = &signs{least: map[string]string{}, fresh: map[string]string{}}
	for name, n := range schemesOf(e.New).Fields() {
		sign := schemeSign(e.New.Doc.Deref(n))
		if least, known := e.signs.least[sign]; !known || name < least {
			e.signs.least[sign] = name
		}
		if _, known := e.signs.fresh[sign]; !known && !schemesOf(e.Old).Get(name).Exists() {
			e.signs.fresh[sign] = name
		}
	}
	return e.signs
}

// schemeName is the new name of an old scheme.
func (e *Comparer) schemeName(name string) string {
	o := e.Old.Doc.Deref(schemesOf(e.Old).Get(name))
	if schemesOf(e.New).Get(name).Exists() || !o.Exists() {
		return name
	}
	if other, known := e.newSigns().fresh[schemeSign(o)]; known {
		return other
	}
	return name
}

// schemeSign is what makes two schemes ask for the same credentials.
func schemeSign(n contract.Node) string {
	parts := []string{n.Get("type").Text(), n.Get("in").Text(), keyName(n), strings.ToLower(n.Get("scheme").Text()), n.Get("openIdConnectUrl").Text()}
	var flows []string
	for name, f := range n.Get("flows").Fields() {
		flows = append(flows, name+f.Get("tokenUrl").Text()+f.Get("authorizationUrl").Text()+f.Get("deviceAuthorizationUrl").Text())
	}
	sort.Strings(flows)
	return strings.Join(append(parts, flows...), "\x00")
}

// keyName is the name under which a key is sent; only headers may be written in any case of
// letters.
func keyName(n contract.Node) string {
	if name := n.Get("name").Text(); n.Get("in").Text() != "header" {
		return name
	}
	return strings.ToLower(n.Get("name").Text())
}

// useSchemes notes the schemes that an operation names: their definitions are compared once.
func (e *Comparer) useSchemes(x exchange, olds []demand) {
	if e.Same && schemesOf(e.Old).Hash() == schemesOf(e.New).Hash() {
		return
	}
	for _, d := range olds {
		x.part.Schemes = append(x.part.Schemes, jsonvalue.SortedKeys(d.schemes)...)
	}
}

// Scheme compares one security scheme, by its old name.
func (e *Comparer) Scheme(name string) *Part {
	o, n := e.Old.Doc.Deref(schemesOf(e.Old).Get(name)), e.New.Doc.Deref(schemesOf(e.New).Get(name))
	p := &Part{}
	if o.Exists() && n.Exists() {
		e.compareScheme(p, o, n)
	}
	return p
}

func (e *Comparer) compareScheme(s *Part, o, n contract.Node) {
	if dangles(o) || dangles(n) {
		return
	}
	for _, field := range []string{"type", "in", "name", "scheme"} {
		a, b := o.Get(field), n.Get(field)
		if field == "name" && keyName(o) == keyName(n) {
			continue
		}
		if !strings.EqualFold(a.Text(), b.Text()) || field == "name" {
			s.note(subschema.Difference{On: "security-scheme", Op: rules.Changed, Name: field, Old: a, New: b, OldAt: o, NewAt: n, From: jsonvalue.OrNull(jsonvalue.JSONOf(a)), To: jsonvalue.OrNull(jsonvalue.JSONOf(b))})
		}
	}
	e.compareAddress(s, o, n, "openIdConnectUrl")
	e.compareDocumentation(s, o, n, "description", "bearerFormat")
	e.compareOtherKeys(s, o, n, e.known(schemeKeys))
	if e.since32() {
		e.compareScheme32(s, o, n)
	}
	was, is := jsonvalue.Mapping(o.Get("flows")), jsonvalue.Mapping(n.Get("flows"))
	for _, flow := range jsonvalue.BothKeys(was, is) {
		if contract.IsExtension(flow) {
			continue
		}
		a, b := was[flow], is[flow]
		switch {
		case !a.Exists():
			s.note(subschema.Difference{On: "security-scheme", Attr: "flow", Op: rules.Added, New: b, OldAt: o, To: jsonvalue.Quoted(flow)})
		case !b.Exists():
			s.note(subschema.Difference{On: "security-scheme", Attr: "flow", Op: rules.Removed, Old: a, NewAt: n, From: jsonvalue.Quoted(flow)})
		default:
			for _, field := range []string{"authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl"} {
				e.compareAddress(s, a, b, field)
			}
			e.compareOffered(s, a, b)
		}
	}
}

var schemeKeys = keysOf([]string{"type", "in", "name", "scheme", "openIdConnectUrl", "description", "bearerFormat", "flows"}, "oauth2MetadataUrl", "deprecated")

// compareScheme32 compares what OpenAPI 3.2 says of a scheme besides. An address of metadata that comes is no move: the
// flows say the same as before.
func (e *Comparer) compareScheme32(s *Part, o, n contract.Node) {
	const metadata = "oauth2MetadataUrl"
	if o.Get(metadata).Exists() {
		e.compareAddress(s, o, n, metadata)
	} else {
		e.compareDocumentation(s, o, n, metadata)
	}
	if d, ok := deprecated([]contract.Node{o}, []contract.Node{n}); ok {
		s.note(d)
	}
}

func (e *Comparer) compareAddress(s *Part, o, n contract.Node, field string) {
	if a, b := o.Get(field), n.Get(field); a.Text() != b.Text() {
		s.note(subschema.Difference{On: "security-scheme", Attr: "address", Op: rules.Changed, Name: field, Old: a, New: b, OldAt: o, NewAt: n, From: jsonvalue.OrNull(jsonvalue.JSONOf(a)), To: jsonvalue.OrNull(jsonvalue.JSONOf(b))})
	}
}

// compareOffered compares the scopes that a flow lists.
func (e *Comparer) compareOffered(s *Part, o, n contract.Node) {
	was, is := jsonvalue.Mapping(o.Get("scopes")), jsonvalue.Mapping(n.Get("scopes"))
	for _, scope := range jsonvalue.BothKeys(was, is) {
		switch {
		case !was[scope].Exists():
			s.note(subschema.Difference{On: "security-scheme", Attr: "scope", Op: rules.Added, New: is[scope], OldAt: o, To: jsonvalue.Quoted(scope)})
		case !is[scope].Exists():
			s.note(subschema.Difference{On: "security-scheme", Attr: "scope", Op: rules.Removed, Old: was[scope], NewAt: n, From: jsonvalue.Quoted(scope)})
		}
	}
}
