package integrity_test

import (
	"bytes"
	"encoding/base64"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/romel/govctl/internal/integrity"
)

// write puts a folder on disk.
func (f folder) write(t testing.TB, dir string) {
	t.Helper()
	for p, b := range f {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func python(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	return exec.CommandContext(t.Context(), need(t, "python3"), append([]string{"testdata/verifier.py"}, args...)...).CombinedOutput()
}

// TestPythonVerifiesOurs holds our bundles against a verifier that knows only the specification.
func TestPythonVerifiesOurs(t *testing.T) {
	k := key(t, 1)
	good := signed(t, contents(), k, key(t, 2))
	dir := t.TempDir()
	good.write(t, dir)
	if out, err := python(t, "verify", dir, k.Public().Base64()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := python(t, "verify", dir, key(t, 2).Public().Base64()); err == nil {
		t.Errorf("it passes under another key\n%s", out)
	}
	for _, name := range slices.Sorted(maps.Keys(contents())) {
		bad := good.clone()
		bad[name] = append(bytes.Clone(bad[name]), 'x')
		dir := t.TempDir()
		bad.write(t, dir)
		if out, err := python(t, "verify", dir, k.Public().Base64()); err == nil {
			t.Errorf("it passes with another %s\n%s", name, out)
		}
	}
}

// TestWeVerifyPythons verifies what that program signed.
func TestWeVerifyPythons(t *testing.T) {
	seed := bytes.Repeat([]byte{5}, 32)
	for _, version := range []string{"1", "2"} {
		dir := t.TempDir()
		files := contents()
		files["status/tab\tquote\"back\\slash\u2028.json"] = []byte("escapes")
		files.write(t, dir)
		if out, err := python(t, "sign", dir, base64.StdEncoding.EncodeToString(seed), version); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		f := folder{}
		for _, p := range []string{sumsPath, sigPath} {
			b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p)))
			if err != nil {
				t.Fatal(err)
			}
			f[p] = b
		}
		maps.Copy(f, files)
		r := request(t, f)
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		r.Files, r.Trust, r.Exact = root.FS(), trusting(key(t, 5)), true
		v, err := integrity.Verify(t.Context(), r)
		if err != nil || v.Verdict != "ok" || v.Count != 6 {
			t.Errorf("format %s: %s %v %s", version, v.Verdict, err, reasons(v))
		}
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	}
}
