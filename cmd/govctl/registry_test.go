package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// images are what the registry of the scripts has: indexes of two revisions, and one that lacks a platform, with all that they consist of.
type images struct {
	folder  string // a file of the name of a tag has the revision that the tag points to; v1 without it
	content map[string][]byte
	indexes map[string]string // digest by revision, which is also a tag
	amd64   map[string]string // digest of the image of one platform, by revision
}

// startRegistry starts a registry on loopback. Its host is in REGISTRY, the digests of its indexes in INDEX_v1, INDEX_v2 and INDEX_v3.
func startRegistry(e *testscript.Env) {
	r := newImages(filepath.Join(e.WorkDir, "registry"))
	for revision, digest := range r.indexes {
		e.Setenv("INDEX_"+revision, digest)
		e.Setenv("AMD64_"+revision, r.amd64[revision])
	}
	s := httptest.NewServer(r)
	e.Defer(s.Close)
	e.Setenv("REGISTRY", strings.TrimPrefix(s.URL, "http://"))
}

func newImages(folder string) *images {
	r := &images{folder: folder, content: map[string][]byte{}, indexes: map[string]string{}, amd64: map[string]string{}}
	for i, arches := range [][]string{{"amd64", "arm64"}, {"amd64", "arm64"}, {"amd64"}} {
		revision := fmt.Sprintf("v%d", i+1)
		var manifests []map[string]any
		for _, arch := range arches {
			config := r.add(map[string]any{"created": fmt.Sprintf("2026-03-0%dT00:00:00Z", i+1), "os": "linux", "architecture": arch,
				"config": map[string]any{"Labels": map[string]string{"org.opencontainers.image.revision": revision}}})
			manifest := r.add(map[string]any{"schemaVersion": 2, "config": map[string]any{"digest": config, "size": 1},
				"layers": []map[string]any{{"digest": config, "size": 1_000_000 * (i + 1)}}})
			manifests = append(manifests, map[string]any{"digest": manifest, "size": 1, "platform": map[string]string{"os": "linux", "architecture": arch}})
		}
		r.indexes[revision] = r.add(map[string]any{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests})
		r.amd64[revision] = fmt.Sprint(manifests[0]["digest"])
	}
	return r
}

func (r *images) add(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of texts
	}
	sum := sha256.Sum256(data)
	digest := "sha256:" + hex.EncodeToString(sum[:])
	r.content[digest] = data
	return digest
}

func (r *images) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	parts := strings.Split(q.URL.Path, "/")
	reference := parts[len(parts)-1]
	user, password, _ := q.BasicAuth()
	switch {
	case strings.HasPrefix(q.URL.Path, "/v2/busy/"):
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case strings.HasPrefix(q.URL.Path, "/v2/private/") && (user != "me" || password != "canary-password"):
		w.Header().Set("WWW-Authenticate", `Basic realm="canary"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	case !strings.HasPrefix(reference, "sha256:") && !strings.HasPrefix(reference, "none"):
		revision := "v1"
		if r.indexes[reference] != "" {
			revision = reference
		}
		if moved, err := os.ReadFile(filepath.Join(r.folder, reference)); err == nil {
			revision = strings.TrimSpace(string(moved))
		}
		reference = r.indexes[revision]
	}
	data, ok := r.content[reference]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = w.Write(data)
}
