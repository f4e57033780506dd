package contract

import "strings"

// A composer writes a new tree out of pieces of others. The first error stays and ends all writing.
type composer struct {
	*builder
	err error
}

// put adds a node with the pending key.
func (c *composer) put(n node) {
	if c.err == nil {
		c.err = c.add(n)
	}
}

// object writes an object that stands where n does; list does the same for an array.
func (c *composer) object(n Node, fill func()) { c.container(Object, n, fill) }
func (c *composer) list(n Node, fill func())   { c.container(Array, n, fill) }

func (c *composer) container(kind Kind, n Node, fill func()) {
	if c.err != nil {
		return
	}
	if c.err = c.open(kind, offset(n)); c.err != nil {
		return
	}
	if fill(); c.err == nil {
		c.err = c.close()
	}
}

// at writes a field that stands where n does.
func (c *composer) at(name string, n Node, write func()) {
	if c.err != nil {
		return
	}
	c.key, c.koff = c.t.keys.intern(name), offset(n)
	if n.Key() != "" {
		c.koff = n.raw().koff
	}
	write()
}

// offset is where n stands; 0 where the original has no such value.
func offset(n Node) uint32 {
	if n.t == nil {
		return 0
	}
	return n.raw().off
}

// field writes n under a name, if it is there.
func (c *composer) field(name string, n Node, write func(Node)) {
	if n.Exists() {
		c.at(name, n, func() { write(n) })
	}
}

// say writes a field with a text of the composer's own.
func (c *composer) say(name, value string, n Node) {
	c.at(name, n, func() { c.text(value, n) })
}

// text writes a string that stands where n does.
func (c *composer) text(value string, n Node) {
	c.t.texts = append(c.t.texts, value)
	c.put(node{off: offset(n), kind: String, val: uint32(len(c.t.texts) - 1), form: decoded})
}

// scalar writes a value that is no container as it is.
func (c *composer) scalar(n Node) {
	raw := *n.raw()
	if n.t.src != c.t.src && (raw.kind == String || raw.kind == Number) {
		c.t.texts = append(c.t.texts, n.t.text(&raw))
		raw.val, raw.form = uint32(len(c.t.texts)-1), decoded
	}
	c.put(node{off: raw.off, val: raw.val, kind: raw.kind, form: raw.form})
}

// flag writes a boolean field.
func (c *composer) flag(name string, value bool, n Node) {
	v := uint32(0)
	if value {
		v = 1
	}
	c.at(name, n, func() { c.put(node{off: offset(n), kind: Bool, val: v}) })
}

// copy writes a value as it is.
func (c *composer) copy(n Node) {
	switch n.Kind() {
	case Object:
		c.object(n, func() {
			for name, v := range n.Fields() {
				c.at(name, v, func() { c.copy(v) })
			}
		})
	case Array:
		c.list(n, func() {
			for _, v := range n.Items() {
				c.copy(v)
			}
		})
	default:
		c.scalar(n)
	}
}

// copyFields copies fields as they are, as far as n has them.
func (c *composer) copyFields(n Node, names ...string) {
	for _, name := range names {
		c.field(name, n.Get(name), c.copy)
	}
}

// each writes the fields of an object, all in one way.
func (c *composer) each(write func(Node)) func(Node) {
	return func(n Node) {
		if n.Kind() != Object {
			c.copy(n)
			return
		}
		c.object(n, func() {
			for name, v := range n.Fields() {
				c.at(name, v, func() { write(v) })
			}
		})
	}
}

// objectOr writes the object n with fill, and its extensions; what is no object is copied for the structure check to find.
func (c *composer) objectOr(n Node, fill func()) {
	if n.Kind() != Object {
		c.copy(n)
		return
	}
	c.object(n, func() {
		fill()
		for name, v := range n.Fields() {
			if strings.HasPrefix(name, "x-") && !c.written(name) {
				c.at(name, v, func() { c.copy(v) })
			}
		}
	})
}

// written reports whether the object that is being written has the field already.
func (c *composer) written(name string) bool {
	id, ok := c.t.keys.find(name)
	if !ok {
		return false
	}
	for k := c.stack[len(c.stack)-1] + 1; k < uint32(len(c.t.nodes)); k = c.t.nodes[k].next {
		if c.t.nodes[k].key == id {
			return true
		}
	}
	return false
}
