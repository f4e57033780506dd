// Package schemas holds the JSON Schema of every file that govctl writes or reads, and checks documents against them.
package schemas

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/internal/packed"
)

// configuration is the schema of govctl.yaml, which nearly every command needs.
//
//go:embed govctl.schema.json
var configuration []byte

//go:embed schemas.packed
var others []byte

// files are the other schemas. They are packed: `make update` packs them again.
var files = packed.Open(others)

const suffix = ".schema.json"

// base is the folder in which the published $id of each schema lies.
const base = "https://romel.github.io/govctl/schemas/"

// Names lists the schemas, sorted.
func Names() []string {
	entries, err := fs.Glob(files, "*"+suffix)
	if err != nil { // only a malformed pattern can do that
		panic(err)
	}
	names := []string{"govctl"}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e, suffix))
	}
	sort.Strings(names)
	return names
}

// Source is the text of the named schema.
func Source(name string) ([]byte, error) {
	if name == "govctl" {
		return configuration, nil
	}
	b, err := files.ReadFile(name + suffix)
	if err != nil {
		return nil, fmt.Errorf("no schema named %q", name)
	}
	return b, nil
}

// Violation is one place where a document leaves its schema.
type Violation struct {
	Pointer string // RFC 6901 pointer into the document
	Reason  string
}

// Invalid is the error of a document that does not fit its schema.
type Invalid struct {
	Schema     string
	Violations []Violation // sorted by pointer
}

// mostNamed is how many violations an error names.
const mostNamed = 20

func (e *Invalid) Error() string {
	parts := make([]string, 0, mostNamed+1)
	for i, v := range e.Violations {
		if i == mostNamed {
			parts = append(parts, fmt.Sprintf("and %d more", len(e.Violations)-i))
			break
		}
		at := v.Pointer
		if at == "" {
			at = "the document"
		}
		parts = append(parts, at+": "+v.Reason)
	}
	return "does not fit schema " + e.Schema + ": " + strings.Join(parts, "; ")
}

// compiled holds each schema after its first use, so that a command pays only for the schemas it touches.
var compiled sync.Map // name -> func() (*jsonschema.Schema, error)

func compile(name string) (*jsonschema.Schema, error) {
	once, _ := compiled.LoadOrStore(name, sync.OnceValues(func() (*jsonschema.Schema, error) {
		return compileOwn(name, func(schema any) any { return schema })
	}))
	return once.(func() (*jsonschema.Schema, error))()
}

// Validate checks a JSON document against the named schema. The error is an *Invalid when the document does not fit.
func Validate(name string, document []byte) error {
	s, err := compile(name)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	err = s.Validate(v)
	var bad *jsonschema.ValidationError
	if errors.As(err, &bad) {
		return &Invalid{Schema: name, Violations: violations(bad)}
	}
	return err
}

// violations flattens the tree of causes into its leaves, which are the ones a reader can act on.
func violations(root *jsonschema.ValidationError) []Violation {
	var out []Violation
	seen := map[Violation]bool{}
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			v := Violation{Pointer: pointer(e.InstanceLocation), Reason: reason(e.ErrorKind)}
			if !seen[v] {
				seen[v] = true
				out = append(out, v)
			}
			return
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(root)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Pointer < out[j].Pointer })
	return out
}
