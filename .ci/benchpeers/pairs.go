package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"go.yaml.in/yaml/v4"
)

// packages are the two versions of the large pair, as they stand in the npm registry.
var packages = [2]string{"@octokit/openapi@20.0.0", "@octokit/openapi@23.0.2"}

// githubJSON fetches the large pair from the npm registry; a copy can be named by BENCH_GITHUB=OLD:NEW.
func githubJSON(dir string) (string, string, error) {
	if given := filepath.SplitList(os.Getenv("BENCH_GITHUB")); len(given) == 2 {
		return given[0], given[1], nil
	}
	var files [2]string
	for i, name := range packages {
		files[i] = filepath.Join(dir, fmt.Sprintf("github%d.json", i))
		if _, err := os.Stat(files[i]); err == nil {
			continue
		}
		archive, err := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, name).Output()
		if err != nil {
			return "", "", fmt.Errorf("npm pack %s: %w", name, err)
		}
		tar := exec.Command("tar", "-xzOf", filepath.Join(dir, string(bytes.TrimSpace(archive))), "package/generated/api.github.com.json")
		text, err := tar.Output()
		if err != nil {
			return "", "", fmt.Errorf("unpack %s: %w", name, err)
		}
		if err := os.WriteFile(files[i], text, 0o600); err != nil {
			return "", "", err
		}
	}
	return files[0], files[1], nil
}

func githubSelf(dir string) (string, string, error) {
	_, new, err := githubJSON(dir)
	return new, new, err
}

func githubYAML(dir string) (string, string, error) {
	old, new, err := githubJSON(dir)
	if err != nil {
		return "", "", err
	}
	a, err1 := asYAML(dir, "old.yaml", old)
	b, err2 := asYAML(dir, "new.yaml", new)
	return a, b, errors.Join(err1, err2)
}

// asYAML writes a JSON file in YAML's block style, keys in their order.
func asYAML(dir, name, source string) (string, error) {
	text, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	var n yaml.Node
	if err := yaml.Unmarshal(text, &n); err != nil {
		return "", err
	}
	block(&n)
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&n); err != nil {
		return "", err
	}
	file := filepath.Join(dir, name)
	return file, os.WriteFile(file, out.Bytes(), 0o600)
}

func block(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		block(c)
	}
}

type object = map[string]any

func write(dir, name string, v any) (string, error) {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, name)
	return file, os.WriteFile(file, text, 0o600)
}

func writePair(dir, name string, old, new object) (string, string, error) {
	a, err1 := write(dir, name+"-old.json", old)
	b, err2 := write(dir, name+"-new.json", new)
	return a, b, errors.Join(err1, err2)
}

func document(paths, schemas object) object {
	return object{"openapi": "3.0.3", "info": object{"title": "synthetic", "version": "1.0.0"}, "paths": paths, "components": object{"schemas": schemas}}
}

func ref(i int) object { return object{"$ref": fmt.Sprintf("#/components/schemas/S%04d", i)} }

func operation(i, schema int) object {
	body := object{"application/json": object{"schema": ref(schema)}}
	return object{"operationId": fmt.Sprintf("op%d", i), "requestBody": object{"content": body},
		"responses": object{"200": object{"description": "ok", "content": body}}}
}

// sharedPair is the shape of a payment API: 300 paths, 900 schemas of which each reaches most others through expandable
// references with cycles, so that every change is reachable from nearly every operation.
func sharedPair(dir string) (string, string, error) {
	old := document(object{}, object{})
	new := document(object{}, object{})
	for i := range 300 {
		path := fmt.Sprintf("/v1/things%d", i)
		old["paths"].(object)[path] = object{"post": operation(i, i*3)}
		new["paths"].(object)[path] = object{"post": operation(i, i*3)}
	}
	for i := range 900 {
		name := fmt.Sprintf("S%04d", i)
		old["components"].(object)["schemas"].(object)[name] = sharedSchema(i, 20, false)
		new["components"].(object)["schemas"].(object)[name] = sharedSchema(i, 33, i%3 == 0)
	}
	return writePair(dir, "shared", old, new)
}

func sharedSchema(i, width int, changed bool) object {
	properties := object{}
	required := []string{"id"}
	properties["id"] = object{"type": "string", "maxLength": 5000, "description": "Unique identifier for the object."}
	for k := range width {
		target := (i*31 + k*k*7 + k*113) % 900
		properties[fmt.Sprintf("link_%02d", k)] = object{"description": fmt.Sprintf("The object of kind %d that this one belongs to.", target),
			"anyOf": []any{object{"type": "string", "maxLength": 5000}, ref(target)}}
	}
	kind := "integer"
	if changed { // the type of one property and one more required property
		kind = "string"
		required = append(required, "amount")
	}
	properties["amount"] = object{"type": kind}
	return object{"type": "object", "required": required, "properties": properties, "description": fmt.Sprintf("Object of kind %d.", i)}
}

// scaledPair is a document of 250 operations for each unit, of which every tenth changes.
func scaledPair(dir string, times int) (string, string, error) {
	old, new := document(object{}, object{}), document(object{}, object{})
	for i := range 250 * times {
		path := fmt.Sprintf("/things%d", i)
		old["paths"].(object)[path] = object{"post": operation(i, i)}
		new["paths"].(object)[path] = object{"post": operation(i, i)}
		name := fmt.Sprintf("S%04d", i)
		old["components"].(object)["schemas"].(object)[name] = plainSchema(i, 250*times, false)
		new["components"].(object)["schemas"].(object)[name] = plainSchema(i, 250*times, i%10 == 0)
	}
	return writePair(dir, fmt.Sprintf("scaled%d", times), old, new)
}

func plainSchema(i, n int, changed bool) object {
	properties := object{}
	for k := range 30 {
		properties[fmt.Sprintf("field_%02d", k)] = object{"type": "string", "description": "A field of the object, as the service keeps it.", "maxLength": 100 + k}
	}
	properties["next"] = ref((i + 1) % n)
	if changed {
		properties["field_00"] = object{"type": "integer"}
	}
	return object{"type": "object", "properties": properties}
}

// unionPair has the shape of a chat service: bodies are lists of one of a dozen blocks, each of them allOf a base and its own
// fields, with elements that are one of several in turn. Every tenth block changes a field, every twentieth body its list.
func unionPair(times int) func(dir string) (string, string, error) {
	return func(dir string) (string, string, error) {
		old, new := document(object{}, object{}), document(object{}, object{})
		blocks := 150 * times
		for side, doc := range []object{old, new} {
			paths, schemas := doc["paths"].(object), doc["components"].(object)["schemas"].(object)
			schemas["Base"] = object{"type": "object", "required": []string{"id"}, "properties": object{"id": object{"type": "string", "maxLength": 255}}}
			for i := range 60 * times {
				var list []any
				for k := range 12 {
					if side == 1 && i%20 == 0 && k == 11 {
						continue
					}
					list = append(list, ref((i*7+k*11)%blocks))
				}
				name := fmt.Sprintf("Message%04d", i)
				schemas[name] = object{"type": "object", "properties": object{"blocks": object{"type": "array", "items": object{"oneOf": list}}}}
				body := object{"application/json": object{"schema": object{"$ref": "#/components/schemas/" + name}}}
				paths[fmt.Sprintf("/messages%d", i)] = object{"post": object{
					"requestBody": object{"content": body}, "responses": object{"200": object{"description": "ok", "content": body}},
				}}
			}
			for i := range blocks {
				text := object{"type": "string", "maxLength": 3000}
				if side == 1 && i%10 == 0 {
					text["maxLength"] = 2000
				}
				element := object{"oneOf": []any{ref((i + 1) % blocks), ref((i + 2) % blocks), object{"type": "string"}}}
				schemas[fmt.Sprintf("S%04d", i)] = object{"allOf": []any{object{"$ref": "#/components/schemas/Base"}, object{
					"type": "object", "required": []string{"type"},
					"properties": object{"type": object{"type": "string", "enum": []string{fmt.Sprintf("block_%d", i)}}, "text": text, "element": element},
				}}}
			}
		}
		return writePair(dir, fmt.Sprintf("unions%d", times), old, new)
	}
}

// meshPair has the shape of the configuration of a service mesh: what is one of four is itself a choice between wrappers of the
// next, without a property that tells them apart.
func meshPair(dir string) (string, string, error) {
	old, new := document(object{}, object{}), document(object{}, object{})
	const n = 240
	for side, doc := range []object{old, new} {
		schemas := doc["components"].(object)["schemas"].(object)
		for i := range n {
			wrapped := func(k int) object {
				return object{"allOf": []any{ref((i*3 + k) % n), object{"properties": object{fmt.Sprintf("weight%d", k): object{"type": "integer", "maximum": 100 + k}}}}}
			}
			limit := 64
			if side == 1 && i%15 == 0 {
				limit = 32
			}
			schemas[fmt.Sprintf("S%04d", i)] = object{
				"type": "object", "properties": object{
					"name":  object{"type": "string", "maxLength": limit},
					"route": object{"oneOf": []any{wrapped(1), wrapped(2), wrapped(3), object{"type": "string"}}},
					"match": object{"anyOf": []any{ref((i + 5) % n), object{"type": "array", "items": object{"oneOf": []any{ref((i + 7) % n), wrapped(9)}}}}},
				},
			}
		}
		for i := range 60 {
			doc["paths"].(object)[fmt.Sprintf("/routes%d", i)] = object{"post": operation(i, i*4)}
		}
	}
	return writePair(dir, "mesh", old, new)
}

// kubernetesPair are two versions of the core API, out of the module that carries them.
func kubernetesPair(string) (string, string, error) {
	var files [2]string
	for i, version := range []string{"v1.31.0", "v1.33.0"} {
		out, err := exec.Command("go", "mod", "download", "-json", "k8s.io/kubernetes@"+version).Output()
		if err != nil {
			return "", "", fmt.Errorf("download k8s.io/kubernetes@%s: %w", version, err)
		}
		var module struct{ Dir string }
		if err := json.Unmarshal(out, &module); err != nil {
			return "", "", err
		}
		files[i] = filepath.Join(module.Dir, "api", "openapi-spec", "v3", "api__v1_openapi.json")
		if _, err := os.Stat(files[i]); err != nil {
			return "", "", err
		}
	}
	return files[0], files[1], nil
}

func smallPair(dir string) (string, string, error) {
	old, new := document(object{}, object{}), document(object{}, object{})
	old["paths"].(object)["/a"] = object{"post": operation(1, 1)}
	new["paths"].(object)["/a"] = object{"post": operation(1, 1)}
	old["components"].(object)["schemas"].(object)["S0001"] = object{"type": "object", "properties": object{"a": object{"type": "string"}}}
	new["components"].(object)["schemas"].(object)["S0001"] = object{"type": "object", "properties": object{"a": object{"type": "integer"}}}
	return writePair(dir, "small", old, new)
}
