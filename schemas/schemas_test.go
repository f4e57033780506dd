package schemas_test

import (
	"encoding/json"
	"errors"
	"strings"
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

// TestLongListsAreReadInPart: of a list of thousands of files, the first 2000 are checked.
func TestLongListsAreReadInPart(t *testing.T) {
	for _, c := range []struct {
		wrong int // the file without a name that is one
		ok    bool
	}{{0, false}, {1999, false}, {2000, true}, {-1, true}} {
		type file struct {
			Path   any    `json:"path"`
			SHA256 string `json:"sha256"`
		}
		files := make([]file, 3000)
		for i := range files {
			if files[i] = (file{"status/x.json", strings.Repeat("0", 64)}); i == c.wrong {
				files[i].Path = 1
			}
		}
		b, err := json.Marshal(map[string]any{"schema": "govctl/manifest/v1", "sha": "a", "generated_at": "2026-01-01T00:00:00Z", "files": files})
		if err != nil {
			t.Fatal(err)
		}
		var bad *schemas.Invalid
		if err := schemas.CheckRead("manifest", b); errors.As(err, &bad) == c.ok {
			t.Errorf("with a wrong item %d: %v", c.wrong, err)
		}
	}
}

// TestAnErrorIsShort: what is wrong thousands of times is not said thousands of times.
func TestAnErrorIsShort(t *testing.T) {
	err := schemas.CheckRead("manifest", []byte(`{"schema": "govctl/manifest/v1", "sha": "a", "generated_at": "2026-01-01T00:00:00Z", "files": [1`+strings.Repeat(", 1", 1000)+`]}`))
	if err == nil || len(err.Error()) > 2000 || !strings.HasSuffix(err.Error(), "; and 981 more") {
		t.Errorf("%v", err)
	}
}
