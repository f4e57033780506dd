package search

import (
	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// A shapeTyping derives the kinds of values from shapes.
type shapeTyping struct{ g *gen }

func (t shapeTyping) Kinds(s validators.Schema) validators.Kinds { return t.g.kindsOf(one(s), 0) }

func (t shapeTyping) ItemKinds(s validators.Schema) validators.Kinds {
	return t.g.kindsOf(t.g.item(t.g.shape(one(s)), 0), 0)
}

func (t shapeTyping) Fields(s validators.Schema) message.FieldTyping {
	sh := t.g.shape(one(s))
	return message.FieldTyping{
		Lists: func(name string) bool { return t.g.lists(sh, name) },
		Kinds: func(name string) validators.Kinds {
			c, _ := t.g.field(sh, name)
			return t.g.kindsOf(c, 0)
		},
		Undecided: len(sh.choices) > 0,
	}
}

// lists reports whether a schema of the shape names the field.
func (g *gen) lists(sh *shape, name string) bool {
	for _, s := range sh.objects {
		if s.Get("properties").Get(name).Exists() {
			return true
		}
	}
	return false
}

// kindsOf are the kinds that schemas allow, through their alternatives.
func (g *gen) kindsOf(c conj, depth int) validators.Kinds {
	sh := g.shape(c)
	if sh.closed {
		k := validators.Kinds(0)
		for _, v := range sh.values {
			k |= validators.KindOf(v)
		}
		sh = &shape{kinds: sh.kinds & k, choices: sh.choices}
	}
	if len(sh.choices) == 0 || depth > 6 {
		return sh.kinds
	}
	ch := sh.choices[0]
	k := validators.Kinds(0)
	for i := range min(ch.len(), maxBranches) {
		k |= g.kindsOf(c.with(pick{ch.at, ch.keyword, i}), depth+1)
	}
	return k & sh.kinds
}
