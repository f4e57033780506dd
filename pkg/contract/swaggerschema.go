package contract

import "strings"

// schemaKeys are the keys under which a schema of Swagger 2.0 holds others: directly, in a list, or by name.
var schemaKeys = map[string]bool{"items": true, "additionalProperties": true, "not": true,
	"allOf": true, "anyOf": true, "oneOf": true, "properties": true, "patternProperties": true}

// schema converts a schema: references move, a discriminator becomes an object, a file becomes binary text.
func (c *converter) schema(s Node) {
	if s.Kind() != Object {
		c.copy(s)
		return
	}
	c.object(s, func() {
		if c.reference(s) {
			return
		}
		for name, v := range s.Fields() {
			switch {
			case name == "type" && v.Text() == "file":
				c.binary(v)
			case name == "discriminator" && v.Kind() == String:
				c.at(name, v, func() { c.object(v, func() { c.at("propertyName", v, func() { c.copy(v) }) }) })
			case name == "x-nullable":
				c.at("nullable", v, func() { c.copy(v) })
			case !schemaKeys[name]:
				c.at(name, v, func() { c.copy(v) })
			case v.Kind() == Array:
				c.at(name, v, func() {
					c.list(v, func() {
						for _, item := range v.Items() {
							c.schema(item)
						}
					})
				})
			case name == "properties" || name == "patternProperties":
				c.at(name, v, func() { c.each(c.schema)(v) })
			default:
				c.at(name, v, func() { c.schema(v) })
			}
		}
	})
}

// binary is what OpenAPI 3 says for the type file.
func (c *converter) binary(typ Node) {
	c.say("type", "string", typ)
	c.say("format", "binary", typ)
}

// reference writes the $ref of n, if it has one, towards the new place of its target.
func (c *converter) reference(n Node) bool {
	ref := n.Get("$ref")
	if ref.Kind() != String {
		return false
	}
	to := ref.Text()
	for _, r := range rename {
		if name, ok := strings.CutPrefix(to, r.from); ok {
			to = r.to + name
		}
	}
	if !strings.HasPrefix(to, "#") {
		c.refuse(ref, "a Swagger 2.0 description of several files")
		return true
	}
	c.say("$ref", to, ref)
	return true
}

// refuse ends the conversion.
func (c *converter) refuse(n Node, what string) {
	if c.err == nil {
		c.err = fail(n, what+" cannot be converted", "convert the description to OpenAPI 3 and correct it manually")
	}
}
