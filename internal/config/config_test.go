package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/schemas"
)

func TestEmptyConfigurationIsTheDefault(t *testing.T) {
	for _, text := range []string{"", "\n", "# only a comment\n", "{}\n"} {
		c, err := Parse(context.Background(), File, []byte(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if len(c.Contracts) != 1 || c.Contracts[0].Name != "openapi" || c.Contracts[0].Gate != "semver" || c.Contracts[0].Semver.Scheme != "auto" {
			t.Errorf("%q: contracts %+v", text, c.Contracts)
		}
		if c.Stability != (Stability{Window: 30, AlertThreshold: 0.8, PlaceholderMaxRuns: 10, PlaceholderStreakAlertThreshold: 5}) {
			t.Errorf("%q: stability %+v", text, c.Stability)
		}
	}
}

func TestGivenKeysReplaceDefaults(t *testing.T) {
	c, err := Parse(context.Background(), File, []byte(`
contracts:
  - {name: public, source: a.yaml, gate: breaking, semver: {scheme: calver}}
  - {name: internal, source: "git:HEAD:b.yaml", rules: {category: wire, levels: {operation-removed: info}}}
semver: {zero_major: minor}
stability: {placeholder_max_runs: 0, window: 7}
webhook: {deadline: 2m}
`))
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Contracts[0], c.Contracts[1]
	if a.Semver.Scheme != "calver" || a.Semver.ZeroMajor != "minor" || a.Gate != "breaking" || a.Waivers != ".govctl-waivers.yaml" {
		t.Errorf("first contract %+v %+v", a, a.Semver)
	}
	if b.Rules.Category != "wire" || b.Rules.Levels["operation-removed"] != "info" || b.Semver.Scheme != "auto" {
		t.Errorf("second contract %+v", b)
	}
	if c.Stability.PlaceholderMaxRuns != 0 || c.Stability.Window != 7 || c.Stability.AlertThreshold != 0.8 {
		t.Errorf("stability %+v", c.Stability)
	}
	if time.Duration(c.Webhook.Deadline) != 2*time.Minute || time.Duration(c.Webhook.Timeout) != 10*time.Second {
		t.Errorf("webhook %+v", c.Webhook)
	}
}

func TestErrorsNameTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, text, at, says, hint string }{
		{"unknown top key", "contarct: {}\n", "1:1", `unknown key "contarct"`, `did you mean "contract"?`},
		{"unknown nested key", "stability:\n  windw: 3\n", "2:3", `unknown key "windw"`, `did you mean "window"?`},
		{"unknown far from all", "publish:\n  zzzzzzzzzzz: 3\n", "2:3", `unknown key`, "expected one of folder, pages_branch, pages_folder, schemas_branch"},
		{"unknown in a list", "contracts:\n  - name: a\n    sorce: x\n", "3:5", `unknown key "sorce"`, `did you mean "source"?`},
		{"wrong type", "stability: {window: many}\n", "1:21", "stability/window", ""},
		{"wrong type of a section", "stability: 3\n", "1:12", "stability", ""},
		{"out of range", "stability: {window: 0}\n", "1:21", "stability/window", ""},
		{"wrong word", "contract: {gate: maybe}\n", "1:18", "contract/gate", ""},
		{"list at the top", "[1]\n", "1:1", "", ""},
		{"duplicate key", "semver: {}\nsemver: {}\n", "2:1", "", ""},
		{"both forms", "contract: {}\ncontracts: [{name: a}]\n", "1:1", "contract and contracts", "move the single contract"},
		{"same name twice", "contracts:\n  - {name: a}\n  - {name: A}\n", "3:5", `second contract is named "A"`, ""},
		{"name of the folder of evidence", "contracts:\n  - {name: a}\n  - {name: Evidence}\n", "3:5", `a contract is named "Evidence"`, "renamed_from: Evidence"},
		{"name of the folder of runs", "contracts:\n  - {name: a}\n  - {name: RUNS}\n", "3:5", `a contract is named "RUNS", as the folder of runs`, "renamed_from: RUNS"},
		{"a path as name", "contract: {name: ../x}\n", "1:18", "contract/name", ""},
		{"bad duration", "webhook: {timeout: soon}\n", "1:20", "webhook/timeout", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(context.Background(), File, []byte(c.text))
			var bad *contract.Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v", err)
			}
			if got := strings.TrimPrefix(err.Error(), File+":"); !strings.HasPrefix(got, c.at+": ") || !strings.Contains(got, c.says) {
				t.Errorf("got %s", err)
			}
			if !strings.Contains(bad.Hint, c.hint) {
				t.Errorf("hint %q", bad.Hint)
			}
		})
	}
}

// TestSchemaAndTypeHaveTheSameKeys keeps the published schema and the reader from drifting apart.
func TestSchemaAndTypeHaveTheSameKeys(t *testing.T) {
	src, err := schemas.Source("govctl")
	if err != nil {
		t.Fatal(err)
	}
	type node struct {
		Ref        string           `json:"$ref"`
		Properties map[string]*node `json:"properties"`
		Items      *node            `json:"items"`
		Defs       map[string]*node `json:"$defs"`
	}
	var root node
	if err := json.Unmarshal(src, &root); err != nil {
		t.Fatal(err)
	}
	var compare func(at string, n *node, typ reflect.Type)
	compare = func(at string, n *node, typ reflect.Type) {
		if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
			n = root.Defs[name]
		}
		switch typ.Kind() {
		case reflect.Pointer:
			compare(at, n, typ.Elem())
		case reflect.Slice:
			compare(at, n.Items, typ.Elem())
		case reflect.Struct:
			var keys []string
			for key := range n.Properties {
				keys = append(keys, key)
			}
			sort.Strings(keys)
			if want := known(typ); !slices.Equal(keys, want) {
				t.Errorf("%s: schema has %v, type has %v", at, keys, want)
				return
			}
			for key, field := range fieldsOf(typ) {
				compare(at+"/"+key, n.Properties[key], field)
			}
		}
	}
	compare("", &root, reflect.TypeFor[Config]())
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("contract: {source: a.yaml}\n"))
	f.Add([]byte("contracts: [{name: a}, {name: b}]\nstability: {window: 3}\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("{\"contract\": {\"rules\": {\"levels\": {\"x\": \"error\"}}}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(context.Background(), File, data)
		if err == nil && len(c.Contracts) == 0 {
			t.Error("a configuration without a contract")
		}
		var bad *contract.Error
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("an error without a place: %v", err)
		}
	})
}

func TestNumberOfContracts(t *testing.T) {
	text := func(n int) string {
		var b strings.Builder
		b.WriteString("contracts:\n")
		for i := range n {
			fmt.Fprintf(&b, "  - {name: api%d, source: a.json}\n", i)
		}
		return b.String()
	}
	if _, err := Parse(t.Context(), "govctl.yaml", []byte(text(maxContracts))); err != nil {
		t.Error(err)
	}
	if _, err := Parse(t.Context(), "govctl.yaml", []byte(text(maxContracts+1))); err == nil || !strings.Contains(err.Error(), "contracts are configured") {
		t.Errorf("too many contracts: %v", err)
	}
}
