package subschema

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/google/jsonschema-go/jsonschema" // its module carries files of JSON Schema's own test suite

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

const ownVocabulary = "the vocabularies of a meta-schema are not read: which keywords count is not known"

// suiteUnknown are the groups of cases that are not answered, and why. What is answered must leave the list; a wrong answer is
// never allowed, whatever the reason: a reader relies on each yes and no.
var suiteUnknown = map[string]string{
	"draft2020-12/vocabulary: schema that uses custom metaschema with with no validation vocabulary": ownVocabulary,
	"draft2020-12/vocabulary: ignore unrecognized optional vocabulary":                               ownVocabulary,
}

// mostUnknown is the share of cases that may stay without an answer, in percent.
const mostUnknown = 3

// suiteRefusals are the beginnings and endings of errors by which descriptions with schemas of the suite are refused, and why.
var suiteRefusals = []refusal{
	{`"items" must be an object or a boolean, not an array`, "", "OpenAPI has no tuples but prefixItems"},
	{`$dynamicRef `, " has several targets, which depend on how it is reached", "a dynamic reference is followed where it leads to one schema only"},
	{`$dynamicRef `, " does not resolve", "a schema that is a mere boolean is no target of a dynamic reference"},
	{`$ref `, " names a file, and there is no folder to read it from", "a relative reference is resolved against the file, not against $id"},
	{`$ref `, " leaves the folder of the contract", "a relative reference is resolved against the file, not against $id"},
	{`$ref `, ": only https is read", "http is not read"},
	{`$ref `, " cannot be read: file does not exist", "the meta-schema is not served"},
	{`$ref `, "nested.json: no such file or directory", "draft 4 and 7 resolve a reference against id, which OpenAPI 3.0 has not"},
	{`$ref `, " does not resolve", "OpenAPI 3.0 has no names of schemas: id, $id"},
}

type refusal struct{ begins, ends, why string }

func (r refusal) is(err error) bool {
	var bad *contract.Error
	return errors.As(err, &bad) && strings.HasPrefix(bad.Msg, r.begins) && strings.HasSuffix(bad.Msg, r.ends)
}

// A suiteGroup is a schema of the suite, and values that it accepts or refuses.
type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// foreignFiles are about keywords that OpenAPI 3.0 has not.
var foreignFiles = []string{"additionalItems", "boolean_schema", "const", "contains", "definitions", "dependencies", "exclusiveMaximum", "exclusiveMinimum",
	"if-then-else", "patternProperties", "propertyNames", "refRemote"}

// JSON Schema's own test suite against the evaluator that the prover trusts: 2020-12 as OpenAPI 3.1 has it, and of draft 4 (in the
// module: draft 7) what OpenAPI 3.0 has. No answer is wrong, and each that is missing is known; the optional cases are counted only. go test -v prints the figures.
func TestJSONSchemaSuite(t *testing.T) {
	t.Run("module", func(t *testing.T) {
		dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/google/jsonschema-go/jsonschema").Output()
		if err != nil {
			t.Fatalf("find the module: %v", err)
		}
		root := filepath.Join(strings.TrimSpace(string(dir)), "testdata")
		suite{"3.1.0", root, filepath.Join(root, "draft2020-12"), 1000}.check(t)
		suite{"3.0.3", root, filepath.Join(root, "draft7"), 300}.check(t)
	})
	t.Run("shared", func(t *testing.T) {
		root := "../../../../shared/data/suites/json-schema"
		if _, err := os.Stat(root); err != nil {
			t.Skipf("the shared test data is absent: %v", err)
		}
		suite{"3.1.0", root, filepath.Join(root, "tests", "draft2020-12"), 1000}.check(t)
		suite{"3.0.3", root, filepath.Join(root, "tests", "draft4"), 300}.check(t)
		suite{"3.1.0", root, filepath.Join(root, "tests", "draft2020-12", "optional"), 0}.check(t)
		suite{"3.0.3", root, filepath.Join(root, "tests", "draft4", "optional"), 0}.check(t)
	})
}

// A suite is one draft of the test suite, read as schemas of one version of OpenAPI.
type suite struct {
	openapi string
	root    string // has the folder of remote schemas
	dir     string
	least   int // cases that must be there; 0: none need be answered, they are counted
}

func (s suite) check(t *testing.T) {
	t.Helper()
	fail := t.Errorf
	if s.least == 0 {
		fail = func(string, ...any) {}
	}
	total, right, wrong, silent, refused := 0, 0, 0, 0, 0
	for name, group := range s.groups(t) {
		unanswered := false
		for _, c := range group.Tests {
			total++
			full := name + ": " + c.Description
			got, err := s.verdict(t, group.Schema, c.Data)
			switch {
			case err != nil:
				if refused++; !slices.ContainsFunc(suiteRefusals, func(r refusal) bool { return r.is(err) }) {
					fail("%s: refused: %v", full, err)
				}
			case got == Unknown:
				if silent++; suiteUnknown[name] == "" {
					fail("%s: not answered", full)
				}
				unanswered = true
			case got == answerOf(c.Valid):
				right++
			default:
				wrong++
				fail("%s: answered wrong, must be %t", full, c.Valid)
			}
		}
		if reason, known := suiteUnknown[name]; known && !unanswered {
			t.Errorf("%s is answered now: take it from the list (%s)", name, reason)
		}
	}
	t.Logf("%s as OpenAPI %s: %d cases, %d right, %d wrong, %d unknown, %d in descriptions that are refused",
		filepath.Base(s.dir), s.openapi, total, right, wrong, silent, refused)
	if s.least > 0 && 100*silent > mostUnknown*total {
		t.Errorf("%d of %d cases are not answered, more than %d %%", silent, total, mostUnknown)
	}
	if total < s.least {
		t.Errorf("%s has only %d cases: is this the suite?", s.dir, total)
	}
}

// groups are the groups by name: draft/file: description.
func (s suite) groups(t *testing.T) map[string]suiteGroup {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]suiteGroup{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if s.openapi == "3.0.3" && slices.Contains(foreignFiles, name) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var groups []suiteGroup
		if err := json.Unmarshal(text, &groups); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, g := range groups {
			all[filepath.Base(s.dir)+"/"+name+": "+g.Description] = g
		}
	}
	return all
}

// verdict is what the evaluator says of a value, or the error by which the description is refused.
func (s suite) verdict(t *testing.T, schema, value json.RawMessage) (Answer, error) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"openapi": s.openapi, "info": map[string]any{"title": "T", "version": "1"}, "paths": map[string]any{},
		"components": map[string]any{"schemas": map[string]any{"S": placed(t, schema)}}})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := contract.Parse(context.Background(), "suite.json", text, contract.Options{AllowRemote: true, Fetch: s.fetch})
	if err != nil {
		return Unknown, err
	}
	v, err := contract.ParseValue(context.Background(), "value.json", value, contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return NewCatalog(doc, work.NewMeter()).Of(doc.Root().Find("/components/schemas/S")).Schema.admits(v, rules.Request, 0), nil
}

// The suite serves its remote schemas over http, which govctl does not read.
const (
	suiteHost  = "http://localhost:1234/"
	secureHost = "https://localhost:1234/"
)

func (s suite) fetch(_ context.Context, url string) ([]byte, error) {
	name, ok := strings.CutPrefix(url, secureHost)
	if !ok {
		return nil, os.ErrNotExist
	}
	text, err := os.ReadFile(filepath.Join(s.root, "remotes", filepath.FromSlash(name)))
	return []byte(strings.ReplaceAll(string(text), suiteHost, secureHost)), err
}

// placed is a schema of the suite as a component: where it has no name of its own, its references to itself lead there.
func placed(t *testing.T, schema json.RawMessage) any {
	t.Helper()
	text := strings.ReplaceAll(string(schema), suiteHost, secureHost)
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, `"$id"`) {
		moveReferences(v)
	}
	return v
}

func moveReferences(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, w := range v {
			ref, isText := w.(string)
			switch {
			case key == "enum" || key == "const":
			case key == "$ref" && isText && (ref == "#" || strings.HasPrefix(ref, "#/")):
				v[key] = "#/components/schemas/S" + ref[1:]
			default:
				moveReferences(w)
			}
		}
	case []any:
		for _, w := range v {
			moveReferences(w)
		}
	}
}
