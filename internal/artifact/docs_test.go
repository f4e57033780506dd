package artifact

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/schemas"
)

var update = flag.Bool("update", false, "rewrite the generated documentation")

// TestArtifactsPage keeps docs/artifacts.md equal to the table and the schemas.
func TestArtifactsPage(t *testing.T) {
	const page = "../../docs/artifacts.md"
	want := artifactsPage(t)
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs from the schemas (%v); run make update", page, err)
	}
}

func artifactsPage(t *testing.T) []byte {
	var b bytes.Buffer
	b.WriteString("# Files that govctl writes\n\nGenerated from the table of files and the schemas in `schemas/`; `make update` rewrites this page.\n" +
		"A JSON file of up to 32 kB is checked against its schema before it appears; longer ones fit it, too. `govctl schema show NAME` prints a schema, `govctl schema check FILE` checks a file.\n" +
		"*yes* under *Pages*: the published pages have a copy at their root, under the same name.\n\n" +
		"| File | Schema | Pages | What it is |\n|---|---|---|---|\n")
	for _, k := range Kinds() {
		link := "-"
		if k.Schema != "" {
			link = fmt.Sprintf("[%s](#%s)", k.Schema, k.Schema)
		}
		where := "printed"
		if k.Path != "" {
			where = "`" + k.Path + "`"
		}
		pages := "-"
		if k.Served {
			pages = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", where, link, pages, k.About)
	}
	done := map[string]bool{"": true}
	for _, k := range Kinds() {
		if done[k.Schema] {
			continue
		}
		done[k.Schema] = true
		src, err := schemas.Source(k.Schema)
		if err != nil {
			t.Fatal(err)
		}
		var s schema
		if err := json.Unmarshal(src, &s); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", k.Schema, s.About)
		fields(&b, &s)
		for _, name := range slices.Sorted(maps.Keys(s.Defs)) {
			fmt.Fprintf(&b, "\n**%s**: %s\n", name, s.Defs[name].About)
			fields(&b, s.Defs[name])
		}
	}
	return b.Bytes()
}

// TestWebhookSchemaCopy: the schema of the payload is at the address that receivers of the original know.
func TestWebhookSchemaCopy(t *testing.T) {
	const page = "../../docs/governance_webhook.schema.json"
	want, err := schemas.Source("governance_webhook")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not a copy of schemas/governance_webhook.schema.json (%v); run make update", page, err)
	}
}

// fields prints the properties that are always there in the order of the file, then the others by name.
func fields(w io.Writer, s *schema) {
	if len(s.Properties) == 0 {
		return
	}
	order := slices.Clone(s.Required)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	fmt.Fprint(w, "\n| Field | Type | |\n|---|---|---|\n")
	for _, name := range order {
		about := s.Properties[name].About
		if !slices.Contains(s.Required, name) {
			about += " (may be absent)"
		}
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", name, typeName(s.Properties[name]), strings.ReplaceAll(about, "|", "\\|"))
	}
}

func typeName(s *schema) string {
	switch {
	case s == nil:
		return "any"
	case s.Ref != "":
		_, name, _ := strings.Cut(s.Ref, "#/$defs/") // perhaps of another schema
		return name
	case s.Const != nil:
		return fmt.Sprintf("`%v`", s.Const)
	case s.Items != nil:
		return "list of " + typeName(s.Items)
	}
	if m, ok := s.Additional.(map[string]any); ok {
		return fmt.Sprintf("map of %v", m["type"])
	}
	if names := types(s.Type); len(names) > 0 {
		return strings.Join(names, " or ")
	}
	return "any"
}

// TestDescriptions: a sentence describes fields of one type, and what is true or false is a boolean. Fields of different meaning that
// share a name have sentences of their own.
func TestDescriptions(t *testing.T) {
	types := map[string]map[string]string{} // sentence, type, field
	for _, name := range schemas.Names() {
		src, err := schemas.Source(name)
		if err != nil {
			t.Fatal(err)
		}
		var s schema
		if err := json.Unmarshal(src, &s); err != nil {
			t.Fatal(err)
		}
		describe(t, types, name, &s)
	}
	if len(types) < 300 {
		t.Errorf("only %d sentences were found", len(types))
	}
	for about, byType := range types {
		if len(byType) > 1 {
			t.Errorf("%q describes fields of several types: %v", about, byType)
		}
	}
}

func describe(t *testing.T, types map[string]map[string]string, at string, s *schema) {
	for name, field := range s.Properties {
		kind, where := strings.TrimSuffix(typeName(field), " or null"), at+"."+name
		if strings.HasPrefix(kind, "`") { // a constant
			kind = "constant"
		}
		if strings.HasPrefix(field.About, "true ") && kind != "boolean" {
			t.Errorf("%s is of type %s: %s", where, kind, field.About)
		}
		if field.About != "" {
			if types[field.About] == nil {
				types[field.About] = map[string]string{}
			}
			types[field.About][kind] = where
		}
		describe(t, types, where, field)
		if field.Items != nil {
			describe(t, types, where, field.Items)
		}
	}
	for name, def := range s.Defs {
		describe(t, types, at+":"+name, def)
	}
}
