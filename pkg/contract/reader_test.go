package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const small = "openapi: 3.0.3\ncomponents: {schemas: {A: {$ref: 'sub/b.yaml'}}}\n"

// diskReader reads real files, as the command line does.
func diskReader() Reader {
	return Reader{
		Open: func(name string) (fs.File, error) { return os.Open(name) },
		Dir: func(dir string) (fs.FS, error) {
			root, err := os.OpenRoot(dir)
			if err != nil {
				return nil, err
			}
			return root.FS(), nil
		},
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	root := write(t, dir, "api/root.yaml", small)
	write(t, dir, "api/sub/b.yaml", "title: found\n")
	secret := write(t, dir, "secret.yaml", "title: secret\n")
	d, err := diskReader().Load(context.Background(), root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Deref(d.schema("A")).Get("title").Text() != "found" || d.Source() != filepath.ToSlash(root) {
		t.Errorf("%s: %s", d.Source(), d.Canonical())
	}

	// The root document may be a link; what it refers to must not leave its folder.
	link := filepath.Join(dir, "api", "link.yaml")
	leak := filepath.Join(dir, "api", "sub", "leak.yaml")
	if err := errors.Join(os.Symlink(root, link), os.Symlink(secret, leak)); err != nil {
		t.Skip(err)
	}
	if _, err := diskReader().Load(context.Background(), link, Options{}); err != nil {
		t.Errorf("a link to the root document: %v", err)
	}
	leaky := write(t, dir, "api/leaky.yaml", strings.Replace(small, "b.yaml", "leak.yaml", 1))
	_, err = diskReader().Load(context.Background(), leaky, Options{})
	if err == nil || !strings.Contains(err.Error(), "cannot be read") || strings.Contains(err.Error(), "secret") {
		t.Errorf("a link that leaves the folder: %v", err)
	}
}

func TestReadFilesThatAreNotThere(t *testing.T) {
	dir := t.TempDir()
	large := write(t, dir, "large.yaml", strings.Repeat(" ", 200))
	for source, want := range map[string]string{
		filepath.Join(dir, "none.yaml"): "none.yaml: there is no such file",
		dir:                             ": is a folder",
		large:                           "large.yaml: is larger than the limit of 100 bytes",
		"":                              "no contract is given",
		"-":                             "standard input: cannot be read here",
		"cmd:make":                      "cmd:make: commands cannot be run here",
		"git:x":                         "a git source reads git:REV:PATH",
		"git:main:x.yaml":               "git cannot be run here",
		"http://h/x.yaml":               "contracts are not read over http",
		"ftp://h/x.yaml":                "contracts are not read over ftp",
		"https://h/x.yaml":              "URLs cannot be read here",
	} {
		_, err := diskReader().Load(context.Background(), source, Options{MaxBytes: 100})
		var bad *Error
		if !errors.As(err, &bad) || !strings.Contains(bad.Error(), want) {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
	_, err := diskReader().Load(context.Background(), filepath.Join(dir, "none.yaml"), Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file cannot be told from others: %v", err)
	}
}

func TestReadElsewhere(t *testing.T) {
	broken := errors.New("broken")
	r := Reader{
		Stdin: strings.NewReader("openapi: 3.0.3\npaths: {}\n"),
		Command: func(_ context.Context, command string) ([]byte, error) {
			if command != "make openapi" {
				return nil, broken
			}
			return []byte("openapi: 3.0.3\npaths: {}\n"), nil
		},
		Git: func(_ context.Context, rev, path string) ([]byte, error) {
			text, ok := map[string]string{"origin/main:./api/root.yaml": small, "origin/main:./api/sub/b.yaml": "title: found\n"}[rev+":"+path]
			if !ok {
				return nil, broken
			}
			return []byte(text), nil
		},
	}
	for source, name := range map[string]string{"-": "standard input", "cmd:make openapi": "cmd:make openapi", "git:origin/main:./api/root.yaml": "git:origin/main:./api/root.yaml"} {
		d, err := r.Load(context.Background(), source, Options{})
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if d.Source() != name {
			t.Errorf("%s is called %s", source, d.Source())
		}
		if a := d.schema("A"); a.Exists() && d.Deref(a).Place().File != "git:origin/main:./api/sub/b.yaml" {
			t.Errorf("the file beside it is called %s", d.Deref(a).Place().File)
		}
	}
	for _, source := range []string{"cmd:false", "git:main:x.yaml"} {
		_, err := r.Load(context.Background(), source, Options{})
		var bad *Error
		if !errors.Is(err, broken) || errors.As(err, &bad) {
			t.Errorf("%s: %v is blamed on the input", source, err)
		}
	}
}

func TestReadURLs(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "openapi: 3.0.3\npaths: {}\n") }))
	defer plain.Close()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch q.URL.Path {
		case "/ok.yaml":
			fmt.Fprint(w, "openapi: 3.0.3\npaths: {}\n")
		case "/moved.yaml":
			http.Redirect(w, q, "/ok.yaml", http.StatusFound)
		case "/down.yaml":
			http.Redirect(w, q, plain.URL, http.StatusFound)
		case "/loop.yaml":
			http.Redirect(w, q, "/loop.yaml", http.StatusFound)
		case "/large.yaml":
			fmt.Fprint(w, strings.Repeat("#", 2000))
		case "/broken.yaml":
			w.WriteHeader(http.StatusBadGateway)
		case "/refs.yaml":
			fmt.Fprint(w, "openapi: 3.0.3\ncomponents: {schemas: {A: {$ref: 'schema.yaml'}}}\n")
		case "/gone-ref.yaml", "/broken-ref.yaml":
			fmt.Fprintf(w, "openapi: 3.0.3\ncomponents: {schemas: {A: {$ref: '%s.yaml'}}}\n", strings.TrimSuffix(q.URL.Path[1:], "-ref.yaml"))
		case "/plain-ref.yaml":
			fmt.Fprintf(w, "openapi: 3.0.3\ncomponents: {schemas: {A: {$ref: '%s'}}}\n", plain.URL)
		case "/schema.yaml":
			fmt.Fprint(w, "title: found\n")
		default:
			http.NotFound(w, q)
		}
	}))
	defer server.Close()
	r := Reader{HTTP: func(bool) *http.Client { return server.Client() }}
	for path, want := range map[string]string{
		"/ok.yaml?token=secret": "", "/moved.yaml": "", "/down.yaml": "redirected away from https", "/loop.yaml": "too many redirects", "/none.yaml": "the server answers 404",
		"/large.yaml": "is larger than the limit", "/broken.yaml": "the server answers 502", "/refs.yaml": "names a remote file",
	} {
		d, err := r.Load(context.Background(), server.URL+path, Options{MaxBytes: 1000})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		if err == nil && strings.Contains(d.Source(), "secret") || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s shows a secret", path)
		}
	}
	d, err := r.Load(context.Background(), server.URL+"/refs.yaml", Options{AllowRemote: true})
	if err != nil || d.Deref(d.schema("A")).Get("title").Text() != "found" {
		t.Errorf("a reference beside a URL: %v", err)
	}
	for path, outside := range map[string]bool{"/gone-ref.yaml": false, "/broken-ref.yaml": true, "/plain-ref.yaml": false} {
		if _, err = r.Load(context.Background(), server.URL+path, Options{AllowRemote: true}); err == nil || errors.Is(err, ErrOutside) != outside {
			t.Errorf("%s: %v, want a failure of the network: %t", path, err, outside)
		}
	}
	_, err = r.Load(context.Background(), server.URL+"/none.yaml", Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent document cannot be told from others: %v", err)
	}
}

func TestParsePair(t *testing.T) {
	one, two := &Input{Name: "one.yaml", Data: []byte("openapi: 3.0.3\npaths: {}\n")}, &Input{Name: "two.yaml", Data: []byte("openapi: 3.0.3\npaths: {}\n")}
	a, b, errA, errB := ParsePair(context.Background(), one, two)
	if errA != nil || errB != nil || a.Source() != "one.yaml" || b.Source() != "two.yaml" || a.Root() != b.Root() {
		t.Errorf("equal bytes: %v %v", errA, errB)
	}
	two.Data = []byte("openapi: 9\n")
	if a, b, errA, errB = ParsePair(context.Background(), one, two); a == nil || errA != nil || b != nil || errB == nil {
		t.Errorf("one of them wrong: %v %v", errA, errB)
	}
}
