package schemas

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// own resolves references between our own schemas and nothing else: a schema never reaches the network.
type own struct {
	read func(schema any) any // applied to each schema
}

// Load implements jsonschema.URLLoader.
func (o own) Load(url string) (any, error) {
	name, ok := strings.CutPrefix(strings.TrimSuffix(url, suffix), base)
	if !ok {
		return nil, fmt.Errorf("schema reference %s is outside %s", url, base)
	}
	src, err := Source(name)
	if err != nil {
		return nil, err
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	return o.read(schema), nil
}

// compileOwn compiles a schema of ours, as read makes it.
func compileOwn(name string, read func(schema any) any) (*jsonschema.Schema, error) {
	if _, err := Source(name); err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.UseLoader(own{read})
	return c.Compile(base + name + suffix)
}
