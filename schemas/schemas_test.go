package schemas_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/romel/govctl/schemas"
)

func TestEverySchemaCompilesAndDescribesItself(t *testing.T) {
	for _, name := range schemas.Names() {
		t.Run(name, func(t *testing.T) {
			src, err := schemas.Source(name)
			if err != nil {
				t.Fatal(err)
			}
			var s struct {
				ID          string `json:"$id"`
				Draft       string `json:"$schema"`
				Description string `json:"description"`
			}
			if err := json.Unmarshal(src, &s); err != nil {
				t.Fatal(err)
			}
			if want := "https://romel.github.io/govctl/schemas/" + name + ".schema.json"; s.ID != want {
				t.Errorf("$id is %q, want %q", s.ID, want)
			}
			if s.Draft != "https://json-schema.org/draft/2020-12/schema" || s.Description == "" {
				t.Errorf("draft %q, description %q", s.Draft, s.Description)
			}
			var bad *schemas.Invalid
			if err := schemas.Validate(name, []byte(`"no object"`)); !errors.As(err, &bad) {
				t.Errorf("a bare string passed or the schema does not compile: %v", err)
			}
		})
	}
}

func TestViolationsNameTheirPlace(t *testing.T) {
	err := schemas.Validate("badge", []byte(`{"schemaVersion":1,"label":"x","message":"","color":"pink","extra":1}`))
	var bad *schemas.Invalid
	if !errors.As(err, &bad) {
		t.Fatalf("got %v", err)
	}
	got := map[string]bool{}
	for _, v := range bad.Violations {
		got[v.Pointer] = true
	}
	for _, p := range []string{"", "/message", "/color"} {
		if !got[p] {
			t.Errorf("no violation at %q in %v", p, bad)
		}
	}
}
