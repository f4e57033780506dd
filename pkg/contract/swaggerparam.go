package contract

import "strings"

// resolve is the parameter that a reference of the original names, or p itself.
func (c *converter) resolve(p Node) Node {
	if name, ok := strings.CutPrefix(p.Get("$ref").Text(), "#/parameters/"); ok {
		if target := (Node{c.old, 0}).Get("parameters").Find("/" + name); target.Exists() {
			return target
		}
	}
	return p
}

// parameters writes those that stay parameters; the others make the request body.
func (c *converter) parameters(list Node) {
	if list.Kind() != Array {
		c.copy(list)
		return
	}
	c.list(list, func() {
		for _, p := range list.Items() {
			switch in := c.resolve(p).Get("in").Text(); in {
			case "body", "formData":
			default:
				c.parameter(p)
			}
		}
	})
}

// styles are the array formats of Swagger 2.0 in the terms of OpenAPI 3. There is none for tab-separated values.
var styles = map[string]struct {
	style   string
	explode bool
}{
	"csv":   {"form", false},
	"ssv":   {"spaceDelimited", false},
	"pipes": {"pipeDelimited", false},
	"multi": {"form", true},
}

func (c *converter) parameter(p Node) {
	c.objectOr(p, func() {
		if c.reference(p) {
			return
		}
		c.copyFields(p, "name", "in", "description", "required", "allowEmptyValue")
		if p.Get("type").Text() == "array" {
			c.style(p)
		}
		c.at("schema", p, func() { c.simpleSchema(p) })
	})
}

// style defines how an array is written. In a path or header csv is the only way, and the default.
func (c *converter) style(p Node) {
	format := p.Get("collectionFormat")
	name := format.Text()
	if name == "" {
		name = "csv"
	}
	s, known := styles[name]
	if !known {
		c.refuse(format, "collectionFormat "+name+" has no equivalent in OpenAPI 3")
		return
	}
	if in := p.Get("in").Text(); in == "query" || in == "formData" {
		c.say("style", s.style, p)
		c.flag("explode", s.explode, p)
	} else if name != "csv" {
		c.refuse(format, "collectionFormat "+name+" has no equivalent in OpenAPI 3 for a "+in+" parameter")
	}
}

// notSchema are the keys of a parameter or header that do not belong to its schema.
var notSchema = map[string]bool{"name": true, "in": true, "description": true, "required": true, "allowEmptyValue": true, "collectionFormat": true}

// simpleSchema is the schema that a parameter, header or form field of Swagger 2.0 is at the same time.
func (c *converter) simpleSchema(p Node) {
	c.object(p, func() {
		for name, v := range p.Fields() {
			switch {
			case notSchema[name]:
			case name == "type" && v.Text() == "file":
				c.binary(v)
			case name == "x-nullable":
				c.at("nullable", v, func() { c.copy(v) })
			case strings.HasPrefix(name, "x-"):
			case name == "items":
				c.at(name, v, func() { c.simpleSchema(v) })
			default:
				c.at(name, v, func() { c.copy(v) })
			}
		}
	})
}

func (c *converter) header(h Node) {
	c.objectOr(h, func() {
		c.copyFields(h, "description")
		c.at("schema", h, func() { c.simpleSchema(h) })
	})
}

// body converts a body parameter to a request body.
func (c *converter) body(p Node, consumes []Node) {
	c.objectOr(p, func() {
		c.copyFields(p, "description", "required")
		c.at("content", p, func() {
			c.object(p, func() {
				c.content(consumes, "application/json", p, func(_ string, at Node) {
					c.object(at, func() { c.field("schema", p.Get("schema"), c.schema) })
				})
			})
		})
	})
}

// content writes one entry for each media type (a string, or an example by its key), or for the one that holds when none
// is given.
func (c *converter) content(types []Node, standard string, at Node, write func(mediaType string, at Node)) {
	written := map[string]bool{}
	for _, m := range types {
		name := m.Key()
		if name == "" {
			name = m.Text()
		}
		if !written[name] {
			written[name] = true
			c.at(name, m, func() { write(name, m) })
		}
	}
	if len(types) == 0 {
		c.at(standard, at, func() { write(standard, at) })
	}
}

// requestBody writes the request body that the parameters of a path item and of its operation make together.
func (c *converter) requestBody(common, own Node, consumes []Node) {
	var body, reference Node
	form := map[string]int{}
	var fields []Node
	for _, list := range []Node{common, own} {
		for _, p := range list.Items() {
			target := c.resolve(p)
			switch target.Get("in").Text() {
			case "body":
				body, reference = target, p
			case "formData":
				name := target.Get("name").Text()
				if at, overrides := form[name]; overrides {
					fields[at] = target
					continue
				}
				form[name] = len(fields)
				fields = append(fields, target)
			}
		}
	}
	switch {
	case body.Exists() && len(fields) > 0:
		c.refuse(body, "an operation has a body and form fields at the same time")
	case body.Exists() && body != reference && sameTypes(consumes, c.consumes):
		name := strings.TrimPrefix(reference.Get("$ref").Text(), "#/parameters/")
		c.at("requestBody", reference, func() {
			c.object(reference, func() { c.say("$ref", "#/components/requestBodies/"+name, reference.Get("$ref")) })
		})
	case body.Exists():
		c.at("requestBody", body, func() { c.body(body, consumes) })
	case len(fields) > 0:
		c.at("requestBody", fields[0], func() { c.form(fields, consumes) })
	}
}

func sameTypes(a, b []Node) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// form converts form fields to a request body with one schema.
func (c *converter) form(fields []Node, consumes []Node) {
	first, standard, required := fields[0], "application/x-www-form-urlencoded", false
	for _, f := range fields {
		if f.Get("type").Text() == "file" {
			standard = "multipart/form-data"
		}
		required = required || f.Get("required").Bool()
	}
	var types []Node
	for _, m := range consumes {
		if t := m.Text(); t == "multipart/form-data" || t == "application/x-www-form-urlencoded" {
			types = append(types, m)
		}
	}
	c.object(first, func() {
		if required {
			c.flag("required", true, first)
		}
		c.at("content", first, func() {
			c.object(first, func() {
				c.content(types, standard, first, func(_ string, at Node) {
					c.object(at, func() {
						c.at("schema", first, func() { c.formSchema(fields) })
						c.encoding(fields)
					})
				})
			})
		})
	})
}

func (c *converter) formSchema(fields []Node) {
	first := fields[0]
	c.object(first, func() {
		c.say("type", "object", first)
		c.at("properties", first, func() {
			c.object(first, func() {
				for _, f := range fields {
					c.at(f.Get("name").Text(), f, func() { c.simpleSchema(f) })
				}
			})
		})
		var required []Node
		for _, f := range fields {
			if f.Get("required").Bool() {
				required = append(required, f.Get("name"))
			}
		}
		if len(required) > 0 {
			c.at("required", required[0], func() {
				c.list(required[0], func() {
					for _, name := range required {
						c.copy(name)
					}
				})
			})
		}
	})
}

// encoding says how the arrays among form fields are written.
func (c *converter) encoding(fields []Node) {
	var arrays []Node
	for _, f := range fields {
		if f.Get("type").Text() == "array" {
			arrays = append(arrays, f)
		}
	}
	if len(arrays) == 0 {
		return
	}
	c.at("encoding", arrays[0], func() {
		c.object(arrays[0], func() {
			for _, f := range arrays {
				c.at(f.Get("name").Text(), f, func() { c.object(f, func() { c.style(f) }) })
			}
		})
	})
}
