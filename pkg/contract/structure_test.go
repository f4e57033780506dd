package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// place writes a value at the place of a rule: the way there leads over the rules above it.
func place(r rule, value string) (text, pointer string) {
	version := "3.1.0"
	if slices.Contains(rules32, r) {
		version = "3.2.0"
	}
	key := r.key
	if key == "*" {
		key = "any"
	}
	for {
		text = `"` + key + `":` + value
		pointer = "/" + key + pointer
		if r.on == sDocument {
			break
		}
		value = "{" + text + "}"
		r = above(r.on)
		switch {
		case r.items != 0 && r.value == list:
			value, pointer = "["+value+"]", "/0"+pointer
		case r.items != 0:
			value, pointer = `{"name":`+value+`}`, "/name"+pointer
		}
		if key = r.key; key == "*" {
			key = "any"
		}
	}
	if key == "openapi" {
		return "{" + text + "}", pointer
	}
	return `{"openapi":"` + version + `",` + text + "}", pointer
}

// above is the first rule, nearest to the root, under which a shape stands.
func above(s shape) rule {
	for _, r := range rules {
		if r.of == s && r.on != s {
			return r
		}
	}
	panic(fmt.Sprintf("no rule leads to shape %d", s))
}

var samples = map[Kind]string{Bool: "true", Number: "1", String: `"x"`, Array: "[]", Object: "{}", Null: "null"}

// Each row refuses each wrong type at its place, and takes each right one.
func TestWrongTypesEverywhere(t *testing.T) {
	for _, r := range slices.Concat(rules, rules32) {
		if r.on == sDocument && r.key == "openapi" || r.key == "nodeType" {
			continue // their errors have their own words
		}
		for kind, sample := range samples {
			text, pointer := place(r, sample)
			if !strings.Contains(text, `"paths"`) && !strings.Contains(text, `"components"`) && !strings.Contains(text, `"webhooks"`) {
				text = strings.TrimSuffix(text, "}") + `,"paths":{}}`
			}
			_, err := Parse(context.Background(), "x.json", []byte(text), Options{})
			right := r.value.has(kind) || kind == Null && (r.items != 0 || traits[r.of].empty)
			var bad *Error
			switch {
			case right && err != nil:
				t.Errorf("%s: %v", text, err)
			case !right && (!errors.As(err, &bad) || bad.Place.Pointer != pointer || bad.Place.Line != 1 || !strings.Contains(bad.Msg, "must be")):
				t.Errorf("%s: %v, want a wrong type at %s", text, err, pointer)
			}
		}
	}
}

func TestWrongItemsEverywhere(t *testing.T) {
	for _, r := range slices.Concat(rules, rules32) {
		for kind, sample := range samples {
			if r.items == 0 || r.items.has(kind) {
				continue
			}
			var whole, at string
			if r.value.has(Array) {
				whole, at = "["+sample+"]", "/0"
			} else {
				whole, at = `{"name":`+sample+"}", "/name"
			}
			text, pointer := place(r, whole)
			_, err := Parse(context.Background(), "x.json", []byte(text), Options{})
			var bad *Error
			if !errors.As(err, &bad) || bad.Place.Pointer != pointer+at {
				t.Errorf("%s: %v, want a wrong type at %s", text, err, pointer+at)
			}
		}
	}
}

// Extensions, examples and unknown keys are data: nothing in them is refused or followed.
func TestDataIsNotStructure(t *testing.T) {
	wrong := `{"$ref":5,"parameters":"x","properties":[],"schema":{"$ref":"#/nowhere"}}`
	parseTest(t, "x.json", `{"openapi":"3.0.0","x-a":`+wrong+`,"paths":{"x-b":`+wrong+`,"/a":{"x-c":`+wrong+`,"get":{"unknown":`+wrong+
		`,"responses":{"x-d":3,"200":{"content":{"a/b":{"example":`+wrong+`,"examples":{"e":{"value":`+wrong+`}},"schema":{"default":`+wrong+`,"example":`+wrong+
		`,"enum":[`+wrong+`],"const":`+wrong+`,"x-e":`+wrong+`}}}}}}}}}`)
}

// Keys with nothing after them, as YAML writers leave them, are no error where nothing is a natural value.
func TestEmptyKeys(t *testing.T) {
	parseTest(t, "x.yaml", "openapi: 3.0.0\ninfo:\nservers:\npaths:\n  /a:\n  /b:\n    get:\n      parameters:\n      responses:\ncomponents:\n")
}
