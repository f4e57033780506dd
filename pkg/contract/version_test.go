package contract

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// TestVersionOfOptions: info.version says what it is told to, in every form of a document, and nothing else changes.
func TestVersionOfOptions(t *testing.T) {
	for name, text := range map[string]string{
		"yaml":    "openapi: 3.0.3\ninfo: {title: t, version: 1.0.0}\npaths: {}\n",
		"number":  "openapi: 3.0.3\ninfo:\n  title: t\n  version: 1.0\npaths: {}\n",
		"block":   "openapi: 3.0.3\ninfo:\n  title: t\n  version: >-\n    1.0.0\npaths: {}\n",
		"json":    `{"openapi": "3.0.3", "info": {"title": "t", "version": "1.\u0030.0"}, "paths": {}}`,
		"alias":   "openapi: 3.0.3\nx-v: &v 1.0.0\ninfo: {title: t, version: *v}\npaths: {}\n",
		"swagger": "swagger: '2.0'\ninfo: {title: t, version: 1.0.0}\npaths: {}\n",
	} {
		doc, err := Parse(context.Background(), "a."+name, []byte(text), Options{Version: "v9 \"\\ö", ConvertSwagger: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := doc.Root().Find("/info/version"); got.Text() != "v9 \"\\ö" || got.Kind() != String || got.Place().Line == 0 {
			t.Errorf("%s: %q, %v", name, got.Text(), got.Place())
		}
		again, err := Parse(context.Background(), "b.json", doc.Canonical(), Options{})
		if err != nil || !bytes.Equal(again.Canonical(), doc.Canonical()) || again.SHA256() != doc.SHA256() {
			t.Errorf("%s: the canonical form: %s, %v", name, doc.Canonical(), err)
		}
		if v := doc.Root().Get("x-v"); v.Exists() && v.Text() != "1.0.0" {
			t.Errorf("%s: x-v is %q", name, v.Text())
		}
	}
	for _, text := range []string{"openapi: 3.0.3\ninfo: {title: t}\npaths: {}\n", "openapi: 3.0.3\ninfo: {title: t, version: {}}\npaths: {}\n", "openapi: 3.0.3\ninfo: 1\npaths: {}\n"} {
		if _, err := Parse(context.Background(), "a.yaml", []byte(text), Options{Version: "1.0.0"}); err == nil || !strings.Contains(err.Error(), "info.version is missing") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPairOfVersions: equal bytes under two versions are two documents.
func TestPairOfVersions(t *testing.T) {
	data := []byte("openapi: 3.0.3\ninfo: {title: t, version: 1.0.0}\npaths: {}\n")
	a, b, errA, errB := ParsePair(context.Background(), &Input{Name: "a", Data: data, opt: Options{Version: "1.1.0"}}, &Input{Name: "b", Data: data, opt: Options{Version: "1.2.0"}})
	if errA != nil || errB != nil || a.Root().Find("/info/version").Text() != "1.1.0" || b.Root().Find("/info/version").Text() != "1.2.0" {
		t.Errorf("%v, %v", errA, errB)
	}
}
