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
		t.Errorf("%s is not what the schemas say (%v); run make update", page, err)
	}
}

func artifactsPage(t *testing.T) []byte {
	var b bytes.Buffer
	b.WriteString("# Files that govctl writes\n\nGenerated from the table of files and the schemas in `schemas/`; `make update` rewrites this page.\n" +
		"A JSON file is checked against its schema before it appears. `govctl schema show NAME` prints a schema, `govctl schema check FILE` checks a file.\n\n" +
		"| File | Schema | What it is |\n|---|---|---|\n")
	for _, k := range Kinds() {
		link := "-"
		if k.Schema != "" {
			link = fmt.Sprintf("[%s](#%s)", k.Schema, k.Schema)
		}
		where := "printed"
		if k.Path != "" {
			where = "`" + k.Path + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", where, link, k.About)
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

// TestWebhookSchemaCopy: the schema of the payload lies at the address that receivers of the original know.
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
		t.Errorf("%s is no copy of schemas/governance_webhook.schema.json (%v); run make update", page, err)
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
