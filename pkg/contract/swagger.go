package contract

import (
	"slices"
	"strings"
)

// convertSwagger turns a Swagger 2.0 description into OpenAPI 3.0. The result is a tree over the same text: every value that
// was written in the original keeps its place, and what the conversion adds stands where its reason stands.
//
// It is own code and not kin-openapi's openapi2conv because that loses places and large numbers, and gives up on a
// description with one reference that does not resolve; a test holds the two against each other.
func convertSwagger(old *tree, opt Options) (*tree, error) {
	t := &tree{file: old.file, id: old.id, src: old.src, texts: slices.Clone(old.texts), converted: true}
	opt.MaxDepth = opt.maxDepth() + 20 // what it adds is not the fault of the document
	c := converter{composer: composer{builder: newBuilder(t, len(old.nodes)*5/4, opt)}, old: old}
	root := Node{old, 0}
	c.consumes = c.mediaTypes(root.Get("consumes"))
	c.produces = c.mediaTypes(root.Get("produces"))
	c.root(root)
	if c.err != nil {
		return nil, c.err
	}
	t.refKey = t.keys.id("$ref")
	return t, nil
}

// isSwagger reports a Swagger 2.0 description. The version is often written without quotes.
func isSwagger(t *tree) bool {
	root := Node{t, 0}
	v := root.Get("swagger")
	return (v.Text() == "2.0" || v.Literal() == "2.0" || v.Literal() == "2") && !root.Get("openapi").Exists()
}

// A converter writes the new tree.
type converter struct {
	composer
	old                *tree
	consumes, produces []Node // media types of the whole description
}

// rename are the keys of the original's root under which components stand, and their new home.
var rename = []struct{ from, to string }{
	{"#/definitions/", "#/components/schemas/"},
	{"#/responses/", "#/components/responses/"},
	{"#/parameters/", "#/components/parameters/"},
}

func (c *converter) root(root Node) {
	c.objectOr(root, func() {
		c.say("openapi", "3.0.3", root.Get("swagger"))
		c.copyFields(root, "info", "tags", "externalDocs", "security")
		c.servers(root, root.Get("schemes"))
		c.field("paths", root.Get("paths"), c.paths)
		c.at("components", root, func() { c.object(root, func() { c.components(root) }) })
	})
}

func (c *converter) components(root Node) {
	c.field("schemas", root.Get("definitions"), c.each(c.schema))
	c.field("responses", root.Get("responses"), c.each(func(n Node) { c.response(n, c.produces) }))
	c.field("securitySchemes", root.Get("securityDefinitions"), c.each(c.securityScheme))
	parameters := root.Get("parameters")
	if !parameters.Exists() {
		return
	}
	place := func(want func(in string) bool, write func(Node)) func(Node) {
		return func(n Node) {
			c.objectOr(n, func() {
				for name, p := range n.Fields() {
					if want(p.Get("in").Text()) {
						c.at(name, p, func() { write(p) })
					}
				}
			})
		}
	}
	c.field("parameters", parameters, place(func(in string) bool { return in != "body" && in != "formData" }, c.parameter))
	c.field("requestBodies", parameters, place(func(in string) bool { return in == "body" }, func(p Node) { c.body(p, c.consumes) }))
}

// servers are the base addresses, one for each scheme.
func (c *converter) servers(root, schemes Node) {
	host, base := root.Get("host"), strings.TrimSuffix(root.Get("basePath").Text(), "/")
	at := host
	if !at.Exists() {
		at = root.Get("basePath")
	}
	if host.Text() == "" && base == "" {
		return
	}
	var urls []string
	for _, scheme := range schemes.Items() {
		urls = append(urls, scheme.Text()+"://"+host.Text()+base)
	}
	switch {
	case host.Text() == "":
		urls = []string{base}
	case len(urls) == 0:
		urls = []string{"https://" + host.Text() + base}
	}
	c.at("servers", at, func() {
		c.list(at, func() {
			for _, url := range urls {
				c.object(at, func() { c.say("url", url, at) })
			}
		})
	})
}

func (c *converter) paths(paths Node) {
	c.objectOr(paths, func() {
		for path, item := range paths.Fields() {
			if strings.HasPrefix(path, "x-") {
				c.at(path, item, func() { c.copy(item) })
				continue
			}
			c.at(path, item, func() { c.pathItem(item) })
		}
	})
}

// methods are the operations that Swagger 2.0 knows.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch"}

func (c *converter) pathItem(item Node) {
	c.objectOr(item, func() {
		c.copyFields(item, "$ref")
		common := item.Get("parameters")
		c.field("parameters", common, c.parameters)
		for _, method := range methods {
			if op := item.Get(method); op.Exists() {
				c.at(method, op, func() { c.operation(op, common) })
			}
		}
	})
}

func (c *converter) operation(op, common Node) {
	consumes, produces := c.consumes, c.produces
	if own := op.Get("consumes"); own.Exists() {
		consumes = c.mediaTypes(own)
	}
	if own := op.Get("produces"); own.Exists() {
		produces = c.mediaTypes(own)
	}
	c.objectOr(op, func() {
		c.copyFields(op, "tags", "summary", "description", "externalDocs", "operationId", "deprecated", "security")
		if schemes := op.Get("schemes"); schemes.Exists() {
			c.servers(Node{c.old, 0}, schemes)
		}
		parameters := op.Get("parameters")
		c.field("parameters", parameters, c.parameters)
		c.requestBody(common, parameters, consumes)
		c.field("responses", op.Get("responses"), func(n Node) {
			c.objectOr(n, func() {
				for code, r := range n.Fields() {
					if strings.HasPrefix(code, "x-") {
						c.at(code, r, func() { c.copy(r) })
						continue
					}
					c.at(code, r, func() { c.response(r, produces) })
				}
			})
		})
	})
}

// mediaTypes are the strings of a consumes or produces list.
func (c *converter) mediaTypes(n Node) (types []Node) {
	for _, item := range n.Items() {
		if item.Kind() == String {
			types = append(types, item)
		}
	}
	return types
}

func (c *converter) response(r Node, produces []Node) {
	c.objectOr(r, func() {
		if c.reference(r) {
			return
		}
		c.copyFields(r, "description")
		c.field("headers", r.Get("headers"), c.each(c.header))
		schema, examples := r.Get("schema"), r.Get("examples")
		if !schema.Exists() && !examples.Exists() {
			return
		}
		if len(produces) == 0 {
			for _, example := range examples.Fields() {
				produces = append(produces, example)
			}
		}
		c.at("content", r, func() {
			c.object(r, func() {
				c.content(produces, "application/json", r, func(mediaType string, at Node) {
					c.object(at, func() {
						c.field("schema", schema, c.schema)
						c.field("example", examples.Get(mediaType), c.copy)
					})
				})
			})
		})
	})
}

// securityScheme converts by type; an unknown type is kept for readers to find.
func (c *converter) securityScheme(s Node) {
	c.objectOr(s, func() {
		c.copyFields(s, "description")
		switch s.Get("type").Text() {
		case "basic":
			c.say("type", "http", s.Get("type"))
			c.say("scheme", "basic", s.Get("type"))
		case "oauth2":
			c.copyFields(s, "type")
			flow := s.Get("flow")
			if !flow.Exists() {
				return
			}
			name, known := map[string]string{"application": "clientCredentials", "accessCode": "authorizationCode"}[flow.Text()]
			if !known {
				name = flow.Text()
			}
			c.at("flows", flow, func() {
				c.object(s, func() {
					c.at(name, flow, func() {
						c.object(s, func() { c.copyFields(s, "authorizationUrl", "tokenUrl", "scopes") })
					})
				})
			})
		default:
			c.copyFields(s, "type", "name", "in")
		}
	})
}
