package registry_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	fake "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"

	"github.com/romel/govctl/internal/registry"
)

// start is a registry in memory, behind what wraps it, and its host.
func start(t *testing.T, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	h := fake.New(fake.Logger(log.New(io.Discard, "", 0)))
	if wrap != nil {
		h = wrap(h)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// image has labels, a layer of random bytes and a platform.
func image(t *testing.T, revision, arch string) v1.Image {
	t.Helper()
	img, err := random.Image(1000, 2)
	if err != nil {
		t.Fatal(err)
	}
	img, err = mutate.ConfigFile(img, &v1.ConfigFile{OS: "linux", Architecture: arch, Config: v1.Config{Labels: map[string]string{
		"org.opencontainers.image.revision": revision, "org.opencontainers.image.created": "2026-03-01T00:00:00Z"}}})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// index has an image for each platform, and an attestation.
func index(t *testing.T, revision string, arches ...string) v1.ImageIndex {
	t.Helper()
	idx := v1.ImageIndex(empty.Index)
	for _, arch := range append(slices.Clone(arches), "unknown") {
		p := &v1.Platform{OS: "linux", Architecture: arch}
		if arch == "unknown" {
			p.OS = "unknown"
		}
		idx = mutate.AppendManifests(idx, mutate.IndexAddendum{Add: image(t, revision, arch), Descriptor: v1.Descriptor{Platform: p}})
	}
	return idx
}

// put stores an image with all that it consists of, and an index with its images.
func put(t *testing.T, host, repository, tag string, what any) {
	t.Helper()
	base := "http://" + host + "/v2/" + repository
	switch v := what.(type) {
	case v1.ImageIndex:
		m, err := v.IndexManifest()
		for _, d := range must(t, m, err).Manifests {
			img, err := v.Image(d.Digest)
			put(t, host, repository, d.Digest.String(), must(t, img, err))
		}
		data, err := v.RawManifest()
		send(t, http.MethodPut, base+"/manifests/"+tag, string(ociIndex), must(t, data, err))
	case v1.Image:
		layers, err := v.Layers()
		for _, l := range must(t, layers, err) {
			content, err := l.Compressed()
			data, readErr := io.ReadAll(must(t, content, err))
			digest, digestErr := l.Digest()
			blob(t, base, must(t, digest, digestErr), must(t, data, readErr))
		}
		config, err := v.RawConfigFile()
		digest, digestErr := v.ConfigName()
		blob(t, base, must(t, digest, digestErr), must(t, config, err))
		data, err := v.RawManifest()
		mediaType, mediaErr := v.MediaType()
		send(t, http.MethodPut, base+"/manifests/"+tag, string(must(t, mediaType, mediaErr)), must(t, data, err))
	}
}

const ociIndex = "application/vnd.oci.image.index.v1+json"

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func blob(t *testing.T, base string, digest v1.Hash, data []byte) {
	t.Helper()
	where := send(t, http.MethodPost, base+"/blobs/uploads/", "", nil)
	u, err := url.Parse(base)
	upload, err := must(t, u, err).Parse(where)
	query := must(t, upload, err).Query()
	query.Set("digest", digest.String())
	upload.RawQuery = query.Encode()
	send(t, http.MethodPut, upload.String(), "application/octet-stream", data)
}

// send makes a request that must succeed, and is the address that it names.
func send(t *testing.T, method, address, mediaType string, data []byte) string {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, address, bytes.NewReader(data))
	must(t, req, err).Header.Set("Content-Type", mediaType)
	answer, err := http.DefaultClient.Do(req)
	defer func() { _ = must(t, answer, err).Body.Close() }()
	if answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, address, answer.Status)
	}
	return answer.Header.Get("Location")
}

func client(c registry.Credentials) *registry.Client {
	return &registry.Client{HTTP: &http.Client{Timeout: time.Minute}, Credentials: c, UserAgent: "test",
		Sleep: func(context.Context, time.Duration) error { return errors.New("waited") }}
}

func TestAnIndexIsDescribed(t *testing.T) {
	host := start(t, nil)
	idx := index(t, "abc", "arm64", "amd64")
	put(t, host, "base/python", "3.11", idx)
	want, err := idx.Digest()
	if err != nil {
		t.Fatal(err)
	}
	repository := registry.Repository{Registry: host, Path: "base/python"}
	for _, reference := range []string{"3.11", want.String()} {
		d, err := client(nil).Describe(context.Background(), repository, reference)
		if err != nil {
			t.Fatal(err)
		}
		if d.Digest != want.String() || d.Revision != "abc" || d.Created != "2026-03-01T00:00:00Z" || d.Size < 2000 || !slices.Equal(d.Platforms, []string{"linux/amd64", "linux/arm64"}) {
			t.Errorf("%s: %+v", reference, d)
		}
		quick, err := client(nil).Digest(context.Background(), repository, reference)
		if err != nil || quick.Digest != d.Digest || quick.Size != 0 {
			t.Errorf("%s: %+v, %v", reference, quick, err)
		}
	}
	for _, missing := range []string{"4.0", "sha256:" + strings.Repeat("0", 64)} {
		if _, err := client(nil).Describe(context.Background(), repository, missing); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("%s: %v", missing, err)
		}
	}
}

func TestAnImageOfOnePlatformIsDescribed(t *testing.T) {
	host := start(t, nil)
	img := image(t, "r1", "amd64")
	put(t, host, "one", "1", img)
	d, err := client(nil).Describe(context.Background(), registry.Repository{Registry: host, Path: "one"}, "1")
	if want, _ := img.Digest(); err != nil || d.Digest != want.String() || len(d.Platforms) != 0 || d.Revision != "r1" || d.Size < 2000 {
		t.Errorf("%+v, %v", d, err)
	}
}

// tokens is a registry that wants a token, and gives it for a user and a password.
func tokens(t *testing.T, user, password string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/token":
				u, p, _ := r.BasicAuth()
				if u != user || p != password || r.URL.Query().Get("scope") != "repository:one:pull" || r.URL.Query().Get("service") != "a, \"b\"" {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				fmt.Fprint(w, `{"access_token": "t0ken"}`)
			case r.Method == http.MethodGet && r.Header.Get("Authorization") != "Bearer t0ken":
				w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.Host+`/token",service="a, \"b\"",scope="repository:one:pull"`)
				w.WriteHeader(http.StatusUnauthorized)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

func credentials(t *testing.T, host, user, password string) registry.Credentials {
	t.Helper()
	file, err := json.Marshal(map[string]any{"auths": map[string]any{"https://" + host + "/v1/": map[string]string{"auth": base64.StdEncoding.EncodeToString([]byte(user + ":" + password))}}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := registry.ParseCredentials(file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTokenFlow(t *testing.T) {
	var pushed atomic.Bool
	host := start(t, func(next http.Handler) http.Handler {
		guarded := tokens(t, "me", "canary-password")(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pushed.Load() {
				guarded.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	put(t, host, "one", "1", image(t, "r1", "amd64"))
	pushed.Store(true)
	repository := registry.Repository{Registry: host, Path: "one"}
	if d, err := client(credentials(t, host, "me", "canary-password")).Describe(context.Background(), repository, "1"); err != nil || d.Revision != "r1" {
		t.Errorf("%+v, %v", d, err)
	}
	for what, c := range map[string]registry.Credentials{"wrong": credentials(t, host, "me", "canary-wrong"), "none": nil} {
		_, err := client(c).Describe(context.Background(), repository, "1")
		if err == nil || errors.Is(err, registry.ErrNotFound) || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestBasicAuthentication(t *testing.T) {
	host := start(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if u, p, _ := r.BasicAuth(); r.Method == http.MethodGet && r.URL.Path != "/v2/" && (u != "me" || p != "pass:word") {
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	put(t, host, "one", "1", image(t, "r1", "amd64"))
	repository := registry.Repository{Registry: host, Path: "one"}
	if _, err := client(credentials(t, host, "me", "pass:word")).Digest(context.Background(), repository, "1"); err != nil {
		t.Error(err)
	}
	if _, err := client(nil).Digest(context.Background(), repository, "1"); err == nil {
		t.Error("it was read without a password")
	}
}

// Credentials go to the registry that they are for, and to no other host.
func TestCredentialsStayWithTheirHost(t *testing.T) {
	var leaked atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			leaked.Store(true)
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	defer other.Close()
	host := start(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				w.Header().Set("WWW-Authenticate", "Basic")
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			http.Redirect(w, r, other.URL+"/stolen", http.StatusTemporaryRedirect)
		})
	})
	_, err := client(credentials(t, host, "me", "p")).Digest(context.Background(), registry.Repository{Registry: host, Path: "one"}, "1")
	if !errors.Is(err, registry.ErrNotFound) || leaked.Load() {
		t.Errorf("%v, leaked: %t", err, leaked.Load())
	}
}

func TestARegistryThatIsBusyIsAskedAgain(t *testing.T) {
	for _, c := range []struct {
		header, date string
		times        int32
		want         time.Duration
		fails        string
	}{
		{"2", "", 2, 2 * time.Second, ""},
		{"", "", 1, time.Second, ""},
		{"Tue, 10 Mar 2026 12:00:07 GMT", "Tue, 10 Mar 2026 12:00:00 GMT", 1, 7 * time.Second, ""},
		{"0", "", 9, 0, "refuses further requests"},
		{"3600", "", 1, 0, "retry after 1h0m0s"},
	} {
		var asked atomic.Int32
		host := start(t, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/manifests/") || asked.Add(1) > c.times {
					next.ServeHTTP(w, r)
					return
				}
				if c.header != "" {
					w.Header().Set("Retry-After", c.header)
				}
				if c.date != "" {
					w.Header().Set("Date", c.date)
				}
				w.WriteHeader(http.StatusTooManyRequests)
			})
		})
		put(t, host, "one", "1", image(t, "r1", "amd64"))
		var waited []time.Duration
		asks := client(nil)
		asks.Sleep = func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }
		_, err := asks.Digest(context.Background(), registry.Repository{Registry: host, Path: "one"}, "1")
		switch {
		case c.fails != "":
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%+v: %v", c, err)
			}
		case err != nil || len(waited) != int(c.times) || waited[0] != c.want:
			t.Errorf("%+v: %v, waited %v", c, err, waited)
		}
	}
}

// A registry that sends something else than what was asked for is not believed.
func TestDigestsAreVerified(t *testing.T) {
	manifest := `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"digest":"sha256:` + strings.Repeat("a", 64) + `","size":2},"layers":[]}`
	for _, c := range []struct{ reference, header, body, want string }{
		{"sha256:" + strings.Repeat("b", 64), "", manifest, "in its place"},
		{"1", "sha256:" + strings.Repeat("b", 64), manifest, "announced another digest"},
		{"1", "", manifest, "other bytes in its place"}, // the configuration is {}
		{"1", "", manifest[:40], "not a manifest of version 2"},
		{"1", "", "", "not a manifest of version 2"},
		{"1", "", "[]", "not a manifest of version 2"},
		{"1", "", `{"schemaVersion":1}`, "not a manifest of version 2"},
		{"1", "", `{"schemaVersion":2}`, "neither an index nor"},
		{"1", "", `{"schemaVersion":2,"manifests":[{"digest":"sha256:../../x"}]}`, "has the digest"},
		{"1", "", `{"schemaVersion":2,"manifests":[` + strings.Repeat(`{},`, 1000) + `{}]}`, "more than 1000 entries"},
		{"1", "", strings.Repeat(" ", registry.MaxManifest+1), "larger than"},
	} {
		host := start(t, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/blobs/") {
					fmt.Fprint(w, "{}")
					return
				}
				if c.header != "" {
					w.Header().Set("Docker-Content-Digest", c.header)
				}
				fmt.Fprint(w, c.body)
			})
		})
		_, err := client(nil).Describe(context.Background(), registry.Repository{Registry: host, Path: "one"}, c.reference)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v, want %s", c.body, err, c.want)
		}
	}
}

// What a hostile registry does ends within bounds.
func TestHostileRegistries(t *testing.T) {
	for name, serve := range map[string]http.HandlerFunc{
		"endless body": func(w http.ResponseWriter, _ *http.Request) {
			for chunk := strings.Repeat("x", 64<<10); ; {
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
			}
		},
		"slow body": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"redirect loop": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) },
		"challenge loop": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.Host+`/token"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"realm elsewhere": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="http://192.0.2.1/token"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"endless challenge": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", "Bearer "+strings.Repeat(`a="`, 3000))
			w.WriteHeader(http.StatusUnauthorized)
		},
		"no challenge": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"10,000 headers": func(w http.ResponseWriter, _ *http.Request) {
			for i := range 10000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), "y")
			}
			w.WriteHeader(http.StatusOK)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(serve)
			defer s.Close()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			c := client(nil)
			c.HTTP = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true}}
			_, err := c.Describe(ctx, registry.Repository{Registry: strings.TrimPrefix(s.URL, "http://"), Path: "one"}, "1")
			if err == nil || errors.Is(err, registry.ErrNotFound) {
				t.Errorf("it was read: %v", err)
			}
		})
	}
}

func TestCredentialsOfDocker(t *testing.T) {
	c, err := registry.ParseCredentials([]byte(`{"auths": {"https://index.docker.io/v1/": {"auth": "dTpw"}, "ghcr.io": {"username": "u", "password": "p"}, "empty.io": {}}, "credsStore": "x"}`))
	if err != nil || len(c) != 2 {
		t.Fatalf("%d, %v", len(c), err)
	}
	for _, host := range []string{"docker.io", "ghcr.io"} {
		if _, ok := c[host]; !ok {
			t.Errorf("there is nothing for %s", host)
		}
	}
	for _, bad := range []string{"canary", `{"auths": {"a.io": {"auth": "canary"}}}`, `{"auths": {"a.io": {"auth": "Y2FuYXJ5"}}}`} {
		if _, err := registry.ParseCredentials([]byte(bad)); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
