package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// essential is the keyword of a schema that lists the keys without which no decision can be taken. Writers always write them; a reader
// refuses a document that lacks one, and gives every other absent key its default.
const essential = "x-essential"

// Newer is the error of a document that a later version of govctl wrote in a shape that this one does not know.
type Newer struct {
	Name        string
	Have, Known int // numbers of the shape
}

func (e *Newer) Error() string {
	return fmt.Sprintf("it has version %d of the shape %s, and this govctl reads version %d", e.Have, e.Name, e.Known)
}

// shapeName is the value of the key "schema" in the artifacts of govctl.
var shapeName = regexp.MustCompile(`^govctl/([a-z-]+)/v([1-9][0-9]{0,5})$`)

// mostItems is how many items of a list are checked when it is read. Longer are only lists of files, of which each has a digest: an item without
// one is no file's.
const mostItems = 2000

// CheckRead checks a document as a reader does: keys that the schema does not know are ignored, and only essential keys must be there. Of a list,
// the first 2000 items are checked. The error is an *Invalid or a *Newer.
func CheckRead(name string, document []byte) error {
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	if err := sameShape(name, v); err != nil {
		return err
	}
	s, err := compileForReading(name)
	if err != nil {
		return err
	}
	err = s.Validate(shortened(v))
	var bad *jsonschema.ValidationError
	if errors.As(err, &bad) {
		return &Invalid{Schema: name, Violations: violations(bad)}
	}
	return err
}

// shortened cuts the lists of a document, which it changes, to so many items.
func shortened(v any) any {
	switch v := v.(type) {
	case []any:
		v = v[:min(len(v), mostItems)]
		for i := range v {
			v[i] = shortened(v[i])
		}
		return v
	case map[string]any:
		for key, value := range v {
			v[key] = shortened(value)
		}
	}
	return v
}

// sameShape refuses a document that says that it is something else, or of a later version. One that says nothing is taken as it is.
func sameShape(name string, v any) error {
	object, ok := v.(map[string]any)
	if !ok {
		return nil // the schema says what is wrong
	}
	declared, there := object["schema"]
	if !there {
		return nil
	}
	own, err := shapeOf(name)
	if err != nil || own == "" {
		return err // a foreign shape, which has no key of that name or means something else by it
	}
	want := shapeName.FindStringSubmatch(own)
	text, _ := declared.(string) // anything else is not a name and does not match
	have := shapeName.FindStringSubmatch(text)
	if have == nil || have[1] != want[1] {
		return &Invalid{Schema: name, Violations: []Violation{{"/schema", fmt.Sprintf("is %.80v, not %s", declared, own)}}}
	}
	haveNumber, _ := strconv.Atoi(have[2]) // digits, by the pattern
	wantNumber, _ := strconv.Atoi(want[2])
	if haveNumber > wantNumber {
		return &Newer{name, haveNumber, wantNumber}
	}
	return nil
}

var shapes sync.Map // name -> func() (string, error)

// shapeOf is what documents of a schema say that they are; empty where they say nothing.
func shapeOf(name string) (string, error) {
	once, _ := shapes.LoadOrStore(name, sync.OnceValues(func() (string, error) {
		known, err := Source(name)
		if err != nil {
			return "", err
		}
		var own struct {
			Properties struct {
				Schema struct{ Const string }
			}
		}
		err = json.Unmarshal(known, &own)
		return own.Properties.Schema.Const, err
	}))
	return once.(func() (string, error))()
}

var compiledForReading sync.Map // name -> func() (*jsonschema.Schema, error)

func compileForReading(name string) (*jsonschema.Schema, error) {
	once, _ := compiledForReading.LoadOrStore(name, sync.OnceValues(func() (*jsonschema.Schema, error) {
		return compileOwn(name, relaxed)
	}))
	return once.(func() (*jsonschema.Schema, error))()
}

// relaxed is a schema of what writers write, turned into one of what readers accept.
func relaxed(schema any) any {
	relax(schema)
	return schema
}

func relax(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			relax(item)
		}
	case map[string]any:
		if properties, ok := v["properties"].(map[string]any); ok {
			delete(properties, "schema") // sameShape compares the number, which a constant cannot
			delete(v, "required")
			if keys, ok := v[essential]; ok {
				v["required"] = keys
			}
			if v["additionalProperties"] == false {
				delete(v, "additionalProperties")
			}
		}
		if alternatives, ok := v["oneOf"]; ok { // without required keys a document can fit several forms
			v["anyOf"] = alternatives
			delete(v, "oneOf")
		}
		for _, child := range v {
			relax(child)
		}
	}
}
