package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/schemas"
)

// readArtifacts are the files of an output folder that the next run reads, with their schemas.
var readArtifacts = []struct {
	schema, file string
	from         *template
}{
	{"governance-summary", "governance/status/governance-summary.json", &tolerated},
	{"manifest", "governance/status/manifest.json", &tolerated},
	{"alert-state", "governance/status/alert-state.json", &tolerated},
	{"history-line", "governance/status/history.jsonl", &tolerated},
	{"webhook-delivery", "governance/status/webhook-deliveries.jsonl", &tolerated},
	{"taxonomy-metrics-history", "governance/status/taxonomy-metrics-history.json", &toleratedAlerts},
	{"stability-metrics", "governance/status/stability-metrics.json", &tolerated},
}

// essentialKeys are those without which no decision can be taken: their absence is exit 3.
var essentialKeys = map[string][]string{
	"governance-summary": {"passed", "steps", "sha", "generated_at"},
	"manifest":           {"files", "sha", "generated_at", "contracts/name", "contracts/accepted_sha256"},
}

// tolerated is a state whose last run failed its gate, so that every key that says so matters.
var (
	tolerated = template{make: func(s *shop) {
		s.accept(plainConfig)
		s.write("governance/status/webhook-deliveries.jsonl", delivery)
		s.want(s.over(badContract), 1, "the run that breaks")
	}}
	toleratedAlerts = template{make: func(s *shop) {
		s.accept(alertConfig)
		s.want(s.over(badContract), 1, "the run that breaks")
	}}
)

// schemaKeys are the paths of all keys of a schema, like contracts/name, and the objects that have them; lists add nothing to a path.
func schemaKeys(t *testing.T, name string) (keys, objects []string) {
	t.Helper()
	source, err := schemas.Source(name)
	if err != nil {
		t.Fatal(err)
	}
	type node struct {
		Ref        string           `json:"$ref"`
		Properties map[string]*node `json:"properties"`
		Defs       map[string]*node `json:"$defs"`
		Items      *node            `json:"items"`
		OneOf      []*node          `json:"oneOf"`
		AnyOf      []*node          `json:"anyOf"`
	}
	var root node
	if err := json.Unmarshal(source, &root); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var walk func(at string, n *node, depth int)
	walk = func(at string, n *node, depth int) {
		if n == nil || depth > 8 {
			return
		}
		if def, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
			walk(at, root.Defs[def], depth+1)
		}
		for _, one := range slices.Concat(n.OneOf, n.AnyOf, []*node{n.Items}) {
			walk(at, one, depth+1)
		}
		if len(n.Properties) > 0 && !seen[at+"/"] {
			seen[at+"/"] = true
			objects = append(objects, at)
		}
		for _, key := range slices.Sorted(maps.Keys(n.Properties)) {
			p := strings.TrimPrefix(at+"/"+key, "/")
			if !seen[p] {
				seen[p] = true
				keys = append(keys, p)
			}
			walk(p, n.Properties[key], depth+1)
		}
	}
	walk("", &root, 0)
	return keys, objects
}

// each calls change for every object at a path of a document, and reports whether there was one.
func each(v any, at []string, change func(map[string]any) bool) bool {
	switch v := v.(type) {
	case []any:
		done := false
		for _, item := range v {
			done = each(item, at, change) || done
		}
		return done
	case map[string]any:
		if len(at) == 0 {
			return change(v)
		}
		return each(v[at[0]], at[1:], change)
	}
	return false
}

// rewrite changes each document of a file (a line is one in JSON Lines) and reports whether any of them changed.
func (s *shop) rewrite(file string, at []string, change func(map[string]any) bool) bool {
	s.t.Helper()
	texts := []string{s.read(file)}
	if strings.HasSuffix(file, ".jsonl") {
		texts = lines(texts[0])
	}
	changed := false
	for i, text := range texts {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			s.t.Fatalf("%s: %v", file, err)
		}
		changed = each(v, at, change) || changed
		b, err := json.Marshal(v)
		if err != nil {
			s.t.Fatal(err)
		}
		texts[i] = string(b)
	}
	s.write(file, strings.Join(texts, "\n")+"\n")
	return changed
}

// split parts the last key of a path from the object that has it.
func split(p string) (object []string, key string) {
	parts := strings.Split(p, "/")
	return parts[:len(parts)-1], parts[len(parts)-1]
}

// TestKeysRemoved removes each key of each artifact that a run reads. The contract still breaks: the run says so, or that it cannot tell.
func TestKeysRemoved(t *testing.T) {
	for _, a := range readArtifacts {
		keys, _ := schemaKeys(t, a.schema)
		tried := 0
		for _, p := range keys {
			t.Run(a.schema+"/"+p, func(t *testing.T) {
				s := a.from.shop(t, 3)
				object, key := split(p)
				if !s.rewrite(a.file, object, func(o map[string]any) bool {
					_, there := o[key]
					delete(o, key)
					return there
				}) {
					return // an optional key that this state does not have
				}
				tried++
				broken := s.over(badContract)
				s.agrees(broken, "governance")
				essential := slices.Contains(essentialKeys[a.schema], p)
				if broken.code != 3 && (essential || broken.code != 1) {
					t.Errorf("exit code %d over a break (essential: %v)\n%s", broken.code, essential, broken.out)
				}
				if a.schema != "manifest" && a.schema != "governance-summary" {
					return
				}
				if again := s.run(); again.code != 1 && again.code != 3 {
					t.Errorf("exit code %d for the same break in the next run\n%s", again.code, again.out)
				}
			})
		}
		t.Logf("%s: %d of %d keys removed", a.schema, tried, len(keys))
	}
}

// TestKeysRemovedFromARepeatedRun removes the keys of the manifest, and repeats the run that failed.
func TestKeysRemovedFromARepeatedRun(t *testing.T) {
	keys, _ := schemaKeys(t, "manifest")
	for _, p := range keys {
		t.Run(p, func(t *testing.T) {
			s := tolerated.shop(t, 3)
			object, key := split(p)
			if !s.rewrite("governance/status/manifest.json", object, func(o map[string]any) bool {
				_, there := o[key]
				delete(o, key)
				return there
			}) {
				return
			}
			if r := s.runAs(3); r.code != 1 && r.code != 3 {
				t.Errorf("exit code %d for the run that had failed\n%s", r.code, r.out)
			}
		})
	}
}

// TestKeysAdded adds a key that no schema knows to each object of each artifact: the run goes on, and sees the break.
func TestKeysAdded(t *testing.T) {
	for _, a := range readArtifacts {
		_, objects := schemaKeys(t, a.schema)
		for _, p := range objects {
			t.Run(a.schema+"/"+p, func(t *testing.T) {
				s := a.from.shop(t, 3)
				var object []string
				if p != "" {
					object = strings.Split(p, "/")
				}
				if !s.rewrite(a.file, object, func(o map[string]any) bool {
					o["of_a_later_version"] = map[string]any{"a": []any{1}}
					return true
				}) {
					return
				}
				r := s.over(badContract)
				s.want(r, 1, "a break over a state of a later version")
				s.agrees(r, "governance")
			})
		}
	}
}

// TestEditedStateIsRefused changes one key in a state that is named with --state: the checksums no longer fit.
func TestEditedStateIsRefused(t *testing.T) {
	for _, a := range readArtifacts[:3] {
		t.Run(a.schema, func(t *testing.T) {
			s := tolerated.shop(t, 3)
			s.rewrite(a.file, nil, func(o map[string]any) bool { o["of_a_later_version"] = 1; return true })
			s.must("mv", "governance", "before")
			r := s.over(goodContract, "--state", "before")
			s.want(r, 3, "a state whose checksums do not fit")
			if !strings.Contains(r.out, strings.TrimPrefix(a.file, "governance/")) || !strings.Contains(r.out, "hint: ") {
				t.Errorf("the output does not name the file, or not what to do\n%s", r.out)
			}
		})
	}
}

// TestOriginalKeys removes and adds keys of the summary that the original system wrote: its eight keys are all essential.
func TestOriginalKeys(t *testing.T) {
	const file = "governance/status/governance-summary.json"
	eight := []string{"stability_ratio", "placeholder_streak", "placeholder", "breaking_changes_count", "semver_policy_status",
		"webhook_payload_version", "operations_added", "operations_removed"}
	for _, name := range originals {
		for _, key := range append(eight, "") {
			t.Run(name+"/"+key, func(t *testing.T) {
				s := fromOriginal(t, name, originalConfig)
				s.rewrite(file, nil, func(o map[string]any) bool {
					if len(o) != len(eight) || key != "" && !hasKey(o, key) {
						t.Fatalf("the original's summary has the keys %v", slices.Sorted(maps.Keys(o)))
					}
					delete(o, key)
					if key == "" {
						o["later"] = 1
					}
					return true
				})
				published := s.read("governance/schemas/openapi-governance.json")
				r := s.over(edited(t, published, "1.0.5", "-/pets"))
				if key == "" {
					s.want(r, 1, "a break over a summary with one key more")
					return
				}
				s.want(r, 3, "a summary without "+key)
				if !strings.Contains(r.out, key) {
					t.Errorf("the output does not name the key\n%s", r.out)
				}
			})
		}
	}
}

func hasKey(o map[string]any, key string) bool {
	_, ok := o[key]
	return ok
}
