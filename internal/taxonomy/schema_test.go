package taxonomy_test

import (
	"errors"
	"testing"

	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/schemas"
)

// The published schema and the reader say the same about every field: absent, null, and each type of value.
func TestSchemaAgreesWithTheReader(t *testing.T) {
	values := []string{`null`, `"x"`, `""`, `5`, `true`, `[]`, `{}`, `["5m"]`, `[{"long": "1h", "short": "5m"}]`, `[{"long": 1}]`, `[5]`, `[null]`, `{"a": 1, "b": "x", "c": false}`, `{"a": null}`, `{"a": []}`,
		`[{"rule": "r", "reason": "w"}]`, `[{"rule": "r", "reason": " "}]`, `[{"rule": "r"}]`, `[{"rule": "r", "reason": "w", "until": 5}]`, `[{"rule": "r", "reason": "w", "more": "x"}]`}
	fields := []string{"alert", "id", "group", "severity", "scope", "category", "description", "expr_summary", "for", "windows", "runbook", "slo", "labels", "owner",
		"created_at", "deprecated", "deprecated_since", "replaced_by", "lint_ignore", "unknown"}
	complete := map[string]string{"alert": `"A"`, "group": `"g"`, "severity": `"low"`, "description": `"d"`}
	tried := 0
	for _, field := range fields {
		for _, value := range values {
			text := `{"schema_version": "1", "alerts": [{"` + field + `": ` + value
			for _, name := range taxonomy.Required() {
				if name != field {
					text += `, "` + name + `": ` + complete[name]
				}
			}
			text += `}]}`
			tried++
			var bad *schemas.Invalid
			err := schemas.Validate("alerts_taxonomy", []byte(text))
			if err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
			if got := parse(t, "t.json", []byte(text)).Usable(); (got == nil) != (err == nil) {
				t.Errorf("%s: the reader says %v, the schema %v", text, got, err)
			}
		}
	}
	if tried != len(fields)*len(values) {
		t.Errorf("only %d", tried)
	}
	for _, name := range taxonomy.Required() {
		text := `{"alerts": [{"x": 1`
		for other, value := range complete {
			if other != name {
				text += `, "` + other + `": ` + value
			}
		}
		if err := schemas.Validate("alerts_taxonomy", []byte(text+`}]}`)); err == nil {
			t.Errorf("the schema does not require %s", name)
		}
	}
}
