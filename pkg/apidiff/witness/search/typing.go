package search

import "github.com/romel/govctl/pkg/apidiff/witness/validators"

// A shapeTyping derives the kinds of values from shapes.
type shapeTyping struct{ g *gen }

func (t shapeTyping) Kinds(s validators.Schema) validators.Kinds { return t.g.kindsOf(one(s), 0) }

func (t shapeTyping) ItemKinds(s validators.Schema) validators.Kinds {
	return t.g.kindsOf(t.g.item(t.g.shape(one(s)), 0), 0)
}

func (t shapeTyping) Fields(s validators.Schema) (field func(string) (validators.Kinds, bool), decided bool) {
	sh := t.g.shape(one(s))
	return func(name string) (validators.Kinds, bool) {
		c, _ := t.g.field(sh, name)
		return t.g.kindsOf(c, 0), sh.lists(name)
	}, len(sh.choices) == 0
}

// kindsOf are the kinds that schemas allow, through their alternatives.
func (g *gen) kindsOf(c conj, depth int) validators.Kinds {
	sh := g.shape(c)
	k := sh.kinds
	if sh.closed {
		k = 0
		for _, v := range sh.values {
			k |= validators.KindOf(v) & sh.kinds
		}
	}
	if len(sh.choices) == 0 || depth > 6 {
		return k
	}
	ch := sh.choices[0]
	some := validators.Kinds(0)
	for i := range min(ch.len(), maxBranches) {
		some |= g.kindsOf(c.with(pick{ch.at, ch.keyword, i}), depth+1)
	}
	return some & k
}
